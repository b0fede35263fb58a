"""The names that a function uses."""

from __future__ import annotations

from collections.abc import Iterator, Set

from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.nodes import last_name
from github_connections.analysis.syntax.walking import nodes_in


def words_of(function: nodes.Function) -> set[str]:
    """Return every name that is called or used as a decorator inside a function."""
    return set(_words_in(function, owned=False))


def uses(function: nodes.Function, words: Set[str]) -> bool:
    """Tell whether one of these names, or one with its owner (`app.get`), is called or used as a decorator inside a
    function."""
    owned = any("." in word for word in words)
    return any(word in words for word in _words_in(function, owned=owned))


def _words_in(function: nodes.Function, *, owned: bool) -> Iterator[str]:
    for node in nodes_in([function.decorators, function.body]):
        if isinstance(node, nodes.Call):
            yield last_name(node.function)
            if owned and isinstance(node.function, nodes.Member):
                yield f"{last_name(node.function.of)}.{node.function.name}"
        elif isinstance(node, nodes.Element):
            yield last_name(node.tag)
