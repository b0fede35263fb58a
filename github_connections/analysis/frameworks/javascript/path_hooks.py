"""What runs before every request of an application: the paths below which it refuses those who are not known.

`if (event.url.pathname.startsWith("/admin") && !event.locals.user) redirect(303, "/login");`
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from github_connections.analysis.frameworks.javascript.file_routes import Application
from github_connections.analysis.frameworks.javascript.javascript_sources import (
    BRACES,
    BRACKETS,
    MAXIMUM_SOURCE,
    after_closing,
)
from github_connections.analysis.frameworks.javascript.methods import without_comments
from github_connections.analysis.frameworks.javascript.request_guards import is_for_all, refuses
from github_connections.analysis.report import Auth, AuthSource, Route

_IF = re.compile(r"\bif\s*\(")
_BELOW = re.compile(r"(!?)\s*[\w.?()]*(?:path|pathname|url)\??\.startsWith\(\s*['\"`](/[\w/.-]*)['\"`]\s*\)")
_STRANGER = re.compile(r"(?i)!\s*\(?(?:await\s+)?[\w.?()]*(?:user|session|token|auth)")


def closed_by(application: Application, places: Iterable[str]) -> list[tuple[str, Auth]]:
    """Return the paths below which the files at some places ask who is there."""
    return [(path, Auth(state="required", by=[by])) for place in places for path, by in _closed(application, place)]


def guarded(closed: list[tuple[str, Auth]], rows: Iterable[Route]) -> Iterator[Route]:
    """Yield rows with what is asked before they are reached, where they do not say so themselves."""
    for row in rows:
        is_said = row.auth.state != "unknown" or row.kind == "redirect" or is_for_all(row.path)
        found = None if is_said else next((auth for path, auth in closed if _is_below(row.path, path)), None)
        yield row if found is None else replace(row, auth=found)


def _is_below(path: str, above: str) -> bool:
    return path == above.rstrip("/") or path.startswith(f"{above.rstrip('/')}/")


def _closed(application: Application, place: str) -> Iterator[tuple[str, AuthSource]]:
    text = without_comments(application.interpreter.program.read(place) or b"").decode("utf-8", "replace")
    source = text[:MAXIMUM_SOURCE]
    for found in _IF.finditer(source):
        end = after_closing(source, found.end(), BRACKETS)
        condition, rest = source[found.end() : end], source[end:].lstrip()
        body = rest[: after_closing(rest, 1, BRACES)] if rest.startswith("{") else rest.partition(";")[0]
        asked = _STRANGER.search(condition + body)
        if asked and refuses(body):
            by = AuthSource(name=asked.group().lstrip("!( "), file=place, line=source.count("\n", 0, found.start()) + 1)
            yield from ((path, by) for negated, path in _BELOW.findall(condition) if not negated)
