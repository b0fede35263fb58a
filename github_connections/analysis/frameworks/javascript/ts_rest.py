"""ts-rest: contracts that say method and path of every route, served by an adapter for another server."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.javascript.javascript_servers import from_colons
from github_connections.analysis.frameworks.javascript.nestjs_applications import applications
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.routing import Router
from github_connections.analysis.linking.values import Kind, MapValue, Thing, Value, entries_of, is_known, text_of
from github_connections.analysis.report import Prefix, Route

SERVERS = ("@ts-rest/express", "@ts-rest/fastify", "@ts-rest/nest", "@ts-rest/next", "@ts-rest/serverless")
MAXIMUM_DEPTH = 10
_CONTRACTS = "ts-rest contracts"
_HELD = "ts-rest contracts inside others or served by a router"


def declare(registry: Registry) -> None:
    """Add what makes contracts, and the adapter that gives their routes to an Express router."""
    registry.calls["@ts-rest/core.initContract"] = lambda call: Thing(BUILDER, call.place)
    registry.calls["@ts-rest/express.createExpressEndpoints"] = _served


def _contract(call: Invocation) -> Value:
    """`c.router({name: route, other: contract}, {pathPrefix})`: the routes with their whole paths."""
    prefix = entries_of(call.value(1)).get("pathPrefix")
    if not isinstance(call.value(0), MapValue):
        return call.value(0)
    made = _below(call.value(0), "" if prefix is None else text_of(prefix), call)
    call.interpreter.state.setdefault(_CONTRACTS, []).append(made)
    return made


def _below(contract: MapValue, prefix: str, call: Invocation, deep: int = 0) -> MapValue:
    call.interpreter.state.setdefault(_HELD, set()).add(id(contract))
    entries = dict(contract.entries)
    for name, value in contract.entries.items():
        if isinstance(value, MapValue) and _is_route(value):
            path = paths.join_trimmed([prefix, text_of(value.entries["path"])])
            entries[name] = MapValue({**value.entries, "path": path}, value.place)
        elif isinstance(value, MapValue) and deep < MAXIMUM_DEPTH:
            entries[name] = _below(value, prefix, call, deep + 1)
    return MapValue(entries, contract.place)


def _is_route(value: MapValue) -> bool:
    return "path" in value.entries and isinstance(value.entries.get("method"), str)


def _served(call: Invocation) -> Value:
    """`createExpressEndpoints(contract, implementation, app)`."""
    contract, app = call.value(0), call.value(2)
    if isinstance(contract, MapValue) and isinstance(app, Router):
        call.interpreter.state.setdefault(_HELD, set()).add(id(contract))
        for name, route in _routes_in(contract):
            app.add([route.entries["method"]], text_of(route.entries["path"]), route.place, name)
    return None


def _itself(call: Invocation) -> Value:
    return call.value(0)


BUILDER = Kind(
    "ts-rest builder",
    methods={"router": _contract, "query": _itself, "mutation": _itself, "responses": _itself},
    is_router=False,
)


def _routes_in(contract: MapValue, deep: int = 0) -> Iterator[tuple[str, MapValue]]:
    for name, value in contract.entries.items():
        if isinstance(value, MapValue) and _is_route(value):
            yield name, value
        elif isinstance(value, MapValue) and deep < MAXIMUM_DEPTH:
            yield from _routes_in(value, deep + 1)


def routes(interpreter: Interpreter) -> Iterator[Route]:
    """Yield a row for every route of every contract that stands alone, in a program that serves contracts."""
    files = interpreter.program.of_family("javascript")
    importing = {module for file in files for module in file.sketch.imports if module.startswith(SERVERS)}
    if not importing:
        return
    held: set[int] = interpreter.state.get(_HELD, set())
    prefixes = _prefixes(interpreter) if "@ts-rest/nest" in importing else []
    for contract in interpreter.state.get(_CONTRACTS, ()):
        for name, route in _routes_in(contract) if id(contract) not in held else ():
            yield _row(name, route, prefixes)


def _prefixes(interpreter: Interpreter) -> list[Prefix]:
    """Return what NestJS's application puts before its paths, where there is one such application."""
    known = [application for application in applications(interpreter) if application.prefix]
    if len(known) != 1:
        return []
    place = known[0].prefix_place
    return [Prefix(value=known[0].prefix, file=place.file, line=place.line, how="setGlobalPrefix")]


def _row(name: str, route: MapValue, prefixes: list[Prefix]) -> Route:
    raw = text_of(route.entries["path"])
    path = from_colons(rows.path_below(prefixes, raw))
    return Route(
        method=route.entries["method"],
        path=path,
        file=route.place.file,
        line=route.place.line,
        framework="ts-rest",
        handler=name,
        raw_path=raw,
        prefixes=prefixes,
        params=rows.path_parameters(path),
        summary=text_of(route.entries["summary"]) if "summary" in route.entries else "",
        confidence="exact" if is_known(path) else "partial",
    )


FRAMEWORK = Framework(
    name="ts-rest",
    language="typescript",
    family="javascript",
    kind="server",
    packages=SERVERS,
    imports=("@ts-rest/core", *SERVERS),
    words=frozenset({"initContract", "createExpressEndpoints"}),
    declare=declare,
    routes=routes,
)
