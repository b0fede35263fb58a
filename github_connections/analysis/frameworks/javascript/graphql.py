"""GraphQL operations: the fields of Query, Mutation and Subscription in schemas, and the resolvers of NestJS; at the
path where the program has them answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from msgspec.structs import replace

from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.javascript.graphql_builders import WORDS, operations_built
from github_connections.analysis.frameworks.javascript.graphql_operations import Operation, fields_in
from github_connections.analysis.frameworks.javascript.graphql_resolvers import RESOLVERS, of_resolvers
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.program import File
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.routing import Router
from github_connections.analysis.linking.values import Kind, Thing, Unknown, Value, entries_of, text_of
from github_connections.analysis.report import ANY_METHOD, Route
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

PATH = "/graphql"
_SERVED = "graphql served at"
_APPLIED = tuple(f"apollo-server-{server}.ApolloServer" for server in ("express", "koa", "fastify"))
_TAGS = frozenset({"gql", "graphql", "buildSchema"})
# What is given a schema, which may be a plain text there, and what such a text is called.
_GIVEN = frozenset({"ApolloServer", "createSchema", "makeExecutableSchema"})
_CALLED = ("typeDefs", "typedefs")
_LIBRARIES = (
    *("@apollo/server", "apollo-server", "apollo-server-express", "apollo-server-koa", "@nestjs/graphql"),
    *("graphql-yoga", "type-graphql", "@pothos/core", "nexus", "express-graphql", "graphql-http", "mercurius"),
)


def declare(registry: Registry) -> None:
    """The schemas are read as they are written; of servers only the path matters."""
    registry.calls.setdefault("graphql-tag.default", lambda call: call.value(0))
    for name in _APPLIED:
        registry.calls[name] = lambda call: Thing(APOLLO, call.place)
    registry.calls["@nestjs/graphql.GraphQLModule.forRoot"] = _of_module


def serve_at(call: Invocation, path: str) -> None:
    """Remember the path at which the operations of a project are answered."""
    served: dict[str, set[str]] = call.interpreter.state.setdefault(_SERVED, {})
    served.setdefault(call.scope.file.project_root, set()).add(paths.join_trimmed([path]))


def _applied(call: Invocation) -> Value:
    """`server.applyMiddleware({app, path})`."""
    entries = entries_of(call.value(0))
    path, app = entries.get("path", PATH), entries.get("app")
    if isinstance(path, str):
        serve_at(call, path)
    if isinstance(app, Router):
        app.add([ANY_METHOD], text_of(path), call.place, "ApolloServer", kind="graphql")
    return call.receiver


def _of_module(call: Invocation) -> Value:
    """NestJS's `GraphQLModule.forRoot({path})`."""
    path = entries_of(call.value(0)).get("path")
    if isinstance(path, str):
        serve_at(call, path)
    return Unknown(call.name)


APOLLO = Kind("apollo server", methods={"applyMiddleware": _applied}, is_router=False)


def routes(interpreter: Interpreter) -> Iterator[Route]:
    """Yield a row for every operation; one that a schema and a resolver name is told once, from the schema."""
    served: dict[str, set[str]] = interpreter.state.get(_SERVED, {})
    roots = {file.path: file.project_root for file in interpreter.program.of_family("javascript")} if served else {}
    everywhere = {path for paths in served.values() for path in paths}
    for operation in _told_once(interpreter):
        known = served.get(roots.get(operation.place.file, ""), everywhere)
        yield _row(operation, *(known if len(known) == 1 else (PATH,)))


def _told_once(interpreter: Interpreter) -> Iterable[Operation]:
    """Return every operation once: of one that a schema and a resolver name, each says what the other does not."""
    found: dict[tuple[str, str], Operation] = {}
    for one in chain(
        _of_schema_files(interpreter), _of_texts(interpreter), of_resolvers(interpreter), operations_built(interpreter)
    ):
        first = found.setdefault((one.root, one.name), one)
        found[one.root, one.name] = replace(
            first,
            arguments=first.arguments or one.arguments,
            auth=first.auth if first.auth.state != "unknown" else one.auth,
            returns=first.returns or one.returns,
        )
    return found.values()


def _row(operation: Operation, path: str) -> Route:
    return Route(
        method="POST",
        path=path,
        file=operation.place.file,
        line=operation.place.line,
        framework="graphql",
        kind="graphql",
        handler=f"{operation.root}.{operation.name}",
        raw_path=operation.name,
        params=operation.arguments,
        auth=operation.auth,
        request_model=rows.model_in(operation.arguments),
        response_model=operation.returns,
        summary=f"{operation.root.lower()} {operation.name}",
        confidence="guess",
    )


# --- schemas ------------------------------------------------------------------------------------------------------


def _of_schema_files(interpreter: Interpreter) -> Iterator[Operation]:
    for path in interpreter.program.all_paths:
        if path.endswith((".graphql", ".gql", ".graphqls")):
            yield from fields_in(interpreter.program.text(path), path, 1)


def _of_texts(interpreter: Interpreter) -> Iterator[Operation]:
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


FRAMEWORK = Framework(
    name="graphql",
    language="typescript",
    family="javascript",
    kind="server",
    packages=_LIBRARIES,
    imports=_LIBRARIES,
    marks=_TAGS | RESOLVERS | WORDS | _GIVEN.union(_CALLED),
    declare=declare,
    routes=routes,
)
