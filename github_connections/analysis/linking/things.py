"""What objects of a framework can be asked for: the library's methods, and those that the program gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from github_connections.analysis.linking import callables
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.values import NOTHING, FunctionValue, Native, Thing, Unknown, Value
from github_connections.analysis.linking.words import uses

if TYPE_CHECKING:
    from github_connections.analysis.linking.interpreter import Interpreter
    from github_connections.analysis.linking.scopes import Scope

# Languages in which a type of a library can be given methods by anybody.
_EXTENDING = frozenset({"csharp", "java"})


def of_thing(interpreter: Interpreter, value: Thing, name: str, scope: Scope) -> Value:
    """Return what the program's own class has under a name, else what the library's or an extension has."""
    own = of_derived(interpreter, value, name) if value.cls is not None else NOTHING
    return _of_library(interpreter, value, name, scope) if own is NOTHING else own


def of_derived(interpreter: Interpreter, thing: Thing, name: str) -> Value:
    """Return a method that the program's class of a framework's object has, bound to it; NOTHING without one.

    One that adds something to what the library's own of this name does is no other than that.
    """
    found = interpreter.member(thing.cls, name) if thing.cls is not None and name not in thing.data else NOTHING
    is_known = name in thing.kind.methods or name in thing.kind.attributes
    if not isinstance(found, FunctionValue) or (is_known and uses(found.node, {name})):
        return NOTHING
    method = FunctionValue(found.node, found.scope, thing)
    return interpreter.call(method, []) if callables.is_property(found.node) else method


def _of_library(interpreter: Interpreter, value: Thing, name: str, scope: Scope) -> Value:
    kind = value.kind
    if name in kind.methods:
        return Native(name, kind.methods[name], value)
    if name in kind.attributes:
        return kind.attributes[name](value, name)
    if name in value.data:
        return callables.held_by(value, value.data[name], scope)
    block = _block_of(name, scope)
    if block is not None:
        return FunctionValue(block.node, block.scope, value)
    extension = interpreter.extension("", name, scope.file) if scope.file.family in _EXTENDING else NOTHING
    if scope.file.family == "rust":
        extension = _of_trait(interpreter, value, name, scope)
    if isinstance(extension, FunctionValue):
        return FunctionValue(extension.node, extension.scope, value)
    if kind.missing is not None:
        return Native(name, kind.missing, value)
    return Native(name, _chain if kind.fluent else _nothing_known, value)


def _block_of(name: str, scope: Scope) -> FunctionValue | None:
    """Kotlin's `route.build()` where `build: Route.() -> Unit` is a parameter."""
    holder = scope.holder_of(name) if scope.file.family == "java" else None
    found = holder.names[name] if holder is not None else None
    return found if isinstance(found, FunctionValue) and not found.node.name else None


def _of_trait(interpreter: Interpreter, value: Thing, name: str, scope: Scope) -> Value:
    """Find a method that an `impl` block of the program gives to a library's type."""
    for whole, kind in interpreter.registry.types.items():
        if kind is value.kind:
            found = interpreter.extension(whole.rpartition(".")[2], name, scope.file)
            if found is not NOTHING:
                return found
    return NOTHING


def _chain(call: Invocation) -> Value:
    """Do nothing that matters here, and hand the object on; callbacks are run all the same."""
    call.run_callbacks()
    return call.receiver


def _nothing_known(call: Invocation) -> Value:
    call.run_callbacks()
    return Unknown(call.name)
