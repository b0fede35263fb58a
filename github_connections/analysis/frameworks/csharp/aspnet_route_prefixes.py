"""What a convention of the program's own puts before the templates of its controllers:
`options.Conventions.Add(new RoutePrefix(new RouteAttribute("api")))`, mostly behind an extension method."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import File, classes_in
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import ClassValue, is_known, text_of
from github_connections.analysis.report import Prefix
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

WORDS = frozenset({"CombineAttributeRouteModel"})
# What holds a template; the template is its first argument.
_TEMPLATES = frozenset({"RouteAttribute", "AttributeRouteModel"})
# An extension method that hands its prefix to another, and that to the convention, is the most that people write.
_MAXIMUM_METHODS = 50


class _Made(Struct):
    """An expression, and the method and scope in which it stands."""

    value: nodes.Expression
    method: nodes.Function | None
    scope: Scope
    line: int


def route_prefixes(interpreter: Interpreter) -> Iterator[tuple[str, Prefix]]:
    """Yield each prefix of a convention, with the directory of the sub-project that adds it."""
    for file in interpreter.program.with_words("csharp", WORDS):
        for cls in classes_in(file.scope):
            if any(nodes.last_name(call.function) in WORDS for call in _calls_in(cls.node.body)):
                yield from _of_convention(interpreter, cls)


def _of_convention(interpreter: Interpreter, cls: ClassValue) -> Iterator[tuple[str, Prefix]]:
    seen: set[tuple[int, str]] = set()  # the parameters that were followed to where their method is called
    for call, made in _uses(interpreter, cls.node.name):
        if call.new and call.arguments:
            handed = _Made(call.arguments[0].value, made.method, made.scope, made.line)
            for found in _written(interpreter, handed, seen):
                yield found.scope.file.project_root, _prefix(interpreter, cls, found)
        elif call.new:
            for value in list(_templates_in(cls))[:1]:
                prefix = _prefix(interpreter, cls, _Made(_unwrapped(value), None, cls.scope, value.line))
                if is_known(prefix.value):  # else each controller has its own
                    yield made.scope.file.project_root, prefix


def _prefix(interpreter: Interpreter, cls: ClassValue, found: _Made) -> Prefix:
    text = text_of(interpreter.evaluate(found.value, found.scope))
    return Prefix(value=text, file=found.scope.file.path, line=found.line, how=cls.node.name)


def _templates_in(cls: ClassValue) -> Iterator[nodes.Call]:
    """Yield what a convention without arguments makes its prefix of."""
    for call in _calls_in(cls.node.body):
        if call.new and nodes.last_name(call.function) in _TEMPLATES and call.arguments:
            yield call


def _unwrapped(value: nodes.Expression) -> nodes.Expression:
    """`new AttributeRouteModel(new RouteAttribute("api"))` holds a text."""
    while isinstance(value, nodes.Call) and nodes.last_name(value.function) in _TEMPLATES and value.arguments:
        value = value.arguments[0].value
    return value


def _written(interpreter: Interpreter, made: _Made, seen: set[tuple[int, str]]) -> Iterator[_Made]:
    """Yield the templates that an expression stands for; those that a parameter has where its method is called."""
    value = _unwrapped(made.value)
    names = [parameter.name for parameter in made.method.parameters] if made.method else []
    if made.method is None or not isinstance(value, nodes.Name) or value.id not in names:
        yield _Made(value, made.method, made.scope, made.line)
        return
    position, key = names.index(value.id), (id(made.method), value.id)
    if key in seen or len(seen) >= _MAXIMUM_METHODS:
        return
    seen.add(key)
    for call, outer in _uses(interpreter, made.method.name):
        given = [one for one in call.arguments if one.name == value.id] or call.arguments[position : position + 1]
        for argument in given if outer.method is not made.method else ():
            yield from _written(interpreter, _Made(argument.value, outer.method, outer.scope, outer.line), seen)


def _uses(interpreter: Interpreter, name: str) -> Iterator[tuple[nodes.Call, _Made]]:
    """Yield the calls of a method, or of a class that is made, with where they stand."""
    for file in interpreter.program.with_words("csharp", frozenset({name})):
        for call, method, scope in _calls_of(file):
            if nodes.last_name(call.function) == name:
                yield call, _Made(call, method, scope, call.line)


def _calls_of(file: File) -> Iterator[tuple[nodes.Call, nodes.Function | None, Scope]]:
    inside: set[int] = set()
    for cls in classes_in(file.scope):
        for method in cls.node.body:
            if isinstance(method, nodes.Function):
                for call in _calls_in([method]):
                    inside.add(id(call))
                    yield call, method, cls.scope
    for call in _calls_in(list(file.module.body)):
        if id(call) not in inside:
            yield call, None, file.scope


def _calls_in(tree: object) -> Iterator[nodes.Call]:
    return (node for node in nodes_in(tree) if isinstance(node, nodes.Call))
