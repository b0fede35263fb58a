"""What Rust's own functions do, as far as set-up code uses them."""

from __future__ import annotations

from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import FunctionValue, ListValue, Unknown, Value

# Wrappers that are, as far as set-up is concerned, what they hold.
_WRAPPERS = ("Ok", "Some", "Err", "Box.new", "Arc.new", "Rc.new", "String.from", "Box.pin", "Into.into", "Cow.Borrowed")
_PLACES = ("std.sync", "std.rc", "std.boxed", "std.string", "std.borrow")


def declare(registry: Registry) -> None:
    """Add the wrappers, by their names and by their places in the standard library."""
    for name in _WRAPPERS:
        registry.calls[name] = _held
        for place in _PLACES if "." in name else ():
            registry.calls[f"{place}.{name}"] = _held
    for name in ("LazyLock.new", "std.sync.LazyLock.new", "Lazy.new", "once_cell.sync.Lazy.new"):
        registry.calls[name] = _held
    for name in ("tokio.spawn", "tokio.task.spawn", "std.thread.spawn", "thread.spawn"):
        registry.calls[name] = _held

    for name in ("Vec.new", "Vec.with_capacity", "std.vec.Vec.new", "std.vec.Vec.with_capacity"):
        registry.calls[name] = lambda call: ListValue([], call.place)

    registry.calls["*.fold"] = _folded_once
    for name in ("routes", "services", "catchers", "openapi_get_routes", "routes_with_openapi", "get_routes"):
        registry.calls[f"*.{name}!"] = _listed


def _folded_once(call: Invocation) -> Value:
    """Over items that nobody knows: what the first of them makes of the start."""
    return call.run(call.value(1), call.value(0), Unknown("item"))


def _listed(call: Invocation) -> Value:
    return ListValue(list(call.positional), call.place)


def _held(call: Invocation) -> Value:
    value = call.value(0)
    if isinstance(value, FunctionValue) and not value.node.name and not value.node.parameters:
        return call.run(value)
    return value
