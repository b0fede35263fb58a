"""Svelte: every file that is no page, layout or error of SvelteKit."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from github_connections.analysis.components import markup
from github_connections.analysis.components.kinds import Components, stem_of
from github_connections.analysis.components.props import fields, keys
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import File
from github_connections.analysis.report import Component
from github_connections.analysis.syntax import nodes


def components(interpreter: Interpreter) -> Iterator[Component]:
    """Yield a component for every .svelte file but the routes."""
    for file in interpreter.program.of_family("javascript"):
        if file.language == "svelte" and not posixpath.basename(file.path).startswith("+"):
            text = (interpreter.program.read(file.path) or b"").decode("utf-8", "replace")
            yield Component(
                name=stem_of(file.path),
                file=file.path,
                line=1,
                framework="svelte",
                kind="sfc",
                project=file.project_root,
                exported=True,
                props=sorted(set(_props(file))),
                test_ids=markup.test_ids(text),
                forms=markup.forms(text),
            )


def _props(file: File) -> Iterator[str]:
    """Yield what `export let name` and `let { name } = $props()` declare."""
    variables = {
        getattr(one.target, "id", "")
        for one in file.module.body
        if isinstance(one, nodes.Assign) and "let" in one.modifiers
    }
    for statement in file.module.body:
        match statement:
            case nodes.Export(name=name, value=nodes.Name(id=local)) if local in variables:
                yield name
            case nodes.Assign(target=target, value=nodes.Call(function=nodes.Name(id="$props")), type=annotation):
                yield from keys(target)
                yield from fields(file, annotation)


COMPONENTS = Components("svelte", components)
