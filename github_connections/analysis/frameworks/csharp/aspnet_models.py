"""What a class of ASP.NET Core's parameters brings with it: one parameter for each of its properties."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.frameworks.csharp.aspnet_attributes import SIMPLE, SOURCES, Attributes
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import ClassValue, text_of, type_name
from github_connections.analysis.report import Parameter
from github_connections.analysis.syntax import nodes

# More properties than anybody would send one by one.
MAXIMUM_FIELDS = 60
# What a property that is worked out from others is made of.
_WORKED_OUT = (nodes.Name, nodes.Template, nodes.Operation, nodes.Choice)


def fields_of(attributes: Attributes, kind: nodes.Expression | None, scope: Scope) -> list[Parameter]:
    """Return the properties of a class of the program as parameters, those without attributes of the query; none of
    another type."""
    value = attributes.interpreter.evaluate(kind, scope) if isinstance(kind, nodes.Name | nodes.Member) else None
    if not isinstance(value, ClassValue) or value.node.kind not in ("class", "record", "struct"):
        return []
    known = attributes.fields.get(id(value.node))
    if known is not None:
        return known
    found: dict[str, Parameter] = {}
    for cls in attributes.lineage(value):
        for made in (*_of_constructor(attributes, cls), *_of_properties(attributes, cls)):
            found.setdefault(made.name, made)
    attributes.fields[id(value.node)] = list(found.values())[:MAXIMUM_FIELDS]
    return attributes.fields[id(value.node)]


def _of_constructor(attributes: Attributes, cls: ClassValue) -> Iterator[Parameter]:
    for item in cls.node.parameters if cls.node.kind == "record" else ():
        optional = isinstance(item.type, nodes.Operation) or item.default is not None
        yield from _field(attributes, cls, item.name, item.type, item.decorators, required=not optional)


def _of_properties(attributes: Attributes, cls: ClassValue) -> Iterator[Parameter]:
    for item in cls.node.body:
        if isinstance(item, nodes.Assign) and isinstance(item.target, nodes.Name):
            words = set(item.modifiers)
            if {"public", "property"} <= words and "static" not in words and not isinstance(item.value, _WORKED_OUT):
                name, required = item.target.id, "required" in words
                yield from _field(attributes, cls, name, item.type, item.decorators, required=required)


def _field(
    attributes: Attributes,
    cls: ClassValue,
    name: str,
    kind: nodes.Expression | None,
    decorators: list[nodes.Expression],
    *,
    required: bool,
) -> Iterator[Parameter]:
    said = next((item for item in attributes.of(decorators, cls.scope) if item.name in SOURCES), None)
    inner = kind.index if isinstance(kind, nodes.Item) else kind
    known = attributes.interpreter.evaluate(inner, cls.scope) if isinstance(inner, nodes.Name) else None
    is_enum = isinstance(known, ClassValue) and known.node.kind == "enum"
    if said is None and not is_enum and type_name(inner).rstrip("?") not in SIMPLE:
        return
    shown = text_of(said.named["Name"]) if said and "Name" in said.named else name
    place = SOURCES[said.name] if said else "query"
    model = type_name(kind) if place == "body" else ""
    yield Parameter(name=shown, place=place, type=type_name(kind), required=required, model=model)
