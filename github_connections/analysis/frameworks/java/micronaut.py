"""Micronaut, in Java and Kotlin: controllers with URI templates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeGuard

from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.java import jvm_methods, jvm_permissions
from github_connections.analysis.frameworks.java.annotations import (
    Action,
    Annotation,
    Annotations,
    actions_of,
    declare_annotations,
    is_optional,
    model_of,
)
from github_connections.analysis.frameworks.java.jvm_generics import concrete
from github_connections.analysis.frameworks.java.jvm_reads import read_by
from github_connections.analysis.frameworks.java.jvm_settings import AllSettings, Settings
from github_connections.analysis.frameworks.java.jvm_statuses import status_codes
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import ClassValue, is_known, type_name
from github_connections.analysis.report import Auth, Parameter, ParameterPlace, Place, Prefix, Route
from github_connections.analysis.syntax import nodes

LIBRARIES = ("io.micronaut.", "jakarta.annotation.security", "javax.annotation.security")
VERBS = {
    "Get": "GET",
    "Post": "POST",
    "Put": "PUT",
    "Patch": "PATCH",
    "Delete": "DELETE",
    "Head": "HEAD",
    "Options": "OPTIONS",
    "Trace": "TRACE",
    "CustomHttpMethod": "ANY",
}
SOURCES: dict[str, ParameterPlace] = {
    "PathVariable": "path",
    "QueryValue": "query",
    "Body": "body",
    "Header": "header",
    "CookieValue": "cookie",
    "Part": "file",
}
NAMES = frozenset(
    {"Controller", "Client", "RequestBean", "ServerWebSocket", "View", *VERBS, *SOURCES, *jvm_methods.AUTH}
)
_FILES = frozenset({"CompletedFileUpload", "CompletedPart", "FileUpload", "PartData", "StreamingFileUpload"})
_HOLDING = frozenset({"Collection", "Flowable", "Flux", "Iterable", "List", "Mono", "Optional", "Publisher", "Set"})
_PAGES = {"Pageable": ("page", "size", "sort"), "Sort": ("sort",)}
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_QUERY = re.compile(r"\{[?&#][^{}]*\}")
_SEGMENT = re.compile(r"\{/([\w.-]+)(?::[^{}]*)?\*?\}")
_REST = re.compile(r"\{\+([\w.-]+)\}")


def declare(registry: Registry) -> None:
    """Add the annotations, so that wildcard imports find them."""
    declare_annotations(registry, ("io.micronaut.http.annotation", "io.micronaut.security.annotation"), NAMES)


def routes(interpreter: Interpreter) -> Iterator[Route]:
    """Yield the rows of every controller."""
    annotations = Annotations(interpreter, LIBRARIES, NAMES)
    settings = AllSettings(interpreter.program)
    seen: set[int] = set()
    for cls in annotations.classes(frozenset({"Controller"})):
        own = annotations.on_class(cls)
        controller = next((annotation for annotation in own if annotation.name == "Controller"), None)
        if controller is None or id(cls.node) in seen or cls.node.kind == "interface":
            continue
        seen.add(id(cls.node))
        if "abstract" not in cls.node.modifiers:
            said = settings.of(cls.scope.file)
            made = _rows(annotations, cls, controller, own, said)
            yield from jvm_permissions.ruled(made, jvm_permissions.of_micronaut(said), over=("unknown",))
    yield from _web_sockets(annotations, settings)


def _web_sockets(annotations: Annotations, settings: AllSettings) -> Iterator[Route]:
    """Yield a row for each class with `@ServerWebSocket`."""
    for cls in annotations.classes(frozenset({"ServerWebSocket"})):
        for annotation in annotations.on_class(cls):
            if annotation.name == "ServerWebSocket":
                for last in annotation.texts("value", "uri") or ["/ws"]:
                    yield _web_socket(cls, annotation.place, last, settings.of(cls.scope.file))


def _web_socket(cls: ClassValue, place: Place, last: str, settings: Settings) -> Route:
    before = [*_context(settings)]
    pieces = [*(prefix.value for prefix in before), settings.resolve(_template(last))]
    path = paths.from_braces(_plain(paths.join_trimmed(pieces)))
    return Route(
        method="GET",
        path=path,
        file=place.file,
        line=place.line,
        framework="micronaut",
        kind="websocket",
        handler=cls.node.name,
        raw_path=last,
        prefixes=before,
        params=rows.path_parameters(path),
        confidence="exact" if is_known(path) else "partial",
    )


def _rows(
    annotations: Annotations, cls: ClassValue, controller: Annotation, own: list[Annotation], settings: Settings
) -> Iterator[Route]:
    before = [*_context(settings)]
    for action in actions_of(annotations, cls, frozenset(VERBS)):
        for base in controller.texts("value", "uri", "path") or ["/"]:
            place = controller.place
            prefix = Prefix(value=settings.resolve(base), file=place.file, line=place.line, how="@Controller")
            for last in action.mapping.texts("uris", "value", "uri") or [""]:
                yield _row(annotations, cls, action, [*before, prefix], last, settings, own)


def _context(settings: Settings) -> Iterator[Prefix]:
    found = settings.text("micronaut.server.context-path")
    if found is not None and found.value.strip("/ "):
        yield Prefix(
            value=found.value, file=found.place.file, line=found.place.line, how="micronaut.server.context-path"
        )


def _row(
    annotations: Annotations,
    cls: ClassValue,
    action: Action,
    before: list[Prefix],
    last: str,
    settings: Settings,
    own: list[Annotation],
) -> Route:
    prefixes = [prefix for prefix in before if prefix.value.strip("/")]
    joined = rows.path_below(prefixes, settings.resolve(_template(last)))
    path = paths.from_braces(_plain(joined))
    custom = action.mapping.texts("method") if action.mapping.name == "CustomHttpMethod" else None
    method = custom[0] if custom else VERBS[action.mapping.name]
    params, body = _parameters(annotations, action)
    params += _unannotated(annotations, action, method, paths.names(path))
    params += read_by(annotations, action.function, action.owner, method, [*rows.path_parameters(path), *params])
    body = body or rows.model_in(params)
    named = {parameter.name for parameter in params}
    types = jvm_methods.path_types(action.function)
    row = Route(
        method=method,
        path=path,
        file=action.mapping.place.file,
        line=action.mapping.place.line,
        framework="micronaut",
        kind="page" if action.get("View") or nodes.bare_name(action.function.returns) == "ModelAndView" else "api",
        handler=f"{cls.node.name}.{action.function.name}",
        raw_path=last,
        prefixes=prefixes,
        params=rows.each_once(
            [*(item for item in rows.path_parameters(path, types) if item.name not in named), *params]
        ),
        auth=_auth(action, own),
        request_model=body,
        response_model=model_of(action.function.returns),
        status_codes=status_codes(action.function),
        confidence="exact" if is_known(path) else "partial",
    )
    return concrete(row, annotations, cls, action.owner)


def _auth(action: Action, own: list[Annotation]) -> Auth:
    for annotated in (action.annotations, own):
        for annotation in annotated:
            words = " ".join(annotation.texts("value") or [])
            if annotation.name == "Secured" and "ANONYMOUS" in words.upper():
                return Auth(state="none")
    return jvm_methods.auth_of(action.annotations, own)


def _template(text: str) -> str:
    """Leave out what a template says of the query: `/list{?page,size}`; `{/id}` is a segment that may be missing."""
    text = _QUERY.sub("", text)
    return _REST.sub(r"{\1*}", _SEGMENT.sub(r"/{\1?}", text))


def _plain(path: str) -> str:
    """`{id:[0-9]+}` and `{id:4}` are `{id}`; `{path:.*}` is the rest."""
    return re.sub(r"\{([\w.-]+):(?!\.[*+]\})(?:[^{}]|\{[^{}]*\})*\}", r"{\1}", path)


def _parameters(annotations: Annotations, action: Action) -> tuple[list[Parameter], str]:
    found: list[Parameter] = []
    body = ""
    for parameter in action.function.parameters:
        for annotation in annotations.of(parameter.decorators, action.owner.scope):
            if annotation.name == "RequestBean":
                found.extend(_of_bean(annotations, parameter, action))
            elif annotation.name in SOURCES:
                made = _parameter(parameter, annotation)
                found.append(made)
                body = made.model or body
    return found, body


def _of_bean(annotations: Annotations, bean: nodes.Parameter, action: Action) -> Iterator[Parameter]:
    """Yield what the fields of a `@RequestBean`, and what it is made with, are taken from."""
    cls = annotations.interpreter.evaluate(nodes.Name(type_name(bean.type)), action.owner.scope)
    for part in annotations.lineage(cls) if isinstance(cls, ClassValue) else ():
        for field in jvm_methods.fields_of(part.node):
            for annotation in annotations.of(field.decorators, part.scope):
                if annotation.name in SOURCES:
                    yield _parameter(field, annotation)


def _unannotated(annotations: Annotations, action: Action, method: str, in_path: set[str]) -> Iterator[Parameter]:
    """A simple value of which nothing is said is in the query, or a field of the body where there is one."""
    place: ParameterPlace = "query" if method in rows.WITHOUT_BODY else "body"
    for parameter in action.function.parameters:
        names = jvm_methods.names_of(parameter.decorators)
        if not names <= jvm_methods.SAYING_NOTHING or parameter.name in in_path:
            continue
        kind, held = type_name(parameter.type), type_name(_held(parameter.type)).rstrip("?")
        optional = "Nullable" in names or is_optional(parameter.type) or parameter.default is not None
        for name in _PAGES.get(kind, ()):
            yield Parameter(name=name, place="query", type="String" if name == "sort" else "int", required=False)
        if held in _FILES:
            yield Parameter(name=parameter.name, place="file", type=kind, required=not optional)
        elif kind.startswith("HttpRequest[") and place == "body":
            model = model_of(parameter.type.index) if isinstance(parameter.type, nodes.Item) else ""
            if model:
                yield Parameter(name=parameter.name, place="body", type=model, model=model)
        elif held in jvm_methods.SIMPLE or jvm_methods.is_enum(annotations, held, action.owner):
            shown = type_name(parameter.type.index) if _is_of_optional(parameter.type) else kind
            yield Parameter(name=parameter.name, place=place, type=shown, required=not optional)


def _held(kind: nodes.Expression | None) -> nodes.Expression | None:
    """`List<String>` and `Optional<List<String>>` hold texts, `Publisher<CompletedFileUpload>` files."""
    while isinstance(kind, nodes.Item) and nodes.last_name(kind.of) in _HOLDING:
        kind = kind.index
    return kind


def _is_of_optional(kind: nodes.Expression | None) -> TypeGuard[nodes.Item]:
    return isinstance(kind, nodes.Item) and nodes.last_name(kind.of) == "Optional"


def _parameter(parameter: nodes.Parameter, annotation: Annotation) -> Parameter:
    place = SOURCES[annotation.name]
    said = annotation.texts("value", "name")
    named = (said or [_header(parameter.name) if place == "header" else parameter.name])[0]
    missing = "defaultValue" in annotation.arguments or "Nullable" in jvm_methods.names_of(parameter.decorators)
    optional = missing or is_optional(parameter.type) or parameter.default is not None
    return Parameter(
        name=parameter.name if place == "body" else jvm_methods.header_name(named),
        place=place,
        type=type_name(parameter.type),
        required=not optional,
        model=model_of(parameter.type) if place == "body" else "",
    )


def _header(name: str) -> str:
    """A header without a name of its own is called after its parameter: `acceptLanguage` is `Accept-Language`."""
    return "-".join(part.capitalize() for part in _HUMP.split(name))


FRAMEWORK = Framework(
    name="micronaut",
    language="java",
    family="java",
    kind="server",
    packages=(
        "io.micronaut:micronaut-http-server-netty",
        "io.micronaut.application",
        "io.micronaut:micronaut-http-server",
    ),
    declare=declare,
    marks=NAMES,
    routes=routes,
)
