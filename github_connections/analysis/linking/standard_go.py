"""What functions of Go's standard library do, as far as set-up code uses them."""

from __future__ import annotations

from collections.abc import Callable

from github_connections.analysis.linking import sequences
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import Behaviour, ListValue, MapValue, Unknown, Value, is_known, text_of
from github_connections.analysis.syntax import nodes


def declare(registry: Registry) -> None:
    """Add the functions of `strings`; a hole in a text goes through them."""
    registry.calls["make"] = _made
    registry.calls["case_of"] = registry.calls["case_else"] = _case
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


def _made(call: Invocation) -> Value:
    """`make(map[string]http.Handler)` is a map that is filled later."""
    kind = call.node.arguments[0].value if call.node is not None and call.node.arguments else None
    is_map = isinstance(kind, nodes.Item) and kind.of == nodes.Name("map") and call.scope.file.family == "go"
    return MapValue({}, call.place) if is_map else Unknown("make()")


def _case(call: Invocation) -> Value:
    """Return a list that is empty where a switch is known to go another way."""
    tag, *cases = call.positional
    is_known_text = isinstance(tag, str) and tag and is_known(tag)
    known = [value for value in cases if isinstance(value, str) and is_known(value)]
    if call.name == "case_else":
        is_another = is_known_text and tag in known
    else:
        is_another = is_known_text and len(known) == len(cases) and tag not in known
    return ListValue([] if is_another else [tag], call.place)


def _changed(change: Callable[[str, str], str]) -> Behaviour:
    return lambda call: change(call.text(0), call.text(1))


def _joined(call: Invocation) -> Value:
    return call.text(1).join(text_of(item) for item in sequences.items_of(call.value(0)) or [])


def _parts(call: Invocation) -> list[Value]:
    return list(call.text(0).split(call.text(1) or None))
