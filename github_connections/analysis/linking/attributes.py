"""`value.name`, read, for every sort of value."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from github_connections.analysis.linking import callables, qualified, reflection_csharp, standard_jvm, things
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.names_javascript import CHECKOUT
from github_connections.analysis.linking.values import (
    NOTHING,
    Behaviour,
    ClassValue,
    External,
    FunctionValue,
    ListValue,
    MapValue,
    ModuleValue,
    Native,
    ObjectValue,
    PackageValue,
    PairsValue,
    Thing,
    Unknown,
    Value,
    text_of,
)
from github_connections.analysis.linking.words import uses
from github_connections.analysis.syntax import nodes

if TYPE_CHECKING:
    from github_connections.analysis.linking.interpreter import Interpreter
    from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.methods import (
    LIST_METHODS,
    MAP_METHODS,
    PAIRS_METHODS,
    TEXT_METHODS,
)

# What JavaScript's decorators are given is a class's prototype; it is told from the class by nothing that matters here.
_ITSELF = frozenset({"constructor", "prototype"})

# What an address in the checkout is as a text: `pathToFileURL(file).href`.
_OF_ADDRESSES = frozenset({"href", "pathname"})


def get(interpreter: Interpreter, value: Value, name: str, scope: Scope) -> Value:
    """Return `value.name`; Unknown, or an External's longer name, where it cannot be known."""
    if name == "then" and isinstance(value, Thing | MapValue | ModuleValue) and scope.file.family == "javascript":
        return Native(name, callables.hand_over, value)
    reader = _reader_of(value)
    if reader is None:
        return Unknown(f"{text_of(value)}.{name}") if not isinstance(value, int | float | None) else Unknown(name)
    return reader(interpreter, value, name, scope)


def implicit(interpreter: Interpreter, this: Value, name: str, scope: Scope) -> Value:
    """Look a bare name up on the implicit receiver: a word of a DSL, a field, a method; NOTHING where it has none."""
    if isinstance(this, Thing):
        known = name in this.kind.methods or name in this.kind.attributes
        return things.of_thing(interpreter, this, name, scope) if known else NOTHING
    if isinstance(this, ObjectValue):
        return _own(interpreter, this, name)
    return NOTHING


def _of_module(interpreter: Interpreter, value: ModuleValue, name: str, _scope: Scope) -> Value:
    found = interpreter.exported(value.file, name)
    return Unknown(name) if found is NOTHING else found


def _of_package(interpreter: Interpreter, value: PackageValue, name: str, _scope: Scope) -> Value:
    for file in value.files:
        if file.declares(name):
            return interpreter.own_name(file, name)
    for file in value.files:
        found = interpreter.own_name(file, name)
        if found is not NOTHING:
            return found
    return External(f"{value.name}.{name}")


def _of_external(interpreter: Interpreter, value: External, name: str, scope: Scope) -> Value:
    if value.fields and name in value.fields:
        return value.fields[name]
    whole = f"{value.name}.{name}"
    reader = interpreter.registry.attributes.get(value.name)
    if reader is not None:
        found = reader(interpreter, name)
        if found is not NOTHING:
            return found
    if value.made_by is not None and name in value.made_by.named and value.made_by.scope.file.family == "go":
        return value.made_by.named[name]  # `(&http.Server{Handler: router}).Handler`
    inner = value.made_by.value(0) if value.made_by is not None and value.name.endswith("()") else None
    if isinstance(inner, Thing) and inner.kind.is_router and name in inner.kind.methods and _is_python(value):
        # `app = add_pagination(FastAPI())` is the application still
        return things.of_thing(interpreter, inner, name, scope)
    if whole in interpreter.registry.values:
        return interpreter.registry.values[whole]
    found = qualified.in_program(interpreter, value, name, scope)
    return External(whole, value.made_by) if found is NOTHING else found


def _is_python(value: External) -> bool:
    return value.made_by is not None and value.made_by.scope.file.family == "python"


def _of_map(interpreter: Interpreter, value: MapValue, name: str, scope: Scope) -> Value:
    found = value.entries.get(name, NOTHING)
    if isinstance(found, FunctionValue) and "get" in found.node.modifiers:
        return interpreter.call(found, [], this=value)
    return _method(MAP_METHODS, value, name) if found is NOTHING else callables.held_by(value, found, scope)


def _of_list(interpreter: Interpreter, value: ListValue, name: str, _scope: Scope) -> Value:
    if name.lstrip("-").isdigit() and -len(value.items) <= int(name) < len(value.items):
        return value.items[int(name)]
    method = LIST_METHODS.get(name)
    if method is None and value.items and all(isinstance(item, ModuleValue) for item in value.items):
        found = [interpreter.exported(item.file, name) for item in value.items]  # each of the modules of a directory
        return ListValue([item for item in found if item is not NOTHING], value.place)
    return Native(name, method, value) if method else Unknown(name)


def _method(methods: dict[str, Behaviour], value: Value, name: str) -> Value:
    return Native(name, methods[name], value) if name in methods else Unknown(name)


def _of_text(_interpreter: Interpreter, value: str, name: str, scope: Scope) -> Value:
    if name == "value" and scope.file.family in ("python", "php"):
        return value  # of a member of an enumeration
    method = TEXT_METHODS.get(name)
    if name in _OF_ADDRESSES and value.startswith(CHECKOUT):
        return value
    if method is None and isinstance(scope.this, Thing) and f"text.{name}" in scope.this.kind.methods:
        return _on_text(scope.this, value, name)
    return Native(name, method, value) if method else Unknown(f"{value}.{name}()")


def _on_text(this: Thing, text: str, name: str) -> Value:
    """A word of a DSL that is written on a text: Kotlin's `"/api".nest { … }` is `nest("/api") { … }`."""

    def call_word(call: Invocation) -> Value:
        call.receiver, call.positional = this, [text, *call.positional]
        return this.kind.methods[f"text.{name}"](call)

    return Native(name, call_word, this)


def _of_object(interpreter: Interpreter, value: ObjectValue, name: str, scope: Scope) -> Value:
    if name == "constructor" and value.cls is not None and scope.file.family == "javascript":
        return value.cls
    found = _own(interpreter, value, name)
    if found is NOTHING:
        found = standard_jvm.member_of(interpreter, value, name, scope) or reflection_csharp.member(
            interpreter, value, name
        )
    if found is NOTHING and value.cls is not None and value.cls.scope.file.family in ("php", "python"):
        behaviour = interpreter.registry.class_methods.get(name)  # one of a base in a library
        return Native(name, behaviour, value) if behaviour is not None else Unknown(name)
    return Unknown(name) if found is NOTHING else found


def _own(interpreter: Interpreter, value: ObjectValue, name: str) -> Value:
    if name in value.fields:
        return value.fields[name]
    found = interpreter.member(value.cls, name) if value.cls else NOTHING
    if found is NOTHING and value.cls is not None:
        found = _go_method(interpreter, value.cls, name)
    if found is NOTHING and value.cls is not None and value.cls.scope.file.family == "go":
        return _promoted(interpreter, value, value.cls, name)
    if isinstance(found, FunctionValue):
        method = FunctionValue(found.node, found.scope, value)
        is_getter = "get" in found.node.modifiers or callables.is_property(found.node)
        return interpreter.call(method, []) if is_getter else method
    return found


def _go_method(interpreter: Interpreter, cls: ClassValue, name: str) -> Value:
    """Find a method that is declared outside its type: Go's, Rust's impl blocks, Kotlin's and C#'s extensions."""
    return interpreter.extension(cls.node.name, name, cls.scope.file)


def _promoted(interpreter: Interpreter, value: ObjectValue, cls: ClassValue, name: str) -> Value:
    """Find what an embedded field of a Go struct has under this name: `type Handler struct { *mux.Router }`."""
    for field in cls.node.parameters:
        kind = field.type.of if isinstance(field.type, nodes.Item) else field.type
        is_embedded = field.name and nodes.last_name(kind) == field.name
        inner = value.fields.get(field.name) if is_embedded else None
        found = NOTHING if inner is value else implicit(interpreter, inner, name, cls.scope)
        if found is not NOTHING:
            return found
    return NOTHING


def _hands_on(value: Value, name: str) -> bool:
    """Tell whether a method wraps what the library's does: a mixin's `as_view` that ends in `super().as_view()`."""
    return isinstance(value, FunctionValue) and uses(value.node, {name})


def _of_class(interpreter: Interpreter, value: ClassValue, name: str, scope: Scope) -> Value:
    if name in _ITSELF and scope.file.family == "javascript":
        return value
    if value.node.kind == "object" and any(isinstance(base, nodes.Call) for base in value.node.bases):
        return _of_object(
            interpreter, interpreter.singleton(value), name, scope
        )  # `object Users : Controller("/users")`
    found = interpreter.member(value, name)
    if found is NOTHING:
        found = _go_method(interpreter, value, name)
    behaviour = interpreter.registry.class_methods.get(name)
    if behaviour is not None and (found is NOTHING or _hands_on(found, name)):
        return Native(name, behaviour, value)
    if found is not NOTHING:
        # A macro's words are those of the module that uses it.
        this = scope.this if scope.file.family == "elixir" else value
        return _of_its_type(interpreter, found, this) if isinstance(found, FunctionValue) else found
    if name == "new":  # Ruby's and Rust's way to make an object
        return Native(name, lambda call: interpreter.instantiate(value, call.positional, call.named, call.node, scope))
    if name in ("class", "name", "__name__", "java"):
        return value
    bases = [base for base in interpreter.bases(value) if isinstance(base, External)]
    other = External(f"{bases[0].name}.{name}") if bases else Unknown(f"{value.node.name}.{name}")
    return standard_jvm.scope_function(value, name, scope) or other


def _of_its_type(interpreter: Interpreter, found: FunctionValue, this: Value) -> Value:
    """Return a type's function; what reads like a field is one that is called wherever it is named: a constant of a
    Rust type, `static get routes()`."""
    method = FunctionValue(found.node, found.scope, this)
    said = found.node.modifiers
    return interpreter.call(method, []) if "const" in said or ("static" in said and "get" in said) else method


_READERS: dict[type, Callable[..., Value]] = {
    FunctionValue: callables.of_function,
    Native: callables.of_native,
    ModuleValue: _of_module,
    PackageValue: _of_package,
    External: _of_external,
    MapValue: _of_map,
    ListValue: _of_list,
    PairsValue: lambda _interpreter, value, name, _scope: _method(PAIRS_METHODS, value, name),
    str: _of_text,
    ObjectValue: _of_object,
    ClassValue: _of_class,
}


def _reader_of(value: Value) -> Callable[..., Value] | None:
    return things.of_thing if isinstance(value, Thing) else _READERS.get(type(value))
