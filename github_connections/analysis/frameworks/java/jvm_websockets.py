"""Web sockets of Java's and Kotlin's servers: Jakarta's `@ServerEndpoint`, and what Spring registers."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.java.annotations import Annotations
from github_connections.analysis.frameworks.rows import name_of
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import Behaviour, External, Kind, Value, is_known, text_of
from github_connections.analysis.report import Place, Route

MARKS = frozenset({"ServerEndpoint"})
_JAKARTA = ("jakarta.websocket.server", "javax.websocket.server")
SPRING = "org.springframework.web.socket.config.annotation"
WORDS = frozenset({"registerStompEndpoints", "registerWebSocketHandlers", "addEndpoint"})


def endpoints(interpreter: Interpreter, framework: str, *, in_spring: bool) -> Iterator[Route]:
    """Yield a row for each class with `@ServerEndpoint`, in the sub-projects with Spring or in the others."""
    annotations = Annotations(interpreter, _JAKARTA, MARKS)
    spring = {project.root for project in interpreter.program.projects if any("springframework" in name for name in project.dependencies)}  # fmt: skip  # noqa: E501
    for cls in annotations.classes(MARKS):
        if (cls.scope.file.project_root in spring) is in_spring:
            for annotation in annotations.on_class(cls):
                text = (annotation.texts("value") or [""])[0]
                yield _row(text, annotation.place, framework, cls.node.name)


def _row(text: str, place: Place, framework: str, handler: str) -> Route:
    path = paths.from_braces(paths.join_trimmed([text]))
    return Route(
        method="GET",
        path=path,
        file=place.file,
        line=place.line,
        framework=framework,
        kind="websocket",
        handler=handler,
        raw_path=text,
        params=rows.path_parameters(path),
        confidence="exact" if is_known(path) else "partial",
    )


# --- Spring's registries --------------------------------------------------------------------------------------------


def _registered(first: int) -> Behaviour:
    """`registry.addEndpoint("/a", "/b")`, `registry.addHandler(handler, "/a", "/b")`."""

    def register(call: Invocation) -> Value:
        handler = call.value(0) if first else None
        for value in call.positional[first:]:
            call.receiver.add(["GET"], text_of(value), call.place, handler)
        return call.receiver

    return register


REGISTRY = Kind("spring web socket registry", methods={"addEndpoint": _registered(0), "addHandler": _registered(1)})


def declare(registry: Registry) -> None:
    """Add the registries that an application's configuration is handed."""
    for name in ("StompEndpointRegistry", "WebSocketHandlerRegistry"):
        registry.types[f"{SPRING}.{name}"] = REGISTRY
        registry.values.setdefault(f"{SPRING}.{name}", External(f"{SPRING}.{name}"))


def registered(interpreter: Interpreter) -> Iterator[Route]:
    """Yield what Spring's configurations register."""
    for router in interpreter.routers:
        if router.kind is REGISTRY:
            for route in router.routes:
                yield _row(route.path, route.place, "spring", name_of(route.handler))
