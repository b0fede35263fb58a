"""Which variables of a Symfony path may be missing: those at its end that have a default.

https://symfony.com/doc/current/routing.html#optional-parameters
"""

from __future__ import annotations

import re
from collections.abc import Collection

from msgspec.structs import replace

from github_connections.analysis.frameworks import rows
from github_connections.analysis.report import Parameter
from github_connections.analysis.syntax import nodes

# `{page?1}` and `{page<\d+>?}` have a default; `{!page?1}` must be written all the same.
_IN_PATH = re.compile(r"\{(!?)(\w+)(?::\w+)?(?:<[^<>{}]*>)?(\?)?[^{}]*\}")
# What stands before a variable goes with it: https://github.com/symfony/routing/blob/7.4/Route.php SEPARATORS
_LAST = re.compile(r"[/,;.:\-_~*+@|]?\{(\w+)\}$")


def path_parameters(path: str, written: str, defaults: Collection[str]) -> list[Parameter]:
    """Return the variables of a path; `written` is how the route says it, `defaults` are the names that have one."""
    marked = [match.groups() for match in _IN_PATH.finditer(written)]
    known = {*defaults, *(name for _, name, default in marked if default)} - {name for must, name, _ in marked if must}
    left_out = _at_end(path, known) if known else set()
    return [replace(one, required=False) if one.name in left_out else one for one in rows.path_parameters(path)]


def _at_end(path: str, defaults: Collection[str]) -> set[str]:
    found: set[str] = set()
    match = _LAST.search(path)
    while match is not None and match.group(1) in defaults:
        found.add(match.group(1))
        path = path[: match.start()]
        match = _LAST.search(path)
    return found


def of_method(method: nodes.Function) -> set[str]:
    """Return the names of a controller's parameters that have a default: with attributes it is the route's, too."""
    return {parameter.name.lstrip("$") for parameter in method.parameters if parameter.default is not None}
