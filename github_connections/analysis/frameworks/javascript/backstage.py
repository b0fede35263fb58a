"""Backstage's plugins of the back end: what they give to the router that they are handed is below `/api/` and an id."""

from __future__ import annotations

from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import (
    External,
    FunctionValue,
    Kind,
    MapValue,
    Thing,
    Unknown,
    Value,
    entries_of,
    text_of,
)

LIBRARY = "@backstage/backend-plugin-api"
# The routers that a plugin may ask for, with what stands before their paths.
ROUTERS = {f"{LIBRARY}.coreServices.httpRouter": "/api/{}", f"{LIBRARY}.coreServices.rootHttpRouter": ""}


def declare(registry: Registry, router: Kind) -> None:
    """Add what makes plugins and their modules; `router` is what their routers are."""
    for name in ("createBackendPlugin", "createBackendModule"):
        registry.calls[f"{LIBRARY}.{name}"] = lambda call: _plugin(call, router)


def _plugin(call: Invocation, router: Kind) -> Value:
    """`createBackendPlugin({pluginId, register(env) {…}})`."""
    said = call.value(0)
    register = entries_of(said).get("register")
    if isinstance(said, MapValue) and isinstance(register, FunctionValue):
        data = {"plugin": said.entries.get("pluginId", ""), "router": router}
        call.run(register, Thing(ENVIRONMENT, call.place, data))
    return Unknown(call.name)


def _register_init(call: Invocation) -> Value:
    """`env.registerInit({deps: {router: coreServices.httpRouter}, async init({router}) {…}})`."""
    entries = entries_of(call.value(0))
    asked, init = entries.get("deps"), entries.get("init")
    if isinstance(asked, MapValue) and isinstance(init, FunctionValue):
        given = {name: _given(call, value) for name, value in asked.entries.items()}
        call.run(init, MapValue(given, call.place))
    return Unknown(call.name)


def _given(call: Invocation, asked: Value) -> Value:
    prefix = ROUTERS.get(asked.name) if isinstance(asked, External) else None
    if prefix is None:
        return Unknown(getattr(asked, "name", "dependency"))
    data = call.receiver.data
    return call.router(data["router"], prefix=prefix.format(text_of(data["plugin"])), how="pluginId", application=True)


ENVIRONMENT = Kind("backstage environment", methods={"registerInit": _register_init}, is_router=False)
