"""What functions themselves can be asked for: JavaScript's `bind`, `call` and `apply`, fields put on them, and
what they promise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from github_connections.analysis.linking import sequences
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.values import NOTHING, Behaviour, FunctionValue, Native, Unknown, Value
from github_connections.analysis.syntax import nodes

if TYPE_CHECKING:
    from github_connections.analysis.linking.interpreter import Interpreter
    from github_connections.analysis.linking.scopes import Scope


def is_property(function: nodes.Function) -> bool:
    """Tell whether a method of Python is called where it is read."""
    return any(getattr(one, "id", "") in ("property", "cached_property") for one in function.decorators)


def _bound(call: Invocation) -> Value:
    function = call.receiver
    if isinstance(function, Native):  # it knows its receiver
        return function
    return FunctionValue(function.node, function.scope, call.value(0) or function.this)


def held_by(this: Value, value: Value, scope: Scope) -> Value:
    """JavaScript's `{app, start() { this.app }}` and `app.resource = function (path) { this.get(path) }`: what holds a
    function is its `this`."""
    if isinstance(value, FunctionValue) and value.this is None and scope.file.family == "javascript":
        return FunctionValue(value.node, value.scope, this, value.fields)
    return value


def _called_with(call: Invocation) -> Value:
    return call.run(call.receiver, *call.positional[1:], this=call.value(0))


def _applied(call: Invocation) -> Value:
    return call.run(call.receiver, *(sequences.items_of(call.value(1)) or []), this=call.value(0))


def hand_over(call: Invocation) -> Value:
    """`create().then(app => …)`, `import("./x").then(module => …)`: what is promised is handed on."""
    made = call.run(call.value(0), call.receiver) if isinstance(call.value(0), FunctionValue) else None
    return call.receiver if made is None or isinstance(made, Unknown) else made


FUNCTION_METHODS: dict[str, Behaviour] = {"bind": _bound, "call": _called_with, "apply": _applied}


def of_function(interpreter: Interpreter, value: FunctionValue, name: str, scope: Scope) -> Value:
    """JavaScript's `handler.bind(this)`, `setUp.call(this, app)` and `setUp.apply(this, [app])`; a Python
    function's `__name__`."""
    if value.fields and name in value.fields:
        return value.fields[name]
    if name == "invoke" and scope.file.language == "kotlin":
        return value
    if name == "__name__" and value.node.name:
        return value.node.name
    module = interpreter.names(scope.file).module_beside(interpreter, scope.file, value.node.name)
    if module is not NOTHING:
        return interpreter.get(module, name, scope)
    method = FUNCTION_METHODS.get(name) if scope.file.family == "javascript" else None
    return Native(name, method, value) if method else Unknown(f"{value.node.name}.{name}")


def of_native(_interpreter: Interpreter, value: Native, name: str, scope: Scope) -> Value:
    """`router[method].call(router, path, handler)`: a method of a library is asked for the same."""
    method = FUNCTION_METHODS.get(name) if scope.file.family == "javascript" else None
    return Native(name, method, value) if method else Unknown(f"{value.name}.{name}")
