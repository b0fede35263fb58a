"""What a name means where its scope does not say: items of Rust, constants of bases, extensions of the receiver."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from github_connections.analysis.linking import attributes
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import (
    NOTHING,
    ClassValue,
    External,
    FunctionValue,
    ListValue,
    MapValue,
    ModuleValue,
    ObjectValue,
    Thing,
    Unknown,
    Value,
)
from github_connections.analysis.syntax import nodes

if TYPE_CHECKING:
    from github_connections.analysis.linking.interpreter import Interpreter


_OF_BLOCK = 2  # types of `Route.() -> Unit`: what it is called on, and what it gives back


def item_named(interpreter: Interpreter, name: str, scope: Scope) -> Value:
    """Return what a Rust path begins with: a module, a type or a function, never a variable of that name."""
    bare = name.removesuffix("::")
    inner: Scope | None = scope
    while inner is not None:
        if bare in inner.names:
            value = interpreter.force(inner, bare)
            if _is_item(value):
                return value
        inner = inner.parent
    return interpreter.names(scope.file).missing(interpreter, scope.file, name if bare in ("self", "super") else bare)


def called(interpreter: Interpreter, name: str, value: Value, scope: Scope) -> Value:
    """Return what is called by a name that has this value: `val route = "/x"; route(route) { … }`.

    In Kotlin and Java variables and functions do not hide each other.
    """
    holder = scope.holder_of(name)
    is_plain = value is None or isinstance(value, str | int | float | ListValue | MapValue | Unknown)
    is_constant = isinstance(value, External) and holder is not None and isinstance(holder.owner, nodes.Function)
    if holder is None or not (is_plain or is_constant):
        return _block_on_receiver(value, scope, has_receiver=_has_receiver(name, holder))
    inner: Scope | None = scope
    while inner is not None:
        found = interpreter.force(inner, name) if name in inner.names else None
        is_declared = isinstance(found, External) and not isinstance(inner.owner, nodes.Function)
        if isinstance(found, FunctionValue | ClassValue) or is_declared:
            return on_receiver(found, scope)
        inner = inner.parent
    found = of_receivers(interpreter, name, scope) if scope.this is not None else NOTHING
    found = inherited_name(interpreter, name, scope) if found is NOTHING else found
    return interpreter.names(scope.file).missing(interpreter, scope.file, name) if found is NOTHING else found


def of_receivers(interpreter: Interpreter, name: str, scope: Scope) -> Value:
    """Return what a bare name means on the receiver at hand; NOTHING where it has none of that name.

    Kotlin's blocks see the receivers of those around them too: `route("/x") { with(service) { get { … } } }`.
    """
    value = attributes.implicit(interpreter, scope.this, name, scope)
    if scope.file.language != "kotlin":
        return value
    for cls in _classes_at_hand(scope) if value is NOTHING else ():
        value = _member_extension(interpreter, cls, name, scope) if value is NOTHING else value
    for this in _receivers_around(scope):
        if value is NOTHING:
            value = attributes.implicit(interpreter, this, name, scope)
    return value


def _classes_at_hand(scope: Scope) -> Iterator[ClassValue]:
    """Yield the classes of the receivers at hand, and those that a scope is inside of, nearest first."""
    inner: Scope | None = scope
    while inner is not None:
        if isinstance(inner.this, ClassValue):
            yield inner.this
        elif isinstance(inner.this, ObjectValue) and inner.this.cls is not None:
            yield inner.this.cls
        if isinstance(inner.owner, nodes.Class):
            yield ClassValue(inner.owner, inner)
        inner = inner.parent


def _member_extension(interpreter: Interpreter, cls: ClassValue, name: str, scope: Scope) -> Value:
    """`with(users) { register() }` of a class with `fun Route.register()`: it extends what stands around."""
    around = scope.this if isinstance(scope.this, Thing) else next(_receivers_around(scope), None)
    for owner in [cls, *interpreter.bases(cls)] if around is not None else ():
        for member in owner.node.body if isinstance(owner, ClassValue) else ():
            if (
                isinstance(member, nodes.Function)
                and member.name == name
                and member.receiver is not None
                and member.body
            ):
                return FunctionValue(member, owner.scope, around)
    return NOTHING


def _receivers_around(scope: Scope) -> Iterator[Thing]:
    """Yield the receivers of the blocks around, nearest first."""
    outer = scope.parent
    while outer is not None:
        if isinstance(outer.this, Thing) and outer.this is not scope.this:
            yield outer.this
        outer = outer.parent


def inherited_name(interpreter: Interpreter, name: str, scope: Scope) -> Value:
    """Return a constant of a base of the classes around; NOTHING where none has it."""
    inner: Scope | None = scope
    while inner is not None:
        if isinstance(inner.owner, nodes.Class) and inner.owner.bases:
            value = interpreter.member(ClassValue(inner.owner, inner), name)
            if value is not NOTHING:
                return value
        inner = inner.parent
    return NOTHING


def _block_on_receiver(value: Value, scope: Scope, *, has_receiver: bool) -> Value:
    """`staff()` of `val staff: Route.() -> Unit = { get { … } }`: it is on the receiver at hand."""
    if not isinstance(value, FunctionValue) or scope.file.language != "kotlin":
        return value
    is_block = not value.node.name and not value.node.parameters
    is_on_hand = value.this is None or (has_receiver and isinstance(scope.this, Thing))
    return FunctionValue(value.node, value.scope, scope.this) if is_block and is_on_hand else value


def _has_receiver(name: str, holder: Scope | None) -> bool:
    """Tell whether a parameter is a block on what it is called on, `build: Route.() -> Unit`, wherever it was made."""
    parameters = holder.owner.parameters if holder is not None and isinstance(holder.owner, nodes.Function) else []
    kind = next((parameter.type for parameter in parameters if parameter.name == name), None)
    return isinstance(kind, nodes.Operation) and kind.operator == "->" and len(kind.operands) == _OF_BLOCK


def on_receiver(value: Value, scope: Scope) -> Value:
    """A bare call of one of Kotlin's extension functions, or of an Elixir macro, is on the receiver at hand."""
    if not isinstance(value, FunctionValue) or value.this is not None:
        return value
    is_extension = value.node.receiver is not None and scope.file.family == "java"
    is_macro = scope.file.family == "elixir"
    return FunctionValue(value.node, value.scope, scope.this) if is_extension or is_macro else value


def _is_item(value: Value) -> bool:
    if isinstance(value, External):
        return value.made_by is None
    return isinstance(value, ModuleValue | ClassValue) or (isinstance(value, FunctionValue) and bool(value.node.name))
