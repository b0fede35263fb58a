"""SvelteKit before its first version: pages and endpoints have the names of their paths, `users/[id].json.js`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from github_connections.analysis.frameworks.javascript.file_routes import Application, exports_of, without_ending
from github_connections.analysis.frameworks.javascript.web_requests import EVENT
from github_connections.analysis.report import Route

_VERBS = {"get": "GET", "head": "HEAD", "post": "POST", "put": "PUT", "patch": "PATCH", "del": "DELETE"}
_PAGES = (".svelte", ".svx", ".md")
_LAYOUT = re.compile(r"@[^/.]*$")


def is_early(names: list[str]) -> bool:
    """Tell whether a directory of routes has none of the files that later versions want."""
    return not any("/+" in f"/{name}" for name in names)


def rows_of(application: Application, directory: str, segment: Callable[[str], str]) -> Iterator[Route]:
    """Yield the pages and endpoints of a directory; of a page and an endpoint with its path one GET."""
    names = [name for name in application.paths(directory) if not any(part.startswith("_") for part in name.split("/"))]
    served: set[str] = set()
    for name in sorted(names, key=lambda one: not one.endswith(_PAGES)):
        stem, place = without_ending(name, _PAGES), application.place(directory, name)
        if stem is not None:
            path = _path(_LAYOUT.sub("", stem), segment)
            served.add(path)
            yield application.route("GET", path, place, 1)
        elif (stem := without_ending(name, (".ts", ".js"))) is not None and not stem.endswith(".d"):
            yield from _endpoints(application, place, _path(stem, segment), served)


def _endpoints(application: Application, place: str, path: str, served: set[str]) -> Iterator[Route]:
    file = application.file(place)
    exported = exports_of(application.interpreter, file) if file is not None else {}
    for name, method in _VERBS.items():
        one = exported.get(name)
        if one is not None and (method != "GET" or path not in served):
            asked, read = application.asked(file, one, path), application.read(file, one, method, path, EVENT)
            yield application.route(method, path, place, one.line, "api", one.local or name, "", asked, read)


def _path(stem: str, segment: Callable[[str], str]) -> str:
    segments = stem.split("/")
    return "/" + "/".join(map(segment, segments[:-1] if segments[-1] == "index" else segments))
