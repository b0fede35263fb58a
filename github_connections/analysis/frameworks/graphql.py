"""GraphQL operations: the fields of Query, Mutation and Subscription in schemas, and the resolvers of NestJS; at the
path where the program has them answered."""

from __future__ import annotations

import re
from collections.abc import Iterator

from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.graphql_builders import WORDS, operations_built
from github_connections.analysis.frameworks.javascript import join
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.program import File, classes_in
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.routing import Router
from github_connections.analysis.linking.values import ClassValue, Kind, MapValue, Thing, Unknown, Value, text_of
from github_connections.analysis.report import ANY_METHOD, Place, Route
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

PATH = "/graphql"
_SERVED = "graphql served at"
_APPLIED = tuple(f"apollo-server-{server}.ApolloServer" for server in ("express", "koa", "fastify"))
OPERATIONS = ("Query", "Mutation", "Subscription")
DECORATORS = tuple(f"{module}.{name}" for module in ("@nestjs/graphql", "type-graphql") for name in OPERATIONS)
_TAGS = frozenset({"gql", "graphql", "buildSchema"})
# What is given a schema, which may be a plain text there, and what such a text is called.
_GIVEN = frozenset({"ApolloServer", "createSchema", "makeExecutableSchema"})
_CALLED = ("typeDefs", "typedefs")
_RESOLVERS = frozenset({"Resolver"})
_LIBRARIES = (
    *("@apollo/server", "apollo-server", "apollo-server-express", "apollo-server-koa", "@nestjs/graphql"),
    *("graphql-yoga", "type-graphql", "@pothos/core", "nexus", "express-graphql", "graphql-http", "mercurius"),
)
_ROOT = re.compile(r"\b(?:extend\s+)?type\s+(Query|Mutation|Subscription)\b[^{]*\{")
_SKIPPED = re.compile(r'"""(?:[^"]|"(?!""))*"""|"[^"\n]*"|#[^\n]*')
_FIELD = re.compile(r"([A-Za-z_]\w*)\s*(?:\(|:)")


def declare(registry: Registry) -> None:
    """The schemas are read as they are written; of servers only the path matters."""
    registry.calls.setdefault("graphql-tag.default", lambda call: call.value(0))
    for name in _APPLIED:
        registry.calls[name] = lambda call: Thing(APOLLO, call.place)
    registry.calls["@nestjs/graphql.GraphQLModule.forRoot"] = _of_module


def serve_at(call: Invocation, path: str) -> None:
    """Remember the path at which the operations of a project are answered."""
    served: dict[str, set[str]] = call.interpreter.state.setdefault(_SERVED, {})
    served.setdefault(call.scope.file.project_root, set()).add(join([path]))


def _applied(call: Invocation) -> Value:
    """`server.applyMiddleware({app, path})`."""
    said = call.value(0)
    entries = said.entries if isinstance(said, MapValue) else {}
    path, app = entries.get("path", PATH), entries.get("app")
    if isinstance(path, str):
        serve_at(call, path)
    if isinstance(app, Router):
        app.add([ANY_METHOD], text_of(path), call.place, "ApolloServer", kind="graphql")
    return call.receiver


def _of_module(call: Invocation) -> Value:
    """NestJS's `GraphQLModule.forRoot({path})`."""
    said = call.value(0)
    path = said.entries.get("path") if isinstance(said, MapValue) else None
    if isinstance(path, str):
        serve_at(call, path)
    return Unknown(call.name)


APOLLO = Kind("apollo server", methods={"applyMiddleware": _applied}, is_router=False)


def routes(interpreter: Interpreter) -> Iterator[Route]:
    """Yield a row for every operation; one that a schema and a resolver name is told once, from the schema."""
    seen: set[tuple[str, str]] = set()
    served: dict[str, set[str]] = interpreter.state.get(_SERVED, {})
    roots = {file.path: file.project_root for file in interpreter.program.of_family("javascript")} if served else {}
    everywhere = {path for paths in served.values() for path in paths}
    for place, operation, name in (
        *_of_schema_files(interpreter),
        *_of_texts(interpreter),
        *_of_resolvers(interpreter),
        *operations_built(interpreter),
    ):
        if (operation, name) not in seen:
            seen.add((operation, name))
            known = served.get(roots.get(place.file, ""), everywhere)
            yield _row(place, operation, name, *(known if len(known) == 1 else (PATH,)))


def _row(place: Place, operation: str, name: str, path: str) -> Route:
    return Route(
        method="POST",
        path=path,
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
    """Yield the operations of schemas that stand in the code: gql`type Query {…}`, `typeDefs = "type Query {…}"`."""
    program = interpreter.program
    files = [*program.with_words("javascript", _TAGS | _GIVEN)]
    files += [file for name in _CALLED for file in program.declaring("javascript", name)]
    for file in dict.fromkeys(files):
        for text, line in _literals(file):
            yield from fields_in(text, file.path, line)


def _literals(file: File) -> Iterator[tuple[str, int]]:
    line = 1
    for node in nodes_in(file.module.body):
        line = getattr(node, "line", line)
        if isinstance(node, nodes.Text) and "{" in node.value:
            yield node.value, line


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
            name = nodes.last_name(decorator.function)
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
    packages=_LIBRARIES,
    imports=_LIBRARIES,
    marks=_TAGS | _RESOLVERS | WORDS | _GIVEN.union(_CALLED),
    declare=declare,
    routes=routes,
)
