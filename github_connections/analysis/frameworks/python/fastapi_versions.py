"""fastapi-versioning: `VersionedFastAPI(app)` serves what an application has once for every version."""

from __future__ import annotations

from github_connections.analysis.frameworks import paths
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.routing import Reached, Router, reach
from github_connections.analysis.linking.values import (
    Behaviour,
    FunctionValue,
    Kind,
    ListValue,
    Unknown,
    Value,
    text_of,
)
from github_connections.analysis.syntax import nodes

Version = tuple[Value, Value]
# Each has all routes of those before it; of more the newest are told.
MAXIMUM_VERSIONS = 50


def declare(registry: Registry, kind: Kind, make_application: Behaviour) -> None:
    """Add the library's application; `make_application` is what `FastAPI(…)` does."""

    def make(call: Invocation) -> Value:
        inner = call.value(0, "app")
        if not isinstance(inner, Router):
            return Unknown(call.name)
        outer = make_application(call)
        if isinstance(outer, Router):
            _serve(outer, inner, call, kind)
        return outer

    registry.calls["fastapi_versioning.VersionedFastAPI"] = make


def _serve(outer: Router, inner: Router, call: Invocation, kind: Kind) -> None:
    """Mount a router for every version; each has what is new with it and what older ones have."""
    default = _pair(call.value(99, "default_version"))
    by_version: dict[Version, list[Reached]] = {}
    for item in reach(inner):
        version = _version_of(call.interpreter, item.route.handler) or default
        by_version.setdefault(version, []).append(item)
    served: dict[tuple[str, str], Reached] = {}
    router = Router(kind, call.place)
    ordered = sorted(by_version, key=_numbers)
    for number, version in enumerate(ordered, MAXIMUM_VERSIONS - len(ordered)):
        for item in by_version[version]:
            served.update({(method, paths.concatenate(item.pieces)): item for method in item.route.methods})
        if number < 0:
            continue
        router = _router_of(served, call, kind)
        prefix = call.text(99, "prefix_format", "/v{major}_{minor}")
        prefix = prefix.replace("{major}", text_of(version[0])).replace("{minor}", text_of(version[1]))
        outer.mount(prefix, router, call.place, "VersionedFastAPI")
    if call.value(99, "enable_latest") is True:
        outer.mount("/latest", router, call.place, "VersionedFastAPI")
    inner.parents += 1  # it is not served by itself any more


def _router_of(served: dict[tuple[str, str], Reached], call: Invocation, kind: Kind) -> Router:
    router = Router(kind, call.place)
    for (method, path), item in served.items():
        router.add([method], path, item.route.place, item.route.handler, **item.route.options)
    return router


def _pair(said: Value) -> Version:
    return (said.items[0], said.items[1]) if isinstance(said, ListValue) and len(said.items) == 2 else (1, 0)


def _numbers(version: Version) -> list[int]:
    return [part if isinstance(part, int) else 0 for part in version]


def _version_of(interpreter: Interpreter, handler: Value) -> Version | None:
    """Return what `@version(2, 1)` on a function says."""
    for decorator in handler.node.decorators if isinstance(handler, FunctionValue) else ():
        if isinstance(decorator, nodes.Call) and nodes.bare_name(decorator) == "version":
            said = [interpreter.evaluate(argument.value, handler.scope) for argument in decorator.arguments[:2]]
            if said:
                return (said[0], said[1] if len(said) > 1 else 0)
    return None
