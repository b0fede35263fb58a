"""GraphQL operations: the fields of Query, Mutation and Subscription in schemas, and the resolvers of NestJS."""

from __future__ import annotations

import re
from collections.abc import Iterator

from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import File, classes_in
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import ClassValue
from github_connections.analysis.report import Place, Route
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

PATH = "/graphql"
OPERATIONS = ("Query", "Mutation", "Subscription")
DECORATORS = tuple(f"{module}.{name}" for module in ("@nestjs/graphql", "type-graphql") for name in OPERATIONS)
_TAGS = frozenset({"gql", "graphql", "buildSchema"})
_RESOLVERS = frozenset({"Resolver"})
_ROOT = re.compile(r"\b(?:extend\s+)?type\s+(Query|Mutation|Subscription)\b[^{]*\{")
_SKIPPED = re.compile(r'"""(?:[^"]|"(?!""))*"""|"[^"\n]*"|#[^\n]*')
_FIELD = re.compile(r"([A-Za-z_]\w*)\s*(?:\(|:)")


def declare(registry: Registry) -> None:
    """The schemas are read as they are written; there are no objects to follow."""
    registry.calls.setdefault("graphql-tag.default", lambda call: call.value(0))


def routes(interpreter: Interpreter) -> Iterator[Route]:
    """Yield a row for every operation; one that a schema and a resolver name is told once, from the schema."""
    seen: set[tuple[str, str]] = set()
    for place, operation, name in (
        *_of_schema_files(interpreter),
        *_of_texts(interpreter),
        *_of_resolvers(interpreter),
    ):
        if (operation, name) not in seen:
            seen.add((operation, name))
            yield _row(place, operation, name)


def _row(place: Place, operation: str, name: str) -> Route:
    return Route(
        method="POST",
        path=PATH,
        file=place.file,
        line=place.line,
        framework="graphql",
        kind="graphql",
        handler=f"{operation}.{name}",
        raw_path=name,
        summary=f"{operation.lower()} {name}",
        confidence="guess",
    )


# --- schemas ------------------------------------------------------------------------------------------------------


def _of_schema_files(interpreter: Interpreter) -> Iterator[tuple[Place, str, str]]:
    for path in interpreter.program.all_paths:
        if path.endswith((".graphql", ".gql", ".graphqls")):
            text = (interpreter.program.read(path) or b"").decode("utf-8", "replace")
            yield from fields_in(text, path, 1)


def _of_texts(interpreter: Interpreter) -> Iterator[tuple[Place, str, str]]:
    """Yield the operations of schemas in template literals: gql`type Query {…}`."""
    for file in interpreter.program.with_words("javascript", _TAGS):
        for text, line in _literals(file):
            yield from fields_in(text, file.path, line)


def _literals(file: File) -> Iterator[tuple[str, int]]:
    for node in nodes_in(file.module.body):
        if isinstance(node, nodes.Call) and node.arguments and isinstance(node.arguments[0].value, nodes.Text):
            yield node.arguments[0].value.value, node.line


def fields_in(text: str, path: str, line: int) -> Iterator[tuple[Place, str, str]]:
    """Yield the fields of the three root types of a schema, with their lines."""
    plain = _SKIPPED.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)
    for root in _ROOT.finditer(plain):
        depth, position = 0, root.end()
        end = plain.find("}", position)
        for field in _FIELD.finditer(plain, position, end if end >= 0 else len(plain)):
            depth = plain.count("(", position, field.start()) - plain.count(")", position, field.start())
            if depth == 0:
                yield Place(path, line + plain.count("\n", 0, field.start())), root.group(1), field.group(1)


# --- resolvers ----------------------------------------------------------------------------------------------------


def _of_resolvers(interpreter: Interpreter) -> Iterator[tuple[Place, str, str]]:
    for file in interpreter.program.with_words("javascript", _RESOLVERS):
        for cls in classes_in(file.scope):
            for method in cls.node.body:
                if isinstance(method, nodes.Function):
                    yield from _operations_of(interpreter, cls, method)


def _operations_of(
    interpreter: Interpreter, cls: ClassValue, method: nodes.Function
) -> Iterator[tuple[Place, str, str]]:
    for decorator in method.decorators:
        if isinstance(decorator, nodes.Call) and interpreter.qualified_name(decorator, cls.scope) in DECORATORS:
            name = getattr(decorator.function, "id", getattr(decorator.function, "name", ""))
            yield Place(cls.scope.file.path, decorator.line), name, _named(decorator) or method.name


def _named(decorator: nodes.Call) -> str:
    """Return the name that a decorator gives its operation: its text, or the `name` of its options."""
    for argument in decorator.arguments:
        if isinstance(argument.value, nodes.Text):
            return argument.value.value
        for pair in argument.value.entries if isinstance(argument.value, nodes.Mapping) else ():
            if pair.key == nodes.Text("name") and isinstance(pair.value, nodes.Text):
                return pair.value.value
    return ""


FRAMEWORK = Framework(
    name="graphql",
    language="typescript",
    family="javascript",
    kind="server",
    packages=("@apollo/server", "apollo-server", "@nestjs/graphql", "graphql-yoga", "type-graphql"),
    imports=("@apollo/server", "apollo-server", "@nestjs/graphql", "graphql-yoga", "type-graphql"),
    marks=_TAGS | _RESOLVERS,
    declare=declare,
    routes=routes,
)
