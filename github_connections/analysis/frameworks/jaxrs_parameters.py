"""The parameters of JAX-RS's methods, by the annotations before them."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.frameworks.annotations import Action, Annotation, Annotations, is_optional, model_of
from github_connections.analysis.frameworks.jvm_methods import SAYING_NOTHING, header_name, names_of
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
}
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
            found.append(_parameter(parameter, source, said))
        elif any(annotation.name == "BeanParam" for annotation in said):
            found.extend(_of_bean(annotations, parameter, action))
        elif not said and parameter.name in in_path:
            found.append(Parameter(name=parameter.name, place="path", type=type_name(parameter.type)))
        elif not said and names_of(parameter.decorators) <= _OF_BODIES:
            body = model_of(parameter.type)
            kind = type_name(parameter.type)
            found.append(Parameter(name=parameter.name, place="body", type=kind, model=body))
    return found, body


def caller_of(action: Action) -> Auth:
    """Return what Dropwizard's `@Auth User user` says: a caller must be known, or with `Optional<User>` may be."""
    for parameter in action.function.parameters:
        for decorator in parameter.decorators:
            if isinstance(decorator, nodes.Call) and names_of([decorator]) == {"Auth"}:
                optional = is_optional(parameter.type)
                by = [AuthSource(name="Auth", file=action.owner.scope.file.path, line=decorator.line)]
                return Auth(state="optional" if optional else "required", by=by)
    return Auth()


def _of_bean(annotations: Annotations, bean: nodes.Parameter, action: Action) -> Iterator[Parameter]:
    """Yield what the fields of a `@BeanParam`, and what it is made with, are taken from."""
    cls = annotations.interpreter.evaluate(nodes.Name(type_name(bean.type)), action.owner.scope)
    for part in annotations.lineage(cls) if isinstance(cls, ClassValue) else ():
        for field in (*part.node.parameters, *_fields(part.node)):
            said = list(annotations.of(field.decorators, part.scope))
            source = next((annotation for annotation in said if annotation.name in SOURCES), None)
            if source is not None:
                yield _parameter(field, source, said)


def _fields(cls: nodes.Class) -> Iterator[nodes.Parameter]:
    for item in cls.body:
        if isinstance(item, nodes.Assign) and isinstance(item.target, nodes.Name):
            yield nodes.Parameter(item.target.id, item.type, item.value, item.decorators)
        elif isinstance(item, nodes.Function) and item.name == "constructor":
            yield from item.parameters


def _parameter(parameter: nodes.Parameter, source: Annotation, said: list[Annotation]) -> Parameter:
    place = SOURCES[source.name]
    optional = any(annotation.name == "DefaultValue" for annotation in said) or is_optional(parameter.type)
    return Parameter(
        name=header_name((source.texts("value") or [parameter.name])[0]),
        place=place,
        type=type_name(parameter.type),
        required=place == "path" or (place != "query" and not optional),
    )
