"""Spring, in Java and Kotlin: controllers with their mappings, wherever these are written, and router functions."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field
from msgspec.structs import replace

from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.java import (
    jvm_websockets,
    spring_data,
    spring_described,
    spring_functions,
    spring_interceptors,
    spring_path_prefixes,
    spring_security,
    spring_set_up,
    spring_views,
)
from github_connections.analysis.frameworks.java.annotations import (
    Action,
    Annotation,
    Annotations,
    actions_of,
    declare_annotations,
    model_of,
)
from github_connections.analysis.frameworks.java.jvm_generics import concrete
from github_connections.analysis.frameworks.java.jvm_methods import AUTH, auth_of, path_types
from github_connections.analysis.frameworks.java.jvm_reads import read_by
from github_connections.analysis.frameworks.java.jvm_settings import AllSettings, Settings
from github_connections.analysis.frameworks.java.jvm_statuses import status_codes
from github_connections.analysis.frameworks.java.spring_methods import (
    SOURCES,
    asks_for_caller,
    conditions_of,
    parameters_of,
)
from github_connections.analysis.frameworks.java.spring_paths import as_braces, context_of, without_context
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import ClassValue, is_known
from github_connections.analysis.report import ANY_METHOD, Place, Prefix, Route, RouteKind
from github_connections.analysis.syntax import nodes

LIBRARIES = (
    "org.springframework.",
    "jakarta.annotation.security",
    "javax.annotation.security",
    "io.swagger.v3.oas.annotations",
    "org.apache.shiro.authz.annotation",
    "cn.dev33.satoken.annotation",
)
VERBS = {
    "GetMapping": "GET",
    "PostMapping": "POST",
    "PutMapping": "PUT",
    "PatchMapping": "PATCH",
    "DeleteMapping": "DELETE",
    "GetExchange": "GET",
    "PostExchange": "POST",
    "PutExchange": "PUT",
    "PatchExchange": "PATCH",
    "DeleteExchange": "DELETE",
}
MAPPINGS = frozenset({"RequestMapping", "HttpExchange", *VERBS})
CONTROLLERS = frozenset({"Controller", "RestController", "RepositoryRestController", "BasePathAwareController"})
_DATA_REST = frozenset({"RepositoryRestController", "BasePathAwareController"})
NAMES = frozenset({*MAPPINGS, *CONTROLLERS, *AUTH, *SOURCES, "ResponseBody", "FeignClient", "ResponseStatus"})
_PACKAGES = ("org.springframework.web.bind.annotation", "org.springframework.stereotype", "org.springframework.web.service.annotation")  # fmt: skip  # noqa: E501


def declare(registry: Registry) -> None:
    """Add annotations, so that wildcard imports find them, router functions, and path prefixes."""
    declare_annotations(registry, _PACKAGES, NAMES)
    spring_functions.declare(registry)
    spring_path_prefixes.declare(registry)
    spring_views.declare(registry)
    jvm_websockets.declare(registry)


def routes(interpreter: Interpreter) -> Iterator[Route]:
    """Yield the rows of controllers, then those of router functions."""
    settings = AllSettings(interpreter.program)
    spring_set_up.add_to(settings, interpreter)
    annotations = Annotations(interpreter, LIBRARIES, NAMES)
    added = spring_path_prefixes.path_prefixes(interpreter)
    operations = spring_described.Operations(interpreter)
    security = spring_security.Security(interpreter)
    interceptors = spring_interceptors.Interceptors(interpreter)
    seen: set[int] = set()
    for cls in annotations.classes(CONTROLLERS):
        if id(cls.node) not in seen:
            seen.add(id(cls.node))
            controller = _controller(annotations, cls, settings.of(cls.scope.file), added, security)
            if controller is not None:
                for row in _rows(controller):
                    asked = interceptors.auth_of(cls.scope.file, row.method, without_context(row))
                    yield replace(row, auth=asked) if row.auth.state == "unknown" else row
                yield from _described(controller, operations)
    yield from operations.delegated(settings)
    sockets = (
        *jvm_websockets.registered(interpreter),
        *jvm_websockets.endpoints(interpreter, "spring", in_spring=True),
    )
    for row in (
        *spring_functions.rows_of(interpreter, settings),
        *spring_views.rows_of(interpreter, settings),
        *(_below_context(row, settings.of(interpreter.program.by_path[row.file])) for row in sockets),
        *spring_data.routes(interpreter, settings),
    ):
        around = security.auth_of(interpreter.program.by_path[row.file], row.method, without_context(row))
        yield replace(row, auth=spring_security.combined(row.auth, around))


def _below_context(row: Route, settings: Settings) -> Route:
    before = list(context_of(settings))
    path = rows.path_below(before, settings.resolve(row.path))
    return replace(row, path=path, prefixes=before)


class Controller(Struct):
    """A class whose methods answer, and what stands before their paths."""

    cls: ClassValue
    annotations: Annotations
    own: list[Annotation]
    settings: Settings
    before: list[Prefix]
    bases: list[Prefix]
    methods: list[str]
    is_rest: bool
    security: spring_security.Security
    types: list[Annotation] = field(default_factory=list)


def _controller(
    annotations: Annotations,
    cls: ClassValue,
    settings: Settings,
    added: list[spring_path_prefixes.PathPrefix],
    security: spring_security.Security,
) -> Controller | None:
    if cls.node.kind not in ("class", "object", "record") or "abstract" in cls.node.modifiers:
        return None
    own = annotations.on_class(cls)
    names = {annotation.name for annotation in own}
    if CONTROLLERS.isdisjoint(names) or "FeignClient" in names:
        return None
    lineage = [annotation for owner in annotations.lineage(cls) for annotation in annotations.on_class(owner)]
    mapping = next(
        (annotation for annotation in lineage if annotation.name in ("RequestMapping", "HttpExchange")), None
    )
    is_rest = any(annotation.name in ("RestController", "ResponseBody") for annotation in lineage)
    before = [*context_of(settings, is_data_rest=not _DATA_REST.isdisjoint(names))]
    before += [prefix.row(settings) for prefix in added if prefix.holds_for(cls, names)]
    bases = _paths(mapping, settings, mapping.name if mapping else "")
    methods = mapping.words("method") if mapping else []
    return Controller(cls, annotations, own, settings, before, bases, methods, is_rest, security, lineage)


def _paths(annotation: Annotation | None, settings: Settings, how: str) -> list[Prefix]:
    said = annotation.texts("path", "value", "url") if annotation else None
    if annotation is None:
        return [Prefix(value="", file="", line=0, how="")]
    return [
        Prefix(value=settings.resolve(text), file=annotation.place.file, line=annotation.place.line, how=how)
        for text in (said or [""])
    ]


def _rows(controller: Controller) -> Iterator[Route]:
    for action in actions_of(controller.annotations, controller.cls, MAPPINGS):
        for base in controller.bases:
            for last in _paths(action.mapping, controller.settings, ""):
                for method in _methods(controller, action):
                    yield _row(controller, action, base, last, method)


def _described(controller: Controller, operations: spring_described.Operations) -> Iterator[Route]:
    """Yield the rows of methods whose mappings an interface has that is made of an OpenAPI document."""
    mapped = {action.function.name for action in actions_of(controller.annotations, controller.cls, MAPPINGS)}
    for function, operation in operations.of(controller.cls):
        for base in controller.bases if function.name not in mapped else ():
            place = Place(controller.cls.scope.file.path, function.line)
            said = list(controller.annotations.of(function.decorators, controller.cls.scope))
            action = Action(function, controller.cls, Annotation("", "", {}, place), said)
            last = Prefix(value=operation.raw_path, file=operation.file, line=operation.line, how="openapi")
            row = _row(controller, action, base, last, operation.method)
            yield replace(row, params=operation.params, request_model=operation.request_model)


def _methods(controller: Controller, action: Action) -> list[str]:
    name = action.mapping.name
    if name in VERBS:
        return [VERBS[name]]
    return action.mapping.words("method") or controller.methods or [ANY_METHOD]


def _row(controller: Controller, action: Action, base: Prefix, last: Prefix, method: str) -> Route:
    prefixes = [prefix for prefix in (*controller.before, base) if prefix.value.strip("/")]
    joined = paths.join([*(prefix.value for prefix in prefixes), last.value])
    path = paths.from_braces(as_braces(joined))
    function = action.function
    params, body = parameters_of(controller.annotations, action.owner, function, method)
    known = {(parameter.place, parameter.name) for parameter in params}
    params += [one for one in conditions_of(action.mapping) if (one.place, one.name) not in known]
    params += read_by(controller.annotations, function, action.owner, method, [*rows.path_parameters(path), *params])
    named = {parameter.name for parameter in params}
    in_path = [item for item in rows.path_parameters(path, path_types(function)) if item.name not in named]
    row = Route(
        method=method,
        path=path,
        file=action.mapping.place.file,
        line=action.mapping.place.line,
        framework="spring",
        kind=_kind(controller, action),
        handler=f"{controller.cls.node.name}.{function.name}",
        raw_path=last.value,
        prefixes=prefixes,
        params=rows.each_once([*in_path, *params]),
        auth=auth_of(action.annotations, controller.types),
        request_model=body,
        response_model=model_of(function.returns),
        status_codes=status_codes(function),
        confidence="exact" if is_known(path) else "partial",
    )
    row = concrete(row, controller.annotations, controller.cls, action.owner)
    around = controller.security.auth_of(controller.cls.scope.file, method, without_context(row))
    return replace(row, auth=spring_security.combined(row.auth, around, knows_caller=asks_for_caller(function)))


def _kind(controller: Controller, action: Action) -> RouteKind:
    if controller.is_rest or any(annotation.name == "ResponseBody" for annotation in action.annotations):
        return "api"
    given = action.function.returns
    kind = nodes.bare_name(given)
    return "api" if kind in ("ResponseEntity", "HttpEntity", "StreamingResponseBody", "SseEmitter") else "page"


FRAMEWORK = Framework(
    name="spring",
    language="java",
    family="java",
    kind="server",
    packages=(
        "org.springframework.boot:spring-boot-starter-web",
        "org.springframework.boot:spring-boot-starter-webflux",
        "org.springframework.boot:spring-boot-starter-webmvc",
        "org.springframework.boot",
        "org.springframework:spring-webmvc",
        "org.springframework:spring-webflux",
    ),
    imports=(*spring_functions.PACKAGES, *spring_path_prefixes.PACKAGES, jvm_websockets.SPRING),
    words=spring_functions.WORDS | spring_path_prefixes.WORDS | spring_views.WORDS | jvm_websockets.WORDS,
    marks=NAMES
    | spring_security.WORDS
    | spring_interceptors.WORDS
    | spring_data.NAMES
    | spring_set_up.WORDS
    | spring_data.BASES
    | jvm_websockets.MARKS
    | {"AliasFor"},
    declare=declare,
    routes=routes,
)
