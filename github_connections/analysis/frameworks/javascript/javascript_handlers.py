"""The functions that answer a route of JavaScript's servers, behind what is put around them."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.frameworks.javascript.javascript_servers import handed_to
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.routing import MAXIMUM_WRAPPERS
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import External, FunctionValue, Value
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

# With so many parameters (error, request, response, next) it answers when something went wrong.
OF_AN_ERROR = 4
# What an object calls the function that answers.
_HANDLING = frozenset({"handler", "fn"})


def functions_in(
    interpreter: Interpreter, value: Value, expression: nodes.Expression | None, scope: Scope, depth: int = 0
) -> Iterator[FunctionValue]:
    """Yield the function that an argument is, or that it wraps: `asyncHandler(create)`, `create.bind(this)`; and the
    one that it does nothing but call: `(req, res) => crew.create(req, res)`."""
    if depth > MAXIMUM_WRAPPERS:
        return
    match expression:
        case nodes.Function():
            yield FunctionValue(expression, scope)
            yield from _handed_to(interpreter, expression, scope)
        case nodes.Call(function=nodes.Member(name="bind")):
            yield from functions_behind(value)
        case nodes.Call(arguments=arguments):
            wrapped = [one for given in arguments for one in _wrapped(interpreter, given.value, scope, depth)]
            yield from wrapped or functions_behind(value)  # `update("title")` makes one
        case _:
            yield from functions_behind(value)


def _handed_to(interpreter: Interpreter, function: nodes.Function, scope: Scope) -> Iterator[FunctionValue]:
    callee = handed_to(function)
    if callee is not None:
        yield from functions_behind(interpreter.evaluate(callee, scope))


def _wrapped(interpreter: Interpreter, written: nodes.Expression, scope: Scope, depth: int) -> Iterator[FunctionValue]:
    if isinstance(written, nodes.Function | nodes.Call):
        yield from functions_in(interpreter, None, written, scope, depth + 1)
    elif isinstance(written, nodes.Mapping):  # `withLogging({ handler: async ({ req }) => … })`
        held = [entry.value for entry in written.entries if getattr(entry.key, "value", "") in _HANDLING]
        for one in held:
            yield from functions_in(interpreter, None, one, scope, depth + 1) if isinstance(one, nodes.Function) else ()
    elif isinstance(written, nodes.Name | nodes.Member):
        yield from functions_behind(interpreter.evaluate(written, scope))


def functions_behind(value: Value) -> Iterator[FunctionValue]:
    """Yield a function, and those that it was made for: `exports.create = catchErrors(async (req, res) => …)`; each
    once, however often one calls another."""
    waiting = [(value, 0)]
    seen: dict[int, Value] = {}
    while waiting:
        current, depth = waiting.pop()
        if depth > MAXIMUM_WRAPPERS or id(current) in seen:
            continue
        seen[id(current)] = current
        if isinstance(current, FunctionValue):
            yield current
        waiting += [(inner, depth + 1) for inner in _inside(current)][::-1]


def _inside(value: Value) -> Iterator[Value]:
    if isinstance(value, External) and value.made_by is not None:
        yield from value.made_by.functions()
    elif isinstance(value, FunctionValue) and value.scope.parent is not None:
        for name in dict.fromkeys(_called_inside(value)):
            holder = value.scope.holder_of(name)
            if holder is not None and holder.parent is not None:  # a variable of the function that made this one
                yield holder.names[name]


def _called_inside(value: FunctionValue) -> Iterator[str]:
    for node in nodes_in(value.node.body):
        if isinstance(node, nodes.Call) and isinstance(node.function, nodes.Name):
            yield node.function.id
