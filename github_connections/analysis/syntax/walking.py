"""Looking at everything inside a tree."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec

from github_connections.analysis.syntax.nodes import Node

_WITHOUT_NODES = (str, int, bool, list[str])


@cache
def _fields_with_nodes(kind: type[Node]) -> tuple[str, ...]:
    return tuple(field.name for field in msgspec.structs.fields(kind) if field.type not in _WITHOUT_NODES)


def nodes_in(tree: Any) -> Iterator[Node]:
    """Yield every node of a tree, or of a list of them: each before what is inside it, those of a list in its order."""
    waiting = [tree]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(item[::-1])
        elif isinstance(item, Node):
            yield item
            for field in _fields_with_nodes(item.__class__):
                value = getattr(item, field)
                if value:
                    waiting.append(value)
