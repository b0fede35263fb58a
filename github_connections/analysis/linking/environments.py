"""Variables that the examples of an environment set to paths: `API_PREFIX=/api` in `.env.example`."""

from __future__ import annotations

import re
from collections.abc import Iterable

FILES = (".env.example", ".env.sample", ".env.template", ".env.dist", ".env.development", ".env")
# Names that speak of paths and of no secrets, and values that look like a path.
_VARIABLE = re.compile(
    r"^(?:export )?((?!\w*(?:KEY|SECRET|TOKEN|PASS))\w*(?:PREFIX|PATH|BASE|ROUTE|API|VERSION|ENDPOINT)\w*)"
    r"""[ \t]*=[ \t]*["']?(/?[A-Za-z][\w-]{0,30}(?:/[\w-]{1,30}){0,4}/?)["']?[ \t]*$"""
)
_MAXIMUM_LENGTH = 500  # characters of a line; a name of the parts that are looked for, again and again, has no end


def paths_set_in(lines: Iterable[str]) -> dict[str, str]:
    """Return what is set, by its name; the first time counts."""
    found: dict[str, str] = {}
    for line in lines:
        if len(line) <= _MAXIMUM_LENGTH and (match := _VARIABLE.match(line)):
            found.setdefault(match.group(1), match.group(2))
    return found
