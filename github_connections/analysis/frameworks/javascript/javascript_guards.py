"""The guards of JavaScript's servers: middleware that asks who is calling, by its name or by what it does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.javascript.javascript_handlers import functions_behind
from github_connections.analysis.frameworks.javascript.javascript_middleware import (
    Turning,
    asked_of,
    only_passes_on,
    turning_of,
)
from github_connections.analysis.frameworks.javascript.javascript_servers import Argued, parts_of
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.routing import Reached, Router
from github_connections.analysis.linking.values import External, MapValue, Value, source_of
from github_connections.analysis.report import Auth, AuthSource, Place
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.nodes import last_name
from github_connections.analysis.syntax.parts import items_written

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
# A name with one of these words asks who the caller is …
_AUTH = re.compile(
    r"acl|admin|auth(ed|enticat(e|ed|ion|or)|ori[sz](e|ed|ation))?|bearer|jwt|log(ged|gedin|in)"
    r"|passport|permit|permissions?|protect(ed)?|rbac|roles?"
)
# … and one of the first does so beside one of the second.
_ASKING = re.compile(r"access|check|ensure|has|is|needs?|only|require[ds]?|restrict|validate|verify")
_ASKED = re.compile(r"account|apikey|key|owner|session|token|user")
# With one of these it is about something else: limits, log-in forms, guests, whole routers.
_OTHER = re.compile(
    r"bypass|callback|controller|duplicates?|exist(s|ed|ing)?|form|guest|handler|initialize|input|limit(er)?|locals|log(s|ger)?|no|none|not|public|rate|redirect|route[rs]?"
    r"|schema|skip|slow|throttl(e|er)|unauthenticated|validat(ion|or)|without"
)
_OPTIONAL = re.compile(r"anonymous|gentle|loose|maybe|optional|soft|try")
# What hands the failures of a function that promises something on to the next.
_WRAPPER = re.compile(r"(?i)(express_?)?(async|wrap|catch)_?(async|errors?|handler|wrap(per)?|middleware|promise)?")
# What stands for the rest of a path.
_REST = re.compile(r"/?(?:\*\w*|\(\.\*\)|\{/?\*\w+\})$")


class Guard(Struct, frozen=True):
    """Something that looks at who is calling."""

    state: str
    source: AuthSource
    roles: tuple[str, ...] = ()
    below: str = ""  # applies only to paths that begin so
    open_below: tuple[str, ...] = ()  # and to none that begin so


def guards_of(arguments: Iterable[Argued], place: Place, interpreter: Interpreter | None = None) -> list[Guard]:
    """Return those of the arguments that ask who is calling; by their source too, where an interpreter is given."""
    parts = (part for value, expression in arguments for part in parts_of(value, expression))
    found = (guard_of(value, expression, place, interpreter) for value, expression in parts)
    return [guard for guard in found if guard is not None]


def guard_of(
    value: Value, expression: nodes.Expression | None, place: Place, interpreter: Interpreter | None = None
) -> Guard | None:
    """Tell by its name whether a middleware asks who is calling, or by what it does."""
    expression = _wrapped(expression)
    name = source_of(expression) if isinstance(expression, nodes.Name | nodes.Member | nodes.Call) else ""
    name = (name or rows.name_of(value)).removesuffix("()")
    turning = _turning(value, interpreter)
    if turning is not None:
        source = AuthSource(name=name or turning.asked, file=place.file, line=place.line)
        roles = tuple(_texts_in(expression)) if _state(name) == "required" else ()
        return Guard(turning.state, source, roles, open_below=turning.open_below)
    state = "" if isinstance(value, Router) else _state(name) or _state_of_member(name)
    if state and _lets_pass(value):
        state = "optional"
    state = state and _as_done(state, value, interpreter)
    if not state:
        return None
    roles = tuple(_texts_in(expression)) if state == "required" and "passport" not in name else ()
    return Guard(state, AuthSource(name=name, file=place.file, line=place.line), roles)


def _turning(value: Value, interpreter: Interpreter | None) -> Turning | None:
    functions = functions_behind(value) if interpreter is not None and not isinstance(value, Router) else ()
    found = (turning_of(interpreter, function) for function in functions if interpreter is not None)
    return next((one for one in found if one is not None), None)


def _as_done(state: str, value: Value, interpreter: Interpreter | None) -> str:
    """Return what a name says, or less, where all that stands behind it is seen to let everybody pass."""
    functions = [] if interpreter is None or isinstance(value, Router) else list(functions_behind(value))
    if interpreter is None or not functions or not all(only_passes_on(interpreter, one) for one in functions):
        return state
    return "optional" if any(asked_of(interpreter, one) for one in functions) else ""


def _wrapped(expression: nodes.Expression | None) -> nodes.Expression | None:
    """Return what `asyncHandler(auth.jwt)` and `catchErrors(protect)` wrap: the guard is what they are given."""
    match expression:
        case nodes.Call(
            function=function, arguments=[nodes.Argument(value=nodes.Name() | nodes.Member() | nodes.Call() as inner)]
        ) if _WRAPPER.fullmatch(last_name(function)):
            return inner
    return expression


def _lets_pass(value: Value) -> bool:
    """Tell whether a library's guard is told to let strangers in: `jwt({passthrough: true})` of koa-jwt,
    `jwt({credentialsRequired: false})` of express-jwt."""
    given = value.made_by.positional if isinstance(value, External) and value.made_by is not None else []
    said = [one.entries for one in given if isinstance(one, MapValue)]
    return any(one.get("passthrough") is True or one.get("credentialsRequired") is False for one in said)


def _texts_in(expression: nodes.Expression | None) -> Iterator[str]:
    for argument in expression.arguments if isinstance(expression, nodes.Call) else ():
        items = items_written(argument.value)
        yield from (item.value for item in items if isinstance(item, nodes.Text))


def _state(name: str) -> str:
    words = [word.lower() for word in _WORD.findall(name)]
    asks = _any(_AUTH, words) or (_any(_ASKING, words) and _any(_ASKED, words))
    beside = {"validate", "login"} <= set(words) or ("passport" in words and "authenticate" not in words)
    if not asks or beside or _any(_OTHER, words):
        return ""
    return "optional" if _any(_OPTIONAL, words) else "required"


def _state_of_member(name: str) -> str:
    """`authController.protect` is no controller; what is called for entering or leaving is."""
    owner, _, last = name.rpartition(".")
    is_for_entering = "log" in last.lower() or "sign" in last.lower()
    return _state(last) if owner.lower().endswith(("controller", "ctrl")) and not is_for_entering else ""


def _any(pattern: re.Pattern[str], words: list[str]) -> bool:
    return any(pattern.fullmatch(word) for word in words)


def auth_of(guards: Iterable[Guard], path: str) -> Auth:
    """Return what the guards on the way to a path make of it; unknown without any."""
    met = [guard for guard in guards if _is_below(path, guard.below) and not _is_open(path, guard)]
    by = list(dict.fromkeys(guard.source for guard in met))
    if not met:
        return Auth()
    required = any(guard.state == "required" for guard in met)
    roles = sorted({role for guard in met for role in guard.roles})
    return Auth(state="required" if required else "optional", by=by, roles=roles)


def _is_open(path: str, guard: Guard) -> bool:
    """Tell whether a guard lets everybody pass here; below a mount it may look at the rest of the path only."""
    return any(one in path if one != "/" else path == one for one in guard.open_below)


def below(guards: Iterable[Guard], paths: Iterable[str]) -> list[Guard]:
    """Return guards as they stand before what is below some paths: `app.all("/admin/*", known)`."""
    at = ["" if path in ("", "/") else _REST.sub("", path) for path in paths]
    return [replace(guard, below=one) for guard in guards for one in at]


def guards_on_the_way(item: Reached) -> list[Guard]:
    """Return the guards of every mount on the way to a route, and its own, that are for its path; each knows it from
    where the guard stands."""
    pieces, options = item.pieces, [*(step.options for step in item.steps), item.route.options]
    whole = paths.join_trimmed(pieces)
    return [
        replace(guard, below="")
        for position, said in enumerate(options)
        for guard in said.get("guards", ())
        if _is_below(whole, guard.below) or _is_below(paths.join_trimmed(pieces[position:]), guard.below)
    ]


def _is_below(path: str, above: str) -> bool:
    """Tell whether a path is below another, which may be a whole part of it only."""
    above = above.rstrip("/")
    return not above or path == above or path.startswith(f"{above}/")
