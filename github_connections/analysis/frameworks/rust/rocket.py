"""Rocket: attributes above handlers, mounted in lists under a base."""

from __future__ import annotations

import re
from collections.abc import Iterable

from github_connections.analysis import http_verbs
from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.rust import rust_attributes, rust_extractors
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.routing import Reached, Router, itself, reached_in, routers_of
from github_connections.analysis.linking.values import (
    ClassValue,
    External,
    FunctionValue,
    Kind,
    ListValue,
    Unknown,
    Value,
    text_of,
    type_name,
)
from github_connections.analysis.report import Parameter, Route, RouteKind
from github_connections.analysis.syntax import nodes

ROCKET = "rocket"
_QUERY = re.compile(r"<(\w+(?:\.\.)?)>")


def _mount(call: Invocation) -> Value:
    _put(call.receiver, call.text(0), call.value(1), call)
    return call.receiver


def _put(router: Router, base: str, mounted: Value, call: Invocation) -> None:
    inner = Router(ROUTER, call.place)
    router.mount("" if base == "/" else base, inner, call.place, "mount")
    _add(inner, mounted, call)


def _described(call: Invocation) -> Value:
    """rocket_okapi's `openapi_get_routes_spec![list, create]`: the routes, and what describes them."""
    return ListValue([ListValue(list(call.positional), call.place), Unknown("described")], call.place)


def _all_put(call: Invocation) -> Value:
    """rocket_okapi's `mount_endpoints_and_merged_docs! { rocket, "/v1", settings, "/users" => users::routes() }`."""
    router, base = call.value(0), call.text(1).rstrip("/")
    said = call.positional[3:]
    for path, routes in zip(said[::2], said[1::2], strict=False):
        if isinstance(router, Router):
            _put(router, base + text_of(path), routes, call)
    return router


def _add(router: Router, value: Value, call: Invocation) -> None:
    if isinstance(value, ListValue):
        for item in value.items:
            _add(router, item, call)
    elif isinstance(value, FunctionValue):
        for methods, path, place in rust_attributes.declared(value, http_verbs.OF_BROWSERS):
            before, _, query = path.partition("?")
            router.add(methods, before, place, value, query=_QUERY.findall(query))
    elif isinstance(value, External | Unknown) and "FileServer" in rows.name_of(value):
        router.add(["GET"], "/<path..>", call.place, value, static=True)


def _attach(call: Invocation) -> Value:
    """`.attach(api::stage())`: an AdHoc fairing mounts in its closure."""
    value = call.value(0)
    made_by = value.made_by if isinstance(value, External) else None
    for function in made_by.functions() if made_by is not None else ():
        call.run(function, call.receiver)
    return call.receiver


ROUTER = Kind(
    "rocket",
    methods={
        "mount": _mount,
        "attach": _attach,
        **dict.fromkeys(("manage", "register", "configure", "ignite", "launch"), itself),
    },
)


def declare(registry: Registry) -> None:
    """Add what makes an application, its type, and lists of routes."""
    for name in ("build", "custom", "ignite", "Rocket.build", "Rocket.custom"):
        registry.calls[f"{ROCKET}.{name}"] = lambda call: call.router(ROUTER, application=True)
    registry.types[f"{ROCKET}.Rocket"] = ROUTER
    for name in ("on_ignite", "try_on_ignite", "on_attach"):
        registry.calls[f"{ROCKET}.fairing.AdHoc.{name}"] = lambda call: External(call.name, call)
    registry.calls["*.openapi_get_routes_spec!"] = _described
    registry.calls["*.mount_endpoints_and_merged_docs!"] = _all_put


def _rewritten(path: str) -> str:
    path = re.sub(r"<(\w+)\.\.>", r"{\1*}", path)
    path = paths.from_angles(path)
    return path if path == "/" else path.rstrip("/")


def _asked(interpreter: Interpreter, handler: FunctionValue, name: str) -> Iterable[Parameter]:
    """`?<page>` is a parameter of the handler, `?<filter..>` all fields of one."""
    kind = next((one.type for one in handler.node.parameters if one.name == name.removesuffix("..")), None)
    struct = interpreter.evaluate(kind, handler.scope) if name.endswith("..") and kind is not None else None
    if not isinstance(struct, ClassValue) or not struct.node.parameters:
        named = type_name(kind)
        return [_in_query(name.removesuffix(".."), named)]
    return [_in_query(_called(one), type_name(one.type)) for one in struct.node.parameters]


def _in_query(name: str, kind: str) -> Parameter:
    return Parameter(name=name, place="query", type=kind, required=not kind.startswith(("Option", "Vec")))


def _called(field: nodes.Parameter) -> str:
    """`#[field(name = "pageSize")]` says what a field is called outside of the program."""
    for one in field.decorators:
        for said in one.arguments if isinstance(one, nodes.Call) and one.function == nodes.Name("field") else ():
            if said.name == "name" and isinstance(said.value, nodes.Text):
                return said.value.value
    return field.name.removeprefix("r#")


def _parameters(interpreter: Interpreter, item: Reached, path: str) -> list[Parameter]:
    handler = item.route.handler
    kinds = {one.name: rust_extractors.type_of(one) for one in rust_extractors.parameters_of(handler)}
    asked = [one for name in item.route.options.get("query") or [] for one in _asked(interpreter, handler, name)]
    typed = [
        Parameter(name=name, place="path", type=kinds[name], required=required)
        for name, required in paths.variables(path)
        if name in kinds
    ]
    return typed + asked + rust_extractors.parameters(item, path)


def _kind(item: Reached) -> RouteKind:
    if item.route.options.get("static"):
        return "static"
    return "page" if rust_extractors.is_page(item) else "api"


def routes(interpreter: Interpreter) -> Iterable[Route]:
    """Yield a row for every verb of every route."""
    reached = reached_in(routers_of(interpreter, ROUTER))
    return rows.routes_of(
        reached,
        ROCKET,
        rewrite=_rewritten,
        kind=_kind,
        auth=lambda item: rust_extractors.auth(interpreter, [], item.route.handler),
        params=lambda item, path: _parameters(interpreter, item, path),
        answers=rust_extractors.answer_of,
    )


FRAMEWORK = Framework(
    name="rocket",
    language="rust",
    family="rust",
    kind="server",
    packages=("rocket",),
    imports=("rocket",),
    words=frozenset({"mount", "routes!", "mount_endpoints_and_merged_docs!"}),
    declare=declare,
    routes=routes,
)
