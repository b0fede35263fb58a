"""Routes that stand in an attribute above a handler: `#[get("/x")]`, `#[route("/x", method = "GET")]`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from github_connections.analysis.linking.values import FunctionValue, text_of
from github_connections.analysis.report import ANY_METHOD, Place
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import positional_arguments

Declared = tuple[list[str], str, Place]


def declared(handler: FunctionValue, verbs: Iterable[str]) -> Iterator[Declared]:
    """Yield the verbs, the path and the place of every attribute above a handler that declares a route."""
    for decorator in handler.node.decorators:
        if not isinstance(decorator, nodes.Call) or not decorator.arguments:
            continue
        name = nodes.last_name(decorator.function)
        place = Place(handler.place.file, decorator.line)
        if name in verbs:
            yield [name.upper()], _path(decorator), place
        elif name == "route":
            yield _methods(decorator) or [ANY_METHOD], _path(decorator), place


def _path(decorator: nodes.Call) -> str:
    """Return the path: the first text, or Rocket's `uri = "/x"`."""
    for argument in decorator.arguments:
        if isinstance(argument.value, nodes.Text) and argument.name in ("", "uri", "path"):
            return argument.value.value
    return text_of(None)


def _methods(decorator: nodes.Call) -> list[str]:
    """`method = "GET", method = "POST"`; Rocket's `#[route(GET, uri = "/x")]`."""
    named = [argument.value for argument in decorator.arguments if argument.name == "method"]
    methods = [value.value.upper() for value in named if isinstance(value, nodes.Text)]
    bare = positional_arguments(decorator)
    methods += [value.id.upper() for value in bare if isinstance(value, nodes.Name)]
    return [method for method in methods if method.isalpha()]
