"""GraphQL operations of schemas that code builds: what Pothos, Nexus and graphql-js give to the root types."""

from __future__ import annotations

import re
from collections.abc import Iterator

from github_connections.analysis.frameworks.javascript.graphql_operations import Operation
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.report import Place
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.nodes import entry_of, last_name
from github_connections.analysis.syntax.walking import nodes_in

# Functions of Pothos' builder and of Nexus that add to a root type: `queryField("users", …)`, `mutationType({…})`.
_ADDING = {
    f"{operation.lower()}{what}": operation
    for operation in ("Query", "Mutation", "Subscription")
    for what in ("Field", "Fields", "Type")
}
# Those that say in their options which type they are about.
_NAMING = {"objectType": "name", "extendType": "type", "GraphQLObjectType": "name"}
_ROOT = re.compile(r"(?i)_?(?:root)?_?(query|mutation|subscription)s?(?:root)?(?:type)?")
WORDS = frozenset({*_ADDING, *_NAMING})
# One file makes the builder and others are handed it: it is enough that some file has to do with one of them.
_LIBRARIES = ("@pothos/", "@giraphql/", "nexus", "@nexus/", "graphql")


def operations_built(interpreter: Interpreter) -> Iterator[Operation]:
    """Yield the place, the root type and the name of every operation that code adds to a schema."""
    program = interpreter.program
    if not any(file.imports(_LIBRARIES) for file in program.of_family("javascript")):
        return
    for file in program.with_words("javascript", WORDS):
        for node in nodes_in(file.module.body):
            if isinstance(node, nodes.Call) and node.arguments and last_name(node.function) in WORDS:
                for line, operation, name in _added_by(node):
                    yield Operation(Place(file.path, line), operation, name)


def _added_by(call: nodes.Call) -> Iterator[tuple[int, str, str]]:
    first, function = call.arguments[0].value, last_name(call.function)
    operation = _ADDING.get(function) or _operation_named(first, _NAMING.get(function, ""))
    if not operation:
        return
    if isinstance(first, nodes.Text):
        yield call.line, operation, first.value
        return
    said = [entry_of(first, name) for name in ("fields", "definition")] if isinstance(first, nodes.Mapping) else [first]
    for fields in said:
        for line, name in _fields_in(fields):
            yield line, operation, name


def _operation_named(options: nodes.Expression, key: str) -> str:
    """Return the root type that options are about: `{name: "RootQueryType"}` is Query; empty for other types."""
    named = entry_of(options, key)
    matched = _ROOT.fullmatch(named.value) if isinstance(named, nodes.Text) else None
    return matched.group(1).capitalize() if matched else ""


def _fields_in(said: nodes.Expression | None) -> Iterator[tuple[int, str]]:
    """`{users: {type: …}}`, `(t) => ({users: t.field(…)})` and `(t) => { t.list.field("users", …) }`."""
    match said:
        case nodes.Mapping(entries=entries, line=line):
            for entry in entries:
                if isinstance(entry.key, nodes.Text):
                    yield getattr(entry.value, "line", line), entry.key.value
        case nodes.Function(parameters=parameters, body=body):
            for statement in body:
                if isinstance(statement, nodes.Return):
                    yield from _fields_in(statement.value if isinstance(statement.value, nodes.Mapping) else None)
            yield from _fields_called(body, parameters[0].name if parameters else "")


def _fields_called(body: list[nodes.Statement], builder: str) -> Iterator[tuple[int, str]]:
    for node in nodes_in(body):
        if isinstance(node, nodes.Call) and node.arguments and builder and _begins_with(node.function) == builder:
            name = node.arguments[0].value
            if isinstance(name, nodes.Text):
                yield node.line, name.value


def _begins_with(function: nodes.Expression) -> str:
    while isinstance(function, nodes.Member):
        function = function.of
    return function.id if isinstance(function, nodes.Name) else ""
