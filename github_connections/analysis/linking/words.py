"""The names that a function uses."""

from __future__ import annotations

from collections.abc import Iterator, Set
from itertools import chain

from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in


def words_of(function: nodes.Function) -> set[str]:
    """Return every name that is called or used as a decorator inside a function."""
    return set(_words_in(function))


def uses(function: nodes.Function, words: Set[str]) -> bool:
    """Tell whether one of these names, or one with its owner (`app.get`), is called or used as a decorator inside a
    function."""
    return any(word in words for word in chain(_words_in(function), _owned_words_in(function)))


def _words_in(function: nodes.Function) -> Iterator[str]:
    for node in nodes_in([function.decorators, function.body]):
        if isinstance(node, nodes.Call):
            yield getattr(node.function, "name", "") or getattr(node.function, "id", "")
        elif isinstance(node, nodes.Element):
            yield getattr(node.tag, "name", "") or getattr(node.tag, "id", "")


def _owned_words_in(function: nodes.Function) -> Iterator[str]:
    """Yield what is called with its owner, as the lowering of JavaScript notes it where a path is given."""
    for node in nodes_in(function.body):
        if isinstance(node, nodes.Call) and isinstance(node.function, nodes.Member):
            owner = node.function.of
            yield f"{getattr(owner, 'id', '') or getattr(owner, 'name', '')}.{node.function.name}"
