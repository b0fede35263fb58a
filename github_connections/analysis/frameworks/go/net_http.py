"""net/http: ServeMux patterns with and without a verb, muxes in muxes, and the default one."""

from collections.abc import Iterable

from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.go import go_routers
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.routing import Router
from github_connections.analysis.linking.values import Kind, ListValue, Thing, Value, text_of
from github_connections.analysis.report import ANY_METHOD, Place, Route

HTTP = "net/http"


def _handle(call: Invocation) -> Value:
    _register(call.receiver, call)
    return None


def _register(router: Router, call: Invocation) -> None:
    given = call.value(0)
    if isinstance(given, ListValue) and len(call.positional) == 1:  # `mux.HandleFunc(rest.Endpoint("/users", list))`
        call.positional = list(given.items)
    method, path = pattern_of(call.text(0))
    handler = call.value(1)
    inner = go_routers.router_in(handler, call)
    if inner is None or inner is router:
        router.add([method], path, call.place, handler, arguments=call)
    elif isinstance(handler, Thing) and handler.kind is STRIPPED:
        router.mount(text_of(handler.data["prefix"]), inner, call.place, "StripPrefix", arguments=call)
    else:
        router.mount("", inner, call.place, "Handle", arguments=call)  # the inner one matches whole paths


def pattern_of(pattern: str) -> tuple[str, str]:
    """Return the verb and the path of a pattern: `GET example.com/x` → GET, /x."""
    method, space, rest = pattern.strip().partition(" ")
    if not space or not go_routers.is_verb(method):
        method, rest = ANY_METHOD, pattern.strip()
    rest = rest.strip()
    if not rest.startswith(("/", "{?")) and "/" in rest:
        rest = rest[rest.index("/") :]
    return method, rest


def _served(call: Invocation) -> Value:
    """`http.StripPrefix("/api", h.Users).ServeHTTP(w, r)`: a handler that tells its own routers apart by the path."""
    inner = go_routers.router_in(call.receiver, call)
    if inner is not None:
        made = call.interpreter.new_router(ROUTER, call.place, application=True)
        made.mount(text_of(call.receiver.data["prefix"]), inner, call.place, "StripPrefix")
    return None


STRIPPED = Kind("stripped", methods={"ServeHTTP": _served}, is_router=False)


def _strip(call: Invocation) -> Value:
    return Thing(
        STRIPPED,
        call.place,
        {"prefix": call.value(0), "router": go_routers.router_in(call.value(1), call), "handler": call.value(1)},
    )


def _on_default(call: Invocation) -> Value:
    """`http.HandleFunc(…)` registers with the one mux that everybody shares."""
    for router in call.interpreter.routers:
        if router.kind is ROUTER and router.data.get("shared"):
            _register(router, call)
            return None
    made = call.interpreter.new_router(ROUTER, Place(call.place.file, 1), application=True, data={"shared": True})
    _register(made, call)
    return None


ROUTER = Kind("net/http", methods={"Handle": _handle, "HandleFunc": _handle})


def declare(registry: Registry) -> None:
    """Add muxes, their type, and the functions that wrap handlers."""
    go_routers.constructors(registry, (f"{HTTP}.NewServeMux",), (f"{HTTP}.ServeMux",), ROUTER)
    registry.makers |= {f"{HTTP}.{name}" for name in ("HandleFunc", "Handle", "StripPrefix")}
    for of in (HTTP, f"{HTTP}.DefaultServeMux"):
        registry.calls[f"{of}.HandleFunc"] = registry.calls[f"{of}.Handle"] = _on_default
    registry.calls[f"{HTTP}.StripPrefix"] = _strip
    for name in ("HandlerFunc", "TimeoutHandler", "MaxBytesHandler", "AllowQuerySemicolons"):
        registry.calls[f"{HTTP}.{name}"] = lambda call: call.value(0)


def routes(interpreter: Interpreter) -> Iterable[Route]:
    """Yield a row for every pattern of every mux."""
    return go_routers.routes_of(interpreter, "net/http", [ROUTER])


FRAMEWORK = Framework(
    name="net/http",
    language="go",
    family="go",
    kind="server",
    imports=(HTTP,),
    words=frozenset({"NewServeMux"}),
    signs=frozenset(
        {
            *("FileServer", "Handle(", "HandleFunc(", "Handler", "HandlerFunc", "ListenAndServe", "ListenAndServeTLS"),
            *("ServeHTTP", "ServeMux", "StripPrefix"),
        }
    ),
    declare=declare,
    routes=routes,
)
