"""What Nuxt's modules and its configuration add to an application: handlers, pages, routers of h3."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from github_connections.analysis import http_verbs
from github_connections.analysis.frameworks import paths
from github_connections.analysis.frameworks.javascript.file_routes import Application
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.names_javascript import CHECKOUT
from github_connections.analysis.linking.program import File
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.routing import Router, reach, verb
from github_connections.analysis.linking.values import (
    FunctionValue,
    Kind,
    ListValue,
    MapValue,
    Native,
    Thing,
    Unknown,
    Value,
    entries_of,
    text_of,
)
from github_connections.analysis.report import ANY_METHOD, Place, Route, RouteKind

WORDS = frozenset({"addServerHandler", "addServerScanDir", "extendPages", "extendRoutes", "defineNuxtModule"})
_EXTENDING = ("pages:extend", "build:extendRoutes")
_ADDED = "nuxt added"
_SCANNED = "nuxt scanned"
MAXIMUM_DEPTH = 20
_REST = re.compile(r"\*\*(?::(\w+))?")


class Added(Struct, frozen=True):
    """One handler or page that a module adds."""

    method: str
    path: str
    kind: RouteKind
    place: Place


def declare(registry: Registry) -> None:
    """Add what modules call, and the routers of h3, which Nitro imports by itself."""
    for module in ("@nuxt/kit", "@nuxt/kit-edge"):
        registry.calls[f"{module}.defineNuxtModule"] = _define_module
        registry.calls[f"{module}.addServerHandler"] = _add_handler
        registry.calls[f"{module}.addServerScanDir"] = _scan
        registry.calls[f"{module}.createResolver"] = _resolver
        registry.calls[f"{module}.extendPages"] = _extend_pages
    for module in ("h3.", "nitro/h3.", ""):
        registry.calls[f"{module}createRouter"] = _router
        registry.calls[f"{module}useBase"] = _based


# --- modules --------------------------------------------------------------------------------------------------------


def _define_module(call: Invocation) -> Value:
    """`defineNuxtModule({defaults, setup(options, nuxt)})`: it is set up with what its options are by default."""
    said = call.value(0)
    if isinstance(said, FunctionValue):
        call.run(said, Unknown("options"), Thing(NUXT, call.place))
    elif isinstance(said, MapValue) and isinstance(said.entries.get("setup"), FunctionValue):
        call.run(said.entries["setup"], said.entries.get("defaults", Unknown("options")), Thing(NUXT, call.place))
    return Unknown(call.name)


def run_functions(interpreter: Interpreter) -> None:
    """Run the modules of version 2: `export default function () { this.extendRoutes((routes) => …) }`."""
    for file in interpreter.program.with_words("javascript", frozenset({"extendRoutes"})):
        module = interpreter.exported(file, "default")
        if isinstance(module, FunctionValue):
            place = Place(file.path, module.node.line)
            interpreter.call(module, [Unknown("options")], this=Thing(NUXT, place))


def _hook(call: Invocation) -> Value:
    """`nuxt.hook("pages:extend", (pages) => …)`."""
    if call.value(0) in _EXTENDING:
        _remember(call, pages_of(call.interpreter, call.value(1), call.place))
    return None


def _add_handler(call: Invocation) -> Value:
    """`addServerHandler({route, method, handler})`; without a route it is a middleware."""
    _remember(call, handlers_in([call.value(0)]))
    return None


def _resolver(call: Invocation) -> Value:
    """`createResolver(import.meta.url)`: its `resolve` says what lies beside the file."""
    base = posixpath.dirname(call.text(0))
    resolve = Native("resolve", lambda inner: posixpath.normpath(posixpath.join(base, *map(text_of, inner.positional))))
    return MapValue({"resolve": resolve}, call.place)


def _scan(call: Invocation) -> Value:
    """`addServerScanDir(directory)`: another place for handlers by their files."""
    directory = call.text(0)
    if directory.startswith(CHECKOUT):
        call.interpreter.state.setdefault(_SCANNED, []).append(directory.removeprefix(CHECKOUT).strip("/"))
    return None


def scanned(interpreter: Interpreter, known: list[Application]) -> Iterator[tuple[Application, str]]:
    """Yield the directories that modules add, each with the application that it lies in, as seen from there."""
    for directory in dict.fromkeys(interpreter.state.get(_SCANNED, ())):
        application = around(interpreter, known, directory)
        yield application, posixpath.relpath(directory, application.root or ".")


def _extend_pages(call: Invocation) -> Value:
    """`extendPages((pages) => { pages.push({path, file}) })`."""
    _remember(call, pages_of(call.interpreter, call.value(0), call.place))
    return None


def pages_of(interpreter: Interpreter, extend: Value, place: Place) -> list[Added]:
    """Return the pages that a function adds to those it is given."""
    pages = ListValue([], place)
    if isinstance(extend, FunctionValue):
        interpreter.call(extend, [pages])
    return list(pages_in(pages))


def pages_in(pages: Value, above: str = "", depth: int = 0) -> Iterator[Added]:
    """Yield the pages of a list, and those in them; one of the same path as the page in it has no row of its own."""
    for page in pages.items if isinstance(pages, ListValue) and depth < MAXIMUM_DEPTH else ():
        if not isinstance(page, MapValue) or "path" not in page.entries:
            continue
        written = text_of(page.entries["path"])
        whole = written if written.startswith("/") else f"{above}/{written}".rstrip("/")
        inner = page.entries.get("children")
        if written or not isinstance(inner, ListValue):
            yield Added("GET", paths.from_colons(whole or "/"), "page", page.place)
        yield from pages_in(inner, whole, depth + 1)


def _remember(call: Invocation, found: Iterable[Added]) -> None:
    call.interpreter.state.setdefault(_ADDED, []).extend(found)


def handlers_in(values: Iterable[Value]) -> Iterator[Added]:
    """Yield the handlers that objects with `route` and `method` describe."""
    for value in values:
        said = entries_of(value)
        if said.get("route") and said.get("middleware") is not True and isinstance(value, MapValue):
            method = said.get("method")
            path = paths.from_colons(_REST.sub(lambda rest: f":{rest.group(1) or 'path'}*", text_of(said["route"])))
            yield Added(method.upper() if isinstance(method, str) else ANY_METHOD, path, "api", value.place)


def added_rows(interpreter: Interpreter, known: list[Application]) -> Iterator[Route]:
    """Yield the rows of what modules add, each for the application that it lies in."""
    for one in dict.fromkeys(interpreter.state.get(_ADDED, ())):
        yield row_of(around(interpreter, known, one.place.file), one)


def around(interpreter: Interpreter, known: list[Application], file: str) -> Application:
    """Return the application that a file lies in; one of its own for a module that stands alone."""
    holding = [application for application in known if not application.root or file.startswith(f"{application.root}/")]
    alone = Application(interpreter, "nuxt", posixpath.dirname(file))
    return max(holding, key=lambda application: len(application.root), default=alone)


def row_of(application: Application, one: Added) -> Route:
    """Return the row of a handler or a page."""
    return application.route(one.method, one.path, one.place.file, one.place.line, one.kind)


# --- routers of h3 --------------------------------------------------------------------------------------------------


def _router(call: Invocation) -> Value:
    return call.router(ROUTER)


def _mount(call: Invocation) -> Value:
    """`router.use("/shop/**", useBase("/shop", other.handler))`."""
    inner = call.value(1)
    inner = inner.data["router"] if isinstance(inner, Thing) and inner.kind is BASED else inner
    if isinstance(inner, Router):
        call.receiver.mount(call.text(0).removesuffix("/**"), inner, call.place, "use")
    return call.receiver


def _based(call: Invocation) -> Value:
    """`useBase(base, router.handler)`: the router's paths begin after the base."""
    inner = call.value(1)
    return Thing(BASED, call.place, {"base": call.text(0), "router": inner}) if isinstance(inner, Router) else inner


NUXT = Kind(
    "nuxt",
    methods={"extendRoutes": lambda call: _extend_pages(call), "hook": _hook},
    attributes={"nuxt": lambda nuxt, _name: nuxt},
    is_router=False,
)
BASED = Kind("h3 based handler", is_router=False)
ROUTER = Kind(
    "h3 router",
    methods={name: verb(name.upper()) for name in http_verbs.OF_BROWSERS} | {"all": verb(ANY_METHOD), "use": _mount},
    attributes={"handler": lambda router, _name: router},
)


def routed_in(interpreter: Interpreter, file: File) -> list[Added]:
    """Return the routes of the router that a file hands out as its handler; nothing where it hands out none."""
    if "createRouter" not in file.head.words:
        return []
    value = interpreter.exported(file, "default")
    base = value.data["base"] if isinstance(value, Thing) and value.kind is BASED else ""
    router = value.data["router"] if base else value
    found = reach(router) if isinstance(router, Router) and router.kind is ROUTER else ()
    return [
        Added(
            method,
            paths.join_trimmed([base, *map(paths.from_colons, item.pieces)]),
            "api",
            item.route.place,
        )
        for item in found
        for method in item.route.methods
    ]
