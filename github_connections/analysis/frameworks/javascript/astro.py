"""Astro: pages and endpoints by their files, redirects of the configuration."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.javascript.file_routes import (
    HTTP_VERBS,
    Application,
    applications,
    exports_of,
    known_text,
    without_ending,
)
from github_connections.analysis.frameworks.javascript.nextjs import page_path
from github_connections.analysis.frameworks.javascript.web_requests import EVENT
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import entries_of
from github_connections.analysis.report import ANY_METHOD, Route

# Before version 3 the verbs were written small.
_EARLY = {"DELETE": "del"}
PAGE_ENDINGS = (".astro", ".md", ".mdx", ".html")


def routes(interpreter: Interpreter) -> Iterator[Route]:
    """Yield the rows of every application."""
    for application in applications(interpreter, "astro", ("astro",), ("astro.config",)):
        application.serve_below(application.setting("base"), "base")
        source = known_text(application.setting("srcDir")) or "src"
        directory = f"{source.rstrip('/')}/pages"
        for inside in application.paths(directory):
            if not any(part.startswith("_") for part in inside.split("/")):
                yield from _rows(application, directory, inside)
        redirects = application.setting("redirects")
        for path in entries_of(redirects):
            place = redirects.place
            line = redirects.lines.get(path, place.line)
            yield application.route("GET", page_path(path.strip("/")), place.file, line, "redirect", raw=path)


def _rows(application: Application, directory: str, inside: str) -> Iterator[Route]:
    place = application.place(directory, inside)
    stem = without_ending(inside, PAGE_ENDINGS)
    if stem is not None:
        yield application.route("GET", page_path(stem), place, 1)
        return
    stem, file = without_ending(inside, (".ts", ".js")), application.file(place)
    if stem is None or file is None:
        return
    exported, path = exports_of(application.interpreter, file), page_path(stem)
    for name in (*HTTP_VERBS, "ALL"):
        one = exported.get(name) or exported.get(_EARLY.get(name, name.lower()))
        if one is not None:
            method = ANY_METHOD if name == "ALL" else name
            asked, read = application.asked(file, one, path), application.read(file, one, method, path, EVENT)
            yield application.route(method, path, place, one.line, "api", one.local or name, "", asked, read)


FRAMEWORK = Framework(
    name="astro",
    language="typescript",
    family="javascript",
    kind="fullstack",
    routes=routes,
    packages=("astro",),
)
