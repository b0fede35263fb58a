"""gorilla/mux: routes that are put together by a chain, and subrouters below a prefix."""

from collections.abc import Iterable

from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.go import go_handlers, go_routers
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import Behaviour, Kind, Thing, Value, text_of
from github_connections.analysis.report import ANY_METHOD, Route

MUX = "github.com/gorilla/mux"


def _handle(call: Invocation) -> Value:
    made = _begin(call)
    made.data["path"] = call.text(0)
    return _answered(made, call.value(1), call)


def _begin(call: Invocation) -> Thing:
    methods = list(call.receiver.data.get("methods", []))
    return Thing(
        ROUTE, call.place, {"router": call.receiver, "path": "", "prefix": "", "methods": methods, "row": None}
    )


def _of_route(name: str) -> Behaviour:
    """Return the behaviour of a method that begins a chain on a router."""
    return lambda call: ROUTE.methods[name](_on(call, _begin(call)))


def _on(call: Invocation, route: Thing) -> Invocation:
    return Invocation(call.interpreter, route, call.name, call.positional, call.named, call.node, call.scope, call.line)


def _path(call: Invocation) -> Value:
    call.receiver.data["path"] = call.text(0)
    return call.receiver


def _path_prefix(call: Invocation) -> Value:
    call.receiver.data["prefix"] = call.text(0)
    return call.receiver


def _methods(call: Invocation) -> Value:
    methods = [text_of(value).upper() for value in call.positional]
    call.receiver.data["methods"] = [item if go_routers.is_verb(item) else ANY_METHOD for item in methods]
    row = call.receiver.data["row"]
    if row is not None:
        row.methods[:] = call.receiver.data["methods"]
    return call.receiver


def _handler(call: Invocation) -> Value:
    return _answered(call.receiver, call.value(0), call)


def _answered(route: Thing, handler: Value, call: Invocation) -> Value:
    data = route.data
    inner = go_routers.router_in(handler, call)
    if data["prefix"] and inner is not None:
        if inner is not go_routers.whole(data["router"]):
            data["router"].mount("" if _keeps_prefix(handler) else data["prefix"], inner, call.place, "PathPrefix")
        return route
    path = data["path"] if not data["prefix"] else f"{data['prefix'].rstrip('/')}/*"
    is_static = bool(data["prefix"]) and go_handlers.serves_files(handler)
    methods = list(data["methods"]) or [ANY_METHOD]
    said = go_routers.said_at(call)
    data["row"] = data["router"].add(methods, path, call.place, handler, static=is_static, **said)
    return route


def _keeps_prefix(handler: Value) -> bool:
    """A router that is handed over without StripPrefix matches whole paths."""
    return not isinstance(handler, Thing) or handler.kind.name != "stripped"


def _subrouter(call: Invocation) -> Value:
    data = call.receiver.data
    inner = data["router"].group(data["prefix"] or data["path"], call.receiver.place, "PathPrefix")
    # Whoever is handed a subrouter matches whole paths with it, as the router does that it is of.
    inner.data.update(methods=data["methods"], whole=go_routers.whole(data["router"]))
    return inner


ROUTE = Kind(
    "gorilla route",
    methods={
        "Path": _path,
        "PathPrefix": _path_prefix,
        "Methods": _methods,
        "Handler": _handler,
        "HandlerFunc": _handler,
        "Subrouter": _subrouter,
    },
    is_router=False,
)
ROUTER = Kind(
    "gorilla",
    methods={
        "HandleFunc": _handle,
        "Handle": _handle,
        **{name: _of_route(name) for name in ("Path", "PathPrefix", "Methods")},
        **dict.fromkeys(("NewRoute", "Host", "Schemes", "Headers", "Queries", "Name"), _begin),
        "Use": go_routers.use,
    },
)


def declare(registry: Registry) -> None:
    """Add routers and their type."""
    go_routers.constructors(registry, (f"{MUX}.NewRouter",), (f"{MUX}.Router",), ROUTER)


def routes(interpreter: Interpreter) -> Iterable[Route]:
    """Yield a row for every verb of every route."""
    return go_routers.routes_of(interpreter, "gorilla", [ROUTER])


FRAMEWORK = Framework(
    name="gorilla",
    language="go",
    family="go",
    kind="server",
    packages=(MUX,),
    imports=(MUX,),
    declare=declare,
    routes=routes,
)
