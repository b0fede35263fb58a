"""React Router in the browser: route objects, `<Route>` elements, and routes below routes in other components.

A splat is `{path*}`. Of a layout whose index is shown at the same path only the index has a row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from github_connections.analysis.frameworks import paths
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.page_routes import Around, Page, rows_of
from github_connections.analysis.frameworks.react_router_declarations import (
    BASE,
    CREATORS,
    MODULES,
    NODE,
    READ,
    TREE,
    declare,
    held_trees,
    pages_among,
)
from github_connections.analysis.frameworks.react_router_trees import Trees, bare_trees, run_what_nobody_called
from github_connections.analysis.frameworks.route_objects import arrays_typed, everything_in, outermost
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.values import ListValue, Thing
from github_connections.analysis.report import Route

# wouter's `/files/*?`, and `/files*`, which older versions know; of `/:rest*` the rest has a name already.
_REST = re.compile(r"(/[^/:]*)(?<=[/\w])\*\??$")


def routes(interpreter: Interpreter) -> Iterator[Route]:
    """Yield every page of every tree that is not part of another."""
    run_what_nobody_called(interpreter, FRAMEWORK.imports, FRAMEWORK.marks)
    held_trees(interpreter.things)
    bare = bare_trees(thing for thing in interpreter.things if thing.kind is NODE)
    trees = Trees(interpreter, [*(thing for thing in interpreter.things if thing.kind is TREE), *bare])
    trees.mount_all()
    bases = _bases(interpreter)
    mounted = {tree.place for tree in trees.trees if id(tree) in trees.mounted}
    for tree in trees.trees:
        if tree.place not in mounted:
            yield from _rows(tree.data["pages"], tree, bases.get(_project(interpreter, tree), Around()))
    shown = {id(page.shows) for tree in trees.trees for page in everything_in(tree.data["pages"])}
    unseen = [page for page in _unseen(interpreter) if id(page.shows) not in shown]
    yield from rows_of(unseen, "react-router", Around(certain=False), rewrite=_rewritten)


def _unseen(interpreter: Interpreter) -> list[Page]:
    """Return the routes of arrays that no router is seen to be given."""
    known = set(interpreter.state.get(READ, ()))
    files = [file for file in interpreter.program.of_family("javascript") if FRAMEWORK.is_imported_in(file)]
    found: list[Page] = []
    for value in arrays_typed(interpreter, files, "RouteObject"):
        if isinstance(value, ListValue):
            call = Invocation(interpreter, None, "routes", [], {}, None, files[0].scope, value.place.line)
            found += pages_among(call, [value])
    return outermost(found, known)


def _rows(pages: list[Page], tree: Thing, around: Around) -> Iterator[Route]:
    own = Around.below(tree.data.get("base", ""), tree.place, "basename")
    around = own if own.prefixes or tree.data.get("is_application") else around
    yield from rows_of(pages, "react-router", around, rewrite=_rewritten)


def _rewritten(path: str) -> str:
    path = _REST.sub(r"\1:path*", path.replace("//", "/"))
    return paths.from_colons(path)


def _bases(interpreter: Interpreter) -> dict[str, Around]:
    """Return what is around the routes of each sub-project: the path that its router serves below."""
    found: dict[str, Around] = {}
    for thing in interpreter.things:
        if thing.kind is BASE:
            found.setdefault(_project(interpreter, thing), Around.below(thing.data["base"], thing.place, "basename"))
    return found


def _project(interpreter: Interpreter, thing: Thing) -> str:
    file = interpreter.program.by_path.get(thing.place.file)
    return file.project_root if file is not None else ""


FRAMEWORK = Framework(
    name="react-router",
    language="typescript",
    family="javascript",
    kind="client",
    packages=("react-router-dom", "react-router", "wouter", "inferno-router"),
    imports=(*MODULES, "react-router-config", "@ionic/react-router"),
    words=frozenset(
        {
            *CREATORS,
            "createRoutesFromElements",
            "useRoutes",
            "renderRoutes",
            "Routes",
            "Switch",
            "BrowserRouter",
            "HashRouter",
        }
    ),
    marks=frozenset({"Route"}),
    declare=declare,
    routes=routes,
)
