"""Spring's functional end points: `route(GET("/x"), handler)`, builders, Kotlin's router DSL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from github_connections.analysis import http_verbs
from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.java.jvm_handlers import function_of
from github_connections.analysis.frameworks.java.jvm_settings import AllSettings, Settings
from github_connections.analysis.frameworks.java.spring_paths import as_braces, context_of
from github_connections.analysis.frameworks.java.spring_predicates import (
    NEUTRAL,
    joined,
    method_predicate,
    neutral,
    opened,
    path_predicate,
    predicate,
    registered,
    verb_predicate,
    ways_of,
)
from github_connections.analysis.frameworks.java.spring_requests import inputs_of
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.routing import Reached, Router, reach
from github_connections.analysis.linking.values import Behaviour, External, FunctionValue, Kind, Thing, Value, is_known
from github_connections.analysis.report import ANY_METHOD, Place, Route

PACKAGES = ("org.springframework.web.reactive.function.server", "org.springframework.web.servlet.function")
WORDS = frozenset({"coRouter", "router", "andRoute", "andNest"})
VERBS = tuple(map(str.upper, http_verbs.OF_BROWSERS))


# --- router functions -----------------------------------------------------------------------------------------------


def _route(call: Invocation) -> Value:
    """`route(predicate, handler)` is a router function, `route()` begins to build one."""
    router = call.router(ROUTER)
    return _and_route(call, router) if call.positional else router


def _and_route(call: Invocation, router: Router) -> Router:
    given = call.value(0)
    registered(router, given, given.place if isinstance(given, Thing) else call.place, _handler(call))
    return router


def _handler(call: Invocation) -> Value:
    """Return who answers: the last argument, also where that is a method of something that is injected."""
    given = call.value(-1)
    if isinstance(given, FunctionValue) or call.node is None or not call.node.arguments:
        return given
    return function_of(call.interpreter, call.node.arguments[-1].value, call.scope) or given


def _more(call: Invocation) -> Value:
    return _and_route(call, call.receiver)


def _nest(call: Invocation) -> Value:
    """`nest(predicate, routerFunction)`."""
    router = call.router(ROUTER)
    opened(call, router, call.value(0), call.value(1))
    return router


def _nest_here(call: Invocation) -> Value:
    """`builder.nest(predicate, builder -> …)`, `builder.path("/x", …)`, `function.andNest(…)`, `"/x".nest { … }`."""
    opened(call, call.receiver, call.value(0), call.value(-1))
    return call.receiver


def _with(call: Invocation) -> Value:
    """`function.and(other)`, `builder.add(other)`."""
    other = call.value(0)
    if isinstance(other, Router) and other is not call.receiver:
        call.receiver.mount("", other, call.place, "and")
    return call.receiver


def _verb(method: str) -> Behaviour:
    def register(call: Invocation) -> Value:
        """With a handler it is a route; Kotlin's `GET("/x")` alone is a predicate."""
        if len(call.positional) == 1 and isinstance(call.value(0), str):
            return predicate(call, [([method], call.text(0))])
        with_path = isinstance(call.value(0), str)
        call.receiver.add([method], call.text(0) if with_path else "", call.place, _handler(call))
        return call.receiver

    return register


def _resources(call: Invocation) -> Value:
    if isinstance(call.value(0), str):
        call.receiver.add(["GET"], call.text(0), call.place, None, static=True)
    return call.receiver


def _handled_text(call: Invocation) -> Value:
    """Kotlin's `"/x"(handler)`."""
    call.receiver.add([ANY_METHOD], call.text(0), call.place, call.value(1))
    return call.receiver


def _text_and(call: Invocation) -> Value:
    """Kotlin's `"/x" and accept(JSON)`."""
    return predicate(call, [joined(([], call.text(0)), other) for other in ways_of(call.value(1))])


def _router_block(call: Invocation) -> Value:
    """Kotlin's `router { … }`."""
    router = call.router(ROUTER)
    for block in call.functions():
        call.run(block, router, this=router)
    return router


def _beans(call: Invocation) -> Value:
    """Kotlin's `beans { bean { router { … } } }`: what makes a bean is run, as it may make a router."""
    beans = Thing(BEANS, call.place)
    for block in call.functions():
        call.run(block, this=beans)
    return beans


_BEANS = "org.springframework.context.support.beans"
BEANS = Kind("spring beans", methods={"bean": _beans}, is_router=False)
ROUTER = Kind(
    "spring router function",
    methods={
        **{method: _verb(method) for method in VERBS},
        "andRoute": _more,
        "route": _more,
        "nest": _nest_here,
        "path": lambda call: _nest_here(call) if len(call.positional) > 1 else path_predicate(call),
        "andNest": _nest_here,
        "text.nest": _nest_here,
        "text.and": _text_and,
        "text.invoke": _handled_text,
        "and": _with,
        "andOther": _with,
        "add": _with,
        "resources": _resources,
        "build": lambda call: call.receiver,
        "accept": neutral,
        "contentType": neutral,
        "headers": neutral,
        "method": method_predicate,
    },
)


# Builders that document what they build take one argument more, the last one.
_DOCUMENTED = ("org.springdoc.webflux.core.fn", "org.springdoc.webmvc.core.fn", "org.springdoc.core.fn")


def _undocumented(behaviour: Behaviour) -> Behaviour:
    def call_without_last(call: Invocation) -> Value:
        call.positional = call.positional[:-1]
        return behaviour(call)

    return call_without_last


DOCUMENTED = Kind(
    "springdoc router function",
    methods={
        **ROUTER.methods,
        **{name: _undocumented(ROUTER.methods[name]) for name in (*VERBS, "route", "nest", "path", "resources")},
    },
)


# --- rows -----------------------------------------------------------------------------------------------------------


def declare(registry: Registry) -> None:
    """Add router functions and what their predicates are made of."""
    registry.calls[_BEANS] = _beans
    for package in _DOCUMENTED:
        registry.calls[f"{package}.SpringdocRouteBuilder.route"] = lambda call: call.router(DOCUMENTED)
    for package in PACKAGES:
        functions, predicates = f"{package}.RouterFunctions", f"{package}.RequestPredicates"
        for name in (functions, predicates):
            registry.values.setdefault(name, External(name))
        registry.calls[f"{functions}.route"] = _route
        registry.calls[f"{functions}.nest"] = _nest
        for name in ("router", "coRouter"):
            registry.calls[f"{package}.{name}"] = _router_block
        for method in VERBS:
            registry.calls[f"{predicates}.{method}"] = verb_predicate(method)
        registry.calls[f"{predicates}.path"] = path_predicate
        registry.calls[f"{predicates}.method"] = method_predicate
        for name in NEUTRAL:  # each by name: with `import static … .*` twice, nobody else's name may be taken for one
            registry.calls[f"{predicates}.{name}"] = neutral
        registry.types[f"{package}.RouterFunction"] = ROUTER
        for name in ("RouterFunctionDsl", "CoRouterFunctionDsl", "RouterFunctions.Builder"):
            registry.types[f"{package}.{name}"] = ROUTER


def rows_of(interpreter: Interpreter, settings: AllSettings) -> Iterator[Route]:
    """Yield a row for each route of each router function, below what the settings put before it."""
    roots = [router for router in interpreter.routers if router.kind in (ROUTER, DOCUMENTED) and not router.parents]
    by_route: dict[tuple[Place, str], list[Reached]] = defaultdict(list)
    for root in roots:
        for item in reach(root):
            by_route[item.route.place, item.route.path].append(item)
    for ways in by_route.values():
        # One that was also run by itself, without what is mounted around it, says less.
        longest = max(len(item.pieces) for item in ways)
        for item in ways:
            if len(item.pieces) == longest:
                file = interpreter.program.by_path[item.route.place.file]
                yield from _rows(interpreter, item, settings.of(file))


def _rows(interpreter: Interpreter, item: Reached, settings: Settings) -> Iterator[Route]:
    before = list(context_of(settings))
    pieces = [prefix.value for prefix in before] + [settings.resolve(piece) for piece in item.pieces]
    path = paths.from_braces(as_braces(paths.join(pieces)))
    in_path = rows.path_parameters(path)
    read = inputs_of(interpreter, item.route.handler, {one.name for one in in_path})
    for method in item.route.methods:
        yield Route(
            method=method,
            path=path,
            file=item.route.place.file,
            line=item.route.place.line,
            framework="spring",
            kind="static" if "static" in item.route.options else "api",
            handler=rows.name_of(item.route.handler),
            raw_path=item.route.path,
            prefixes=[*before, *rows.prefixes_of(item)],
            params=[*in_path, *read],
            request_model=rows.model_in(read),
            confidence="exact" if is_known(path) else "partial",
        )
