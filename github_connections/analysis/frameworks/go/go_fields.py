"""The fields of Go's structs, as a request has them: by their tags, with those of structs that are inside."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis import go_tags
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import ClassValue, Value, type_name
from github_connections.analysis.report import Parameter, ParameterPlace
from github_connections.analysis.syntax import nodes

# Where what is bound stands → the tags that may name it there.
TAGS: dict[ParameterPlace, tuple[str, ...]] = {
    "query": ("form", "query", "schema"),
    "form": ("schema", "form"),
    "body": ("json", "form"),
    "header": ("header", "reqHeader"),
    "path": ("uri", "params", "param"),
    "cookie": ("cookie",),
}
# Structs in structs.
_MAXIMUM_DEPTH = 3


def of_struct(
    interpreter: Interpreter, cls: Value, place: ParameterPlace, depth: int = 0, seen: set[int] | None = None
) -> Iterator[Parameter]:
    """Yield what a struct takes from a place: a field that no tag names there is one of a body or form only.

    Each struct is looked into once: its fields have the same names wherever it is.
    """
    seen = set() if seen is None else seen
    if not isinstance(cls, ClassValue) or depth > _MAXIMUM_DEPTH or id(cls.node) in seen:
        return
    seen.add(id(cls.node))
    for one in cls.node.parameters:
        written = go_tags.tag_of(one)
        named = go_tags.names_in(written)
        name = next((named[tag] for tag in TAGS[place] if named.get(tag)), "")
        is_of_the_path = place == "query" and "param" in named
        if name == "-" or is_of_the_path:
            continue
        inner = [] if name else list(_inside(interpreter, one, cls, place, depth, seen))
        yield from inner
        called = name or (one.name if place in ("body", "form") and not inner else "")
        if called:
            required = place == "path" or go_tags.is_required(written)
            yield Parameter(name=called, place=place, type=type_name(one.type), required=required)


def _inside(
    interpreter: Interpreter, field: nodes.Parameter, cls: ClassValue, place: ParameterPlace, depth: int, seen: set[int]
) -> Iterator[Parameter]:
    """Yield the fields of what is embedded, `Page`; forms and queries look into a field of a name of its own, too."""
    is_embedded = field.type is not None and field.name == nodes.last_name(field.type)
    if (is_embedded or place == "query") and isinstance(field.type, nodes.Name | nodes.Member):
        yield from of_struct(interpreter, interpreter.evaluate(field.type, cls.scope), place, depth + 1, seen)
