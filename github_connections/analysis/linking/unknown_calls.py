"""Calls of what is not of the program: of libraries, and of what nothing is known of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from github_connections.analysis.linking import literals_go, sequences, uncalled
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.routing import Router
from github_connections.analysis.linking.scopes import functions_of
from github_connections.analysis.linking.values import (
    ClassValue,
    External,
    FunctionValue,
    ListValue,
    MapValue,
    ObjectValue,
    Thing,
    Unknown,
    Value,
    items_or_itself,
)
from github_connections.analysis.syntax import nodes

if TYPE_CHECKING:
    from github_connections.analysis.linking.interpreter import Interpreter


BRACES = nodes.Opaque("struct")  # Go's `{…}` without a type, inside a literal


def call(interpreter: Interpreter, function: Value, invocation: Invocation) -> Value:
    """Call something of a library: by what a framework declared, else running the callbacks it is handed."""
    if isinstance(function, External):
        behaviour = interpreter.registry.call_of(function.name)
        if behaviour is not None:
            return behaviour(invocation)
    elif isinstance(function, ObjectValue | MapValue | Thing):
        inner = interpreter.get(function, "__call__", invocation.scope)
        if not isinstance(inner, Unknown):
            return interpreter.call(inner, invocation.positional, invocation.named, scope=invocation.scope)
    elif invocation.node is not None and invocation.node.function == BRACES:
        made = ObjectValue(None, {}, invocation.place)
        return literals_go.braces(invocation.positional, invocation.named, made)
    elif isinstance(function, Unknown) and invocation.scope.file.family == "csharp":
        _call_on_every_class(interpreter, invocation)
    _call_by_its_name(interpreter, function, invocation)
    _run_callbacks(interpreter, invocation)
    unknown = (
        External(f"{function.name}()", invocation) if isinstance(function, External) else Unknown(_called(function))
    )
    said = (of(interpreter, invocation) for of in (_default_of, _injected, _concatenated))
    known = next((one for one in said if one is not None), None)
    return unknown if known is None else known


def _call_by_its_name(interpreter: Interpreter, function: Value, invocation: Invocation) -> None:
    """`self.system.app.include_router(users)` where nothing is known of the application."""
    method = invocation.node.function if invocation.node is not None else None
    if isinstance(function, Unknown | External) and isinstance(method, nodes.Member):
        behaviour = interpreter.registry.of_unknown.get(method.name)
        if behaviour is not None and invocation.scope.file.family == "python":
            behaviour(invocation)


def _run_callbacks(interpreter: Interpreter, invocation: Invocation) -> None:
    """Kotlin's `authenticateByToken(tokens) { get("/me") { … } }`: a block that some library puts around routes is on
    the router at hand, and run as often as what holds it; any other once."""
    is_around_routes = invocation.scope.file.language == "kotlin" and isinstance(invocation.scope.this, Router)
    for callback in invocation.functions():
        if is_around_routes and not callback.node.name:
            interpreter.call(callback, [], this=callback.this)
        else:
            run_callback(interpreter, callback)


def _default_of(_interpreter: Interpreter, invocation: Invocation) -> Value:
    """`config.get("http", "base_path", fallback="")`: what a setting is where nobody sets it."""
    function = invocation.node.function if invocation.node is not None else None
    is_getter = isinstance(function, nodes.Member) and function.name.startswith("get") and invocation.positional
    if not is_getter or invocation.scope.file.family != "python":
        return None
    said = (invocation.named.get(name) for name in ("default", "fallback"))
    return next((value for value in said if isinstance(value, str)), None)


def _injected(interpreter: Interpreter, invocation: Invocation) -> Value:
    """Kotlin's `val users by inject<Users>()`: an object of that class."""
    made = invocation.named.get("<>") if invocation.scope.file.language == "kotlin" else None
    if isinstance(made, ClassValue) and made.node.kind in ("class", "object"):
        return interpreter.singleton(made)
    return None


def _concatenated(_interpreter: Interpreter, invocation: Invocation) -> Value:
    """JavaScript's `added.concat(routes)`: a list of which the rest is known."""
    function = invocation.node.function if invocation.node is not None else None
    if not isinstance(function, nodes.Member) or function.name != "concat":
        return None
    given = invocation.positional
    if invocation.scope.file.family != "javascript" or not any(isinstance(one, ListValue) for one in given):
        return None
    items: list[Value] = []
    for one in given:
        sequences.grow(items, items_or_itself(one))
    return ListValue(items, invocation.place)


def run_callback(interpreter: Interpreter, callback: FunctionValue) -> None:
    """Run a function that was handed to something unknown, once, with nothing known of its arguments.

    Only one that is written on the spot, or speaks of a framework: a function by name is more often a handler.
    """
    if id(callback.node) not in interpreter.called and (
        not callback.node.name or uncalled.speaks_of_a_framework(interpreter, callback)
    ):
        interpreter.call(callback, [], this=callback.this)


def _call_on_every_class(interpreter: Interpreter, invocation: Invocation) -> None:
    """`foreach (var endpoint in found) endpoint.Map(app)`: what reflection finds are all classes with that
    method."""
    function = invocation.node.function if invocation.node else None
    if not isinstance(function, nodes.Member) or not any(isinstance(item, Router) for item in invocation.positional):
        return
    for file in interpreter.program.with_words("csharp", interpreter.registry.words):
        for method, owner in functions_of(file.scope):
            is_meant = method.node.name == function.name and "abstract" not in method.node.modifiers
            if is_meant and owner is not None and len(method.node.parameters) == len(invocation.positional):
                interpreter.call(method, invocation.positional, this=interpreter.singleton(owner))


def _called(function: Value) -> str:
    return f"{function.source}()" if isinstance(function, Unknown) else "…"
