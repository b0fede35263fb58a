"""Redwood's router: `<Route path="/posts/{id:Int}" page={PostPage} name="post"/>`, pages that nobody need import."""

from __future__ import annotations

import re
from collections.abc import Iterator

from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.javascript import element_routes
from github_connections.analysis.frameworks.javascript.page_routes import Page
from github_connections.analysis.frameworks.javascript.react_router_declarations import route_node
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import Value, text_of
from github_connections.analysis.report import Route

NAME = "redwood"
MODULES = ("@redwoodjs/router", "@cedarjs/router")
_VARIABLE = re.compile(r"\{(\w+)(?::\w+|(\.{3}))?\}")


def declare(registry: Registry) -> None:
    """Add the router and its routes; sets of them are elements like others."""
    for module in MODULES:
        registry.calls[f"{module}.Router"] = lambda call: element_routes.router(NAME, call)
        registry.calls[f"{module}.Route"] = _route


def _route(call: Invocation) -> Value:
    path = call.named.get("path")
    written = None if path is None else _VARIABLE.sub(_variable, text_of(path))
    redirects = call.named.get("redirect") is not None
    pages = [Page(written, call.place, call.named.get("page"), redirects=redirects)]
    return route_node(call, pages if written is not None else [], is_relative=False)


def _variable(match: re.Match[str]) -> str:
    return f":{match.group(1)}{'*' if match.group(2) else ''}"


def routes(interpreter: Interpreter) -> Iterator[Route]:
    """Yield every page of every router."""
    yield from element_routes.rows(interpreter, NAME, MODULES, ("Router",))


FRAMEWORK = Framework(
    name=NAME,
    language="typescript",
    family="javascript",
    kind="fullstack",
    packages=MODULES,
    imports=MODULES,
    declare=declare,
    routes=routes,
)
