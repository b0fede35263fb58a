"""Angular's router: route arrays of modules and of standalone applications, lazy ones in other files."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from github_connections.analysis.frameworks import paths
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.javascript.page_components import loaded
from github_connections.analysis.frameworks.javascript.page_guards import asked_by, said_in
from github_connections.analysis.frameworks.javascript.page_routes import (
    Around,
    Page,
    Seen,
    flattened,
    pages_in,
    rows_of,
    unread_pages,
)
from github_connections.analysis.frameworks.javascript.route_objects import outermost
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import (
    ClassValue,
    FunctionValue,
    Kind,
    ListValue,
    MapValue,
    Thing,
    Value,
    entries_of,
    text_of,
)
from github_connections.analysis.report import Place, Route
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import first_argument

_MODULES = frozenset({"NgModule"})
MAXIMUM_MODULES_DEEP = 12
_GUARDS = ("canActivate", "canMatch", "canLoad", "canActivateChild")
# Angular's own, and what shows its routes on a telephone.
MODULES = (
    "@angular/router.RouterModule",
    "@nativescript/angular.NativeScriptRouterModule",
    "nativescript-angular/router.NativeScriptRouterModule",
    "nativescript-angular.NativeScriptRouterModule",
)
_VARIABLE = re.compile(r"(?<![^/]):([^/{}:?()]+)(?![^/])")
_BEFORE_A_TEXT = re.compile(r"^:[^:]*:")
GIVEN = Kind("routes of a module", is_router=False)


def declare(registry: Registry) -> None:
    """Add the functions that take routes."""
    for module in MODULES:
        registry.calls[f"{module}.forRoot"] = lambda call: _given(call, root=True)
        registry.calls[f"{module}.forChild"] = lambda call: _given(call, root=False)
    registry.calls["@angular/router.provideRouter"] = lambda call: _given(call, root=True)
    registry.calls["@ngrx/router-store.provideRouter"] = lambda call: _given(call, root=True)
    registry.calls["$localize"] = _untranslated


def _untranslated(call: Invocation) -> Value:
    """`$localize`:what it is@@its.name:about`` is `about` in the language that it is written in."""
    return _BEFORE_A_TEXT.sub("", call.text(0))


def _given(call: Invocation, *, root: bool) -> Value:
    made = Thing(GIVEN, call.place, {"routes": call.value(0), "root": root})
    call.interpreter.things.append(made)
    return made


def routes(interpreter: Interpreter) -> Iterator[Route]:
    """Yield every page that the roots' routes lead to, then those of modules that nothing loads lazily."""
    reader = _Reader(interpreter)
    roots = [*interpreter.things, *reader.read_modules()]
    given = {thing.place: thing for thing in roots if isinstance(thing, Thing) and thing.kind is GIVEN}
    for thing in given.values():
        if thing.data["root"]:
            yield from _rows(reader.pages(thing.data["routes"]))
    for thing in given.values():
        if not thing.data["root"] and thing.place not in reader.loaded:
            yield from _rows(reader.pages(thing.data["routes"]))
    files = FRAMEWORK.files(interpreter.program)
    yield from _rows(outermost([*unread_pages(interpreter, files, reader.seen, reader.pages)]), certain=False)


def _rows(pages: list[Page], *, certain: bool = True) -> Iterator[Route]:
    yield from rows_of(pages, "angular-router", Around(certain=certain), rewrite=_rewritten)


def _rewritten(path: str) -> str:
    """`user/:id/:social-media` → `user/{id}/{social-media}`: a variable is a whole segment, whatever its name."""
    return paths.from_colons(_VARIABLE.sub(r"{\1}", path))


def _is_module(decorator: nodes.Expression) -> bool:
    return isinstance(decorator, nodes.Call) and getattr(decorator.function, "id", "") == "NgModule"


def _argument(decorator: nodes.Expression) -> nodes.Expression | None:
    return first_argument(decorator)


def _asked_before(entries: dict[str, Value]) -> Value:
    """`{path: "logout", canActivate: [LogoutGuard], children: []}`: a path that leads on by its guard."""
    children = entries.get("children")
    if isinstance(children, ListValue) and not children.items:
        return entries.get("canActivate", entries.get("resolve"))
    return None


class _Reader:
    """Reads route arrays, following lazy ones into their modules."""

    def __init__(self, interpreter: Interpreter) -> None:
        self.seen: Seen = set()
        self.loaded: set[Place] = set()  # what lazy modules have been given
        self._interpreter = interpreter
        self._imports: dict[int, list[Value]] = {}
        self._depth = 0

    def read_modules(self) -> Iterator[Value]:
        """Yield what the modules of the program import."""
        for file in self._interpreter.program.with_words("javascript", _MODULES):
            for value in list(file.scope.names.values()):
                if isinstance(value, ClassValue) and value.scope.parent is file.scope:
                    yield from self._imported(value)

    def _imported(self, cls: ClassValue) -> list[Value]:
        known = self._imports.get(id(cls.node))
        if known is None:
            known = self._imports[id(cls.node)] = []
            for decorator in filter(_is_module, cls.node.decorators):
                said = self._interpreter.evaluate(_argument(decorator), cls.scope.parent or cls.scope)
                imports = entries_of(said).get("imports")
                known.extend(flattened([imports]))
        return known

    def pages(self, value: Value) -> list[Page]:
        """Return the pages of a route array."""
        return pages_in(value, self._page)

    def _all(self, imports: list[Value], depth: int = 0) -> list[Thing]:
        """Return the routes that a module is given, by itself and by the modules that it imports."""
        found: list[Thing] = []
        for item in imports if depth < MAXIMUM_MODULES_DEEP else []:
            if isinstance(item, ClassValue):
                found += self._all(self._imported(item), depth + 1)
            elif isinstance(item, Thing) and item.kind is GIVEN:
                found.append(item)
        return found

    def _page(self, value: MapValue) -> Page | None:
        entries = value.entries
        self.seen.update((id(value), value.place))
        if "path" not in entries and "matcher" not in entries and "children" not in entries:
            return None
        path = text_of(entries.get("path", ""))
        if entries.get("outlet") not in (None, "primary"):
            return None
        lazy = entries.get("loadChildren")
        shows = entries.get("component") or entries.get("loadComponent") or _asked_before(entries)
        return Page(
            path=path,
            place=value.place,
            shows=shows if path or "matcher" not in entries else None,
            redirects=entries.get("redirectTo") is not None,
            children=[*self.pages(entries.get("children")), *self._lazy(lazy)],
            auth=asked_by(flattened(map(entries.get, _GUARDS)), value.place)
            or said_in(entries.get("data"), value.place),
        )

    def _lazy(self, value: Value) -> list[Page]:
        """Return the routes behind `loadChildren`: a function that imports a module or an array, or an old text."""
        if value is None or self._depth > MAXIMUM_MODULES_DEEP:
            return []
        self._depth += 1
        try:
            found = loaded(self._interpreter, value) if isinstance(value, FunctionValue) else self._by_text(value)
            if not isinstance(found, ClassValue):
                return self.pages(found)
            given = [thing for thing in self._all(self._imported(found)) if not thing.data["root"]]
            self.loaded.update(thing.place for thing in given)
            return [page for thing in given for page in self.pages(thing.data["routes"])]
        finally:
            self._depth -= 1

    def _by_text(self, value: Value) -> Value:
        """`loadChildren: './users/users.module#UsersModule'`."""
        path, _, name = text_of(value).partition("#")
        stem = posixpath.basename(path)
        for file in self._interpreter.program.declaring("javascript", name):
            if posixpath.basename(file.path).startswith(stem):
                return self._interpreter.exported(file, name)
        return None


FRAMEWORK = Framework(
    name="angular-router",
    language="typescript",
    family="javascript",
    kind="client",
    packages=("@angular/router",),
    imports=("@angular/router",),
    words=frozenset({"provideRouter", "forRoot"}),
    marks=_MODULES,
    declare=declare,
    routes=routes,
)
