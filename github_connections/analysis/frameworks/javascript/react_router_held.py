"""Routes of React Router that stand in an element of something else, itself or in a function that it is given."""

from __future__ import annotations

from github_connections.analysis.frameworks.javascript.page_routes import flattened
from github_connections.analysis.frameworks.javascript.react_router_declarations import (
    NODE,
    is_route,
    pages_among,
    remembered,
    tree_of,
)
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.values import ClassValue, FunctionValue, Kind, Thing, Value
from github_connections.analysis.linking.words import uses

HELD = Kind("route elements in another", is_router=False)
_TREES = frozenset({"Routes", "Switch"})


def held(call: Invocation) -> Value:
    """`<Guarded><Route …/></Guarded>`: what is around them may be what makes a tree of routes, or stand in one."""
    component, inside = call.receiver.data["component"], flattened(call.positional)
    for given in (*inside, *call.named.values()):
        if isinstance(given, FunctionValue) and uses(given.node, _TREES):
            call.interpreter.call(given, [])  # `<Theme.Consumer>{theme => <Switch>…</Switch>}</Theme.Consumer>`
    if isinstance(component, FunctionValue | ClassValue) and any(map(is_route, inside)):
        remembered(call, HELD, {"call": call})
    return None


def held_trees(things: list[Thing]) -> list[Thing]:
    """Return the trees that components of the program's own make of the routes in them, the outer ones first.

    What runs twice makes the same element again: where one of them has its place in a tree, the other has none.
    """
    found: list[Thing] = []
    for thing in reversed([one for one in things if one.kind is HELD]):
        call: Invocation = thing.data["call"]
        taken = {one.place for one in things if one.kind is NODE and one.data["taken"]}
        nodes_inside = [one for one in flattened(call.positional) if is_route(one) and one.place not in taken]
        if nodes_inside:
            is_absolute = not any(one.data["is_relative"] for one in nodes_inside)
            found.append(tree_of(call, pages_among(call, call.positional), is_absolute=is_absolute))
    return found
