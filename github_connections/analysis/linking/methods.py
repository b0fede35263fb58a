"""Methods of strings, lists, mappings and functions, by the names that languages give them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

from github_connections.analysis.linking import sequences
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.values import (
    Behaviour,
    FunctionValue,
    ListValue,
    MapValue,
    Unknown,
    Value,
    text_of,
)


def _append(call: Invocation) -> Value:
    sequences.grow(call.receiver.items, call.positional)
    return call.receiver


def _spliced(call: Invocation) -> Value:
    """`routes.splice(2, 0, route)`: what is put in, wherever."""
    sequences.grow(call.receiver.items, call.positional[2:])
    return Unknown("splice()")


def _extend(call: Invocation) -> Value:
    more = sequences.items_of(call.value(0))
    sequences.grow(call.receiver.items, more if more is not None else [call.value(0)])
    return call.receiver


def _concatenated(call: Invocation) -> Value:
    value: Value = call.receiver
    for other in call.positional:
        value = sequences.add(value, other, call.place)
    return value


def _for_each(call: Invocation) -> Value:
    """Run the block for each item; the results are a list, as for `map`."""
    function, results = call.value(-1), []
    takes_pairs = (
        call.scope.file.family == "ruby" and isinstance(function, FunctionValue) and len(function.node.parameters) > 1
    )
    for item in sequences.items_of(call.receiver) or []:
        is_pair = takes_pairs and isinstance(item, ListValue)
        results.append(call.run(function, *(item.items if is_pair else [item])))
    return ListValue(results, call.place)


def _filtered(call: Invocation) -> Value:
    """Run the condition, in which set-up hides now and then, and keep every item: nobody knows what it says."""
    _for_each(call)
    return call.receiver


def _one_of(call: Invocation) -> Value:
    """`items.shift()`, `items.pop()`, `items.at(-1)`."""
    items: list[Value] = call.receiver.items
    position = {"shift": 0, "pop": -1}.get(call.name, call.value(0, default=0))
    return items[position] if isinstance(position, int) and -len(items) <= position < len(items) else Unknown(call.name)


def _flattened(call: Invocation) -> Value:
    items: list[Value] = []
    for item in call.receiver.items:
        sequences.grow(items, item.items if isinstance(item, ListValue) else [item])
    return ListValue(items, call.place)


def _flat_mapped(call: Invocation) -> Value:
    call.receiver = _for_each(call)
    return _flattened(call)


def _itself(call: Invocation) -> Value:
    return call.receiver


def _part_of(call: Invocation) -> Value:
    """`parts.slice(0, -1)`."""
    start, end = call.value(0, default=0), call.value(1)
    items: list[Value] = call.receiver.items
    return ListValue(items[start:end], call.place) if _are_positions(start, end) else call.receiver


def _are_positions(start: Value, end: Value) -> bool:
    return isinstance(start, int) and isinstance(end, int | None)


def _joined(call: Invocation) -> Value:
    return sequences.joined_texts(call.text(0), map(text_of, call.receiver.items))


def _each_pair(call: Invocation) -> Value:
    """Run the block for each key with its value."""
    for key, value in list(call.receiver.entries.items()):
        call.run(call.value(-1), key, value)
    return call.receiver


def _pair_list(call: Invocation) -> Value:
    pairs = [ListValue([key, value], call.place) for key, value in call.receiver.entries.items()]
    return ListValue(pairs, call.place)


def _value_list(call: Invocation) -> Value:
    return ListValue(list(call.receiver.entries.values()), call.place)


def _key_list(call: Invocation) -> Value:
    return ListValue(list(call.receiver.entries), call.place)


def _entry(call: Invocation) -> Value:
    return call.receiver.entries.get(call.text(0), call.value(1, default=Unknown(call.text(0))))


def _set_default(call: Invocation) -> Value:
    """Python's `options.setdefault("url_prefix", "/users")`."""
    return call.receiver.entries.setdefault(call.text(0), call.value(1))


def _popped(call: Invocation) -> Value:
    """Python's `options.pop("prefix", "")`."""
    name = call.text(0)
    return call.receiver.entries.pop(name, call.value(1, default=Unknown(f"pop({name})")))


def _update(call: Invocation) -> Value:
    other = call.value(0)
    if isinstance(other, MapValue):
        call.receiver.entries.update(other.entries)
    return call.receiver


def _indices(call: Invocation) -> Value:
    return ListValue(list(range(len(call.receiver.items))), call.place)


def _reduced(call: Invocation) -> Value:
    """`items.reduce((result, item) => …, start)`."""
    items = list(call.receiver.items)
    result = call.value(1) if len(call.positional) > 1 else items.pop(0) if items else None
    for item in items:
        result = call.run(call.value(0), result, item)
    return result


def _folded(call: Invocation) -> Value:
    """Rust's `items.fold(start, |result, item| …)`."""
    result = call.value(0)
    for item in list(call.receiver.items):
        result = call.run(call.value(1), result, item)
    return result


LIST_METHODS: dict[str, Behaviour] = {
    **dict.fromkeys(("append", "push", "add", "insert", "unshift", "<<"), _append),
    **dict.fromkeys(("extend", "addAll", "AddRange", "push_all"), _extend),
    **dict.fromkeys(("concat", "plus", "merge"), _concatenated),
    **dict.fromkeys(("forEach", "map", "each", "ForEach", "for_each", "collect", "each_with_index"), _for_each),
    **dict.fromkeys(("shift", "pop", "at"), _one_of),
    **dict.fromkeys(("flatMap", "flat_map"), _flat_mapped),
    **dict.fromkeys(("sort", "reverse", "copy", "freeze", "iter", "into_iter", "values"), _itself),
    **dict.fromkeys(("ToList", "ToArray", "toList"), _itself),
    "filter": _filtered,
    "flat": _flattened,
    "join": _joined,
    "keys": _indices,
    "reduce": _reduced,
    "slice": _part_of,
    "splice": _spliced,
    "fold": _folded,
}
MAP_METHODS: dict[str, Behaviour] = {
    **dict.fromkeys(("forEach", "each", "each_pair"), _each_pair),
    **dict.fromkeys(("items", "entries"), _pair_list),
    "values": _value_list,
    "keys": _key_list,
    "get": _entry,
    "fetch": _entry,
    "update": _update,
    "merge": _concatenated,  # Ruby's `options.merge(other)`
    "setdefault": _set_default,
    "pop": _popped,
}


def _pairs(call: Invocation) -> list[tuple[Value, Value]]:
    pairs = [pair.items for pair in call.receiver.items if isinstance(pair, ListValue)]
    return [(items[0], items[1]) for items in pairs if len(items) > 1]


def _each_of_pairs(call: Invocation) -> Value:
    """Run the block for each value with its key."""
    for key, value in _pairs(call):
        call.run(call.value(-1), value, key)
    return None


def _set_pair(call: Invocation) -> Value:
    call.receiver.items.append(ListValue(call.positional[:2], call.place))
    return call.receiver


PAIRS_METHODS: dict[str, Behaviour] = {
    "forEach": _each_of_pairs,
    "set": _set_pair,
    "entries": _itself,
    "get": lambda call: next((value for key, value in _pairs(call) if key == call.value(0)), Unknown(call.text(0))),
    "keys": lambda call: ListValue([key for key, _ in _pairs(call)], call.place),
    "values": lambda call: ListValue([value for _, value in _pairs(call)], call.place),
}


def _text_method(function: Callable[..., str]) -> Behaviour:
    def change(call: Invocation) -> Value:
        try:
            return function(call.receiver, *(text_of(value) for value in call.positional))
        except TypeError:
            return call.receiver

    return change


def _formatted(call: Invocation) -> Value:
    text: str = call.receiver
    for name, value in call.named.items():
        text = sequences.replaced(text, "{" + name + "}", text_of(value))
    for value in call.positional:
        text = sequences.replaced(text, "{}", text_of(value), 1)
    return text


def _split(call: Invocation) -> Value:
    text: str = call.receiver
    parts = text.split(call.text(0)) if call.text(0) else list(text)
    return ListValue(list(parts), call.place)


def _partitioned(call: Invocation) -> Value:
    """Python's `verb, _, name = text.partition("_")`."""
    text: str = call.receiver
    return ListValue(list(text.partition(call.text(0) or " ")), call.place)


def _sliced(call: Invocation) -> Value:
    text: str = call.receiver
    start, end = call.value(0), call.value(1)
    return text[start:end] if _are_positions(start, end) else Unknown(f"{text}.slice()")


def _without_matches(call: Invocation) -> Value:
    """`name.replace(/\\.js$/, "")` takes the ending off; of other regular expressions nothing is known."""
    text: str = call.receiver
    old = call.value(0)
    if isinstance(old, Unknown) and old.source.startswith("/"):
        ending = _ENDING.fullmatch(old.source)
        return posixpath.splitext(text)[0] + call.text(1) if ending else text
    return sequences.replaced(text, text_of(old), call.text(1))


_ENDING = re.compile(r"/\\\.[\w|()\[\]?:^.\\/+*]*\$/\w*")
TEXT_METHODS: dict[str, Behaviour] = {
    "forEach": lambda _call: None,  # in the branch for lists, of what is none
    "split": _split,
    "partition": _partitioned,
    "slice": _sliced,
    "substring": _sliced,
    "format": _formatted,
    "join": lambda call: sequences.joined_items(call.receiver, call.value(0)),
    "concat": _text_method(lambda *parts: sequences.text(parts)),
    "replace": _without_matches,
    "strip": _text_method(str.strip),
    "trim": _text_method(lambda text: text.strip()),
    "rstrip": _text_method(str.rstrip),
    "lstrip": _text_method(str.lstrip),
    "trimEnd": _text_method(lambda text: text.rstrip()),
    "Trim": _text_method(lambda text, *these: text.strip("".join(these) or None)),
    "TrimStart": _text_method(lambda text, *these: text.lstrip("".join(these) or None)),
    "TrimEnd": _text_method(lambda text, *these: text.rstrip("".join(these) or None)),
    **dict.fromkeys(
        ("lower", "toLowerCase", "lowercase", "downcase", "ToLower", "ToLowerInvariant"), _text_method(str.lower)
    ),
    **dict.fromkeys(
        ("upper", "toUpperCase", "uppercase", "upcase", "ToUpper", "ToUpperInvariant"), _text_method(str.upper)
    ),
    **dict.fromkeys(
        ("toString", "to_string", "to_s", "to_owned", "into", "as_str", "freeze", "String", "value", "name", "tag"),
        _itself,
    ),
}
