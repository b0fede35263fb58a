"""Classes of the program: their bases, their members, their objects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from github_connections.analysis.linking import assigning, data_classes_python, literals_go, parameters, standard_jvm
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.routing import Router
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import (
    NOTHING,
    ClassValue,
    External,
    FunctionValue,
    ObjectValue,
    Thing,
    Value,
    source_of,
)
from github_connections.analysis.report import Place
from github_connections.analysis.syntax import nodes

if TYPE_CHECKING:
    from github_connections.analysis.linking.interpreter import Interpreter

_MAXIMUM_BASES_DEEP = 8


def instantiate(
    interpreter: Interpreter,
    cls: ClassValue,
    positional: list[Value],
    named: dict[str, Value],
    node: nodes.Call | None,
    scope: Scope,
) -> Value:
    """Make an object of a class of the program; one of a framework where the class is derived from it."""
    line = node.line if node else cls.node.line
    if cls.scope.file.family == "go" and cls.node.kind == "type" and (positional or named):
        held: Value = literals_go.held(interpreter, cls, positional, named)
        if held is None and node is not None and not node.new:
            held = literals_go.converted(positional)
        if held is not None:
            return held
    for base in bases(interpreter, cls):
        behaviour = interpreter.registry.base_of(base.name) if isinstance(base, External) else None
        if behaviour is not None:
            made = behaviour(Invocation(interpreter, cls, cls.node.name, positional, named, node, scope, line))
            _construct(interpreter, cls, made, positional, named)
            return made
    made = ObjectValue(cls, {}, Place(scope.file.path, line))
    family = cls.scope.file.family
    if (family == "javascript" and positional) or (family == "go" and named):
        interpreter.made.setdefault(id(cls.node), made)
    _construct(interpreter, cls, made, positional, named)
    if cls.scope.file.family == "go" and node is not None and not positional:
        _set_zero_values(cls, made, named)
    return made


def _set_zero_values(cls: ClassValue, made: ObjectValue, named: dict[str, Value]) -> None:
    """Texts that a literal of Go leaves out are empty; those that another package can see may be filled from
    elsewhere, unless routers are handed around in the type."""
    is_whole = any(isinstance(value, Router) for value in made.fields.values())
    for field in cls.node.parameters:
        is_text = isinstance(field.type, nodes.Name) and field.type.id == "string"
        if is_text and (is_whole or field.name[:1].islower()) and field.name not in named:
            made.fields[field.name] = ""


def _construct(
    interpreter: Interpreter, cls: ClassValue, made: Value, positional: list[Value], named: dict[str, Value]
) -> None:
    """Run the constructor and bind what a class's head or fields declare."""
    if isinstance(made, Thing) and cls.scope.file.family == "python":
        made.cls = cls
    if isinstance(made, ObjectValue):
        _fill(interpreter, cls, made, positional, named)
    if cls.scope.file.family == "javascript":
        _set_fields(interpreter, cls, made)
    constructor = _constructor(interpreter, cls)
    if constructor is not None:
        interpreter.call(constructor, positional, named, this=made)
    elif isinstance(made, ObjectValue) and cls.scope.file.family == "python":
        data_classes_python.construct(interpreter, lineage(interpreter, cls), made, positional, named)


def _fill(
    interpreter: Interpreter, cls: ClassValue, made: ObjectValue, positional: list[Value], named: dict[str, Value]
) -> None:
    """Give an object what its class's head declares; of one without a constructor, what it is given by name."""
    for position, parameter in enumerate(cls.node.parameters):
        value = named.get(parameter.name, positional[position] if position < len(positional) else NOTHING)
        made.fields[parameter.name] = parameters.argument(interpreter, parameter, value, cls.scope, cls.node.line)
    if cls.scope.file.language == "kotlin":
        _make_bases(interpreter, cls, made)
    if not cls.node.parameters and _constructor(interpreter, cls) is None:
        made.fields.update(named)
        made.fields.update(standard_jvm.made_of(cls, positional) if cls.scope.file.language == "java" else {})


def _make_bases(interpreter: Interpreter, cls: ClassValue, made: ObjectValue, depth: int = 0) -> None:
    """Kotlin's `class Users(db: Db) : Controller("/users", db)`: what a base is made with are fields too."""
    scope = Scope(cls.scope.file, cls.scope, cls.node, made)
    for written in cls.node.bases if depth < _MAXIMUM_BASES_DEEP else ():
        base = interpreter.evaluate(nodes.without_arguments(written), cls.scope.parent or cls.scope)
        if not isinstance(base, ClassValue):
            continue
        given = written.arguments if isinstance(written, nodes.Call) else []
        for position, parameter in enumerate(base.node.parameters):
            said = [one for one in given if one.name == parameter.name] or given[position : position + 1]
            value = interpreter.evaluate(said[0].value, scope) if said else NOTHING
            if parameter.name not in made.fields:
                made.fields[parameter.name] = parameters.argument(
                    interpreter, parameter, value, base.scope, base.node.line
                )
        _make_bases(interpreter, base, made, depth + 1)


def _set_fields(interpreter: Interpreter, cls: ClassValue, made: Value) -> None:
    """Give an object fields of its own, those of the bases first: two objects of a class have two routers."""
    owners = [owner for owner in (cls, *bases(interpreter, cls)) if isinstance(owner, ClassValue)]
    for owner in reversed(owners):
        scope = Scope(owner.scope.file, owner.scope, owner.node, made)
        for field in owner.node.body:
            if isinstance(field, nodes.Assign) and field.value is not None and "static" not in field.modifiers:
                assigning.assign(made, source_of(field.target), interpreter.evaluate(field.value, scope))


def inherited(interpreter: Interpreter, scope: Scope, name: str) -> Value:
    """Return what `super.name` means here, bound to the object at hand; NOTHING where no base has it."""
    owner = _class_around(scope)
    for base in bases(interpreter, owner) if owner is not None else ():
        if isinstance(base, ClassValue) and name in base.scope.names:
            found = interpreter.force(base.scope, name)
            return FunctionValue(found.node, found.scope, scope.this) if isinstance(found, FunctionValue) else found
    return NOTHING


def _constructor(interpreter: Interpreter, cls: ClassValue) -> FunctionValue | None:
    return next(_constructors(interpreter, cls), None)


def _constructors(interpreter: Interpreter, cls: ClassValue) -> Iterator[FunctionValue]:
    for owner in [cls, *bases(interpreter, cls)]:
        if isinstance(owner, ClassValue):
            for name in ("constructor", "__init__", "initialize", "__construct", owner.node.name):
                value = owner.scope.names.get(name)
                if isinstance(value, FunctionValue):
                    yield value


def bases(interpreter: Interpreter, cls: ClassValue) -> list[Value]:
    """Return the classes a class is derived from, nearest first, those of libraries too; cycles end."""
    found: list[Value] = []
    seen = {id(cls.node)}
    waiting = [cls]
    while waiting:
        current = waiting.pop(0)
        for base in current.node.bases:
            value = interpreter.evaluate(nodes.without_arguments(base), current.scope.parent or current.scope)
            if isinstance(value, FunctionValue) and isinstance(base, nodes.Call):
                value = interpreter.evaluate(base, current.scope.parent or current.scope)  # a mixin: it makes the class
            if isinstance(value, ClassValue) and value.node is current.node:
                value = _imported_under_its_name(interpreter, current)
            if isinstance(value, ClassValue) and id(value.node) not in seen:
                seen.add(id(value.node))
                waiting.append(value)
                found.append(value)
            elif isinstance(value, External):
                found.append(value)
    return found


def lineage(interpreter: Interpreter, cls: ClassValue) -> list[ClassValue]:
    """Return a class and those of the program that it is derived from, nearest first."""
    return [cls, *(base for base in bases(interpreter, cls) if isinstance(base, ClassValue))]


def library_bases(interpreter: Interpreter, cls: ClassValue) -> list[str]:
    """Return the whole names of the libraries' classes that a class is derived from, nearest first."""
    return [base.name for base in bases(interpreter, cls) if isinstance(base, External)]


def methods(interpreter: Interpreter, cls: ClassValue) -> Iterator[tuple[ClassValue, nodes.Function]]:
    """Yield the methods of a class, then those of its bases in the program that are not replaced, with their owners."""
    seen: set[str] = set()
    for owner in lineage(interpreter, cls):
        for statement in owner.node.body:
            if isinstance(statement, nodes.Function) and statement.name not in seen:
                seen.add(statement.name)
                yield owner, statement


def _imported_under_its_name(interpreter: Interpreter, cls: ClassValue) -> Value:
    """`from django.views.generic import ListView` and then `class ListView(Guarded, ListView)`: the base is the
    library's."""
    file = cls.scope.file
    for statement in file.module.body:
        if isinstance(statement, nodes.Import) and statement.local == cls.node.name:
            return interpreter.names(file).imported(interpreter, file, statement)
    return NOTHING


def member(interpreter: Interpreter, cls: ClassValue, name: str) -> Value:
    """Return what a class or its bases declare under a name; NOTHING where none does."""
    for owner in [cls, *bases(interpreter, cls)]:
        if isinstance(owner, ClassValue) and name in owner.scope.names:
            return interpreter.force(owner.scope, name)
    return NOTHING


def _class_around(scope: Scope | None) -> ClassValue | None:
    """Return the innermost class that a scope is inside of."""
    while scope is not None:
        if isinstance(scope.owner, nodes.Class):
            outer = scope.parent if scope.parent is not None and scope.parent.owner is scope.owner else scope
            return ClassValue(scope.owner, outer)
        scope = scope.parent
    return None
