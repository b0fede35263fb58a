"""Resolvers of GraphQL that are classes, NestJS's and TypeGraphQL's: operations, their arguments, and who may call."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.frameworks.javascript.graphql_operations import Operation, argument
from github_connections.analysis.frameworks.javascript.javascript_guards import Guard, auth_of, guard_of
from github_connections.analysis.frameworks.javascript.nestjs_methods import (
    fields_of_class,
    is_for_everybody,
    without_undefined,
)
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import classes_in
from github_connections.analysis.linking.values import ClassValue, type_name
from github_connections.analysis.report import Auth, AuthSource, Parameter, Place
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.nodes import entry_of, last_name
from github_connections.analysis.syntax.parts import callee
from github_connections.analysis.syntax.walking import nodes_in

RESOLVERS = frozenset({"Resolver"})
_OPERATIONS = ("Query", "Mutation", "Subscription")
_DECORATORS = tuple(f"{module}.{name}" for module in ("@nestjs/graphql", "type-graphql") for name in _OPERATIONS)
_ARGUMENTS = frozenset({"Arg", "Args"})
_GUARDED_BY = frozenset({"UseGuards", "UseMiddleware"})
# What TypeGraphQL's `@Authorized()` asks for stands in the schema's `authChecker`: that somebody has logged in.
_AUTHORIZED = "Authorized"
_PLAIN = {"string": "String", "boolean": "Boolean", "number": "Float"}
_SCALARS = frozenset({"Boolean", "String", "Number", "Int", "Float", "ID", "Date"})


def of_resolvers(interpreter: Interpreter) -> Iterator[Operation]:
    """Yield the operations of the program's resolvers."""
    for file in interpreter.program.with_words("javascript", RESOLVERS):
        for cls in classes_in(file.scope):
            for method in cls.node.body:
                if isinstance(method, nodes.Function):
                    yield from _operations_of(interpreter, cls, method)


def _operations_of(interpreter: Interpreter, cls: ClassValue, method: nodes.Function) -> Iterator[Operation]:
    for decorator in method.decorators:
        if isinstance(decorator, nodes.Call) and interpreter.qualified_name(decorator, cls.scope) in _DECORATORS:
            yield Operation(
                place=Place(cls.scope.file.path, decorator.line),
                root=last_name(decorator.function),
                name=_named(decorator) or method.name,
                arguments=[one for given in method.parameters for one in _arguments(interpreter, given, cls)],
                auth=_auth(interpreter, cls, method),
                returns=_returned(decorator),
            )


def _named(decorator: nodes.Call) -> str:
    """Return the name that a decorator gives its operation or argument: its text, or the `name` of its options."""
    for given in decorator.arguments:
        named = given.value if isinstance(given.value, nodes.Text) else _option(given.value, "name")
        if isinstance(named, nodes.Text):
            return named.value
    return ""


def _option(written: nodes.Expression, name: str) -> nodes.Expression | None:
    return entry_of(written, name) if isinstance(written, nodes.Mapping) else None


def _returned(decorator: nodes.Call) -> str:
    kind = _kind_in(decorator)
    return "" if kind in _SCALARS else kind


def _kind_in(decorator: nodes.Call) -> str:
    """Return the type that `() => [Crew]`, or the `type` of the options, gives; empty where neither does."""
    for given in decorator.arguments:
        made = given.value if isinstance(given.value, nodes.Function) else _option(given.value, "type")
        if isinstance(made, nodes.Function):
            named = (one for one in nodes_in(made.body) if isinstance(one, nodes.Name | nodes.Member))
            return last_name(next(named, nodes.Name("")))
    return ""


# --- arguments ----------------------------------------------------------------------------------------------------


def _arguments(interpreter: Interpreter, given: nodes.Parameter, cls: ClassValue) -> Iterator[Parameter]:
    for decorator in given.decorators:
        if isinstance(decorator, nodes.Call) and last_name(decorator.function) in _ARGUMENTS:
            written = type_name(without_undefined(given.type))
            name = _named(decorator)
            if name:
                kind = _kind_in(decorator) or _PLAIN.get(written, written)
                yield argument(name, kind, required=not _may_be_left_out(decorator, given))
            else:
                for field in fields_of_class(interpreter, given.type, cls):
                    yield argument(field.name, _PLAIN.get(field.type, field.type), required=field.required)


def _may_be_left_out(decorator: nodes.Call, given: nodes.Parameter) -> bool:
    said = [_option(one.value, name) for one in decorator.arguments for name in ("nullable", "defaultValue")]
    return given.default is not None or any(one not in (None, nodes.Constant(False)) for one in said)


# --- who may call -------------------------------------------------------------------------------------------------


def _auth(interpreter: Interpreter, cls: ClassValue, method: nodes.Function) -> Auth:
    decorators = [*cls.node.decorators, *method.decorators]
    if any(is_for_everybody(last_name(_called(one))) for one in method.decorators):
        return Auth(state="none")
    return auth_of((guard for one in decorators for guard in _guards(interpreter, cls, one)), "")


def _guards(interpreter: Interpreter, cls: ClassValue, decorator: nodes.Expression) -> Iterator[Guard]:
    name, scope = last_name(_called(decorator)), cls.scope.parent or cls.scope
    place = Place(cls.scope.file.path, getattr(decorator, "line", cls.node.line))
    if name == _AUTHORIZED:
        yield Guard("required", AuthSource(name=name, file=place.file, line=place.line))
    elif name in _GUARDED_BY and isinstance(decorator, nodes.Call):
        for given in decorator.arguments:
            guard = guard_of(interpreter.evaluate(given.value, scope), given.value, place, interpreter)
            yield from [guard] if guard is not None else []


def _called(decorator: nodes.Expression) -> nodes.Expression:
    return callee(decorator)
