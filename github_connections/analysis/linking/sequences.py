"""Lists and mappings: joining, adding to, walking."""

from __future__ import annotations

from github_connections.analysis.linking.values import ListValue, MapValue, Unknown, Value
from github_connections.analysis.report import Place


def items_of(value: Value) -> list[Value] | None:
    """Return what a loop over the value meets; None where that is not known."""
    if isinstance(value, ListValue):
        return list(value.items)
    if isinstance(value, MapValue):
        return list(value.entries)
    return None


def add(left: Value, right: Value, place: Place) -> Value:
    """Return `left + right` for lists and mappings; strings are put together elsewhere."""
    if isinstance(left, ListValue):
        more = right.items if isinstance(right, ListValue) else [right]
        return ListValue([*left.items, *more], place)
    if isinstance(right, ListValue):
        return ListValue([left, *right.items], place)
    if isinstance(left, MapValue) and isinstance(right, MapValue):
        return MapValue({**left.entries, **right.entries}, place, {**left.lines, **right.lines})
    if isinstance(left, str) and isinstance(right, str):
        return left + right
    return Unknown("+")
