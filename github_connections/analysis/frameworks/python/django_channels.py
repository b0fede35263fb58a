"""Django Channels: web sockets by lists of url patterns, in routers that stand where the program is deployed."""

from __future__ import annotations

from github_connections.analysis.frameworks.python import python_views
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import Kind, Thing, Value

SOCKETS = Kind("URLRouter of Channels", is_router=False)


def declare(registry: Registry) -> None:
    """Add the routers; what wraps them is handed them, and nothing of it matters here."""
    registry.calls["channels.routing.URLRouter"] = _router
    registry.class_methods["as_asgi"] = _as_asgi


def _router(call: Invocation) -> Value:
    made = Thing(SOCKETS, call.place, {"patterns": call.value(0, "routes")})
    call.interpreter.things.append(made)
    return made


def _as_asgi(call: Invocation) -> Value:
    return Thing(python_views.VIEW, call.place, {"class": call.receiver, "arguments": call})
