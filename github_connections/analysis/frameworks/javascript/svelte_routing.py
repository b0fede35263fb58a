"""Routers of Svelte whose routes are elements: svelte-routing, svelte-navigator and tinro.

A path goes on from the route around it, in the same component or in the one that it shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct, field

from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.javascript.page_routes import Around, Page, from_joined_colons, rows_of
from github_connections.analysis.frameworks.javascript.svelte_tags import Tag, tags_in, template_of, value_of
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import File
from github_connections.analysis.linking.values import ModuleValue, Unknown, Value, text_of
from github_connections.analysis.report import Place, Route

NAME = "svelte-routing"
MODULES = ("svelte-routing", "svelte-navigator", "tinro")
_ELEMENTS = frozenset({"Router", "Route", "PrivateRoute"})
# `admin/*admin`: the rest of a path, with a name.
_REST = re.compile(r"\*\w*$")
_SHOWN = re.compile(r"<([A-Z]\w*)")


class Tree(Struct, eq=False):
    """The routes of a component, and the path that its router serves them below."""

    file: File
    pages: list[Page] = field(default_factory=list)
    base: str = ""


def routes(interpreter: Interpreter) -> Iterator[Route]:
    """Yield the pages of every component whose routes are not below a route of another."""
    files = [file for file in interpreter.program.of_family("javascript") if file.language == "svelte"]
    trees = {file.path: _tree(interpreter, file) for file in files if FRAMEWORK.is_imported_in(file)}
    below = _mount(trees)
    for path, tree in trees.items():
        if path not in below:
            around = Around.below(tree.base, Place(path, 1), "basepath")
            yield from rows_of(tree.pages, NAME, around, rewrite=from_joined_colons)


def _mount(trees: dict[str, Tree]) -> set[str]:
    """Give every route that shows a component with routes of its own those routes; return where those stand."""
    found: set[str] = set()
    for path, tree in trees.items():
        for page in _all(tree.pages):
            shown = page.shows.file.path if isinstance(page.shows, ModuleValue) else ""
            if shown != path and shown in trees and (page.path or "").endswith("*"):
                found.add(shown)
                page.children = [*page.children, *trees[shown].pages]
    return found


def _all(pages: list[Page]) -> list[Page]:
    return [one for page in pages for one in (page, *_all(page.children))]


def _tree(interpreter: Interpreter, file: File) -> Tree:
    """Read the routes of a component; those between the tags of a route are below it."""
    template = template_of(interpreter.program.text(file.path))
    tree = Tree(file)
    opened: list[tuple[Tag, Page]] = []
    for tag in tags_in(template, _ELEMENTS):
        if tag.name == "Router":
            tree.base = tree.base or _text(interpreter, file, tag.attributes.get("basepath", ""))
        elif tag.is_end:
            _close(opened, template[: tag.start])
        else:
            page = _page(interpreter, file, tag)
            (opened[-1][1].children if opened else tree.pages).append(page)
            if not tag.is_whole:
                opened.append((tag, page))
    return tree


def _page(interpreter: Interpreter, file: File, tag: Tag) -> Page:
    """Read `<Route path="users/:id" component={User}/>`; one without a path shows what no other does."""
    said = tag.attributes
    shows = value_of(interpreter, file, said["component"]) if "component" in said else None
    path = _text(interpreter, file, said["path"]).lstrip("/") if "path" in said else None
    is_last = path is None and (tag.is_whole or shows is not None or "fallback" in said)
    return Page("*" if is_last else _REST.sub("*", path or ""), Place(file.path, tag.line), _named(shows, said))


def _named(shows: Value, said: dict[str, str]) -> Value:
    return shows if shows is None or isinstance(shows, ModuleValue) else Unknown(said["component"].strip("'\"{} "))


def _close(opened: list[tuple[Tag, Page]], before: str) -> None:
    """End the innermost route: if no route is inside, it shows the first component that is."""
    if not opened:
        return
    tag, page = opened.pop()
    if page.children:
        return
    page.alone = True
    if page.shows is None:
        shown = _SHOWN.search(before, tag.end)
        page.shows = Unknown(shown.group(1) if shown else "")


def _text(interpreter: Interpreter, file: File, said: str) -> str:
    return text_of(value_of(interpreter, file, said)) if said else ""


FRAMEWORK = Framework(
    name=NAME,
    language="typescript",
    family="javascript",
    kind="client",
    packages=MODULES,
    imports=MODULES,
    routes=routes,
)
