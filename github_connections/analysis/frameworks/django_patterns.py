"""Regular expressions of Django's older URL patterns, as paths."""

from __future__ import annotations

import re

_NAMED_GROUP = re.compile(r"\(\?P<(\w+)>")


def from_regex(pattern: str) -> str:
    r"""Return a regular expression as a path: `^users/(?P<id>\d+)/?$` → `users/<id>/`."""
    pattern = pattern.removeprefix("^").removesuffix("$").removesuffix("\\Z")
    result, position, unnamed = "", 0, 0
    while position < len(pattern):
        character = pattern[position]
        if character == "(":
            end = _closing(pattern, position)
            named = _NAMED_GROUP.match(pattern, position)
            if named:
                result += f"<{named.group(1)}>"
            elif not pattern.startswith(("(?:", "(?=", "(?!", "(?i"), position):
                unnamed += 1
                result += f"<arg{unnamed}>"
            elif pattern.startswith("(?:", position):
                result += from_regex(pattern[position + 3 : end].split("|")[0])
            position = end + 1
            continue
        if character == "\\" and position + 1 < len(pattern):
            position += 1
            character = pattern[position] if not pattern[position].isalnum() else ""
        if character not in "?*+$^":
            result += character
        position += 1
    return result


def _closing(pattern: str, start: int) -> int:
    """Return where the parenthesis that opens at `start` closes; the end where it never does."""
    depth, inside_set, position = 0, False, start
    while position < len(pattern):
        character = pattern[position]
        if character == "\\":
            position += 1
        elif character == "[" and not inside_set:
            inside_set = True
        elif character == "]" and inside_set:
            inside_set = False
        elif not inside_set and character in "()":
            depth += 1 if character == "(" else -1
            if depth == 0:
                return position
        position += 1
    return len(pattern)
