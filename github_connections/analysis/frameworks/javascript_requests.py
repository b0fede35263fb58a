"""What handlers of JavaScript's servers read of the requests that they are given: `req.query.page`, `ctx.request.body`,
`c.req.header("X-Tenant")`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast, get_args

from msgspec import Struct, field

from github_connections.analysis.frameworks.javascript import Argued
from github_connections.analysis.frameworks.javascript_handlers import functions_in
from github_connections.analysis.frameworks.schemas import fields_of
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.report import Parameter, ParameterPlace
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

# (error, request, response, next) answers when something went wrong.
_OF_AN_ERROR = 4
# What every client sends by itself, and what log-ins are made of.
_USUAL_HEADERS = frozenset(
    {
        *("accept", "accept-encoding", "accept-language", "authorization", "connection", "content-length"),
        *("content-type", "cookie", "host", "origin", "referer", "user-agent"),
        *("x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"),
    }
)
# What is called so is a method of a text, a list or an object, and no field.
_METHODS = frozenset(
    {
        *("concat", "constructor", "entries", "every", "filter", "find", "forEach", "get", "has"),
        *("hasOwnProperty", "includes", "indexOf", "join", "keys", "map", "pop", "push"),
        *("reduce", "set", "slice", "some", "sort", "splice", "split", "startsWith", "toLowerCase"),
        *("toString", "trim", "values"),
    }
)


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
    made={("request", "json"): "body", ("request", "parseBody"): "form", ("request", "formData"): "form"},
)
_PLACES = frozenset(get_args(ParameterPlace))
_CHECKING = frozenset(
    {"parse", "safeParse", "parseAsync", "safeParseAsync", "validate", "validateAsync", "validateSync"}
)
_VALIDATED = {"json": "body", "form": "form", "query": "query", "header": "header", "cookie": "cookie"}


def read_by(interpreter: Interpreter, handlers: Iterable[Argued], scope: Scope, style: Style) -> list[Parameter]:
    """Return what the functions among the arguments of a route read of a request; a body that is handed on as a whole
    is one parameter."""
    reading = _Reading(style)
    for value, expression in handlers:
        for function in functions_in(interpreter, value, expression, scope):
            reading.read(function)
    return with_checked(reading.checked_by(interpreter, scope), reading.parameters())


def with_checked(checked: list[Parameter], read: list[Parameter]) -> list[Parameter]:
    """Return what is read, as a schema has it where one says so; a body that is checked is not read as a whole."""
    known = {(one.place, one.name) for one in checked}
    known |= {("body", "body")} if any(one.place == "body" for one in checked) else set()
    return checked + [one for one in read if (one.place, one.name) not in known]


# --- reading ------------------------------------------------------------------------------------------------------


class _Reading:
    """What was read so far, in its order, with whether it must be there."""

    def __init__(self, style: Style) -> None:
        self._style = style
        self._names: dict[str, str] = {}  # local variables that hold a request, or a part of it
        self._found: dict[tuple[str, str], bool] = {}
        self._whole = False
        self._schemas: list[tuple[str, nodes.Expression]] = []
        self._local: dict[str, nodes.Expression] = {}

    def read(self, function: nodes.Function) -> None:  # noqa: C901  # one line a kind of node
        parameters = [parameter for parameter in function.parameters if parameter.name != "this"]
        if not parameters or len(parameters) == _OF_AN_ERROR:
            return
        first = parameters[0]
        self._names = {} if first.pattern is not None else {first.name: self._style.given}
        if first.pattern is not None:
            self._take_apart(first.pattern, self._style.given)
        passed: set[int] = set()
        for node in nodes_in(function.body):
            match node:
                case nodes.Assign(target=target, value=value) if value is not None:
                    passed.add(id(target))
                    self._take_apart(target, self._held(value))
                case nodes.Member(of=of, name=name) if id(node) not in passed:
                    self._note(self._held(of), name)
                case nodes.Item(of=of, index=nodes.Text(value=name)):
                    self._note(self._held(of), name)
                case nodes.Choice(options=[nodes.Member(of=of, name=name), *_]):
                    self._note(self._held(of), name, required=False)
                case nodes.Call(function=called):
                    passed.update({id(called)} if getattr(called, "name", "") in _METHODS else ())
                    self._call(node)
                case nodes.Entry(key=nodes.Spread(value=value)) | nodes.Entry(value=value):
                    self._whole = self._whole or self._held(value) in ("body", "form")

    def parameters(self) -> list[Parameter]:
        made = [
            Parameter(name=name, place=cast("ParameterPlace", place), required=required)
            for (place, name), required in self._found.items()
            if place != "header" or name.lower() not in _USUAL_HEADERS
        ]
        if self._whole and not any(one.place in ("body", "form") for one in made):
            made.append(Parameter(name="body", place="body"))
        return made

    def checked_by(self, interpreter: Interpreter, scope: Scope) -> list[Parameter]:
        """Return the fields of the schemas that parts of the request are checked by: `schema.parse(req.body)`."""
        found: dict[tuple[str, str], Parameter] = {}
        for place, written in self._schemas:
            local = self._local.get(written.id) if isinstance(written, nodes.Name) else None
            for name, kind, required in fields_of(interpreter.evaluate(local or written, scope)):
                made = Parameter(name=name, place=cast("ParameterPlace", place), type=kind, required=required)
                found.setdefault((place, name), made)
        return list(found.values())

    def _held(self, value: nodes.Expression) -> str:
        """Return what an expression is: `context`, `request`, or the place in a request; empty for anything else."""
        match value:
            case nodes.Name(id=name):
                return self._names.get(name, "")
            case nodes.Member(of=of, name=name):
                return self._style.members.get((self._held(of), name), "")
            case nodes.Choice(options=[first, *_]):
                return self._held(first)
            case nodes.Call():
                return self._given_by(value)
        return ""

    def _given_by(self, call: nodes.Call) -> str:
        match call:
            case nodes.Call(
                function=nodes.Member(of=of, name="valid"), arguments=[nodes.Argument(value=nodes.Text(at))]
            ):
                return _VALIDATED.get(at, "") if self._held(of) == "request" else ""
            case nodes.Call(
                function=nodes.Member(of=of, name=name), arguments=[] | [nodes.Argument(name="<>")]
            ):  # `await c.req.json<Crew>()`
                return self._style.made.get((self._held(of), name), "")
            case nodes.Call(function=nodes.Name(id=name)) if name in self._style.functions:
                return self._style.functions[name]
            case nodes.Call(function=nodes.Member(name=name), arguments=[nodes.Argument(value=checked)]) if (
                name in _CHECKING
            ):
                part = self._held(checked)  # of the request as a whole, what comes out is the validator's own
                return part if part in _PLACES else ""
            case nodes.Call(
                function=nodes.Name("URL" | "URLSearchParams" as name),
                arguments=[nodes.Argument(nodes.Member(of=of)), *_],
            ):
                return {("URL", "request"): "url", ("URLSearchParams", "url"): "search"}.get((name, self._held(of)), "")
        return ""

    def _take_apart(self, target: nodes.Expression, held: str) -> None:
        """`const { name, role = "user" } = req.body`, `({ body, query }, res) => …`, `const data = req.body`."""
        if isinstance(target, nodes.Name):
            self._names[target.id] = held
        if not held or not isinstance(target, nodes.Mapping):
            return
        for entry in target.entries:
            if isinstance(entry.key, nodes.Text):
                inner = self._style.members.get((held, entry.key.value), "")
                self._take_apart(entry.value, inner)
                self._note(held, entry.key.value, required=not isinstance(entry.value, nodes.Choice))

    def _call(self, node: nodes.Call) -> None:
        first = node.arguments[0].value if node.arguments else None
        match node.function:
            case nodes.Member(of=of, name=name) if isinstance(first, nodes.Text):
                self._note(self._style.asked.get((self._held(of), name), ""), first.value)
            case nodes.Member(of=of, name=name) if first is not None and name in _CHECKING:
                self._check(self._held(first), of)
            case nodes.Name(id=name) if name in self._style.functions:
                self._function(node, self._style.functions[name])
        for argument in node.arguments:
            self._whole = self._whole or self._held(argument.value) in ("body", "form")

    def _function(self, node: nodes.Call, place: str) -> None:
        """`getCookie(event, "theme")`, `readValidatedBody(event, schema.parse)`."""
        for argument in node.arguments[1:]:
            if isinstance(argument.value, nodes.Text):
                self._note(place, argument.value.value)
            checking = (one for one in nodes_in(argument) if isinstance(one, nodes.Member) and one.name in _CHECKING)
            for one in checking:
                self._check(place, one.of)

    def _check(self, place: str, schema: nodes.Expression) -> None:
        if place in _PLACES:
            self._schemas.append((place, schema))

    def _note(self, place: str, name: str, *, required: bool = True) -> None:
        if place not in _PLACES:
            return
        key = (place, name)
        must = required and place in ("body", "form", "file")
        self._found[key] = self._found.get(key, must) and must
