"""React Router in the browser: route objects, `<Route>` elements, and routes below routes in other components.

A splat is `{path*}`. Of a layout whose index is shown at the same path only the index has a row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from github_connections.analysis.frameworks import paths
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.javascript import react_pages
from github_connections.analysis.frameworks.javascript.page_components import shown_name
from github_connections.analysis.frameworks.javascript.page_routes import (
    KEEPS_ROUTES,
    Around,
    Page,
    Seen,
    project_of,
    rows_of,
    unread_pages,
)
from github_connections.analysis.frameworks.javascript.react_router_declarations import (
    BASE,
    CREATORS,
    MODULES,
    NODE,
    READ,
    TREE,
    declare,
    pages_among,
)
from github_connections.analysis.frameworks.javascript.react_router_held import held, held_trees
from github_connections.analysis.frameworks.javascript.react_router_trees import (
    Trees,
    bare_trees,
    run_what_nobody_called,
)
from github_connections.analysis.frameworks.javascript.route_objects import arrays_typed, everything_in, outermost
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.program import File
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import ListValue, Thing
from github_connections.analysis.report import Route

# wouter's `/files/*?`, and `/files*`, which older versions know; of `/:rest*` the rest has a name already.
# A variable that is a whole segment may have a name with dashes: `/teams/:team-id`.
_DASHED = re.compile(r"(?<=/):(\w+(?:-\w+)+)(\??)(?=/|$)")
_REST = re.compile(r"(/[^/:]*)(?<=[/\w])\*\??$")


def _declare(registry: Registry) -> None:
    declare(registry)
    registry.elements.append(held)


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
            yield from _rows(tree.data["pages"], tree, bases.get(project_of(interpreter, tree), Around()))
    known = [page for tree in trees.trees for page in tree.data["pages"]]
    shown = _shown_in(known)
    unseen = [page for page in _unseen(interpreter) if shown.isdisjoint(_shown_in([page]))]
    unseen += _kept(interpreter, [*known, *unseen])
    yield from rows_of(unseen, "react-router", Around(certain=False), rewrite=_rewritten)
    yield from react_pages.routes(interpreter)


def _shown_in(pages: list[Page]) -> set[int]:
    return {id(page.shows) for page in everything_in(pages) if page.shows is not None}


def _unseen(interpreter: Interpreter) -> list[Page]:
    """Return the routes of arrays that no router is seen to be given."""
    known = set(interpreter.state.get(READ, ()))
    files = _files_of_routes(interpreter)
    found: list[Page] = []
    for value in arrays_typed(interpreter, files, "RouteObject"):
        if isinstance(value, ListValue):
            call = Invocation(interpreter, None, "routes", [], {}, None, files[0].scope, value.place.line)
            found += pages_among(call, [value])
    return outermost(found, known)


def _kept(interpreter: Interpreter, known: list[Page]) -> list[Page]:
    """Return the routes of arrays in the places where routes are kept, if no other route has to do with any of a file:
    whoever is given them hands them on unseen, `<AsyncConnect routes={routes}/>`.
    """
    program = interpreter.program
    roots = {file.project_root for file in program.of_family("javascript") if FRAMEWORK.is_imported_in(file)}
    files = [file for file in program.of_family("javascript") if file.project_root in roots]
    files = [file for file in files if KEEPS_ROUTES.search(file.path)]
    program.parse(files)
    if not files:
        return []
    call = Invocation(interpreter, None, "routes", [], {}, None, files[0].scope, 1)
    seen: Seen = set(interpreter.state.get(READ, ()))
    found = outermost([*unread_pages(interpreter, files, seen, lambda value: pages_among(call, [value]))])
    own, shown = _paths_and_names(known)
    other = {page.place.file for page in found if not _are_routes(page, own, shown)}
    return [page for page in found if page.place.file not in other]


def _paths_and_names(pages: list[Page]) -> tuple[set[str], set[str]]:
    inside = [*everything_in(pages)]
    paths_said = {(page.path or "").strip("/*") for page in inside}
    return paths_said - {""}, {shown_name(page.shows) for page in inside} - {""}


def _are_routes(page: Page, known: set[str], shown: set[str]) -> bool:
    """Tell whether what has a path is a route that no other is, below whatever path, and not the entry of a menu: it
    and all below it show something.
    """
    inside = [*everything_in([page])]
    shows = all(one.children or one.redirects or getattr(one.shows, "source", "shown") for one in inside)
    own, names = _paths_and_names([page])
    is_known = any(f"/{path}".endswith(f"/{one}") for path in known for one in own)
    return shows and not is_known and shown.isdisjoint(names)


def _files_of_routes(interpreter: Interpreter) -> list[File]:
    """Return the files that import the library, and those that have their place where routes are kept: a package of
    the program's own may hand its types on.
    """
    program = interpreter.program
    files = [file for file in program.of_family("javascript") if FRAMEWORK.is_imported_in(file)]
    if not files:
        return []
    others = [file for file in program.of_family("javascript") if KEEPS_ROUTES.search(file.path)]
    others = [file for file in others if file.may_have({"RouteObject"})]
    program.parse(others)
    return sorted({*files, *others}, key=lambda file: file.path)


def _rows(pages: list[Page], tree: Thing, around: Around) -> Iterator[Route]:
    own = Around.below(tree.data.get("base", ""), tree.place, "basename")
    around = own if own.prefixes or tree.data.get("is_application") else around
    yield from rows_of(pages, "react-router", around, rewrite=_rewritten)


def _rewritten(path: str) -> str:
    path = _DASHED.sub(r"{\1\2}", _REST.sub(r"\1:path*", path.replace("//", "/")))
    return paths.from_colons(path.replace("/(.*)", "/*"))


def _bases(interpreter: Interpreter) -> dict[str, Around]:
    """Return what is around the routes of each sub-project: the path that its router serves below."""
    found: dict[str, Around] = {}
    for thing in interpreter.things:
        if thing.kind is BASE:
            found.setdefault(project_of(interpreter, thing), Around.below(thing.data["base"], thing.place, "basename"))
    return found


FRAMEWORK = Framework(
    name="react-router",
    language="typescript",
    family="javascript",
    kind="client",
    packages=("react-router-dom", "react-router", "wouter", "inferno-router", "@generouted/react-router"),
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
    declare=_declare,
    routes=routes,
)
