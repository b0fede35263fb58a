"""FastAPI and Starlette: routers, and every `include_router` and `mount` on the way to them."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from github_connections.analysis import http_verbs
from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.python import (
    fastapi_libraries,
    fastapi_versions,
    python_requests,
    python_views,
)
from github_connections.analysis.frameworks.python.fastapi_answers import body_of, returned_by
from github_connections.analysis.frameworks.python.fastapi_dependencies import auth_of
from github_connections.analysis.frameworks.python.fastapi_parameters import parameters_of
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.routing import Reached, Router, reached_in, routers_of
from github_connections.analysis.linking.values import (
    HOLE,
    Behaviour,
    ClassValue,
    FunctionValue,
    Kind,
    ListValue,
    Native,
    Thing,
    Value,
    is_known,
    items_in,
    items_or_itself,
    type_name,
)
from github_connections.analysis.report import Parameter, Route


def declare(registry: Registry) -> None:
    """Add applications, routers and Starlette's route lists."""
    for name in ("fastapi.FastAPI", "fastapi.applications.FastAPI", "starlette.applications.Starlette"):
        registry.calls[name] = _application
        registry.types[name] = ROUTER
    for name in ("fastapi.APIRouter", "fastapi.routing.APIRouter", "starlette.routing.Router"):
        registry.calls[name] = _router
        registry.types[name] = ROUTER
    for module in ("starlette.routing", "fastapi.routing"):
        registry.calls[f"{module}.Route"] = _listed_route
        registry.calls[f"{module}.APIRoute"] = _listed_route
        registry.calls[f"{module}.WebSocketRoute"] = _listed_websocket
        registry.calls[f"{module}.Mount"] = _listed_mount
    registry.of_unknown["include_router"] = python_views.on_unknown(ROUTER, "include_router")
    fastapi_libraries.declare(registry, ROUTER, _router, _application)
    fastapi_versions.declare(registry, ROUTER, _application)


def _application(call: Invocation) -> Value:
    # root_path is what a proxy cuts off; it is not part of what the application serves.
    made = call.router(ROUTER, application=True, options={"arguments": call})
    _add_listed(made, call.value(99, "routes"))
    return made


def _router(call: Invocation) -> Value:
    made = call.router(ROUTER, prefix=call.text(99, "prefix"), how="APIRouter", options={"arguments": call})
    _add_listed(made, call.value(99 if "APIRouter" in call.name else 0, "routes"))
    return made


def _said_by_derived(call: Invocation) -> Value:
    """`super().__init__(prefix="/users")` in a class derived from APIRouter or FastAPI."""
    if "prefix" in call.named and not call.receiver.application:
        call.receiver.prefix, call.receiver.how = call.text(99, "prefix"), "APIRouter"
    call.receiver.options["said by derived"] = call
    _add_listed(call.receiver, call.value(99, "routes"))
    return None


def _add_listed(router: Router, listed: Value) -> None:
    if isinstance(listed, Thing) and listed.kind is ROUTES and isinstance(listed.data["router"], Router):
        router.mount("", listed.data["router"], listed.place, "routes")
    for item in items_in(listed):
        if isinstance(item, Thing) and _is_listed(item):
            item.data["add"](router)


def _append(call: Invocation) -> Value:
    """`app.routes.append(Route("/home", home))`; `extend` and `insert` too."""
    for value in call.positional:
        listed = value if isinstance(value, ListValue) or not _is_listed(value) else ListValue([value], call.place)
        _add_listed(call.receiver.data["router"], listed)
    return None


def _is_listed(value: Value) -> bool:
    return isinstance(value, Thing) and value.kind is LISTED


def _listed_route(call: Invocation) -> Value:
    def add(router: Router) -> None:
        endpoint = call.value(1, "endpoint")
        declares = call.name.endswith("APIRoute")
        router.add(
            _methods(call, endpoint), call.text(0, "path"), call.place, endpoint, arguments=call, declares=declares
        )

    return Thing(LISTED, call.place, {"add": add})


def _methods(call: Invocation, endpoint: Value) -> list[str]:
    """Return the verbs: those that are said, those of an HTTPEndpoint's methods, else GET."""
    own = python_views.own_verbs(call.interpreter, endpoint) if isinstance(endpoint, ClassValue) else []
    return python_views.said_methods(call) or own or ["GET"]


def _listed_websocket(call: Invocation) -> Value:
    def add(router: Router) -> None:
        endpoint = call.value(1, "endpoint")
        said = {"websocket": True, "arguments": call, "declares": call.name.startswith("fastapi")}
        router.add(["GET"], call.text(0, "path"), call.place, endpoint, **said)

    return Thing(LISTED, call.place, {"add": add})


def _listed_mount(call: Invocation) -> Value:
    def add(router: Router) -> None:
        _mount_at(router, call)

    return Thing(LISTED, call.place, {"add": add})


def _mount(call: Invocation) -> Value:
    _mount_at(call.receiver, call)
    return None


def _mount_at(router: Router, call: Invocation) -> None:
    inner = fastapi_libraries.application_in(call.value(1, "app"))
    if not isinstance(inner, Router):
        inner = Router(ROUTER, call.place)
        _add_listed(inner, call.value(99, "routes"))
    if router.assumed and inner.application:
        return  # a helper for other people's applications: this one is served as it is
    router.mount(call.text(0, "path"), inner, call.place, "mount", arguments=call)


def _include(call: Invocation) -> Value:
    for value in items_or_itself(call.value(0, "router")):  # a list: of every module of a directory
        inner = python_views.of_library(fastapi_libraries.application_in(value), ROUTER, call.place)
        if isinstance(inner, Router):
            call.receiver.mount(call.text(99, "prefix"), inner, call.place, "include_router", arguments=call)
    return None


def _include_all(call: Invocation) -> Value:
    for inner in call.positional:
        if isinstance(inner, Router):
            call.receiver.mount("", inner, call.place, call.name, arguments=call)
    return None


def _verb(*methods: str, websocket: bool = False, declares: bool = True) -> Behaviour:
    """Return the behaviour of `@router.get(path)`; `declares` is whether the function says what it takes, as
    Starlette's, which are given the request, do not."""

    def decorate(call: Invocation) -> Value:
        def register(applied: Invocation) -> Value:
            handler = applied.value(0)
            names = list(methods) or _methods(call, handler)
            said = {"websocket": websocket, "arguments": call, "declares": declares}
            call.receiver.add(names, call.text(0, "path"), call.place, handler, **said)
            return handler

        return Native(call.name, register)

    return decorate


def _add_route(call: Invocation) -> Value:
    handler = call.value(1, "endpoint", call.value(99, "route"))
    said = {"arguments": call, "declares": call.name == "add_api_route"}
    call.receiver.add(_methods(call, handler), call.text(0, "path"), call.place, handler, **said)
    return None


def _add_websocket(call: Invocation) -> Value:
    call.receiver.add(["GET"], call.text(0, "path"), call.place, call.value(1), websocket=True, arguments=call)
    return None


ROUTER: Kind = Kind(
    "fastapi",
    methods={
        "__init__": _said_by_derived,
        **{verb: _verb(verb.upper()) for verb in http_verbs.OF_DOCUMENTS},
        "api_route": _verb(),
        "route": _verb(declares=False),
        "websocket": _verb("GET", websocket=True),
        "websocket_route": _verb("GET", websocket=True, declares=False),
        "add_api_route": _add_route,
        "add_route": _add_route,
        "add_websocket_route": _add_websocket,
        "add_api_websocket_route": _add_websocket,
        "include_router": _include,
        "generate_and_include_versioned_routers": _include_all,  # Cadwyn's
        "mount": _mount,
        "host": _mount,
    },
    attributes={
        "router": lambda router, _: router,
        "routes": lambda router, _: Thing(ROUTES, router.place, {"router": router}),
    },
    fluent=False,
)
ROUTES: Kind = Kind(
    "routes of a router", methods=dict.fromkeys(("append", "extend", "insert"), _append), is_router=False
)
LISTED = Kind("starlette route", is_router=False)


def routes(interpreter: Interpreter) -> Iterable[Route]:
    """Yield a row for every route of every application."""
    routers = routers_of(interpreter, ROUTER)
    _settle_unknown_mounts(routers)
    python_views.settle_unknown(routers)
    for item in python_views.by_verb(interpreter, reached_in(routers)):
        returned, status = returned_by(interpreter, item)
        for row in rows.routes_of(
            [item],
            "fastapi",
            join=paths.concatenate,
            kind=lambda item: "websocket" if item.route.options.get("websocket") else "api",
            auth=lambda item: auth_of(interpreter, item),
            params=lambda item, path: _taken(interpreter, item, path),
        ):
            yield replace(
                row, request_model=body_of(row, item.route.handler), response_model=returned, status_codes=status
            )


def _taken(interpreter: Interpreter, item: Reached, path: str) -> list[Parameter]:
    """Return what the function declares, and what it reads of a request that it is given."""
    declares = item.route.options.get("declares", True)
    said = parameters_of(interpreter, item, path) if declares else []
    handler = item.route.handler
    if not isinstance(handler, FunctionValue):
        return said
    first = [] if declares else [one.name for one in handler.node.parameters if one.name not in ("self", "cls")][:1]
    names = [one.name for one in handler.node.parameters if type_name(one.type).endswith("Request")]
    read = python_requests.read_of(handler, item.route.methods[0], frozenset((*first, *names)))
    known = {(one.place, one.name.lower()) for one in said}
    return [*said, *(one for one in read if (one.place, one.name.lower()) not in known)]


def _settle_unknown_mounts(routers: list[Router]) -> None:
    """Take the path off an application that another one is made for alone, where nothing is known of that path: it is
    said where the application is deployed (`outer.mount(settings.base_url, app)`). Of two mounts of one application,
    one at such a path, that one is another branch."""
    for router in routers:
        known = {id(one.router) for one in router.mounts if is_known(one.prefix)}
        for other in [one for one in router.mounts if _is_hole(one.prefix) and id(one.router) in known]:
            router.unmount(other)
        if router.application and not router.routes and len(router.mounts) == 1:
            only = router.mounts[0]
            if only.router.application and _is_hole(only.prefix):
                only.prefix = ""


def _is_hole(prefix: str) -> bool:
    inside = prefix.strip("/")
    return inside.startswith(HOLE) and inside.endswith("}") and "/" not in inside


# `@app.get("/items")` in a file that imports the application alone, and nothing of the library's.
_DECORATORS = frozenset(
    f"{owner}.{verb}" for owner in ("app", "router", "api") for verb in (*http_verbs.OF_APIS, "websocket", "api_route")
)
FRAMEWORK = Framework(
    name="fastapi",
    language="python",
    family="python",
    kind="server",
    packages=("fastapi", "starlette"),
    imports=("fastapi", "starlette.applications", "starlette.routing"),
    words=frozenset({"FastAPI", "APIRouter", "include_router", "add_api_route", "Starlette"}),
    marks=_DECORATORS,
    signs=python_views.signs_of(ROUTER) | {"APIRoute(", "Mount(", "Route(", "Router(", "WebSocketRoute("},
    declare=declare,
    routes=routes,
)
