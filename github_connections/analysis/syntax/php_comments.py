"""What PHP's older code writes into comments: `@Route("/x", methods={"GET"})`, as Doctrine reads annotations.

`"x"` is a text, `{"GET", "PUT"}` a list, `{"en": "/x"}` and `{"get", "put"={…}}` mappings, `@Inner(…)` a call.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from github_connections.analysis.syntax.nodes import (
    Argument,
    Call,
    Constant,
    Entry,
    Expression,
    Mapping,
    Member,
    Name,
    Opaque,
    Sequence,
    Text,
)

MAXIMUM_DEEP = 20
# Of these the name in front of the backslash says only where it was imported from.
_ANNOTATION = re.compile(
    r"@(?!OA\\|SWG\\)(?:\w+\\)*(?:(Route|Method|Get|GET|Post|POST|Put|PUT|Patch|PATCH"
    r"|Delete|DELETE|IsGranted|Security|QueryParam|RequestParam|FileParam)\s*\("
    r"|(ApiResource|RouteResource|NoRoute|Template)\b(\s*\()?)"
)
_WORD = re.compile(r'"(?:[^"\\]|\\.|"")*"|@?\\?[\w]+(?:\\\w+)*(?:::\w+)?|-?\d+(?:\.\d+)?|[(){},=:]')
_CONSTANTS = {"true": True, "false": False, "null": None}


def annotations_in(comment: str, line: int) -> Iterator[Call]:
    """Yield the annotations in a comment that begins in this line which say something of routes."""
    at, counted = line, 0
    for match in _ANNOTATION.finditer(comment):
        at += comment.count("\n", counted, match.start())
        counted = match.start()
        is_called = match.group(1) is not None or match.group(3) is not None
        arguments = _Reader(comment, match.end(), at).arguments() if is_called else []
        yield Call(Name(match.group(1) or match.group(2)), arguments, at)


class _Reader:
    """Reads what stands in the parentheses of one annotation; what it does not understand ends it."""

    def __init__(self, text: str, start: int, line: int) -> None:
        self._words = (match.group() for match in _WORD.finditer(text, start))
        self._line = line
        self._next = next(self._words, "")

    def arguments(self) -> list[Argument]:
        return [Argument(value, name) for name, value in self._pairs(")", 0)]

    def _take(self) -> str:
        word, self._next = self._next, next(self._words, "")
        return word

    def _pairs(self, end: str, depth: int) -> Iterator[tuple[str, Expression]]:
        """Yield values with the keys before them, which may be missing, up to the bracket that closes."""
        while self._next not in (end, ""):
            if self._next == ",":
                self._take()
                continue
            word = self._next
            value, key = self._value(depth), ""
            if self._next in ("=", ":"):
                self._take()
                key, value = word.strip('"'), self._value(depth)
            yield key, value
            if self._next not in (",", end):
                return
        self._take()

    def _value(self, depth: int) -> Expression:
        word = self._take()
        if depth > MAXIMUM_DEEP:
            return Opaque(word)
        if word == "{":
            return self._collection(depth + 1)
        if word.startswith('"'):
            return Text(word[1:-1].replace('""', '"'))
        if word.startswith("@"):
            return self._inner(word, depth + 1)
        if word.lower() in _CONSTANTS:
            return Constant(_CONSTANTS[word.lower()])
        if "::" in word:
            of, _, name = word.partition("::")
            return Member(Name(of.rpartition("\\")[2]), name)
        return Opaque(word)

    def _inner(self, word: str, depth: int) -> Expression:
        name = Name(word.rpartition("\\")[2].lstrip("@"))
        if self._next != "(":
            return Call(name, [], self._line)
        self._take()
        return Call(name, [Argument(value, key) for key, value in self._pairs(")", depth)], self._line)

    def _collection(self, depth: int) -> Expression:
        pairs = list(self._pairs("}", depth))
        if not any(key for key, _ in pairs):
            return Sequence([value for _, value in pairs])
        return Mapping(
            [Entry(Text(key or str(position)), value) for position, (key, value) in enumerate(pairs)], self._line
        )
