"""What parameters hold when a function is called, and what a value of some type is where nobody hands one over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from github_connections.analysis.linking import binding
from github_connections.analysis.linking.command_lines_python import default_of_option
from github_connections.analysis.linking.names_python import PythonNames
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import (
    NOTHING,
    ClassValue,
    External,
    FunctionValue,
    Kind,
    ListValue,
    MapValue,
    ObjectValue,
    Thing,
    Unknown,
    Value,
    items_or_itself,
)
from github_connections.analysis.report import Place
from github_connections.analysis.syntax import nodes

if TYPE_CHECKING:
    from github_connections.analysis.linking.interpreter import Interpreter


def receiver(interpreter: Interpreter, node: nodes.Function, this: Value, scope: Scope) -> Value:
    """Return the object that a method or an extension is run on: the one at hand, else what its type makes.

    An extension that is written inside a class has that class's object at hand, and is about another.
    """
    if this is not None and not isinstance(this, ObjectValue):
        return this
    made = made_for_type(interpreter, node.receiver, scope, node.line)
    if this is not None:
        return made if isinstance(made, Thing) else this
    return Unknown(node.receiver_name) if made is None else made


def bind_all(
    interpreter: Interpreter, function: FunctionValue, positional: list[Value], named: dict[str, Value], scope: Scope
) -> None:
    """Bind the parameters of a function in the scope of its body."""
    parameters = function.node.parameters
    if parameters and parameters[0].name in ("self", "cls") and function.scope.file.family == "python":
        scope.names[parameters[0].name] = scope.this if scope.this is not None else Unknown("self")
        parameters = parameters[1:]
    positional, named = _laid_out(function, parameters, positional, named)
    for position, parameter in enumerate(parameters):
        if parameter.kind == "*":
            value: Value = ListValue(positional[position:], function.place)
        elif parameter.kind == "**":
            value = MapValue(dict(named), function.place)
        else:
            given = named.get(parameter.name, positional[position] if position < len(positional) else NOTHING)
            value = argument(interpreter, parameter, given, function.scope, function.node.line, function)
        scope.names[parameter.name] = value
        if parameter.pattern is not None:
            binding.bind(interpreter, parameter.pattern, value, scope)
    if not parameters and positional:
        scope.names.setdefault("it", positional[0])  # the one parameter that Kotlin's and Groovy's blocks imply


def argument(
    interpreter: Interpreter,
    parameter: nodes.Parameter,
    given: Value,
    scope: Scope,
    line: int,
    function: FunctionValue | None = None,
) -> Value:
    """Return a parameter's value: what was given, else what its type makes, else its default, else Unknown."""
    of_a_library = isinstance(given, External) and scope.file.family == "javascript"
    if given is not NOTHING and not isinstance(given, Unknown) and not of_a_library:
        return given
    made = made_for_type(interpreter, parameter.type, scope, line)
    kind = interpreter.conventions.kind_of(parameter, scope.file) if made is None else None
    if kind is not None:
        made = assumed(interpreter, kind, Place(scope.file.path, line))
    if made is not None or of_a_library:
        return given if made is None else made
    if parameter.default is not None:
        return interpreter.evaluate(parameter.default, scope)
    of_a_command = default_of_option(interpreter, parameter, function.node, scope) if function is not None else ""
    if of_a_command:
        return of_a_command
    held = interpreter.conventions.held_by(parameter, function.node, scope.file) if function is not None else {}
    if held:
        place = Place(scope.file.path, line)
        return ObjectValue(None, {name: assumed(interpreter, kind, place) for name, kind in held.items()}, place)
    is_setting = isinstance(given, Unknown) and "." in given.source and scope.file.family == "go"
    return given if is_setting else Unknown(parameter.name)


def is_known_by_convention(interpreter: Interpreter, parameter: nodes.Parameter, function: FunctionValue) -> bool:
    """Tell whether a parameter, or what is taken out of it, has the name of a framework's object."""
    file = function.scope.file
    known = interpreter.conventions.kind_of(parameter, file)
    return known is not None or bool(interpreter.conventions.held_by(parameter, function.node, file))


def made_for_type(interpreter: Interpreter, expression: nodes.Expression | None, scope: Scope, line: int) -> Value:
    """Return the value that a parameter or variable of this type holds; None where the type says nothing."""
    expression = nodes.without_arguments(expression)
    if not isinstance(expression, nodes.Name | nodes.Member):
        return None
    if _is_class_left_alone(interpreter, expression, scope):
        return None
    value = interpreter.evaluate(expression, scope)
    if isinstance(value, ClassValue):
        return _object_of(interpreter, value)
    kind = interpreter.registry.types.get(value.name) if isinstance(value, External) else None
    return None if kind is None else assumed(interpreter, kind, Place(scope.file.path, line))


def _is_class_left_alone(interpreter: Interpreter, expression: nodes.Name | nodes.Member, scope: Scope) -> bool:
    """Tell whether a type of Python is a class of a file that need not be parsed for it: see `_object_of`."""
    names = interpreter.names(scope.file)
    if not isinstance(expression, nodes.Name) or not isinstance(names, PythonNames):
        return False
    return names.is_class_left_alone(scope, expression.id)


def assumed(interpreter: Interpreter, kind: Kind, place: Place) -> Value:
    """Make up an object for a parameter of this type, since nobody is seen to hand one over."""
    return interpreter.new_router(kind, place, assumed=True) if kind.is_router else Thing(kind, place)


def _object_of(interpreter: Interpreter, cls: ClassValue) -> Value:
    if cls.node.kind in ("class", "struct", "object", "record") and cls.scope.file.family != "python":
        made = interpreter.made.get(id(cls.node)) if cls.scope.file.family == "go" else None
        return made or interpreter.singleton(cls)
    return None


def _aligned(parameters: list[nodes.Parameter], given: list[Value]) -> list[Value]:
    """Give each parameter its argument where those with a default stand before those without, as in Elixir."""
    spare = len(given) - sum(parameter.default is None for parameter in parameters)
    rest = iter(given)
    aligned = []
    for parameter in parameters:
        takes = parameter.default is None or spare > 0
        spare -= parameter.default is not None
        aligned.append(next(rest, NOTHING) if takes else NOTHING)
    return aligned


def _laid_out(
    function: FunctionValue, parameters: list[nodes.Parameter], given: list[Value], named: dict[str, Value]
) -> tuple[list[Value], dict[str, Value]]:
    """Return the arguments as a language hands them out that does not go by their positions alone.

    Kotlin gives the block behind a call to the last parameter, whatever stands between: `secured(true) { … }`.
    """
    if function.scope.file.family == "elixir":
        return _aligned(parameters, given), named
    block = given[-1] if given and function.scope.file.language == "kotlin" else None
    if len(parameters) < 2 or not isinstance(block, FunctionValue) or block.node.name or parameters[-1].name in named:
        return given, named
    return given[:-1], {**named, parameters[-1].name: block}


def bind_type_parameters(node: nodes.Function, given: Value, scope: Scope) -> None:
    """`Map<T>()` called as `Map<Users>()`: inside, T is that class."""
    names = [word[1:-1] for word in node.modifiers if word.startswith("<")]
    values = items_or_itself(given)
    scope.names.update(zip(names, values, strict=False))
