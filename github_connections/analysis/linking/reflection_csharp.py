"""C#'s reflection, as far as set-up uses it: classes that are found by what they implement, and made one by one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.scopes import functions_of
from github_connections.analysis.linking.values import (
    NOTHING,
    ClassValue,
    FunctionValue,
    MapValue,
    Native,
    ObjectValue,
    Unknown,
    Value,
    items_in,
)
from github_connections.analysis.syntax import nodes

if TYPE_CHECKING:
    from github_connections.analysis.linking.interpreter import Interpreter
    from github_connections.analysis.linking.registry import Registry

_TAKERS = "csharp classes that take a router"


def declare(registry: Registry) -> None:
    """Add how an object is made of a class that was found."""
    registry.calls["Activator.CreateInstance"] = lambda call: call.value(0)


def instances(interpreter: Interpreter, loop: nodes.Loop) -> list[Value] | None:
    """Return an object of each class that a loop over who knows what must meet, by the method it calls with a router.

    `foreach (var type in found) if (Activator.CreateInstance(type) is Endpoint e) e.Map(app.MapGroup(e));`
    """
    takers = _takers(interpreter)
    for name in _names_in(loop.body):
        if name in takers:
            return [interpreter.singleton(owner) for owner in takers[name]]
    return None


def _takers(interpreter: Interpreter) -> dict[str, list[ClassValue]]:
    """Return the classes that have a method with a router among its parameters, by the method's name."""
    known: dict[str, list[ClassValue]] | None = interpreter.state.get(_TAKERS)
    if known is None:
        known = interpreter.state[_TAKERS] = {}
        for file in interpreter.program.with_words("csharp", interpreter.registry.words):
            for function, owner in functions_of(file.scope):
                if owner is not None and _can_be_made(owner) and _takes_a_router(interpreter, function):
                    known.setdefault(function.node.name, []).append(owner)
    return known


def _can_be_made(cls: ClassValue) -> bool:
    words = cls.node.modifiers
    return cls.node.kind in ("class", "record", "struct") and bool(cls.node.bases) and "abstract" not in words and "static" not in words  # fmt: skip  # noqa: E501


def _takes_a_router(interpreter: Interpreter, function: FunctionValue) -> bool:
    if function.node.receiver is not None or function.node.name == "constructor":
        return False
    kinds = [nodes.without_arguments(parameter.type) for parameter in function.node.parameters]
    found = [interpreter.registry.types.get(kind.id) for kind in kinds if isinstance(kind, nodes.Name)]
    return any(kind is not None and kind.is_router for kind in found)


def _names_in(body: list[nodes.Statement]) -> Iterator[str]:
    """Yield the methods that are called on a variable, and those that are asked for by name, in order."""
    waiting: list[Any] = list(body)
    while waiting:
        item = waiting.pop(0)
        if isinstance(item, list):
            waiting[:0] = item
        elif isinstance(item, nodes.Node):
            match item:
                case nodes.Call(function=nodes.Member(of=nodes.Name(), name=name)) if name != "GetMethod":
                    yield name
                case nodes.Call(function=nodes.Member(name="GetMethod"), arguments=[first, *_]):
                    yield getattr(first.value, "value", "")
            waiting[:0] = [getattr(item, field) for field in item.__struct_fields__]


def member(interpreter: Interpreter, value: ObjectValue, name: str) -> Value:
    """Return what any object, or a class that was found, has too: `GetType()`, `Name`, `GetMethod("Map")`."""
    if value.cls is None or value.cls.scope.file.family != "csharp":
        return NOTHING
    if name == "GetType":
        said: dict[str, Value] = {"Name": value.cls.node.name}
        return Native(name, lambda call: MapValue(said, call.place), value)
    if name == "Name":
        return value.cls.node.name
    if name == "GetMethod":
        return Native(name, lambda call: _found(call, "Invoke", _invoked(interpreter, value, call.text(0))), value)
    if name == "GetProperty":
        return Native(name, lambda call: _found(call, "GetValue", _read(interpreter, value, call.text(0))), value)
    return NOTHING


def _found(call: Invocation, name: str, does: Native) -> Value:
    return MapValue({name: does}, call.place)


def _invoked(interpreter: Interpreter, value: ObjectValue, name: str) -> Native:
    def invoke(call: Invocation) -> Value:
        given = call.value(1)
        method = interpreter.get(value, name, call.scope)
        return call.run(method, *items_in(given)) if method else Unknown(name)

    return Native("Invoke", invoke, value)


def _read(interpreter: Interpreter, value: ObjectValue, name: str) -> Native:
    found = interpreter.get(value, name, value.cls.scope) if value.cls else None
    return Native("GetValue", lambda _call: None if isinstance(found, Unknown) else found, value)
