"""Preact's routers: components of the program's own are the routes, by their `path`."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.javascript import element_routes
from github_connections.analysis.frameworks.javascript.react_router_declarations import pages_among
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import Value
from github_connections.analysis.report import Route

NAME = "preact-router"
MODULES = ("preact-router", "preact-iso", "preact-iso/router")


def declare(registry: Registry) -> None:
    """Add the routers; `preact-router` exports its own by default, too."""
    for name in ("preact-router", *(f"{module}.Router" for module in MODULES)):
        registry.calls[name] = _router


def _router(call: Invocation) -> Value:
    return element_routes.tree(call, NAME, pages_among(call, call.positional))


def routes(interpreter: Interpreter) -> Iterator[Route]:
    """Yield every page of every router."""
    yield from element_routes.rows(interpreter, NAME, MODULES, ("Router",))


FRAMEWORK = Framework(
    name=NAME,
    language="typescript",
    family="javascript",
    kind="client",
    packages=("preact-router", "preact-iso"),
    imports=MODULES,
    declare=declare,
    routes=routes,
)
