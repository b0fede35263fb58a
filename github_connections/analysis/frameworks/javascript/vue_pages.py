"""Vue's routes by the place of files: Vue Router's own plugin, unplugin-vue-router and vite-plugin-pages."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from msgspec import Struct

from github_connections.analysis.frameworks import paths
from github_connections.analysis.frameworks.javascript import nuxt
from github_connections.analysis.frameworks.javascript.file_routes import DOTS, Application, calls_of, without_ending
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import (
    Kind,
    MapValue,
    Thing,
    Value,
    entries_of,
    items_or_itself,
    texts_of,
)
from github_connections.analysis.report import Route

# How each is imported by what builds the application; the last has no dots in names.
PLUGINS = ("vue-router/vite", "unplugin-vue-router/vite", "unplugin-vue-router/webpack", "vite-plugin-pages")
# What the application imports of what they make.
MADE = ("vue-router/auto-routes", "vue-router/auto", "~pages", "virtual:generated-pages")
_FOLDERS = ("routesFolder", "dirs", "pagesDir")
_VARIABLE = re.compile(r"\[(\[?)(\.{3})?([\w-]*)\]?\](\+?)")
# `<route lang="yaml">`, JSON or YAML, of vite-plugin-pages and others.
_BLOCK = re.compile(r"<route(?:\s[^<>]*)?>(.*?)</route>", re.DOTALL)
_PATH_IN_BLOCK = re.compile(r"""^[ \t{]*["']?path["']?[ \t]*:[ \t]*["']?([^"'\s,#]+)""", re.MULTILINE)


class Folder(Struct, frozen=True):
    """A directory whose files are pages, seen from the application, and the path that they are served below."""

    directory: str
    prefix: str = ""


def declare(registry: Registry) -> None:
    """Add the plugins."""
    for module in PLUGINS:
        registry.calls[module] = _plugin


def _plugin(call: Invocation) -> Value:
    made = Thing(PLUGIN, call.place, {"options": call.value(0), "has_dots": "plugin-pages" not in call.name})
    call.interpreter.things.append(made)
    return made


def routes(interpreter: Interpreter) -> Iterator[Route]:
    """Yield the pages of every application that is built with such a plugin."""
    said: dict[str, Thing | None] = {}
    for file in interpreter.program.of_family("javascript"):
        if any(module in (*PLUGINS, *MADE) for module in file.sketch.imports):
            said.setdefault(file.project_root, None)
    for thing in interpreter.things:
        if thing.kind is PLUGIN:
            said[interpreter.program.by_path[thing.place.file].project_root] = thing
    known: set[str] = set()  # what a plugin serves for another package has no other path there
    for root, plugin in sorted(said.items(), key=lambda one: (one[1] is None, one[0])):
        yield from _of_application(Application(interpreter, "vue-router", root), plugin, known)


def _of_application(application: Application, plugin: Thing | None, known: set[str]) -> Iterator[Route]:
    said = plugin.data["options"] if plugin is not None else None
    options = entries_of(said)
    endings = tuple(f".{ending.lstrip('.')}" for ending in texts_of(options.get("extensions"))) or (".vue",)
    leaves_out = any("components" in text for text in texts_of(options.get("exclude")))
    served: set[str] = set()
    for folder in _folders(options):
        for inside in sorted(application.paths(folder.directory), key=lambda path: "/index." not in f"/{path}"):
            stem = without_ending(inside, endings)
            if stem is None or (leaves_out and "/components/" in f"/{inside}"):
                continue
            place = application.place(folder.directory, inside)
            if plugin is None and place in known:
                continue
            known.add(place)
            stem = nuxt.named(stem) if options.get("routeStyle") == "nuxt" else stem
            for path in _paths_of(application, place, stem, has_dots=plugin is None or plugin.data["has_dots"]):
                whole = paths.join([folder.prefix, path])
                if whole not in served:
                    served.add(whole)
                    yield application.route("GET", whole, place, 1)


def _folders(options: dict[str, Value]) -> Iterator[Folder]:
    said = next((options[name] for name in _FOLDERS if options.get(name) is not None), "src/pages")
    for one in items_or_itself(said):
        entries = one.entries if isinstance(one, MapValue) else {"src": one}
        directory = entries.get("src", entries.get("dir"))
        prefix = entries.get("path", entries.get("baseRoute"))
        if isinstance(directory, str):
            yield Folder(posixpath.normpath(directory), paths.from_colons(prefix) if isinstance(prefix, str) else "")


def _paths_of(application: Application, place: str, stem: str, *, has_dots: bool) -> list[str]:
    """Return the path of a page by its name, or what it says of itself: `definePage({path: "/x", alias: "/y"})`."""
    file = application.file(place)
    own, aliases = _path(stem, has_dots=has_dots), []
    if file is None:
        return [own]
    if block := _BLOCK.search(application.interpreter.program.text(place)):
        written = _PATH_IN_BLOCK.search(block.group(1))
        own = paths.from_colons(written.group(1)) if written is not None else own
    for call in calls_of(file.module.body, "definePage"):
        said = application.interpreter.evaluate(call.arguments[0].value, file.scope) if call.arguments else None
        if isinstance(said, MapValue):
            written = said.entries.get("path")
            own = paths.from_colons(written) if isinstance(written, str) else own
            aliases += [paths.from_colons(alias) for alias in texts_of(said.entries.get("alias"))]
    return [own, *aliases]


def _path(stem: str, *, has_dots: bool) -> str:
    """`users/[id]` → `/users/{id}`, `users.new` → `/users/new`, `[...all]` → `/{all*}`, `(shop)/cart` → `/cart`."""
    folders = stem.partition("@")[0].split("/")  # `index@aside` is another view of the same page
    segments = [part for folder in folders for part in (DOTS.split(folder) if has_dots else [folder])]
    kept = (part for part in segments if part not in ("index", "_parent") and not re.fullmatch(r"\(.*\)", part))
    return "/" + "/".join(map(_segment, kept))


def _segment(written: str) -> str:
    def variable(match: re.Match[str]) -> str:
        optional, rest, name, repeated = match.groups()
        return "{" + (name or "path") + ("*" if rest or repeated else "?" if optional else "") + "}"

    return _VARIABLE.sub(variable, written)


PLUGIN = Kind("Vue pages plugin", is_router=False)
