"""What a type variable of a base class stands for in a controller derived from it: `extends CrudController<Order>`."""

from __future__ import annotations

import re

from msgspec.structs import replace

from github_connections.analysis.frameworks.java.annotations import Annotations, model_of
from github_connections.analysis.linking.values import ClassValue, type_name
from github_connections.analysis.report import Parameter, Route
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import callee

# As people call them; the tree does not say which names are variables.
_VARIABLE = re.compile(r"[A-Z][A-Z0-9]?")
_MAXIMUM_BASES_DEEP = 8


def concrete(row: Route, annotations: Annotations, cls: ClassValue, owner: ClassValue) -> Route:
    """Return a row of a class with the class that a variable of `owner`, whose method it is, stands for; with none
    where that is not known."""
    if not any(_VARIABLE.fullmatch(name) for name in _names_of(row)):
        return row
    bound = _bound(annotations, cls, owner, None)
    model, kind = model_of(bound), type_name(bound) if bound is not None else ""

    def parameter(one: Parameter) -> Parameter:
        named = {"model": _filled(one.model, model), "type": _filled(one.type, kind)}
        return replace(one, **named)

    return replace(
        row,
        params=[parameter(one) for one in row.params],
        request_model=_filled(row.request_model, model),
        response_model=_filled(row.response_model, model),
    )


def _names_of(row: Route) -> list[str]:
    return [row.request_model, row.response_model, *(one.type for one in row.params)]


def _filled(name: str, known: str) -> str:
    return known if _VARIABLE.fullmatch(name) else name


def _bound(
    annotations: Annotations, cls: ClassValue, owner: ClassValue, given: nodes.Expression | None, depth: int = 0
) -> nodes.Expression | None:
    """Return the only argument of the base class on the way from a class to `owner`, as the nearest class says it."""
    if cls.node is owner.node:
        return given
    for written in cls.node.bases if depth < _MAXIMUM_BASES_DEEP else ():
        base = callee(written)
        known = annotations.interpreter.evaluate(base.of if isinstance(base, nodes.Item) else base, cls.scope)
        if isinstance(known, ClassValue) and any(one.node is owner.node for one in annotations.lineage(known)):
            argument = base.index if isinstance(base, nodes.Item) else None
            if isinstance(argument, nodes.Sequence):
                return None  # which of several it is depends on their order, which nobody kept
            is_variable = isinstance(argument, nodes.Name) and _VARIABLE.fullmatch(argument.id) is not None
            return _bound(annotations, known, owner, given if is_variable else argument, depth + 1)
    return None
