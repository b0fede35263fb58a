"""Paths of Rails and Grape: what stands in parentheses may be missing."""

from __future__ import annotations

import re

from github_connections.analysis.frameworks import paths

_OPTIONAL = re.compile(r"\(([^()]*)\)")


def from_ruby(path: str) -> str:
    """`/(:locale)/about` → `/{locale?}/about`; other parts in parentheses may be there."""
    while _OPTIONAL.search(path):
        path = _OPTIONAL.sub(lambda match: _in_parentheses(match.group(1)), path)
    return paths.join_trimmed([paths.from_colons(path)])


def _in_parentheses(part: str) -> str:
    variable = re.fullmatch(r"(/?)([:*])(\w+)(/?)", part)
    if variable is None:
        return ""
    before, mark, name, after = variable.groups()
    return f"{before}:{name}?{after}" if mark == ":" else f"{before}{{{name}*}}{after}"
