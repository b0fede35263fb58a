"""Hono: applications routed into each other, base paths, chains, and the routes of @hono/zod-openapi."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from github_connections.analysis import http_verbs
from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.javascript import hono_combined
from github_connections.analysis.frameworks.javascript.hono_combined import guards_in
from github_connections.analysis.frameworks.javascript.javascript_auth import auth_on
from github_connections.analysis.frameworks.javascript.javascript_guards import below
from github_connections.analysis.frameworks.javascript.javascript_inputs import Answering, inputs_of
from github_connections.analysis.frameworks.javascript.javascript_servers import (
    Argued,
    from_colons,
    handler_name,
    is_path,
    join_as_written,
    methods_in,
    names_a_path,
    router_in,
    text_in,
    texts_in,
    written,
)
from github_connections.analysis.frameworks.javascript.javascript_styles import HONO
from github_connections.analysis.frameworks.javascript.schemas import declare_schemas, parameters_of
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.routing import Reached, Router, reached_in, routers_of
from github_connections.analysis.linking.values import (
    Behaviour,
    ClassValue,
    External,
    Kind,
    ListValue,
    MapValue,
    Thing,
    Unknown,
    Value,
    entries_of,
    text_of,
)
from github_connections.analysis.report import ANY_METHOD, Parameter, ParameterPlace, Route
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.nodes import last_name

APPLICATIONS = ("hono.Hono", "hono/tiny.Hono", "hono/quick.Hono", "@hono/zod-openapi.OpenAPIHono")
# What answers by a web socket, in every runtime.
_SOCKET = "upgradeWebSocket"
PLACES: tuple[tuple[str, ParameterPlace], ...] = (("query", "query"), ("headers", "header"), ("cookies", "cookie"))


def declare(registry: Registry) -> None:
    """Add applications, factories of them, and the routes that are declared before they are used."""
    for name in APPLICATIONS:
        registry.calls[name] = _application
        registry.types[name] = APPLICATION
    registry.parameters.setdefault("app", {})["hono"] = APPLICATION
    registry.calls["hono/factory.createFactory"] = lambda call: Thing(FACTORY, call.place)
    registry.calls["@hono/zod-openapi.createRoute"] = _declared_route
    for name in ("jsonContent", "jsonContentRequired"):
        registry.calls[f"stoker/openapi/helpers.{name}"] = _as_json
    hono_combined.declare(registry)
    registry.calls["chanfana.fromHono"] = lambda call: call.value(0)
    declare_schemas(registry)


def _application(call: Invocation) -> Value:
    return call.router(APPLICATION, application=True)


def _declared_route(call: Invocation) -> Value:
    said = call.value(0)
    return MapValue(dict(said.entries), call.place) if isinstance(said, MapValue) else Unknown("createRoute()")


def _as_json(call: Invocation) -> Value:
    said = MapValue({"schema": call.value(0)}, call.place)
    return MapValue({"content": MapValue({"application/json": said}, call.place)}, call.place)


# --- routes -------------------------------------------------------------------------------------------------------


def _verb(method: str) -> Behaviour:
    """Return the behaviour of `app.get([path], …, handler)`; without a path it is the one given before."""

    def register(call: Invocation) -> Value:
        arguments, at = written(call), call.receiver.data.get("path", "/")
        if len(arguments) > 1 and (is_path(call.value(0)) or _may_be_a_path(*arguments[0])):
            at = texts_in(call.value(0))
            call.receiver.data["path"] = at
            arguments = arguments[1:]
        if arguments:
            _add(call, [method], at if isinstance(at, list) else [at], arguments)
        return call.receiver

    return register


def _may_be_a_path(value: Value, expression: nodes.Expression | None) -> bool:
    return isinstance(value, Unknown | External) and names_a_path(expression)


def _on(call: Invocation) -> Value:
    """`app.on(methods, paths, …, handler)`."""
    arguments = written(call)
    handlers = [argued for argued in arguments if not isinstance(argued[0], str)]
    methods = methods_in(call.value(0))
    _add(call, methods, texts_in(call.value(1)), handlers)
    return call.receiver


def _add(call: Invocation, methods: list[str], at: Iterable[str], handlers: list[Argued], **said: Value) -> None:
    guards = guards_in(handlers[:-1], call.place, call.interpreter)
    name = handler_name(*handlers[-1]) if handlers else ""
    answering: Any = Answering(handlers, call.scope)
    made = handlers[-1][1] if handlers else None
    said["socket"] = isinstance(made, nodes.Call) and last_name(made.function) == _SOCKET
    for path in at:
        known = call.receiver.data.get("guards", ())
        call.receiver.add(methods, path, call.place, name, guards=[*known, *guards], answering=answering, **said)


def _openapi(call: Invocation) -> Value:
    """`app.openapi(route, handler)`."""
    route = call.value(0)
    if isinstance(route, MapValue) and "path" in route.entries:
        methods = methods_in(route.entries.get("method", "get"))
        guards = route.entries.get("middleware")
        handlers = [(guards, None), *written(call)[1:2]]
        _add(call, methods, [text_of(route.entries["path"])], handlers, request=route.entries.get("request"))
    return call.receiver


# --- putting together ---------------------------------------------------------------------------------------------


def _route(call: Invocation) -> Value:
    """`app.route(path, other)`."""
    inner = router_in(call.value(1), call)
    if inner is not None:
        met = list(call.receiver.data.get("guards", ()))
        call.receiver.mount(text_in(call.value(0)), inner, call.place, "route", guards=met)
    return call.receiver


def _base_path(call: Invocation) -> Value:
    """Return an application of its own whose paths begin with the base path too."""
    receiver = call.receiver
    made: Router = call.router(APPLICATION, application=True)
    made.prefix, made.how = paths.join([receiver.prefix, call.text(0)]), "basePath"
    made.data.update(receiver.data)
    return made


def _use(call: Invocation) -> Value:
    """A middleware that asks who is calling does so below its path, for what follows."""
    arguments = written(call)
    at = texts_in(call.value(0)) if is_path(call.value(0)) else [""]
    guards = below(guards_in(arguments, call.place, call.interpreter), at)
    call.receiver.data["guards"] = [*call.receiver.data.get("guards", ()), *guards]
    return call.receiver


def _handlers(call: Invocation) -> Value:
    """`app.get(path, ...factory.createHandlers(validator, handler))`."""
    return ListValue(list(call.positional), call.place)


FACTORY = Kind(
    "hono factory",
    methods={
        "createApp": _application,
        "createHandlers": _handlers,
        "createMiddleware": lambda call: call.value(0),
    },
    is_router=False,
)
APPLICATION = Kind(
    "hono application",
    methods={verb: _verb(verb.upper()) for verb in http_verbs.OF_BROWSERS}
    | {"all": _verb(ANY_METHOD), "[]": _verb(ANY_METHOD), "on": _on, "openapi": _openapi}
    | dict.fromkeys(("doc", "doc31"), _verb("GET"))
    | {"route": _route, "basePath": _base_path, "use": _use},
)


# --- rows ---------------------------------------------------------------------------------------------------------


def routes(interpreter: Interpreter) -> Iterable[Route]:
    """Yield a row for every route of every application."""
    reached = reached_in(routers_of(interpreter, APPLICATION))
    return rows.routes_of(
        reached,
        "hono",
        rewrite=from_colons,
        join=join_as_written,
        kind=lambda item: "websocket" if item.route.options.get("socket") else "api",
        auth=lambda item: auth_on(interpreter, item, join_as_written(item.pieces)),
        params=lambda item, path: _parameters(interpreter, item, path),
    )


def _parameters(interpreter: Interpreter, item: Reached, path: str) -> list[Parameter]:
    entries = entries_of(item.route.options.get("request") or _of_an_endpoint(interpreter, item))
    said = [*parameters_of(entries, PLACES), *_of_the_body(entries.get("body"))]
    known = {one.place for one in said}
    return said + [one for one in inputs_of(interpreter, item, path, HONO) if one.place not in known]


def _of_an_endpoint(interpreter: Interpreter, item: Reached) -> Value:
    """Return what chanfana's `class Create extends OpenAPIRoute { schema = {request} }` says of what it takes."""
    said: Any = item.route.options.get("answering")
    cls = said.arguments[-1][0] if isinstance(said, Answering) and said.arguments else None
    schema = interpreter.get(cls, "schema", cls.scope) if isinstance(cls, ClassValue) else None
    return entries_of(schema).get("request")


def _of_the_body(body: Value) -> list[Parameter]:
    """`request: {body: {content: {"application/json": {schema}}}}`: the fields of what is sent."""
    for kind, said in entries_of(entries_of(body).get("content")).items():
        place: ParameterPlace = "body" if "json" in kind else "form"
        if isinstance(said, MapValue) and "schema" in said.entries:
            return parameters_of(said.entries, (("schema", place),)) or [Parameter(name="body", place=place)]
    return []


FRAMEWORK = Framework(
    name="hono",
    language="typescript",
    family="javascript",
    kind="server",
    packages=("hono", "@hono/zod-openapi"),
    imports=("hono", "@hono/zod-openapi"),
    words=frozenset({"Hono", "OpenAPIHono"}),
    declare=declare,
    routes=routes,
)
