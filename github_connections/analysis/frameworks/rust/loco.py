"""Loco: controllers' routes, each below its prefix, added to an application's; Axum answers."""

from __future__ import annotations

from collections.abc import Iterable

from github_connections.analysis import http_verbs
from github_connections.analysis.frameworks import rows
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.rust import axum, axum_answers, rust_extractors
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.routing import Router, reached_in, routers_of
from github_connections.analysis.linking.values import Kind, Thing, Value, items_or_itself, text_of
from github_connections.analysis.report import Route

LOCO = "loco"
_CRATE = "loco_rs"


def _prefix(call: Invocation) -> Value:
    call.receiver.prefix = call.text(0)
    return call.receiver


def _add(call: Invocation) -> Value:
    answering = call.value(1)
    said = answering.data["answers"] if isinstance(answering, Thing) and answering.kind is axum_answers.METHODS else []
    for methods, handler in said:
        call.receiver.add(methods, call.text(0), call.place, handler)
    return call.receiver


ROUTES = Kind("loco routes", methods={"prefix": _prefix, "add": _add})


def _prefix_from_here(call: Invocation) -> Value:
    """`.prefix("/api")` of an application is put before what is added from then on."""
    call.receiver.data["prefix"] = call.text(0)
    return call.receiver


def _longer_prefix(call: Invocation) -> Value:
    call.receiver.data["prefix"] = f"{call.receiver.data.get('prefix', '').rstrip('/')}/{call.text(0).strip('/')}"
    return call.receiver


def _no_prefix(call: Invocation) -> Value:
    call.receiver.data["prefix"] = ""
    return call.receiver


def _add_route(call: Invocation) -> Value:
    _put(call, "", call.value(0))
    return call.receiver


def _nest_route(call: Invocation) -> Value:
    _put(call, call.text(0), call.value(1))
    return call.receiver


def _put(call: Invocation, below: str, added: Value) -> None:
    prefix = f"{text_of(call.receiver.data.get('prefix', '')).rstrip('/')}/{below.strip('/')}"
    for one in items_or_itself(added):
        if isinstance(one, Router):
            call.receiver.mount(prefix.rstrip("/"), one, call.place, call.name.rpartition(".")[2])


APPLICATION = Kind(
    "loco",
    methods={
        "prefix": _prefix_from_here,
        "nest_prefix": _longer_prefix,
        "reset_prefix": _no_prefix,
        **dict.fromkeys(("add_route", "add_routes"), _add_route),
        **dict.fromkeys(("nest_route", "nest_routes"), _nest_route),
    },
)


def declare(registry: Registry) -> None:
    """Add applications' and controllers' routes, by the crate's own places and by its prelude."""
    for place in (f"{_CRATE}.controller", f"{_CRATE}.controller.routes", f"{_CRATE}.prelude"):
        registry.calls[f"{place}.Routes.new"] = lambda call: call.router(ROUTES)
        registry.calls[f"{place}.Routes.at"] = lambda call: call.router(ROUTES, prefix=call.text(0), how="at")
        for name in ("with_default_routes", "empty"):
            registry.calls[f"{place}.AppRoutes.{name}"] = lambda call: call.router(APPLICATION, application=True)
    for verb in http_verbs.ALL:
        registry.calls[f"{_CRATE}.prelude.{verb}"] = axum_answers.answer(verb.upper())


def routes(interpreter: Interpreter) -> Iterable[Route]:
    """Yield a row for every verb of every route."""
    reached = reached_in(routers_of(interpreter, ROUTES, APPLICATION))
    return rows.routes_of(
        reached,
        LOCO,
        answers=rust_extractors.answer_of,
        rewrite=lambda path: axum.rewritten(path).rstrip("/") or "/",
        auth=lambda item: rust_extractors.auth(interpreter, [], item.route.handler),
        params=rust_extractors.reading(interpreter),
    )


FRAMEWORK = Framework(
    name=LOCO,
    language="rust",
    family="rust",
    kind="server",
    packages=("loco-rs",),
    imports=(_CRATE,),
    words=frozenset({"with_default_routes", "add_route", "add_routes", "nest_route"}),
    declare=declare,
    routes=routes,
)
