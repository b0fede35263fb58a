"""Forms of Django, as what is sent to a view: the fields of `form_class`, `fields` and `ContactForm(request.POST)`."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.frameworks.python.django_rest_serializers import is_serializer
from github_connections.analysis.linking.classes import lineage
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import (
    ClassValue,
    FunctionValue,
    ListValue,
    is_known,
    texts_of,
)
from github_connections.analysis.models import fields_of
from github_connections.analysis.report import ModelField, Parameter, ParameterPlace
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import first_argument
from github_connections.analysis.syntax.walking import nodes_in

# What a form is handed to be filled with.
_SENT = ("POST", "data")
_FILES = ("FileField", "ImageField")
_SET_BY_ITSELF = ("read_only", "auto_now", "auto_now_add")


def of_class(interpreter: Interpreter, cls: ClassValue) -> list[Parameter]:
    """Return what a generic view that shows a form takes: its form's fields, or those of its model that it names."""
    form = interpreter.member(cls, "form_class")
    if isinstance(form, ClassValue):
        return list(_fields(interpreter, form))
    named = interpreter.member(cls, "fields")
    names = [name for name in texts_of(named) if is_known(name)] if isinstance(named, ListValue) else []
    return [Parameter(name=name, place="form", required=False) for name in names]


def of_function(interpreter: Interpreter, view: FunctionValue) -> list[Parameter]:
    """Return the fields of the forms that a view fills with what was sent."""
    found: dict[str, Parameter] = {}
    for item in nodes_in(view.node.body):
        first = first_argument(item)
        first = first.options[0] if isinstance(first, nodes.Choice) else first  # `request.POST or None`
        if isinstance(item, nodes.Call) and isinstance(first, nodes.Member) and first.name in _SENT:
            form = interpreter.evaluate(item.function, view.scope)
            if isinstance(form, ClassValue) and not is_serializer(interpreter, form):
                for one in _fields(interpreter, form):
                    found.setdefault(one.name, one)
    return list(found.values())


def _fields(interpreter: Interpreter, form: ClassValue) -> Iterator[Parameter]:
    """Yield what a form asks for: the fields that it declares, and those of its model that it names."""
    assigned = {name: value for owner in reversed(lineage(interpreter, form)) for name, value in _assigned(owner)}
    for one in fields_of(interpreter, form):
        is_declared = one.name in assigned
        if isinstance(assigned[one.name], nodes.Call) if is_declared else _is_shown(one):
            place: ParameterPlace = "file" if one.type in _FILES else "form"
            # A box of a model need not be ticked.
            required = one.required and (is_declared or one.type != "BooleanField")
            yield Parameter(name=one.name, place=place, type=one.type, required=required)


def _assigned(owner: ClassValue) -> Iterator[tuple[str, nodes.Expression | None]]:
    for one in owner.node.body:
        if isinstance(one, nodes.Assign) and isinstance(one.target, nodes.Name):
            yield one.target.id, one.value


def _is_shown(field: ModelField) -> bool:
    """Tell whether a form of a model asks for a field: not for what is set by itself, or is not to be changed."""
    said = field.constraints
    return said.get("editable") is not False and not any(said.get(name) is True for name in _SET_BY_ITSELF)
