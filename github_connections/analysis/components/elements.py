"""What a test finds inside JSX: the ids put there for it, and the forms with their fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from github_connections.analysis.syntax import nodes

TEST_IDS = ("data-testid", "data-test-id", "data-test", "data-cy", "data-qa", "testID")
_FORMS = ("form", "Form")
_PLAIN_FIELDS = {"input": "text", "select": "select", "textarea": "textarea"}

Tree = Any  # a node, or a list of them


# What is inside each sort of node that may hold elements; types and decorators hold none.
_INSIDE: dict[type, Callable[[Any], Sequence[Tree]]] = {
    nodes.Element: lambda node: (*(one.value for one in node.attributes), *node.children),
    nodes.Choice: lambda node: node.options,
    nodes.Call: lambda node: (node.function, *(one.value for one in node.arguments)),
    nodes.Function: lambda node: node.body,
    nodes.Class: lambda node: node.body,
    nodes.Assign: lambda node: (node.value,),
    nodes.Return: lambda node: (node.value,),
    nodes.Loop: lambda node: node.body,
    nodes.Opaque: lambda node: node.parts,
    nodes.Sequence: lambda node: node.items,
    nodes.Mapping: lambda node: [entry.value for entry in node.entries],
    nodes.Member: lambda node: (node.of,),
    nodes.Spread: lambda node: (node.value,),
    nodes.Operation: lambda node: node.operands,
}


def elements_in(tree: Tree) -> Iterator[nodes.Element]:
    """Yield the elements of a tree in the order they are written."""
    waiting: list[Tree] = [tree]
    while waiting:
        node = waiting.pop()
        inside = _INSIDE.get(type(node))
        if inside is None:
            continue
        if isinstance(node, nodes.Element):
            yield node
        waiting.extend(inside(node)[::-1])


def text_attribute(element: nodes.Element, *names: str) -> str:
    """Return the first of these attributes that is a plain text."""
    for attribute in element.attributes:
        if attribute.name in names and isinstance(attribute.value, nodes.Text):
            return attribute.value.value
    return ""


def test_ids(elements: Iterable[nodes.Element]) -> list[str]:
    """Return the ids for tests, sorted."""
    return sorted({text_attribute(element, *TEST_IDS) for element in elements} - {""})


def forms(elements: Iterable[nodes.Element]) -> list[dict[str, Any]]:
    """Return the forms: line, method, action, and each field's name and type."""
    return [_form(element) for element in elements if _tag(element) in _FORMS]


def _form(form: nodes.Element) -> dict[str, Any]:
    fields = [field for element in elements_in(form) if element is not form for field in _field(element)]
    said = {name: text_attribute(form, name) for name in ("method", "action")}
    return {"line": form.line, **{name: value for name, value in said.items() if value}, "fields": fields}


def _field(element: nodes.Element) -> Iterator[dict[str, str]]:
    tag = _tag(element)
    name = text_attribute(element, "name") or _registered(element)
    if name and (tag in _PLAIN_FIELDS or tag[:1].isupper()):
        yield {"name": name, "type": text_attribute(element, "type") or _PLAIN_FIELDS.get(tag, "text")}


def _registered(element: nodes.Element) -> str:
    """`<input {...register("email")} />` of react-hook-form."""
    for attribute in element.attributes:
        match attribute.value:
            case nodes.Spread(value=nodes.Call(function=nodes.Name(id="register"), arguments=[first, *_])):
                return first.value.value if isinstance(first.value, nodes.Text) else ""
    return ""


def _tag(element: nodes.Element) -> str:
    return nodes.last_name(element.tag)
