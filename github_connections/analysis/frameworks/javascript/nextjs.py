"""Next.js: the app router's pages and route handlers, the pages router's pages and API routes, redirects.

A catch-all segment is `{slug*}`, whether it may be empty or not. Layouts and images made by code have no URL of their
own worth a row; `sitemap`, `robots` and `manifest` have one. Rewrites are left out: they lead to routes that are here.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from urllib.parse import unquote

from github_connections.analysis.frameworks import paths
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.javascript import web_requests
from github_connections.analysis.frameworks.javascript.file_routes import (
    HTTP_VERBS,
    Application,
    Exported,
    applications,
    exports_of,
    is_said,
    without_ending,
)
from github_connections.analysis.frameworks.javascript.methods import methods_in
from github_connections.analysis.frameworks.javascript.nextjs_guards import Guards
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.program import File
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.routing import Router, itself, verbs
from github_connections.analysis.linking.values import (
    Behaviour,
    External,
    FunctionValue,
    Kind,
    ListValue,
    Value,
    entries_of,
    items_in,
    texts_of,
)
from github_connections.analysis.report import ANY_METHOD, Auth, Route
from github_connections.analysis.syntax import nodes

ENDINGS = ("tsx", "ts", "jsx", "js")
_METADATA = {"sitemap": "sitemap.xml", "robots": "robots.txt", "manifest": "manifest.webmanifest"}
_NOT_PAGES = re.compile(r"(_app|_document|_error|_middleware|404|500)$")
_INTERCEPTING = re.compile(r"\((\.{1,3})\)")
# Libraries whose handlers answer these two.
_READ_AND_WRITE = frozenset({"NextAuth", "createNextApiHandler"})
_VARIABLE = re.compile(r"\[(\[?)(\.{3})?([^\[\]]+)\]?\]")


def routes(interpreter: Interpreter) -> Iterator[Route]:
    """Yield the rows of every application."""
    for application in applications(interpreter, "nextjs", ("next",), ("next.config",)):
        application.serve_below(application.setting("basePath"), "basePath")
        guards = Guards(application)
        source = "" if application.has("app") or application.has("pages") else "src"
        yield from _app(application, guards, posixpath.join(source, "app"))
        yield from _pages(application, guards, posixpath.join(source, "pages"))
        yield from _redirects(application)


def _endings(application: Application) -> tuple[str, ...]:
    said = application.setting("pageExtensions")
    return tuple(f".{ending}" for ending in (texts_of(said) if isinstance(said, ListValue) else ENDINGS))


# --- the app router -------------------------------------------------------------------------------------------------


def _app(application: Application, guards: Guards, directory: str) -> Iterator[Route]:
    endings = _endings(application)
    found: dict[str, bool] = {}
    for inside in sorted(application.paths(directory), key=lambda path: ("@" in path, path)):
        *segments, name = inside.split("/")
        stem = without_ending(name, endings)
        place = application.place(directory, inside)
        path = _app_path(segments)
        if stem is None or path is None:
            continue
        if stem == "route":
            yield from _handlers(application, guards, path, place)
        elif stem == "page" and not found.setdefault(path, False):
            found[path] = True
            exported = _default(application, place)
            yield _page(application, path, place, exported, guards.of_page(path, place, exported))
        elif stem in _METADATA:
            yield _metadata(application, path, stem, place)


def _app_path(segments: list[str]) -> str | None:
    """Return the path of a directory; None for one that has no URL."""
    kept = []
    for segment in segments:
        if segment.startswith("_") or _INTERCEPTING.match(segment):
            return None
        if not segment.startswith("@") and not (segment.startswith("(") and segment.endswith(")")):
            kept.append(segment_of(unquote(segment)))
    return "/" + "/".join(kept)


def segment_of(segment: str) -> str:
    """`[id]` → `{id}`, `[...slug]` and `[[...slug]]` → `{slug*}`, `[[id]]` → `{id?}`."""

    def variable(match: re.Match[str]) -> str:
        optional, rest, name = match.groups()
        return "{" + name + ("*" if rest else "?" if optional else "") + "}"

    return _VARIABLE.sub(variable, segment)


def _page(application: Application, path: str, place: str, exported: Exported, asked: Auth | None) -> Route:
    file = application.file(place)
    read = application.read(file, exported, "GET", path, web_requests.PAGE)
    before = exports_of(application.interpreter, file).get("getServerSideProps") if file is not None else None
    read += application.read(file, before, "GET", path, web_requests.PROPS)
    return application.route("GET", path, place, exported.line, handler=exported.local, auth=asked, params=read)


def _handlers(application: Application, guards: Guards, path: str, place: str) -> Iterator[Route]:
    file = application.file(place)
    exported = exports_of(application.interpreter, file) if file is not None else {}
    for method in HTTP_VERBS:
        if method in exported and file is not None and not _hands_to_a_router(application, file, method):
            one = exported[method]
            asked = guards.of_handler(path, place, one)
            read = application.read(file, one, method, path, web_requests.REQUEST)
            yield application.route(method, path, place, one.line, "api", one.local or method, "", asked, read)


def _hands_to_a_router(application: Application, file: File, method: str) -> bool:
    """Tell whether `export const GET = handle(app)` hands all requests to another server, whose routes these are."""
    value = application.interpreter.exported(file, method)
    given = value.made_by.positional if isinstance(value, External) and value.made_by is not None else []
    return any(isinstance(one, Router) and (one.routes or one.mounts) for one in given)


def _metadata(application: Application, path: str, stem: str, place: str) -> Route:
    file = application.file(place)
    several = file is not None and stem == "sitemap" and "generateSitemaps" in exports_of(application.interpreter, file)
    name = "sitemap/{id}.xml" if several else _METADATA[stem]
    return application.route("GET", posixpath.join(path, name), place, _default(application, place).line, "static")


def _default(application: Application, place: str) -> Exported:
    file = application.file(place)
    found = exports_of(application.interpreter, file).get("default") if file is not None else None
    return found or Exported(1)


# --- the pages router -----------------------------------------------------------------------------------------------


def _pages(application: Application, guards: Guards, directory: str) -> Iterator[Route]:
    endings = _endings(application)
    for inside in application.paths(directory):
        stem = without_ending(inside, endings)
        if stem is None or _NOT_PAGES.match(stem) or inside.endswith(".d.ts"):
            continue
        place = application.place(directory, inside)
        file = application.file(place)
        exported = exports_of(application.interpreter, file).get("default") if file is not None else Exported(1)
        if exported is None:
            continue  # something that pages use, put beside them
        path = page_path(stem)
        if path == "/api" or path.startswith("/api/"):
            yield from _api(application, guards, path, file, exported)
        else:
            yield _page(application, path, place, exported, guards.of_handler(path, place, exported))


def page_path(stem: str) -> str:
    """Return the path of a file without its ending: `users/[id]/index` → `/users/{id}`."""
    segments = stem.split("/")
    return "/" + "/".join(map(segment_of, segments[:-1] if segments[-1] == "index" else segments))


def _api(application: Application, guards: Guards, path: str, file: File | None, exported: Exported) -> Iterator[Route]:
    if file is None:
        return
    value = application.interpreter.exported(file, "default")
    if isinstance(value, Router) and value.kind is CONNECT:
        for route in value.routes:
            for method in route.methods:
                whole = paths.join_trimmed([path, paths.from_colons(route.path)])
                yield application.route(method, whole, route.place.file, route.place.line, "api")
        return
    for method in _methods(application, file, value):
        asked = guards.of_handler(path, file.path, exported)
        read = application.read(file, exported, method, path, web_requests.NODE)
        yield application.route(method, path, file.path, exported.line, "api", exported.local, "", asked, read)


def _methods(application: Application, file: File, value: Value) -> list[str]:
    """Return the verbs that a handler asks for, in its own file or in the one it comes from; else any."""
    places = [file.path, value.place.file] if isinstance(value, FunctionValue) else [file.path]
    for place in dict.fromkeys(places):
        found = methods_in(application.interpreter.program.read(place) or b"")
        if found:
            return found
    if not _READ_AND_WRITE.isdisjoint(file.head.words):
        return ["GET", "POST"]
    return _keys_of(_default_of(file)) or [ANY_METHOD]


def _default_of(file: File) -> nodes.Expression | None:
    exports = (one for one in file.module.body if isinstance(one, nodes.Export) and one.name == "default")
    return next((one.value for one in exports), None)


def _keys_of(value: nodes.Expression | None) -> list[str]:
    """`export default handlers({ GET: list, post: create })`: the verbs by which a wrapper is given what answers."""
    for argument in value.arguments if isinstance(value, nodes.Call) else ():
        given = argument.value
        keys = [entry.key for entry in given.entries] if isinstance(given, nodes.Mapping) else []
        verbs = [key.value.upper() for key in keys if isinstance(key, nodes.Text)]
        if verbs and all(verb in HTTP_VERBS for verb in verbs):
            return verbs
        if isinstance(given, nodes.Call) and (found := _keys_of(given)):
            return found
    return []


# --- the configuration ----------------------------------------------------------------------------------------------


def _redirects(application: Application) -> Iterator[Route]:
    said = application.setting("redirects")
    value = application.interpreter.call(said, []) if isinstance(said, FunctionValue) else said
    for item in items_in(value):
        source = entries_of(item).get("source")
        if is_said(source) and isinstance(source, str):
            path = paths.from_colons(source)
            yield application.route("GET", path, item.place.file, item.place.line, "redirect", raw=source)


# --- next-connect ---------------------------------------------------------------------------------------------------


def declare(registry: Registry) -> None:
    """Add the router that API routes are often written with."""
    for name in ("next-connect", "next-connect.createRouter", "next-connect.nc", "next-connect.createEdgeRouter"):
        registry.calls[name] = lambda call: call.router(CONNECT)


def _connect_verb(method: str) -> Behaviour:
    def register(call: Invocation) -> Value:
        first = call.value(0)
        call.receiver.add([method], first if isinstance(first, str) else "", call.place)
        return call.receiver

    return register


CONNECT = Kind(
    "next-connect",
    methods={
        **verbs({name.lower(): name for name in HTTP_VERBS}, _connect_verb),
        "all": _connect_verb(ANY_METHOD),
        **dict.fromkeys(("handler", "use", "clone"), itself),
    },
)


FRAMEWORK = Framework(
    name="nextjs",
    language="typescript",
    family="javascript",
    kind="fullstack",
    routes=routes,
    packages=("next",),
    declare=declare,
)
