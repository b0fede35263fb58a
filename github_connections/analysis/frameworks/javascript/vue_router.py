"""Vue Router: trees of route objects, nested, lazy, spread over files, added later."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.javascript import vue_pages
from github_connections.analysis.frameworks.javascript.page_guards import asked_by, said_in
from github_connections.analysis.frameworks.javascript.page_routes import (
    KEEPS_ROUTES,
    Around,
    Page,
    Seen,
    flattened,
    pages_in,
    project_of,
    rows_of,
    unread_pages,
)
from github_connections.analysis.frameworks.javascript.route_objects import outermost
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.program import File
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.scopes import functions_of
from github_connections.analysis.linking.uncalled import run_unless_called
from github_connections.analysis.linking.values import (
    Kind,
    ListValue,
    MapValue,
    Thing,
    Unknown,
    Value,
    entries_of,
    is_known,
    text_of,
    texts_of,
)
from github_connections.analysis.linking.words import uses
from github_connections.analysis.report import Route
from github_connections.analysis.syntax import nodes

MODULES = ("vue-router", "@ionic/vue-router", "vue-router/auto", "vue-router/dist/vue-router.esm.js")
HISTORIES = ("createWebHistory", "createWebHashHistory", "createMemoryHistory")
_SITES = ("vite-ssg.ViteSSG", "vite-ssr/vue.viteSSR", "vite-ssr.viteSSR")
# What Quasar is handed the function that makes a router by.
_HANDED = ("quasar/wrappers.route", "#q-app/wrappers.defineRouter", "#q-app.defineRouter")
_BUILT_IN_BASE = ("BASE_URL", "ROUTER_BASE")
_SHOWS = ("component", "components")
# What an object with a path that is not known must have besides to be a route.
_OF_A_ROUTE = (*_SHOWS, "children", "redirect")


def declare(registry: Registry) -> None:
    """Add the two ways to make a router, and the histories that hold its base."""
    for module in MODULES:
        registry.calls[f"{module}.createRouter"] = registry.calls[module] = _router
        for name in HISTORIES:
            registry.calls[f"{module}.{name}"] = _history
    registry.calls["VueRouter"] = _router
    for name in _SITES:
        registry.calls[name] = _site
    for name in _HANDED:
        registry.calls[name] = lambda call: call.run(call.value(0))
    vue_pages.declare(registry)


def _history(call: Invocation) -> Value:
    return Thing(HISTORY, call.place, {"base": call.value(0)})


def _router(call: Invocation) -> Value:
    entries = entries_of(call.value(0))
    history = entries.get("history")
    base = history.data["base"] if isinstance(history, Thing) and history.kind is HISTORY else entries.get("base")
    said = {"routes": [entries.get("routes")], "base": _base(base), "below": []}
    made = Thing(ROUTER, call.place, said)
    call.interpreter.things.append(made)
    return made


def _site(call: Invocation) -> Value:
    """`ViteSSG(App, {routes, base})`: what makes the router itself."""
    entries = entries_of(call.value(1))
    said = {"routes": [entries.get("routes")], "base": _base(entries.get("base")), "below": []}
    call.interpreter.things.append(Thing(ROUTER, call.place, said))
    return None


def _base(value: Value) -> str:
    """What the tool that builds the application sets is empty unless somebody wants otherwise."""
    text = "" if value is None else text_of(value)
    return text if is_known(text) or not any(word in text for word in _BUILT_IN_BASE) else ""


def _add_route(call: Invocation) -> Value:
    """`router.addRoute(route)` and `router.addRoute(nameOfTheParent, route)`."""
    if len(call.positional) > 1:
        call.receiver.data["below"].append((text_of(call.value(0)), call.value(1)))
    else:
        call.receiver.data["routes"].append(call.value(0))
    return None


def _add_routes(call: Invocation) -> Value:
    call.receiver.data["routes"].append(call.value(0))
    return None


class _Reader:
    """Reads route objects, and remembers which it has read."""

    def __init__(self) -> None:
        self.seen: Seen = set()
        self.is_sure = False  # whether a router is seen to be given what is read
        self._around: list[MapValue] = []  # the routes above the one that is read: none is below itself

    def pages(self, value: Value) -> list[Page]:
        """Return the routes that a value holds."""
        return pages_in(value, self._page)

    def _page(self, value: MapValue) -> Page | None:
        entries = value.entries
        self.seen.update((id(value), value.place))
        path = entries.get("path")
        if path is None or (not isinstance(path, str) and entries.keys().isdisjoint(_OF_A_ROUTE)):
            return None
        if any(value is one for one in self._around):
            return None
        alias = entries.get("alias")
        shows = next((entries[name] for name in _SHOWS if entries.get(name) is not None), None)
        self._around.append(value)
        children = self.pages(entries.get("children"))
        self._around.pop()
        return Page(
            path=text_of(path),
            place=value.place,
            shows=self._without_a_component(entries) if shows is None else shows,
            redirects=entries.get("redirect") not in (None, ""),
            children=children,
            aliases=[text for text in texts_of(alias) if is_known(text)],
            name=text_of(entries["name"]) if entries.get("name") is not None else "",
            auth=said_in(entries.get("meta"), value.place)
            or asked_by(flattened([entries.get("beforeEnter")]), value.place),
        )

    def _without_a_component(self, entries: dict[str, Value]) -> Value:
        """Return what stands for one: what is asked before, which leads on elsewhere, or what does so by the name."""
        if "children" in entries:
            return None
        return entries.get("beforeEnter", Unknown("") if self.is_sure and entries.get("name") else None)


def routes(interpreter: Interpreter) -> Iterator[Route]:
    """Yield the pages of every router, of arrays that are handed to one in a way nobody can see, and of files."""
    _run_what_nobody_called(interpreter)
    reader = _Reader()
    base = Around()
    reader.is_sure = True
    for router in interpreter.things:
        if router.kind is ROUTER:
            base = _around(router)
            pages = reader.pages(ListValue(router.data["routes"], router.place))
            for name, value in router.data["below"]:
                _put_below(pages, name, reader.pages(value))
            yield from rows_of(pages, "vue-router", base)
    reader.is_sure = False
    unread = unread_pages(interpreter, _files_of_routes(interpreter), reader.seen, reader.pages)
    yield from rows_of(outermost([*unread]), "vue-router", replace(base, certain=False))
    yield from vue_pages.routes(interpreter)


def _run_what_nobody_called(interpreter: Interpreter) -> None:
    """Run the functions that make a router where no router is known: `export function createRouter()`."""
    known = {project_of(interpreter, thing) for thing in interpreter.things if thing.kind is ROUTER}
    for file in interpreter.program.of_family("javascript"):
        if file.project_root in known or not FRAMEWORK.is_imported_in(file):
            continue
        interpreter.run_file(file)
        imported = (one for one in file.module.body if isinstance(one, nodes.Import) and one.module in MODULES)
        names = {one.local for one in imported if one.name in ("createRouter", "default")}
        for function, owner in functions_of(file.scope):
            if uses(function.node, names):
                run_unless_called(interpreter, function, owner)


def _files_of_routes(interpreter: Interpreter) -> list[File]:
    """Return the files in which routes may stand: those that import the library, what was run because of them, and
    what has its place where routes are kept.
    """
    files = FRAMEWORK.files(interpreter.program)
    roots = {file.project_root for file in files}
    others = [file for file in interpreter.program.of_family("javascript") if file.project_root in roots]
    kept = [file for file in others if file.ran or KEEPS_ROUTES.search(file.path)]
    interpreter.program.parse(kept)
    return sorted({*files, *kept}, key=lambda file: file.path)


def _around(router: Thing) -> Around:
    return Around.below(router.data["base"], router.place, "base")


def _put_below(pages: list[Page], name: str, more: list[Page]) -> bool:
    for page in pages:
        if page.name == name:
            page.children = [*page.children, *more]
            return True
        if _put_below(page.children, name, more):
            return True
    return False


HISTORY = Kind("history", is_router=False)
ROUTER = Kind("Vue router", methods={"addRoute": _add_route, "addRoutes": _add_routes}, is_router=False)

FRAMEWORK = Framework(
    name="vue-router",
    language="typescript",
    family="javascript",
    kind="client",
    packages=("vue-router", "@ionic/vue-router"),
    imports=(*MODULES, *vue_pages.PLUGINS, *vue_pages.MADE),
    words=frozenset({"VueRouter", "ViteSSG", "viteSSR"}),
    declare=declare,
    routes=routes,
)
