"""What stands before a handler of Go and asks for a log-in: middlewares of routes, of groups, of whole routers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.routing import Reached, Router
from github_connections.analysis.linking.values import (
    External,
    FunctionValue,
    ObjectValue,
    Unknown,
    Value,
    items_in,
)
from github_connections.analysis.report import Auth, AuthSource
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

_AUTH = re.compile(
    r"auth(?!or(?!i))|jwt|logged_?in|session_?(required|check)|protected|bearer|rbac|permission|api_?key"
    r"|(require|ensure|must|enforce|need)\w{0,60}(token|admin|user|role|session|key|owner|member|client)"
    r"|(require|ensure|must|enforce|need)\w{0,60}(account|application|sign|log_?in)"
    r"|(check|verify|is)_?(valid_?)?(token|admin|role|session|owner|log_?in|sign(ed)?_?in)|validate_?(token|session)"
    r"|(admin|user|member|owner|token|sign(ed)?_?(in)?)_?(only|required)",
    re.IGNORECASE,
)
# Those that let others pass, too.
_OPTIONAL = re.compile(
    r"optional|maybe|try_?(auth|jwt)|(?<![a-z])soft|(?:or|allow)_?(?:public|anon|guest)", re.IGNORECASE
)
# Those that are for callers who are not logged in: `requireNoAuth`, `RedirectIfAuthenticated`, `guestOnly`.
_FOR_GUESTS = re.compile(
    r"(?:No|Not|Un|Skip|Without|If)_?(?:[Aa]uth|[Ll]og|[Ss]ign|[Ss]ession)"
    r"|(?:\b|_)(?:no|not|un|skip|without|if)_?(?:[Aa]uth|[Ll]og|[Ss]ign|[Ss]ession)|[Gg]uest"
)
# What a flag of a guard that says how it refuses is called, or whom it asks for beside.
_HOW_IT_REFUSES = re.compile(r"redirect|json|html|page|api|admin|log|debug|verbose", re.IGNORECASE)
# What a guard asks before it asks for a log-in: `if !allowUnauthenticated(r) { … }`.
_LETTING_PASS = re.compile(
    r"skip|exempt|bypass|is_?(?:public|open|excluded|ignored)|allow_?(?:un|anon|public|guest)|white_?list",
    re.IGNORECASE,
)
# Those that ask where somebody wants them to: `AuthIfEnabled`.
_MAY_BE_OFF = re.compile(r"(?:when|if)_?(?:required|enabled|needed|configured|set)(?![a-z])", re.IGNORECASE)
# A setting of one: `Skipper`, `SkippedPathPrefixes`, Fiber's `Next`.
_TOLD_TO_LET_PASS = re.compile(
    r"skip|^filter$|^next$|exempt|bypass|ignore|exclude|white_?list|unless|public_?(?:path|route|url)", re.IGNORECASE
)
_PATH = re.compile(r"/\w")
# What a guard of a library is made by, whose package says what it is: `jwtware.New(…)`, `echojwt.WithConfig(…)`.
_MAKING = frozenset({"New", "WithConfig", "NewWithConfig", "Middleware", "Handler", "Default", "Protect", "Required"})


def remember(call: Invocation) -> None:
    """Keep what a router uses from here on."""
    call.receiver.options.setdefault("used", []).append((moment(call), call))


def moment(call: Invocation) -> int:
    """Return when something is set up: middlewares of most libraries are for what is registered after them."""
    state = call.interpreter.state
    state["go moments"] = int(state.get("go moments", 0)) + 1
    return int(state["go moments"])


def auth(item: Reached) -> Auth:
    """Return what stands before the handler: in the route, in the groups it lies in, or used by their routers."""
    found: list[AuthSource] = []
    is_required = False
    path = paths.join(item.pieces)
    for call in _calls(item):
        for value in call.positional:
            state = "" if value is item.route.handler else _known_state(call.interpreter.state, value)
            if state and any(path.startswith(one) for one in _let_pass(value)):
                return Auth()
            if state:
                found.append(AuthSource(name=_name_of(value), file=call.place.file, line=call.place.line))
            is_required = is_required or state == "required"
    by = list(dict.fromkeys(found))
    return Auth(state="required" if is_required else "optional", by=by) if by else Auth()


def _calls(item: Reached) -> Iterator[Invocation]:
    for options in (item.route.options, *(step.options for step in item.steps)):
        if isinstance(call := options.get("arguments"), Invocation):
            yield call
    routers = [item.root, *(step.router for step in item.steps)]
    registered = item.route.options.get("moment")
    made = [step.options.get("moment") for step in item.steps] + [registered]
    seen: set[int] = set()
    for router, inner in zip([*routers, item.router], [*made, registered], strict=True):
        # What the application of Echo uses is for all its routes; a group hands on what it has when it is asked to.
        end = {"gin": inner, "fiber": registered, "echo": None if router.application else inner}.get(
            router.kind.name, item.route.options.get("first")
        )
        if id(router) not in seen:
            yield from (call for at, call in router.options.get("used", []) if not isinstance(end, int) or at < end)
        seen.add(id(router))


def _known_state(known: dict[str, Any], value: Value) -> str:
    """Return the state of a guard, which many routes may have: it is looked at once."""
    states: dict[int, tuple[Value, str]] = known.setdefault("go guards", {})
    if id(value) not in states:
        states[id(value)] = value, _state(value)
    return states[id(value)][1]


def _state(value: Value) -> str:
    """Return whether a value asks for a log-in, asks where there is one, or has nothing to do with it."""
    if isinstance(value, str | Router) or value is None:
        return ""
    name = _name_of(value)
    if not _AUTH.search(name) or _MAY_BE_OFF.search(name) or _skips(value):
        return ""
    if _OPTIONAL.search(name) or False in _given(value):
        return "optional"
    return "" if _FOR_GUESTS.search(name) else "required"


def _name_of(value: Value) -> str:
    """Return the last part of a guard's name, with its package where that says what it is."""
    name = value.source if isinstance(value, Unknown) else rows.name_of(value)
    if not name and isinstance(value, FunctionValue) and isinstance(value.scope.owner, nodes.Function):
        name = value.scope.owner.name
        # The directory is called as the package is.
        name = f"{value.scope.file.path.rpartition('/')[0]}.{name}" if name in _MAKING else name
    name = name.removesuffix("()") if isinstance(name, str) else ""
    package, _, last = name.rpartition(".")
    return f"{package.rpartition('/')[2]}.{last}" if last in _MAKING else last or name


def _given(value: Value) -> list[Value]:
    """Return what a guard was made with: `AuthMiddleware(false)` asks nobody."""
    if isinstance(value, External) and value.made_by is not None:
        given = value.made_by.positional
        is_around = any(isinstance(one, FunctionValue) for one in given)
        return [] if is_around else [one for one in given if isinstance(one, bool)]
    if isinstance(value, FunctionValue) and isinstance(value.scope.owner, nodes.Function):
        asked = [one.name for one in value.scope.owner.parameters if not _HOW_IT_REFUSES.search(one.name)]
        return [one for name in asked if isinstance(one := value.scope.names.get(name), bool)]
    return []


def _let_pass(value: Value) -> Iterator[str]:
    """Yield the paths in lists that a guard is made with: `NewGuard(users, []string{"/api/health"}).Handler`."""
    given: list[Value] = []
    if isinstance(value, FunctionValue):
        given += value.this.fields.values() if isinstance(value.this, ObjectValue) else []
        owner = value.scope.owner
        given += [value.scope.names.get(one.name) for one in getattr(owner, "parameters", [])]
    elif isinstance(value, External) and value.made_by is not None:
        given += value.made_by.positional
    for one in given:
        items = items_in(one)
        yield from (text for text in items if isinstance(text, str) and _PATH.match(text))


def _skips(value: Value) -> bool:
    """Tell whether a guard is told whom to let pass, `JWTWithConfig(JWTConfig{Skipper: …})`, or asks by itself."""
    if isinstance(value, FunctionValue):
        called = (one.function for one in nodes_in(value.node.body) if isinstance(one, nodes.Call))
        return any(_LETTING_PASS.search(nodes.last_name(function)) is not None for function in called)
    made = value.made_by if isinstance(value, External) else None
    inner = [one.made_by for one in made.positional if isinstance(one, External)] if made is not None else []
    return any(one is not None and any(map(_TOLD_TO_LET_PASS.search, one.named)) for one in (made, *inner))
