"""Express, and what is used the same way: applications and routers mounted in each other."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from github_connections.analysis import http_verbs
from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.javascript import backstage
from github_connections.analysis.frameworks.javascript.express_mounting import (
    count_paths,
    is_everything,
    mount_unstripped,
    use,
    use_otherwise,
)
from github_connections.analysis.frameworks.javascript.javascript_auth import auth_on
from github_connections.analysis.frameworks.javascript.javascript_guards import (
    Guard,
    below,
    guard_of,
    guards_of,
)
from github_connections.analysis.frameworks.javascript.javascript_handlers import functions_in
from github_connections.analysis.frameworks.javascript.javascript_helpers import place_and_name
from github_connections.analysis.frameworks.javascript.javascript_inputs import Answering, inputs_of
from github_connections.analysis.frameworks.javascript.javascript_servers import (
    CONTAINERS,
    GIVEN_PATHS,
    Argued,
    from_colons,
    handler_name,
    hands_on,
    hands_on_by_name,
    is_path,
    resolved,
    texts_in,
    written,
)
from github_connections.analysis.frameworks.javascript.javascript_sources import source_of_function
from github_connections.analysis.frameworks.javascript.javascript_styles import EXPRESS
from github_connections.analysis.frameworks.javascript.schemas import declare_schemas
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.routing import Reached, Router, reached_in, routers_of
from github_connections.analysis.linking.values import (
    HOLE,
    Behaviour,
    FunctionValue,
    Kind,
    MapValue,
    Native,
    Thing,
    Value,
)
from github_connections.analysis.report import ANY_METHOD, Route, RouteKind
from github_connections.analysis.syntax import nodes

APPLICATIONS = (
    "express",
    "express.default",
    "express.application",
    "polka",
    "ultimate-express",
    "@tinyhttp/app.App",
    "restify.createServer",
)
ROUTERS = (
    "express.Router",
    "express.default.Router",
    "express-promise-router",
    "express-promise-router.default",
    "express-async-router.AsyncRouter",
    "ultimate-express.Router",
    "@awaitjs/express.Router",
    "router",
)
TYPES = (
    "express.Application",
    "express.Express",
    "express.IRouter",
    "express.Router",
    "express-serve-static-core.Application",
    "express-serve-static-core.Express",
    "express-serve-static-core.IRouter",
    "express-serve-static-core.Router",
    "express-ws.Application",
)
METHODS = (
    {verb: verb.upper() for verb in http_verbs.OF_BROWSERS}
    | {"del": "DELETE"}
    | {f"{verb}Async": verb.upper() for verb in http_verbs.OF_BROWSERS}
)
# Verbs that Express has too, by words that programs also use for other things: a router must be known to be one.
RARE_METHODS = {verb: verb.upper() for verb in ("search", "propfind", "purge", "report")}
_NOTHING = re.compile(r"(?i)\b404\b|not_?found")
# `if (extension) res.status(404)…`: what stands behind a question is said of some paths.
_ASKING = re.compile(r"\b(?:if|case|catch|while|for)\b|\s\?\s|&&|\|\|")
_SHOWING = re.compile(r"(?i)send_?file|\.html\b|\bnext\(|handle\w*\(")
PREFLIGHT = ("OPTIONS", "cors")


def declare(registry: Registry) -> None:
    """Add applications, routers, and the types that parameters for them have."""
    for name in APPLICATIONS:
        registry.calls[name] = _application
    for name in ROUTERS:
        registry.calls[name] = _router
    for name in ("app", "router", "server"):
        registry.parameters.setdefault(name, {})["express"] = ROUTER
    for name in TYPES:
        registry.types[name] = ROUTER
    for name in CONTAINERS:
        registry.calls[name] = resolved
    declare_schemas(registry)
    registry.calls["express-ws"] = _with_websockets
    registry.calls["express-lazy-router.createLazyRouter"] = _lazily
    backstage.declare(registry, ROUTER)
    registry.calls["@awaitjs/express.decorateApp"] = registry.calls["@awaitjs/express.decorateRouter"] = _same


def _application(call: Invocation) -> Value:
    return call.router(ROUTER, application=True)


def _router(call: Invocation) -> Value:
    return call.router(ROUTER)


def _same(call: Invocation) -> Value:
    return call.value(0)


def _with_websockets(call: Invocation) -> Value:
    return MapValue({"app": call.value(0)}, call.place)


def _lazily(_call: Invocation) -> Value:
    """What is made gives back the router that a function makes when it is first asked for."""
    return Native("lazyLoad", lambda inner: inner.run(inner.value(0)))


# --- routes -------------------------------------------------------------------------------------------------------


def _verb(method: str, *, websocket: bool = False) -> Behaviour:
    """Return the behaviour of `app.get(path, …, handler)`; `app.get(name)` alone reads a setting."""

    def register(call: Invocation) -> Value:
        if len(call.positional) > 1:
            handlers = written(call)[count_paths(call) :]
            if not mount_unstripped(call, handlers):
                _add(call.receiver, method, texts_in(call.value(0)), call, handlers, websocket=websocket)
        return call.receiver

    return register


def _rare_verb(method: str) -> Behaviour:
    """Return the behaviour of `router.search(path, …, handler)`, which is no route where nobody made the router."""
    register = _verb(method)
    return lambda call: call.receiver if call.receiver.assumed or not is_path(call.value(0)) else register(call)


def _add(
    router: Router,
    method: str,
    paths: list[str],
    call: Invocation,
    handlers: list[Argued],
    guards: Iterable[Guard] = (),
    websocket: bool = False,
) -> None:
    name = handler_name(*handlers[-1]) if handlers else ""
    if not handlers or (method, name) == PREFLIGHT:
        return
    if method == ANY_METHOD and _hands_on(*handlers[-1], call):
        found = below(guards_of(handlers, call.place, call.interpreter), paths)
        router.data["guards"] = [*router.data.get("guards", ()), *found]
        return
    everything = [path for path in paths if is_everything(path)]
    if everything and (hands_on_by_name(name) or _says_that_nothing_is_there(*handlers[-1], call)):
        paths = [path for path in paths if path not in everything]
    met = [*router.data.get("guards", ()), *guards, *guards_of(handlers[:-1], call.place, call.interpreter)]
    answering: Any = None if websocket else Answering(handlers, call.scope)
    place, name = place_and_name(call, handlers[-1])
    for path in paths:
        if router.assumed and path.startswith(HOLE) and "/" not in path.rpartition("}")[2]:
            continue  # neither the router nor the path is known: this may be anything
        router.add([method], path, place, name, guards=met, websocket=websocket, answering=answering)


def _says_that_nothing_is_there(value: Value, expression: nodes.Expression | None, call: Invocation) -> bool:
    """Tell whether what answers every path does it for those that are none: `res.status(404)`."""
    functions = functions_in(call.interpreter, value, expression, call.scope)
    return any(_is_nothing(source_of_function(call.interpreter, one)) for one in functions)


def _is_nothing(source: str) -> bool:
    said, asked = _NOTHING.search(source), _ASKING.search(source)
    is_of_all = said is not None and (asked is None or said.start() < asked.start())
    return is_of_all and _SHOWING.search(source) is None


def _hands_on(value: Value, expression: nodes.Expression | None, call: Invocation) -> bool:
    """Tell a middleware, which looks at a request and hands it on, from what answers."""
    name = handler_name(value, expression)
    if hands_on_by_name(name):
        return True
    if isinstance(value, FunctionValue):
        return hands_on(value.node)
    if isinstance(expression, nodes.Member):
        expression = nodes.Name(expression.name)  # `authController.requireLogin` is no controller here
    return guard_of(value, expression, call.place) is not None


def _route(call: Invocation) -> Value:
    """`router.route(path)`: the verbs follow without the path."""
    return Thing(PATH, call.place, {"router": call.receiver, "paths": texts_in(call.value(0)), "guards": []})


def _verb_of_route(method: str) -> Behaviour:
    def register(call: Invocation) -> Value:
        said, handlers = call.receiver.data, written(call)
        if method == ANY_METHOD:
            said["guards"] = [*said["guards"], *guards_of(handlers, call.place, call.interpreter)]
        _add(said["router"], method, said["paths"], call, handlers, guards=said["guards"])
        return call.receiver

    return register


def _websocket(call: Invocation) -> Value:
    return _verb("GET", websocket=True)(call)


ROUTER = Kind(
    "express router",
    methods={name: _verb(method) for name, method in METHODS.items()}
    | {name: _rare_verb(method) for name, method in RARE_METHODS.items()}
    | {"all": _verb(ANY_METHOD), "[]": _verb(ANY_METHOD), "ws": _websocket}
    | {"use": use, "useAsync": use, "route": _route},
    missing=use_otherwise,
)
PATH = Kind(
    "express route",
    methods={name: _verb_of_route(method) for name, method in METHODS.items()}
    | {"all": _verb_of_route(ANY_METHOD), "[]": _verb_of_route(ANY_METHOD)},
)


# --- rows ---------------------------------------------------------------------------------------------------------


def routes(interpreter: Interpreter) -> Iterable[Route]:
    """Yield a row for every route of every application, and of routers whose way to one is not seen."""
    reached = reached_in(routers_of(interpreter, ROUTER))
    return rows.routes_of(
        reached,
        "express",
        rewrite=from_colons,
        join=paths.join_trimmed,
        kind=_kind,
        auth=lambda item: auth_on(interpreter, item, paths.join_trimmed(item.pieces)),
        params=lambda item, path: inputs_of(interpreter, item, path, EXPRESS),
    )


def _kind(item: Reached) -> RouteKind:
    said: Any = item.route.options.get("kind", "api")
    return "websocket" if item.route.options.get("websocket") else said


FRAMEWORK = Framework(
    name="express",
    language="javascript",
    family="javascript",
    kind="server",
    packages=("express",),
    imports=("express", "polka", "ultimate-express", "@tinyhttp/app", "restify", "@awaitjs/express"),
    words=GIVEN_PATHS,
    declare=declare,
    routes=routes,
)
