"""The shapes of data that routes take and give, as the program declares them."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from github_connections.analysis import go_tags, pydantic_fields, serde
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import File, classes_in, nearest
from github_connections.analysis.linking.values import ClassValue, type_name
from github_connections.analysis.mapped_types import fields_mapped
from github_connections.analysis.meta_fields import fields_named
from github_connections.analysis.report import Model, ModelField, Route
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import named_arguments

MAXIMUM_MODELS = 5_000
_NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
_MAYBE = re.compile(r"\bOptional\b|\bOption\b|\bNone\b|\bnull\b|\bundefined\b|\?")
# What a call that declares a field ends in: of pydantic, of models and of serializers.
_DECLARING = ("Field", "Serializer", "ForeignKey")
# Fields that are never sent: worked out, or given by the database.
_GIVEN = ("SerializerMethodField", "ReadOnlyField", "HiddenField", "AutoField")
# Keywords of a field that is not asked for where they are true.
_MAY_LACK = ("blank", "null", "read_only", "auto_now", "auto_now_add", "primary_key")
_PRIMITIVE = frozenset({"int", "long", "short", "byte", "char", "float", "double", "boolean"})
# `choices: ClassVar[dict[str, str]] = {…}` in Python.
_OF_CLASS = "ClassVar"
_NOT_OF_AN_OBJECT = frozenset({"static", "const", "get", "set"})
# What asks for a value, and what allows that there is none, in the words of validators.
_ASKS = frozenset({"NotNull", "NotBlank", "NotEmpty", "Required", "NonNull", "IsNotEmpty", "IsDefined"})
_ALLOWS = frozenset({"IsOptional", "ApiPropertyOptional", "Nullable"})
# A validator → the constraints that its arguments are, by position or by name.
_CONSTRAINTS: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "MaxLength": (("maxLength",), {}),
    "MinLength": (("minLength",), {}),
    "Length": (("minLength", "maxLength"), {"min": "minLength", "max": "maxLength"}),
    "Size": ((), {"min": "minLength", "max": "maxLength"}),
    "StringLength": (("maxLength",), {"MinimumLength": "minLength"}),
    "Min": (("minimum",), {"value": "minimum"}),
    "Max": (("maximum",), {"value": "maximum"}),
    "Range": (("minimum", "maximum"), {"min": "minimum", "max": "maximum"}),
}


def models_of(interpreter: Interpreter, routes: Iterable[Route]) -> Iterator[Model]:
    """Yield each class of the program that a route takes or gives, and those that its fields name."""
    waiting = deque((name, route.file) for route in routes for name in _named_by(route))
    seen: set[tuple[str, str]] = set()
    declared: set[int] = set()
    while waiting and len(declared) < MAXIMUM_MODELS:
        name, path = waiting.popleft()
        cls = None if (name, path) in seen else _declared(interpreter, name, path)
        seen.add((name, path))
        if cls is None or id(cls.node) in declared:
            continue
        declared.add(id(cls.node))
        file = cls.scope.file
        fields = list(fields_of(interpreter, cls))
        shown = _shown(cls, name)
        yield Model(name=shown, file=file.path, line=cls.node.line, kind=cls.node.kind, fields=fields)
        waiting.extend((inner, file.path) for field in fields for inner in _NAME.findall(field.type))


def _shown(cls: ClassValue, written: str) -> str:
    """Return a class's name: of one inside another, `Create.Command`, the whole where it is written so."""
    around = cls.scope.parent.owner if cls.scope.parent is not None else None
    whole = f"{around.name}.{cls.node.name}" if isinstance(around, nodes.Class) else ""
    return whole if whole and written.endswith(whole) else cls.node.name


def _named_by(route: Route) -> Iterator[str]:
    written = [route.request_model, route.response_model]
    written += [text for parameter in route.params for text in (parameter.model, parameter.type)]
    for text in written:
        yield from _NAME.findall(text)


def _declared(interpreter: Interpreter, name: str, path: str) -> ClassValue | None:
    """Return the class that a name means in a file; else the one of that name nearest to it."""
    program = interpreter.program
    file = program.by_path.get(path)
    if file is None:
        return None
    first, *others = name.split(".")
    expression: nodes.Expression = nodes.Name(first)
    for other in others:
        expression = nodes.Member(expression, other)
    value = interpreter.evaluate(expression, file.scope)
    if isinstance(value, ClassValue):
        return value
    last = name.rpartition(".")[2]
    if not last[:1].isupper():  # `str`, `path`: many a text has the words "class name" in it
        return None
    inside = next((cls for cls in classes_in(file.scope) if cls.node.name == last), None) if last == name else None
    return inside or _nearest(interpreter, program.declaring(file.family, last), path, last)


def _nearest(interpreter: Interpreter, files: list[File], path: str, name: str) -> ClassValue | None:
    """Return the class of this name that is nearest; a variable of the name is none, in whatever file."""
    classes = {file.path: interpreter.own_name(file, name) for file in files}
    file = nearest([file for file in files if isinstance(classes[file.path], ClassValue)], path)
    value = classes[file.path] if file is not None else None
    return value if isinstance(value, ClassValue) else None


# --- fields ---------------------------------------------------------------------------------------------------------


def fields_of(interpreter: Interpreter, cls: ClassValue) -> Iterator[ModelField]:
    """Yield the fields of a class, those of the program's classes that it is derived from first."""
    is_python = cls.scope.file.family == "python"
    taken_over = (
        fields_named(interpreter, cls, _declared_by) if is_python else fields_mapped(interpreter, cls, fields_of)
    )
    found = {field.name: field for field in taken_over}
    found.update({field.name: field for field in _declared_by(interpreter, cls)})
    yield from found.values()


def _declared_by(interpreter: Interpreter, cls: ClassValue) -> Iterator[ModelField]:
    bases = [base for base in interpreter.bases(cls) if isinstance(base, ClassValue)]
    is_python = cls.scope.file.family == "python"
    naming = pydantic_fields.naming_of(interpreter, cls) if is_python else pydantic_fields.as_written
    found: dict[str, ModelField] = {}
    for one in (*reversed(bases), cls):
        found.update({field.name: field for field in _own_fields(one.node, one.scope.file.family, naming)})
    yield from found.values()


def _own_fields(cls: nodes.Class, family: str, naming: pydantic_fields.Naming) -> Iterator[ModelField]:
    if family == "rust":
        for one in serde.fields_of(cls):
            yield ModelField(name=one.name, type=type_name(one.type), required=one.required)
    elif family == "go":
        for parameter in cls.parameters:
            yield from _field_of_go(parameter)
    else:
        yield from _declared_fields(cls, family, naming)


def _declared_fields(cls: nodes.Class, family: str, naming: pydantic_fields.Naming) -> Iterator[ModelField]:
    for parameter in cls.parameters:
        yield _field(parameter.name, parameter.type, parameter.default, parameter.decorators, [], family)
    assigned = [one for one in cls.body if isinstance(one, nodes.Assign) and _is_field(one)]
    for one in assigned:
        if isinstance(one.target, nodes.Name):
            name = pydantic_fields.alias_of(one) or naming(one.target.id)
            said = pydantic_fields.unwrapped(one)
            yield _field(name, said.type, said.value, said.decorators, said.modifiers, family)
    for function in cls.body:
        if isinstance(function, nodes.Function) and function.name == "__construct" and not assigned:
            for parameter in function.parameters:
                name = parameter.name.lstrip("$")
                yield _field(name, parameter.type, parameter.default, parameter.decorators, [], family)


def _field_of_go(field: nodes.Parameter) -> Iterator[ModelField]:
    """Yield a field by its name in JSON; one that is left out of it, or embedded, is none of its own."""
    tag = go_tags.tag_of(field)
    name = go_tags.names_in(tag).get("json", "")
    kind = type_name(field.type)
    if name != "-" and (name or field.name != kind.rpartition(".")[2]):
        yield ModelField(name=name or field.name, type=kind, required=go_tags.is_required(tag), constraints={})


def _is_field(one: nodes.Assign) -> bool:
    is_of_class = nodes.bare_name(one.type) == _OF_CLASS or not _NOT_OF_AN_OBJECT.isdisjoint(one.modifiers)
    if not isinstance(one.target, nodes.Name) or is_of_class:
        return False
    return one.type is not None or (
        isinstance(one.value, nodes.Call) and nodes.last_name(one.value.function).endswith(_DECLARING)
    )


def _field(
    name: str,
    kind: nodes.Expression | None,
    value: nodes.Expression | None,
    decorators: list[nodes.Expression],
    modifiers: list[str],
    family: str,
) -> ModelField:
    called = (
        value
        if isinstance(value, nodes.Call) and nodes.last_name(value.function).endswith((*_DECLARING, "Column"))
        else None
    )
    said = {nodes.bare_name(one): one for one in decorators}
    text = type_name(kind) or (_type_called(called) if called else "")
    constraints = _of_call(called) if called else {}
    for validator, decorator in said.items():
        constraints |= _of_validator(validator, decorator)
    required = _is_required(text, value, called, {*said, *modifiers}, family)
    return ModelField(name=name, type=text, required=required, constraints=constraints)


def _is_required(
    kind: str, value: nodes.Expression | None, called: nodes.Call | None, words: set[str], family: str
) -> bool:
    if not _ASKS.isdisjoint(words):
        return True
    if "?" in words or not _ALLOWS.isdisjoint(words) or _MAYBE.search(kind):
        return False
    if called is not None:
        return not _has_default(called)
    if value is not None:
        return False
    # In Java whatever is no number may be missing, and in Go anything may.
    return kind in _PRIMITIVE if family == "java" and "val" not in words else family != "go"


def _type_called(call: nodes.Call) -> str:
    name = nodes.last_name(call.function)
    is_many = named_arguments(call).get("many") == nodes.Constant(True)
    return f"list[{name}]" if is_many else name


def _has_default(call: nodes.Call) -> bool:
    """`Field(default)`, `Field(default_factory=…)`, `CharField(blank=True)`, `CharField(required=False)`."""
    said = named_arguments(call)
    if "default" in said or "default_factory" in said or nodes.last_name(call.function).endswith(_GIVEN):
        return True
    if said.get("required") == nodes.Constant(False) or any(said.get(one) == nodes.Constant(True) for one in _MAY_LACK):
        return True
    first = call.arguments[0] if call.arguments else None
    if first is None or first.name or nodes.last_name(call.function) != "Field":
        return False
    return first.value != nodes.Opaque("...")


# --- constraints ----------------------------------------------------------------------------------------------------


def _of_call(call: nodes.Call) -> dict[str, Any]:
    """Return the keywords with plain values, under their own names: `max_length=3`."""
    return {one.name: plain for one in call.arguments if one.name and (plain := _plain(one.value)) is not None}


def _of_validator(name: str, decorator: nodes.Expression) -> dict[str, Any]:
    if name not in _CONSTRAINTS or not isinstance(decorator, nodes.Call):
        return {}
    by_position, by_name = _CONSTRAINTS[name]
    positions = iter(by_position)
    found: dict[str, Any] = {}
    for argument in decorator.arguments:
        keyword = by_name.get(argument.name) if argument.name else next(positions, None)
        plain = _plain(argument.value)
        if keyword and plain is not None:
            found[keyword] = plain
    return found


def _plain(value: nodes.Expression) -> str | float | bool | None:
    return value.value if isinstance(value, nodes.Text | nodes.Constant) else None
