"""What functions of Go's standard library do, as far as set-up code uses them."""

from __future__ import annotations

from collections.abc import Callable

from github_connections.analysis.linking import sequences
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import Behaviour, ListValue, MapValue, Value, text_of


def declare(registry: Registry) -> None:
    """Add the functions of `strings`; a hole in a text goes through them."""
    changes: dict[str, Callable[[str, str], str]] = {
        "TrimSuffix": str.removesuffix,
        "TrimPrefix": str.removeprefix,
        "TrimRight": str.rstrip,
        "TrimLeft": str.lstrip,
        "Trim": str.strip,
    }
    for name, change in changes.items():
        registry.calls[f"strings.{name}"] = _changed(change)
    registry.calls["strings.TrimSpace"] = lambda call: call.text(0).strip()
    registry.calls["strings.ToLower"] = lambda call: call.text(0).lower()
    registry.calls["strings.ToUpper"] = lambda call: call.text(0).upper()
    registry.calls["strings.ReplaceAll"] = lambda call: call.text(0).replace(call.text(1), call.text(2))
    registry.calls["strings.Replace"] = registry.calls["strings.ReplaceAll"]
    registry.calls["strings.Join"] = _joined
    registry.calls["strings.Split"] = lambda call: ListValue(_parts(call), call.place)
    # What is gone through by one variable: parts, where a list's would be positions.
    registry.calls["strings.SplitSeq"] = lambda call: MapValue({str(part): part for part in _parts(call)}, call.place)


def _changed(change: Callable[[str, str], str]) -> Behaviour:
    return lambda call: change(call.text(0), call.text(1))


def _joined(call: Invocation) -> Value:
    return call.text(1).join(text_of(item) for item in sequences.items_of(call.value(0)) or [])


def _parts(call: Invocation) -> list[Value]:
    return list(call.text(0).split(call.text(1) or None))
