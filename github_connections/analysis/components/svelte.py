"""Svelte: every file that is no page or layout of SvelteKit."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from github_connections.analysis.components.kinds import Components
from github_connections.analysis.components.react import stem_of
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import File
from github_connections.analysis.report import Component
from github_connections.analysis.syntax import nodes


def components(interpreter: Interpreter) -> Iterable[Component]:
    """Yield a component for every .svelte file but the routes."""
    for file in interpreter.program.of_family("javascript"):
        if file.language == "svelte" and not posixpath.basename(file.path).startswith("+"):
            yield Component(
                name=stem_of(file.path),
                file=file.path,
                line=1,
                framework="svelte",
                kind="sfc",
                project=file.project_root,
                exported=True,
                props=sorted(set(_props(file))),
            )


def _props(file: File) -> Iterator[str]:
    """Return what `export let name` and `let { name } = $props()` declare."""
    for statement in file.module.body:
        match statement:
            case nodes.Export(name=name) if name != "default":
                yield name
            case nodes.Assign(
                target=nodes.Mapping(entries=entries), value=nodes.Call(function=nodes.Name(id="$props"))
            ):
                yield from (entry.key.value for entry in entries if isinstance(entry.key, nodes.Text))


COMPONENTS = Components("svelte", components)
