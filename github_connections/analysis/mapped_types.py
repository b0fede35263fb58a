"""Classes that NestJS makes of other classes: `class Change extends PartialType(OmitType(Create, ["id"] as const))`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from msgspec.structs import replace

from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import ClassValue
from github_connections.analysis.report import ModelField
from github_connections.analysis.syntax import nodes

_MAPPING = frozenset({"PartialType", "PickType", "OmitType", "IntersectionType"})
# `PartialType(PartialType(…))`: so many inside each other are looked into.
_MAXIMUM_NESTED = 10

Fields = Callable[[Interpreter, ClassValue], Iterable[ModelField]]


def fields_mapped(interpreter: Interpreter, cls: ClassValue, fields_of: Fields) -> Iterator[ModelField]:
    """Yield the fields that a class has of those it is made of; `fields_of` tells these."""
    for base in cls.node.bases:
        if isinstance(base, nodes.Call) and nodes.last_name(base.function) in _MAPPING:
            yield from _mapped(interpreter, base, cls.scope.parent or cls.scope, fields_of)


def _mapped(
    interpreter: Interpreter, written: nodes.Expression, scope: Scope, fields_of: Fields, depth: int = 0
) -> Iterator[ModelField]:
    if not isinstance(written, nodes.Call):
        value = interpreter.evaluate(written, scope)
        yield from fields_of(interpreter, value) if isinstance(value, ClassValue) else ()
        return
    how, given = nodes.last_name(written.function), [one.value for one in written.arguments]
    if how not in _MAPPING or depth > _MAXIMUM_NESTED:
        return
    listed = _texts(given[1:]) if how != "IntersectionType" else frozenset()
    for one in given if how == "IntersectionType" else given[:1]:
        for field in _mapped(interpreter, one, scope, fields_of, depth + 1):
            if how not in ("PickType", "OmitType") or (field.name in listed) is (how == "PickType"):
                yield replace(field, required=False) if how == "PartialType" else field


def _texts(written: list[nodes.Expression]) -> frozenset[str]:
    items = (item for one in written if isinstance(one, nodes.Sequence) for item in one.items)
    return frozenset(item.value for item in items if isinstance(item, nodes.Text))
