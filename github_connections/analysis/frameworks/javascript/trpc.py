"""tRPC: procedures by their dotted names below the path that serves them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.javascript.javascript_guards import guards_of
from github_connections.analysis.frameworks.javascript.javascript_servers import SERVED_AT, written
from github_connections.analysis.frameworks.javascript.request_guards import asked_by_handler
from github_connections.analysis.frameworks.javascript.schemas import declare_schemas, fields_of
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.routing import Reached, Router, itself, reached_in, routers_of
from github_connections.analysis.linking.values import (
    HOLE,
    Behaviour,
    FunctionValue,
    Kind,
    MapValue,
    ModuleValue,
    Thing,
    Value,
    entries_of,
    text_of,
)
from github_connections.analysis.report import Auth, AuthSource, Parameter, ParameterPlace, Place, Prefix, Route

SERVER = "@trpc/server"
METHODS = {"query": "GET", "mutation": "POST", "subscription": "GET"}
DEFAULT_PATH = "/trpc"
_OF_NEXT = "createNextApiHandler"
_PAGE = re.compile(r"(?:^|/)pages(/api(?:/[\w-]+)*)/\[[^/]+$")
ADAPTERS = (
    ("express", "createExpressMiddleware"),
    ("fetch", "fetchRequestHandler"),
    ("next", _OF_NEXT),
    ("standalone", "createHTTPServer"),
    ("standalone", "createHTTPHandler"),
)


def declare(registry: Registry) -> None:
    """Add the builder, and the adapters that say where the procedures are served."""
    declare_schemas(registry)
    registry.values[f"{SERVER}.initTRPC"] = Thing(BUILDER, Place("", 0))
    for module, name in ADAPTERS:
        registry.calls[f"{SERVER}/adapters/{module}.{name}"] = _served
    registry.calls[f"{SERVER}/adapters/fastify.fastifyTRPCPlugin"] = _plugged_in
    for name in ("lazy", "experimental_lazy"):
        registry.calls[f"{SERVER}.{name}"] = _lazily


def _served(call: Invocation) -> Value:
    """An adapter serves a router at the endpoint it names, or at the path that a server uses it at."""
    said = entries_of(call.value(0))
    router = said.get("router")
    if not isinstance(router, Router):
        return Thing(HANDLER, call.place)
    of_file = _path_of_page(call.place.file) if call.name.endswith(_OF_NEXT) else ""
    _serve(router, text_of(said.get("endpoint", said.get("basePath", of_file))), call.place)
    return Thing(HANDLER, call.place, {SERVED_AT: lambda path, place: _serve(router, path, place)})


def _path_of_page(file: str) -> str:
    """`src/pages/api/trpc/[trpc].ts` answers below `/api/trpc`."""
    found = _PAGE.search(file)
    return found.group(1) if found else ""


def _serve(router: Router, path: str, place: Place) -> None:
    router.application = True
    router.data["served"] = (path, place)


def _plugged_in(call: Invocation) -> Value:
    """`fastify.register(fastifyTRPCPlugin, {prefix, trpcOptions: {router}})`."""
    said = entries_of(call.value(1))
    router = entries_of(said.get("trpcOptions")).get("router")
    if isinstance(router, Router):
        _serve(router, text_of(said.get("prefix", "")), call.place)
    return None


def _lazily(call: Invocation) -> Value:
    """`lazy(() => import("./users"))`: the router that the module hands out."""
    value = call.run(call.value(0))
    if not isinstance(value, ModuleValue):
        return value
    names = ("default", *value.file.head.names)
    found = (call.interpreter.exported(value.file, name) for name in names)
    return next((one for one in found if isinstance(one, Router)), value)


def _created(call: Invocation) -> Value:
    return Thing(TRPC, call.place)


def _router(call: Invocation) -> Value:
    """`t.router({name: procedure, other: router})`."""
    made: Router = call.router(ROUTER)
    _fill(made, call.value(0), call.place)
    return made


def _merged(call: Invocation) -> Value:
    """`t.mergeRouters(one, other)`."""
    made: Router = call.router(ROUTER)
    for value in call.positional:
        if isinstance(value, Router):
            made.mount("", value, call.place, "mergeRouters")
    return made


def _fill(router: Router, said: Value, place: Place) -> None:
    for name, value in entries_of(said).items():
        if isinstance(value, Router):
            router.mount(name, value, place, "router")
        elif isinstance(value, MapValue):
            _fill(router.group(name, place, "router"), value, place)
        elif isinstance(value, Thing) and value.kind is OPERATION:
            router.add([value.data["method"]], name, value.place, name, **value.data)


def _operation(method: str) -> Behaviour:
    def make(call: Invocation) -> Value:
        return Thing(OPERATION, call.place, {**call.receiver.data, "method": method})

    return make


def _use(call: Invocation) -> Value:
    """`procedure.use(middleware)` is another procedure; by the middleware's name, or by the error that it throws, it
    asks who is calling."""
    guards = guards_of(written(call), call.place)
    by = guards[0].source if guards else _refusing(call)
    return Thing(PROCEDURE, call.place, {**call.receiver.data, **({"guard": by} if by else {})})


def _refusing(call: Invocation) -> AuthSource | None:
    """`({ctx, next}) => { if (!ctx.session) throw new TRPCError({code: "UNAUTHORIZED"}); … }`."""
    given = call.value(0)
    if not isinstance(given, FunctionValue):
        return None
    asked = asked_by_handler(call.interpreter, given.scope.file, given.node, given.node.line, "")
    return asked.by[0] if asked is not None and asked.by else None


def _given(call: Invocation) -> Value:
    """`procedure.input(z.object({…}))`; a second schema adds to the first."""
    said = call.receiver.data
    return Thing(PROCEDURE, call.place, {**said, "inputs": [*said.get("inputs", ()), call.value(0)]})


BUILDER = Kind("trpc builder", methods={"create": _created}, is_router=False)
PROCEDURE = Kind(
    "trpc procedure",
    methods={name: _operation(method) for name, method in METHODS.items()}
    | {"use": _use, "input": _given, "output": itself, "meta": itself},
    is_router=False,
)
TRPC = Kind(
    "trpc",
    methods={"router": _router, "mergeRouters": _merged, "middleware": lambda call: call.value(0)},
    attributes={"procedure": lambda thing, _name: Thing(PROCEDURE, thing.place)},
    is_router=False,
)
OPERATION = Kind("trpc operation", is_router=False)
HANDLER = Kind("trpc handler", is_router=False)
ROUTER = Kind("trpc router")


# --- rows ---------------------------------------------------------------------------------------------------------


def routes(interpreter: Interpreter) -> Iterator[Route]:
    """Yield a row for every procedure of every router that is served, or that nothing holds."""
    for item in reached_in(routers_of(interpreter, ROUTER)):
        yield _row(item)


def _row(item: Reached) -> Route:
    served, place = item.root.data.get("served", (DEFAULT_PATH, None))
    path = f"{served.rstrip('/')}/{'.'.join(piece for piece in item.pieces if piece)}"
    guard = item.route.options.get("guard")
    certain = place is not None and HOLE not in path
    method = item.route.methods[0]
    return Route(
        method=method,
        path=path if path.startswith("/") else f"/{path}",
        file=item.route.place.file,
        line=item.route.place.line,
        framework="trpc",
        kind="rpc",
        handler=".".join(piece for piece in item.pieces if piece),
        raw_path=item.route.path,
        prefixes=[Prefix(value=served, file=place.file, line=place.line, how="adapter")] if place and served else [],
        params=_inputs(item.route.options.get("inputs", ()), "query" if method == "GET" else "body"),
        auth=Auth(state="required", by=[guard]) if guard else Auth(),
        confidence="exact" if certain else "partial",
    )


def _inputs(schemas: Iterable[Value], place: ParameterPlace) -> list[Parameter]:
    """Return the fields of what a procedure is given; a query has all of them in its `input`."""
    found = {name: (kind, required) for schema in schemas for name, kind, required in fields_of(schema)}
    return [Parameter(name=name, place=place, type=kind, required=must) for name, (kind, must) in found.items()]


FRAMEWORK = Framework(
    name="trpc",
    language="typescript",
    family="javascript",
    kind="server",
    packages=("@trpc/server",),
    imports=("@trpc/server",),
    words=frozenset(
        {"createTRPCRouter", "mergeRouters", "publicProcedure", "protectedProcedure", *(name for _, name in ADAPTERS)}
    ),
    declare=declare,
    routes=routes,
)
