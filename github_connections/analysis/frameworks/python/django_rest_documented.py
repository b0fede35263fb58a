"""What the documentation of a view says of it: `@extend_schema(request=…)` of drf-spectacular and
`@swagger_auto_schema(request_body=…)` of drf-yasg."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from github_connections.analysis.http_statuses import SUCCESSFUL, status_written
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import ClassValue, FunctionValue, source_of, texts_of
from github_connections.analysis.models import fields_of
from github_connections.analysis.report import Parameter, ParameterPlace
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import arguments_as, named_arguments

_DOCUMENTING = ("extend_schema", "swagger_auto_schema")
_REQUEST = ("request", "request_body")
_PARAMETERS = ("parameters", "manual_parameters")
# `OpenApiParameter.HEADER`, `openapi.IN_HEADER`; nothing for one of the path, which the path names itself.
_PLACES: dict[str, ParameterPlace | None] = {
    "QUERY": "query",
    "HEADER": "header",
    "COOKIE": "cookie",
    "FORM": "form",
    "PATH": None,
    "BODY": None,
}
# Which argument of a parameter is what: of drf-spectacular's, then of drf-yasg's.
_POSITIONS = {
    "OpenApiParameter": ("name", "type", "location", "required"),
    "Parameter": ("name", "in_", "", "required"),
}
_RESPONSES = ("OpenApiResponse", "Response")


class Documented(Struct):
    """What is said of one view; None of what nothing is said of."""

    taken: str | None = None
    given: str | None = None
    parameters: list[Parameter] = []


def said_of(interpreter: Interpreter, function: FunctionValue, method: str) -> Documented:
    """Return what the decorators of a function say of one verb."""
    found = Documented()
    for decorator in function.node.decorators:
        if isinstance(decorator, nodes.Call) and nodes.last_name(decorator.function) in _DOCUMENTING:
            said = named_arguments(decorator)
            verbs = texts_of(interpreter.evaluate(said["methods"], function.scope)) if "methods" in said else [method]
            if method in [verb.upper() for verb in verbs]:
                _read(interpreter, function.scope, said, found)
    return found


def _read(interpreter: Interpreter, scope: Scope, said: dict[str, nodes.Expression], found: Documented) -> None:
    for name, value in said.items():
        if name in _REQUEST:
            found.taken = _model(interpreter, scope, value)
        elif name == "responses":
            found.given = _model(interpreter, scope, _good(value))
        elif name in _PARAMETERS and isinstance(value, nodes.Sequence):
            found.parameters += [one for item in value.items for one in _parameters(interpreter, scope, item)]
        elif name == "query_serializer":
            found.parameters += _parameters(interpreter, scope, value)


def _good(responses: nodes.Expression) -> nodes.Expression:
    """Return what is answered when all goes well: `{200: Pen, 404: None}`."""
    if not isinstance(responses, nodes.Mapping):
        return responses
    good = (entry.value for entry in responses.entries if status_written(_status(entry.key)) in SUCCESSFUL)
    return next(good, nodes.Constant(None))


def _status(key: nodes.Expression) -> nodes.Expression:
    """Return the status of `200`, and of `(200, "application/json")`."""
    return key.items[0] if isinstance(key, nodes.Sequence) and key.items else key


def _model(interpreter: Interpreter, scope: Scope, expression: nodes.Expression, depth: int = 0) -> str:
    """Return the serializer that is named: `Pen`, `Pen(many=True)`, `OpenApiResponse(Pen)`; empty for anything else."""
    if isinstance(expression, nodes.Call):
        if nodes.last_name(expression.function) not in _RESPONSES or depth:
            return _model(interpreter, scope, expression.function, depth)
        held = (_model(interpreter, scope, one.value, depth + 1) for one in expression.arguments)
        return next((name for name in held if name), "")
    value = interpreter.evaluate(expression, scope)
    return value.node.name if isinstance(value, ClassValue) else ""


def _parameters(interpreter: Interpreter, scope: Scope, item: nodes.Expression) -> Iterator[Parameter]:
    """Yield what an `OpenApiParameter("size", int)` says, or the fields of a serializer that stands in its place."""
    call = item if isinstance(item, nodes.Call) else None
    positions = _POSITIONS.get(nodes.last_name(call.function)) if call is not None else None
    if call is None or positions is None:
        value = interpreter.evaluate(call.function if call is not None else item, scope)
        for field in fields_of(interpreter, value) if isinstance(value, ClassValue) else ():
            yield Parameter(name=field.name, place="query", type=field.type, required=field.required)
        return
    said = arguments_as(call, *positions)
    name, place = said.get("name"), _place(said.get("location", said.get("in_")))
    if isinstance(name, nodes.Text) and place is not None:
        kind = source_of(said["type"]).rpartition(".")[2].removeprefix("TYPE_").lower() if "type" in said else ""
        required = said.get("required") == nodes.Constant(True)
        yield Parameter(name=name.value, place=place, type=kind, required=required)


def _place(written: nodes.Expression | None) -> ParameterPlace | None:
    last = source_of(written).rpartition(".")[2].removeprefix("IN_").upper() if written is not None else "QUERY"
    return _PLACES.get(last)
