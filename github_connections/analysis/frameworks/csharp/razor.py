"""What files of Razor say of who may see them: `@attribute [Authorize]`."""

from __future__ import annotations

import re

from github_connections.analysis.report import Auth, AuthSource

_AUTHORIZE = re.compile(r"^[ \t]*@attribute[ \t]*\[[ \t]*(Authorize|AllowAnonymous)\b", re.MULTILINE)


def auth_in(text: str, path: str) -> Auth:
    """Return what a page or a component asks of who wants to see it, by its text; `path` is that of its file."""
    said = _AUTHORIZE.search(text)
    if said is None:
        return Auth()
    if said.group(1) == "AllowAnonymous":
        return Auth(state="none")
    line = text.count("\n", 0, said.start()) + 1
    return Auth(state="required", by=[AuthSource(name="Authorize", file=path, line=line)])
