"""Lists and mappings: joining, adding to, walking."""

from __future__ import annotations

from collections.abc import Iterable

from github_connections.analysis.linking.values import ListValue, MapValue, Unknown, Value, items_or_itself, text_of
from github_connections.analysis.report import Place

# A table of routes is shorter; a list that a loop adds to itself doubles every time.
MAXIMUM_ITEMS = 1_000
MAXIMUM_GROWN = 10_000
MAXIMUM_TEXT = 20_000


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
        more = items_or_itself(right)
        return joined(left.items, more, place)
    if isinstance(right, ListValue):
        return joined([left], right.items, place)
    if isinstance(left, MapValue) and isinstance(right, MapValue):
        return MapValue({**left.entries, **right.entries}, place, {**left.lines, **right.lines})
    if isinstance(left, str) and isinstance(right, str):
        return text((left, right))
    return Unknown("+")


def text(parts: Iterable[str]) -> str:
    """Return the parts in one, or the first of them where that would be longer than anybody writes."""
    parts = list(parts)
    return "".join(parts) if sum(map(len, parts)) <= MAXIMUM_TEXT else parts[0]


def joined_texts(between: str, parts: Iterable[str]) -> str:
    """Return texts with another between them; as `text` does where it would be too long."""
    return text([piece for part in parts for piece in (between, part)][1:])


def joined_items(between: str, parts: Value) -> Value:
    """Return the items of a list with a text between them, as Python's `"-".join(parts)`."""
    items = items_of(parts)
    return Unknown(f"{text_of(parts)}.join") if items is None else joined_texts(between, map(text_of, items))


def replaced(whole: str, old: str, new: str, most: int = -1) -> str:
    """Return a text with another for each of a piece, or for so many; as it is where it would be too long."""
    count = whole.count(old) if most < 0 else most
    return whole if len(whole) + count * len(new) > MAXIMUM_TEXT else whole.replace(old, new, most)


def grow(items: list[Value], more: list[Value]) -> None:
    """Add to a list what stands in another, as far as anybody writes so many; one that doubles itself, again and again,
    would fill the memory."""
    items.extend(more if len(more) == 1 else more[: max(MAXIMUM_GROWN - len(items), 0)])


def joined(items: list[Value], more: list[Value], place: Place) -> ListValue:
    """Return a list of both, as long as it may be."""
    return ListValue([*items, *more[: max(MAXIMUM_ITEMS - len(items), 0)]], place)
