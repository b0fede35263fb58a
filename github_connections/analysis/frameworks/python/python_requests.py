"""What Python's views read of a request: the parameters of Flask's and Django's functions, which declare none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from github_connections.analysis.frameworks import rows
from github_connections.analysis.linking.values import FunctionValue, Value, source_of
from github_connections.analysis.report import Parameter, ParameterPlace
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

# Where a request holds what came with it: Flask's names, then Django's and its REST framework's.
HELD: dict[str, ParameterPlace] = {
    "args": "query",
    "values": "query",
    "form": "form",
    "files": "file",
    "json": "body",
    "GET": "query",
    "query_params": "query",
    "POST": "form",
    "FILES": "file",
    "data": "body",
    "headers": "header",
    "META": "header",
    "cookies": "cookie",
    "COOKIES": "cookie",
}
# Starlette's, which are waited for: `await request.json()`.
_READ: dict[str, ParameterPlace] = {"json": "body", "form": "form"}
# Every client sends these by itself.
_USUAL_HEADERS = frozenset(
    {
        *("accept", "accept-encoding", "accept-language", "authorization", "connection", "content-length"),
        *("content-type", "cookie", "host", "origin", "referer", "user-agent", "x-requested-with", "x-csrftoken"),
        *("x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"),
    }
)
# As Django names a header in `request.META`.
_IN_META = "HTTP_"
# What gives the same again, as a mapping.
COPIES = frozenset({"copy", "dict", "to_dict"})
_WITH_EVERY_VERB = ("query", "header", "cookie")
READERS = frozenset({"get", "getlist", "pop"})


class _Reading(Struct):
    """What has been seen so far in one function."""

    request: frozenset[str]
    # Variables that hold a part of the request.
    aliases: dict[str, ParameterPlace] = field(default_factory=dict)
    found: dict[tuple[str, ParameterPlace], Parameter] = field(default_factory=dict)
    # Asked for by `get` or `in`: the view goes on without them.
    optional: set[tuple[str, ParameterPlace]] = field(default_factory=set)


def parameters_of(function: FunctionValue, method: str) -> list[Parameter]:
    """Return the single values that a view reads by name of the query, the form, the files, the JSON body, the headers
    and the cookies, as far as a request with this verb can bring them; required are those that it cannot do without
    (`request.form["name"]`)."""
    own = [one.name for one in function.node.parameters[:2] if one.name not in ("self", "cls")]
    return read_of(function, method, frozenset({"request", *own[:1]}))


def read_of(function: FunctionValue, method: str, names: frozenset[str]) -> list[Parameter]:
    """Return the same for a function that has its request under one of these names."""
    reading = _Reading(names)
    for node in nodes_in(function.node.body):
        _note_alias(reading, node)
        for name, place, kind, required in _read(reading, node):
            key = (name, place)
            reading.found.setdefault(key, Parameter(name=name, place=place, type=kind))
            if not required:
                reading.optional.add(key)
    return [
        Parameter(name=one.name, place=one.place, type=one.type, required=key not in reading.optional)
        for key, one in reading.found.items()
        if one.place in _WITH_EVERY_VERB or method not in rows.READING
    ]


def of_functions(functions: Iterable[Value], method: str) -> list[Parameter]:
    """Return what several functions read of one request; what one of them cannot do without is required."""
    found: dict[tuple[str, ParameterPlace], Parameter] = {}
    for function in functions:
        for one in parameters_of(function, method) if isinstance(function, FunctionValue) else ():
            key = (one.name, one.place)
            if key not in found or one.required:
                found[key] = one
    return list(found.values())


def _note_alias(reading: _Reading, node: nodes.Node) -> None:
    if isinstance(node, nodes.Assign) and isinstance(node.target, nodes.Name) and node.value is not None:
        place = _place_of(reading, node.value)
        if place is not None:
            reading.aliases[node.target.id] = place


def _place_of(reading: _Reading, expression: nodes.Node) -> ParameterPlace | None:
    """Return which part of the request an expression is; None where it is none."""
    match expression:
        case nodes.Name(id=name):
            return reading.aliases.get(name)
        case nodes.Member(of=of, name=name) if _is_request(reading, of):
            return HELD.get(name)
        case nodes.Call(function=nodes.Member(of=of, name="get_json")) if _is_request(reading, of):
            return "body"
        case nodes.Call(function=nodes.Member(of=of, name=name), arguments=[]) if name in _READ and _is_request(
            reading, of
        ):
            return _READ[name]
        case nodes.Call(
            function=nodes.Member(name="loads"),
            arguments=[nodes.Argument(value=nodes.Member(of=of, name="body" | "data")), *_],
        ) if _is_request(reading, of):
            return "body"
        case nodes.Call(function=nodes.Member(of=of, name=name), arguments=[]) if name in COPIES:
            return _place_of(reading, of)
        case nodes.Choice(options=[first, *_]):  # request.get_json() or {}
            return _place_of(reading, first)
    return None


def _is_request(reading: _Reading, expression: nodes.Node) -> bool:
    match expression:
        case nodes.Name(id=name):
            return name in reading.request
        case nodes.Member(name="request"):
            return True
    return False


def _read(reading: _Reading, node: nodes.Node) -> Iterator[tuple[str, ParameterPlace, str, bool]]:
    """Yield (name, place, type, whether the view cannot do without) for what is read here."""
    match node:
        case nodes.Item(of=of, index=nodes.Text(value=name)):
            place, kind, required = _place_of(reading, of), "", True
        case nodes.Call(
            function=nodes.Member(of=of, name=reader), arguments=[nodes.Argument(value=nodes.Text(value=name)), *rest]
        ) if reader in READERS:
            place, kind, required = _place_of(reading, of), _type_in(rest), False
        case nodes.Operation(operator="in", operands=[nodes.Text(value=name), of]):
            place, kind, required = _place_of(reading, of), "", False
        case _:
            return
    if place is not None and name and (place != "header" or (name := _header(name))):
        yield name, place, kind, required


def _header(name: str) -> str:
    """Return a header by the name that requests have it by; nothing for those that every client sends."""
    if name.isupper() and "_" in name:  # one of the environment's, as REMOTE_ADDR, where it has no such beginning
        name = name.removeprefix(_IN_META).replace("_", "-").title() if name.startswith(_IN_META) else ""
    return "" if name.lower() in _USUAL_HEADERS else name


def _type_in(arguments: list[nodes.Argument]) -> str:
    """Return the type of `get("page", 1, type=int)`."""
    return next((source_of(one.value) for one in arguments if one.name == "type"), "")
