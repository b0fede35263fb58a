"""What statements do: declarations, loops, assignments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from github_connections.analysis.linking import binding, decorators_javascript, parameters, reflection_csharp, sequences
from github_connections.analysis.linking.scopes import Lazy, Scope, class_value
from github_connections.analysis.linking.values import (
    ClassValue,
    External,
    FunctionValue,
    ModuleValue,
    Native,
    ObjectValue,
    Unknown,
    Value,
    is_known,
    source_of,
    text_of,
)
from github_connections.analysis.report import Place
from github_connections.analysis.syntax import nodes

if TYPE_CHECKING:
    from github_connections.analysis.linking.interpreter import Interpreter
    from github_connections.analysis.linking.program import File


def run(interpreter: Interpreter, statement: nodes.Statement, scope: Scope) -> None:
    """Run one statement."""
    interpreter.step()
    match statement:
        case nodes.Assign():
            _assign(interpreter, statement, scope)
        case nodes.Import():
            _declare_import(interpreter, statement, scope)
        case nodes.Export():
            exported_value(interpreter, statement, scope)
        case nodes.Return():
            _note_returned(interpreter, interpreter.evaluate(statement.value, scope))
        case nodes.Loop():
            _loop(interpreter, statement, scope)
        case nodes.Function():
            _define_function(interpreter, statement, scope)
        case nodes.Class():
            _define_class(interpreter, statement, scope)
        case _:
            interpreter.evaluate(statement, scope)


def exported_value(interpreter: Interpreter, statement: nodes.Export, scope: Scope) -> Value:
    """Return what an export hands out; an expression is worked out once, however often it is imported."""
    if isinstance(statement.value, nodes.Name):
        return interpreter.evaluate(statement.value, scope)
    key = f"export {statement.name}"
    if key not in scope.names:
        scope.names[key] = interpreter.evaluate(statement.value, scope)
    return scope.names[key]


def _declare_import(interpreter: Interpreter, statement: nodes.Import, scope: Scope) -> None:
    """Declare what an import names; `import "./users"` names nothing and is there for what the file does, and so is
    what JavaScript imports under a name that it does not use."""
    if statement.local:
        scope.names.setdefault(statement.local, Lazy(statement))
    is_javascript = scope.file.family == "javascript" and not statement.exported
    if is_javascript and (not statement.local or _is_for_what_it_does(statement, scope.file)):
        module = interpreter.names(scope.file).imported(interpreter, scope.file, statement)
        if isinstance(module, ModuleValue):
            interpreter.run_file(module.file)


def _is_for_what_it_does(statement: nodes.Import, file: File) -> bool:
    """Tell whether nobody uses what is imported; in TypeScript that is left out when it is compiled."""
    return file.language == "javascript" and not file.uses[statement.local]


def _note_returned(interpreter: Interpreter, value: Value) -> None:
    """Note what is returned and go on: a `return` may stand in a branch, whose condition nobody knows."""
    if interpreter.returned:
        interpreter.returned[-1].append(value)


def _define_function(interpreter: Interpreter, node: nodes.Function, scope: Scope) -> None:
    value = scope.names.get(node.name) if node.name else None
    if not isinstance(value, FunctionValue) or value.node is not node:
        value = FunctionValue(node, scope)
        if node.name and node.receiver is None:
            scope.names[node.name] = value
    if scope.file.family == "python":
        _decorate(interpreter, node.decorators, value, scope)


def _define_class(interpreter: Interpreter, node: nodes.Class, scope: Scope) -> None:
    value = scope.names.get(node.name)
    if not isinstance(value, ClassValue) or value.node is not node:
        value = scope.names[node.name] = class_value(node, scope)
    if scope.file.family == "python":
        for member in node.body:
            if isinstance(member, nodes.Function) and member.decorators:
                _define_function(interpreter, member, value.scope)
        _decorate(interpreter, node.decorators, value, scope)
    elif scope.file.family == "javascript":
        decorators_javascript.apply(interpreter, value, scope)


def _decorate(interpreter: Interpreter, decorators: list[nodes.Expression], value: Value, scope: Scope) -> None:
    """Apply decorators: in Python they are calls, and often register what they decorate."""
    for decorator in reversed(decorators):
        function = interpreter.evaluate(decorator, scope)
        if isinstance(function, Native | FunctionValue):
            interpreter.call(function, [value], scope=scope, line=getattr(decorator, "line", 0))


def _loop(interpreter: Interpreter, statement: nodes.Loop, scope: Scope) -> None:
    items = sequences.items_of(interpreter.evaluate(statement.iterable, scope))
    if items is None and scope.file.family == "csharp":
        items = reflection_csharp.instances(interpreter, statement)
    for item in items if items is not None else [Unknown(source_of(statement.target))]:
        binding.bind(interpreter, statement.target, item, scope)
        interpreter.run_body(statement.body, scope)


def _assign(interpreter: Interpreter, statement: nodes.Assign, scope: Scope) -> None:
    if id(statement) in interpreter.forced:
        return  # somebody asked for this name before its file came to it; the same object must not be made twice
    if statement.value is None:
        if isinstance(statement.target, nodes.Name):
            scope.names[statement.target.id] = declared(interpreter, statement, scope)
        return
    can_wait = interpreter.registry.can_wait.get(scope.file.family)
    if can_wait is not None and can_wait(interpreter, statement, scope):
        return
    value = interpreter.evaluate(statement.value, scope)
    if not isinstance(value, str) or not is_known(value):
        value = _known_otherwise(interpreter, statement, value, scope)
    if statement.operator == "+=":
        place = Place(scope.file.path, statement.line)
        value = sequences.add(interpreter.evaluate(statement.target, scope), value, place)
    binding.bind(interpreter, statement.target, value, scope, declares=bool(statement.modifiers))


def _known_otherwise(interpreter: Interpreter, statement: nodes.Assign, value: Value, scope: Scope) -> Value:
    """Return what a variable holds where its value does not tell, but the variable does; else the value."""
    is_not_told = isinstance(value, External | Unknown)
    if is_not_told and scope.file.family == "javascript":
        return _of_its_type_or_name(interpreter, statement, value, scope)
    if is_not_told and statement.type is not None and scope.file.language == "kotlin":
        made = parameters.made_for_type(interpreter, statement.type, scope, statement.line)
        return made if isinstance(made, ObjectValue) else value  # `val users: Users by inject()`
    if (is_not_told or isinstance(value, str)) and scope.file.family == "go" and not statement.modifiers:
        return _unless_there_is_a_default(interpreter, statement, value, scope)
    return value


def _of_its_type_or_name(interpreter: Interpreter, statement: nodes.Assign, value: Value, scope: Scope) -> Value:
    """Return what a variable holds by its type, or by its name where a library made it; else the value."""
    made = parameters.made_for_type(interpreter, statement.type, scope, statement.line)
    if made is not None:
        return made
    kind = interpreter.conventions.kind_of_variable(statement.target, value, scope.file)
    return value if kind is None else parameters.assumed(interpreter, kind, Place(scope.file.path, statement.line))


def _unless_there_is_a_default(interpreter: Interpreter, statement: nodes.Assign, value: Value, scope: Scope) -> Value:
    """`base := "/"; if settings.Base != "" { base = settings.Base }`: what is there where nobody sets another."""
    if not isinstance(statement.target, nodes.Name | nodes.Member):
        return value
    known = interpreter.evaluate(statement.target, scope)
    is_a_default = isinstance(known, str) and known and is_known(known)
    return known if is_a_default and known not in text_of(value) else value


def declared(interpreter: Interpreter, statement: nodes.Assign, scope: Scope) -> Value:
    """Return the value of a variable that is declared with its type only."""
    made = parameters.made_for_type(interpreter, statement.type, scope, statement.line)
    return Unknown(source_of(statement.target)) if made is None else made
