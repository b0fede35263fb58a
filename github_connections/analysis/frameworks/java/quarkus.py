"""What Quarkus serves beside JAX-RS: reactive routes, and the resources of REST Data with Panache."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from msgspec.structs import replace

from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.inflection import hyphenated
from github_connections.analysis.frameworks.java.annotations import (
    Action,
    Annotation,
    Annotations,
    actions_of,
    is_optional,
    model_of,
)
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import ClassValue, hole, is_known, type_name
from github_connections.analysis.report import ANY_METHOD, Parameter, ParameterPlace, Place, Prefix, Route
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import items_written

_ROUTES = ("io.quarkus.vertx.web",)
_DATA = ("io.quarkus.rest.data.panache",)
_BASES = frozenset(f"Panache{kind}Resource" for kind in ("Entity", "Repository", "MongoEntity", "MongoRepository"))
_SOCKETS = ("io.quarkus.websockets.next",)
MARKS = _BASES | {"Route", "RouteBase", "WebSocket"}
# Where what a method of a reactive route takes comes from; `Param` is of the path, the query or a form.
_SOURCES: dict[str, ParameterPlace] = {"Param": "query", "Header": "header", "Body": "body"}
_SERVED = (
    ("list", "GET", ""),
    ("count", "GET", "count"),
    ("get", "GET", "{id}"),
    ("add", "POST", ""),
    ("update", "PUT", "{id}"),
    ("delete", "DELETE", "{id}"),
)


# --- reactive routes ------------------------------------------------------------------------------------------------


def reactive_routes(interpreter: Interpreter, before: Callable[[ClassValue], list[Prefix]]) -> Iterator[Route]:
    """Yield a row for each path and verb of every method with `@Route`; `before` says what stands before a class."""
    annotations = Annotations(interpreter, _ROUTES, frozenset({"Route", "RouteBase", *_SOURCES}))
    seen: set[int] = set()
    for cls in annotations.classes(frozenset({"Route"})):
        if id(cls.node) in seen or cls.node.kind not in ("class", "object"):
            continue
        seen.add(id(cls.node))
        base = next((item for item in annotations.on_class(cls) if item.name == "RouteBase"), None)
        outer = [*before(cls), *_prefix(base)]
        for action in actions_of(annotations, cls, frozenset({"Route"})):
            for route in (item for item in action.annotations if item.name == "Route"):
                params = list(_taken(annotations, action))
                for row in _rows(cls, action, route, outer):
                    named = {one.name for one in row.params}
                    body = rows.model_in(params)
                    others = [one for one in params if one.name not in named]
                    yield replace(row, params=[*row.params, *others], request_model=body)


def _taken(annotations: Annotations, action: Action) -> Iterator[Parameter]:
    """Yield what a method takes of a request, by the annotations before its parameters."""
    for parameter in action.function.parameters:
        for said in annotations.of(parameter.decorators, action.owner.scope):
            place = _SOURCES.get(said.name)
            if place is not None:
                yield Parameter(
                    name=(said.texts("value") or [parameter.name])[0],
                    place=place,
                    type=type_name(parameter.type),
                    required=not is_optional(parameter.type),
                    model=model_of(parameter.type) if place == "body" else "",
                )


def _prefix(annotation: Annotation | None) -> Iterator[Prefix]:
    if annotation is not None:
        for text in annotation.texts("path") or []:
            yield Prefix(value=text, file=annotation.place.file, line=annotation.place.line, how="@RouteBase")


def _rows(cls: ClassValue, action: Action, route: Annotation, before: list[Prefix]) -> Iterator[Route]:
    if route.words("type") and route.words("type") != ["NORMAL"]:
        return  # called for failures
    said = route.texts("path")
    if said is None:
        said = [hole("regex")] if "regex" in route.arguments else [hyphenated(action.function.name)]
    joined = rows.path_below(before, said[0])
    path = paths.from_braces(paths.from_colons(joined))
    for method in route.words("methods") or [ANY_METHOD]:
        yield _row(method, path, route.place, f"{cls.node.name}.{action.function.name}", before, said[0])


def _row(method: str, path: str, place: Place, handler: str, before: list[Prefix], last: str) -> Route:
    return Route(
        method=method,
        path=path,
        file=place.file,
        line=place.line,
        framework="jaxrs",
        handler=handler,
        raw_path=last,
        prefixes=before,
        params=rows.path_parameters(path),
        confidence="exact" if is_known(path) else "partial",
    )


def web_sockets(interpreter: Interpreter, before: Callable[[ClassValue], list[Prefix]]) -> Iterator[Route]:
    """Yield a row for each class with the `@WebSocket` of WebSockets Next."""
    annotations = Annotations(interpreter, _SOCKETS, frozenset({"WebSocket"}))
    for cls in annotations.classes(frozenset({"WebSocket"})):
        for said in annotations.on_class(cls):
            for last in said.texts("path") or []:
                outer = before(cls)
                joined = rows.path_below(outer, last)
                row = _row("GET", paths.from_braces(joined), said.place, cls.node.name, outer, last)
                yield replace(row, kind="websocket")


# --- REST Data with Panache -----------------------------------------------------------------------------------------


def data_resources(interpreter: Interpreter) -> Iterator[tuple[ClassValue, Annotations]]:
    """Yield every interface that Panache serves as a resource."""
    annotations = Annotations(interpreter, _DATA, frozenset({"ResourceProperties", "MethodProperties"}))
    for file in interpreter.program.with_words("java", _BASES):
        for cls in file.scope.names.values():
            if isinstance(cls, ClassValue) and cls.node.kind == "interface" and _entity_of(cls):
                yield cls, annotations


def _entity_of(cls: ClassValue) -> str:
    """Return the entity of `PanacheEntityResource<Person, Long>`, `PanacheRepositoryResource<People, Person, Long>`."""
    for base in cls.node.bases:
        if isinstance(base, nodes.Item) and nodes.last_name(base.of) in _BASES:
            given = items_written(base.index)
            return type_name(given[-2]) if len(given) > 1 else type_name(given[0])
    return ""


def data_rows(cls: ClassValue, annotations: Annotations, before: Iterable[Prefix]) -> Iterator[Route]:
    """Yield the rows of one such interface, without the methods that it does not expose."""
    own = next((item for item in annotations.on_class(cls) if item.name == "ResourceProperties"), None)
    if own is not None and own.arguments.get("exposed", True) is False:
        return
    name = re.sub(r"(Resource|Controller)$", "", cls.node.name)
    base = (own.texts("path") if own is not None else None) or [hyphenated(name)]
    place = own.place if own is not None else cls.place
    said = dict(_said(cls, annotations))
    outer = [*before, Prefix(value=base[0], file=place.file, line=place.line, how="@ResourceProperties")]
    for method, verb, tail in _SERVED:
        told = said.get(method)
        if told is None or told.arguments.get("exposed", True) is not False:
            inner = (told.texts("path") if told is not None else None) or [""]
            joined = rows.path_below(outer, inner[0], tail)
            made = _row(verb, paths.from_braces(joined), place, f"{cls.node.name}.{method}", outer, tail)
            entity = _entity_of(cls)
            yield replace(
                made,
                request_model=entity if verb in ("POST", "PUT") else "",
                response_model="" if method in ("delete", "count") else entity,
            )


def _said(cls: ClassValue, annotations: Annotations) -> Iterator[tuple[str, Annotation]]:
    for method in cls.node.body:
        if isinstance(method, nodes.Function):
            for annotation in annotations.of(method.decorators, cls.scope):
                if annotation.name == "MethodProperties":
                    yield method.name, annotation
