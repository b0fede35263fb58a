"""The way from the root urlconfs of a Django project down to its views, through every `include`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from github_connections.analysis.frameworks.python import django_channels, django_libraries, django_ninja, django_rest
from github_connections.analysis.frameworks.python.django_patterns import from_regex
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import File
from github_connections.analysis.linking.values import (
    NOTHING,
    External,
    Kind,
    ListValue,
    MapValue,
    ModuleValue,
    Thing,
    Unknown,
    Value,
    hole,
    is_known,
    text_of,
)
from github_connections.analysis.report import Place, Prefix

PATTERN = Kind("url pattern", is_router=False)
INCLUDED = Kind("included urls", is_router=False)
MAXIMUM_INCLUDES_DEEP = 16
# The urlconf of a project, and that of the hosts that are no tenant's (django-tenants).
URLCONF_SETTINGS = ("ROOT_URLCONF", "PUBLIC_SCHEMA_URLCONF")


class Found(Struct, frozen=True):
    """One view with the whole path to it."""

    path: str
    view: Value
    place: Place
    prefixes: tuple[Prefix, ...]
    raw: str
    # The list of patterns it is in, where that was not named but is one of all modules whose name fits.
    guessed: int = 0


def _guessed(found: Iterable[Found], patterns: ListValue) -> Iterator[Found]:
    return (replace(item, guessed=item.guessed or id(patterns)) for item in found)


class Urlconfs:
    """Walks from the root urlconfs down."""

    def __init__(self, interpreter: Interpreter) -> None:
        self.interpreter = interpreter
        self.included: set[str] = set()
        self.walked: set[int] = set()

    def found(self) -> Iterator[Found]:
        """Yield every view that the root urlconfs lead to; of a repository of apps, those of its own urlconfs."""
        roots = self._roots()
        found = [item for root in roots for item in self._in_file(root, "", (), 0)]
        if found:
            yield from (item for item in found if item.guessed not in self.walked)
            return
        candidates = [file for file in self.interpreter.program.of_family("python") if file.declares("urlpatterns")]
        walked = [(file, list(self._in_file(file, "", (), 0))) for file in candidates]
        for file, found in walked:
            if file.path not in self.included:
                yield from found

    def sockets(self) -> Iterator[Found]:
        """Yield every consumer of a web socket that a URLRouter of Channels leads to."""
        for router in self.interpreter.things:
            if router.kind is django_channels.SOCKETS and not router.data.get("is_inside"):
                yield from self._in(router.data["patterns"], "", (), 0, router.place)

    def _roots(self) -> list[File]:
        files: dict[str, File] = {}
        for setting_name in URLCONF_SETTINGS:
            for file in self.interpreter.program.declaring("python", setting_name):
                name = self.interpreter.own_name(file, setting_name)
                root = self._module(text_of(name), file) if name is not NOTHING else None
                if root is not None:
                    files[root.path] = root
        return [files[path] for path in sorted(files)]

    def _module(self, name: str, near: File) -> File | None:
        return self.interpreter.names(near).find(name, near) if is_known(name) else None

    def _in_file(self, file: File, path: str, prefixes: tuple[Prefix, ...], depth: int) -> Iterator[Found]:
        patterns = self.interpreter.exported(file, "urlpatterns")
        self.walked.add(id(patterns))
        yield from self._in(patterns, path, prefixes, depth, Place(file.path, 1))

    def _in(self, value: Value, path: str, prefixes: tuple[Prefix, ...], depth: int, place: Place) -> Iterator[Found]:
        """Yield what a list of patterns, a pattern, a router's urls lead to."""
        if depth > MAXIMUM_INCLUDES_DEEP:
            return
        if isinstance(value, ListValue):
            for item in value.items:
                found = self._in(item, path, prefixes, depth + 1, place)
                yield from _guessed(found, item) if isinstance(item, ListValue) else found
        elif isinstance(value, Thing) and value.kind is PATTERN:
            yield from self._pattern(value, path, prefixes, depth)
        elif isinstance(value, Thing) and value.kind in (django_rest.URLS, django_ninja.URLS):
            for route, view, where in value.data["routes"](self.interpreter):
                yield Found(path + route, view, where, prefixes, route)
        elif isinstance(value, ModuleValue):
            self.included.add(value.file.path)
            yield from self._in_file(value.file, path, prefixes, depth + 1)

    def _pattern(self, pattern: Thing, path: str, prefixes: tuple[Prefix, ...], depth: int) -> Iterator[Found]:
        raw = pattern.data["route"]
        route = from_regex(raw) if pattern.data["regex"] else raw
        view, whole = pattern.data["view"], path + route
        below = (*prefixes, Prefix(value=route, file=pattern.place.file, line=pattern.place.line, how="include"))
        if isinstance(view, ListValue) and view.items:  # path("x/", (patterns, app, namespace)), admin.site.urls
            view = Thing(
                INCLUDED, pattern.place, {"target": view.items[0] if isinstance(view.items[0], ListValue) else view}
            )
        if isinstance(view, Thing) and view.kind in (django_rest.URLS, django_ninja.URLS):
            yield from self._in(view, whole, below, depth + 1, pattern.place)
        elif isinstance(view, Thing) and view.kind is django_channels.SOCKETS:
            yield from self._in(view.data["patterns"], whole, below, depth + 1, pattern.place)
        elif isinstance(view, Thing) and view.kind is INCLUDED:
            yield from self._included(view, pattern.place, whole, below, depth)
        else:
            yield Found(whole, view, pattern.place, prefixes, raw)

    def _included(
        self, included: Thing, place: Place, path: str, prefixes: tuple[Prefix, ...], depth: int
    ) -> Iterator[Found]:
        target = included.data["target"]
        if isinstance(target, External | str):
            name = target if isinstance(target, str) else target.name
            file = self._module(name, self.interpreter.program.by_path[place.file])
            if file is None:
                yield from self._of_library(name, path, place, prefixes)
                return
            target = ModuleValue(file)
        if isinstance(target, Unknown):
            yield Found(path + hole(target.source), target, place, prefixes, target.source)
        yield from self._in(target, path, prefixes, depth + 1, place)

    @staticmethod
    def _of_library(name: str, path: str, place: Place, prefixes: tuple[Prefix, ...]) -> Iterator[Found]:
        """Yield what a well-known package adds; for any other one a row that says what is not known."""
        if name.endswith(".site.urls"):  # include(admin.site.urls), as it was written once
            yield Found(path, External(name), place, prefixes, "")
            return
        answering = External(name) if name.startswith(django_libraries.APIS) else None
        for route, methods in django_libraries.URLCONFS.get(name, {}).items():
            yield Found(path + route, MapValue(dict.fromkeys(methods, answering), place), place, prefixes, route)
        if name not in django_libraries.URLCONFS:
            yield Found(path + hole(name), External(name), place, prefixes, name)
