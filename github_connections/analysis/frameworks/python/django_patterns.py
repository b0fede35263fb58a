"""Regular expressions of Django's older URL patterns, as paths."""

from __future__ import annotations

import re

_NAMED_GROUP = re.compile(r"\(\?P<(\w+)>")
_ANYTHING = re.compile(r"\.[*+]\??")
_UNKNOWN = re.compile(r"\{\?[^{}]*\}")


def from_regex(pattern: str) -> str:
    r"""Return a regular expression as a path: `^users/(?P<id>\d+)/?$` → `users/<id>/`."""
    pattern = pattern.removeprefix("^").removesuffix("$").removesuffix("\\Z")
    result, position, unnamed = "", 0, 0
    while position < len(pattern):
        anything, unknown = _ANYTHING.match(pattern, position), _UNKNOWN.match(pattern, position)
        if unknown:  # a part that is not known, of which nothing is an expression
            result += unknown.group()
            position = unknown.end()
        elif anything:  # `.*` for all that nothing else answers, as for pages whose routes the browser knows
            result += "<path:path>"
            position = anything.end()
        elif pattern[position] == "(":
            end = _closing(pattern, position)
            may_lack = pattern[end + 1 : end + 2] in ("?", "*")
            group = (
                ""
                if may_lack and _says_nothing(pattern[position:end])
                else _of_group(pattern[position:end], unnamed + 1)
            )
            unnamed += group.startswith("<arg")
            result += group
            position = end + 1
        else:
            is_escaped = pattern[position] == "\\" and position + 1 < len(pattern)
            position += is_escaped
            character = pattern[position]
            is_meant = character not in "?*+$^" and not (is_escaped and character.isalnum())
            result += character if is_meant else ""
            position += 1
    return result


def _says_nothing(group: str) -> bool:
    """Tell whether a group that may be left out has no variable: a path without it is a path of the view's too."""
    return group.startswith("(?:") and "(" not in group[1:]


def _of_group(group: str, number: int) -> str:
    """Return a group without its closing parenthesis as a part of a path."""
    named = _NAMED_GROUP.match(group)
    if named:
        return f"<{named.group(1)}>"
    if group.startswith("(?:"):
        return from_regex(group[3:].split("|")[0])
    return "" if group.startswith(("(?=", "(?!", "(?i")) else f"<arg{number}>"


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
