"""What answers a route of Go: the function inside its wrappers, and what that is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from github_connections.analysis.frameworks import rows
from github_connections.analysis.frameworks.go import go_verbs
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.names_go import GoNames
from github_connections.analysis.linking.routing import MAXIMUM_WRAPPERS, Reached
from github_connections.analysis.linking.values import (
    External,
    FunctionValue,
    ObjectValue,
    PackageValue,
    Thing,
    Value,
    source_of,
    type_name,
)
from github_connections.analysis.report import ANY_METHOD, RouteKind
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

_UPGRADING = frozenset({"Upgrade", "Accept", "HandleRequest", "ServeWS", "ServeWs", "Handler"})
_OF_SOCKETS = re.compile(r"upgrad|web_?socket|\bws|melody", re.IGNORECASE)
_SHOWING = re.compile(r"^(c|ctx|context)$|te?m?pl|template|view|render|page", re.IGNORECASE)
_ANSWERING = frozenset({"JSON", "IndentedJSON", "AbortWithStatusJSON"})
_OF_FILES = re.compile(r"file_?server|fileserv|static|assets|serve_?(?:dir|files?)", re.IGNORECASE)
# Fields of an object that has somebody else answer.
_HANDED_ON = re.compile(r"(?:next|inner|wrapped|base)?_?(?:handler|http)?(?:_?func|fn)?|h", re.IGNORECASE)
# What templates and pages are called.
_PAGE = re.compile(r"\.(?:go|t)?html?(?:\.\w+)?\Z|\.(?:tmpl|tpl|gotmpl|jet|pongo2?)\Z|\Atext/html\b", re.IGNORECASE)
_Called = set[tuple[str, str]]  # what methods are called on, as it is written, and their names
# What a handler takes, and a middleware does not.
_OF_REQUESTS = ("http.Request", "Context", ".Ctx")


def answered(interpreter: Interpreter, reached: Iterable[Reached]) -> Iterator[Reached]:
    """Yield routes with the function that answers them at last, and with the verbs that it takes."""
    for item in reached:
        *around, handler = _layers(item.route.handler)
        if not isinstance(handler, FunctionValue | ObjectValue):
            said = item.route.options.get("arguments")
            handler = _written_in(said) or _called_like(said) or handler
        methods = item.route.methods
        if methods == [ANY_METHOD] and not item.route.options.get("static"):
            let_through = (go_verbs.let_through(layer) for layer in around)
            methods = next(filter(None, let_through), []) or go_verbs.taken_by(interpreter, handler) or methods
        for told in [[one] for one in methods] if methods is not item.route.methods else [methods]:
            yield replace(item, route=replace(item.route, handler=handler, methods=told))


def _layers(handler: Value, depth: int = 0, tried: set[int] | None = None) -> list[Value]:
    """Return a handler, what it hands requests on to, and so on to the last: of `logged(users)`, both.

    Each is tried once, however many hold it.
    """
    tried = set() if tried is None else tried
    if depth <= MAXIMUM_WRAPPERS and id(handler) not in tried:
        tried.add(id(handler))
        for held in _held_by(handler):
            found = _layers(held, depth + 1, tried)
            if isinstance(found[-1], FunctionValue):
                return [handler, *found]
    return [handler]


def _held_by(handler: Value) -> list[Value]:
    """Return the functions that a closure's maker was given, or a library's wrapper: the last one first."""
    if isinstance(handler, ObjectValue):
        return _held_by_a_wrapper(handler)
    if isinstance(handler, External) and handler.made_by is not None:
        given = handler.made_by.positional
    elif (
        isinstance(handler, FunctionValue) and not handler.node.name and isinstance(handler.scope.owner, nodes.Function)
    ):
        names = handler.scope.names
        used = {node.id for node in nodes_in(handler.node.body) if isinstance(node, nodes.Name)}
        given = [names.get(one.name) for one in handler.scope.owner.parameters if one.name in used]
    else:
        return []
    held = [one for one in reversed(given) if isinstance(one, FunctionValue | External | ObjectValue)]
    return sorted(held, key=lambda one: not _takes_a_request(one))


def _held_by_a_wrapper(wrapper: ObjectValue) -> list[Value]:
    """`&installed{handler}`, whose `ServeHTTP` looks at a request and hands it on."""
    named = {name: one for name, one in wrapper.fields.items() if _HANDED_ON.fullmatch(name)}
    return [one for one in named.values() if isinstance(one, FunctionValue | External | ObjectValue)]


def _takes_a_request(value: Value) -> bool:
    """Tell whether a function answers, or is a middleware that is given one that does."""
    typed = [type_name(one.type) for one in value.node.parameters] if isinstance(value, FunctionValue) else []
    return any(kind.endswith(_OF_REQUESTS) for kind in typed)


def _written_in(call: Value) -> FunctionValue | None:
    """Return the handler that is written inside an argument of which nothing is known: `use(show, limiter.Limit)`."""
    if not isinstance(call, Invocation) or call.node is None or not call.node.arguments:
        return None
    given = call.node.arguments[-1].value
    arguments = [one.value for one in given.arguments] if isinstance(given, nodes.Call) else []
    for one in arguments:
        value = call.interpreter.evaluate(one, call.scope) if isinstance(one, nodes.Name | nodes.Member) else None
        if isinstance(value, FunctionValue) and _takes_a_request(value):
            return value
    return None


def _called_like(call: Value) -> FunctionValue | None:
    """Return the program's one handler of a method's name, where nobody sees which type it is of: `users.Register`.

    An interface that a container of dependencies fills says no more than the names of its methods.
    """
    given = call.node.arguments[-1:] if isinstance(call, Invocation) and call.node is not None else []
    written = given[0].value if given else None
    if not isinstance(call, Invocation) or not isinstance(written, nodes.Member):
        return None
    of = call.interpreter.evaluate(written.of, call.scope)
    is_of_a_package = isinstance(of, PackageValue) or (isinstance(of, External) and of.made_by is None)
    names = call.interpreter.names(call.scope.file)
    if is_of_a_package or not isinstance(names, GoNames):
        return None
    found = [one for one in names.methods_called(written.name) if _takes_a_request(one)]
    return found[0] if len(found) == 1 else None


def name_of(handler: Value) -> str:
    """Return a handler's name; a closure has that of the function that makes it."""
    name = rows.name_of(handler)
    if name or not isinstance(handler, FunctionValue):
        return name
    owner = handler.scope.owner
    return owner.name if isinstance(owner, nodes.Function) and _returns(owner, handler.node) else ""


def _returns(owner: nodes.Function, closure: nodes.Function) -> bool:
    returned = [one.value for one in owner.body if isinstance(one, nodes.Return)]
    return any(node is closure for node in nodes_in(returned))


# --- what it is ------------------------------------------------------------------------------------------------------


def kind_of(known: dict[int, tuple[_Called, bool]], item: Reached) -> RouteKind:
    """Return whether a handler upgrades to a web socket, shows a page, or answers as an API does; `known` has what
    functions call that were looked at before, and whether they name a page."""
    said, handler = item.route.options, item.route.handler
    if said.get("static") or said.get("websocket"):
        return "static" if said.get("static") else "websocket"
    if isinstance(handler, External) and handler.name.startswith("net/http.RedirectHandler"):
        return "redirect"
    if serves_files(handler):
        return "static"
    given = getattr(said.get("arguments"), "positional", [])
    if any(isinstance(one, External) and "websocket." in one.name for one in given[-1:]):
        return "websocket"
    called, names_a_page = _looked_at(known, handler)
    if any(name in _UPGRADING and _OF_SOCKETS.search(of) for of, name in called):
        return "websocket"
    is_page = item.route.methods in (["GET"], [ANY_METHOD]) and (
        any(_shows(of, name) for of, name in called) or names_a_page
    )
    return "page" if is_page and not any(name in _ANSWERING for _, name in called) else "api"


def serves_files(handler: Value) -> bool:
    """Tell whether a handler gives out files: `http.FileServer(…)`, a library's own, one inside a `StripPrefix`."""
    if isinstance(handler, Thing):
        return handler.kind.name == "stripped" and serves_files(handler.data["handler"])
    name = handler.name if isinstance(handler, External) else getattr(handler, "source", "")
    return _OF_FILES.search(str(name)) is not None


def _looked_at(known: dict[int, tuple[_Called, bool]], handler: Value) -> tuple[_Called, bool]:
    if not isinstance(handler, FunctionValue):
        return set(), False
    if id(handler.node) not in known:
        known[id(handler.node)] = _called_in(handler.node.body), _names_a_page(handler.node.body)
    return known[id(handler.node)]


def _names_a_page(body: list[nodes.Statement]) -> bool:
    """`show(w, "index.html", …)`, of whatever function."""
    given = (one.value for call in nodes_in(body) if isinstance(call, nodes.Call) for one in call.arguments)
    return any(isinstance(one, nodes.Text) and _PAGE.search(one.value) is not None for one in given)


def _called_in(body: list[nodes.Statement]) -> _Called:
    calls = (node.function for node in nodes_in(body) if isinstance(node, nodes.Call))
    return {(source_of(one.of), one.name) for one in calls if isinstance(one, nodes.Member)}


def _shows(of: str, name: str) -> bool:
    """`c.HTML(…)`, `c.Render(…)`, `tmpl.Execute(w, …)`; but chi's `render.Render(w, r, …)` answers with JSON."""
    if (of, name) == ("render", "Render"):
        return False
    return name in ("HTML", "ExecuteTemplate") or (name in ("Render", "Execute") and _SHOWING.search(of) is not None)
