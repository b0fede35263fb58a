"""What a handler of ASP.NET Core reads of its request: `Request.Query["page"]`, `request.ReadFromJsonAsync<T>()`."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.frameworks.csharp.aspnet_attributes import model_of
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import is_known, type_name
from github_connections.analysis.report import Parameter, ParameterPlace
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

_HELD: dict[str, ParameterPlace] = {
    "Query": "query",
    "Headers": "header",
    "Form": "form",
    "Cookies": "cookie",
    "Files": "file",
}
_GETTERS = frozenset({"TryGetValue", "GetFile"})
_BODIES = frozenset({"ReadFromJsonAsync"})
_TYPE = "<>"


def read_by(
    interpreter: Interpreter, function: nodes.Function, scope: Scope, known: list[Parameter]
) -> list[Parameter]:
    """Return what a function reads of its request, each once, beside what is known of it already."""
    taken = {one.name.lower() for one in known}
    requests = {one.name for one in function.parameters if type_name(one.type) == "HttpRequest"} | {"Request"}
    found: dict[tuple[str, str], Parameter] = {}
    for node in nodes_in(list(function.body)):
        for parameter in _read(interpreter, scope, node, requests):
            if parameter.name.lower() not in taken:
                found.setdefault((parameter.place, parameter.name), parameter)
    return list(found.values())


def _read(interpreter: Interpreter, scope: Scope, node: nodes.Node, requests: set[str]) -> Iterator[Parameter]:
    match node:
        case nodes.Call(function=nodes.Member(of=of, name=name), arguments=arguments) if name in _BODIES:
            if nodes.last_name(of) in requests:
                yield from _body(arguments)
            return
        case nodes.Call(function=nodes.Member(of=of, name=name), arguments=[nodes.Argument(value=asked), *_]):
            held = of if name in _GETTERS else None
        case nodes.Item(of=of, index=asked):
            held = of
        case _:
            return
    place = _place(held, requests)
    said = interpreter.evaluate(asked, scope) if place is not None else None
    if place is not None and isinstance(said, str) and is_known(said):
        yield Parameter(name=said, place=place, required=False)


def _place(held: nodes.Expression | None, requests: set[str]) -> ParameterPlace | None:
    """`Request.Query`, `context.Request.Headers`, `Request.Form.Files`."""
    if not isinstance(held, nodes.Member) or held.name not in _HELD:
        return None
    of = held.of.of if held.name == "Files" and isinstance(held.of, nodes.Member) else held.of
    return _HELD[held.name] if nodes.last_name(of) in requests else None


def _body(arguments: list[nodes.Argument]) -> Iterator[Parameter]:
    for argument in arguments:
        if argument.name == _TYPE:
            kind = argument.value
            yield Parameter(name="body", place="body", type=type_name(kind), model=model_of(kind))
