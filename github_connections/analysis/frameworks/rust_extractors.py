"""What a Rust handler's parameters ask for: `Path<u32>`, `Query<Filter>`, `Json<NewUser>`, `AuthUser`."""

from __future__ import annotations

from github_connections.analysis.frameworks import guards
from github_connections.analysis.linking.routing import Reached
from github_connections.analysis.linking.values import FunctionValue, Value, source_of, type_name
from github_connections.analysis.report import Auth, AuthSource, Parameter
from github_connections.analysis.syntax import nodes

_PLACES = {"Query": "query", "Json": "body", "Form": "form", "Multipart": "form", "TypedMultipart": "form"}


def takes(handler: Value, name: str) -> bool:
    """Tell whether a handler has a parameter of this type."""
    return any(_last(parameter.type) == name for parameter in parameters_of(handler))


def parameters(item: Reached, _path: str) -> list[Parameter]:
    """Return the parameters beside those of the path, by the extractors that take them."""
    made = []
    for parameter in parameters_of(item.route.handler):
        place = _PLACES.get(_last(parameter.type))
        if place is not None:
            model = type_name(parameter.type.index) if isinstance(parameter.type, nodes.Item) else ""
            name = parameter.name if parameter.name != "_" else model or place
            made.append(Parameter(name=name, place=place, type=model, model=model))  # type: ignore[arg-type]
    return made


def auth(found: list[AuthSource], handler: Value) -> Auth:
    """Return what was found before a handler, or else what its parameters ask for."""
    if found:
        return Auth(state="required", by=list(dict.fromkeys(found)))
    for parameter in parameters_of(handler):
        optional = _last(parameter.type) == "Option"
        kind = parameter.type.index if optional and isinstance(parameter.type, nodes.Item) else parameter.type
        name = _last(kind)
        if name and guards.speaks_of_logging_in(name) and isinstance(handler, FunctionValue):
            by = [AuthSource(name=name, file=handler.place.file, line=handler.place.line)]
            return Auth(state="optional" if optional else "required", by=by)
    return Auth()


def parameters_of(handler: Value) -> list[nodes.Parameter]:
    """Return the parameters of a handler that is a function of the program."""
    return handler.node.parameters if isinstance(handler, FunctionValue) else []


def type_of(parameter: nodes.Parameter) -> str:
    """Return a parameter's type as it is written."""
    return type_name(parameter.type)


def _last(kind: nodes.Expression | None) -> str:
    """Return the last name of a type, without its arguments."""
    while isinstance(kind, nodes.Item):
        kind = kind.of
    return source_of(kind).rpartition(".")[2] if kind is not None else ""
