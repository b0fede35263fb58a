"""Forms of Django, as what is sent to a view: the fields of `form_class`, `fields` and `ContactForm(request.POST)`."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.linking.classes import lineage
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import (
    ClassValue,
    FunctionValue,
    ListValue,
    Value,
    is_known,
    texts_of,
)
from github_connections.analysis.report import Parameter
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

# What a form is handed to be filled with.
_SENT = ("POST", "data")
_FIELD = "Field"


def of_class(interpreter: Interpreter, cls: ClassValue) -> list[Parameter]:
    """Return what a generic view that shows a form takes: its form's fields, or those of its model that it names."""
    form = interpreter.member(cls, "form_class")
    if isinstance(form, ClassValue):
        return list(_fields(interpreter, form))
    return [Parameter(name=name, place="form", required=False) for name in _names(interpreter.member(cls, "fields"))]


def of_function(interpreter: Interpreter, view: FunctionValue) -> list[Parameter]:
    """Return the fields of the forms that a view fills with what was sent."""
    found: dict[str, Parameter] = {}
    for item in nodes_in(view.node.body):
        first = item.arguments[0].value if isinstance(item, nodes.Call) and item.arguments else None
        first = first.options[0] if isinstance(first, nodes.Choice) else first  # `request.POST or None`
        if isinstance(item, nodes.Call) and isinstance(first, nodes.Member) and first.name in _SENT:
            form = interpreter.evaluate(item.function, view.scope)
            for one in _fields(interpreter, form) if isinstance(form, ClassValue) else ():
                found.setdefault(one.name, one)
    return list(found.values())


def _fields(interpreter: Interpreter, form: ClassValue) -> Iterator[Parameter]:
    """Yield the fields that a form declares, then those of its model that it names."""
    seen: set[str] = set()
    for owner in lineage(interpreter, form):
        for statement in owner.node.body:
            match statement:
                case nodes.Assign(target=nodes.Name(id=name), value=nodes.Call() as said) if (
                    nodes.last_name(said.function).endswith(_FIELD) and name not in seen
                ):
                    seen.add(name)
                    yield _field(name, said)
        for name in _names(fields_of_meta(interpreter, owner)):
            if name not in seen:
                seen.add(name)
                yield Parameter(name=name, place="form", required=False)


def fields_of_meta(interpreter: Interpreter, owner: ClassValue) -> Value:
    """Return what `class Meta: fields = …` inside a class says; None where nothing does."""
    for statement in owner.node.body:
        for one in statement.body if isinstance(statement, nodes.Class) and statement.name == "Meta" else ():
            if isinstance(one, nodes.Assign) and one.target == nodes.Name("fields") and one.value is not None:
                return interpreter.evaluate(one.value, owner.scope)
    return None


def _names(value: Value) -> list[str]:
    return [name for name in texts_of(value) if is_known(name)] if isinstance(value, ListValue) else []


def _field(name: str, said: nodes.Call) -> Parameter:
    kind = nodes.last_name(said.function)
    required = not any(one.name == "required" and one.value == nodes.Constant(False) for one in said.arguments)
    return Parameter(
        name=name, place="file" if kind in ("FileField", "ImageField") else "form", type=kind, required=required
    )
