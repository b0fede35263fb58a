"""Svelte: every file that is no page, layout or error of SvelteKit."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from github_connections.analysis.components import markup
from github_connections.analysis.components.declarations import Declarations
from github_connections.analysis.components.kinds import Components, Library, stem_of
from github_connections.analysis.components.props import fields, keys
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import File
from github_connections.analysis.linking.scopes import bound_names
from github_connections.analysis.report import Component
from github_connections.analysis.syntax import nodes

# `{@render header?.(title)}`
_RENDERED = re.compile(r"\{@render\s+([A-Za-z_$][\w$]*)\s*(?:\?\.)?\(")


def components(interpreter: Interpreter) -> Iterator[Component]:
    """Yield a component for every .svelte file but the routes."""
    declarations = Declarations(interpreter)
    is_early = not any("/+" in path for path in interpreter.program.all_paths)
    for file in interpreter.program.of_family("javascript"):
        if file.language == "svelte" and not _is_a_route(file.path, is_early=is_early):
            text = interpreter.program.text(file.path)
            props = sorted(set(_props(declarations, file)))
            yield Component(
                name=stem_of(file.path),
                file=file.path,
                line=1,
                framework="svelte",
                kind="sfc",
                project=file.project_root,
                exported=True,
                props=props,
                events=sorted(_events(file, text)),
                slots=sorted({*markup.slots(text), *_snippets(file, text)}),
                test_ids=markup.test_ids(text),
                forms=markup.forms(text),
            )


def _is_a_route(path: str, *, is_early: bool) -> bool:
    """Tell whether a file is `+page.svelte`, or what stood for it before version 1: `routes/[id].svelte`."""
    name = posixpath.basename(path)
    return name.startswith("+") or (is_early and "/routes/" in f"/{path}" and not name[:1].isupper())


def _props(declarations: Declarations, file: File) -> Iterator[str]:
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
                yield from fields(declarations, file, annotation)


def _events(file: File, text: str) -> set[str]:
    """Return what a component dispatches: `dispatch("lit")`."""
    found: set[str] = set()
    for statement in file.module.body:
        match statement:
            case nodes.Assign(target=nodes.Name(id=name), value=nodes.Call(function=nodes.Name(id=maker))) if (
                maker == "createEventDispatcher"
            ):
                found.update(re.findall(rf"""(?<![\w$.]){re.escape(name)}\(\s*["'`]([\w:.-]+)["'`]""", text))
    return found


def _snippets(file: File, text: str) -> set[str]:
    """Return the snippets that are rendered and come from outside."""
    taken = {
        next(iter(bound_names(entry.value)), ""): entry.key.value
        for one in file.module.body
        if isinstance(one, nodes.Assign) and getattr(getattr(one.value, "function", None), "id", "") == "$props"
        for entry in (one.target.entries if isinstance(one.target, nodes.Mapping) else ())
        if isinstance(entry.key, nodes.Text)
    }
    names = {taken[name] for name in _RENDERED.findall(text) if name in taken}
    return {"default" if name == "children" else name for name in names}


COMPONENTS = Components("svelte", components, (Library("svelte", ("svelte",)),))
