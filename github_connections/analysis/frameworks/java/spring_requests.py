"""What a handler of Spring's functional end points reads of its request: `request.queryParam("page")`,
`request.bodyToMono(Order.class)`."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.frameworks.java.annotations import model_of
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import FunctionValue, Value, is_known, type_name
from github_connections.analysis.report import Parameter, ParameterPlace
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import beginning_of, callee
from github_connections.analysis.syntax.walking import nodes_in

_NAMED: dict[str, ParameterPlace] = {
    "param": "query",
    "paramOrNull": "query",
    "queryParam": "query",
    "queryParamOrNull": "query",
    "firstHeader": "header",
}
# Of what `get`, `getFirst` and brackets ask for a name.
_HELD: dict[str, ParameterPlace] = {
    "cookies": "cookie",
    "headers": "header",
    "params": "query",
    "queryParams": "query",
}
_GETTERS = frozenset({"get", "getFirst", "getOrDefault", "header"})
_BODIES = frozenset(
    {
        "awaitBody", "awaitBodyOrNull", "body", "bodyToFlow", "bodyToFlux", "bodyToMono",
    }
)  # fmt: skip
_MAY_BE_MISSING = frozenset({"awaitBodyOrNull"})
_TYPE = "<>"


def inputs_of(interpreter: Interpreter, handler: Value, in_path: set[str]) -> list[Parameter]:
    """Return what a handler reads of the request that it is given, each once."""
    if not isinstance(handler, FunctionValue):
        return []
    takes = handler.node.parameters
    request = takes[0].name if takes else "it"
    found: dict[tuple[str, str], Parameter] = {}
    for node in nodes_in(list(handler.node.body)):
        for parameter in _read(interpreter, handler, node, request):
            if parameter.name not in in_path:
                found.setdefault((parameter.place, parameter.name), parameter)
    return list(found.values())


def _read(interpreter: Interpreter, handler: FunctionValue, node: nodes.Node, request: str) -> Iterator[Parameter]:
    if not isinstance(node, nodes.Call | nodes.Item) or beginning_of(node) != request:
        return
    if isinstance(node, nodes.Call) and nodes.last_name(node.function) in _BODIES:
        yield from _body(node)
        return
    place, asked = _asked(node)
    name = interpreter.evaluate(asked, handler.scope) if place is not None and asked is not None else None
    if place is not None and isinstance(name, str) and is_known(name):
        yield Parameter(name=name, place=place, required=False)


def _asked(node: nodes.Call | nodes.Item) -> tuple[ParameterPlace | None, nodes.Expression | None]:
    """Return where a name is asked for, and the name."""
    if isinstance(node, nodes.Item):
        return _HELD.get(_last(node.of)), node.index
    if not isinstance(node.function, nodes.Member) or not node.arguments:
        return None, None
    name, asked = node.function.name, node.arguments[0].value
    return _NAMED.get(name) or (_HELD.get(_last(node.function.of)) if name in _GETTERS else None), asked


def _last(of: nodes.Expression) -> str:
    return nodes.last_name(callee(of))


def _body(node: nodes.Call) -> Iterator[Parameter]:
    """`bodyToMono(Order.class)`, `awaitBody<Order>()`."""
    for argument in node.arguments:
        kind = argument.value
        if isinstance(kind, nodes.Member) and kind.name == "class":
            kind = kind.of
        elif argument.name != _TYPE:
            continue
        model = model_of(kind)
        required = nodes.last_name(node.function) not in _MAY_BE_MISSING
        yield Parameter(name="body", place="body", type=type_name(kind), required=required, model=model)
