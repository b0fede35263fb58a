"""Solid's router: `<Route>` elements and route objects; a path goes on from the one around it, whatever its start."""

from __future__ import annotations

import re
from collections.abc import Iterator

from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.javascript import element_routes
from github_connections.analysis.frameworks.javascript.page_routes import Page
from github_connections.analysis.frameworks.javascript.react_router_declarations import pages_among, route_node
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import Value, texts_of
from github_connections.analysis.report import Route

NAME = "solid-router"
MODULES = ("@solidjs/router", "solid-app-router")
ROUTERS = ("Router", "HashRouter", "MemoryRouter", "Routes")
# `*404`: the rest of a path, with a name.
_REST = re.compile(r"\*\w+$")


def declare(registry: Registry) -> None:
    """Add the routers and their routes."""
    for module in MODULES:
        for name in ROUTERS:
            registry.calls[f"{module}.{name}"] = _router
        registry.calls[f"{module}.Route"] = _route
        registry.calls[f"{module}.useRoutes"] = _used


def _router(call: Invocation) -> Value:
    return element_routes.router(NAME, call, base="base")


def _used(call: Invocation) -> Value:
    return element_routes.tree(call, NAME, _nested(pages_among(call, call.positional)))


def _nested(pages: list[Page]) -> list[Page]:
    for page in pages:
        page.children = _nested(page.children)
    return element_routes.relative(pages)


def _route(call: Invocation) -> Value:
    """`<Route path={["/login", "/join"]} component={Login}>children</Route>`."""
    said = call.named
    shows = next((said[name] for name in ("component", "element") if said.get(name) is not None), None)
    written = texts_of(said["path"]) if said.get("path") is not None else [""]
    inner = element_routes.relative(pages_among(call, call.positional))
    pages = [Page(_REST.sub("*", path), call.place, shows, children=inner, alone=not inner) for path in written]
    return route_node(call, pages, is_relative=True)


def routes(interpreter: Interpreter) -> Iterator[Route]:
    """Yield every page of every router."""
    yield from element_routes.rows(interpreter, NAME, MODULES, ROUTERS)


FRAMEWORK = Framework(
    name=NAME,
    language="typescript",
    family="javascript",
    kind="client",
    packages=("@solidjs/router", "solid-app-router"),
    imports=MODULES,
    declare=declare,
    routes=routes,
)
