"""Reach Router: components of the program's own are its routes, by their `path`; each goes on from the one around."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.javascript import element_routes
from github_connections.analysis.frameworks.javascript.page_routes import Page
from github_connections.analysis.frameworks.javascript.react_router_declarations import pages_among, route_node
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import Unknown, Value, text_of
from github_connections.analysis.report import Route

NAME = "reach-router"
MODULES = ("@reach/router", "@gatsbyjs/reach-router")


def declare(registry: Registry) -> None:
    """Add the router and its redirects."""
    for module in MODULES:
        registry.calls[f"{module}.Router"] = _router
        registry.calls[f"{module}.Redirect"] = _redirect


def _router(call: Invocation) -> Value:
    return element_routes.tree(call, NAME, _nested(pages_among(call, call.positional)), base="basepath")


def _nested(pages: list[Page]) -> list[Page]:
    for page in pages:
        page.children = _nested(page.children)
        page.shows = page.shows if page.shows is not None else Unknown("")
    return element_routes.relative(pages)


def _redirect(call: Invocation) -> Value:
    source = call.named.get("from")
    pages = [] if source is None else [Page(text_of(source), call.place, redirects=True)]
    return route_node(call, pages, is_relative=True)


def routes(interpreter: Interpreter) -> Iterator[Route]:
    """Yield every page of every router."""
    yield from element_routes.rows(interpreter, NAME, MODULES, ("Router",))


FRAMEWORK = Framework(
    name=NAME,
    language="typescript",
    family="javascript",
    kind="client",
    packages=("@reach/router",),
    imports=MODULES,
    declare=declare,
    routes=routes,
)
