"""chi: routers inside routers, by functions and by mounting."""

from collections.abc import Iterable

from github_connections.analysis.frameworks import go_routers
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import Kind, Value
from github_connections.analysis.report import ANY_METHOD, Route

CHI = "github.com/go-chi/chi"


def _route(call: Invocation) -> Value:
    inner = call.receiver.group(call.text(0), call.place, "Route")
    call.run(call.value(1), inner)
    return inner


def _group(call: Invocation) -> Value:
    inner = call.receiver.group("", call.place, "Group")
    call.run(call.value(0), inner)
    return inner


def _with(call: Invocation) -> Value:
    """`r.With(guards…).Get(…)`: a router of its own that the guards apply to."""
    return call.receiver.group("", call.place, "With", arguments=call)


ROUTER = Kind(
    "chi",
    methods={
        **{verb.capitalize(): go_routers.verb(verb, handler=1) for verb in go_routers.VERBS},
        "Handle": go_routers.verb(ANY_METHOD, handler=1),
        "HandleFunc": go_routers.verb(ANY_METHOD, handler=1),
        "Method": go_routers.method_named(),
        "MethodFunc": go_routers.method_named(),
        "Route": _route,
        "Group": _group,
        "With": _with,
        "Use": go_routers.use,
        "Mount": go_routers.mount,
    },
)


def declare(registry: Registry) -> None:
    """Add routers and the types they are handed around as."""
    types = [f"{CHI}.{name}" for name in ("Router", "Mux", "Routes")]
    go_routers.constructors(registry, (f"{CHI}.NewRouter", f"{CHI}.NewMux"), types, ROUTER)


def routes(interpreter: Interpreter) -> Iterable[Route]:
    """Yield a row for every verb of every route."""
    return go_routers.routes_of(interpreter, "chi", [ROUTER])


FRAMEWORK = Framework(
    name="chi",
    language="go",
    family="go",
    kind="server",
    packages=(f"{CHI}/v5", f"{CHI}/v4", CHI),
    imports=(CHI,),
    declare=declare,
    routes=routes,
)
