"""Objects of Python's dataclasses and of attrs: what their fields hold, and what is run when they are made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import NOTHING, ClassValue, FunctionValue, ObjectValue, Unknown, Value
from github_connections.analysis.syntax import nodes

if TYPE_CHECKING:
    from github_connections.analysis.linking.interpreter import Interpreter

_DECORATORS = frozenset({"dataclass", "s", "attrs", "attributes", "define", "frozen", "mutable"})
_RUN_THEN = ("__post_init__", "__attrs_post_init__")


def construct(
    interpreter: Interpreter,
    owners: list[ClassValue],
    made: ObjectValue,
    positional: list[Value],
    named: dict[str, Value],
) -> None:
    """Fill in the fields that the classes declare, nearest first, by what is given or else by their defaults, which
    each object has its own of; then run what fills in the rest."""
    if not any(nodes.bare_name(one) in _DECORATORS for owner in owners for one in owner.node.decorators):
        return
    waiting = list(positional)
    for name, owner, default in _fields(owners):
        given = named.get(name, waiting.pop(0) if waiting else NOTHING)
        if given is NOTHING or isinstance(given, Unknown):
            scope = Scope(owner.scope.file, owner.scope, owner.node, made)
            given = given if default is None else interpreter.evaluate(default, scope)
        if given is not NOTHING:
            made.fields[name] = given
    for method in (interpreter.member(owners[0], name) for name in _RUN_THEN):
        if isinstance(method, FunctionValue):
            interpreter.call(method, [], this=made)


def _fields(owners: list[ClassValue]) -> Iterator[tuple[str, ClassValue, nodes.Expression | None]]:
    """Yield the fields in the order in which they are given: those of the furthest class first."""
    found: dict[str, tuple[ClassValue, nodes.Expression | None]] = {}
    for owner in reversed(owners):
        assigned = (one for one in owner.node.body if isinstance(one, nodes.Assign))
        for one in assigned:
            is_typed = one.type is not None and nodes.bare_name(one.type) != "ClassVar"
            if isinstance(one.target, nodes.Name) and (is_typed or _is_called(one.value)):
                found[one.target.id] = owner, one.value
    for name, (owner, default) in found.items():
        yield name, owner, default


def _is_called(value: nodes.Expression | None) -> bool:
    """`router = attr.ib(…)`, a field without a type."""
    return isinstance(value, nodes.Call) and nodes.last_name(value.function) in ("ib", "attrib", "field")
