"""The routes of a report as blocks of a digest, by the beginnings that their paths share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby, takewhile

from github_connections.analysis.digest_blocks import LONGEST_NAME, LONGEST_PATH, Block, Line
from github_connections.analysis.report import Parameter, Route
from github_connections.analysis.wording import plain

# How many routes stand below one common prefix before it is taken apart.
GROUP = 25
DEEPEST = 12


def route_blocks(section: str, routes: list[Route]) -> Iterator[Block]:
    """Yield the blocks of these routes."""
    ordered = sorted(routes, key=lambda route: (_parts(route.path), route.method))
    for prefix, members in _groups(ordered, 0) if ordered else ():
        full = [Line(f"  {plain(row.method, 16)} {_rest(prefix, row)}{_details(row)}") for row in members]
        heading = plain(prefix, LONGEST_PATH) or "(no common beginning)"
        yield Block(section, heading, list(_short_routes(prefix, members)), full)


def _groups(routes: list[Route], depth: int) -> Iterator[tuple[str, list[Route]]]:
    """Yield the routes by a common beginning of their paths, made of whole parts that name no variable."""
    common = _common_parts(routes)
    if len(routes) <= GROUP or depth == DEEPEST:
        yield "".join(f"/{part}" for part in common), routes
        return
    few: list[Route] = []
    for part, members in groupby(routes, key=lambda route: _part(route.path, len(common))):
        of_part = list(members)
        if part and len(of_part) > 1:
            yield from _groups(of_part, depth + 1)
        else:
            few += of_part
    if few:
        yield "".join(f"/{part}" for part in _common_parts(few)), few


def _parts(path: str) -> list[str]:
    return path.split("/")[1:]


def _part(path: str, position: int) -> str:
    """Return the part of the path at that position; nothing where the path ends or a variable stands there."""
    parts = _parts(path)
    return parts[position] if position < len(parts) and "{" not in parts[position] else ""


def _common_parts(routes: list[Route]) -> list[str]:
    """Return the parts with which all of the paths begin, up to the first variable."""
    paths = [_parts(route.path) for route in routes]
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(min(paths), max(paths), strict=False))
    return list(takewhile(lambda part: part and "{" not in part, (part for part, _ in pairs)))


def _rest(prefix: str, route: Route) -> str:
    return plain(route.path.removeprefix(prefix), LONGEST_PATH) or "(itself)"


def _short_routes(prefix: str, routes: Iterable[Route]) -> Iterator[Line]:
    for _path, same in groupby(routes, key=lambda route: route.path):
        members = list(same)
        methods = ",".join(dict.fromkeys(route.method for route in members))
        yield Line(f"  {plain(methods, LONGEST_NAME)} {_rest(prefix, members[0])}", len(members))


def _details(route: Route) -> str:
    parts = [
        plain(route.handler, LONGEST_NAME),
        f"{plain(route.file, LONGEST_PATH)}:{route.line}",
        "" if route.kind in {"api", "page"} else route.kind,
        _auth(route),
        _parameters(route.params),
        f"body {plain(route.request_model, LONGEST_NAME)}" if route.request_model else "",
        f"returns {plain(route.response_model, LONGEST_NAME)}" if route.response_model else "",
        f"status {' '.join(map(str, route.status_codes[:8]))}" if route.status_codes else "",
        "deprecated" if route.deprecated else "",
        "from a specification" if route.source == "spec" else "",
        "" if route.confidence == "exact" else route.confidence,
    ]
    return "".join(f"; {part}" for part in parts if part)


def _auth(route: Route) -> str:
    if route.auth.state == "unknown":
        return ""
    roles = ", ".join(plain(role, LONGEST_NAME) for role in route.auth.roles[:5])
    return f"auth {route.auth.state}{f' ({roles})' if roles else ''}"


def _parameters(parameters: list[Parameter]) -> str:
    said = [
        f"{item.place} {plain(item.name, LONGEST_NAME)}{'' if item.required else '?'}"
        + (f":{plain(item.type, 40)}" if item.type else "")
        for item in parameters[:20]
        if item.place != "path" or item.type
    ]
    return ", ".join(said)
