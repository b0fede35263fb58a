"""What a route of FastAPI's takes and gives back as a whole: models of the program, and the status that it says."""

from __future__ import annotations

import re
from http import HTTPStatus

from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.routing import Reached
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import ClassValue, External, FunctionValue, Value, type_name
from github_connections.analysis.report import Route
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import named_arguments
from github_connections.analysis.syntax.walking import nodes_in

MAXIMUM_DEPTH = 6
_NAMED = re.compile(r"\.status\.HTTP_([1-5]\d\d)_")


def body_of(row: Route, handler: Value) -> str:
    """Return the type of the one parameter that is the whole body; empty where several share it, or one is in it."""
    bodies = [one for one in row.params if one.place == "body"]
    parameters = handler.node.parameters if isinstance(handler, FunctionValue) else []
    parts = {one.name for one in parameters if any(map(_is_a_part, nodes_in([one.default, one.type])))}
    return bodies[0].model if len(bodies) == 1 and bodies[0].name not in parts else ""


def _is_a_part(node: nodes.Node) -> bool:
    """`Body(embed=True)`: the body is an object with this in it."""
    return named_arguments(node).get("embed") == nodes.Constant(True)


def returned_by(interpreter: Interpreter, item: Reached) -> tuple[str, list[int]]:
    """Return the model that a route gives: its `response_model`, else what its function says; and its status."""
    call = item.route.options.get("arguments")
    written: nodes.Expression | None = None
    scope: Scope | None = None
    status: list[int] = []
    if isinstance(call, Invocation) and call.node is not None:
        written = named_arguments(call.node).get("response_model")
        scope = call.scope
        status = _statuses(call.value(99, "status_code"))
    handler = item.route.handler
    if written is None and isinstance(handler, FunctionValue):
        written, scope = handler.node.returns, handler.scope
    return (model_in(interpreter, written, scope) if scope is not None else ""), status


def _statuses(said: Value) -> list[int]:
    """`201`, `status.HTTP_201_CREATED` and `HTTPStatus.CREATED`."""
    if isinstance(said, External) and (named := _NAMED.search(said.name)):
        return [int(named[1])]
    if isinstance(said, External) and said.name.startswith("http.HTTPStatus."):
        said = getattr(HTTPStatus, said.name.rpartition(".")[2], None)
    return [int(said)] if isinstance(said, int) and not isinstance(said, bool) else []


def model_in(interpreter: Interpreter, kind: nodes.Expression | None, scope: Scope, depth: int = 0) -> str:
    """Return the class inside a type: `User` for `list[User] | None`; `Page[User]` for a page that is the program's."""
    if depth > MAXIMUM_DEPTH:
        return ""
    match kind:
        case nodes.Mapping(entries=entries):  # Ninja's `{200: User, 404: Problem}`
            return next(filter(None, (model_in(interpreter, one.value, scope, depth + 1) for one in entries)), "")
        case nodes.Operation(operands=parts) | nodes.Sequence(items=parts):
            return next(filter(None, (model_in(interpreter, part, scope, depth + 1) for part in parts)), "")
        case nodes.Item(of=of, index=index):
            if model_in(interpreter, of, scope, depth + 1):
                return type_name(kind)
            return model_in(interpreter, index, scope, depth + 1)
        case nodes.Name() | nodes.Member():
            return type_name(kind) if isinstance(interpreter.evaluate(kind, scope), ClassValue) else ""
    return ""
