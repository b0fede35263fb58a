"""What functions of Java and Kotlin themselves do, as far as set-up code uses them."""

from __future__ import annotations

from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import FunctionValue, ListValue, Value

_LISTS = (
    "listOf", "setOf", "arrayOf", "mutableListOf", "listOfNotNull", "java.util.List.of", "java.util.Set.of",
    "List.of", "Set.of",
    "java.util.Arrays.asList", "Arrays.asList", "java.util.stream.Stream.of",
)  # fmt: skip


def declare(registry: Registry) -> None:
    """Add the functions that every program may use."""
    for name in _LISTS:
        registry.calls[name] = _list
    registry.calls["with"] = _with


def _list(call: Invocation) -> Value:
    return ListValue(list(call.positional), call.place)


def _with(call: Invocation) -> Value:
    """Kotlin's `with(router) { … }`: the first argument is the receiver inside."""
    block = call.value(-1)
    return call.run(block, call.value(0), this=call.value(0)) if isinstance(block, FunctionValue) else call.value(0)
