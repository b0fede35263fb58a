"""Paths that NestJS's settings and modules name: patterns with the verbs that they are for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from github_connections.analysis.linking.values import ClassValue, MapValue, Value, items_in, text_of
from github_connections.analysis.report import ANY_METHOD

# A regular expression for a path, and a verb.
Pattern = tuple[str, str]
# A star, or a variable that is part of a word, may stand for a text of any length: with many of them, and a long path,
# it would be tried for ever which is which.
_MAXIMUM_OPEN = 2
_MAXIMUM_PATH = 300
_OPEN = re.compile(r"\*|[^/]:|:\w+[^/\w]")


def matches(patterns: Iterable[Pattern], path: str, method: str) -> bool:
    """Tell whether one of the patterns is for a path."""
    path = path.strip("/")
    if len(path) > _MAXIMUM_PATH:
        return False
    return any(verb in (method, ANY_METHOD) and re.fullmatch(one, path) for one, verb in patterns)


def patterns_of(listed: Value, *, below: bool = False) -> Iterator[Pattern]:
    """Yield the paths that a list names, with their verbs: `["health", {path: "crew/:id", method: RequestMethod.GET}]`.

    A text may stand for all that is `below` it, too.
    """
    for item in items_in(listed):
        if isinstance(item, ClassValue):
            continue
        entries = item.entries if isinstance(item, MapValue) else {"path": item}
        said = text_of(entries.get("path", ""))
        if len(_OPEN.findall(said)) > _MAXIMUM_OPEN:
            continue
        pattern = _pattern_of(said)
        rest = "(/.*)?" if below and not isinstance(item, MapValue) else ""
        yield pattern + rest, verb_of(entries.get("method", ANY_METHOD))


def verb_of(said: Value) -> str:
    """Return the verb of `RequestMethod.GET`."""
    verb = text_of(said).strip("{?}").rpartition(".")[2]
    return ANY_METHOD if verb == "ALL" else verb


def _pattern_of(path: str) -> str:
    """Return a regular expression for a path with variables and stars."""
    pattern = re.escape(path.strip("/"))
    pattern = re.sub(r"\\\(\\\.\\\*\\\)|\\\{?/?\\\*\w*\\\}?|\\\*\w*", ".*", pattern)
    return re.sub(r":\w+", "[^/]+", pattern)
