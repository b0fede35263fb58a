"""SvelteKit: `+page` files, `+server` handlers, form actions.

The actions of a page, named or not, are one POST of the page's own path.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.javascript import path_hooks, sveltekit_early
from github_connections.analysis.frameworks.javascript.file_routes import (
    HTTP_VERBS,
    Application,
    Exported,
    applications,
    exports_of,
    known_text,
)
from github_connections.analysis.frameworks.javascript.web_requests import EVENT
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import File
from github_connections.analysis.report import ANY_METHOD, Auth, Parameter, Route

_VARIABLE = re.compile(r"\[(\[?)(\.{3})?([^\[\]=]+)(?:=[^\[\]]*)?\]?\]")
_ESCAPED = re.compile(r"\[(?:x\+([0-9a-fA-F]{2})|u\+([0-9a-fA-F]{4,6}(?:-[0-9a-fA-F]{4,6})*))\]")
_FILE = re.compile(r"\+(page|server)(\.server)?(?:@[^.]*)?\.(svelte|svx|md|ts|js)$")


def routes(interpreter: Interpreter) -> Iterator[Route]:
    """Yield the rows of every application."""
    for application in applications(interpreter, "sveltekit", ("@sveltejs/kit",), ("svelte.config",)):
        application.serve_below(application.setting("kit", "paths", "base"), "base")
        directory = known_text(application.setting("kit", "files", "routes")) or "src/routes"
        hooks = (application.place(f"src/hooks.server.{ending}") for ending in ("ts", "js"))
        closed = path_hooks.closed_by(application, hooks)
        if sveltekit_early.is_early(application.paths(directory)):
            yield from sveltekit_early.rows_of(application, directory, _segment)
        for inside in application.paths(directory):
            *segments, name = inside.split("/")
            match = _FILE.fullmatch(name)
            if match:
                path = "/" + "/".join(map(_segment, filter(_is_in_the_path, segments)))
                found = _rows(application, path, application.place(directory, inside), match)
                yield from path_hooks.guarded(closed, found)


def _is_in_the_path(segment: str) -> bool:
    return not (segment.startswith("(") and segment.endswith(")"))


def _segment(segment: str) -> str:
    """`[id=integer]` → `{id}`, `[[lang]]` → `{lang?}`, `[...rest]` → `{rest*}`, `[x+2e]` → `.`."""

    def variable(match: re.Match[str]) -> str:
        optional, rest, name = match.groups()
        return "{" + name + ("*" if rest else "?" if optional else "") + "}"

    return _VARIABLE.sub(variable, _ESCAPED.sub(_character, segment))


def _character(match: re.Match[str]) -> str:
    codes = (match.group(1) or match.group(2)).split("-")
    return "".join(chr(min(int(code, 16), 0x10FFFF)) for code in codes)


def _rows(application: Application, path: str, place: str, match: re.Match[str]) -> Iterator[Route]:
    sort, is_server, ending = match.groups()
    file = application.file(place)
    exported = exports_of(application.interpreter, file) if file is not None else {}
    if sort == "server" and file is not None:
        yield from _handlers(application, path, file, exported)
        return
    if ending in ("svelte", "svx", "md"):
        directory = posixpath.dirname(place)
        asked, read = _asked_before(application, directory, path), _read_before(application, directory, path)
        yield application.route("GET", path, place, 1, auth=asked, params=read)
        return
    if "load" in exported and not _is_shown(application, posixpath.dirname(place)):
        yield application.route("GET", path, place, exported["load"].line, "redirect", "load")
    if is_server and file is not None and "actions" in exported:
        one = exported["actions"]
        asked, read = application.asked(file, one, path), application.read(file, one, "POST", path, EVENT)
        yield application.route("POST", path, place, one.line, handler="actions", auth=asked, params=read)


def _asked_before(application: Application, directory: str, path: str) -> Auth | None:
    """Return what the page's own `load` asks for, or that of a layout around it."""
    stem = "+page"
    while directory and directory != application.root:
        for name in (f"{stem}.server.ts", f"{stem}.server.js", f"{stem}.ts", f"{stem}.js"):
            file = application.file(posixpath.join(directory, name))
            load = exports_of(application.interpreter, file).get("load") if file is not None else None
            asked = application.asked(file, load, path)
            if asked is not None:
                return asked
        directory = directory if stem == "+page" else posixpath.dirname(directory)
        stem = "+layout"
    return None


def _read_before(application: Application, directory: str, path: str) -> list[Parameter]:
    """Return what the page's own `load` reads of the request, on the server or in the browser too."""
    found: dict[tuple[str, str], Parameter] = {}
    for name in ("+page.server.ts", "+page.server.js", "+page.ts", "+page.js"):
        file = application.file(posixpath.join(directory, name))
        load = exports_of(application.interpreter, file).get("load") if file is not None else None
        for one in application.read(file, load, "GET", path, EVENT):
            found.setdefault((one.place, one.name), one)
    return list(found.values())


def _is_shown(application: Application, directory: str) -> bool:
    """Tell whether a directory has a page to show; what only loads leads elsewhere."""
    names = application.interpreter.program.inside(directory)
    return any((match := _FILE.fullmatch(name)) and match.group(3) in ("svelte", "svx", "md") for name in names)


def _handlers(application: Application, path: str, file: File, exported: dict[str, Exported]) -> Iterator[Route]:
    for name in (*HTTP_VERBS, "fallback"):
        if name in exported:
            method, one = ANY_METHOD if name == "fallback" else name, exported[name]
            asked, read = application.asked(file, one, path), application.read(file, one, method, path, EVENT)
            yield application.route(method, path, file.path, one.line, "api", one.local or name, "", asked, read)


FRAMEWORK = Framework(
    name="sveltekit",
    language="typescript",
    family="javascript",
    kind="fullstack",
    routes=routes,
    packages=("@sveltejs/kit",),
)
