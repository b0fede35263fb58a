"""Functions of the program that a view of Django hands its request on to: `return _edit(request, "new.html")`."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import FunctionValue
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import first_argument
from github_connections.analysis.syntax.walking import nodes_in

# A view that hands on to one that hands on.
MAXIMUM_DEEP = 3
# Among what a view calls, those that matter come early.
MAXIMUM_CALLED = 8


def handed_to(interpreter: Interpreter, view: FunctionValue) -> list[FunctionValue]:
    """Return the functions whose answer a view gives, with the request that it was given as their first argument."""
    request = view.node.parameters[0].name if view.node.parameters else "request"
    found: list[FunctionValue] = []
    for call in _returned(view.node):
        first = first_argument(call)
        if first == nodes.Name(request) and len(found) < MAXIMUM_CALLED:
            called = interpreter.evaluate(call.function, view.scope)
            if isinstance(called, FunctionValue) and called.node is not view.node:
                found.append(called)
    return found


def _returned(node: nodes.Function) -> Iterator[nodes.Call]:
    for item in nodes_in(node.body):
        if isinstance(item, nodes.Return) and isinstance(item.value, nodes.Call):
            yield item.value
