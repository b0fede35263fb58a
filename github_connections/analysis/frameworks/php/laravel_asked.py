"""What a method of Laravel asks its request for by name: `$request->input('q')`, `$request->q`, `request('q')`."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.report import Parameter, ParameterPlace
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import texts_written
from github_connections.analysis.syntax.walking import nodes_in

# What a request is asked for → where that comes from; empty where it is the query or the body, by the verb.
_ASKED: dict[str, tuple[ParameterPlace | None, str]] = {
    "input": (None, ""), "get": (None, ""), "post": ("body", ""), "query": ("query", ""), "file": ("file", "file"),
    "header": ("header", ""), "cookie": ("cookie", ""), "boolean": (None, "boolean"), "integer": (None, "integer"),
    "float": (None, "number"), "string": (None, "string"), "str": (None, "string"), "date": (None, "date"),
    "enum": (None, "string"), "filled": (None, ""), "has": (None, ""), "only": (None, ""), "collect": (None, "array"),
    "array": (None, "array"), "hasFile": ("file", "file"), "hasHeader": ("header", ""), "hasAny": (None, ""),
    "anyFilled": (None, ""), "missing": (None, ""), "isNotFilled": (None, ""), "whenFilled": (None, ""),
    "whenHas": (None, ""), "validated": (None, ""),
}  # fmt: skip
# The bags of Symfony that a request is made of: `$request->query->get('page')`.
_BAGS: dict[str, ParameterPlace] = {
    "query": "query", "request": "body", "json": "body", "files": "file", "headers": "header", "cookies": "cookie",
}  # fmt: skip
# Properties of a request that are no fields: its bags, and what makes it a class's name.
_OF_REQUESTS = _BAGS.keys() | {"attributes", "server", "class"}
_SEVERAL = frozenset({"only", "has", "hasAny", "anyFilled", "filled", "missing"})
_FACADES = frozenset({"Request", "Input"})


def asked_for(method: nodes.Function, requests: set[str], default: ParameterPlace) -> Iterator[Parameter]:
    """Yield what a method asks for."""
    known = list(nodes_in(method.body))
    of_no_field = {id(item.function) for item in known if isinstance(item, nodes.Call)}
    of_no_field |= {id(item.target) for item in known if isinstance(item, nodes.Assign)}
    for item in known:
        match item:
            case nodes.Call():
                yield from _called(item, requests, default)
            case nodes.Item(of=of, index=nodes.Text(value=name)) if is_request(of, requests):
                yield _field(name, default, "")
            case nodes.Member(of=of, name=name) if (
                id(item) not in of_no_field and name not in _OF_REQUESTS and _is_at_hand(of, requests)
            ):
                yield _field(name, default, "")


def _called(call: nodes.Call, requests: set[str], default: ParameterPlace) -> Iterator[Parameter]:
    match call.function:
        case nodes.Name(id="request"):
            yield from (_field(name, default, "") for name in _texts(call.arguments[:1]))
        case nodes.Member(of=nodes.Member(of=of, name=bag), name="get" | "has" | "all") if bag in _BAGS and is_request(
            of, requests
        ):
            yield from (_field(name, _BAGS[bag], "") for name in _texts(call.arguments[:1]))
        case nodes.Member(of=of, name=word) if word in _ASKED and is_request(of, requests):
            place, kind = _ASKED[word]
            asked = call.arguments if word in _SEVERAL else call.arguments[:1]
            yield from (_field(name, place or default, kind) for name in _texts(asked))


def _field(name: str, place: ParameterPlace, kind: str) -> Parameter:
    """`address.city` is inside of `address`; a header's name has no parts."""
    first, _, inside = (name, "", "") if place in ("header", "cookie") else name.partition(".")
    return Parameter(name=first, place=place, type="" if inside else kind, required=False)


def _texts(arguments: list[nodes.Argument]) -> Iterator[str]:
    """`$request->only(['title', 'content'])`, `$request->only('title', 'content')`."""
    for argument in arguments:
        yield from texts_written(argument.value)


def is_request(written: nodes.Expression | None, requests: set[str]) -> bool:
    """Tell whether something is the request: a variable, the helper, the facade; also what it has validated."""
    match written:
        case nodes.Name(id=name) if name in _FACADES:
            return True
        case nodes.Call(function=nodes.Member(of=of, name="safe"), arguments=[]):
            return is_request(of, requests)
    return _is_at_hand(written, requests)


def _is_at_hand(written: nodes.Node | None, requests: set[str]) -> bool:
    match written:
        case nodes.Name(id=name):
            return name in requests
        case nodes.Call(function=nodes.Name(id="request"), arguments=[]):
            return True
    return False


def named_in(written: nodes.Expression, requests: set[str]) -> bool:
    """Tell whether an argument is the request, or something of it: `$request->all()`."""
    return any(_is_at_hand(item, requests) for item in nodes_in(written))
