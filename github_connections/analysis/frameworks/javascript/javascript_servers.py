"""What the servers of JavaScript share: arguments as they are written, handlers, and paths with colons."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from github_connections.analysis import http_verbs
from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.routing import Router
from github_connections.analysis.linking.values import (
    ClassValue,
    ListValue,
    MapValue,
    ModuleValue,
    Unknown,
    Value,
    entries_of,
    hole,
    source_of,
    text_of,
)
from github_connections.analysis.report import ANY_METHOD
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.nodes import last_name
from github_connections.analysis.syntax.parts import positional_arguments
from github_connections.analysis.syntax.walking import nodes_in

# As whom a file knows a server that somebody else hands to it.
OWNERS = ("app", "router", "server", "api")
# What the lowering notes of a call that names a path: `app.get("/")`.
GIVEN_PATHS = frozenset(
    f"{owner}.{verb}" for owner in OWNERS for verb in (*http_verbs.OF_BROWSERS, "all", "use", "route")
)
# What stands beside a call that answers.
_BESIDE = frozenset({"next", "done", "then", "catch", "finally"})
# (request, response, next): what takes the third may hand on to somebody else.
WITH_NEXT = 3
_NAMES_A_PATH = re.compile(r"(?i)(prefix|path|base|url|route|api|root|mount|point|version|env)s?(_?v?\d+)?$")
_REGEX = re.compile(r"/(.+)/[a-z]*", re.DOTALL)
_REGEX_GROUP = re.compile(r"(?<!\\)\((?:\?<(\w+)>|(?!\?))")
_REGEX_REST = re.compile(r"[\\^$|()\[\]+?]")
_REST_PART = re.compile(r"\{\*(\w+)\}")
_REST_INSIDE = re.compile(r"(?<=[^/])\{\*(\w+)\}")  # `/adm{*rest}`
_ANYTHING = re.compile(r"(?<=/)\(\.[*+]\)$")  # a group without a name
_OPTIONAL_PART = re.compile(r"(?:/(?=\{/))?\{([^{}:\w]?):(\w+)\}")
_HANDS_ON = re.compile(
    r"(?i)cors|middleware|helmet|limit(er)?$|compress|body_?parser|logger|not_?(allowed|supported)|unsupported"
)
# An argument with how it is written.
Argued = tuple[Value, nodes.Expression | None]


# --- arguments ----------------------------------------------------------------------------------------------------


def written(call: Invocation) -> list[Argued]:
    """Return the positional arguments with how each is written, arrays among them taken apart."""
    said = positional_arguments(call.node) if call.node else []
    if len(said) != len(call.positional):
        return [(part, None) for value in call.positional for part, _ in parts_of(value, None)]
    return [
        part for value, expression in zip(call.positional, said, strict=True) for part in parts_of(value, expression)
    ]


def parts_of(value: Value, expression: nodes.Expression | None) -> Iterator[Argued]:
    """Yield a value with how it is written; of an array each item by itself."""
    if not isinstance(value, ListValue):
        yield value, expression
        return
    items = expression.items if isinstance(expression, nodes.Sequence) else []
    aligned = len(items) == len(value.items)
    for position, item in enumerate(value.items):
        yield from parts_of(item, items[position] if aligned else None)


def entry(call: Invocation, index: int, name: str) -> Argued:
    """Return an entry of an argument that is an object, with how it is written if it is written there."""
    value = entries_of(call.value(index)).get(name)
    said = positional_arguments(call.node) if call.node else []
    return value, nodes.entry_of(said[index], name) if index < len(said) else None


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
            callee = None if name else handed_to(expression)
            return name if callee is None else source_of(callee).removeprefix("this.")
    return rows.name_of(value)


def handed_to(function: nodes.Function) -> nodes.Expression | None:
    """Return what a function calls with all that it is given, if it is there for that: `(req, res, next) =>
    crew.create(req, res)`, `(ctx) => list(ctx)`; what hands on to the next and catches failures may stand beside it."""
    names = [parameter.name for parameter in function.parameters if parameter.name not in _BESIDE][: WITH_NEXT - 1]
    made = [node for node in nodes_in(function.body) if isinstance(node, nodes.Call)]
    made = [call for call in made if not call.new and last_name(call.function) not in _BESIDE]
    is_only_one = len(made) == 1 and bool(names) and _names_given(made[0])[: len(names)] == names
    return made[0].function if is_only_one else None


def _names_given(call: nodes.Call) -> list[str]:
    return [getattr(argument.value, "id", "") for argument in call.arguments]


def without_entries(value: nodes.Expression) -> nodes.Expression:
    """`form.entries()` is `form` for those who walk it."""
    match value:
        case nodes.Call(function=nodes.Member(of=of, name="entries"), arguments=[]):
            return of
    return value


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
    return any(isinstance(node, nodes.Call) and _gives_away(node, name) for node in nodes_in(function.body))


def _gives_away(call: nodes.Call, name: str) -> bool:
    if getattr(call.function, "id", "") == name:
        return not call.arguments
    given = any(argument.value == nodes.Name(name) for argument in call.arguments)
    return given and getattr(call.function, "name", "") != "catch"


def hands_on_by_name(name: str) -> bool:
    """Tell by its name whether what stands at every verb of a path answers none: `all("*", cors())`, a 405."""
    return _HANDS_ON.search(name) is not None


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
    """Tell by its name whether an argument that is not known is a path: `API_PREFIX`, `config.get("api.prefix")`."""
    match expression:
        case nodes.Call(function=nodes.Member(name="get"), arguments=[nodes.Argument(value=nodes.Text(value=asked))]):
            return _NAMES_A_PATH.search(asked) is not None
    options = expression.options if isinstance(expression, nodes.Choice) else [expression]
    named = (option for option in options if isinstance(option, nodes.Name | nodes.Member))
    return any(_NAMES_A_PATH.search(nodes.last_name(option)) for option in named)


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
    """As `paths.from_colons`, with what newer routers write in braces: `/users{/:id}` → `/users/{id?}`,
    `/:z{@:scale}` → `/{z}@{scale?}`, `/{*all}`."""
    path = _REST_INSIDE.sub(r"{\1*}", path)
    path = _REST_PART.sub(r"*\1", _OPTIONAL_PART.sub(r"\1:\2?", path))
    return paths.from_colons(_ANYTHING.sub("*", path.replace("/?*", "/*")))


def join_as_written(pieces: Iterable[str]) -> str:
    """Join prefixes and path; a path of nothing but a slash adds nothing to a prefix."""
    parts = list(pieces)
    return paths.join_trimmed(parts) if parts[-1] in ("", "/") else paths.join(parts)
