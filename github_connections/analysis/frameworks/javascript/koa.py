"""Koa with its router: routers nested in each other, prefixes, `koa-mount`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from github_connections.analysis import http_verbs
from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.javascript import koa_decorators
from github_connections.analysis.frameworks.javascript.javascript_auth import auth_on
from github_connections.analysis.frameworks.javascript.javascript_guards import below, guards_of
from github_connections.analysis.frameworks.javascript.javascript_helpers import place_and_name
from github_connections.analysis.frameworks.javascript.javascript_inputs import Answering, inputs_of
from github_connections.analysis.frameworks.javascript.javascript_servers import (
    CONTAINERS,
    Argued,
    from_colons,
    handler_name,
    hands_on_by_name,
    is_path,
    methods_in,
    resolved,
    router_in,
    text_in,
    texts_in,
    written,
)
from github_connections.analysis.frameworks.javascript.javascript_styles import KOA
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.routing import Router, itself, reached_in, routers_of
from github_connections.analysis.linking.values import (
    Behaviour,
    Kind,
    ListValue,
    MapValue,
    Thing,
    Unknown,
    Value,
    entries_of,
    items_or_itself,
)
from github_connections.analysis.report import ANY_METHOD, Route

ROUTER_MODULES = ("koa-router", "@koa/router", "koa-joi-router", "koa-better-router", "koa-zod-router")
METHODS = {verb: verb.upper() for verb in http_verbs.OF_BROWSERS} | {"del": "DELETE", "all": ANY_METHOD}


def declare(registry: Registry) -> None:
    """Add applications, routers and what joins them."""
    registry.calls[f"{koa_decorators.MODULE}.SwaggerRouter"] = _router
    for name in ("koa", "koa.default"):
        registry.calls[name] = lambda call: call.router(APPLICATION, application=True)
        registry.types[name] = APPLICATION
    for module in ROUTER_MODULES:
        for name in (module, f"{module}.default", f"{module}.Router"):
            registry.calls[name] = _router
            registry.types[name] = ROUTER
    for package in ROUTER_MODULES:
        registry.parameters.setdefault("router", {})[package] = ROUTER
    registry.parameters.setdefault("app", {})["koa"] = APPLICATION
    for name in CONTAINERS:
        registry.calls[name] = resolved
    registry.calls["koa-mount"] = _mount
    for verb, method in METHODS.items():
        registry.calls[f"koa-route.{verb}"] = _standing_alone(method)
    for package in ("koa-compose", "koa-convert", "koa-websocket", "koa-qs"):
        registry.calls[package] = lambda call: call.value(0)


def _router(call: Invocation) -> Value:
    prefix = entries_of(call.value(0)).get("prefix", "")
    return call.router(ROUTER, prefix=text_in(prefix), how="prefix")


# --- routes -------------------------------------------------------------------------------------------------------


def _verb(method: str) -> Behaviour:
    """Return the behaviour of `router.get([name], path, …, handler)`."""

    def register(call: Invocation) -> Value:
        # A route may have a name before its path.
        named = len(call.positional) > 1 and isinstance(call.value(0), str) and is_path(call.value(1))
        position = 1 if named and not call.value(0).startswith("/") else 0
        if len(call.positional) > position + 1:
            handlers = written(call)[position + _count(call.value(position)) :]
            _add(call, [method], texts_in(call.value(position)), handlers)
        return call.receiver

    return register


def _standing_alone(method: str) -> Behaviour:
    """Return the behaviour of `route.get(path, handler)` of koa-route: a middleware that answers at one path."""

    def make(call: Invocation) -> Value:
        router: Router = call.router(ROUTER)
        handlers = written(call)[1:] or [(None, None)]
        answering: Any = Answering(handlers, call.scope)
        router.add([method], text_in(call.value(0)), call.place, handler_name(*handlers[-1]), answering=answering)
        return router

    return make


def _redirect(call: Invocation) -> Value:
    """`router.redirect(path, destination)`."""
    for path in texts_in(call.value(0)):
        call.receiver.add([ANY_METHOD], path, call.place, kind="redirect")
    return call.receiver


def _count(value: Value) -> int:
    return len(value.items) if isinstance(value, ListValue) else 1


def _add(call: Invocation, methods: list[str], paths: Iterable[str], handlers: list[Argued]) -> None:
    guards = [*call.receiver.data.get("guards", ()), *guards_of(handlers[:-1], call.place, call.interpreter)]
    name = handler_name(*handlers[-1]) if handlers else ""
    if methods == [ANY_METHOD] and handlers and hands_on_by_name(name):
        return
    answering: Any = Answering(handlers, call.scope)
    place, name = place_and_name(call, handlers[-1]) if handlers else (call.place, name)
    for path in paths:
        call.receiver.add(methods, path, place, name, guards=guards, answering=answering)


def _register(call: Invocation) -> Value:
    """`router.register(path, methods, middleware)`."""
    methods = methods_in(call.value(1))
    _add(call, methods, texts_in(call.value(0)), written(call)[-1:])
    return call.receiver


def _route(call: Invocation) -> Value:
    """`router.route({method, path, handler})` of koa-joi-router, one or several."""
    for item in items_or_itself(call.value(0)):
        if isinstance(item, MapValue) and "path" in item.entries:
            methods = methods_in(item.entries.get("method", ANY_METHOD))
            _add(call, methods, texts_in(item.entries["path"]), [(item.entries.get("handler"), None)])
    return call.receiver


# --- mounting -----------------------------------------------------------------------------------------------------


def _use(call: Invocation) -> Value:
    """`use([path], …)`: nested routers are mounted, guards apply to what follows."""
    arguments = written(call)
    count = _count(call.value(0)) if is_path(call.value(0)) else 0
    prefixes = texts_in(call.value(0)) if count else [""]
    rest = arguments[count:]
    guards = guards_of(rest, call.place, call.interpreter)
    known = call.receiver.data.get("guards", [])
    routers = [found for value, _ in rest if (found := _mounted(value, call)) is not None]
    for inner, router in routers:
        for prefix in prefixes:
            call.receiver.mount(
                paths.join_trimmed([prefix, inner]) if prefix or inner else "",
                router,
                call.place,
                "use",
                guards=[*known, *guards],
            )
    if not routers:
        call.receiver.data["guards"] = [*known, *(below(guards, prefixes) if count else guards)]
    return call.receiver


def _mounted(value: Value, call: Invocation) -> tuple[str, Router] | None:
    if isinstance(value, Thing) and value.kind is MOUNT:
        return value.data["prefix"], value.data["router"]
    router = router_in(value, call)
    return None if router is None else ("", router)


def _mount(call: Invocation) -> Value:
    """`mount([path], app)` of koa-mount, for `use`."""
    router = router_in(call.value(-1), call)
    prefix = text_in(call.value(0)) if len(call.positional) > 1 else ""
    return Unknown("mount()") if router is None else Thing(MOUNT, call.place, {"prefix": prefix, "router": router})


def _prefix(call: Invocation) -> Value:
    call.receiver.prefix = text_in(call.value(0)) + call.receiver.prefix
    call.receiver.how = "prefix"
    return call.receiver


def _nothing(call: Invocation) -> Value:
    return Unknown(call.name)


MOUNT = Kind("koa mount", is_router=False)
ROUTER = Kind(
    "koa router",
    methods={name: _verb(method) for name, method in METHODS.items()}
    | {"[]": _verb(ANY_METHOD), "register": _register, "route": _route, "use": _use, "prefix": _prefix}
    | {"map": koa_decorators.map_class, "mapDir": koa_decorators.map_directory}
    | {"routes": itself, "middleware": itself, "allowedMethods": _nothing, "redirect": _redirect},
)
# `app.use(router(app))` of the first koa-router gives the verbs to the application.
APPLICATION = Kind("koa application", methods={name: _verb(method) for name, method in METHODS.items()} | {"use": _use})


# --- rows ---------------------------------------------------------------------------------------------------------


def routes(interpreter: Interpreter) -> Iterable[Route]:
    """Yield a row for every route of every application, and of routers whose way to one is not seen."""
    reached = reached_in(routers_of(interpreter, ROUTER, APPLICATION))
    return rows.routes_of(
        reached,
        "koa",
        rewrite=lambda path: paths.from_braces(from_colons(path)),
        join=paths.join_trimmed,
        kind=lambda item: "redirect" if item.route.options.get("kind") == "redirect" else "api",
        auth=lambda item: auth_on(interpreter, item, paths.join_trimmed(item.pieces)),
        params=lambda item, path: inputs_of(interpreter, item, path, KOA),
    )


FRAMEWORK = Framework(
    name="koa",
    language="javascript",
    family="javascript",
    kind="server",
    packages=("koa", "@koa/router", "koa-router"),
    imports=("koa", "@koa/"),
    words=frozenset({"allowedMethods"}),
    declare=declare,
    routes=routes,
)
