"""Fiber, versions 2 and 3."""

from collections.abc import Iterable

from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.go import go_handlers, go_routers
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import Behaviour, FunctionValue, Kind, Value
from github_connections.analysis.report import ANY_METHOD, Route

FIBER = "github.com/gofiber/fiber"


def _route(call: Invocation) -> Value:
    """`app.Route(prefix, function)`; version 3's `app.RouteChain(path)` is followed by verbs without a path."""
    inner = call.receiver.group(call.text(0), call.place, "Route")
    if isinstance(call.value(1), FunctionValue):
        call.run(call.value(1), inner)
    inner.data["is_chain"] = len(call.positional) == 1
    return inner


def _use(call: Invocation) -> Value:
    """`app.Use("/images", static.New("./images"))` serves files; what else is used stands before the routes."""
    if call.positional and go_handlers.serves_files(call.value(-1)):
        prefix = call.text(0).rstrip("/") if len(call.positional) > 1 else ""
        call.receiver.add(["GET"], f"{prefix}/*", call.place, call.value(-1), static=True, **go_routers.said_at(call))
        return call.receiver
    return go_routers.use(call)


def _verb(method: str) -> Behaviour:
    def register(call: Invocation) -> Value:
        is_chain = call.receiver.data.get("is_chain")
        if is_chain or len(call.positional) > 1:
            path = "" if is_chain else call.text(0)
            call.receiver.add([method], path, call.place, call.value(-1), **go_routers.said_at(call))
        return call.receiver

    return register


ROUTER = Kind(
    "fiber",
    methods={
        **{verb.capitalize(): _verb(verb) for verb in go_routers.VERBS},
        "All": _verb(ANY_METHOD),
        "Add": go_routers.method_named(),
        "Group": go_routers.group,
        "Route": _route,
        "RouteChain": _route,
        "Mount": go_routers.mount,
        "Use": _use,
        "Static": go_routers.static,
    },
)


def declare(registry: Registry) -> None:
    """Add applications and the types that routers are handed around as."""
    types = [f"{FIBER}.{name}" for name in ("App", "Router", "Group")]
    go_routers.constructors(registry, (f"{FIBER}.New",), types, ROUTER)


def routes(interpreter: Interpreter) -> Iterable[Route]:
    """Yield a row for every verb of every route."""
    return go_routers.routes_of(interpreter, "fiber", [ROUTER])


FRAMEWORK = Framework(
    name="fiber",
    language="go",
    family="go",
    kind="server",
    packages=(f"{FIBER}/v2", f"{FIBER}/v3", FIBER),
    imports=(FIBER,),
    declare=declare,
    routes=routes,
)
