"""Routers whose routes are elements much as React Router's are, by others: their trees, and the rows of those."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from github_connections.analysis.frameworks.javascript.page_routes import Around, Page, from_joined_colons, rows_of
from github_connections.analysis.frameworks.javascript.react_router_declarations import pages_among, remembered
from github_connections.analysis.frameworks.javascript.react_router_trees import run_what_nobody_called
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.values import ELEMENT, Kind, Thing, Value, text_of
from github_connections.analysis.report import Place, Route

KIN = Kind("tree of elements", is_router=False)


def tree(call: Invocation, framework: str, pages: list[Page], base: str = "") -> Value:
    """Remember the routes of a router element, and what it serves them below: the value of its attribute `base`."""
    said = call.named.get(base)
    below = "" if said is None else text_of(said)
    return remembered(call, KIN, {"framework": framework, "pages": pages, "base": below, "how": base})


def router(framework: str, call: Invocation, base: str = "") -> Value:
    """Read an element that has routes in it; one without is an element like others, with routes further inside."""
    pages = pages_among(call, call.positional)
    if pages:
        return tree(call, framework, pages, base)
    return Thing(
        ELEMENT,
        call.place,
        {"component": None, "name": call.name, "attributes": call.named, "children": call.positional},
    )


def relative(pages: Iterable[Page]) -> list[Page]:
    """Return pages whose paths go on from the one around them, with a slash before them or without."""
    return [page if page.path is None else replace(page, path=page.path.lstrip("/")) for page in pages]


def rows(interpreter: Interpreter, framework: str, modules: tuple[str, ...], routers: Iterable[str]) -> Iterator[Route]:
    """Yield the rows of every tree of a framework; what ran twice made the same tree again."""
    run_what_nobody_called(interpreter, modules, frozenset(routers))
    known: set[Place] = set()
    for thing in interpreter.things:
        if thing.kind is KIN and thing.data["framework"] == framework and thing.place not in known:
            known.add(thing.place)
            around = Around.below(thing.data["base"], thing.place, thing.data["how"])
            yield from rows_of(thing.data["pages"], framework, around, rewrite=from_joined_colons)
