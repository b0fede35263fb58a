"""What functions of Java and Kotlin themselves do, as far as set-up code uses them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import (
    ClassValue,
    FunctionValue,
    ListValue,
    Native,
    ObjectValue,
    Unknown,
    Value,
)
from github_connections.analysis.syntax import nodes

if TYPE_CHECKING:
    from github_connections.analysis.linking.interpreter import Interpreter
    from github_connections.analysis.linking.scopes import Scope

_LISTS = (
    "listOf", "setOf", "arrayOf", "mutableListOf", "listOfNotNull", "java.util.List.of", "java.util.Set.of",
    "List.of", "Set.of",
    "java.util.Arrays.asList", "Arrays.asList", "java.util.stream.Stream.of",
)  # fmt: skip

# A map is walked through pair by pair: `for ((path, method) in mapOf("/x" to HttpMethod.Post)) { … }`.
_MAPS = ("mapOf", "mutableMapOf", "linkedMapOf", "hashMapOf")

# What every object of Kotlin can be asked to do with a block: whether the object is the receiver inside, and is
# what comes out.
_GETTER = re.compile(r"(?:get|is)([A-Z]\w*)")
_MADE_BY_LOMBOK = frozenset({"AllArgsConstructor", "Data", "RequiredArgsConstructor", "Value"})
_SCOPES = {"apply": (True, True), "run": (True, False), "also": (False, True), "let": (False, False)}


def scope_function(value: Value, name: str, scope: Scope) -> Native | None:
    """Return `apply`, `run`, `also` or `let` of an object of Kotlin; None for any other name."""
    if name not in _SCOPES or scope.file.language != "kotlin":
        return None
    is_receiver, comes_out = _SCOPES[name]

    def run_block(call: Invocation) -> Value:
        block = call.value(-1)
        if not isinstance(block, FunctionValue):
            return value
        given = _object_of(call, value)
        returned = call.run(block, given, this=given if is_receiver else None)
        return given if comes_out else returned

    return Native(name, run_block, value)


def member_of(interpreter: Interpreter, value: ObjectValue, name: str, scope: Scope) -> Native | None:
    """Return what an object has that its class does not write: scope functions, and getters that Lombok makes."""
    accessor = _GETTER.fullmatch(name) if scope.file.language == "java" else None
    if accessor is None:
        return scope_function(value, name, scope)
    field = accessor.group(1)[:1].lower() + accessor.group(1)[1:]
    held = interpreter.get(value, field, scope)
    return None if isinstance(held, Unknown) else Native(name, lambda _call: held, value)


def made_of(cls: ClassValue, positional: list[Value]) -> dict[str, Value]:
    """Return the fields that the constructor fills which Lombok's `@AllArgsConstructor` makes."""
    written = {nodes.bare_name(item) for item in cls.node.decorators}
    fields = [
        item.target for item in cls.node.body if isinstance(item, nodes.Assign) and "static" not in item.modifiers
    ]
    names = [field.id for field in fields if isinstance(field, nodes.Name)]
    return dict(zip(names, positional, strict=False)) if written & _MADE_BY_LOMBOK else {}


def declare(registry: Registry) -> None:
    """Add the functions that every program may use."""
    for name in _LISTS:
        registry.calls[name] = _list
    registry.calls.update(dict.fromkeys(_MAPS, _list))
    registry.calls["with"] = _with


def _list(call: Invocation) -> Value:
    return ListValue(list(call.positional), call.place)


def _with(call: Invocation) -> Value:
    """Kotlin's `with(router) { … }`: the first argument is the receiver inside."""
    block, receiver = call.value(-1), _object_of(call, call.value(0))
    return call.run(block, receiver, this=receiver) if isinstance(block, FunctionValue) else receiver


def _object_of(call: Invocation, value: Value) -> Value:
    """Kotlin's `object Users { … }` is a class and the one object of it."""
    is_object = isinstance(value, ClassValue) and value.node.kind == "object"
    return call.interpreter.singleton(value) if is_object else value
