"""The words of Ktor's routing and the blocks that they take."""

from __future__ import annotations

from github_connections.analysis import http_verbs
from github_connections.analysis.frameworks import paths
from github_connections.analysis.frameworks.java import ktor_documents, ktor_guards
from github_connections.analysis.frameworks.java.annotations import simple_name
from github_connections.analysis.frameworks.java.ktor_resources import resource_path
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.routing import Router
from github_connections.analysis.linking.values import (
    Behaviour,
    ClassValue,
    External,
    FunctionValue,
    Kind,
    ListValue,
    Thing,
    Unknown,
    Value,
    text_of,
    type_name,
)
from github_connections.analysis.report import ANY_METHOD

_ROUTING = ("io.ktor.server.routing", "io.ktor.routing", "io.ktor.server.resources", "io.ktor.locations", "io.ktor.server.locations")  # fmt: skip  # noqa: E501
# What wraps Ktor's words to document them: the last block is the handler, those before it say what it is about.
_DOCUMENTED = ("io.github.smiley4.ktoropenapi", "io.github.smiley4.ktorswaggerui.dsl", "io.github.smiley4.ktorswaggerui.dsl.routing")  # fmt: skip  # noqa: E501
# Ktor-OpenAPI-Generator has routes of its own kind, with their parameters and answers as type arguments.
_GENERATING = ("com.papsign.ktor.openapigen.route", "com.papsign.ktor.openapigen.route.path.normal", "com.papsign.ktor.openapigen.route.path.auth")  # fmt: skip  # noqa: E501
_GENERATING_TYPES = ("NormalOpenAPIRoute", "OpenAPIAuthenticatedRoute", "OpenAPIRoute")
_APPLICATION = ("io.ktor.server.application", "io.ktor.application")
_BLOCKS = ("header", "param", "optionalParam", "accept", "contentType", "host", "port", "localPort", "rateLimit")
_TYPE = "<>"
_WITH_PATH = 2  # the arguments of a verb: its path and its handler


def _on_receiver(behaviour: Behaviour) -> Behaviour:
    """An imported function is called without the router that it is on: that is the receiver at hand."""

    def call_on_receiver(call: Invocation) -> Value:
        if not isinstance(call.receiver, Router):
            call.receiver = call.scope.this
        if isinstance(call.receiver, Router):
            return behaviour(call)
        call.run_callbacks()
        return External(f"{call.name}()")

    return call_on_receiver


def _text(call: Invocation) -> str:
    """The path of a call: its first argument, unless that is the block itself."""
    value = call.value(0, "path")
    return "" if value is None or isinstance(value, FunctionValue | Thing) else text_of(value)


def _block(call: Invocation) -> FunctionValue | None:
    functions = [value for value in (*call.positional, *call.named.values()) if isinstance(value, FunctionValue)]
    return functions[-1] if functions else None


def _run(call: Invocation, router: Router) -> Router:
    block = _block(call)
    if block is not None:
        call.run(block, router, this=router)
    return router


def _made(call: Invocation) -> Value:
    """`userRoutes(get())`: without a handler it is a word of a library that makes objects."""
    kind = call.named.get(_TYPE)
    return call.interpreter.singleton(kind) if isinstance(kind, ClassValue) else Unknown(call.name)


def _own(call: Invocation) -> FunctionValue | None:
    """`delete(dao, hash)`: a function of the program on `Route` may be called like a verb, and takes no path."""
    if not call.positional or isinstance(call.positional[0], str | FunctionValue):
        return None
    own = call.interpreter.extension("Route", call.name, call.scope.file)
    takes = own.node.parameters if isinstance(own, FunctionValue) else []
    is_it = len(takes) == len(call.positional) and type_name(takes[0].type) not in ("String", "Regex")
    return own if isinstance(own, FunctionValue) and is_it else None


def _verb(method: str) -> Behaviour:
    def register(call: Invocation) -> Value:
        own = _own(call)
        if own is not None:
            return call.run(own, *call.positional, this=call.receiver)
        if len(call.positional) < _WITH_PATH and _block(call) is None:
            return _made(call)
        kind, prefix = call.named.get(_TYPE), ""
        resource = kind.items[0] if isinstance(kind, ListValue) and kind.items else kind
        if isinstance(resource, ClassValue):
            prefix = resource_path(call.interpreter, resource)
        path = paths.join([prefix, _text(call)]) if prefix else _text(call)
        call.receiver.add([method], path, call.place, _block(call), resource=resource, type=kind)
        return call.receiver

    return register


def _route(call: Invocation) -> Value:
    """`route("/x") { … }`, `route("/x", HttpMethod.Get) { handle { … } }`, `resource<Users> { … }`."""
    kind = call.named.get(_TYPE)
    prefix = resource_path(call.interpreter, kind) if isinstance(kind, ClassValue) else _text(call)
    inner = call.receiver.group(prefix, call.place, "route")
    method = call.value(1, "method")
    if isinstance(method, External):
        inner.options["method"] = _verb_of(method)
    return _run(call, inner)


def _verb_of(value: Value) -> str:
    """`HttpMethod.Put`, `HttpMethod("PURGE")`, `HttpMethod.parse("PURGE")`."""
    made = value.made_by if isinstance(value, External) else None
    said = made.text(0) if made is not None else ""
    return (said or simple_name(value)).upper()


def _method(call: Invocation) -> Value:
    inner = call.receiver.group("", call.place, "method")
    inner.options["method"] = _verb_of(call.value(0))
    return _run(call, inner)


def _handle(call: Invocation) -> Value:
    method = call.receiver.options.get("method", ANY_METHOD)
    call.receiver.add([method], "", call.receiver.place, _block(call))
    return call.receiver


def _inside(call: Invocation) -> Value:
    return _run(call, call.receiver.group("", call.place, call.name))


def _authenticate(call: Invocation) -> Value:
    inner = call.receiver.group("", call.place, "authenticate")
    optional = call.named.get("optional") is True or simple_name(call.named.get("strategy")) == "Optional"
    inner.options["auth"] = ("optional" if optional else "required", call.place, call.name)
    return _run(call, inner)


def _web_socket(call: Invocation) -> Value:
    call.receiver.add(["GET"], _text(call), call.place, _block(call), kind="websocket")
    return call.receiver


def _same(call: Invocation) -> Value:
    """`routing { … }`, `apply { … }`: the block is about the very router."""
    return _run(call, call.receiver)


def _install(call: Invocation) -> Value:
    if ktor_guards.answers_strangers(call.value(0)):
        call.receiver.options["auth"] = ("required", call.place, call.name)
    return _run(call, call.receiver) if simple_name(call.value(0)) in ("Routing", "RoutingRoot") else call.receiver


def _server(call: Invocation) -> Value:
    """`embeddedServer(Netty, …) { … }`, `embeddedServer(Netty, module = Application::module)`."""
    application = call.router(KTOR, application=True)
    module = call.named.get("module", call.value(-1))
    if isinstance(module, External):
        module = call.interpreter.extension("Application", module.name.rpartition(".")[2], call.scope.file)
    if isinstance(module, FunctionValue):
        call.run(module, application, this=application)
    return application


def _static(call: Invocation) -> Value:
    """`staticResources("/assets", "web")`: everything below a path; `static("/assets") { … }`: what its block says."""
    inner = call.receiver.group(_text(call), call.place, "static")
    if _block(call) is not None and call.name == "static":
        _run(call, inner)
    if not inner.routes and not inner.mounts:
        inner.add(["GET"], "{...}", call.place, None, kind="static")
    return call.receiver


def _resource(call: Invocation) -> Value:
    """`resource<Users> { … }` is a typed one; `resource("logo.png")`, `file("logo.png")` are single files."""
    if _TYPE in call.named or _block(call) is not None:
        return _route(call)
    call.receiver.add(["GET"], _text(call), call.place, None, kind="static")
    return call.receiver


def _default(call: Invocation) -> Value:
    call.receiver.add(["GET"], "", call.place, None, kind="static")
    return call.receiver


def _directory(call: Invocation) -> Value:
    call.receiver.add(["GET"], "{...}", call.place, None, kind="static")
    return call.receiver


_FILES: dict[str, Behaviour] = {
    **dict.fromkeys(("resource", "file"), _resource),
    **dict.fromkeys(("default", "defaultResource"), _default),
    **dict.fromkeys(("resources", "files"), _directory),
}
_STATIC = ("static", "staticResources", "staticFiles", "staticZip", "staticFileSystem")
_WORDS: dict[str, Behaviour] = {
    **{name: _verb(name.upper()) for name in http_verbs.OF_BROWSERS},
    "route": _route,
    "resource": _resource,
    "location": _route,
    "method": _method,
    "handle": _handle,
    "authenticate": _authenticate,
    "routing": _same,
    "webSocket": _web_socket,
    "webSocketRaw": _web_socket,
    "sse": _verb("GET"),
    **dict.fromkeys(_BLOCKS, _inside),
}
KTOR = Kind(
    "ktor router",
    methods={
        **_WORDS,
        **dict.fromkeys(_STATIC, _static),
        "install": _install,
        "createChild": _inside,
        **dict.fromkeys(("apply", "also", "let", "run"), _same),
    },
    attributes={"application": lambda router, _name: router},
)

_INFORMATION = Kind("ktor route's information", is_router=False)


def declare(registry: Registry) -> None:
    """Add the words of the routing blocks, imported one by one or all at once, and the types of their receivers."""
    for package in (*_ROUTING, *_DOCUMENTED, *_APPLICATION, *_GENERATING):
        for name, behaviour in _WORDS.items():
            registry.calls[f"{package}.{name}"] = _on_receiver(behaviour)
        for name in ("Application", "Route", "Routing", "RoutingRoot", "RoutingBuilder", "RootRoute"):
            registry.types[f"{package}.{name}"] = KTOR
            registry.values.setdefault(f"{package}.{name}", External(f"{package}.{name}"))
        registry.calls[f"{package}.install"] = _on_receiver(_install)
    _declare_generating(registry)
    for package in ("io.ktor.server.auth", "io.ktor.auth"):
        registry.calls[f"{package}.authenticate"] = _on_receiver(_authenticate)
    for package in ("io.ktor.server.websocket", "io.ktor.websocket"):
        registry.calls[f"{package}.webSocket"] = _on_receiver(_web_socket)
    _declare_files(registry)
    registry.calls["io.ktor.server.plugins.ratelimit.rateLimit"] = _on_receiver(_inside)
    registry.calls["io.ktor.server.sse.sse"] = _on_receiver(_verb("GET"))
    registry.calls["io.ktor.server.engine.embeddedServer"] = _server
    registry.calls["Regex"] = ktor_documents.pattern
    for whole, behaviour in ktor_documents.OF_PLUGINS.items():
        registry.calls[whole] = _on_receiver(behaviour)


def _declare_files(registry: Registry) -> None:
    for package in ("io.ktor.server.http.content", "io.ktor.http.content"):
        for name in _STATIC:
            registry.calls[f"{package}.{name}"] = _on_receiver(_static)
        for name, behaviour in _FILES.items():
            registry.calls[f"{package}.{name}"] = _on_receiver(behaviour)


def _declare_generating(registry: Registry) -> None:
    for package in _GENERATING:
        for name in _GENERATING_TYPES:
            registry.types[f"{package}.{name}"] = KTOR
            registry.values.setdefault(f"{package}.{name}", External(f"{package}.{name}"))
        for name, behaviour in (("apiRouting", _same), ("tag", _inside), ("throws", _inside)):
            registry.calls[f"{package}.{name}"] = _on_receiver(behaviour)
        registry.calls[f"{package}.info"] = lambda call: Thing(_INFORMATION, call.place)  # it is no path
