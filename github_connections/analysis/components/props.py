"""The names of a component's inputs, from the type or the object that declares them."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.linking.program import File
from github_connections.analysis.syntax import nodes

MAXIMUM_DEPTH = 8


def keys(value: nodes.Expression | None) -> Iterator[str]:
    """Yield the keys of an object or of a pattern, and the texts of an array."""
    if isinstance(value, nodes.Mapping):
        yield from (entry.key.value for entry in value.entries if isinstance(entry.key, nodes.Text))
    elif isinstance(value, nodes.Sequence):
        yield from (item.value for item in value.items if isinstance(item, nodes.Text))


def fields(file: File, annotation: nodes.Expression | None, depth: int = 0) -> Iterator[str]:
    """Yield the fields of a type that is written on the spot or stands in the same file, with those of its parts."""
    if isinstance(annotation, nodes.Class):
        yield from _members(annotation.body)
    for part in _parts(file, annotation) if depth < MAXIMUM_DEPTH else ():
        yield from fields(file, part, depth + 1)


def _parts(file: File, annotation: nodes.Expression | None) -> list[nodes.Expression]:
    """Return what a type is made of: its bases, its arguments, the declaration of its name."""
    match annotation:
        case nodes.Class(bases=bases):
            return bases
        case nodes.Item(of=of, index=nodes.Sequence(items=items)):
            return [of, *items]
        case nodes.Item(of=of, index=index):
            return [of, index]
        case nodes.Operation(operands=operands):
            return operands
        case nodes.Name(id=name) if name in file.head.names:
            declared = (one for one in file.module.body if isinstance(one, nodes.Class) and one.kind == "interface")
            return [one for one in declared if one.name == name]
    return []


def _members(body: list[nodes.Statement]) -> Iterator[str]:
    for member in body:
        name = getattr(getattr(member, "target", None), "id", "") or getattr(member, "name", "")
        if name:
            yield name
