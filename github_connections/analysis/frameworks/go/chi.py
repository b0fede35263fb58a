"""chi: routers inside routers, by functions and by mounting."""

from collections.abc import Iterable

from github_connections.analysis.frameworks import paths
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.go import go_guards, go_routers, net_http
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import External, Kind, Thing, Value
from github_connections.analysis.report import Route

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


def _use(call: Invocation) -> Value:
    """`r.Use(guards…)`; the library's heartbeat answers at a path of its own, before what is used after it."""
    for value in call.positional:
        made = value.made_by if isinstance(value, External) else None
        if made is not None and made.name.startswith(CHI) and made.name.endswith("middleware.Heartbeat"):
            call.receiver.add(["GET"], made.text(0), call.place, value, first=go_guards.moment(call))
    return go_routers.use(call)


def _handle(call: Invocation) -> Value:
    """`r.Handle("/x", handler)`, `r.HandleFunc("GET /x", show)`; a router in the handler is mounted."""
    method, path = net_http.pattern_of(call.text(0))
    handler = call.value(1)
    inner = go_routers.router_in(handler, call)
    if inner is not None and inner is not call.receiver and path.endswith("*"):
        # Without a StripPrefix around it a router matches whole paths.
        is_below = isinstance(handler, Thing) and handler.kind is net_http.STRIPPED
        call.receiver.mount(path.rstrip("*") if is_below else "", inner, call.place, "Handle", arguments=call)
    elif not go_routers.is_left_to_callers(0, call):
        call.receiver.add([method], path, call.place, handler, **go_routers.said_at(call))
    return call.receiver


def _join(pieces: Iterable[str]) -> str:
    """Put pieces together: `/` of `r.Route("/articles", …)` answers at `/articles`, as chi's documentation writes."""
    *prefixes, last = pieces
    is_of_the_prefix = last == "/" and any(piece.strip("/") for piece in prefixes)
    return paths.join(prefixes if is_of_the_prefix else [*prefixes, last])


ROUTER = Kind(
    "chi",
    methods={
        **{verb.capitalize(): go_routers.verb(verb, handler=1) for verb in go_routers.VERBS},
        "Handle": _handle,
        "HandleFunc": _handle,
        "Method": go_routers.method_named(),
        "MethodFunc": go_routers.method_named(),
        "Route": _route,
        "Group": _group,
        "With": _with,
        "Use": _use,
        "Mount": go_routers.mount,
    },
)


def declare(registry: Registry) -> None:
    """Add routers and the types they are handed around as."""
    types = [f"{CHI}.{name}" for name in ("Router", "Mux", "Routes")]
    go_routers.constructors(registry, (f"{CHI}.NewRouter", f"{CHI}.NewMux"), types, ROUTER)


def routes(interpreter: Interpreter) -> Iterable[Route]:
    """Yield a row for every verb of every route."""
    return go_routers.routes_of(interpreter, "chi", [ROUTER], join=_join)


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
