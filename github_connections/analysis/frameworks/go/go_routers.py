"""What Go's routers share: verbs, groups, what is mounted; and paths with colons, braces and stars."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.go import go_documented, go_guards, go_handlers, go_settings, go_verbs
from github_connections.analysis.frameworks.go.go_reads import is_handed
from github_connections.analysis.linking import sequences
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.routing import Router, reached_in, routers_of
from github_connections.analysis.linking.values import (
    Behaviour,
    External,
    FunctionValue,
    Kind,
    ObjectValue,
    Thing,
    Unknown,
    Value,
    is_only_a_hole,
    text_of,
    type_name,
)
from github_connections.analysis.report import ANY_METHOD, Route
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

VERBS = go_verbs.VERBS
# The kinds of all of Go's routers: one may be mounted in another's.
KINDS: list[Kind] = []
# The module of each kind; whoever imports it may have been given a router by somebody else's library.
_MODULES: dict[str, Kind] = {}
_VERB = re.compile(r"[A-Z]{3,12}")  # those of WebDAV too
# What stands for a colon that begins no variable, `/rooms\\:close`, until the variables are found.
_COLON = "\0"
_CONSTRAINT = re.compile(r"(:\w+)<[^>/]{0,200}>")


def declare_methods(registry: Registry) -> None:
    """`http.MethodGet` and its like are the verbs."""
    for verb in VERBS:
        registry.values[f"net/http.Method{verb.capitalize()}"] = verb
        registry.values[f"github.com/gofiber/fiber.Method{verb.capitalize()}"] = verb
        registry.values[f"github.com/labstack/echo.{verb}"] = verb


def constructors(registry: Registry, names: Iterable[str], types: Iterable[str], kind: Kind) -> None:
    """Declare what makes an application of a kind, and the types that a parameter of it may have."""
    declare_methods(registry)
    if kind not in KINDS:
        KINDS.append(kind)
    for name in names:
        registry.calls[name] = lambda call: call.router(kind, application=True)
        registry.makers.add(name)
    for name in types:
        registry.types[name] = kind
        _MODULES[name.rpartition(".")[0]] = kind
    registry.calls["*.Group"] = _group_of_a_stranger


def is_verb(text: str) -> bool:
    """Tell whether a text is a verb, one of HTTP's or of what is made of it: `PROPFIND`, `LOCK`."""
    return _VERB.fullmatch(text) is not None


def verb(*methods: str, path: int = 0, handler: int = -1) -> Behaviour:
    """Return the behaviour of `r.GET(path, handlers…)`; it gives back the router, for chains."""

    def register(call: Invocation) -> Value:
        if not is_left_to_callers(path, call):
            answering = call.value(handler) if len(call.positional) > path + 1 else None
            call.receiver.add(list(methods), call.text(path), call.place, answering, **said_at(call))
        return call.receiver

    return register


def said_at(call: Invocation) -> dict[str, Any]:
    """Return what is kept of a call that registers something: what it was given, and when."""
    return {"arguments": call, "moment": go_guards.moment(call)}


def is_left_to_callers(path: int, call: Invocation) -> bool:
    """Tell whether a whole path is made of a parameter of a function that nobody is seen to call."""
    if call.node is None or len(call.node.arguments) <= path or not is_only_a_hole(call.text(path).removesuffix("/")):
        return False
    names = (node.id for node in nodes_in(call.node.arguments[path].value) if isinstance(node, nodes.Name))
    return any(_is_unknown_parameter(name, call) for name in names)


def _is_unknown_parameter(name: str, call: Invocation) -> bool:
    holder = call.scope.holder_of(name)
    owner = holder.owner if holder is not None else None
    is_parameter = isinstance(owner, nodes.Function) and any(one.name == name for one in owner.parameters)
    return holder is not None and is_parameter and isinstance(holder.names[name], Unknown)


def method_named(method: int = 0, path: int = 1) -> Behaviour:
    """Return the behaviour of `r.Handle("GET", path, handler)`; a list of verbs makes a row for each."""

    def register(call: Invocation) -> Value:
        named = call.value(method)
        said = sequences.items_of(named) or [named]
        verbs = [part.strip() for item in said for part in text_of(item).split(",")]
        methods = [item.upper() if is_verb(item.upper()) else ANY_METHOD for item in verbs]
        if is_left_to_callers(path, call):
            return call.receiver
        answering = call.value(-1)
        call.receiver.add(list(dict.fromkeys(methods)), call.text(path), call.place, answering, **said_at(call))
        return call.receiver

    return register


def static(call: Invocation) -> Value:
    """`r.Static(prefix, directory)` serves files below the prefix."""
    prefix = call.text(0).rstrip("/*")
    call.receiver.add(["GET"], f"{prefix}/*filepath", call.place, None, static=True, **said_at(call))
    return call.receiver


def static_file(call: Invocation) -> Value:
    """`r.StaticFile(path, file)`."""
    call.receiver.add(["GET"], call.text(0), call.place, None, static=True, **said_at(call))
    return call.receiver


def group(call: Invocation) -> Value:
    """`g := r.Group(prefix, guards…)`; a function, as the last argument, gets the group."""
    first = call.value(0)
    prefix = "" if first is None or isinstance(first, FunctionValue) else text_of(first)
    inner = call.receiver.group(prefix, call.place, "Group", **said_at(call))
    last = call.value(-1)
    if isinstance(last, FunctionValue) and not last.node.name and last.node.parameters and not _is_guard(last):
        call.run(last, inner)
    return inner


def _group_of_a_stranger(call: Invocation) -> Value:
    """`app := platform.Engine()`, of somebody's library, and `app.Group("/api")`: the file says of which framework."""
    file = call.scope.file
    kinds = (kind for module, kind in _MODULES.items() if "Group" in kind.methods and file.imports((module,)))
    kind = next(kinds, None) if file.family == "go" and isinstance(call.value(0), str) else None
    if kind is None:
        call.run_callbacks()
        return External(f"{call.name}()", call)
    call.receiver = call.router(kind, application=True)
    return group(call)


def _is_guard(function: FunctionValue) -> bool:
    """Tell whether a function is handed a request, or the handler that follows, and no group."""
    kind = type_name(function.node.parameters[0].type)
    return is_handed(kind) or kind.endswith(("ResponseWriter", "HandlerFunc", "Handler"))


def use(call: Invocation) -> Value:
    """`r.Use(guards…)` applies to what is registered below; with a path and an application, it mounts."""
    if isinstance(call.value(0), str) and isinstance(call.value(-1), Router):
        call.receiver.mount(call.text(0), call.value(-1), call.place, "Use")
    else:
        go_guards.remember(call)
    return call.receiver


def mount(call: Invocation) -> Value:
    """`r.Mount(prefix, other)`."""
    inner = router_in(call.value(1), call)
    if inner is not None:
        call.receiver.mount(call.text(0), inner, call.place, "Mount")
    else:
        prefix = call.text(0).rstrip("/")
        call.receiver.add([ANY_METHOD], f"{prefix}/*", call.place, call.value(1), partial=True)
    return call.receiver


def router_in(value: Value, call: Invocation, depth: int = 0) -> Router | None:
    """Return the router in a value: itself, one inside a wrapper, an object that embeds or holds one."""
    if isinstance(value, Router) or depth > 3:
        return whole(value) if isinstance(value, Router) else None
    if isinstance(value, ObjectValue):
        return next((whole(item) for item in value.fields.values() if isinstance(item, Router)), None)
    if isinstance(value, FunctionValue) and isinstance(value.scope.owner, nodes.Function):
        # `func logged(next http.Handler) http.Handler { return func(…) { next… } }`
        held = (value.scope.names.get(parameter.name) for parameter in value.scope.owner.parameters)
        return next((found for item in held if (found := router_in(item, call, depth + 1))), None)
    if isinstance(value, External) and value.made_by is not None:
        for argument in reversed(value.made_by.positional):
            found = router_in(argument, call, depth + 1)
            if found is not None:
                return found
    if isinstance(value, Thing):
        return router_in(value.data.get("router"), call, depth + 1)
    return None


def whole(router: Router) -> Router:
    """Return the router whose paths a router matches: itself, or the one that it is a part of."""
    found: Router = router.data.get("whole", router)
    return found


def rewrite(path: str) -> str:
    """Return a path in the report's form, whichever of Go's forms it has."""
    path = _CONSTRAINT.sub(r"\1", path).replace("{$}", "").replace("\\:", _COLON)
    path = paths.from_braces(path)
    if any(mark in path for mark in (":", "*", "/+")):
        path = re.sub(r"(?<![\w}?*])[*+](?=/|\Z)", "{path*}", paths.from_colons(path))
    return path.replace(_COLON, ":")


def routes_of(
    interpreter: Interpreter, name: str, kinds: Iterable[Kind], *, join: Callable[[Iterable[str]], str] = paths.join
) -> Iterable[Route]:
    """Yield the rows of every router of these kinds."""
    wanted = list(kinds)
    reached = reached_in(routers_of(interpreter, *KINDS))
    reached = (item for item in reached if item.router.kind in wanted)
    return rows.routes_of(
        go_handlers.answered(interpreter, reached),
        name,
        rewrite=lambda path: rewrite(go_settings.filled(interpreter, path)),
        join=join,
        kind=partial(go_handlers.kind_of, {}),
        auth=partial(go_documented.auth, interpreter),
        params=partial(go_documented.parameters, interpreter),
        named=go_handlers.name_of,
        answers=partial(go_documented.answered, interpreter),
        statuses=partial(go_documented.status_codes, interpreter),
    )
