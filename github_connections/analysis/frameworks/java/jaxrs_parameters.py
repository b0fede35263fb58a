"""The parameters of JAX-RS's methods, by the annotations before them."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.frameworks.java.annotations import (
    Action,
    Annotation,
    Annotations,
    is_optional,
    model_of,
)
from github_connections.analysis.frameworks.java.jvm_methods import SAYING_NOTHING, fields_of, header_name, names_of
from github_connections.analysis.linking.values import ClassValue, type_name
from github_connections.analysis.report import Auth, AuthSource, Parameter, ParameterPlace
from github_connections.analysis.syntax import nodes

SOURCES: dict[str, ParameterPlace] = {
    "PathParam": "path",
    "QueryParam": "query",
    "HeaderParam": "header",
    "CookieParam": "cookie",
    "FormParam": "form",
    "RestPath": "path",
    "RestQuery": "query",
    "RestHeader": "header",
    "RestCookie": "cookie",
    "RestForm": "form",
    "FormDataParam": "form",
    "Multipart": "form",
}
# What these forms' parts are read as holds a file.
_FILES = frozenset({"EntityPart", "File", "FileUpload", "FormDataBodyPart", "InputPart", "InputStream", "Path"})
# Jersey hands in what a part is called beside the part itself.
_OF_PARTS = frozenset({"FormDataContentDisposition", "ContentDisposition"})
_BEANS = frozenset({"BeanParam", "MultipartForm"})
_NEEDED = frozenset({"NotNull", "NotBlank", "NotEmpty", "NonNull"})
# Of these Kotlin's types what is not sent is nothing, and no error.
_ZERO = frozenset({"Boolean", "Byte", "Char", "Double", "Float", "Int", "List", "Long", "Set", "Short", "SortedSet"})
# What a library hands in by its type, mostly behind `@Context`, which Quarkus does not ask for.
_HANDED_IN = frozenset(
    {
        "Application", "AsyncResponse", "Configuration", "HttpHeaders", "HttpServerRequest", "HttpServerResponse",
        "HttpServletRequest", "HttpServletResponse", "Providers", "Request", "ResourceContext", "ResourceInfo",
        "RoutingContext", "SecurityContext", "SecurityIdentity", "ServerRequestContext", "ServletContext",
        "SimpleResourceInfo", "Sse", "SseEventSink", "UriInfo",
    }
)  # fmt: skip
# `RequestBody` is OpenAPI's, and describes it.
_OF_BODIES = SAYING_NOTHING | {"ConvertGroup", "RequestBody"}


def parameters_of(annotations: Annotations, action: Action, in_path: set[str]) -> tuple[list[Parameter], str]:
    """Return a method's inputs; a parameter about which nothing is said is the body, or, as in Quarkus, the variable of
    the path that is called like it."""
    found: list[Parameter] = []
    body = ""
    for parameter in action.function.parameters:
        said = list(annotations.of(parameter.decorators, action.owner.scope))
        source = next((annotation for annotation in said if annotation.name in SOURCES), None)
        if source is not None:
            found.extend(_parameter(parameter, source, said, action.owner.scope.file.language))
        elif any(annotation.name in _BEANS for annotation in said):
            found.extend(_of_bean(annotations, parameter, action))
        elif not said and parameter.name in in_path:
            found.append(Parameter(name=parameter.name, place="path", type=type_name(parameter.type)))
        elif not said and names_of(parameter.decorators) <= _OF_BODIES:
            made = list(_unannotated(annotations, parameter, action))
            found.extend(made)
            body = next((one.model for one in made if one.model), body)
    return found, body


def _unannotated(annotations: Annotations, parameter: nodes.Parameter, action: Action) -> Iterator[Parameter]:
    """A class with annotated fields is a bean, as in Quarkus; what no library hands in by its type is the body."""
    kind = type_name(parameter.type)
    of_bean = _of_bean(annotations, parameter, action)
    if of_bean:
        yield from of_bean
    elif kind.rstrip("?") not in _HANDED_IN or _is_own(annotations, kind, action):
        yield Parameter(name=parameter.name, place="body", type=kind, model=model_of(parameter.type))


def _is_own(annotations: Annotations, kind: str, action: Action) -> bool:
    value = annotations.interpreter.evaluate(nodes.Name(kind.rstrip("?")), action.owner.scope)
    return isinstance(value, ClassValue)


def caller_of(action: Action) -> Auth:
    """Return what Dropwizard's `@Auth User user` says: a caller must be known, or with `Optional<User>` may be."""
    for parameter in action.function.parameters:
        for decorator in parameter.decorators:
            if isinstance(decorator, nodes.Call) and names_of([decorator]) == {"Auth"}:
                optional = is_optional(parameter.type)
                by = [AuthSource(name="Auth", file=action.owner.scope.file.path, line=decorator.line)]
                return Auth(state="optional" if optional else "required", by=by)
    return Auth()


def fields_taken(annotations: Annotations, cls: ClassValue) -> list[Parameter]:
    """Return what every method of a class takes: what its fields, and what it is made with, are taken from."""
    known = annotations.fields.get(id(cls.node))
    if known is None:
        known = annotations.fields[id(cls.node)] = list(_taken(annotations, cls))
    return known


def _of_bean(annotations: Annotations, bean: nodes.Parameter, action: Action) -> list[Parameter]:
    """What the fields of a `@BeanParam`, and what it is made with, are taken from."""
    cls = annotations.interpreter.evaluate(nodes.Name(type_name(bean.type)), action.owner.scope)
    return fields_taken(annotations, cls) if isinstance(cls, ClassValue) else []


def _taken(annotations: Annotations, cls: ClassValue) -> Iterator[Parameter]:
    for part in annotations.lineage(cls):
        for field in fields_of(part.node):
            said = list(annotations.of(field.decorators, part.scope))
            source = next((annotation for annotation in said if annotation.name in SOURCES), None)
            if source is not None:
                yield from _parameter(field, source, said, part.scope.file.language)


def _parameter(
    parameter: nodes.Parameter, source: Annotation, said: list[Annotation], language: str
) -> Iterator[Parameter]:
    place = SOURCES[source.name]
    kind = type_name(parameter.type)
    if place == "form" and kind in _OF_PARTS:
        return
    held = parameter.type.index if isinstance(parameter.type, nodes.Item) else parameter.type
    if place == "form" and (type_name(held) in _FILES or source.name == "Multipart"):
        place = "file"
    yield Parameter(
        name=header_name((source.texts("value") or [parameter.name])[0]),
        place=place,
        type=kind,
        required=place == "path" or _is_needed(parameter, said, language),
    )


def _is_needed(parameter: nodes.Parameter, said: list[Annotation], language: str) -> bool:
    """What is not sent is null in Java, unless a validator refuses that; Kotlin's types say whether they may be."""
    if any(annotation.name == "DefaultValue" for annotation in said) or is_optional(parameter.type):
        return False
    if not names_of(parameter.decorators).isdisjoint(_NEEDED):
        return True
    return language == "kotlin" and type_name(parameter.type).partition("[")[0] not in _ZERO
