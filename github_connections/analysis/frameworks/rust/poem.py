"""Poem: routes that are built in chains, and nested."""

from __future__ import annotations

from collections.abc import Iterable

from github_connections.analysis import http_verbs
from github_connections.analysis.frameworks import rows
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.rust import axum, axum_answers, rust_extractors
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.routing import reached_in, routers_of
from github_connections.analysis.linking.values import Kind, Value
from github_connections.analysis.report import Route

POEM = "poem"


def _nest(call: Invocation) -> Value:
    return axum.nest_in(call, call.value(1))


ROUTER = Kind("poem", methods={"at": axum.ROUTER.methods["route"], "nest": _nest, "nest_no_strip": _nest})


def declare(registry: Registry) -> None:
    """Add what makes a table of routes, its type, and what answers."""
    registry.calls[f"{POEM}.Route.new"] = lambda call: call.router(ROUTER, application=True)
    registry.types[f"{POEM}.Route"] = ROUTER
    for verb in http_verbs.ALL:
        registry.calls[f"{POEM}.{verb}"] = axum_answers.answer(verb.upper())


def routes(interpreter: Interpreter) -> Iterable[Route]:
    """Yield a row for every verb of every route."""
    reached = reached_in(routers_of(interpreter, ROUTER))
    return rows.routes_of(
        reached,
        POEM,
        answers=rust_extractors.answer_of,
        rewrite=axum.rewritten,
        join=axum.joined,
        auth=lambda item: rust_extractors.auth(interpreter, [], item.route.handler),
        params=rust_extractors.reading(interpreter),
    )


FRAMEWORK = Framework(
    name=POEM,
    language="rust",
    family="rust",
    kind="server",
    packages=(POEM,),
    imports=(POEM,),
    declare=declare,
    routes=routes,
)
