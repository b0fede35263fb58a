"""What handlers in files read of their requests: the web's own (`request.json()`, `url.searchParams`), Node's, h3's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.javascript.javascript_requests import read_by
from github_connections.analysis.frameworks.javascript.javascript_servers import Argued
from github_connections.analysis.frameworks.javascript.javascript_styles import EXPRESS, Style
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import File
from github_connections.analysis.report import Parameter, ParameterPlace
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

_MEMBERS = {
    ("request", "nextUrl"): "url",
    ("request", "headers"): "headers",
    ("request", "cookies"): "cookies",
    ("url", "searchParams"): "search",
}
_MADE = {("request", "json"): "body", ("request", "formData"): "fields"}
_HOLDING: dict[str, ParameterPlace] = {"search": "query", "headers": "header", "cookies": "cookie", "fields": "form"}
_ASKED = {(held, name): place for held, place in _HOLDING.items() for name in ("get", "getAll", "has")}
# What a program's own wrapper gives a handler: `withWorkspace(async ({ req, searchParams }) => …)`.
_OF_A_WRAPPER = {("request", "req"): "request", ("request", "request"): "request", ("request", "searchParams"): "query"}
# A function that is given a request; one that is given an object with it, as SvelteKit, Remix and Astro have it.
REQUEST = Style("request", _MEMBERS | _OF_A_WRAPPER, _ASKED, _MADE, {"cookies": "cookies", "headers": "headers"})
EVENT = Style(
    "context",
    _MEMBERS | {("context", "request"): "request", ("context", "url"): "url", ("context", "cookies"): "cookies"},
    _ASKED,
    _MADE,
)
PAGE = Style("context", {("context", "searchParams"): "query"}, _ASKED, {}, {"useSearchParams": "search"})
# Next's `getServerSideProps(context)`.
PROPS = Style(
    "context",
    {("context", "query"): "query", ("context", "req"): "request"}
    | {("request", "cookies"): "cookie", ("request", "headers"): "header"},
    {},
)
H3 = Style(
    "context",
    {},
    _ASKED,
    {},
    {"getQuery": "query", "getValidatedQuery": "query", "readBody": "body", "readValidatedBody": "body"}
    | {"readFormData": "fields", "getCookie": "cookie", "getHeader": "header", "getRequestHeader": "header"},
)
NODE = EXPRESS


def read_of_request(
    interpreter: Interpreter, file: File, node: nodes.Statement | None, method: str, path: str, style: Style
) -> list[Parameter]:
    """Return what the code that answers a path reads, beside the variables of the path; what is sent not for GET."""
    named = paths.names(path)
    sent = frozenset() if method in rows.READING else rows.BROUGHT
    handlers = list(_handlers_in(node))
    found = read_by(interpreter, [*handlers, *_handed_to(file, handlers)], file.scope, style)
    found = [one for one in found if one.place != "query" or one.name not in named]  # Next's pages have both there
    return [one for one in found if one.place not in rows.BROUGHT or one.place in sent]


def _handlers_in(node: nodes.Statement | None) -> Iterator[Argued]:
    """Yield a handler, or those of an object: SvelteKit's actions by their names."""
    match node:
        case nodes.Mapping(entries=entries):
            for entry in entries:
                yield from _handlers_in(entry.value)
        case nodes.Function() | nodes.Call():
            yield None, cast("nodes.Expression", node)


def _handed_to(file: File, handlers: list[Argued]) -> Iterator[Argued]:
    """Yield the functions of a file that handlers give what they are given: `load(request)`, `find({request, url})`."""
    functions = dict(_declared(file))
    seen: set[str] = set()
    for inside in nodes_in([written for _, written in handlers]):
        if not isinstance(inside, nodes.Function) or not inside.parameters:
            continue
        given = _names_of(inside.parameters[0])
        for call in nodes_in(inside.body):
            match call:
                case nodes.Call(function=nodes.Name(id=name), arguments=[first, *_]) if name in functions:
                    if name not in seen and not given.isdisjoint(_names_in(first.value)):
                        seen.add(name)
                        yield None, functions[name]


def _declared(file: File) -> Iterator[tuple[str, nodes.Function]]:
    for statement in file.module.body:
        value = statement.value if isinstance(statement, nodes.Export) else statement
        if isinstance(value, nodes.Function):
            yield value.name, value
        elif isinstance(value, nodes.Assign) and isinstance(value.value, nodes.Function):
            yield getattr(value.target, "id", ""), value.value


def _names_of(parameter: nodes.Parameter) -> set[str]:
    return {parameter.name, *(node.id for node in nodes_in([parameter.pattern]) if isinstance(node, nodes.Name))}


def _names_in(value: nodes.Expression) -> set[str]:
    """Return the variables that are handed over: one, or those in an object."""
    held = [entry.value for entry in value.entries] if isinstance(value, nodes.Mapping) else [value]
    return {one.id for one in held if isinstance(one, nodes.Name)}
