"""Which function of the program answers, where a router is given a method of something that is injected."""

from __future__ import annotations

from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import ClassValue, FunctionValue, Value
from github_connections.analysis.syntax import nodes


def function_of(interpreter: Interpreter, node: nodes.Expression, scope: Scope) -> Value:
    """Return a function, or the method of the type of what has it: nobody may be seen to hand over the object."""
    found = interpreter.evaluate(node, scope)
    if isinstance(found, FunctionValue) or not isinstance(node, nodes.Member):
        return found
    name = nodes.last_name(node.of) if _is_plain(node.of) else ""
    holder = scope.holder_of(name) if name else None
    kind = _declared(holder.owner, name) if holder is not None else None
    cls = interpreter.evaluate(kind, holder) if kind is not None and holder is not None else None
    method = interpreter.member(cls, node.name) if isinstance(cls, ClassValue) else None
    return FunctionValue(method.node, method.scope, cls) if isinstance(method, FunctionValue) else None


def _is_plain(node: nodes.Expression) -> bool:
    """`handler` and `this.handler`."""
    return isinstance(node, nodes.Name) or (isinstance(node, nodes.Member) and node.of == nodes.Name("this"))


def _declared(owner: object, name: str) -> nodes.Expression | None:
    """Return the type of a parameter of a function or class, or of a field."""
    for parameter in getattr(owner, "parameters", ()):
        if parameter.name == name:
            kind: nodes.Expression | None = parameter.type
            return kind
    for item in getattr(owner, "body", ()):
        if isinstance(item, nodes.Assign) and item.target == nodes.Name(name):
            return item.type
    return None
