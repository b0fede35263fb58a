"""What the parameters of a Spring controller's method say."""

from __future__ import annotations

from github_connections.analysis.frameworks.annotations import Annotation, Annotations, is_optional, model_of
from github_connections.analysis.frameworks.jvm_methods import AUTH
from github_connections.analysis.linking.values import ClassValue, type_name
from github_connections.analysis.report import Parameter, ParameterPlace
from github_connections.analysis.syntax import nodes

__all__ = ["AUTH", "SOURCES", "asks_for_caller", "parameters_of"]

SOURCES: dict[str, ParameterPlace] = {
    "PathVariable": "path",
    "RequestParam": "query",
    "RequestBody": "body",
    "RequestHeader": "header",
    "CookieValue": "cookie",
    "RequestPart": "file",
    "ModelAttribute": "form",
}
_CALLERS = frozenset({"Authentication", "Principal"})


def parameters_of(annotations: Annotations, owner: ClassValue, function: nodes.Function) -> tuple[list[Parameter], str]:
    """Return a method's inputs, and the model of its body."""
    found: list[Parameter] = []
    body = ""
    for parameter in function.parameters:
        for annotation in annotations.of(parameter.decorators, owner.scope):
            if annotation.name in SOURCES:
                made = _parameter(parameter, annotation)
                found.append(made)
                body = made.model or body
    return found, body


def _parameter(parameter: nodes.Parameter, annotation: Annotation) -> Parameter:
    place = SOURCES[annotation.name]
    named = annotation.texts("value", "name") or [""]
    if place == "query" and "MultipartFile" in type_name(parameter.type):
        place = "file"
    missing = annotation.arguments.get("required") is False or "defaultValue" in annotation.arguments
    optional = missing or is_optional(parameter.type) or parameter.default is not None
    return Parameter(
        name=parameter.name if place in ("body", "form") else named[0] or parameter.name,
        place=place,
        type=type_name(parameter.type),
        required=not optional,
        model=model_of(parameter.type) if place in ("body", "form") else "",
    )


def asks_for_caller(function: nodes.Function) -> bool:
    """Tell whether a method is given who calls, or nothing where nobody is known."""
    written = [decorator for parameter in function.parameters for decorator in parameter.decorators]
    names = [type_name(item.function if isinstance(item, nodes.Call) else item) for item in written]
    types = [type_name(parameter.type).rstrip("?") for parameter in function.parameters]
    return "AuthenticationPrincipal" in names or not _CALLERS.isdisjoint(types)
