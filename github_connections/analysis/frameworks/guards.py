"""What asks for a log-in, recognised by its name: middleware, layers, plugs, extractors."""

from __future__ import annotations

import re

from github_connections.analysis.frameworks import rows
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.routing import MAXIMUM_WRAPPERS, Router
from github_connections.analysis.linking.values import External, FunctionValue, Unknown, Value, source_of
from github_connections.analysis.report import AuthSource
from github_connections.analysis.syntax import nodes

_AUTH = re.compile(
    r"auth(?!or(?!i))|jwt|require_?(user|login|role|admin|perm)|logged_?in|session_?(required|check)|protected"
    r"|bearer|rbac|permission|claims|current_?user|login_required|identity$|principal$|api_?key|admin_?(token|only|guard)"
    r"|(reject|deny|forbid|refuse|block)_?anonymous|(require|ensure|must|need)_?(be_?)?(signed|session|token|client|account)",
    re.IGNORECASE,
)
_MAKING = frozenset({"new", "build", "default", "bearer", "basic", "from_fn", "with_fn"})


def speaks_of_logging_in(name: str) -> bool:
    """Tell whether a name is that of a guard: `require_auth`, `JWTMiddleware`, `ensure_authenticated`."""
    return bool(_AUTH.search(name))


def source_in(value: Value, call: Invocation, depth: int = 0, tried: set[int] | None = None) -> AuthSource | None:
    """Return the guard that a value is, was made by, or wraps: `middleware::from_fn(require_auth)`.

    Each value is tried once, however many wrap it.
    """
    tried = set() if tried is None else tried
    if value is None or isinstance(value, str | Router) or depth > MAXIMUM_WRAPPERS or id(value) in tried:
        return None
    tried.add(id(value))
    name = _shown(_name_of(value))
    if speaks_of_logging_in(name):
        return AuthSource(name=name, file=call.place.file, line=call.place.line)
    made_by = value.made_by if isinstance(value, External) else None
    if made_by is None or made_by.name.endswith("Condition.new"):  # Actix's, which asks where somebody wants it to
        return None
    # `from_fn_with_state(state, guard)`: the state may be called what it likes.
    inner = made_by.positional[-1:] if "with_state" in made_by.name else made_by.positional
    found = next((found for item in inner if (found := source_in(item, call, depth + 1, tried))), None)
    return found or _in_chain(made_by.node, call)


def _in_chain(node: nodes.Call | None, call: Invocation) -> AuthSource | None:
    """`ServiceBuilder::new().layer(auth).layer(trace)`: what was called before the last call of a chain."""
    while node is not None and isinstance(node.function, nodes.Member) and isinstance(node.function.of, nodes.Call):
        node = node.function.of
        for argument in node.arguments:
            written = argument.value
            inner = written.arguments[-1].value if isinstance(written, nodes.Call) and written.arguments else written
            name = _shown(source_of(inner))
            if speaks_of_logging_in(name):
                return AuthSource(name=name, file=call.place.file, line=call.place.line)
    return None


def _shown(name: str) -> str:
    """Return the last part of a name, with the one before it where the last only says that something is made."""
    *others, last = name.replace("()", "").split(".")
    return f"{others[-1]}.{last}" if others and last in _MAKING else last


def _name_of(value: Value) -> str:
    name = value.source if isinstance(value, Unknown) else rows.name_of(value)
    if not name and isinstance(value, FunctionValue):
        name = getattr(value.scope.owner, "name", "")  # a closure is known by the function that makes it
    return name if isinstance(name, str) else ""
