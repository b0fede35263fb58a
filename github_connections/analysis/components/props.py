"""The names of a component's inputs, from the type or the object that declares them."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.components.declarations import Declarations
from github_connections.analysis.linking.program import File
from github_connections.analysis.syntax import nodes

MAXIMUM_DEPTH = 8


def keys(value: nodes.Expression | None) -> Iterator[str]:
    """Yield the keys of an object or of a pattern, and the texts of an array."""
    if isinstance(value, nodes.Mapping):
        yield from (entry.key.value for entry in value.entries if isinstance(entry.key, nodes.Text))
    elif isinstance(value, nodes.Sequence):
        yield from (item.value for item in value.items if isinstance(item, nodes.Text))


def fields(found: Declarations, file: File, annotation: nodes.Expression | None, depth: int = 0) -> Iterator[str]:
    """Yield the fields of a type that is written on the spot or declared in the program, with those of its parts."""
    if depth > MAXIMUM_DEPTH:
        return
    match annotation:
        case nodes.Class(body=body):
            yield from _members(body)
        case nodes.Item(of=nodes.Name(id="Pick"), index=nodes.Sequence(items=[_, names])):
            yield from _texts(names)
            return
        case nodes.Item(of=nodes.Name(id="Omit"), index=nodes.Sequence(items=[whole, names])):
            left_out = set(_texts(names))
            yield from (name for name in fields(found, file, whole, depth + 1) if name not in left_out)
            return
        case nodes.Name(id=name):
            declared = found.named(file, name)
            if declared is not None and declared[1].kind == "interface":
                yield from fields(found, *declared, depth + 1)
    for part in _parts(annotation):
        yield from fields(found, file, part, depth + 1)


def _parts(annotation: nodes.Expression | None) -> list[nodes.Expression]:
    """Return what a type is made of: its bases, or its arguments."""
    match annotation:
        case nodes.Class(bases=bases):
            return bases
        case nodes.Item(of=of, index=nodes.Sequence(items=items)):
            return [of, *items]
        case nodes.Item(of=of, index=index):
            return [of, index]
        case nodes.Operation(operands=operands):
            return operands
    return []


def _texts(names: nodes.Expression) -> Iterator[str]:
    for name in names.operands if isinstance(names, nodes.Operation) else [names]:
        if isinstance(name, nodes.Text):
            yield name.value


def _members(body: list[nodes.Statement]) -> Iterator[str]:
    for member in body:
        name = getattr(getattr(member, "target", None), "id", "") or getattr(member, "name", "")
        if name:
            yield name
