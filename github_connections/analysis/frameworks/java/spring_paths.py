"""Paths as Spring writes them, and what an application's settings put before all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from github_connections.analysis.frameworks.java.jvm_settings import Settings
from github_connections.analysis.frameworks.paths import join_trimmed
from github_connections.analysis.report import Prefix, Route


def as_braces(path: str) -> str:
    """`{id:[0-9]+}` → `{id}`, `{*rest}` → `{rest*}`, `/**` → `/{path*}`; a pattern inside a name is a variable too."""
    path = re.sub(r"\{(\w+):(?:[^{}]|\{[^{}]*\})*\}", r"{\1}", path)
    path = re.sub(r"\{\*(\w+)\}", r"{\1*}", path)
    path = re.sub(r"(?<=/)\*\*(?=/|$)", "{path*}", path)
    return re.sub(r"(?<=/)\*(?=/|$)", "{path}", path)


_CONTEXTS = [
    ("server.servlet.context-path", "server.context-path", "server.contextPath"),
    ("spring.mvc.servlet.path", "server.servlet.path", "server.servlet-path"),
    ("spring.webflux.base-path",),
    ("quarkus.http.root-path",),  # Quarkus reads Spring's annotations too
]


def context_of(settings: Settings, *, is_data_rest: bool = False) -> Iterator[Prefix]:
    """What the settings put before every path of an application."""
    for names in [*_CONTEXTS, *([("spring.data.rest.base-path",)] if is_data_rest else [])]:
        found = settings.text(*names)
        if found is not None and found.value.strip("/ \"'"):
            value = found.value.strip(" \"'")
            yield Prefix(value=value, file=found.place.file, line=found.place.line, how=names[0])


def without_context(row: Route) -> str:
    """Return a route's path without what the settings put before every path: rules of the application are about it."""
    names = {group[0] for group in _CONTEXTS}
    context = join_trimmed([prefix.value for prefix in row.prefixes if prefix.how in names])
    return row.path if context == "/" else "/" + row.path.removeprefix(context).lstrip("/")
