"""What Express's `use` does: routers are mounted, guards remembered, and functions at a path answer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from github_connections.analysis.frameworks import paths
from github_connections.analysis.frameworks.javascript.graphql import serve_at
from github_connections.analysis.frameworks.javascript.javascript_guards import Guard, below, guards_of
from github_connections.analysis.frameworks.javascript.javascript_servers import (
    SERVED_AT,
    WITH_NEXT,
    Argued,
    handler_name,
    hands_on,
    is_path,
    names_a_path,
    router_in,
    texts_in,
    written,
)
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.routing import Router
from github_connections.analysis.linking.values import (
    HOLE,
    External,
    FunctionValue,
    ListValue,
    Thing,
    Unknown,
    Value,
    is_known,
)
from github_connections.analysis.report import ANY_METHOD
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

_GRAPHQL = re.compile(
    r"(?i)graphqlhttp|createhandler|(^|\.)expressmiddleware|graphqlexpress|createyoga|yoga|graphql_?server"
)

_EVERYTHING = re.compile(r"/?(\*\w*|\(\.\*\)|\{/?\*\w+\}|\{path\*\})")


def use(call: Invocation) -> Value:
    """`app.use(path, …)`: routers are mounted, guards remembered for what follows, and what answers is a route."""
    prefixes, rest = _prefixes(call)
    routers = [router for value, expression in rest for router in _routers_of(value, expression, call)]
    guards = guards_of(rest, call.place, call.interpreter)
    receiver = call.receiver
    if not routers:
        _use_functions(call, prefixes, rest, guards)
        return receiver
    met = [*receiver.data.get("guards", ()), *guards]
    for router in routers:
        for prefix in prefixes or [""]:
            _mount(prefix, router, call, met)
    return receiver


def mount_unstripped(call: Invocation, handlers: list[Argued]) -> bool:
    """Mount the routers among the handlers of a verb, as `app.all("/orders*", orders)` has them; tell whether there are
    any. They are asked with the whole path, so that none stands before theirs.
    """
    routers = [router for value, _ in handlers if (router := router_in(value, call)) is not None]
    guards = [*call.receiver.data.get("guards", ()), *guards_of(handlers, call.place, call.interpreter)]
    for router in routers:
        call.receiver.mount("", router, call.place, call.name.rpartition(".")[2], guards=guards)
    return bool(routers)


def _mount(prefix: str, router: Router, call: Invocation, guards: list[Guard]) -> None:
    """Mount a router; of two mounts in one file, one at a path that is not known at all, that one is another branch.

    `if (standalone) app.use("/", routes); else app.use(options.base, routes)`.
    """
    receiver: Router = call.receiver
    others = [one for one in receiver.mounts_of(router) if one.place.file == call.place.file]
    if _is_hole(prefix) and any(is_known(one.prefix) for one in others):
        return
    for one in others if is_known(prefix) else ():
        if _is_hole(one.prefix):
            receiver.unmount(one)
            router.parents -= not one.closes_circle
    receiver.mount(prefix, router, call.place, "use", guards=guards)


def _is_hole(prefix: str) -> bool:
    return prefix.startswith(HOLE) and prefix.endswith("}") and "/" not in prefix


def _routers_of(value: Value, expression: nodes.Expression | None, call: Invocation) -> list[Router]:
    """Return the router that an argument is, that a library wraps (`vhost(name, app)`), or that a function calls."""
    router = router_in(value, call)
    if router is not None:
        return [router]
    inner: list[Value] = []
    if isinstance(value, External) and value.made_by is not None:
        inner = value.made_by.positional
    elif isinstance(value, FunctionValue) and isinstance(expression, nodes.Function):
        inner = list(_called_with_the_request(value, call))
    return [one for one in inner if isinstance(one, Router) and one is not call.receiver]


def _called_with_the_request(value: FunctionValue, call: Invocation) -> Iterator[Value]:
    """Yield what a function hands its request to: `(req, res, next) => open() ? inner(req, res, next) : next()`."""
    request = value.node.parameters[0].name if value.node.parameters else ""
    for found in nodes_in(value.node.body) if request else ():
        match found:
            case nodes.Call(function=nodes.Name(id=name), arguments=[nodes.Argument(value=given), _, *_]):
                holder = value.scope.holder_of(name)
                if given == nodes.Name(request) and holder is not None:
                    yield call.interpreter.force(holder, name)


def _prefixes(call: Invocation) -> tuple[list[str], list[Argued]]:
    arguments = written(call)
    first = call.value(0)
    if is_path(first):
        return texts_in(first), arguments[count_paths(call) :]
    if len(arguments) > 1 and isinstance(first, Unknown | External) and names_a_path(arguments[0][1]):
        return texts_in(first), arguments[1:]
    return [], arguments


def is_everything(path: str) -> bool:
    """Tell whether a path is every path: `*`, `/*splat`, `(.*)`."""
    return _EVERYTHING.fullmatch(path) is not None


def count_paths(call: Invocation) -> int:
    """Return how many of the `written` arguments are paths: one, or as many as an array in front has."""
    first = call.value(0)
    return len(first.items) if isinstance(first, ListValue) else 1


def _use_functions(call: Invocation, prefixes: list[str], rest: list[Argued], guards: list[Guard]) -> None:
    receiver = call.receiver
    known = list(receiver.data.get("guards", ()))
    receiver.data["guards"] = known + (
        below(guards, (paths.join_trimmed([path]) for path in prefixes)) if prefixes else guards
    )
    for path in prefixes:
        for value, _ in rest:
            if isinstance(value, Thing) and SERVED_AT in value.data:
                value.data[SERVED_AT](path, call.place)
        # What is used at every path says that there is nothing.
        kind = "" if is_everything(path) else _kind_of_answer(rest)
        if kind:
            receiver.add([ANY_METHOD], path, call.place, handler_name(*rest[-1]), guards=known + guards, kind=kind)
        if kind == "graphql" and receiver.application:
            serve_at(call, path)


def _kind_of_answer(rest: list[Argued]) -> str:
    """Return what a function that is used at a path gives; nothing for one that only hands on."""
    if not rest:
        return ""
    value, expression = rest[-1]
    if _GRAPHQL.search(handler_name(value, expression)):
        return "graphql"
    if isinstance(value, FunctionValue) and isinstance(expression, nodes.Function):
        return "api" if 0 < len(value.node.parameters) <= WITH_NEXT and not hands_on(value.node) else ""
    if isinstance(value, FunctionValue) and isinstance(expression, nodes.Name | nodes.Member):
        return "api" if len(value.node.parameters) == WITH_NEXT - 1 else ""
    return ""


def use_otherwise(call: Invocation) -> Value:
    """What a program added to its applications: given a path and a router, or what makes one, it mounts."""
    if is_path(call.value(0)) and len(call.positional) > 1:
        value = call.value(1)
        if isinstance(value, FunctionValue) and not value.node.parameters:
            call.positional[1] = call.run(value)
        if router_in(call.value(1), call) is not None:
            return use(call)
    call.run_callbacks()
    return call.receiver
