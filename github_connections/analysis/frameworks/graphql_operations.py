"""An operation of GraphQL: a field of Query, Mutation or Subscription, as schemas write them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from github_connections.analysis.report import Auth, Parameter, Place

_ROOT = re.compile(r"\b(?:extend\s+)?type\s+(Query|Mutation|Subscription)\b[^{]*\{")
_SKIPPED = re.compile(r'"""(?:[^"]|"(?!""))*"""|"[^"\n]*"|#[^\n]*')
_FIELD = re.compile(r"([A-Za-z_]\w*)\s*(?:\(|:)")
_ARGUMENT = re.compile(
    r"([A-Za-z_]\w*)\s*:\s*([\[\]\w!]+)(\s*=\s*(?:\{[^{}]*\}|\[[^\[\]]*\]|[^\s,()]+))?(?:\s*@\w+(?:\([^()]*\))?)*"
)
_RETURNS = re.compile(r"\s*:\s*\[*\s*([A-Za-z_]\w*)")
_SCALARS = frozenset({"Int", "Float", "String", "Boolean", "ID"})


class Operation(Struct, frozen=True):
    """What a schema, or a resolver, says of an operation."""

    place: Place
    root: str
    name: str
    arguments: list[Parameter] = []
    auth: Auth = Auth()
    returns: str = ""


def fields_in(text: str, path: str, line: int) -> Iterator[Operation]:
    """Yield the fields of the three root types of a schema, with their lines."""
    plain = _SKIPPED.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)
    for root in _ROOT.finditer(plain):
        depth, position = 0, root.end()
        end = _end_of(plain, position)
        for field in _FIELD.finditer(plain, position, end):
            depth = plain.count("(", position, field.start()) - plain.count(")", position, field.start())
            if depth == 0:
                place = Place(path, line + plain.count("\n", 0, field.start()))
                yield _operation(place, root.group(1), field.group(1), plain[field.end(1) : end])


def _end_of(text: str, position: int, brackets: str = "{}") -> int:
    """Return where what was opened before a position is closed; inside may be more of them (`where: Filter = {}`)."""
    depth = 1
    for found in re.finditer(f"[{brackets}]", text[position:]):
        depth += 1 if found.group() == brackets[0] else -1
        if depth == 0:
            return position + found.start()
    return len(text)


def _operation(place: Place, root: str, name: str, after: str) -> Operation:
    said, inside = after.lstrip(), ""
    if said.startswith("("):
        end = _end_of(said, 1, "()")
        inside, said = said[1:end], said[end + 1 :]
    returned = _RETURNS.match(said)
    return Operation(
        place=place,
        root=root,
        name=name,
        arguments=[
            argument(name, kind, required=kind.endswith("!") and not default)
            for name, kind, default in _ARGUMENT.findall(inside)
        ],
        returns=returned.group(1) if returned and returned.group(1) not in _SCALARS else "",
    )


def argument(name: str, kind: str, *, required: bool) -> Parameter:
    """Return an argument of an operation, which is sent in the body; a type that is no scalar is a model."""
    model = kind.strip("[]! ")
    model = "" if model in _SCALARS or not model[:1].isupper() else model
    return Parameter(name=name, place="body", type=kind.removesuffix("!"), required=required, model=model)
