"""Routers in the browser: trees of route objects, or of elements, with relative paths."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct, field
from msgspec.structs import replace

from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.javascript.page_components import shown_name
from github_connections.analysis.frameworks.javascript.page_guards import asked_around
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import File
from github_connections.analysis.linking.values import (
    ELEMENT,
    External,
    ListValue,
    MapValue,
    Thing,
    Value,
    is_known,
)
from github_connections.analysis.report import Auth, Place, Prefix, Route
from github_connections.analysis.syntax import nodes

MAXIMUM_DEPTH = 20
_SHOWING = ("component", "components", "loadComponent", "redirect")
# Where routes are kept: `src/router/index.ts`, `routes.tsx`.
KEEPS_ROUTES = re.compile(r"(^|/)rout(e|er|es|ers|ing)(/[^.]*)?\.[cm]?[jt]sx?$")
_HOLES_BEFORE = re.compile(r"^(?:/?\{\?[^{}]*\})+")


class Page(Struct, eq=False):
    """One route of a tree: its own part of the path, what is shown there, where else it leads."""

    path: str | None
    place: Place
    shows: Value = None
    index: bool = False
    redirects: bool = False
    children: list[Page] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)
    name: str = ""
    # Whether it is shown where none of its children is, though its own path is empty.
    alone: bool = False
    # Who may see it, and the pages in it, as far as it says so itself.
    auth: Auth | None = None


class Around(Struct, frozen=True):
    """What a tree hangs below: the path of an application, which absolute paths have too, and that of the parents."""

    base: str = ""
    above: str = ""
    prefixes: tuple[Prefix, ...] = ()
    certain: bool = True
    auth: Auth | None = None

    @classmethod
    def below(cls, base: str, place: Place, how: str) -> Around:
        """Return what is around the tree of an application that is served below a path.

        What such a path begins with is often known where it is deployed alone: `window.base`. The routes' own paths
        are told without it then, and it stays among their prefixes.
        """
        if not base.strip("/"):
            return cls()
        known = without_holes_before(base)
        return cls(known, "", (Prefix(value=base, file=place.file, line=place.line, how=how),), known == base)


def without_holes_before(base: str) -> str:
    """Return what is known of the path that an application is served below: what it begins with may not be."""
    return _HOLES_BEFORE.sub("", base)


# Reads one route object; None for an object that is none.
Read = Callable[[MapValue], "Page | None"]


def pages_in(value: Value, read: Read, depth: int = 0) -> list[Page]:
    """Return the routes that a value holds: an object, a list of objects or of such lists, or what a library makes of
    one: `setupLayouts(routes)`.
    """
    if depth > MAXIMUM_DEPTH:
        return []
    inner = value.items if isinstance(value, ListValue) else given_to(value)
    if inner:
        return [page for item in inner for page in pages_in(item, read, depth + 1)]
    page = read(value) if isinstance(value, MapValue) else None
    return [page] if page else []


def given_to(value: Value) -> list[Value]:
    """Return the lists that a function of a library is given, which nobody can see what it makes of."""
    given = value.made_by.positional if isinstance(value, External) and value.made_by is not None else []
    return [one for one in given if isinstance(one, ListValue)]


def from_joined_colons(path: str) -> str:
    """Return `//users/:id` as `/users/{id}`, for routers that make one slash of two where a part brings its own."""
    return paths.from_colons(path.replace("//", "/"))


def rows_of(
    pages: Iterable[Page],
    framework: str,
    around: Around,
    rewrite: Callable[[str], str] = paths.from_colons,
    depth: int = 0,
) -> Iterator[Route]:
    """Yield a row for every route of a tree that shows something, or leads elsewhere, at a path of its own."""
    for page in pages if depth <= MAXIMUM_DEPTH else ():
        asked = page.auth or asked_around(page.shows, page.place, holds_pages=bool(page.children)) or around.auth
        for own in [page.path or "", *page.aliases]:
            if "://" in own:
                continue  # a link of the menu that routes are shown as
            whole = own if own.startswith("/") else f"{around.above}/{own}"
            # What is loaded for `**`, which Angular has for the rest, is shown there.
            above = whole if own == "**" else whole.rstrip("*").rstrip("/")
            below = replace(around, above=above, prefixes=_with(around, own, page), auth=asked)
            inner = list(rows_of(page.children, framework, below, rewrite, depth + 1))
            path = rewrite(paths.join_trimmed([around.base, whole]))
            if _serves(page) and all(row.path != path for row in inner):
                yield _row(page, framework, own, path, replace(around, auth=asked))
            yield from inner


def _serves(page: Page) -> bool:
    """Tell whether a route has a row unless one below it has the same path: not a layout without a path of its own,
    nor what is shown where nothing else is.
    """
    if page.redirects or page.index:
        return True
    if page.path is None:
        return False
    nests = (not page.path and not page.alone) or page.path.endswith("*") or _only_leads_in(page.shows)
    return page.shows is not None and not (page.children and nests)


def _only_leads_in(shown: Value) -> bool:
    """Tell whether an element is nothing but the place for the routes inside, maybe with something around it:
    `<Guarded><Outlet/></Guarded>`.
    """
    if not isinstance(shown, Thing) or shown.kind is not ELEMENT:
        return False
    inside = shown.data["children"]
    return str(shown.data["name"]).rpartition(".")[2] == "Outlet" or (len(inside) == 1 and _only_leads_in(inside[0]))


def _with(around: Around, own: str, page: Page) -> tuple[Prefix, ...]:
    if not own.strip("/*"):
        return around.prefixes
    prefix = Prefix(value=own, file=page.place.file, line=page.place.line, how="children")
    kept = [one for one in around.prefixes if one.how != "children"] if own.startswith("/") else around.prefixes
    return (*kept, prefix)


def _row(page: Page, framework: str, own: str, path: str, around: Around) -> Route:
    return Route(
        method="GET",
        path=path,
        file=page.place.file,
        line=page.place.line,
        framework=framework,
        kind="redirect" if page.redirects else "page",
        handler=shown_name(page.shows),
        raw_path=own,
        prefixes=list(around.prefixes),
        params=rows.path_parameters(path),
        auth=around.auth or Auth(),
        confidence="exact" if around.certain and is_known(path) else "partial",
    )


def project_of(interpreter: Interpreter, thing: Thing) -> str:
    """Return the directory of the sub-project that a thing is made in."""
    file = interpreter.program.by_path.get(thing.place.file)
    return file.project_root if file is not None else ""


def flattened(values: Iterable[Value], depth: int = 0) -> list[Value]:
    """Return values with lists among them taken apart."""
    found: list[Value] = []
    for value in values if depth <= MAXIMUM_DEPTH else ():
        found += flattened(value.items, depth + 1) if isinstance(value, ListValue) else [value]
    return found


# Objects that were read so far: themselves, and the places of those that are copies of others.
Seen = set[int | Place]


def unread_pages(
    interpreter: Interpreter, files: Iterable[File], seen: Seen, read: Callable[[Value], list[Page]]
) -> Iterator[Page]:
    """Yield the routes of arrays that are handed to a router in a way nobody can see.

    `seen` holds the route objects that were read so far; `read` adds to it.
    """
    for file in files:
        for found in _arrays_of_routes(interpreter, file):
            items = [item for item in flattened(found.items) if isinstance(item, MapValue)]
            unread: list[Value] = [item for item in items if id(item) not in seen and item.place not in seen]
            pages = read(ListValue(unread, found.place))
            yield from (page for page in pages if page.shows is not None or page.children or page.redirects)


def _arrays_of_routes(interpreter: Interpreter, file: File) -> Iterator[ListValue]:
    """Yield the arrays at the top of a file whose objects have a path."""
    for statement in file.module.body:
        value = statement.value if isinstance(statement, nodes.Assign | nodes.Export) else None
        if not isinstance(value, nodes.Sequence):
            continue
        if isinstance(statement, nodes.Assign):
            found = interpreter.own_name(file, getattr(statement.target, "id", ""))
        else:
            found = interpreter.exported(file, getattr(statement, "name", ""))
        if isinstance(found, ListValue) and (any(map(_has_a_path, value.items)) or _is_of_routes(found)):
            yield found


def _is_of_routes(found: ListValue) -> bool:
    """Tell whether a list whose items are written elsewhere holds routes: with a path, and with what is shown there."""
    items = flattened(found.items)
    objects = [item.entries.keys() for item in items if isinstance(item, MapValue)]
    return bool(objects) and all("path" in keys and not keys.isdisjoint(_SHOWING) for keys in objects)


def _has_a_path(node: nodes.Expression) -> bool:
    return isinstance(node, nodes.Mapping) and any(entry.key == nodes.Text("path") for entry in node.entries)
