"""Which requests a rule of Spring Security is about: `requestMatchers(HttpMethod.GET, "/shop/**")`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from msgspec import Struct

from github_connections.analysis import http_verbs
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import ListValue, Value, is_known, type_name
from github_connections.analysis.report import ANY_METHOD
from github_connections.analysis.syntax import nodes

_VERBS = frozenset(map(str.upper, http_verbs.OF_DOCUMENTS))
# What makes a matcher of patterns, and perhaps a method.
_MADE_OF_PATTERNS = frozenset(
    {"AntPathRequestMatcher", "MvcRequestMatcher", "antMatcher", "matcher", "pathMatchers", "pattern"}
)
# What asks for requests that no controller answers: end points of the library's own, static files, preflights.
_OF_LIBRARIES = ("EndpointRequest", "PathRequest", "CorsUtils", "StaticResourceRequest")
_VARIABLE = re.compile(r"\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}")


class Matcher(Struct):
    """Paths and methods; of none of them there are all. One that is `partial` asks for more that nobody can read."""

    methods: frozenset[str] = frozenset()
    patterns: tuple[str, ...] = ()
    is_partial: bool = False
    is_of_library: bool = False

    def holds_for(self, method: str, path: str) -> bool | None:
        """Tell whether a route is meant; None where that is not known."""
        if self.is_of_library or (self.methods and method not in (*self.methods, ANY_METHOD)):
            return False
        if self.patterns and any(_is_meant(pattern, path) for pattern in self.patterns):
            return None if self.methods and method == ANY_METHOD else True
        if self.is_partial:
            return None
        return not self.patterns


def matcher_of(arguments: list[nodes.Argument], interpreter: Interpreter, scope: Scope) -> Matcher:
    """Return what the arguments of `requestMatchers` ask for."""
    reader = _Reader(interpreter, scope)
    for argument in arguments:
        reader.read(argument.value)
    patterns = tuple(reader.patterns)
    is_partial = reader.is_partial or not (patterns or reader.methods or reader.is_of_library)
    of_library = reader.is_of_library and not patterns and not reader.is_partial
    return Matcher(frozenset(reader.methods), patterns, is_partial, of_library)


class _Reader:
    def __init__(self, interpreter: Interpreter, scope: Scope) -> None:
        self.interpreter = interpreter
        self.scope = scope
        self.methods: list[str] = []
        self.patterns: list[str] = []
        self.is_partial = False
        self.is_of_library = False

    def read(self, node: nodes.Expression) -> None:
        if isinstance(node, nodes.Spread):
            node = node.value
        whole = type_name(node.function) if isinstance(node, nodes.Call) else type_name(node)
        if isinstance(node, nodes.Call) and whole.rpartition(".")[2] in _MADE_OF_PATTERNS:
            for argument in node.arguments:
                self.read(argument.value)
        elif whole.startswith(_OF_LIBRARIES):
            self.is_of_library = True
        elif whole.rpartition(".")[2] in _VERBS:
            self.methods.append(whole.rpartition(".")[2])
        elif whole.rpartition(".")[2].lower() != "introspector":
            self._value(self.interpreter.evaluate(node, self.scope))

    def _value(self, value: Value) -> None:
        if isinstance(value, ListValue):
            for item in value.items:
                self._value(item)
        elif isinstance(value, str) and value in _VERBS:
            self.methods.append(value)
        elif isinstance(value, str) and is_known(value):
            self.patterns.append(value)
        elif value is not None:
            self.is_partial = True


def _is_meant(pattern: str, path: str) -> bool:
    """`/shop/**` is `/shop` and all below it; a variable of the pattern, or a star, is a variable of the route too."""
    return _is_like(_parts_of(pattern), path.strip("/").split("/"), "**", _is_like_part)


@lru_cache(maxsize=4_096)  # patterns are foreign, and a worker lives long
def _parts_of(pattern: str) -> tuple[str, ...]:
    parts = pattern.strip("/").split("/")
    return tuple("**" if part.startswith("{*") else _VARIABLE.sub("*", part) for part in parts)


def _is_like_part(part: str, given: str) -> bool:
    return _is_like(part, given, "*", lambda one, other: one in (other, "?"))


def _is_like(pattern: Sequence[str], given: Sequence[str], star: str, is_same: Callable[[str, str], bool]) -> bool:
    """Compare step by step, going back to the last star alone: patterns are foreign, and cannot keep this busy."""
    at = here = begun = 0
    last = -1
    while here < len(given):
        if at < len(pattern) and pattern[at] == star:
            last, begun, at = at, here, at + 1
        elif at < len(pattern) and is_same(pattern[at], given[here]):
            at, here = at + 1, here + 1
        elif last >= 0:
            begun += 1
            at, here = last + 1, begun
        else:
            return False
    return all(item == star for item in pattern[at:])
