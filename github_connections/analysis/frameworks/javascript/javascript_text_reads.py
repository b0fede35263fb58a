"""What a function of JavaScript reads of a request, by its text: conditions and sums are no part of the tree."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import get_args

from github_connections.analysis.frameworks.javascript.javascript_styles import Style
from github_connections.analysis.report import ParameterPlace

PLACES = frozenset(get_args(ParameterPlace))
_MEMBER = re.compile(r"[A-Za-z_$][\w$-]*")
# `.body?.name`, `["x-ship"]`; with the text that a call at its end is given.
_MEMBERS = (
    r"((?:!?\??\.[A-Za-z_$][\w$]*|(?:\?\.)?\[['\"`][\w.-]+['\"`]\])+)"
    r"(\s*\((?:\s*['\"`]([\w.-]+)['\"`])?|\s*=(?![=>]))?"
)


def read_in_text(source: str, names: Mapping[str, str], style: Style) -> Iterator[tuple[str, str, bool]]:
    """Yield what is read of the variables that hold a request or a part of it, as `names` says: the place, the name,
    and whether its absence is asked for: `if (!req.body.email)`."""
    held = {name: what for name, what in names.items() if what}
    if not held:
        return
    variables = "|".join(map(re.escape, sorted(held)))
    for found in re.finditer(rf"(!?)(?<![\w$.])({variables}){_MEMBERS}", source):
        negated, variable, members, ending, asked = found.groups()
        if not (ending or "").strip().startswith("="):
            chain = _MEMBER.findall(members)
            yield from _read(held[variable], chain, style, asked if ending else None, bool(negated), bool(ending))


def _read(
    held: str, chain: list[str], style: Style, asked: str | None, negated: bool, is_called: bool
) -> Iterator[tuple[str, str, bool]]:
    """Yield what a chain of members comes to."""
    for position, name in enumerate(chain):
        is_last = position == len(chain) - 1
        if (held, name) in style.members:
            held = style.members[held, name]
        elif held in PLACES:
            if not (is_last and (is_called or name == "length")):  # `req.body.includes("x")` asks for none
                yield held, name, negated and is_last
            return
        else:
            place = style.asked.get((held, name))
            if place and asked and is_last:
                yield place, asked, negated
            return
