"""API Platform before its third version: a resource's operations in two arrays, `collectionOperations` and
`itemOperations`.

They are made into the operations that later versions write: `new Put(uriTemplate: "/books/{id}/cover")`.
"""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.syntax import nodes

IMPORTED_FROM = "ApiPlatform.Core."
# By the method, what is said of all things and what of one.
OF_ALL = {"GET": "GetCollection", "POST": "Post", "PUT": "Put", "PATCH": "Patch", "DELETE": "Delete"}
OF_ONE = {**OF_ALL, "GET": "Get"}
TAKEN = {"path": "uriTemplate", "route_prefix": "routePrefix", "routePrefix": "routePrefix", "security": "security"}


def operations_of(
    said: dict[str, nodes.Expression], line: int, *, has_patch: bool
) -> tuple[dict[str, nodes.Expression], list[nodes.Call]]:
    """Return what a resource says of all its operations, in the words of later versions, and these operations."""
    usual = ["get", "put", *(["patch"] if has_patch else []), "delete"]
    operations = [
        *_listed(said.get("collectionOperations"), ["get", "post"], OF_ALL, line),
        *_listed(said.get("itemOperations"), usual, OF_ONE, line),
    ]
    common = {name: value for name, value in said.items() if name not in ("0", "uriTemplate")}
    for key, value in _entries(said.get("attributes")):
        common.setdefault(TAKEN.get(key, key), value)
    return common, operations


def _listed(
    written: nodes.Expression | None, usual: list[str], names: dict[str, str], line: int
) -> Iterator[nodes.Call]:
    if not isinstance(written, nodes.Sequence | nodes.Mapping):
        written = nodes.Sequence([nodes.Text(name) for name in usual])
    for name, options in _entries(written):
        said = dict(_entries(options))
        method = said.get("method", nodes.Text(name))
        operation = names.get(method.value.upper()) if isinstance(method, nodes.Text) else None
        if operation is not None and "route_name" not in said:  # such a route is said elsewhere
            arguments = [nodes.Argument(value, TAKEN[key]) for key, value in said.items() if key in TAKEN]
            yield nodes.Call(nodes.Name(operation), arguments, line)


def _entries(written: nodes.Expression | None) -> Iterator[tuple[str, nodes.Expression]]:
    """Yield the keys of an array with their values; of a value without a key the text itself."""
    if isinstance(written, nodes.Sequence):
        yield from ((item.value, item) for item in written.items if isinstance(item, nodes.Text))
    elif isinstance(written, nodes.Mapping):
        for entry in written.entries:
            key, value = entry.key, entry.value
            if isinstance(key, nodes.Text) and key.value.isdigit() and isinstance(value, nodes.Text):
                yield value.value, value
            elif isinstance(key, nodes.Text):
                yield key.value, value
