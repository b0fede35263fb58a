"""Minimal APIs of ASP.NET Core: what is mapped on applications and groups."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec.structs import replace

from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.csharp import aspnet_carter, aspnet_conventions, fastendpoints
from github_connections.analysis.frameworks.csharp.aspnet_attributes import (
    Attributes,
    auth_of,
    model_of,
    texts,
)
from github_connections.analysis.frameworks.csharp.aspnet_conventions import AUTH, ROUTE
from github_connections.analysis.frameworks.csharp.aspnet_options import settled
from github_connections.analysis.frameworks.csharp.aspnet_parameters import parameters_of, path_types
from github_connections.analysis.frameworks.csharp.aspnet_requests import read_by
from github_connections.analysis.frameworks.csharp.aspnet_start import is_set_up
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.routing import Reached, reached_in, routers_of
from github_connections.analysis.linking.values import (
    Behaviour,
    FunctionValue,
    Kind,
    ObjectValue,
    Thing,
    Value,
    is_known,
)
from github_connections.analysis.report import ANY_METHOD, Auth, AuthSource, Parameter, ParameterPlace, Route, RouteKind

WORDS = frozenset(
    {
        "MapGet", "MapPost", "MapPut", "MapDelete", "MapPatch", "MapMethods", "MapGroup", "MapControllers",
        "MapControllerRoute",
        "MapAreaControllerRoute", "MapDefaultControllerRoute", "UseMvc", "UseMvcWithDefaultRoute", "MapRoute",
        "UsePathBase",
        "CreateBuilder", "CreateSlimBuilder",
        "MapCarter", "UseCarter", "MapIdentityApi", "UseFastEndpoints", "MapRazorPages", "UseEndpoints", "MapHub",
        "MapHealthChecks", "UseHealthChecks",
    }
)  # fmt: skip
_IDENTITY = (
    ("POST", "register"), ("POST", "login"), ("POST", "refresh"), ("GET", "confirmEmail"),
    ("POST", "resendConfirmationEmail"),
    ("POST", "forgotPassword"), ("POST", "resetPassword"), ("POST", "manage/2fa"), ("GET", "manage/info"),
    ("POST", "manage/info"),
)  # fmt: skip


# --- routes ---------------------------------------------------------------------------------------------------------


def _settled(call: Invocation, index: int, name: str = "") -> str:
    value = call.value(index, name)
    return "" if value is None else settled(call.interpreter, value)


def _route(call: Invocation, methods: list[str], handler: Value, **options: Value) -> Value:
    registered = call.receiver.add(methods, _settled(call, 0, "pattern"), call.place, handler, **options)
    return Thing(ROUTE, call.place, {"route": registered})


def _verb(method: str) -> Behaviour:
    return lambda call: _own_overload(call) or _route(call, [method], call.value(1, "handler"))


def _own_overload(call: Invocation) -> Value:
    """`app.MapGet(Handler)`, `app.MapGroup(this)`: without a path it is an extension method of the program's own."""
    if not call.positional or not isinstance(call.value(0), FunctionValue | ObjectValue):
        return None
    own = call.interpreter.extension("", call.name, call.scope.file)
    if not isinstance(own, FunctionValue):
        return _handler_first(call)
    known = len(call.receiver.routes)
    returned = call.interpreter.call(own, call.positional, call.named, this=call.receiver, scope=call.scope)
    for route in call.receiver.routes[known:]:
        route.place = call.place  # what matters is who calls it, not the helper
    return returned if isinstance(returned, Thing) else call.receiver


def _handler_first(call: Invocation) -> Value:
    """`app.MapPatch(Handler, "{id}")` by a helper that is not seen."""
    texts_given = [value for value in call.positional[1:] if isinstance(value, str)]
    if isinstance(call.value(0), FunctionValue) and texts_given:
        call.positional = [texts_given[0], call.value(0)]
    return None


def _methods(call: Invocation) -> Value:
    verbs = [text.strip("{?}").rpartition(".")[2].upper() for text in texts(call.value(1, "httpMethods"))]
    return _route(call, verbs or [ANY_METHOD], call.value(2, "handler"))


def _map(call: Invocation) -> Value:
    """`Map(path, handler)` takes every method; `Map(path, branch => …)` opens a branch."""
    handler = call.value(1, "handler")
    parameters = handler.node.parameters if isinstance(handler, FunctionValue) else []
    if isinstance(handler, FunctionValue) and len(parameters) == 1 and parameters[0].type is None:
        inner = call.receiver.group(_settled(call, 0), call.place, "Map")
        call.run(handler, inner)
        return call.receiver
    return _route(call, [ANY_METHOD], handler)


def _fixed(method: str, kind: str, path: str = "") -> Behaviour:
    def register(call: Invocation) -> Value:
        text = path if isinstance(call.value(0), FunctionValue) else call.text(0, "pattern", path)
        if not text:
            return call.receiver
        registered = call.receiver.add([method], text, call.place, call.named.get("<>"), kind=kind)
        return Thing(ROUTE, call.place, {"route": registered})

    return register


def _group(call: Invocation) -> Value:
    own = _own_overload(call)
    if own is not None:
        return own
    return call.receiver.group(_settled(call, 0, "prefix"), call.place, "MapGroup")


def _identity(call: Invocation) -> Value:
    for method, path in _IDENTITY:
        call.receiver.add([method], path, call.place)
    return call.receiver


def _same(call: Invocation) -> Value:
    """Hand the application itself to a callback: `UseEndpoints(endpoints => …)`."""
    for function in call.functions():
        call.run(function, call.receiver)
    return call.receiver


def _unseen(call: Invocation) -> Value:
    """`app.MapReverseProxy().RequireAuthorization()`: of what a library maps there is nothing to see, and what is said
    of it is not said of the application; any other method hands the application on."""
    call.run_callbacks()
    return call.receiver.group("", call.place, call.name) if call.name.startswith("Map") else call.receiver


def _controllers(call: Invocation) -> Value:
    return aspnet_conventions.registered(call, "", kind="controllers")


def _path_base(call: Invocation) -> Value:
    if is_known(call.text(0)):
        call.receiver.prefix, call.receiver.how = call.text(0), "UsePathBase"
        call.receiver.data["base_place"] = call.place
    return call.receiver


# --- applications ---------------------------------------------------------------------------------------------------


def _built(call: Invocation) -> Value:
    return call.router(APPLICATION, application=True)


def _builder(call: Invocation) -> Value:
    return Thing(BUILDER, call.place)


BUILDER = Kind("aspnet builder", methods={"Build": _built}, is_router=False)
APPLICATION = Kind(
    "aspnet application",
    methods={
        "MapGet": _verb("GET"),
        "MapPost": _verb("POST"),
        "MapPut": _verb("PUT"),
        "MapDelete": _verb("DELETE"),
        "MapPatch": _verb("PATCH"),
        "MapMethods": _methods,
        "Map": _map,
        "MapGroup": _group,
        "MapHub": _fixed("GET", "websocket"),
        **dict.fromkeys(("MapHealthChecks", "UseHealthChecks"), _fixed("GET", "api")),
        "MapGraphQL": _fixed("POST", "graphql", "/graphql"),
        "MapIdentityApi": _identity,
        "MapControllers": _controllers,
        "MapControllerRoute": aspnet_conventions.convention,
        "MapRoute": aspnet_conventions.convention,
        "MapAreaControllerRoute": aspnet_conventions.area_convention,
        "MapAreaRoute": aspnet_conventions.area_convention,
        "MapDefaultControllerRoute": aspnet_conventions.default_convention,
        "UseMvcWithDefaultRoute": aspnet_conventions.default_convention,
        **dict.fromkeys(("MapCarter", "UseCarter"), aspnet_carter.map_modules),
        "UsePathBase": _path_base,
        **dict.fromkeys(("UseEndpoints", "UseMvc", "UseWhen", "MapWhen"), _same),
        "UseFastEndpoints": fastendpoints.use,
        "MapFastEndpoints": fastendpoints.use,
        "MapOpenApi": _fixed("GET", "api", "/openapi/{documentName}.json"),
        "MapScalarApiReference": _fixed("GET", "page", "/scalar"),
        **dict.fromkeys(("MapPrometheusScrapingEndpoint", "MapMetrics"), _fixed("GET", "api", "/metrics")),
        **AUTH,
    },
    missing=_unseen,
)


def declare(registry: Registry) -> None:
    """Add the builders, and the types by which functions take an application or a group."""
    for name in ("CreateBuilder", "CreateSlimBuilder", "CreateEmptyBuilder"):
        registry.calls[f"WebApplication.{name}"] = _builder
    registry.calls["WebApplication.Create"] = _built
    aspnet_carter.declare(registry)
    registry.values.update(dict.fromkeys(("string.Empty", "String.Empty"), ""))
    for name in (
        "WebApplication",
        "IEndpointRouteBuilder",
        "IApplicationBuilder",
        "RouteGroupBuilder",
        "RouteCollection",
    ):
        registry.types[name] = APPLICATION
    registry.types["WebApplicationBuilder"] = BUILDER


# --- rows -----------------------------------------------------------------------------------------------------------


def routes_of_minimal(interpreter: Interpreter, fallback: Callable[[str], Auth]) -> Iterator[Route]:
    """Yield the rows of what is mapped on applications and groups; `fallback` is what a file's application asks of
    callers where nothing else is said."""
    attributes = Attributes(interpreter)
    routers = routers_of(interpreter, APPLICATION)
    for router in routers:
        router.application = router.application or is_set_up(interpreter.program, router.place)
        router.assumed = router.assumed and not router.application

    def params(item: Reached, path: str) -> list[Parameter]:
        return _inputs(attributes, item, path)[0]

    def auth(item: Reached) -> Auth:
        said = _auth(attributes, item)
        return fallback(item.route.place.file) if said.state == "unknown" else said

    for item in reached_in(routers):
        made = rows.routes_of([item], "aspnet", join=paths.join_trimmed, kind=_kind, auth=auth, params=params)
        handler = item.route.handler
        function = handler.node if isinstance(handler, FunctionValue) else None
        for row in made:
            body = _inputs(attributes, item, row.path)[1]
            model = (model_of(function.returns) if function else "") or item.route.options.get("answers", "")
            yield replace(row, request_model=body, response_model=model)


def _kind(item: Reached) -> RouteKind:
    kind: RouteKind = item.route.options.get("kind", "api")
    return kind


def _auth(attributes: Attributes, item: Reached) -> Auth:
    """What the attributes of its handler and the route say, else the innermost group that says anything."""
    handler = item.route.handler
    if isinstance(handler, FunctionValue) and handler.node.decorators:
        own = auth_of([attributes.of(handler.node.decorators, handler.scope)])
        if own.state != "unknown":
            return own
    said = [item.route.options, *(step.router.options for step in reversed(item.steps)), item.root.options]
    for options in said:
        if "auth" in options:
            state, place, name = options["auth"]
            by = [AuthSource(name=name, file=place.file, line=place.line)]
            return Auth(state=state, by=by if state == "required" else [])
    return Auth()


def _inputs(attributes: Attributes, item: Reached, path: str) -> tuple[list[Parameter], str]:
    handler = item.route.handler
    if not isinstance(handler, FunctionValue):
        return [], ""
    types = path_types(handler.node, attributes, handler.scope)
    in_path = [replace(one, type=types.get(one.name.lower(), "")) for one in rows.path_parameters(path)]
    names = {one.name.lower() for one in in_path}
    # Nothing is sent with these: a class is made of a text of the query.
    of_models: ParameterPlace = "query" if rows.WITHOUT_BODY.issuperset(item.route.methods) else "body"
    others, body = parameters_of(
        attributes, handler.node, handler.scope, names, of_models, takes_unknown=of_models == "body"
    )
    read = read_by(attributes.interpreter, handler.node, handler.scope, [*in_path, *others])
    model = body or rows.model_in(read)
    return [*(one for one in in_path if one.type), *others, *read], model
