"""What React's own functions give back, and those that load a component when it is first shown."""

from __future__ import annotations

from github_connections.analysis.frameworks.javascript.page_components import loaded
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import (
    ClassValue,
    External,
    FunctionValue,
    ListValue,
    MapValue,
    ModuleValue,
    Unknown,
    Value,
)

_LAZY = (
    "react.lazy", "@loadable/component", "loadable-components", "react-lazy-with-preload.lazyWithPreload",
    "react-loadable", "solid-js.lazy",
)  # fmt: skip


def declare(registry: Registry) -> None:
    """Add the functions."""
    for name in _LAZY:
        registry.calls[name] = _lazy
    registry.calls["react.useState"] = _state
    registry.calls["react.useMemo"] = lambda call: call.run(call.value(0))


def _state(call: Invocation) -> Value:
    """`const [routes, setRoutes] = useState(firstRoutes)`: what a component begins with."""
    first = call.value(0)
    known = call.run(first) if isinstance(first, FunctionValue) else first
    return ListValue([known, Unknown("setState")], call.place)


def _lazy(call: Invocation) -> Value:
    """`lazy(() => import("./Users"))`, `Loadable({ loader: () => import("./Users") })`."""
    said = call.value(0)
    found = loaded(call.interpreter, said.entries.get("loader") if isinstance(said, MapValue) else said)
    is_component = isinstance(found, FunctionValue | ClassValue | External | ModuleValue)
    return found if is_component else External(f"{call.name}()", call)
