"""Paths as the report writes them: joined with one slash, their variables in braces."""

from __future__ import annotations

import re
from collections.abc import Iterable

from github_connections.analysis.linking.values import HOLE

# `:id`, `:id(\\d+)`, `:id?`, `:path*`, `:path+`: Express, Koa, Fastify, Hono, Gin, Echo, Rails, Vue Router, React
# Router
_COLON = re.compile(r":([A-Za-z_]\w*)(\((?:[^()\\]|\\.|\([^()]*\))*\))?(\{[^}]*\})?([*+]\??|\?)?")
# `<id>`, `<int:id>`, `<regex("x"):id>`: Flask, Django, Rocket
_ANGLE = re.compile(r"<(?:([^<>:]+):)?([A-Za-z_]\w*)>")
# `{id}`, `{id:int}`, `{id?}`, `{*path}`, `{path...}`: FastAPI, Spring, ASP.NET, Laravel, net/http, Actix, Axum
_BRACE = re.compile(
    r"\{(\*{0,2}|\.{3})([A-Za-z_][\w-]*(?:\.[\w-]+)*)((?:[:=<](?:[^{}]|\{[^{}]*\})*)?)(\?|\.\.\.|\*)?\}"
)
_VARIABLE = re.compile(r"\{([A-Za-z_][\w.-]*)([*?]*)\}")


def join(pieces: Iterable[str]) -> str:
    """Join parts of a path, with the slash that the last part ends in."""
    whole = "/".join(piece for piece in pieces if piece)
    return "/" + re.sub(r"/{2,}", "/", whole).lstrip("/")


def join_trimmed(pieces: Iterable[str]) -> str:
    """Join parts of a path, without a slash at its end."""
    return join(pieces).rstrip("/") or "/"


def concatenate(pieces: Iterable[str]) -> str:
    """Put parts of a path together as they are (FastAPI, Django): only a doubled slash becomes one."""
    whole = "/" + "".join(pieces).lstrip("/")
    return re.sub(r"/{2,}", "/", whole)


def from_colons(path: str) -> str:
    """`/users/:id(\\\\d+)` → `/users/{id}`; `:rest*` → `{rest*}`; `:id?` → `{id?}`; `*rest` → `{rest*}`; `*` →
    `{path*}`."""

    def variable(match: re.Match[str]) -> str:
        name, pattern, _, mark = match.groups()
        rest = (mark or "?") != "?" or (pattern in ("(.*)", "(.+)", "(*)") and mark != "?")
        return "{" + name + ("*" if rest else "?" if mark == "?" else "") + "}"

    path = _COLON.sub(variable, path)
    path = re.sub(r"(?<=/)\*([A-Za-z_]\w*)", r"{\1*}", path)
    return re.sub(r"(?<![\w}?])\*{1,2}$|(?<=/)\*{1,2}(?=/|$)", "{path*}", path)


def from_angles(path: str) -> str:
    """`/users/<int:id>` → `/users/{id}`; `<path:rest>` → `{rest*}`."""
    return _ANGLE.sub(
        lambda match: "{" + match.group(2) + ("*" if (match.group(1) or "").strip() == "path" else "") + "}", path
    )


def from_braces(path: str) -> str:
    """`{id:[0-9]+}` and `{id:int}` → `{id}`; `{*rest}`, `{rest...}`, `{rest:path}`, `{rest:.*}` → `{rest*}`; `{id?}`
    stays."""

    def variable(match: re.Match[str]) -> str:
        before, name, constraint, mark = match.groups()
        rest = before or mark in ("...", "*") or constraint in (":path", ":.*", ":.+")
        optional = mark == "?" or constraint.endswith("?") or constraint.startswith("=")
        return "{" + name + ("*" if rest else "?" if optional else "") + "}"

    return _BRACE.sub(variable, path)


def angle_types(path: str) -> dict[str, str]:
    """Return the converters of `<int:id>` by the variable's name."""
    return {match.group(2): (match.group(1) or "").strip() for match in _ANGLE.finditer(path)}


def variables(path: str) -> list[tuple[str, bool]]:
    """Return the variables of a path in the report's form, in order: name and whether it is required."""
    return [
        (match.group(1), "?" not in match.group(2)) for match in _VARIABLE.finditer(path) if HOLE not in match.group()
    ]


def names(path: str) -> set[str]:
    """Return the names of the variables of a path in the report's form."""
    return {name for name, _ in variables(path)}
