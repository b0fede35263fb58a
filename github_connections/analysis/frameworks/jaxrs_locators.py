"""What a method of a JAX-RS resource hands on to, where its type does not say."""

from __future__ import annotations

from github_connections.analysis.frameworks.annotations import Action
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import ClassValue
from github_connections.analysis.syntax import nodes


def given_out(interpreter: Interpreter, action: Action) -> ClassValue | None:
    """Return the class of `return new Lines(…)`, of `return context.getResource(Lines.class)`, of a variable with it.

    Of several returns the last one counts of which the class is known.
    """
    body = action.function.body
    variables = {
        item.target.id: item for item in body if isinstance(item, nodes.Assign) and isinstance(item.target, nodes.Name)
    }
    values = [statement.value for statement in body if isinstance(statement, nodes.Return)]
    for value in reversed(values):
        variable = variables.get(value.id) if isinstance(value, nodes.Name) else None
        for named in [variable.value, variable.type] if variable else [value]:
            known = interpreter.evaluate(_class_in(named), action.owner.scope)
            if isinstance(known, ClassValue):
                return known
    return None


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
