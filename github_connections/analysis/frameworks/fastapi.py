"""FastAPI and Starlette: routers, and every `include_router` and `mount` on the way to them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.routing import Reached, Registered, Router, reached_in
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import (
    Behaviour,
    ClassValue,
    External,
    FunctionValue,
    Kind,
    ListValue,
    Native,
    ObjectValue,
    Thing,
    Value,
    type_name,
)
from github_connections.analysis.report import Auth, AuthSource, Parameter, ParameterPlace, Route
from github_connections.analysis.syntax import nodes

VERBS = ("get", "post", "put", "patch", "delete", "options", "head", "trace")
# A dependency of one of these classes asks for a log-in; `auto_error=False` makes it optional.
SECURITY = ("fastapi.security.", "fastapi.openapi.models.")
LOG_IN = re.compile(
    r"current_\w*user|require_|login|log_in|authenticat|verify_(token|jwt|api_key)|auth_required|check_token",
    re.IGNORECASE,
)
MAXIMUM_DEPENDENCIES_DEEP = 6
PLACES: dict[str, ParameterPlace] = {
    "Query": "query",
    "Path": "path",
    "Body": "body",
    "Header": "header",
    "Cookie": "cookie",
    "Form": "form",
    "File": "file",
}


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
        auth=lambda item: _auth(interpreter, item),
        params=lambda item, path: list(_parameters(interpreter, item.route, path)),
    )


def _parameters(interpreter: Interpreter, route: Registered, path: str) -> Iterator[Parameter]:
    """Yield what the handler takes: the path's variables with their types, query, body, header, form."""
    if not isinstance(route.handler, FunctionValue):
        return
    in_path = {name for name, _ in paths.variables(path)}
    for parameter in route.handler.node.parameters:
        made = _parameter(interpreter, parameter, route.handler, in_path)
        if made is not None:
            yield made


def _parameter(
    interpreter: Interpreter, parameter: nodes.Parameter, handler: FunctionValue, in_path: set[str]
) -> Parameter | None:
    kind, said, scope = _annotation(interpreter, parameter, handler.scope)
    text = type_name(kind)
    if parameter.name in in_path:
        return Parameter(name=parameter.name, place="path", type=text)
    written = said or parameter.default
    name = interpreter.qualified_name(written, scope) if isinstance(written, nodes.Call) else ""
    function = name.rpartition(".")[2]
    if function in ("Depends", "Security") or _is_framework_type(interpreter, kind, scope):
        return None
    place = PLACES.get(function) or ("body" if _is_model(interpreter, kind, scope) else "query")
    required = _is_required(parameter.default) if said is None else parameter.default is None
    model = text if place == "body" else ""
    return Parameter(name=parameter.name, place=place, type=text, required=required and "None" not in text, model=model)


def _annotation(
    interpreter: Interpreter, parameter: nodes.Parameter, scope: Scope
) -> tuple[nodes.Expression | None, nodes.Expression | None, Scope]:
    """Return the type, what `Annotated[type, Query()]` says of it, also by another name, and where that is written."""
    match parameter.type:
        case nodes.Item(of=nodes.Name(id="Annotated"), index=index):
            return *_annotated(index), scope
        case nodes.Name() | nodes.Member():
            value = interpreter.evaluate(parameter.type, scope)
            if isinstance(value, External) and value.index and value.name.endswith(".Annotated"):
                return *_annotated(value.index[0]), value.index[1]
    return parameter.type, None, scope


def _annotated(index: nodes.Expression) -> tuple[nodes.Expression | None, nodes.Expression | None]:
    if not isinstance(index, nodes.Sequence) or not index.items:
        return index, None
    return index.items[0], next((item for item in index.items[1:] if isinstance(item, nodes.Call)), None)


def _is_required(default: nodes.Expression | None) -> bool:
    """`Query(...)` and `Query()` want a value; `Query(None)` and `Query(default=1)` bring one."""
    if not isinstance(default, nodes.Call):
        return default is None
    first = next((argument.value for argument in default.arguments if argument.name in ("", "default")), None)
    return first is None or (isinstance(first, nodes.Opaque) and first.source == "...")


def _is_framework_type(interpreter: Interpreter, kind: nodes.Expression | None, scope: Scope) -> bool:
    name = interpreter.qualified_name(kind, scope) if isinstance(kind, nodes.Name | nodes.Member) else ""
    return name.startswith(("fastapi.", "starlette.")) and not name.endswith("UploadFile")


def _is_model(interpreter: Interpreter, kind: nodes.Expression | None, scope: Scope) -> bool:
    """Tell whether a type is a class of the program, or a list of one: those are read from the body."""
    inner = kind.index if isinstance(kind, nodes.Item) else kind
    if isinstance(kind, nodes.Name) and kind.id in ("dict", "list"):
        return True
    if isinstance(inner, nodes.Operation):
        inner = inner.operands[0]
    if not isinstance(inner, nodes.Name | nodes.Member):
        return False
    value = interpreter.evaluate(inner, scope)
    return isinstance(value, ClassValue) and not _is_enum(interpreter, value)


def _is_enum(interpreter: Interpreter, cls: ClassValue) -> bool:
    return any(isinstance(base, External) and "Enum" in base.name for base in interpreter.bases(cls))


def _auth(interpreter: Interpreter, item: Reached) -> Auth:
    """Return what asks for a log-in: dependencies of the handler, of the route and of all that it hangs below."""
    found: dict[AuthSource, bool] = {}
    for call in _calls_around(item):
        listed = call.value(99, "dependencies")
        for value in listed.items if isinstance(listed, ListValue) else []:
            found.update(_of_dependency(interpreter, value, 0))
    if isinstance(item.route.handler, FunctionValue):
        found.update(_of_parameters(interpreter, item.route.handler, 0))
    if not found:
        return Auth()
    return Auth(state="required" if any(found.values()) else "optional", by=list(found))


def _calls_around(item: Reached) -> Iterator[Invocation]:
    for options in (item.root.options, *(step.options for step in item.steps), item.route.options):
        call = options.get("arguments")
        if isinstance(call, Invocation):
            yield call


def _of_parameters(interpreter: Interpreter, function: FunctionValue, depth: int) -> dict[AuthSource, bool]:
    """Return the sources of a log-in among a function's dependencies, with whether each insists."""
    found: dict[AuthSource, bool] = {}
    for parameter in function.node.parameters if depth < MAXIMUM_DEPENDENCIES_DEEP else []:
        _, said, scope = _annotation(interpreter, parameter, function.scope)
        for written in (said, parameter.default):
            if isinstance(written, nodes.Call):
                found.update(_of_dependency(interpreter, interpreter.evaluate(written, scope), depth + 1))
    return found


def _of_dependency(interpreter: Interpreter, value: Value, depth: int) -> dict[AuthSource, bool]:
    """Read `Depends(get_user)`: a security scheme, a function that depends on one, or one named after a log-in."""
    if not isinstance(value, External) or value.made_by is None or not value.name.endswith(("Depends()", "Security()")):
        return {}
    target = value.made_by.value(0, "dependency")
    if isinstance(target, External) and target.name.startswith(SECURITY):
        insists = target.made_by is None or target.made_by.value(99, "auto_error") is not False
        return {_source(rows.name_of(target).removesuffix("()"), value.made_by): insists}
    function = target
    if isinstance(target, ObjectValue):
        function = interpreter.get(target, "__call__", value.made_by.scope)
    inner = _of_parameters(interpreter, function, depth) if isinstance(function, FunctionValue) else {}
    name = rows.name_of(target)
    if inner or LOG_IN.search(name):
        return {_source(name, value.made_by): "optional" not in name.lower() and (not inner or any(inner.values()))}
    return {}


def _source(name: str, call: Invocation) -> AuthSource:
    return AuthSource(name=name, file=call.place.file, line=call.place.line)


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
