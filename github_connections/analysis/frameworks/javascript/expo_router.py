"""Expo Router: screens and API routes by their files; an application on a telephone opens the same paths."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.javascript.file_routes import (
    HTTP_VERBS,
    Application,
    applications,
    exports_of,
    without_ending,
)
from github_connections.analysis.frameworks.javascript.nextjs import segment_of
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.report import Route

_FIRST = re.compile(r"(?:.*/)?_layout\.|(?:\([^/]*\)/)*index\.")
_PLATFORM = re.compile(r"\.(web|native|ios|android)$")


def routes(interpreter: Interpreter) -> Iterator[Route]:
    """Yield the screens and endpoints of every application."""
    for application in applications(interpreter, "expo-router", ("expo-router",), ()):
        directory = next((one for one in ("app", "src/app") if _is_of_screens(application.paths(one))), None)
        if directory is None:
            continue
        served: set[str] = set()
        for inside in application.paths(directory):
            stem = without_ending(inside)
            if stem is not None:
                place = application.place(directory, inside)
                yield from _rows(application, place, _PLATFORM.sub("", stem), served)


def _is_of_screens(paths: list[str]) -> bool:
    """Tell whether a directory has a layout or a first screen; what Next.js serves beside it has other names."""
    return any(_FIRST.match(path) for path in paths)


def _rows(application: Application, place: str, stem: str, served: set[str]) -> Iterator[Route]:
    """Yield the rows of a file; a screen that has one for each platform has one row."""
    name, _, special = posixpath.basename(stem).partition("+")
    file = application.file(place)
    if special == "api" and file is not None:
        for method, one in exports_of(application.interpreter, file).items():
            if method in HTTP_VERBS:
                path = _path(stem.removesuffix("+api"))
                yield application.route(method, path, place, one.line, "api", one.local or method)
    elif not special and name != "_layout" and stem not in served:
        served.add(stem)
        yield application.route("GET", _path(stem), place, 1)


def _path(stem: str) -> str:
    """`(tabs)/users/[id]` → `/users/{id}`, `index` → `/`."""
    kept = [part for part in stem.split("/") if not re.fullmatch(r"\(.*\)", part)]
    return "/" + "/".join(map(segment_of, kept[:-1] if kept[-1] == "index" else kept))


FRAMEWORK = Framework(
    name="expo-router",
    language="typescript",
    family="javascript",
    kind="client",
    packages=("expo-router",),
    routes=routes,
)
