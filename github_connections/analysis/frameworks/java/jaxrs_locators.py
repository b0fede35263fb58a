"""What a method of a JAX-RS resource hands on to, where its type does not say."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import ClassValue, FunctionValue
from github_connections.analysis.syntax import nodes

# Methods that give back what methods of the same class make.
_MAXIMUM_METHODS_DEEP = 3


def given_out(interpreter: Interpreter, function: nodes.Function, owner: ClassValue) -> list[ClassValue]:
    """Return the classes of `return new Lines(…)`, of `return context.getResource(Lines.class)`, of a variable with one
    and of `return linesOf(order)`, a method of the same class: each that one of its returns gives."""
    found = {id(cls.node): cls for cls in _given(interpreter, function, owner, 0)}
    return list(found.values())


def _given(interpreter: Interpreter, function: nodes.Function, owner: ClassValue, depth: int) -> Iterator[ClassValue]:
    body = function.body
    variables = {
        item.target.id: item for item in body if isinstance(item, nodes.Assign) and isinstance(item.target, nodes.Name)
    }
    for value in [statement.value for statement in body if isinstance(statement, nodes.Return)]:
        variable = variables.get(value.id) if isinstance(value, nodes.Name) else None
        for named in [variable.value, variable.type] if variable else [value]:
            known = list(_of_value(interpreter, named, owner, depth))
            yield from known
            if known:
                break


def _of_value(
    interpreter: Interpreter, value: nodes.Expression | None, owner: ClassValue, depth: int
) -> Iterator[ClassValue]:
    method = _method_called(interpreter, value, owner)
    if method is not None:
        said = interpreter.evaluate(method.node.returns, method.scope)
        if isinstance(said, ClassValue):
            yield said
        elif depth < _MAXIMUM_METHODS_DEEP:
            yield from _given(interpreter, method.node, owner, depth + 1)
        return
    known = interpreter.evaluate(_class_in(value), owner.scope)
    if isinstance(known, ClassValue):
        yield known


def _method_called(interpreter: Interpreter, value: nodes.Expression | None, owner: ClassValue) -> FunctionValue | None:
    """Return the method of this class that is called, `linesOf(…)` or `this.linesOf(…)`."""
    match value:
        case nodes.Call(function=nodes.Name(id=name), new=False):
            found = interpreter.member(owner, name)
        case nodes.Call(function=nodes.Member(of=nodes.Name(id="this"), name=name)):
            found = interpreter.member(owner, name)
        case _:
            return None
    return found if isinstance(found, FunctionValue) else None


def _class_in(value: nodes.Expression | None) -> nodes.Expression | None:
    if isinstance(value, nodes.Member) and value.name == "class":
        return value.of
    if isinstance(value, nodes.Name):
        return value
    if not isinstance(value, nodes.Call):
        return None
    if value.new:
        return value.function
    inner = [_class_in(item.value) for item in value.arguments if not isinstance(item.value, nodes.Name)]
    return next((found for found in inner if found is not None), None)
