"""Fastify: plugins registered under prefixes, routes declared by call or by options, and autoload by folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from github_connections.analysis import http_verbs
from github_connections.analysis.frameworks import rows
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.javascript import fastify_schemas
from github_connections.analysis.frameworks.javascript.fastify_autoload import (
    AUTOLOAD,
    PASSED,
    autoload,
    plugin_in,
    prefix_in,
)
from github_connections.analysis.frameworks.javascript.javascript_auth import auth_on
from github_connections.analysis.frameworks.javascript.javascript_guards import Guard, guards_of
from github_connections.analysis.frameworks.javascript.javascript_inputs import Answering, inputs_of
from github_connections.analysis.frameworks.javascript.javascript_servers import (
    CONTAINERS,
    Argued,
    entry,
    from_colons,
    handler_name,
    join_as_written,
    methods_in,
    resolved,
    texts_in,
    written,
)
from github_connections.analysis.frameworks.javascript.javascript_styles import EXPRESS
from github_connections.analysis.frameworks.javascript.schemas import declare_schemas, parameters_of
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.routing import Reached, Router, reached_in, routers_of
from github_connections.analysis.linking.values import (
    Behaviour,
    External,
    FunctionValue,
    Kind,
    MapValue,
    Thing,
    Unknown,
    Value,
    entries_of,
)
from github_connections.analysis.report import ANY_METHOD, Parameter, ParameterPlace, Place, Route
from github_connections.analysis.syntax import nodes

INSTANCES = ("fastify", "fastify.default", "fastify.fastify")
WRAPPERS = ("fastify-plugin", "fastify-plugin.default", "fastify-plugin.fastifyPlugin")
HOOKS = ("onRequest", "preParsing", "preValidation", "preHandler")
_COLON = "\0"  # two colons are one, and no variable
# What a JSON schema of a route is called, and where its values are sent.
PLACES: tuple[tuple[str, ParameterPlace], ...] = (
    ("querystring", "query"),
    ("query", "query"),
    ("headers", "header"),
    ("body", "body"),
)


def declare(registry: Registry) -> None:
    """Add the instance, the wrapper of plugins, and the name by which plugins know the instance."""
    for name in INSTANCES:
        registry.calls[name] = lambda call: call.router(INSTANCE, application=True)
    registry.types["fastify.FastifyInstance"] = INSTANCE
    registry.parameters["fastify"] = {"": INSTANCE}
    for name in ("app", "server", "instance"):
        registry.parameters.setdefault(name, {})["fastify"] = INSTANCE
    for name in WRAPPERS:
        registry.calls[name] = lambda call: Thing(SHARED, call.place, {"plugin": call.value(0)})
    for name in CONTAINERS:
        registry.calls[name] = resolved
    declare_schemas(registry)
    registry.calls["fastify-zod.buildJsonSchemas"] = fastify_schemas.built


# --- routes -------------------------------------------------------------------------------------------------------


def _verb(method: str) -> Behaviour:
    """Return the behaviour of `fastify.get(path, [options], handler)`."""

    def register(call: Invocation) -> Value:
        if len(call.positional) > 1:
            options = call.value(1) if isinstance(call.value(1), MapValue) else None
            handler = (written(call) or [(None, None)])[-1]
            if len(call.positional) == 2 and options is not None:  # the handler is among the options
                handler = entry(call, 1, "handler")
            _add(call, [method], texts_in(call.value(0)), handler, 1)
        return call.receiver

    return register


def _route(call: Invocation) -> Value:
    """`fastify.route({method, url, schema, handler})`."""
    options = call.value(0)
    if isinstance(options, MapValue):
        url = options.entries.get("url", options.entries.get("path"))
        methods = methods_in(options.entries.get("method", ANY_METHOD))
        if url is not None:
            _add(call, methods, texts_in(url), entry(call, 0, "handler"), 0, _written_at(call, options))
    return call.receiver


def _written_at(call: Invocation, options: MapValue) -> Place:
    """Return the place of the options, which may come out of a list: `routes.forEach((one) => app.route(one))`."""
    first = call.node.arguments[0].value if call.node and call.node.arguments else None
    return call.place if isinstance(first, nodes.Mapping) else options.place


def _add(
    call: Invocation,
    methods: list[str],
    urls: Iterable[str],
    handler: Argued,
    position: int,
    place: Place | None = None,
) -> None:
    options = call.value(position)
    said = entries_of(options)
    guards = [*call.receiver.data.get("guards", ()), *_guards_in(call, position)]
    answering: Any = Answering([handler], call.scope)
    for url in urls:
        call.receiver.add(
            methods,
            url,
            place or call.place,
            handler_name(*handler),
            guards=guards,
            answering=answering,
            schema=said.get("schema"),
            websocket=said.get("websocket") is True,
        )


def _guards_in(call: Invocation, position: int) -> Iterator[Guard]:
    for hook in HOOKS:
        value, expression = entry(call, position, hook)
        if value is not None:
            yield from guards_of([(value, expression)], call.place, call.interpreter)


def _add_hook(call: Invocation) -> Value:
    """A hook applies to the routes that follow in the plugin, and in what it registers."""
    if call.text(0) in HOOKS:
        call.receiver.data["guards"] = [
            *call.receiver.data.get("guards", ()),
            *guards_of(written(call)[1:], call.place, call.interpreter),
        ]
    return call.receiver


# --- plugins ------------------------------------------------------------------------------------------------------


def _register(call: Invocation) -> Value:
    """`fastify.register(plugin, {prefix})`."""
    plugin, options = call.value(0), call.value(1)
    if isinstance(plugin, External) and plugin.name in AUTOLOAD:
        autoload(call, options, _plug_in)
    elif isinstance(plugin, External):
        behaviour = call.interpreter.registry.call_of(plugin.name)
        if behaviour is not None:
            behaviour(call)
    else:
        _plug_in(call, plugin, prefix_in(options), options)
    return call.receiver


def _plug_in(call: Invocation, plugin: Value, prefix: str, options: Value, hooks: Iterable[Value] = ()) -> None:
    """Run a plugin with an instance of its own, after those that add hooks to it; one that is wrapped to be shared runs
    with the instance at hand."""
    plugin = plugin_in(call, plugin)
    if isinstance(plugin, Thing) and plugin.kind is SHARED:
        call.run(plugin.data["plugin"], call.receiver, options, Unknown("done"))
    elif isinstance(plugin, FunctionValue):
        inner: Router = call.receiver.group(prefix, call.place, "register")
        inner.data["guards"] = list(call.receiver.data.get("guards", ()))
        for hook in hooks:
            call.run(hook, inner, options, Unknown("done"))
        call.run(plugin, inner, options, Unknown("done"))


SHARED = Kind("fastify shared plugin", is_router=False)
INSTANCE = Kind(
    "fastify instance",
    methods={verb: _verb(verb.upper()) for verb in http_verbs.OF_BROWSERS}
    | {"all": _verb(ANY_METHOD), "[]": _verb(ANY_METHOD), "route": _route, "register": _register}
    | {"addHook": _add_hook, "auth": lambda call: Unknown(call.name)}
    | {"addSchema": fastify_schemas.add_schema},
)


# --- rows ---------------------------------------------------------------------------------------------------------


def routes(interpreter: Interpreter) -> Iterable[Route]:
    """Yield a row for every route of every instance."""
    passed = interpreter.state.get(PASSED, ())
    found = reached_in(routers_of(interpreter, INSTANCE))
    reached = [item for item in found if not item.root.assumed or item.route.place.file not in passed]
    return rows.routes_of(
        reached,
        "fastify",
        rewrite=lambda path: from_colons(path.replace("::", _COLON)).replace(_COLON, ":"),
        join=join_as_written,
        kind=lambda item: "websocket" if item.route.options.get("websocket") else "api",
        auth=lambda item: auth_on(interpreter, item, join_as_written(item.pieces)),
        params=lambda item, path: _parameters(interpreter, item, path),
    )


def _parameters(interpreter: Interpreter, item: Reached, path: str) -> list[Parameter]:
    """Return what the schemas of a route say, and what its handler reads where they say nothing."""
    schema = item.route.options.get("schema")
    parts = entries_of(schema)
    said = parameters_of({part: fastify_schemas.resolved(interpreter, one) for part, one in parts.items()}, PLACES)
    known = {one.place for one in said}
    return said + [one for one in inputs_of(interpreter, item, path, EXPRESS) if one.place not in known]


FRAMEWORK = Framework(
    name="fastify",
    language="javascript",
    family="javascript",
    kind="server",
    packages=("fastify",),
    imports=("fastify", "@fastify/"),
    words=frozenset({"fastify", "Fastify", *(f"fastify.{verb}" for verb in (*http_verbs.OF_BROWSERS, "all"))}),
    declare=declare,
    routes=routes,
)
