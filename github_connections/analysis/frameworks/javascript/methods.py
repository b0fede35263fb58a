"""The verbs that a handler for all of them asks for: `if (req.method === "POST")`, `case "GET":`, a table by method."""

from __future__ import annotations

import re

from github_connections.analysis import http_verbs

_TO_END_OF_LINE = re.compile(rb"(?<![:\"'`])//[^\n]*")
_COMMENT = re.compile(rb"/\*.*?(?:\*/|\Z)|" + _TO_END_OF_LINE.pattern, re.DOTALL)
_VERB = rb"""["'`](GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)["'`]"""
_COMPARED = re.compile(rb"\bmethod\b[\w.?!()\s]{0,20}[!=]==?\s*" + _VERB)
_COMPARED_WITH = re.compile(_VERB + rb"\s*[!=]==?\s*[\w.?]*\bmethod\b")
_CASE = re.compile(rb"\bcase\s+" + _VERB + rb"\s*:")
_LISTED = re.compile(rb"""\[([\s"'`,A-Z]+)\]\s*\.includes\(""")
_KEYED = re.compile(rb"(?:^|[{,])[ \t]*(?:async\s+)?[\"']?(GET|POST|PUT|PATCH|DELETE)[\"']?\s*[:(,]", re.MULTILINE)
_BY_METHOD = re.compile(rb"\[\s*[\w.]*method\b[^\]\n]{0,40}\]")
_ORDER = tuple(map(str.upper, http_verbs.OF_APIS))


def methods_in(source: bytes) -> list[str]:
    """Return the verbs that a source compares a request's method with, without those of preflights."""
    source = without_comments(source)
    if not re.search(rb"\bmethod\b", source):
        return []
    found = {*_COMPARED.findall(source), *_COMPARED_WITH.findall(source), *_CASE.findall(source)}
    found.update(verb for listed in _LISTED.findall(source) for verb in re.findall(_VERB, listed))
    if _BY_METHOD.search(source):
        found.update(_KEYED.findall(source))
    return [verb for verb in _ORDER if verb.encode() in found]


def without_comments(source: bytes) -> bytes:
    """Return a source without its comments, its lines where they were."""
    return _COMMENT.sub(_without, source)


def _without(comment: re.Match[bytes]) -> bytes:
    text = comment.group()
    if text.startswith(b"/*") and not text.endswith(b"*/", 2):  # `"/api/*"`, and no comment ends behind it
        return text[:2] + _TO_END_OF_LINE.sub(b"", text[2:])
    return b"\n" * text.count(b"\n")
