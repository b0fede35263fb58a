"""How the servers of JavaScript hand a request over to those who answer."""

from __future__ import annotations

from msgspec import Struct, field

from github_connections.analysis.report import ParameterPlace

# What every client sends by itself, and what log-ins are made of.
USUAL_HEADERS = frozenset(
    {
        *("accept", "accept-encoding", "accept-language", "authorization", "connection", "content-length"),
        *("content-type", "cookie", "host", "origin", "referer", "user-agent"),
        *("x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"),
    }
)

# What is called so is a method of a text, a list or an object, and no field.
METHODS_OF_VALUES = frozenset(
    {
        *("concat", "constructor", "entries", "every", "filter", "find", "forEach", "get", "has"),
        *("hasOwnProperty", "includes", "indexOf", "join", "keys", "map", "pop", "push"),
        *("reduce", "set", "slice", "some", "sort", "splice", "split", "startsWith", "toLowerCase"),
        *("toString", "trim", "values"),
    }
)

# By these a schema checks what it is given; some give it in their `data` or `value`, beside what was wrong with it.
CHECKING = frozenset(
    {"parse", "safeParse", "parseAsync", "safeParseAsync", "validate", "validateAsync", "validateSync"}
)
WITH_ERRORS = frozenset({"safeParse", "safeParseAsync", "validate"})
# The parts of a request by the names that Hono's validators have for them.
VALIDATED = {"json": "body", "form": "form", "query": "query", "header": "header", "cookie": "cookie"}


class Style(Struct, frozen=True):
    """How a library hands a request over.

    `members` are what is found where: in its `context` or its `request` (which of them a handler is given is `given`);
    `asked` the methods that are given the name of one value, `made` those that give a whole body, `functions` are
    those of the library that give a part of the request that is at hand, or one value of it.
    """

    given: str
    members: dict[tuple[str, str], str]
    asked: dict[tuple[str, str], ParameterPlace]
    made: dict[tuple[str, str], str] = field(default_factory=dict)
    functions: dict[str, str] = field(default_factory=dict)


_HELD = {
    "query": "query",
    "body": "body",
    "headers": "header",
    "cookies": "cookie",
    "signedCookies": "cookie",
    "files": "file",
}
EXPRESS = Style(
    given="request",
    members={("request", name): place for name, place in _HELD.items()},
    asked={("request", "get"): "header", ("request", "header"): "header", ("cookie", "get"): "cookie"},
)
KOA = Style(
    given="context",
    members={("request", name): place for name, place in _HELD.items()}
    | {("context", name): place for name, place in _HELD.items() if name != "body"}
    | {("context", "request"): "request", ("context", "header"): "header", ("request", "header"): "header"},
    asked={("context", "get"): "header", ("request", "get"): "header", ("cookie", "get"): "cookie"},
)
HONO = Style(
    given="context",
    members={("context", "req"): "request"},
    asked={
        ("request", "query"): "query",
        ("request", "queries"): "query",
        ("request", "header"): "header",
        ("form", "get"): "form",
    },
    made={("request", "json"): "body", ("request", "parseBody"): "form", ("request", "formData"): "form"}
    | {("request", "query"): "query", ("request", "header"): "header"},
    functions={"getCookie": "cookie", "getSignedCookie": "cookie"},
)
