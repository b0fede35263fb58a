"""What methods of ASP.NET Core take, and from where."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.frameworks import rows
from github_connections.analysis.frameworks.csharp.aspnet_attributes import (
    SIMPLE,
    SOURCES,
    Attributes,
    model_of,
)
from github_connections.analysis.frameworks.csharp.aspnet_models import fields_of
from github_connections.analysis.frameworks.csharp.aspnet_parts import NAMED_LIKE_A_PART, is_part
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import ClassValue, text_of, type_name
from github_connections.analysis.report import Parameter, ParameterPlace
from github_connections.analysis.syntax import nodes

_HANDED_IN = frozenset({"FromServices", "FromKeyedServices"})
# Whose classes have a parameter of their own for each property.
_TAKEN_APART = frozenset({"AsParameters", "FromQuery"})
_GIVEN = frozenset({"CancellationToken", "HttpContext", "HttpRequest", "HttpResponse", "ClaimsPrincipal"})


def path_types(function: nodes.Function, attributes: Attributes, scope: Scope) -> dict[str, str]:
    """Return the types of a method's parameters by their names in small letters, as paths do not tell them apart; of
    those that are taken apart the types of what is inside."""
    found = {parameter.name.lower(): type_name(parameter.type) for parameter in function.parameters}
    for parameter in function.parameters:
        if any(attribute.name == "AsParameters" for attribute in attributes.of(parameter.decorators, scope)):
            for one in fields_of(attributes, parameter.type, scope):
                found.setdefault(one.name.lower(), one.type)
    return found


def parameters_of(
    attributes: Attributes,
    function: nodes.Function,
    scope: Scope,
    in_path: set[str],
    of_models: ParameterPlace = "body",
    *,
    takes_unknown: bool = False,
) -> tuple[list[Parameter], str]:
    """Return a method's inputs beside those of its path, and the model of its body; `of_models` is where a class comes
    from of which nothing is said. With `takes_unknown` a class that the program does not have is the body too."""
    found = [
        made
        for parameter in function.parameters
        for made in _parameter(attributes, parameter, scope, in_path, of_models)
        if made.place != "path"
    ]
    named = {made.name.lower() for made in found} | in_path
    others = [item for item in function.parameters if item.name.lower() not in named and _may_be_sent(item)]
    if takes_unknown and len(others) == 1 and all(made.place != "body" for made in found):
        model = model_of(others[0].type)
        found.append(Parameter(name=others[0].name, place="body", type=type_name(others[0].type), model=model))
    return found, rows.model_in(found)


def _may_be_sent(parameter: nodes.Parameter) -> bool:
    """Tell whether a class may be a model, and is not called like an interface or a part of the program."""
    kind = parameter.type.of if isinstance(parameter.type, nodes.Item) else parameter.type
    name = type_name(kind)
    return (
        not parameter.decorators and bool(name) and name not in _GIVEN | SIMPLE and not NAMED_LIKE_A_PART.search(name)
    )


def _parameter(
    attributes: Attributes, parameter: nodes.Parameter, scope: Scope, in_path: set[str], of_models: ParameterPlace
) -> Iterator[Parameter]:
    said = attributes.of(parameter.decorators, scope)
    names = {attribute.name for attribute in said}
    if not names.isdisjoint(_TAKEN_APART):
        fields = [one for one in fields_of(attributes, parameter.type, scope) if one.name.lower() not in in_path]
        yield from fields
        if fields or "AsParameters" in names:
            return
    if any(attribute.name in _HANDED_IN for attribute in said) or parameter.name.lower() in in_path:
        return
    kind = type_name(parameter.type)
    source = next((attribute for attribute in said if attribute.name in SOURCES), None)
    place = SOURCES[source.name] if source else _inferred(attributes, parameter, scope, of_models)
    if place is None:
        return
    name = text_of(source.named["Name"]) if source and "Name" in source.named else parameter.name
    optional = isinstance(parameter.type, nodes.Operation) or parameter.default is not None
    model = model_of(parameter.type) if place in ("body", "form") else ""
    yield Parameter(name=name, place=place, type=kind, required=not optional, model=model)


def _inferred(
    attributes: Attributes, parameter: nodes.Parameter, scope: Scope, of_models: ParameterPlace
) -> ParameterPlace | None:
    """A simple type comes from the query, a form's file from the form, a class of the program from where models do."""
    kind = type_name(parameter.type)
    if kind in SIMPLE:
        return "query"
    held = type_name(parameter.type.index) if isinstance(parameter.type, nodes.Item) else kind
    if held.startswith("IFormFile"):
        return "file"
    if kind.startswith("Array[") and held in SIMPLE and of_models == "query":
        return "query"
    if kind in _GIVEN or not isinstance(parameter.type, nodes.Name | nodes.Member | nodes.Operation):
        return None
    written = parameter.type if isinstance(parameter.type, nodes.Member) else nodes.Name(kind)
    value = attributes.interpreter.evaluate(written, scope)
    made_from: dict[str, ParameterPlace] = {
        "class": of_models,
        "record": of_models,
        "struct": of_models,
        "enum": "query",
    }
    if not isinstance(value, ClassValue) or is_part(attributes, value):
        return None
    return made_from.get(value.node.kind)
