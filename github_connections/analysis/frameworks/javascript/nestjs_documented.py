"""What decorators of @nestjs/swagger say of a method beside its code: `@ApiOkResponse({type: Cat})`, `@ApiQuery(…)`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from http import HTTPStatus

from github_connections.analysis.http_statuses import SUCCESSFUL, status_written
from github_connections.analysis.linking.values import Thing, source_of
from github_connections.analysis.report import Parameter, ParameterPlace
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import first_argument

# The status in the name of a decorator: `ApiNotFoundResponse`.
_STATUSES = {f"Api{status.name.title().replace('_', '')}Response": status.value for status in HTTPStatus}
_PLAIN = frozenset({"String", "Number", "Boolean", "Object", "Array", "Date"})
_PLACES: dict[str, ParameterPlace] = {"ApiQuery": "query", "ApiHeader": "header"}


def status_codes(decorators: Iterable[Thing]) -> list[int]:
    """Return the statuses that a method answers with, as far as they are said."""
    return sorted({status for one in decorators if (status := _status(one)) is not None})


def answered(decorators: Iterable[Thing]) -> str:
    """Return the class of what is answered when all goes well; empty where none is said."""
    good = (one for one in decorators if _status(one) in SUCCESSFUL)
    return next((model for one in good if (model := _class_in(_said(one, "type")))), "")


def sent(decorators: Iterable[Thing]) -> str:
    """Return the class of the body that is said to be sent; empty where none is."""
    bodies = (_class_in(_said(one, "type")) for one in decorators if one.data["name"] == "ApiBody")
    return next((body for body in bodies if body), "")


def parameters(decorators: Iterable[Thing]) -> Iterator[Parameter]:
    """Yield what the query and the headers are said to hold."""
    for one in decorators:
        place, name = _PLACES.get(one.data["name"]), _said(one, "name")
        if place is not None and isinstance(name, nodes.Text):
            kind = _said(one, "type")
            yield Parameter(
                name=name.value,
                place=place,
                type=source_of(kind).lower() if isinstance(kind, nodes.Name | nodes.Text) else "",
                required=_said(one, "required") != nodes.Constant(False),
            )


def _first(decorator: Thing) -> nodes.Expression | None:
    call = decorator.data["node"] if decorator.data["call"] is None else decorator.data["call"].node
    return first_argument(call)


def _said(decorator: Thing, name: str) -> nodes.Expression | None:
    return nodes.entry_of(_first(decorator), name)


def _status(decorator: Thing) -> int | None:
    name = decorator.data["name"]
    if name in _STATUSES:
        return _STATUSES[name]
    return status_written({"HttpCode": _first(decorator), "ApiResponse": _said(decorator, "status")}.get(name))


def _class_in(kind: nodes.Expression | None) -> str:
    """Return the class of `Cat`, of `[Cat]` and of `() => Cat`."""
    match kind:
        case nodes.Sequence(items=[first, *_]):
            return _class_in(first)
        case nodes.Function(body=[nodes.Return(value=nodes.Name() | nodes.Member() | nodes.Sequence() as value)]):
            return _class_in(value)
        case nodes.Name() | nodes.Member():
            return source_of(kind) if source_of(kind) not in _PLAIN else ""
    return ""
