"""What asks for a log-in, recognised by its name: middleware, layers, plugs, extractors."""

from __future__ import annotations

import re

from github_connections.analysis.frameworks import rows
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.routing import Router
from github_connections.analysis.linking.values import External, FunctionValue, Unknown, Value
from github_connections.analysis.report import AuthSource

_AUTH = re.compile(
    r"auth(?!or(?!i))|jwt|require_?(user|login|role|admin|perm)|logged_?in|session_?(required|check)|protected"
    r"|bearer|rbac|permission|claims|current_?user",
    re.IGNORECASE,
)
MAXIMUM_WRAPPERS = 4


def speaks_of_logging_in(name: str) -> bool:
    """Tell whether a name is that of a guard: `require_auth`, `JWTMiddleware`, `ensure_authenticated`."""
    return bool(_AUTH.search(name))


def source_in(value: Value, call: Invocation, depth: int = 0) -> AuthSource | None:
    """Return the guard that a value is, was made by, or wraps: `middleware::from_fn(require_auth)`."""
    if value is None or isinstance(value, str | Router) or depth > MAXIMUM_WRAPPERS:
        return None
    name = _name_of(value)
    if speaks_of_logging_in(name.rpartition(".")[2] or name):
        return AuthSource(name=name, file=call.place.file, line=call.place.line)
    made_by = value.made_by if isinstance(value, External) else None
    inner = made_by.positional if made_by is not None else []
    return next((found for item in inner if (found := source_in(item, call, depth + 1))), None)


def _name_of(value: Value) -> str:
    name = value.source if isinstance(value, Unknown) else rows.name_of(value)
    if not name and isinstance(value, FunctionValue):
        name = getattr(value.scope.owner, "name", "")  # a closure is known by the function that makes it
    return name if isinstance(name, str) else ""
