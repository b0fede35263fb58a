"""The names that a function uses."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from github_connections.analysis.syntax import nodes

_PLAIN = (str, int, bool, list[str])


@cache
def _fields_with_nodes(kind: type[nodes.Node]) -> tuple[str, ...]:
    return tuple(field.name for field in msgspec.structs.fields(kind) if field.type not in _PLAIN)


def words_of(node: nodes.Function) -> set[str]:
    """Return every name that is called or used as a decorator inside a function."""
    words: set[str] = set()
    waiting: list[Any] = [node.body, node.decorators]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, nodes.Node):
            if isinstance(item, nodes.Call | nodes.Element):
                function = item.function if isinstance(item, nodes.Call) else item.tag
                words.add(getattr(function, "name", "") or getattr(function, "id", ""))
            waiting.extend(getattr(item, field) for field in _fields_with_nodes(type(item)))
    return words
