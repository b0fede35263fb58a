"""Spring's interceptors: who may call a route, where an application's own ones turn strangers away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from msgspec import Struct

from github_connections.analysis.frameworks.java.spring_matchers import Matcher, matcher_of
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import File, classes_in
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import ClassValue
from github_connections.analysis.report import Auth, AuthSource
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import callee
from github_connections.analysis.syntax.walking import nodes_in

WORDS = frozenset({"addInterceptor"})
MAXIMUM_INTERCEPTORS = 200  # code is foreign, and every row is held against every one
_NAME = re.compile(r"(?i)log_?in|auth|jwt|token|session|permission|security")
# Which methods are let through is said by annotations of theirs.
_ANNOTATIONS = frozenset({"getAnnotation", "getMethodAnnotation", "hasMethodAnnotation", "isAnnotationPresent"})


class Interceptor(Struct):
    """What one interceptor is put around."""

    root: str
    auth: Auth
    within: list[Matcher]
    without: list[Matcher]

    def holds_for(self, method: str, path: str) -> bool:
        """Tell whether a route is surely meant."""
        if any(matcher.holds_for(method, path) is not False for matcher in self.without):
            return False
        return not self.within or any(matcher.holds_for(method, path) for matcher in self.within)


class Interceptors:
    """Those of a program that ask for a log-in."""

    def __init__(self, interpreter: Interpreter) -> None:
        files = interpreter.program.with_words("java", WORDS)
        known = (item for file in files for item in _interceptors_in(file, interpreter))
        self._known = list(islice(known, MAXIMUM_INTERCEPTORS))

    def auth_of(self, file: File, method: str, path: str) -> Auth:
        """Return what they say of a route; `path` is without what the settings put before the whole application."""
        root = file.project_root
        return next((item.auth for item in self._known if item.root == root and item.holds_for(method, path)), Auth())


def _interceptors_in(file: File, interpreter: Interpreter) -> Iterator[Interceptor]:
    for cls in classes_in(file.scope):
        for function in cls.node.body:
            if isinstance(function, nodes.Function) and function.name == "addInterceptors":
                yield from _added(_Configuration(interpreter, cls, function), function)


class _Configuration:
    """`addInterceptors(registry)` of a class."""

    def __init__(self, interpreter: Interpreter, cls: ClassValue, function: nodes.Function) -> None:
        self.interpreter = interpreter
        self.cls = cls
        self.scope = Scope(cls.scope.file, cls.scope, function)
        self.scope.declare(function.body, lazily=True)

    def guard(self, call: nodes.Call) -> Auth | None:
        """Return what an interceptor asks for that turns strangers away."""
        cls = self._class_of(call.arguments[0].value) if call.arguments else None
        if cls is None or not _NAME.search(cls.node.name) or not _turns_away(cls):
            return None
        place = self.cls.scope.file.path
        return Auth(state="required", by=[AuthSource(name=cls.node.name, file=place, line=call.line)])

    def matcher(self, call: nodes.Call) -> Matcher:
        """Return what the arguments of a call are patterns for."""
        return matcher_of(call.arguments, self.interpreter, self.scope)

    def _class_of(self, node: nodes.Expression) -> ClassValue | None:
        """`new Guard(…)`, a field with one, or a method of the configuration that makes one."""
        name = nodes.last_name(callee(node))
        kind = next((kind for known, kind in self._types() if known == name and kind is not None), None)
        value = self.interpreter.evaluate(kind or nodes.Name(name), self.cls.scope)
        return value if isinstance(value, ClassValue) else None

    def _types(self) -> Iterator[tuple[str, nodes.Expression | None]]:
        for parameter in self.cls.node.parameters:
            yield parameter.name, parameter.type
        for member in self.cls.node.body:
            if isinstance(member, nodes.Assign):
                yield nodes.last_name(member.target), member.type
            elif isinstance(member, nodes.Function):
                yield member.name, member.returns


def _added(configuration: _Configuration, function: nodes.Function) -> Iterator[Interceptor]:
    """Yield the interceptors of a function, each with the patterns of its own statement or of its variable."""
    root = configuration.cls.scope.file.project_root
    named: dict[str, Interceptor] = {}
    found = []
    for statement in function.body:
        calls = [node for node in nodes_in([statement]) if isinstance(node, nodes.Call)]
        made = None
        for call in calls:
            auth = configuration.guard(call) if nodes.last_name(call.function) == "addInterceptor" else None
            if auth is not None:
                made = Interceptor(root, auth, [], [])
                found.append(made)
        if made is not None and isinstance(statement, nodes.Assign):
            named[nodes.last_name(statement.target)] = made
        for call in calls:
            about = made or next((named[name] for name in _names_in(call) if name in named), None)
            if about is not None and nodes.last_name(call.function) == "addPathPatterns":
                about.within.append(configuration.matcher(call))
            elif about is not None and nodes.last_name(call.function) == "excludePathPatterns":
                about.without.append(configuration.matcher(call))
    yield from found


def _names_in(call: nodes.Call) -> Iterator[str]:
    return (node.id for node in nodes_in([call.function]) if isinstance(node, nodes.Name))


def _turns_away(cls: ClassValue) -> bool:
    """Tell whether an interceptor refuses some requests, and leaves it to no annotation which."""
    before = next(
        (item for item in cls.node.body if isinstance(item, nodes.Function) and item.name == "preHandle"), None
    )
    inner = list(nodes_in(list(before.body))) if before is not None else []
    called = {nodes.last_name(node.function) for node in inner if isinstance(node, nodes.Call)}
    refuses = any(isinstance(node, nodes.Return) and node.value == nodes.Constant(value=False) for node in inner)
    refuses = refuses or any(name.endswith("Exception") for name in called)
    return refuses and called.isdisjoint(_ANNOTATIONS)
