"""Nuxt and its server Nitro: handlers and pages by their files, also those of layers; redirects of `routeRules`."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator

from github_connections.analysis.frameworks import paths
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.javascript import nuxt_modules, path_hooks
from github_connections.analysis.frameworks.javascript.file_routes import (
    SCRIPTS,
    Application,
    Exported,
    applications,
    calls_of,
    exports_of,
    known_text,
    without_ending,
)
from github_connections.analysis.frameworks.javascript.page_guards import asked_by, said_in
from github_connections.analysis.frameworks.javascript.web_requests import H3
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import File
from github_connections.analysis.linking.values import (
    FunctionValue,
    ListValue,
    MapValue,
    Value,
    entries_of,
    is_known,
    items_in,
    texts_of,
)
from github_connections.analysis.report import ANY_METHOD, Auth, Place, Route, RouteKind
from github_connections.analysis.syntax import nodes

PACKAGES = ("nuxt", "nuxt3", "nuxt-edge", "nuxt-nightly")
NITRO_PACKAGES = ("nitropack", "nitro")
PAGE_ENDINGS = (".vue", ".tsx", ".jsx")
_ENVIRONMENT = re.compile(r"\.(dev|prod|prerender)$")
_METHOD = re.compile(r"\.(get|head|patch|post|put|delete|connect|options|trace)$")
_VARIABLE = re.compile(r"\[(\[?)(\.{3})?(\w*)\]?\]")
_UNDERSCORED = re.compile(r"^_(\w*)$")


def routes(interpreter: Interpreter) -> Iterator[Route]:
    """Yield the rows of every application and of every server without one."""
    served = set()
    known = []
    for application in applications(interpreter, "nuxt", PACKAGES, ("nuxt.config",)):
        if application.root in served:
            continue  # a layer of one above
        known.append(application)
        application.serve_below(application.setting("app", "baseURL"), "baseURL")
        if not application.base:  # as version 2 has it
            application.serve_below(application.setting("router", "base"), "base")
        for layer in _layers(application):
            served.add(application.place(layer))
            yield from _of_layer(application, layer)
        yield from _redirects(application, "routeRules")
        yield from _redirects(application, "nitro", "routeRules")
        yield from _extended(application)
        yield from _configured(application, application.setting("serverHandlers"))
        yield from _configured(application, application.setting("nitro", "handlers"))
    nuxt_modules.run_functions(interpreter)
    yield from nuxt_modules.added_rows(interpreter, known)
    for application, directory in nuxt_modules.scanned(interpreter, known):
        yield from _server(application, directory)
    for application in applications(interpreter, "nuxt", NITRO_PACKAGES, ("nitro.config",)):
        if application.root not in served:
            yield from _of_nitro(application)


def _layers(application: Application) -> list[str]:
    """Return the application's own directory and those it is put together from, as seen from there."""
    extended = [text for text in texts_of(application.setting("extends")) if text.startswith(".")]
    own = {f"layers/{path.split('/')[0]}" for path in application.paths("layers") if "/" in path}
    return list(dict.fromkeys(posixpath.normpath(layer) for layer in [".", *extended, *sorted(own)]))


def _of_layer(application: Application, layer: str) -> Iterator[Route]:
    said = known_text(application.setting("srcDir")) if layer == "." else ""
    has_app = application.has(posixpath.join(layer, "app/pages")) or application.has(
        posixpath.join(layer, "app/app.vue")
    )
    source = posixpath.join(
        layer, said or ("app" if has_app or application.file(application.place("app/app.vue")) else "")
    )
    server = known_text(application.setting("serverDir")) or "server"
    servers = dict.fromkeys(posixpath.normpath(posixpath.join(place, server)) for place in (layer, source))
    for directory in servers:
        yield from _server(application, directory)
    pages = known_text(application.setting("dir", "pages")) or "pages"
    yield from _pages(application, posixpath.join(source, pages))
    yield from _chosen(application, source)


def _of_nitro(application: Application) -> Iterator[Route]:
    application.serve_below(application.setting("baseURL"), "baseURL")
    yield from _configured(application, application.setting("handlers"))
    yield from _redirects(application, "routeRules")
    source = known_text(application.setting("srcDir"))
    for directory in dict.fromkeys((source, "server") if not source else (source,)):
        yield from _server(application, directory)


def _extended(application: Application) -> Iterator[Route]:
    """Yield what the configuration adds to the pages: by a hook, or as version 2 has it."""
    file = application.configuration_file
    for names in (("hooks", "pages:extend"), ("router", "extendRoutes")):
        place = Place(file.path if file else "", 1)
        for one in nuxt_modules.pages_of(application.interpreter, application.setting(*names), place):
            yield nuxt_modules.row_of(application, one)


def _chosen(application: Application, source: str) -> Iterator[Route]:
    """Yield the pages that `router.options` adds to those of the files, or has in their place."""
    places = (application.place(source, f"router.options{ending}") for ending in SCRIPTS)
    file = next((found for place in places if (found := application.file(place)) is not None), None)
    said = application.interpreter.exported(file, "default") if file is not None else None
    choose = entries_of(said).get("routes")
    if isinstance(choose, FunctionValue) and file is not None:
        chosen = application.interpreter.call(choose, [ListValue([], Place(file.path, 1))])
        yield from (nuxt_modules.row_of(application, one) for one in nuxt_modules.pages_in(chosen))


def _configured(application: Application, handlers: Value) -> Iterator[Route]:
    for one in nuxt_modules.handlers_in(items_in(handlers)):
        yield nuxt_modules.row_of(application, one)


# --- handlers -------------------------------------------------------------------------------------------------------


def _server(application: Application, directory: str) -> Iterator[Route]:
    before = posixpath.join(directory, "middleware")
    hooks = (application.place(before, name) for name in sorted(application.paths(before)))
    closed = path_hooks.closed_by(application, hooks)
    for inside, prefix in (("api", "/api"), ("routes", "")):
        found = _handlers(application, posixpath.join(directory, inside), prefix)
        yield from path_hooks.guarded(closed, found)


def _handlers(application: Application, directory: str, before: str) -> Iterator[Route]:
    for inside in application.paths(directory):
        stem = without_ending(inside, SCRIPTS)
        place = application.place(directory, inside)
        file = application.file(place)
        if stem is None or file is None:
            continue
        exported = exports_of(application.interpreter, file).get("default")
        if exported is None:
            continue
        routed = nuxt_modules.routed_in(application.interpreter, file)
        if routed:
            yield from (nuxt_modules.row_of(application, one) for one in routed)
            continue
        stem = _ENVIRONMENT.sub("", stem)
        verb = _METHOD.search(stem)
        path = paths.join([before, path_of(_METHOD.sub("", stem))])
        if _is_a_web_socket(exported):
            yield application.route("GET", path, place, exported.line, "websocket", exported.local)
            continue
        method = verb.group(1).upper() if verb else ANY_METHOD
        asked = application.asked(file, exported, path)
        read = application.read(file, exported, method, path, H3)
        yield application.route(method, path, place, exported.line, "api", exported.local, "", asked, read)


def _is_a_web_socket(exported: Exported) -> bool:
    match exported.node:
        case nodes.Call(function=nodes.Name(id=name)):
            return name == "defineWebSocketHandler"
    return False


def path_of(stem: str) -> str:
    """Return the path of a file: `users/[id]/index` → `/users/{id}`."""
    segments = [segment for segment in stem.split("/") if not (segment.startswith("(") and segment.endswith(")"))]
    if segments and segments[-1] == "index":
        segments.pop()
    return "/" + "/".join(map(segment_of, segments))


def segment_of(segment: str) -> str:
    """`[id]` → `{id}`, `[[slug]]` → `{slug?}`, `[...slug]` → `{slug*}`, `users-[group]` → `users-{group}`."""

    def variable(match: re.Match[str]) -> str:
        optional, rest, name = match.groups()
        return "{" + (name or "path") + ("*" if rest else "?" if optional else "") + "}"

    return _VARIABLE.sub(variable, segment)


# --- pages ----------------------------------------------------------------------------------------------------------


def _pages(application: Application, directory: str) -> Iterator[Route]:
    served: set[str] = set()  # by the page that is shown in a layout of the same path, which comes after it
    for inside in sorted(application.paths(directory), key=lambda path: "/index." not in f"/{path}"):
        stem = without_ending(inside, PAGE_ENDINGS)
        if stem is None or "/components/" in f"/{inside}":
            continue
        place = application.place(directory, inside)
        file = application.file(place)
        said = _meta(application, file)
        own = said.entries.get("path") if said else None
        line = _default(application, file).line
        own_path = paths.from_colons(own) if isinstance(own, str) else path_of(named(stem))
        aliases = texts_of(said.entries.get("alias")) if said else []
        kind: RouteKind = "redirect" if said and "redirect" in said.entries else "page"
        for path in [own_path, *map(paths.from_colons, aliases)]:
            if path not in served:
                served.add(path)
                yield application.route("GET", path, place, line, kind, auth=_asked(said, place))


def _asked(said: MapValue | None, place: str) -> Auth | None:
    """Return what a page says of who may see it: `{middleware: "auth"}`, `{auth: false}`."""
    if said is None:
        return None
    guards = [f"{text} guard" for text in texts_of(said.entries.get("middleware")) if is_known(text)]
    at = Place(place, said.place.line)
    return asked_by(guards, at) or said_in(said, at)


def named(stem: str) -> str:
    """`users/_id` of Nuxt 2 → `users/[id]`; `_` → the rest of the path; `users/index/list` → `users/list`."""

    def bracketed(segment: str) -> str:
        match = _UNDERSCORED.match(segment)
        return segment if match is None else f"[{match.group(1)}]" if match.group(1) else "[...]"

    return "/".join(bracketed(segment) for segment in stem.split("/") if segment != "index")


def _default(application: Application, file: File | None) -> Exported:
    found = exports_of(application.interpreter, file).get("default") if file is not None else None
    return found if found is not None and file is not None and file.language != "vue" else Exported(1)


def _meta(application: Application, file: File | None) -> MapValue | None:
    """Return what `definePageMeta` says of a page."""
    body: Iterable[nodes.Statement] = file.module.body if file is not None else ()
    for call in calls_of(body, "definePageMeta"):
        value = (
            application.interpreter.evaluate(call.arguments[0].value, file.scope) if call.arguments and file else None
        )
        if isinstance(value, MapValue):
            return value
    return None


def _redirects(application: Application, *names: str) -> Iterator[Route]:
    """Yield what `routeRules` lead elsewhere; what they have another server answer is that server's."""
    for path, rule in entries_of(application.setting(*names)).items():
        if isinstance(rule, MapValue) and "redirect" in rule.entries:
            whole = re.sub(r"/\*\*$", "/{path*}", path)
            yield application.route("GET", whole, rule.place.file, rule.place.line, "redirect", raw=path)


FRAMEWORK = Framework(
    name="nuxt",
    language="typescript",
    family="javascript",
    kind="fullstack",
    routes=routes,
    packages=(*PACKAGES, *NITRO_PACKAGES),
    words=nuxt_modules.WORDS,
    declare=nuxt_modules.declare,
)
