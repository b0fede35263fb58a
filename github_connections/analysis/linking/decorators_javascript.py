"""Decorators that a program of TypeScript declares itself, and what they keep about classes with `Reflect`.

A program without a framework for it writes `@Controller("/users")` and `@Get("/")` of its own: functions that put paths
away with `Reflect.defineMetadata`, for set-up that reads them and registers routes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import (
    ClassValue,
    FunctionValue,
    ListValue,
    MapValue,
    ModuleValue,
    ObjectValue,
    Unknown,
    Value,
)
from github_connections.analysis.report import Place
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import callee

if TYPE_CHECKING:
    from github_connections.analysis.linking.interpreter import Interpreter
    from github_connections.analysis.linking.scopes import Scope

_KEPT = "reflect metadata"


def declare(registry: Registry) -> None:
    """Add what reflect-metadata puts on `Reflect`."""
    registry.calls["Reflect.defineMetadata"] = _define
    for name in ("getMetadata", "getOwnMetadata"):
        registry.calls[f"Reflect.{name}"] = _read


def apply(interpreter: Interpreter, cls: ClassValue, scope: Scope) -> None:
    """Call the program's own decorators of a class: those of its methods first, each with what it decorates."""
    for member in cls.node.body:
        if isinstance(member, nodes.Function):
            place = Place(cls.scope.file.path, member.line)
            descriptor = MapValue({"value": FunctionValue(member, cls.scope, None)}, place)
            _decorate(interpreter, member.decorators, [cls, member.name, descriptor], scope)
    _decorate(interpreter, cls.node.decorators, [cls], scope)


def _decorate(interpreter: Interpreter, decorators: list[nodes.Expression], given: list[Value], scope: Scope) -> None:
    for decorator in reversed(decorators):
        if _is_of_the_program(interpreter, decorator, scope):
            function = interpreter.evaluate(decorator, scope)
            if isinstance(function, FunctionValue):
                interpreter.call(function, given, scope=scope, line=getattr(decorator, "line", 0))


def _is_of_the_program(interpreter: Interpreter, decorator: nodes.Expression, scope: Scope) -> bool:
    first = callee(decorator)
    while isinstance(first, nodes.Member):
        first = first.of
    if not isinstance(first, nodes.Name) or scope.holder_of(first.id) is None:
        return False
    value = interpreter.lookup(first.id, scope)
    return isinstance(value, FunctionValue | MapValue | ModuleValue | ObjectValue)


# --- Reflect ------------------------------------------------------------------------------------------------------


def _kept(call: Invocation) -> dict[tuple[Any, ...], Value]:
    kept: dict[tuple[Any, ...], Value] = call.interpreter.state.setdefault(_KEPT, {})
    return kept


def _key(name: Value, target: Value, member: Value) -> tuple[Any, ...] | None:
    """Return under what something is kept: its name, the class, and the member that it is about; None for no class."""
    cls = target.cls if isinstance(target, ObjectValue) else target
    if not isinstance(cls, ClassValue):
        return None
    return name if isinstance(name, str) else id(name), id(cls.node), member if isinstance(member, str) else ""


def is_kept(interpreter: Interpreter, cls: ClassValue) -> bool:
    """Tell whether something is kept about a class or its members."""
    return any(key[1] == id(cls.node) for key in interpreter.state.get(_KEPT, ()))


def _define(call: Invocation) -> Value:
    """`Reflect.defineMetadata(name, value, target, member?)`.

    An empty list takes nobody's place: it is put there where there is none yet, which nobody can tell from here.
    """
    key, value = _key(call.value(0), call.value(2), call.value(3)), call.value(1)
    is_start = isinstance(value, ListValue) and not value.items
    if key is not None and not (is_start and key in _kept(call)):
        _kept(call)[key] = value
    return None


def _read(call: Invocation) -> Value:
    key = _key(call.value(0), call.value(1), call.value(2))
    return _kept(call).get(key, Unknown("metadata")) if key is not None else Unknown("metadata")
