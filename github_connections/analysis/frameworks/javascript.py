"""What the servers of JavaScript share: arguments as they are written, handlers, guards, and paths with colons."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.routing import Reached, Router
from github_connections.analysis.linking.values import (
    ClassValue,
    FunctionValue,
    ListValue,
    MapValue,
    ModuleValue,
    ObjectValue,
    Unknown,
    Value,
    hole,
    source_of,
    text_of,
)
from github_connections.analysis.report import ANY_METHOD, Auth, AuthSource, Place
from github_connections.analysis.syntax import nodes

VERBS = ("get", "post", "put", "patch", "delete", "head", "options")
# As whom a file knows a server that somebody else hands to it.
OWNERS = ("app", "router", "server", "api")
# What the lowering notes of a call that names a path: `app.get("/")`.
GIVEN_PATHS = frozenset(f"{owner}.{verb}" for owner in OWNERS for verb in (*VERBS, "all", "use", "route"))

# (request, response, next): what takes the third may hand on to somebody else.
WITH_NEXT = 3

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
    r"callback|controller|form|guest|handler|initialize|input|limit(er)?|log(s|ger)?|not|rate|redirect|route[rs]?"
    r"|schema|slow|throttl(e|er)|unauthenticated|validat(ion|or)"
)
_OPTIONAL = re.compile(r"anonymous|maybe|optional|soft|try")
_NAMES_A_PATH = re.compile(r"(?i)(prefix|path|base|url|route|api|root|mount|point|version|env)s?(_?v?\d+)?$")
_REGEX = re.compile(r"/(.+)/[a-z]*", re.DOTALL)
_REGEX_GROUP = re.compile(r"(?<!\\)\((?:\?<(\w+)>|(?!\?))")
_REGEX_REST = re.compile(r"[\\^$|()\[\]+?]")
_REST_PART = re.compile(r"\{\*(\w+)\}")
_ANYTHING = re.compile(r"(?<=/)\(\.[*+]\)$")  # a group without a name
_OPTIONAL_PART = re.compile(r"\{(/?):(\w+)\}")


@dataclass(frozen=True, slots=True)
class Guard:
    """Something that looks at who is calling."""

    state: str
    source: AuthSource
    roles: tuple[str, ...] = ()
    below: str = ""  # applies only to paths that begin so


# An argument with how it is written.
Argued = tuple[Value, nodes.Expression | None]


# --- arguments ----------------------------------------------------------------------------------------------------


def written(call: Invocation) -> list[Argued]:
    """Return the positional arguments with how each is written, arrays among them taken apart."""
    said = [argument.value for argument in call.node.arguments if not argument.name] if call.node else []
    if len(said) != len(call.positional):
        return [(part, None) for value in call.positional for part, _ in _parts(value, None)]
    return [part for value, expression in zip(call.positional, said, strict=True) for part in _parts(value, expression)]


def _parts(value: Value, expression: nodes.Expression | None) -> Iterator[Argued]:
    if not isinstance(value, ListValue):
        yield value, expression
        return
    items = expression.items if isinstance(expression, nodes.Sequence) else []
    aligned = len(items) == len(value.items)
    for position, item in enumerate(value.items):
        yield from _parts(item, items[position] if aligned else None)


def entry(call: Invocation, index: int, name: str) -> Argued:
    """Return an entry of an argument that is an object, with how it is written if it is written there."""
    options = call.value(index)
    value = options.entries.get(name) if isinstance(options, MapValue) else None
    said = [argument.value for argument in call.node.arguments if not argument.name] if call.node else []
    mapping = said[index] if index < len(said) else None
    for pair in mapping.entries if isinstance(mapping, nodes.Mapping) else ():
        if pair.key == nodes.Text(name):
            return value, pair.value
    return value, None


def handler_name(value: Value, expression: nodes.Expression | None) -> str:
    """Return the name of what answers, also inside `asyncHandler(…)` or before `.bind(this)`."""
    match expression:
        case nodes.Name() | nodes.Member():
            return source_of(expression).removeprefix("this.")
        case nodes.Call(function=nodes.Member(of=of, name="bind")):
            return handler_name(None, of)
        case nodes.Call(function=function, arguments=arguments):
            last = arguments[-1].value if arguments else None
            inner = handler_name(None, last)
            return inner if inner or isinstance(last, nodes.Function) else source_of(function)
        case nodes.Function(name=name):
            return name
    return rows.name_of(value)


# --- guards -------------------------------------------------------------------------------------------------------


def guards_of(arguments: Iterable[Argued], place: Place, below: str = "") -> list[Guard]:
    """Return those of the arguments that ask who is calling."""
    parts = (part for value, expression in arguments for part in _parts(value, expression))
    found = (guard_of(value, expression, place, below) for value, expression in parts)
    return [guard for guard in found if guard is not None]


def guard_of(value: Value, expression: nodes.Expression | None, place: Place, below: str = "") -> Guard | None:
    """Tell by its name whether a middleware asks who is calling."""
    name = source_of(expression) if isinstance(expression, nodes.Name | nodes.Member | nodes.Call) else ""
    name = (name or rows.name_of(value)).removesuffix("()")
    state = "" if isinstance(value, Router) else _state(name)
    if not state:
        return None
    roles = tuple(_texts_in(expression)) if state == "required" and "passport" not in name else ()
    return Guard(state, AuthSource(name=name, file=place.file, line=place.line), roles, below)


def _texts_in(expression: nodes.Expression | None) -> Iterator[str]:
    for argument in expression.arguments if isinstance(expression, nodes.Call) else ():
        items = argument.value.items if isinstance(argument.value, nodes.Sequence) else [argument.value]
        yield from (item.value for item in items if isinstance(item, nodes.Text))


def _state(name: str) -> str:
    words = [word.lower() for word in _WORD.findall(name)]
    asks = _any(_AUTH, words) or (_any(_ASKING, words) and _any(_ASKED, words))
    beside = {"validate", "login"} <= set(words) or ("passport" in words and "authenticate" not in words)
    if not asks or beside or _any(_OTHER, words):
        return ""
    return "optional" if _any(_OPTIONAL, words) else "required"


def _any(pattern: re.Pattern[str], words: list[str]) -> bool:
    return any(pattern.fullmatch(word) for word in words)


def auth_of(guards: Iterable[Guard], path: str) -> Auth:
    """Return what the guards on the way to a path make of it; unknown without any."""
    met = [guard for guard in guards if path.startswith(guard.below)]
    by = list(dict.fromkeys(guard.source for guard in met))
    if not met:
        return Auth()
    required = any(guard.state == "required" for guard in met)
    roles = sorted({role for guard in met for role in guard.roles})
    return Auth(state="required" if required else "optional", by=by, roles=roles)


def guards_on_the_way(item: Reached) -> list[Guard]:
    """Return the guards of every mount on the way to a route, and its own."""
    options = [*(step.options for step in item.steps), item.route.options]
    return [guard for said in options for guard in said.get("guards", ())]


# --- routers ------------------------------------------------------------------------------------------------------


def router_in(value: Value, call: Invocation) -> Router | None:
    """Return the router that a value is, or that a module hands out first."""
    if isinstance(value, ModuleValue):
        value = call.interpreter.get(value, "default", call.scope)
    if isinstance(value, MapValue):
        value = value.entries.get("default")
    return value if isinstance(value, Router) else None


def resolved(call: Invocation) -> Value:
    """Return the one object of a class that a container for dependencies is asked for."""
    wanted = call.value(0)
    return call.interpreter.singleton(wanted) if isinstance(wanted, ClassValue) else Unknown(call.name)


# What a handler of another framework is told: the path at which a server uses it.
SERVED_AT = "served_at"
CONTAINERS = ("tsyringe.container.resolve", "typedi.Container.get", "typedi.get")


def hands_on(function: nodes.Function) -> bool:
    """Tell whether a function of (request, response, next) lets what follows answer: it calls the third or hands it on.

    `next(error)` and `.catch(next)` do not: they tell of a failure.
    """
    if len(function.parameters) != WITH_NEXT:
        return False
    name = function.parameters[-1].name
    waiting: list[Any] = [function.body]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, nodes.Node):
            if isinstance(item, nodes.Call) and _gives_away(item, name):
                return True
            waiting.extend(getattr(item, field) for field in item.__struct_fields__)
    return False


def _gives_away(call: nodes.Call, name: str) -> bool:
    if getattr(call.function, "id", "") == name:
        return not call.arguments
    given = any(argument.value == nodes.Name(name) for argument in call.arguments)
    return given and getattr(call.function, "name", "") != "catch"


def is_function(value: Value) -> bool:
    """Tell whether a value can answer a request."""
    return isinstance(value, FunctionValue | ObjectValue)


# --- paths --------------------------------------------------------------------------------------------------------


def texts_in(value: Value) -> list[str]:
    """Return the paths that an argument names: one, several in an array, or a regular expression."""
    if isinstance(value, ListValue):
        return [text for item in value.items for text in texts_in(item)]
    if isinstance(value, Unknown) and _REGEX.fullmatch(value.source):
        return [from_regex(value.source)]
    return [text_of(value)]


def text_in(value: Value) -> str:
    """Return the first of the paths that an argument names; empty where it names none."""
    return next(iter(texts_in(value)), "")


def methods_in(value: Value) -> list[str]:
    """Return the verbs that an argument names; any where it is not known which."""
    return [text.upper() if text.isalpha() else ANY_METHOD for text in texts_in(value)]


def names_a_path(expression: nodes.Expression | None) -> bool:
    """Tell by its name whether an argument that is not known is a path: `API_PREFIX`, `routes.users.path`."""
    options = expression.options if isinstance(expression, nodes.Choice) else [expression]
    named = (option for option in options if isinstance(option, nodes.Name | nodes.Member))
    return any(_NAMES_A_PATH.search(getattr(option, "name", getattr(option, "id", ""))) for option in named)


def is_path(value: Value) -> bool:
    """Tell whether an argument is a path, an array of them, or a regular expression."""
    if isinstance(value, ListValue):
        return bool(value.items) and all(is_path(item) for item in value.items)
    return isinstance(value, str) or (isinstance(value, Unknown) and _REGEX.fullmatch(value.source) is not None)


def from_regex(source: str) -> str:
    """`/^\\/users\\/(\\d+)$/` → `/users/{0}`; a hole for what is more than that."""
    matched = _REGEX.fullmatch(source)
    text = (matched.group(1) if matched else source).removeprefix("^").removesuffix("$").removesuffix("\\/?")
    text = _with_variables(text.replace("\\/", "/")).replace("\\.", "\0").replace("\\-", "-")
    text = text.replace(".*", "" if text.endswith("}.*") else "{path*}")
    return hole(source) if _REGEX_REST.search(text) else text.replace("\0", ".")


def _with_variables(text: str) -> str:
    """Put a variable in the place of each outermost group that captures."""
    found, groups, position = "", 0, 0
    while (match := _REGEX_GROUP.search(text, position)) is not None:
        end = _end_of_group(text, match.end())
        inside = text[match.end() : end]
        name = match.group(1) or str(groups)
        groups += 1
        rest = "*" if inside.startswith(".") else ""
        found += f"{text[position : match.start()]}{{{name}{rest}}}"
        position = end + 1
    return found + text[position:]


def _end_of_group(text: str, start: int) -> int:
    """Return where the bracket that was opened before `start` is closed; the end of the text where it is not."""
    depth, position = 1, start
    while position < len(text):
        character = text[position]
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return position
        position += 2 if character == "\\" else 1
    return len(text)


def from_colons(path: str) -> str:
    """As `paths.from_colons`, with what newer routers write in braces: `/users{/:id}` → `/users/{id?}`, `/{*all}`."""
    path = _REST_PART.sub(r"*\1", _OPTIONAL_PART.sub(r"\1:\2?", path))
    return paths.from_colons(_ANYTHING.sub("*", path.replace("/?*", "/*")))


def join(pieces: Iterable[str]) -> str:
    """Join the parts of a path; `/users` and `/users/` are one."""
    return paths.join(pieces, trailing_slash=False)
