"""Axum: routers that are built in chains, nested and merged; with aide's and utoipa's routers, which extend it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from github_connections.analysis import http_verbs
from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.rust import axum_answers, rust_extractors, rust_guards
from github_connections.analysis.frameworks.rust.axum_answers import METHODS
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.routing import Reached, Router, itself, reached_in, routers_of
from github_connections.analysis.linking.values import (
    Behaviour,
    ClassValue,
    External,
    FunctionValue,
    Kind,
    Thing,
    Unknown,
    Value,
    items_in,
)
from github_connections.analysis.report import ANY_METHOD, Auth, Place, Route, RouteKind
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import named_arguments, positional_arguments

_ROUTERS = ("axum.Router", "axum.routing.Router", "aide.axum.ApiRouter", "utoipa_axum.router.OpenApiRouter")
_FILES = ("ServeDir", "ServeFile", "StaticFilesEndpoint", "StaticFileEndpoint", "EmbeddedFilesEndpoint")


# --- routers --------------------------------------------------------------------------------------------------------


def _route(call: Invocation) -> Value:
    """`.route("/x", get(h).post(h2))`."""
    _add(call.receiver, call.text(0), call.value(1), call)
    return call.receiver


def _add(router: Router, path: str, answering: Value, call: Invocation) -> None:
    if not isinstance(answering, Thing) or answering.kind is not METHODS:
        static = _is_of_files(answering)
        router.add(["GET" if static else ANY_METHOD], path, call.place, answering, static=static)
        return
    for methods, handler in answering.data["answers"]:
        static = _is_of_files(handler)
        router.add(methods, path, call.place, handler, guards=answering.data["guards"], static=static)


def _is_of_files(value: Value) -> bool:
    name = value.name if isinstance(value, External) else value.source if isinstance(value, Unknown) else ""
    return any(word in name for word in _FILES)


def _nest(call: Invocation) -> Value:
    return nest_in(call, call.value(1))


def nest_in(call: Invocation, inner: Value) -> Value:
    """Put a router, or a service that answers everything below, under the call's prefix."""
    if isinstance(inner, Thing) and inner.kind is METHODS and inner.data["answers"]:
        inner = inner.data["answers"][0][1]
    if isinstance(inner, Router):
        call.receiver.mount(call.text(0), inner, call.place, "nest")
    elif inner is not None and (call.name != "nest" or _is_of_files(inner)):
        path = f"{call.text(0).rstrip('/')}/{{*path}}"
        method = "GET" if _is_of_files(inner) else ANY_METHOD
        call.receiver.add([method], path, call.place, inner, static=_is_of_files(inner))
    return call.receiver


def _merge(call: Invocation) -> Value:
    if isinstance(call.value(0), Router):
        call.receiver.mount("", call.value(0), call.place, "merge")
    return call.receiver


def _layer(call: Invocation) -> Value:
    """A layer wraps what the router has so far, and nothing that is added later."""
    for registered in call.receiver.routes:
        registered.options.setdefault("layers", []).append(call)
    for mounted in call.receiver.mounts:
        mounted.options.setdefault("layers", []).append(call)
    return call.receiver


def _documented(call: Invocation) -> Value:
    """utoipa's `.routes(routes!(list, create))`: path and verb stand in an attribute of each handler."""
    for handler in items_in(call.value(0)):
        if isinstance(handler, FunctionValue):
            for decorator in handler.node.decorators:
                if isinstance(decorator, nodes.Call) and getattr(decorator.function, "name", "") == "path":
                    _add_documented(call, handler, decorator)
    return call.receiver


def _add_documented(call: Invocation, handler: FunctionValue, decorator: nodes.Call) -> None:
    named = named_arguments(decorator)
    said = positional_arguments(decorator)
    for one in list(said):  # `method(get, head)`
        if isinstance(one, nodes.Call) and one.function == nodes.Name("method"):
            said += [argument.value for argument in one.arguments]
    verbs = [getattr(one, "id", "") for one in said]
    methods = [verb.upper() for verb in verbs if verb in http_verbs.ALL]
    path = call.interpreter.text(named.get("path"), handler.scope)
    call.receiver.add(methods or [ANY_METHOD], path, Place(handler.place.file, decorator.line), handler)


def _typed(method: str) -> Behaviour:
    """axum-extra's `.typed_get(handler)`: the path stands above the type of one of the handler's parameters."""

    def register(call: Invocation) -> Value:
        handler = call.value(0)
        for parameter in rust_extractors.parameters_of(handler):
            kind = call.interpreter.evaluate(parameter.type, handler.scope)
            for path in _typed_paths(kind):
                call.receiver.add([method], path, call.place, handler)
        return call.receiver

    return register


def _typed_paths(kind: Value) -> Iterator[str]:
    for decorator in kind.node.decorators if isinstance(kind, ClassValue) else []:
        if isinstance(decorator, nodes.Call) and decorator.function == nodes.Name("typed_path"):
            yield from (one.value.value for one in decorator.arguments[:1] if isinstance(one.value, nodes.Text))


ROUTER = Kind(
    "axum",
    methods={
        **{f"typed_{verb}": _typed(verb.upper()) for verb in http_verbs.ALL},
        **dict.fromkeys(("route", "route_with_tsr", "api_route", "api_route_with", "route_service"), _route),
        **dict.fromkeys(("nest", "nest_service", "nest_api_service"), _nest),
        **dict.fromkeys(("merge", "or"), _merge),
        "routes": _documented,
        **dict.fromkeys(("layer", "route_layer"), _layer),
        **dict.fromkeys(
            ("with_state", "fallback", "fallback_service", "into_make_service", "method_not_allowed_fallback"), itself
        ),
        **dict.fromkeys(("into_make_service_with_connect_info", "finish_api", "split_for_parts"), itself),
    },
)


def _new(call: Invocation) -> Value:
    return call.router(ROUTER, application=True)


def _begun(call: Invocation) -> Value:
    """`axum::route("/x", get(h)).route(…)`, as Axum began."""
    made = call.router(ROUTER, application=True)
    _add(made, call.text(0), call.value(1), call)
    return made


def _of_its_first(method: Behaviour) -> Behaviour:
    """`Router::merge(a, b)` is `a.merge(b)`; as a value it is what folds many routers into one."""

    def unbound(call: Invocation) -> Value:
        first, *others = call.positional or [None]
        if not isinstance(first, Router):
            return first
        call.receiver, call.positional = first, others
        return method(call)

    return unbound


def declare(registry: Registry) -> None:
    """Add routers, what makes answers, and the types that routers are handed around as."""
    registry.calls["axum.route"] = _begun
    for name in _ROUTERS:
        registry.types[name] = ROUTER
        for called, method in ROUTER.methods.items():
            registry.calls[f"{name}.{called}"] = _of_its_first(method)
        for made in ("new", "default", "with_openapi"):
            registry.calls[f"{name}.{made}"] = _new
    axum_answers.declare(registry)


# --- rows -----------------------------------------------------------------------------------------------------------


def joined(pieces: Iterable[str]) -> str:
    """Nested, a router's `/` is the prefix itself, without a slash behind."""
    *prefixes, path = pieces
    for prefix in reversed([prefix for prefix in prefixes if prefix]):
        inner = "" if path == "/" else path
        path = prefix + path.lstrip("/") if prefix.endswith("/") else prefix + inner
    return paths.concatenate([path])


def rewritten(path: str) -> str:
    """Return a path in the report's form, with `:id` as well as `{id}`."""
    return paths.from_braces(paths.from_colons(path) if ":" in path or "/*" in path else path)


def _kind(item: Reached) -> RouteKind:
    if item.route.options.get("static"):
        return "static"
    if rust_extractors.takes(item.route.handler, "WebSocketUpgrade"):
        return "websocket"
    return "page" if rust_extractors.is_page(item) else "api"


def _auth(interpreter: Interpreter, item: Reached) -> Auth:
    calls = [*item.route.options.get("guards", []), *item.route.options.get("layers", [])]
    calls += [call for step in item.steps for call in step.options.get("layers", [])]
    return rust_extractors.auth(interpreter, rust_guards.sources(calls), item.route.handler)


def routes(interpreter: Interpreter) -> Iterable[Route]:
    """Yield a row for every verb of every route."""
    reached = reached_in(routers_of(interpreter, ROUTER))
    return rows.routes_of(
        reached,
        "axum",
        rewrite=rewritten,
        join=joined,
        kind=_kind,
        auth=lambda item: _auth(interpreter, item),
        params=rust_extractors.reading(interpreter),
        answers=rust_extractors.answer_of,
    )


FRAMEWORK = Framework(
    name="axum",
    language="rust",
    family="rust",
    kind="server",
    packages=("axum",),
    imports=("axum", "aide", "utoipa_axum"),
    words=frozenset({"route_layer", "nest_service", "route_service"}),
    declare=declare,
    routes=routes,
)
