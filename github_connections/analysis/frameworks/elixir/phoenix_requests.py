"""What an action of Phoenix takes out of its parameters: `def create(conn, %{"user" => user})`, `params["page"]`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from github_connections.analysis.frameworks import paths
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.routing import Reached
from github_connections.analysis.linking.standard_elixir import module_named
from github_connections.analysis.report import Parameter, ParameterPlace
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

_READING = frozenset({"get", "fetch", "fetch!", "pop", "get_lazy", "has_key?"})
_OF_THE_CONNECTION = frozenset({"params", "query_params", "body_params"})
_MAXIMUM_NAMES = 300  # that one action takes
_WITHOUT_A_BODY = frozenset({"GET", "HEAD", "DELETE", "OPTIONS"})


def parameters(interpreter: Interpreter, item: Reached, path: str) -> list[Parameter]:
    """Return what the clauses of an action ask for in their heads, and what they read by name below them."""
    options = item.route.options
    near = item.router.data.get("class") or item.root.data["class"]
    cls = module_named(interpreter, options["module"], near) if options.get("action") else None
    if cls is None or options.get("live"):
        return []
    known: dict[tuple[int, str], dict[str, bool]] = interpreter.state.setdefault("phoenix actions", {})
    key = (id(cls.node), options["action"])
    if key not in known:
        known[key] = _taken_by(cls.node, options["action"])
    headers: dict[tuple[int, str], list[str]] = interpreter.state.setdefault("phoenix headers", {})
    if key not in headers:
        headers[key] = list(_headers_of(cls.node, options["action"]))
    in_path = paths.names(path)
    place: ParameterPlace = "query" if set(item.route.methods) <= _WITHOUT_A_BODY else "body"
    taken = [
        Parameter(name=name, place=place, required=required)
        for name, required in known[key].items()
        if name not in in_path
    ]
    return taken + [Parameter(name=name, place="header", required=False) for name in headers[key]]


def _headers_of(cls: nodes.Class, action: str) -> Iterator[str]:
    """Yield the names of `get_req_header(conn, "x-token")`, each once."""
    clauses = [one.body for one in cls.body if isinstance(one, nodes.Function) and one.name == action]
    read: dict[str, None] = {}
    for node in (node for body in clauses for node in nodes_in(body)):
        match node:
            case nodes.Call(function=function, arguments=[_, nodes.Argument(value=nodes.Text(value=name))]):
                if nodes.last_name(function) == "get_req_header":
                    read[name] = None
    yield from list(read)[:_MAXIMUM_NAMES]


def _taken_by(cls: nodes.Class, action: str) -> dict[str, bool]:
    """Return the names that the clauses of an action take, and whether all of them must be given each."""
    clauses = [one for one in cls.body if isinstance(one, nodes.Function) and one.name == action]
    asking = Counter(name for clause in clauses for name in dict.fromkeys(_asked(clause)))
    read = [name for clause in clauses for name in _read(clause)]
    names = list(dict.fromkeys([*asking, *read]))[:_MAXIMUM_NAMES]
    return {name: asking[name] == len(clauses) for name in names}


def _asked(clause: nodes.Function) -> list[str]:
    """Return what a clause is not reached without, or fails without: `%{"id" => id} = params`."""
    given = _given(clause)
    taken_apart = [
        one.target
        for one in clause.body
        if isinstance(one, nodes.Assign) and isinstance(one.value, nodes.Name) and one.value.id == given
    ]
    pattern = clause.parameters[1].pattern if len(clause.parameters) > 1 else None
    return [name for one in (pattern, *taken_apart) for name in _keys(one)]


def _keys(pattern: nodes.Expression | None) -> list[str]:
    entries = pattern.entries if isinstance(pattern, nodes.Mapping) else []
    return [entry.key.value for entry in entries if isinstance(entry.key, nodes.Text)]


def _given(clause: nodes.Function) -> str:
    return clause.parameters[1].name if len(clause.parameters) > 1 else ""


def _read(clause: nodes.Function) -> Iterator[str]:
    """Yield the names of `params["page"]`, `Map.get(params, "page", 1)` and `conn.params["page"]`."""
    given = _given(clause)
    for node in nodes_in(clause.body):
        match node:
            case nodes.Item(of=of, index=nodes.Text(value=name)) if _holds_parameters(of, given):
                yield name
            case nodes.Call(
                function=nodes.Member(of=nodes.Name(id="Map"), name=how),
                arguments=[nodes.Argument(value=of), nodes.Argument(value=nodes.Text(value=name)), *_],
            ) if how in _READING and _holds_parameters(of, given):
                yield name


def _holds_parameters(of: nodes.Expression, given: str) -> bool:
    if isinstance(of, nodes.Name):
        return bool(given) and of.id == given
    is_of_the_connection = isinstance(of, nodes.Member) and of.of == nodes.Name("conn")
    return is_of_the_connection and nodes.last_name(of) in _OF_THE_CONNECTION
