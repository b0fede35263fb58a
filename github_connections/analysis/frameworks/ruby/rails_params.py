"""What one expression of a Rails controller reads: of `params`, of headers and cookies, of a body's JSON.

A field inside another is named as a form does: `article[title]`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct

from github_connections.analysis.report import ParameterPlace
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

_LOOKED_UP = frozenset({"require", "fetch", "dig", "delete"})
_SEVERAL = frozenset({"slice", "extract!", "values_at", "key?", "has_key?"})
_JARS = frozenset({"signed", "encrypted", "permanent"})

Listing = Callable[[nodes.Expression], list[nodes.Expression]]


class Read(Struct, frozen=True):
    """Something that is read by a name; without a place it is of the query or of a form, by the verb."""

    name: str
    type: str = ""
    required: bool = False
    place: ParameterPlace | None = None


def read_in(body: list[nodes.Statement], listed: Listing) -> Iterator[Read]:
    """Yield what a method's body reads; `listed` gives the items of a constant or method that `permit` is given."""
    known = list(nodes_in(body))
    assigned = [item for item in known if isinstance(item, nodes.Assign)]
    decoded = {getattr(item.target, "id", "") for item in assigned if _is_json(item.value)}
    inside = {id(item.target) for item in assigned}  # what is written, or part of something that was read already
    for item in known:
        if id(item) not in inside:
            yield from _of(item, inside, listed)
            yield from _beside(item, decoded)


def _of(item: nodes.Node, inside: set[int], listed: Listing) -> Iterator[Read]:
    """Yield what one expression reads: `params.require(:a).permit(:b)`, `params.expect(a: [:b])`, `params[:a][:b]`."""
    match item:
        case nodes.Call(function=nodes.Member(of=of, name="permit" | "expect" as word), arguments=arguments):
            path = _path(of)
            if path is not None:
                inside.update(id(node) for node in nodes_in(of))
                yield from _permitted(_spread(arguments, listed), path, required=word == "expect")
        case nodes.Call(function=nodes.Member(of=of, name=word), arguments=arguments) if word in _SEVERAL:
            path = _path(of)
            yield from (Read(_named([*path, text])) for text in _texts(arguments) if path is not None)
        case nodes.Item() | nodes.Call(function=nodes.Member()):
            path = _path(item)
            if path:
                is_required = isinstance(item, nodes.Call) and nodes.bare_name(item) == "require"
                if not is_required:  # what is required is a part of its own
                    inside.update(id(node) for node in nodes_in(item))
                yield Read(_named(path), required=is_required)


def _beside(item: nodes.Node, decoded: set[str]) -> Iterator[Read]:
    """Yield what is read beside `params`: `request.headers["X-Token"]`, `cookies.signed[:id]`, `JSON.parse(…)["a"]`."""
    match item:
        case (
            nodes.Item(of=of, index=nodes.Text(value=name))
            | nodes.Call(
                function=nodes.Member(of=of, name="fetch"), arguments=[nodes.Argument(value=nodes.Text(value=name)), *_]
            )
        ):
            place = _place(of, decoded)
            if place is not None:
                yield Read(name, place=place)


def _place(of: nodes.Expression, decoded: set[str]) -> ParameterPlace | None:
    match of:
        case nodes.Member(of=nodes.Name(id="request"), name="headers"):
            return "header"
        case nodes.Name(id="cookies"):
            return "cookie"
        case nodes.Member(of=nodes.Name(id="cookies"), name=jar) if jar in _JARS:
            return "cookie"
        case nodes.Name(id=name) if name in decoded:
            return "body"
    return "body" if _is_json(of) else None


def _is_json(written: nodes.Expression | None) -> bool:
    """`JSON.parse(request.body.read)`, `JSON.parse(request.raw_post)`."""
    match written:
        case nodes.Call(function=nodes.Member(of=nodes.Name(id="JSON"), name="parse"), arguments=[first, *_]):
            return any(isinstance(item, nodes.Name) and item.id == "request" for item in nodes_in(first.value))
    return False


def _path(written: nodes.Node | None) -> list[str] | None:
    """Return the names under which something is looked up in `params`: none for itself, None for anything else."""
    match written:
        case nodes.Name(id="params") | nodes.Call(function=nodes.Name(id="params"), arguments=[]):
            return []
        case nodes.Item(of=of, index=nodes.Text(value=name)):
            names = [name]
        case nodes.Call(function=nodes.Member(of=of, name=word), arguments=arguments) if word in _LOOKED_UP:
            texts = list(_texts(arguments))
            names = texts if word == "dig" else texts[:1]
            if not names:
                return None
        case _:
            return None
    before = _path(of)
    return None if before is None else [*before, *names]


def _texts(arguments: list[nodes.Argument]) -> Iterator[str]:
    return (argument.value.value for argument in arguments if isinstance(argument.value, nodes.Text))


def _spread(arguments: list[nodes.Argument], listed: Listing) -> list[nodes.Argument]:
    """Put in what constants and methods stand for: `permit(*FIELDS, :title)`, `permit(Item::FIELDS)`,
    `expect(item: FIELDS)`."""
    found = []
    for argument in arguments:
        value = argument.value.value if isinstance(argument.value, nodes.Spread) else argument.value
        if not isinstance(value, nodes.Name | nodes.Member | nodes.Call):
            found.append(argument)
        elif argument.name:
            found.append(nodes.Argument(nodes.Sequence(listed(value)), argument.name))
        else:
            found += [nodes.Argument(item) for item in listed(value)]
    return found


def _permitted(arguments: list[nodes.Argument], path: list[str], *, required: bool) -> Iterator[Read]:
    for argument in arguments:
        value = argument.value
        if argument.name:
            yield from _nested(argument.name, value, path, is_object=required)
        elif isinstance(value, nodes.Text):
            yield Read(_named([*path, value.value]), required=required)
        elif isinstance(value, nodes.Sequence):
            yield from _permitted([nodes.Argument(item) for item in value.items], path, required=False)
        elif isinstance(value, nodes.Mapping):
            yield from _of_mapping(value, path, is_object=required)


def _of_mapping(value: nodes.Mapping, path: list[str], *, is_object: bool) -> Iterator[Read]:
    for entry in value.entries:
        if isinstance(entry.key, nodes.Text):
            yield from _nested(entry.key.value, entry.value, path, is_object=is_object)


def _nested(name: str, value: nodes.Expression, path: list[str], *, is_object: bool) -> Iterator[Read]:
    """`tags: []` is a list, `address: [:street]` has fields; in `expect` the outermost is the object itself."""
    if isinstance(value, nodes.Mapping) and value.entries:
        yield from _of_mapping(value, [*path, name], is_object=False)
        return
    fields = value.items if isinstance(value, nodes.Sequence) else []
    if not fields and not is_object:
        yield Read(_named([*path, name]), "array" if isinstance(value, nodes.Sequence) else "object")
    elif fields:
        yield from _permitted([nodes.Argument(item) for item in fields], [*path, name], required=False)


def _named(path: list[str]) -> str:
    first, *others = path
    return first + "".join(f"[{name}]" for name in others)
