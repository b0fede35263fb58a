"""FastAPI and Starlette: routers, and every `include_router` and `mount` on the way to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.routing import Reached, Registered, Router, reached_in
from github_connections.analysis.linking.values import (
    Behaviour,
    ClassValue,
    External,
    FunctionValue,
    Kind,
    ListValue,
    Native,
    Thing,
    Value,
    text_of,
    texts_of,
    type_name,
)
from github_connections.analysis.report import ANY_METHOD, Auth, AuthSource, Parameter, Route
from github_connections.analysis.syntax import nodes

VERBS = ("get", "post", "put", "patch", "delete", "options", "head", "trace")
# A dependency of one of these classes asks for a log-in; `auto_error=False` makes it optional.
SECURITY = (
    "fastapi.security.",
    "fastapi_users.",
)
PLACES = {
    "Query": "query",
    "Path": "path",
    "Body": "body",
    "Header": "header",
    "Cookie": "cookie",
    "Form": "form",
    "File": "file",
}
PLAIN_TYPES = frozenset(
    {"int", "str", "float", "bool", "UUID", "date", "datetime", "time", "Decimal", "EmailStr", "HttpUrl"}
)


def declare(registry: Registry) -> None:
    """Add applications, routers and Starlette's route lists."""
    for name in ("fastapi.FastAPI", "fastapi.applications.FastAPI", "starlette.applications.Starlette"):
        registry.calls[name] = _application
        registry.types[name] = ROUTER
    for name in ("fastapi.APIRouter", "fastapi.routing.APIRouter", "starlette.routing.Router"):
        registry.calls[name] = _router
        registry.types[name] = ROUTER
    for module in ("starlette.routing", "fastapi.routing"):
        registry.calls[f"{module}.Route"] = _listed_route
        registry.calls[f"{module}.APIRoute"] = _listed_route
        registry.calls[f"{module}.WebSocketRoute"] = _listed_websocket
        registry.calls[f"{module}.Mount"] = _listed_mount


def _application(call: Invocation) -> Value:
    # root_path is what a proxy cuts off; it is not part of what the application serves.
    made = call.router(ROUTER, application=True, options={"arguments": call})
    _add_listed(made, call.value(99, "routes"))
    return made


def _router(call: Invocation) -> Value:
    made = call.router(ROUTER, prefix=call.text(99, "prefix"), how="APIRouter", options={"arguments": call})
    _add_listed(made, call.value(99 if "APIRouter" in call.name else 0, "routes"))
    return made


def _add_listed(router: Router, listed: Value) -> None:
    for item in listed.items if isinstance(listed, ListValue) else []:
        if isinstance(item, Thing) and item.kind is LISTED:
            item.data["add"](router)


def _listed_route(call: Invocation) -> Value:
    def add(router: Router) -> None:
        methods = call.texts(99, "methods") or ["GET"]
        router.add(methods, call.text(0, "path"), call.place, call.value(1, "endpoint"), arguments=call)

    return Thing(LISTED, call.place, {"add": add})


def _listed_websocket(call: Invocation) -> Value:
    def add(router: Router) -> None:
        router.add(["GET"], call.text(0, "path"), call.place, call.value(1, "endpoint"), websocket=True, arguments=call)

    return Thing(LISTED, call.place, {"add": add})


def _listed_mount(call: Invocation) -> Value:
    def add(router: Router) -> None:
        _mount_at(router, call)

    return Thing(LISTED, call.place, {"add": add})


def _mount(call: Invocation) -> Value:
    _mount_at(call.receiver, call)
    return None


def _mount_at(router: Router, call: Invocation) -> None:
    inner = call.value(1, "app")
    if not isinstance(inner, Router):
        inner = Router(ROUTER, call.place)
        _add_listed(inner, call.value(99, "routes"))
    router.mount(call.text(0, "path"), inner, call.place, "mount", arguments=call)


def _include(call: Invocation) -> Value:
    inner = call.value(0, "router")
    if isinstance(inner, Router):
        call.receiver.mount(call.text(99, "prefix"), inner, call.place, "include_router", arguments=call)
    return None


def _verb(*methods: str, websocket: bool = False) -> Behaviour:
    """Return the behaviour of `@router.get(path)`."""

    def decorate(call: Invocation) -> Value:
        def register(applied: Invocation) -> Value:
            names = list(methods) or [method.upper() for method in call.texts(99, "methods")] or ["GET"]
            handler = applied.value(0)
            call.receiver.add(names, call.text(0, "path"), call.place, handler, websocket=websocket, arguments=call)
            return handler

        return Native(call.name, register)

    return decorate


def _add_route(call: Invocation) -> Value:
    methods = [method.upper() for method in call.texts(99, "methods")] or ["GET"]
    handler = call.value(1, "endpoint", call.value(99, "route"))
    call.receiver.add(methods, call.text(0, "path"), call.place, handler, arguments=call)
    return None


def _add_websocket(call: Invocation) -> Value:
    call.receiver.add(["GET"], call.text(0, "path"), call.place, call.value(1), websocket=True, arguments=call)
    return None


ROUTER = Kind(
    "fastapi",
    methods={
        **{verb: _verb(verb.upper()) for verb in VERBS},
        "api_route": _verb(),
        "route": _verb(),
        "websocket": _verb("GET", websocket=True),
        "websocket_route": _verb("GET", websocket=True),
        "add_api_route": _add_route,
        "add_route": _add_route,
        "add_websocket_route": _add_websocket,
        "add_api_websocket_route": _add_websocket,
        "include_router": _include,
        "mount": _mount,
        "host": _mount,
    },
    attributes={"router": lambda router, _: router},
    fluent=False,
)
LISTED = Kind("starlette route", is_router=False)


# --- rows -----------------------------------------------------------------------------------------------------------


def routes(interpreter: Interpreter) -> Iterable[Route]:
    """Yield a row for every route of every application."""
    reached = reached_in([router for router in interpreter.routers if router.kind is ROUTER])
    return rows.routes_of(
        reached,
        "fastapi",
        join=paths.concatenate,
        kind=lambda item: "websocket" if item.route.options.get("websocket") else "api",
        auth=_auth,
        params=lambda item, path: list(_parameters(interpreter, item.route, path)),
    )


def _parameters(interpreter: Interpreter, route: Registered, path: str) -> Iterator[Parameter]:
    """Yield what the handler takes beside the path: query, body, header, form."""
    if not isinstance(route.handler, FunctionValue):
        return
    in_path = {name for name, _ in paths.variables(path)}
    for parameter in route.handler.node.parameters:
        made = None if parameter.name in in_path else _parameter(interpreter, parameter, route.handler)
        if made is not None:
            yield made


def _parameter(interpreter: Interpreter, parameter: nodes.Parameter, handler: FunctionValue) -> Parameter | None:
    kind, said = _annotation(parameter)
    written = said or parameter.default
    name = interpreter.qualified_name(written, handler.scope) if isinstance(written, nodes.Call) else ""
    function = name.rpartition(".")[2]
    if function in ("Depends", "Security") or (kind is not None and _is_framework_type(interpreter, kind, handler)):
        return None
    text = type_name(kind)
    place = PLACES.get(function) or ("body" if _is_model(interpreter, kind, handler) else "query")
    default = parameter.default
    required = default is None if function not in PLACES or said else _is_required(default)
    model = text if place == "body" else ""
    return Parameter(name=parameter.name, place=place, type=text, required=required and "None" not in text, model=model)


def _annotation(parameter: nodes.Parameter) -> tuple[nodes.Expression | None, nodes.Expression | None]:
    """Return the type, and what `Annotated[type, Query()]` says of it."""
    match parameter.type:
        case nodes.Item(of=nodes.Name(id="Annotated"), index=nodes.Sequence(items=[kind, *said])):
            return kind, next((item for item in said if isinstance(item, nodes.Call)), None)
    return parameter.type, None


def _is_required(default: nodes.Expression | None) -> bool:
    """`Query(...)` and `Query()` want a value; `Query(None)` and `Query(default=1)` bring one."""
    if not isinstance(default, nodes.Call):
        return default is None
    first = next((argument.value for argument in default.arguments if argument.name in ("", "default")), None)
    return first is None or (isinstance(first, nodes.Opaque) and first.source == "...")


def _is_framework_type(interpreter: Interpreter, kind: nodes.Expression, handler: FunctionValue) -> bool:
    name = interpreter.qualified_name(kind, handler.scope) if isinstance(kind, nodes.Name | nodes.Member) else ""
    return name.startswith(("fastapi.", "starlette.")) and not name.endswith("UploadFile")


def _is_model(interpreter: Interpreter, kind: nodes.Expression | None, handler: FunctionValue) -> bool:
    """Tell whether a type is a class of the program, or a list of one: those are read from the body."""
    inner = kind.index if isinstance(kind, nodes.Item) else kind
    if isinstance(kind, nodes.Name) and kind.id in ("dict", "list"):
        return True
    if isinstance(inner, nodes.Operation):
        inner = inner.operands[0]
    if not isinstance(inner, nodes.Name | nodes.Member):
        return False
    value = interpreter.evaluate(inner, handler.scope)
    return isinstance(value, ClassValue) and not _is_enum(interpreter, value)


def _is_enum(interpreter: Interpreter, cls: ClassValue) -> bool:
    return any(isinstance(base, External) and "Enum" in base.name for base in interpreter.bases(cls))


def _auth(item: Reached) -> Auth:
    """Return what asks for a log-in: dependencies of the handler, the route and everything it hangs below."""
    found: list[AuthSource] = []
    optional = False
    for call in _calls_around(item):
        for value in texts_and_values(call.value(99, "dependencies")):
            source = _security(value, call, 0)
            if source is not None:
                found.append(source)
    handler = item.route.handler
    if isinstance(handler, FunctionValue):
        for parameter in handler.node.parameters:
            source = _security_of_parameter(parameter, handler)
            if source is not None:
                found.append(source)
    return Auth(state="optional" if optional else "required", by=found) if found else Auth()


def texts_and_values(value: Value) -> list[Value]:
    """Return the items of a list value; nothing for anything else."""
    return list(value.items) if isinstance(value, ListValue) else []


def _calls_around(item: Reached) -> Iterator[Invocation]:
    for options in (item.root.options, *(step.options for step in item.steps), item.route.options):
        call = options.get("arguments")
        if isinstance(call, Invocation):
            yield call


def _security(value: Value, call: Invocation, depth: int) -> AuthSource | None:
    return None


def _security_of_parameter(parameter: nodes.Parameter, handler: FunctionValue) -> AuthSource | None:
    return None


FRAMEWORK = Framework(
    name="fastapi",
    language="python",
    family="python",
    kind="server",
    packages=("fastapi", "starlette"),
    imports=("fastapi", "starlette.applications", "starlette.routing"),
    words=frozenset({"FastAPI", "APIRouter", "include_router", "add_api_route", "Starlette"}),
    declare=declare,
    routes=routes,
)
