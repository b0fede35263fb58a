"""Remix and React Router's framework mode: flat files, nested folders, and `routes.ts`.

A route module answers GET with its component or its loader, and POST with its action; without a component it is an
endpoint. The splat is `{path*}`.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from msgspec import Struct

from github_connections.analysis.frameworks import paths
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.javascript.file_routes import (
    SCRIPTS,
    Application,
    applications,
    exports_of,
    known_text,
    without_ending,
)
from github_connections.analysis.frameworks.javascript.methods import methods_in
from github_connections.analysis.frameworks.javascript.remix_lists import ENTRY, FLAT, PLUGIN, declare, defined_by
from github_connections.analysis.frameworks.javascript.web_requests import EVENT
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.names_javascript import CHECKOUT
from github_connections.analysis.linking.program import File
from github_connections.analysis.linking.values import (
    External,
    FunctionValue,
    ListValue,
    MapValue,
    Thing,
    Value,
    text_of,
)
from github_connections.analysis.report import Route, RouteKind

PACKAGES = (
    "@remix-run/react",
    "@remix-run/node",
    "@remix-run/dev",
    "@remix-run/serve",
    "@react-router/dev",
    "@react-router/serve",
)
CONFIGURATIONS = ("react-router.config", "remix.config")
ENDINGS = (*SCRIPTS, ".mdx", ".md")
MAXIMUM_DEPTH = 30
_INDEXES = ("_index", "index")
_PART = re.compile(r"(?:\[[^\]]*\]|\([^)]*\)|[^.\[(])+")
_LITERAL = re.compile(r"\[([^\]]*)\]")
_COLON = re.compile(r":([\w-]+)(\?)?")


class Module(Struct, frozen=True):
    """A route module, the path it serves, and how that is written."""

    file: File
    path: str
    raw: str = ""
    is_index: bool = False


def routes(interpreter: Interpreter) -> Iterator[Route]:
    """Yield the rows of every application."""
    for application in applications(interpreter, "remix", PACKAGES, CONFIGURATIONS):
        application.serve_below(application.setting("basename"), "basename")
        directory = known_text(_said(application, "appDirectory")) or "app"
        yield from _rows(application, list(_modules(application, directory)))


def _modules(application: Application, directory: str) -> Iterator[Module]:
    listed = next(
        (file for ending in SCRIPTS if (file := application.file(application.place(directory, f"routes{ending}")))),
        None,
    )
    value = application.interpreter.exported(listed, "default") if listed is not None else None
    found = list(_of_list(application, directory, value, "", 0))
    # What hands out no route that is known leaves them to the files' names.
    yield from found or _of_files(application, directory, "routes")
    if not found:
        defined = defined_by(application.interpreter, _said(application, "routes"))
        yield from _of_list(application, directory, defined, "", 0)


def _said(application: Application, name: str) -> Value:
    """Return a setting, which vite.config may make as well."""
    said = application.setting(name)
    for thing in application.interpreter.things if said is None else ():
        options = thing.data["options"] if thing.kind is PLUGIN else None
        if isinstance(options, MapValue) and posixpath.dirname(thing.place.file) == application.root:
            said = options.entries.get(name)
    return said


def _rows(application: Application, modules: list[Module]) -> Iterator[Route]:
    """Yield the rows; an index serves its path instead of the layout around it, and both take their actions."""
    served: set[tuple[str, str]] = set()
    for module in sorted(modules, key=lambda one: not one.is_index):
        for row in _of_module(application, module):
            if (row.method, row.path) not in served:
                served.add((row.method, row.path))
                yield row


def _of_module(application: Application, module: Module) -> Iterator[Route]:
    exported = exports_of(application.interpreter, module.file)
    place = module.file.path
    shown = exported.get("default") or exported.get("Component")
    kind: RouteKind = "page" if shown else "api"
    loader = exported.get("loader") or exported.get("clientLoader")
    asked = shown or loader
    if asked:
        handler = asked.local or ("loader" if not shown else "")
        auth = application.asked(module.file, loader, module.path)
        read = application.read(module.file, loader, "GET", module.path, EVENT)
        yield application.route("GET", module.path, place, asked.line, kind, handler, module.raw, auth, read)
    if "action" in exported:
        source = application.interpreter.program.read(place) or b""
        action = exported["action"]
        auth = application.asked(module.file, action, module.path)
        for method in [method for method in methods_in(source) if method != "GET"] or ["POST"]:
            read = application.read(module.file, action, method, module.path, EVENT)
            yield application.route(method, module.path, place, action.line, kind, "action", module.raw, auth, read)
    if not exported and not place.endswith(SCRIPTS):
        yield application.route("GET", module.path, place, 1)


# --- files ----------------------------------------------------------------------------------------------------------


def _of_files(
    application: Application, directory: str, inside: str, before: str = "", nests: bool = False
) -> Iterator[Module]:
    root = posixpath.join(directory, inside)
    is_nested = nests or _is_nested(application)
    for path in application.paths(root):
        stem = without_ending(path, ENDINGS)
        file = application.file(application.place(root, path))
        name = stem if stem is None or is_nested else _flat_name(stem)
        is_beside = path.endswith((".server.ts", ".server.tsx", ".client.tsx")) or (nests and "/+" in f"/{path}")
        if file is not None and name is not None and not is_beside:
            last = name.replace("/", ".").rpartition(".")[2]
            if last in _INDEXES or not last.startswith("_"):  # else a layout without a path of its own
                path = paths.join_trimmed([before, *_pieces(name)])
                yield Module(file, path, name, last in _INDEXES)


def _is_nested(application: Application) -> bool:
    """Tell whether folders nest, as in version 1; version 2 and what follows want one folder a route."""
    if application.setting("future", "v2_routeConvention") is True:
        return False
    projects = (one for one in application.interpreter.program.projects if one.root == application.root)
    versions = [version for one in projects for name, version in one.dependencies.items() if name in PACKAGES]
    return any(version.lstrip("^~>= v").startswith("1.") for version in versions)


def _flat_name(stem: str) -> str | None:
    """Return the name of a route with dots; None for a file that lies beside its route.

    In a folder it is the `route` or `index` file; folders that end in `+` hold more routes.
    """
    *folders, name = stem.split("/")
    if folders and folders[0].endswith("+"):
        return _joined(folders.pop(0).removesuffix("+"), _flat_name("/".join([*folders, name])))
    if not folders:
        return name
    return folders[0] if len(folders) == 1 and name in ("route", "index", "_index", "_route", "_layout") else None


def _joined(folder: str, rest: str | None) -> str | None:
    return None if rest is None else f"{folder}.{rest}"


def _pieces(name: str) -> list[str]:
    """`users.$id_.edit` → users, {id}, edit; `_auth.login` → login; `($lang)` → `{lang?}`; `[sitemap.xml]` as it is."""
    pieces = (_piece(part) for folder in name.split("/") for part in _PART.findall(folder))
    return [piece for piece in pieces if piece]


def _piece(part: str) -> str:
    if part.startswith("_") or part in _INDEXES:
        return ""
    is_optional = part.startswith("(") and part.endswith(")")
    written = part[1:-1] if is_optional else part.removesuffix("_")
    if written == "$":
        return "{path*}"
    if written.startswith("$"):
        name, escaped, rest = written[1:].partition("[")  # `$page[.xml]`: a variable with a fixed end
        return "{" + name + ("?" if is_optional else "") + "}" + _LITERAL.sub(r"\1", escaped + rest)
    return _LITERAL.sub(r"\1", written)


# --- routes.ts ------------------------------------------------------------------------------------------------------


def _of_list(application: Application, directory: str, value: Value, above: str, deep: int) -> Iterator[Module]:
    for item in _entries(application, value) if deep < MAXIMUM_DEPTH else ():
        if item.kind is FLAT:
            above = paths.join([above, item.data.get("prefix", "")])
            yield from _of_files(application, directory, item.data["directory"], above, item.data.get("nests", False))
        elif item.kind is ENTRY:
            yield from _of_entry(application, directory, item, above, deep)


def _entries(application: Application, value: Value, deep: int = 0) -> Iterator[Thing]:
    """Yield the routes in a list, in lists of them, in what a function returns or an adapter is given."""
    inner: list[Value] = []
    if isinstance(value, Thing):
        yield value
    elif isinstance(value, MapValue):
        said = {name: text_of(value.entries[name]) for name in ("path", "file") if value.entries.get(name)}
        children = [value.entries.get("children")]
        is_index = value.entries.get("index") is True
        yield Thing(
            ENTRY, value.place, {"path": "", "file": "", "base": "", "children": children, "index": is_index} | said
        )
    elif isinstance(value, ListValue):
        inner = value.items
    elif isinstance(value, External) and value.made_by is not None:
        inner = value.made_by.positional
    elif isinstance(value, FunctionValue):
        inner = [application.interpreter.call(value, [])]
    for item in inner if deep < MAXIMUM_DEPTH else ():
        yield from _entries(application, item, deep + 1)


def _of_entry(application: Application, directory: str, entry: Thing, above: str, deep: int) -> Iterator[Module]:
    written = entry.data["path"]
    path = paths.join_trimmed([above, _from_colons(written)])
    file = _file(application, directory, entry)
    if file is not None:
        yield Module(file, path, written, entry.data.get("index", False))
    for child in entry.data["children"]:
        yield from _of_list(application, directory, child, path, deep + 1)


def _file(application: Application, directory: str, entry: Thing) -> File | None:
    name, base = entry.data["file"], entry.data["base"]
    if not name:
        return None
    place = application.place(directory, name)
    if base.startswith(CHECKOUT):
        place = posixpath.normpath(posixpath.join(base.removeprefix(CHECKOUT).lstrip("/"), name))
    found = (application.file(place + ending) for ending in ("", *SCRIPTS))
    return next((file for file in found if file is not None), None)


def _from_colons(path: str) -> str:
    """`:id?` → `{id?}`, `*` → `{path*}`."""
    return re.sub(r"(^|/)\*\??$", r"\1{path*}", _COLON.sub(r"{\1\2}", path))


FRAMEWORK = Framework(
    name="remix",
    language="typescript",
    family="javascript",
    kind="fullstack",
    routes=routes,
    packages=PACKAGES,
    imports=("@remix-run/dev",),
    declare=declare,
)
