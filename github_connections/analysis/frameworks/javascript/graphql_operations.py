"""An operation of GraphQL: a field of Query, Mutation or Subscription, as schemas write them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from github_connections.analysis.report import Auth, Parameter, Place

_ROOT = re.compile(r"\b(?:extend\s+)?type\s+(Query|Mutation|Subscription)\b[^{]{0,400}\{")
_SKIPPED = re.compile(r'"""(?:[^"]|"(?!""))*"""|"[^"\n]*"|#[^\n]*')
_FIELD = re.compile(r"(?<!\w)(@?[A-Za-z_]\w*)\s*(?:\(|:)")  # or a directive, `@auth(requires: CAPTAIN)`
_ARGUMENT = re.compile(
    r"(?<!\w)([A-Za-z_]\w*)\s*:\s*([\[\]\w!]+)(\s*=\s*(?:\{[^{}]*\}|\[[^\[\]]*\]|[^\s,()]+))?(?:\s*@\w+(?:\([^()]*\))?)*"
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
    reached, is_whole = 0, True
    for root in _ROOT.finditer(plain):
        if root.start() < reached:
            continue  # inside of the one before
        position, end = root.end(), _end_of(plain, root.end(), len(plain)) if is_whole else -1
        if end < 0:  # one that is not closed; no other is looked for so far
            is_whole, end = False, plain.find("}", position)
        reached = end = end if end >= 0 else len(plain)
        line_here = line + plain.count("\n", 0, position)
        while (field := _FIELD.search(plain, position, end)) is not None:
            line_here += plain.count("\n", position, field.start())
            closed = _end_of(plain, field.end(), end, "()") if field.group().endswith("(") else field.start()
            closed = end if closed < 0 else closed
            inside = plain[field.end() : closed]
            returned = _RETURNS.match(plain, closed + 1) if inside else _RETURNS.match(plain, field.end(1))
            if not field.group().startswith("@"):
                yield _operation(Place(path, line_here), root.group(1), field.group(1), inside, returned)
            position = max(field.end(), closed + 1)
            line_here += plain.count("\n", field.start(), position)


def _end_of(text: str, position: int, end: int, brackets: str = "{}") -> int:
    """Return where what was opened before a position is closed, -1 where it is not; inside may be more of them
    (`where: Filter = {}`)."""
    depth = 1
    for found in re.compile(f"[{brackets}]").finditer(text, position, end):
        depth += 1 if found.group() == brackets[0] else -1
        if depth == 0:
            return found.start()
    return -1


def _operation(place: Place, root: str, name: str, inside: str, returned: re.Match[str] | None) -> Operation:
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
