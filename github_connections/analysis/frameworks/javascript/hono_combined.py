"""Hono's `some` and `except` of hono/combine: guards that stand in for each other, and guards that leave paths out."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec.structs import replace

from github_connections.analysis.frameworks.javascript.javascript_guards import Guard, guards_of
from github_connections.analysis.frameworks.javascript.javascript_servers import Argued, is_path, texts_in, written
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import Kind, ListValue, Thing, Value
from github_connections.analysis.report import Place

_REST = re.compile(r"/?[*:].*$", re.DOTALL)
_GUARDS = "guards"


def declare(registry: Registry) -> None:
    """Add what puts middleware together."""
    registry.calls["hono/combine.every"] = lambda call: ListValue(list(call.positional), call.place)
    registry.calls["hono/combine.some"] = _some
    registry.calls["hono/combine.except"] = _except


def guards_in(arguments: Iterable[Argued], place: Place, interpreter: Interpreter) -> list[Guard]:
    """Return the guards among the arguments, and those inside what puts them together."""
    found: list[Guard] = []
    for value, expression in arguments:
        if isinstance(value, Thing) and value.kind is COMBINED:
            found += value.data[_GUARDS]
        else:
            found += guards_of([(value, expression)], place, interpreter)
    return found


def _some(call: Invocation) -> Value:
    """`some(isFromInside, bearerAuth(…))`: one of them is enough, and one that asks for nobody lets everybody in."""
    ways = [
        guards_in([(value, said.value)], call.place, call.interpreter)
        for value, said in zip(call.positional, call.node.arguments if call.node else (), strict=False)
    ]
    guards = [guard for way in ways for guard in way]
    if not all(ways):
        guards = [replace(guard, state="optional", roles=()) for guard in guards]
    return Thing(COMBINED, call.place, {_GUARDS: guards})


def _except(call: Invocation) -> Value:
    """`except(["/public/*"], jwt(…))`; where a function says when, it is not known of which paths."""
    first, arguments = call.value(0), written(call)
    guards: list[Guard] = []
    if is_path(first):
        paths = texts_in(first)
        opened = tuple(_REST.sub("", path) or "/" for path in paths)
        guards = [
            replace(guard, open_below=(*guard.open_below, *opened))
            for guard in guards_in(arguments[len(paths) :], call.place, call.interpreter)
        ]
    return Thing(COMBINED, call.place, {_GUARDS: guards})


COMBINED = Kind("hono combined middleware", is_router=False)
