"""Actix Web: scopes and resources, attributes above handlers, and functions that configure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from github_connections.analysis import http_verbs
from github_connections.analysis.frameworks import guards, paths, rows
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.rust import rust_attributes, rust_extractors, rust_guards
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.routing import Reached, Router, itself, reached_in, routers_of
from github_connections.analysis.linking.values import (
    Behaviour,
    FunctionValue,
    Kind,
    ListValue,
    Thing,
    Value,
)
from github_connections.analysis.report import ANY_METHOD, Auth, AuthSource, Route, RouteKind
from github_connections.analysis.syntax import nodes

ACTIX = "actix_web"
_METHODS = frozenset(map(str.upper, http_verbs.ALL))


# --- web::get().to(handler) -----------------------------------------------------------------------------------------


def _route_of(*methods: str) -> Behaviour:
    return lambda call: Thing(ROUTE, call.place, {"methods": list(methods), "handler": None, "wraps": []})


def _of_method(call: Invocation) -> Value:
    """`web::method(Method::GET)`, and `.method(Method::GET)` of a route."""
    method = rows.name_of(call.value(0)).rpartition(".")[2].upper()
    route = call.receiver if isinstance(call.receiver, Thing) else _route_of()(call)
    if method in _METHODS:
        route.data.setdefault("methods", []).append(method)
    return route


def _guarded(call: Invocation) -> Value:
    """`.guard(guard::Get())` names a verb; of other guards the path does not speak."""
    guard = rows.name_of(call.value(0)).removesuffix("()").rpartition(".")[2].upper()
    if guard in _METHODS:
        call.receiver.data.setdefault("methods", []).append(guard)
    return call.receiver


def _to(call: Invocation) -> Value:
    call.receiver.data["handler"] = rust_extractors.answering(call)
    return call.receiver


def _wrapped_route(call: Invocation) -> Value:
    call.receiver.data.setdefault("wraps", []).append(call)
    return call.receiver


ROUTE = Kind(
    "actix route",
    methods={
        "to": _to,
        "to_async": _to,
        "service": _to,
        "method": _of_method,
        "guard": _guarded,
        "wrap": _wrapped_route,
    },
    is_router=False,
)


# --- scopes, resources, applications --------------------------------------------------------------------------------


def _route(call: Invocation) -> Value:
    """`.route("/x", web::get().to(h))` of a scope; of a resource, which has its paths, without one."""
    own: list[str] | None = call.receiver.data.get("paths")
    found, answering = ([call.text(0)], call.value(1)) if own is None else (own, call.value(0))
    if isinstance(answering, Thing) and answering.kind is ROUTE:
        said = answering.data
        methods = said.get("methods") or call.receiver.data.get("methods") or [ANY_METHOD]
        for path in found:
            call.receiver.add(methods, path, call.place, said.get("handler"), wraps=said.get("wraps"))
    return call.receiver


def _of_resource(method: str) -> Behaviour:
    """`web::resource("/x").get(handler)` and `.to(handler)`."""

    def register(call: Invocation) -> Value:
        methods = call.receiver.data.get("methods") if method == ANY_METHOD else None
        for path in call.receiver.data.get("paths", []):
            call.receiver.add(methods or [method], path, call.place, rust_extractors.answering(call))
        return call.receiver

    return register


def _service(call: Invocation) -> Value:
    for value in call.positional:
        _serve(call, call.receiver, value)
    return call.receiver


def _serve(call: Invocation, router: Router, value: Value) -> None:
    if isinstance(value, ListValue):
        for item in value.items:
            _serve(call, router, item)
    elif isinstance(value, Router):
        router.mount("", value, call.place, "service")
    elif isinstance(value, FunctionValue):
        for methods, path, place in attributes_of(value):
            router.add(methods, path, place, value)
    elif isinstance(value, Thing) and value.kind is FILES:
        router.add(["GET"], f"{value.data['prefix'].rstrip('/')}/{{path*}}", value.place, None, static=True)


FILES = Kind("actix files", is_router=False)


def _files(call: Invocation) -> Value:
    return Thing(FILES, call.place, {"prefix": call.text(0)})


def attributes_of(handler: FunctionValue) -> Iterator[rust_attributes.Declared]:
    """Yield what `#[get("/x")]` and `#[route("/x", method = "GET")]` above a handler say."""
    return rust_attributes.declared(handler, http_verbs.ALL)


def _guarded_resource(call: Invocation) -> Value:
    """`web::resource("/x").guard(guard::Post())` says which verb it answers; a scope's guards are of other kinds."""
    return _guarded(call) if "paths" in call.receiver.data else call.receiver


def _configure(call: Invocation) -> Value:
    call.run(call.value(0), call.receiver)
    return call.receiver


def _wrap(call: Invocation) -> Value:
    call.receiver.options.setdefault("wraps", []).append(call)
    return call.receiver


ROUTER = Kind(
    "actix",
    methods={
        "route": _route,
        "service": _service,
        "configure": _configure,
        "wrap": _wrap,
        "to": _of_resource(ANY_METHOD),
        **{verb: _of_resource(verb.upper()) for verb in http_verbs.ALL},
        **dict.fromkeys(("app_data", "data", "default_service", "name", "external_resource"), itself),
        "guard": _guarded_resource,
        **dict.fromkeys(("wrap_fn", "wrap_api", "build", "into_app", "into_utoipa_app", "map"), itself),
    },
)


def _application(call: Invocation) -> Value:
    return call.router(ROUTER, application=True)


def _scope(call: Invocation) -> Value:
    return call.router(ROUTER, prefix=call.text(0), how=call.name.rpartition(".")[2])


def _resource(call: Invocation) -> Value:
    return call.router(ROUTER, data={"paths": call.texts(0)})


def _redirect(call: Invocation) -> Value:
    made = call.router(ROUTER)
    made.add([ANY_METHOD], call.text(0), call.place, None, redirect=True)
    return made


def declare(registry: Registry) -> None:
    """Add applications, scopes, resources, routes and the types that they are handed around as."""
    registry.calls[f"{ACTIX}.App.new"] = _application
    registry.calls["utoipa_actix_web.App.new"] = _application
    for web in (f"{ACTIX}.web", f"{ACTIX}.Scope", f"{ACTIX}.Resource", "paperclip.actix.web", "utoipa_actix_web"):
        registry.calls[f"{web}.scope"] = _scope
        registry.calls[f"{web}.resource"] = _resource
        registry.calls[f"{web}.redirect"] = _redirect
        registry.calls[f"{web}.route"] = _route_of()
        registry.calls[f"{web}.method"] = _of_method
        registry.calls[f"{web}.to"] = lambda call: _to(replace(call, receiver=_route_of()(call)))
        for verb in http_verbs.ALL:
            registry.calls[f"{web}.{verb}"] = _route_of(verb.upper())
    for name in ("actix_files.Files.new", "actix_web_static_files.ResourceFiles.new"):
        registry.calls[name] = _files
    registry.calls[f"{ACTIX}.Scope.new"] = registry.calls["utoipa_actix_web.scope.scope"] = _scope
    registry.calls[f"{ACTIX}.Resource.new"] = _resource
    for name in ("web.ServiceConfig", "App", "Scope", "Resource", "dev.ServiceConfig"):
        registry.types[f"{ACTIX}.{name}"] = ROUTER
    registry.types[f"{ACTIX}.Route"] = ROUTE  # which programs give methods of their own: `.authorize(Action::Read)`
    for name in ("utoipa_actix_web.service_config.ServiceConfig", "paperclip.actix.web.ServiceConfig"):
        registry.types[name] = ROUTER


# --- rows -----------------------------------------------------------------------------------------------------------


def _joined(pieces: Iterable[str]) -> str:
    """A scope's closing slash is dropped; what follows begins with one."""
    whole = ""
    for piece in pieces:
        if piece:
            whole = whole.rstrip("/") + (piece if piece.startswith("/") else f"/{piece}")
    return paths.concatenate([whole])


def _kind(item: Reached) -> RouteKind:
    said = item.route.options
    if said.get("static"):
        return "static"
    if said.get("redirect"):
        return "redirect"
    return "page" if rust_extractors.is_page(item) else "api"


def _auth(interpreter: Interpreter, item: Reached) -> Auth:
    calls = list(item.route.options.get("wraps") or [])
    routers = [item.root, *(step.router for step in item.steps), item.router]
    calls += [call for router in dict.fromkeys(routers) for call in router.options.get("wraps", [])]
    found = [*rust_guards.sources(calls), *_of_attributes(item)]
    return rust_extractors.auth(interpreter, found, item.route.handler)


def _of_attributes(item: Reached) -> Iterator[AuthSource]:
    """`#[post("/items", wrap = "Auth")]`."""
    handler, place = item.route.handler, item.route.place
    for decorator in handler.node.decorators if isinstance(handler, FunctionValue) else ():
        for one in decorator.arguments if isinstance(decorator, nodes.Call) else ():
            if (
                one.name == "wrap"
                and isinstance(one.value, nodes.Text)
                and guards.speaks_of_logging_in(one.value.value)
            ):
                yield AuthSource(name=one.value.value, file=place.file, line=place.line)


def routes(interpreter: Interpreter) -> Iterable[Route]:
    """Yield a row for every verb of every route."""
    reached = reached_in(routers_of(interpreter, ROUTER))
    return rows.routes_of(
        reached,
        "actix",
        join=_joined,
        kind=_kind,
        auth=lambda item: _auth(interpreter, item),
        params=rust_extractors.reading(interpreter),
        answers=rust_extractors.answer_of,
    )


FRAMEWORK = Framework(
    name="actix",
    language="rust",
    family="rust",
    kind="server",
    packages=("actix-web",),
    imports=("actix_web", "actix_files", "actix_web_static_files", "utoipa_actix_web", "paperclip::actix"),
    words=frozenset({"configure"}),
    declare=declare,
    routes=routes,
)
