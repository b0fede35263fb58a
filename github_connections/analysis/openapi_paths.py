"""Paths of a report as OpenAPI writes them: one variable of its own name in each pair of braces, and no marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from typing import Literal
from urllib.parse import quote

from msgspec import Struct

_VARIABLE = re.compile(r"\{([^{}]*)\}")
_PLAIN = re.compile(r"[\w/.~-]*", re.ASCII)
# A path with many parts that may be missing stands for many paths; beyond so many parts all are taken to be there.
MOST_OPTIONAL = 4

Kind = Literal["one", "catch-all", "unresolved"]


class Variable(Struct, frozen=True):
    """A variable by its name in the document. `source`: what the code calls it, or what could not be resolved."""

    name: str
    source: str
    kind: Kind


class Template(Struct, frozen=True):
    """A path and its variables; `shape` is the same for paths that differ in the names of their variables alone."""

    path: str
    shape: str
    variables: tuple[Variable, ...]


def templates(path: str) -> Iterator[Template]:
    """Yield the paths for which a report's path stands: with and without each part that may be missing."""
    optional = [match for match in _VARIABLE.finditer(path) if _is_optional(match[1])]
    seen = set()
    choices = product((True, False), repeat=len(optional)) if len(optional) <= MOST_OPTIONAL else [()]
    for kept in choices:
        left_out = [match for match, keep in zip(optional, kept, strict=False) if not keep]
        template = _template(_without(path, left_out))
        if template.shape not in seen:
            seen.add(template.shape)
            yield template


def _is_optional(inner: str) -> bool:
    return len(inner) > 1 and inner.endswith("?")


def _without(path: str, left_out: list[re.Match[str]]) -> str:
    """Return the path without these variables, each with the slash or dot before it."""
    for match in reversed(left_out):
        path = path[: match.start()].rstrip(".-") + path[match.end() :]
        path = path.replace("//", "/")
    without_slash = path.rstrip("/") if left_out and left_out[-1].string.endswith("}") else path
    return without_slash or "/"


def _template(path: str) -> Template:
    text, shape, variables, end = "", "", list[Variable](), 0
    for match in _VARIABLE.finditer(path):
        between = _literal(path[end : match.start()])
        variable = _variable(match[1], {known.name for known in variables})
        text, shape = f"{text}{between}{{{variable.name}}}", f"{shape}{between}{{}}"
        variables.append(variable)
        end = match.end()
    last = _literal(path[end:])
    text, shape = text + last, shape + last
    slash = "" if text.startswith("/") else "/"
    return Template(slash + text, slash + shape, tuple(variables))


def _literal(text: str) -> str:
    """Return a fixed part with what a path of the document must not hold in its quoted form."""
    return text if _PLAIN.fullmatch(text) else quote(text, safe="/%:@!$&'()*+,;=~")


def _variable(inner: str, taken: set[str]) -> Variable:
    if inner.startswith("?"):
        return Variable(_unique("unresolved", taken), inner[1:], "unresolved")
    source = inner.rstrip("?*")
    kind: Kind = "catch-all" if "*" in inner else "one"
    return Variable(_unique(re.sub(r"[^\w.-]+", "_", source).strip("_") or "rest", taken), source, kind)


def _unique(name: str, taken: set[str]) -> str:
    number, unique = 1, name
    while unique in taken:
        number += 1
        unique = f"{name}_{number}"
    return unique
