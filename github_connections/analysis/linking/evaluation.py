"""The value of each sort of expression."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from github_connections.analysis.linking import attributes, elements, naming, routing, sequences
from github_connections.analysis.linking.methods import MAP_METHODS
from github_connections.analysis.linking.scopes import class_value
from github_connections.analysis.linking.values import (
    NOTHING,
    ClassValue,
    External,
    FunctionValue,
    ListValue,
    MapValue,
    Native,
    Thing,
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
    from github_connections.analysis.linking.scopes import Scope


_SUPER = nodes.Name("super")


def _template(interpreter: Interpreter, node: nodes.Template, scope: Scope) -> Value:
    values = [interpreter.evaluate(part, scope) for part in node.parts]
    if any(isinstance(value, ListValue | MapValue) for value in values):
        total = values[0]
        for value in values[1:]:
            total = sequences.add(total, value, Place(scope.file.path, 0))
        return total
    return sequences.text(_part(value, part, scope) for value, part in zip(values, node.parts, strict=True))


def _part(value: Value, part: nodes.Expression, scope: Scope) -> str:
    """Return a part of a text; one of which nothing is known is seen as it is written, or as its caller wrote it."""
    is_handed_over = isinstance(value, Unknown) and isinstance(part, nodes.Name) and "." in value.source
    if is_handed_over and scope.file.family == "go":
        return text_of(value)
    return text_of(Unknown(source_of(part)) if isinstance(value, Unknown | Thing) else value)


def _name(interpreter: Interpreter, node: nodes.Name, scope: Scope) -> Value:
    if node.id == "this" and scope.file.family == "java" and scope.this is not None:
        return scope.this  # of Kotlin's nested blocks the innermost, not that of the function around them
    if node.id in ("this", "self", "super") and scope.holder_of(node.id) is None:
        return scope.this if scope.this is not None else _class_around(scope) or Unknown(node.id)
    return interpreter.lookup(node.id, scope)


def _class_around(scope: Scope) -> Value:
    """Return the class whose body this is, for `self::PREFIX` outside any object."""
    current: Scope | None = scope
    while current is not None:
        if isinstance(current.owner, nodes.Class):
            return ClassValue(current.owner, current)
        current = current.parent
    return None


def _member(interpreter: Interpreter, node: nodes.Member, scope: Scope) -> Value:
    if node.of == _SUPER and scope.file.family == "javascript":
        inherited = interpreter.inherited(scope, node.name)
        return Unknown(source_of(node)) if inherited is NOTHING else inherited
    if isinstance(node.of, nodes.Call) and node.of.function == _SUPER and scope.file.family == "python":
        return _of_super(interpreter, node, scope)
    of = interpreter.evaluate(node.of, scope)
    value = _attribute(interpreter, node, of, scope)
    if scope.file.family == "ruby" and isinstance(value, Native) and isinstance(of, ListValue | MapValue | str):
        return interpreter.call(value, [], scope=scope)  # `%w[a b].freeze`: without arguments it is a call too
    return value


def _of_super(interpreter: Interpreter, node: nodes.Member, scope: Scope) -> Value:
    """Python's `super().name`: what a base in the program has, else what the object at hand got from a library."""
    inherited = interpreter.inherited(scope, node.name)
    if inherited is not NOTHING:
        return inherited
    if isinstance(scope.this, Thing) and node.name in scope.this.kind.methods:
        return Native(node.name, scope.this.kind.methods[node.name], scope.this)
    if isinstance(scope.this, Thing) and node.name in scope.this.kind.attributes:
        return scope.this.kind.attributes[node.name](scope.this, node.name)
    if isinstance(scope.this, Thing) or node.name == "__init__":
        return Unknown(source_of(node))
    return _attribute(interpreter, node, interpreter.evaluate(node.of, scope), scope)


def _attribute(interpreter: Interpreter, node: nodes.Member, of: Value, scope: Scope) -> Value:
    if isinstance(of, MapValue) and scope.file.family == "python" and node.name in MAP_METHODS:
        return Native(node.name, MAP_METHODS[node.name], of)  # `ROUTERS.items()`, also of one with a key "items"
    value = interpreter.get(of, node.name, scope)
    return Unknown(source_of(node)) if isinstance(value, Unknown) else value


def _item(interpreter: Interpreter, node: nodes.Item, scope: Scope) -> Value:
    of = interpreter.evaluate(node.of, scope)
    index = interpreter.evaluate(node.index, scope) if not isinstance(of, External) else None
    if isinstance(index, str | int) and not isinstance(index, bool) and not isinstance(of, str):
        value = interpreter.get(of, str(index), scope)
        return Unknown(source_of(node)) if isinstance(value, Unknown) else value
    if isinstance(of, External):
        return External(of.name, of.made_by, (node.index, scope))
    if isinstance(of, Thing) and "[]" in of.kind.methods:  # app[method](path): any of its methods
        return Native("[]", of.kind.methods["[]"], of)
    if isinstance(of, str) and is_known(of) and isinstance(index, int) and -len(of) <= index < len(of):
        return of[index]
    is_made_for = isinstance(of, FunctionValue | Native) and scope.file.language == "go"  # `decode[Order]`
    return of if is_made_for or isinstance(of, ClassValue) else Unknown(source_of(node))


def _function(interpreter: Interpreter, node: nodes.Call, scope: Scope) -> Value:
    """Return what is called; in Elixir a variable never is: `live live, :index` in a macro that is given `live`."""
    if scope.file.family == "ruby" and isinstance(node.function, nodes.Member):
        return _attribute(interpreter, node.function, interpreter.evaluate(node.function.of, scope), scope)
    function = interpreter.evaluate(node.function, scope)
    if scope.file.family == "java" and isinstance(node.function, nodes.Name):
        return naming.called(interpreter, node.function.id, function, scope)
    is_word = scope.file.family == "elixir" and isinstance(node.function, nodes.Name) and node.arguments
    if not is_word or isinstance(function, FunctionValue | Native):
        return function
    word = attributes.implicit(interpreter, scope.this, source_of(node.function), scope)
    return function if word is NOTHING else word


def _call(interpreter: Interpreter, node: nodes.Call, scope: Scope) -> Value:
    function = _function(interpreter, node, scope)
    positional, named = arguments_of(interpreter, node, scope)
    if node.function == _SUPER and scope.file.family in ("csharp", "javascript"):
        function = interpreter.inherited(scope, "constructor")
    is_own = scope.file.family == "ruby" and isinstance(node.function, nodes.Name)  # a bare name is called on `self`
    this = scope.this if is_own and isinstance(function, FunctionValue) else None
    value = interpreter.call(function, positional, named, this=this, node=node, scope=scope)
    return Unknown(source_of(node)) if isinstance(value, Unknown) else value


def arguments_of(interpreter: Interpreter, node: nodes.Call, scope: Scope) -> tuple[list[Value], dict[str, Value]]:
    """Return the arguments of a call by position and by name, lists and mappings that are spread out too."""
    positional: list[Value] = []
    named: dict[str, Value] = {}
    for argument in node.arguments:
        value = interpreter.evaluate(argument.value, scope)
        if isinstance(argument.value, nodes.Spread):
            if isinstance(value, MapValue):
                named.update(value.entries)
            else:
                items = sequences.items_of(value)
                positional.extend(items if items is not None else [value])
        elif argument.name:
            named[argument.name] = value
        else:
            positional.append(value)
    return positional, named


def _sequence(interpreter: Interpreter, node: nodes.Sequence, scope: Scope) -> Value:
    items: list[Value] = []
    for item in node.items:
        value = interpreter.evaluate(item, scope)
        # An object cannot be spread out in an array of JavaScript: it was one in the other branch.
        is_object = isinstance(value, MapValue) and scope.file.family == "javascript"
        inner = sequences.items_of(value) if isinstance(item, nodes.Spread) and not is_object else None
        sequences.grow(items, inner if inner is not None else [value])
    return ListValue(items, Place(scope.file.path, getattr(node.items[0], "line", 0) if node.items else 0))


# With one of these of its own, an object is no copy of another.
_NAMING = frozenset({"path", "url", "method"})


def _mapping(interpreter: Interpreter, node: nodes.Mapping, scope: Scope) -> Value:
    made, copied = MapValue({}, Place(scope.file.path, node.line)), None
    for entry in node.entries:
        if isinstance(entry.key, nodes.Spread):
            value = interpreter.evaluate(entry.key.value, scope)
            if isinstance(value, MapValue):
                copied = copied or value
                made.entries.update(value.entries)
                made.lines.update(value.lines)
            continue
        key = text_of(interpreter.evaluate(entry.key, scope))
        made.entries[key] = interpreter.evaluate(entry.value, scope)
        made.lines[key] = getattr(entry.value, "line", node.line)
    _keep_place(made, node, copied)
    return made


def _keep_place(made: MapValue, node: nodes.Mapping, copied: MapValue | None) -> None:
    """`{ ...route, lazy: retried }` stands where the route was written that it is a copy of."""
    own = {entry.key.value for entry in node.entries if isinstance(entry.key, nodes.Text)}
    if copied is not None and isinstance(node.entries[0].key, nodes.Spread) and not own & _NAMING:
        made.place = copied.place


def _choice(interpreter: Interpreter, node: nodes.Choice, scope: Scope) -> Value:
    """Return the first option that is known; set-up reads `process.env.PREFIX || "/api"`.

    Of lists of objects all are: `isMobile ? mobileRoutes : routes` are both served.
    """
    values = [interpreter.evaluate(option, scope) for option in elements.options_of(interpreter, node, scope)]
    lists = [value for value in values if isinstance(value, ListValue) and value.items]
    if len(lists) > 1 and all(isinstance(item, MapValue) for one in lists for item in one.items):
        return ListValue([item for one in lists for item in one.items], lists[0].place)
    if lists and isinstance(values[0], ListValue):
        return lists[0]  # of `isBuilt ? [] : [debugRoute]` what there may be
    for value in (routing.without_a_prefix(values), *values):
        if not isinstance(value, Unknown | External | None) and not (isinstance(value, str) and not is_known(value)):
            return value
    return next((value for value in values if value is not None), None)


def _operation(interpreter: Interpreter, node: nodes.Operation, scope: Scope) -> Value:
    values = [interpreter.evaluate(operand, scope) for operand in node.operands]
    if node.operator == "%" and isinstance(values[0], str) and len(values) > 1:
        return _filled(values[0], sequences.items_of(values[1]) or [values[1]])
    if node.operator in ("+", "<<", "++", "|") and len(values) > 1 and not isinstance(values[0], External | ClassValue):
        return sequences.add(values[0], values[1], Place(scope.file.path, 0))
    if node.operator == "when":  # Elixir's guards: `get "/:id" when id > 0`
        return values[0]
    if node.operator in ("&&", "and"):  # `isAdmin && <Route …/>`
        return values[-1]
    if node.operator == "|":
        return next((value for value in values if isinstance(value, ClassValue | External)), values[0])
    return Unknown(source_of(node))


def _filled(pattern: str, values: list[Value]) -> str:
    """Carry out `"%s/users" % prefix`."""
    for value in values:
        if len(pattern) > sequences.MAXIMUM_TEXT:
            break
        pattern = pattern.replace("%s", text_of(value), 1).replace("%d", text_of(value), 1)
    return pattern


def _opaque(interpreter: Interpreter, node: nodes.Opaque, scope: Scope) -> Value:
    """Evaluate what is inside, for what it registers; the whole is not known unless one thing is all there is."""
    values = [interpreter.evaluate(part, scope) for part in node.parts]
    return values[0] if len(values) == 1 and isinstance(values[0], Thing | Native) else Unknown(node.source)


def _plain(_interpreter: Interpreter, node: Any, _scope: Scope) -> Value:
    return node.value


EVALUATORS: dict[type, Callable[[Interpreter, Any, Scope], Value]] = {
    nodes.Text: _plain,
    nodes.Constant: _plain,
    nodes.Template: _template,
    nodes.Name: _name,
    nodes.Member: _member,
    nodes.Item: _item,
    nodes.Call: _call,
    nodes.Sequence: _sequence,
    nodes.Mapping: _mapping,
    nodes.Spread: lambda interpreter, node, scope: interpreter.evaluate(node.value, scope),
    nodes.Choice: _choice,
    nodes.Operation: _operation,
    nodes.Element: elements.element,
    nodes.Function: lambda _interpreter, node, scope: FunctionValue(node, scope, scope.this),
    nodes.Class: lambda _interpreter, node, scope: class_value(node, scope),
    nodes.Opaque: _opaque,
}
