"""Lists of permission classes of Django REST framework: what each class asks, what several together do."""

from __future__ import annotations

import re
from collections.abc import Iterable

from github_connections.analysis.frameworks.python.python_sources import text_of_body
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import (
    ClassValue,
    External,
    FunctionValue,
    ListValue,
    ObjectValue,
    Value,
)
from github_connections.analysis.report import Auth, AuthSource, AuthState, Place
from github_connections.analysis.syntax import nodes

SAFE = ("GET", "HEAD", "OPTIONS")
_BY_NAME = re.compile(r"Authenticated|Admin|Permission|Owner|Staff|Member|Token|Role|ReadOnly|APIKey|Superuser")
# A permission class of the program that looks at who is there, or at what they bring to say so.
_SOMEBODY = re.compile(r"(?i)request\.(?:user|auth)\b|is_authenticated|api_?key|authorization|\btoken\b")
# Everybody may read: `if request.method in SAFE_METHODS: return True`, `return request.method in SAFE_METHODS or …`
_FOR_READING = re.compile(
    r"\bin (?:\w+\.)*SAFE_METHODS\)?(?:[ \t]*:[ \t\n]*return True\b|[^\n:]*\bor\b|[ \t]*(?:\n|$))"
)
# For those who have not logged in.
_FOR_STRANGERS = re.compile(r"Not[A-Z]|Anonymous|Unauth|Guest")


def of_expression(interpreter: Interpreter, said: nodes.Expression, scope: Scope, method: str, place: Place) -> Auth:
    """Read a list of permission classes as it is written, in which `A & B` and `A | B` are put together.

    `place` is where the list is said.
    """
    if not isinstance(said, nodes.Sequence):
        return of_permissions(interpreter, interpreter.evaluate(said, scope), method, place)
    return _all([_of_item(interpreter, item, scope, method, place) for item in said.items], place)


def of_permissions(interpreter: Interpreter, classes: Value, method: str, place: Place) -> Auth:
    """Read a list of permission classes: IsAuthenticated and its kin, AllowAny, the read-only ones by the verb.

    `place` is where the list is said.
    """
    if not isinstance(classes, ListValue):
        return Auth()
    return _all([_of_class(interpreter, item, method, place) for item in classes.items], place)


def _of_item(interpreter: Interpreter, item: nodes.Expression, scope: Scope, method: str, place: Place) -> Auth:
    if isinstance(item, nodes.Operation) and item.operator in ("&", "|"):
        several = [_of_item(interpreter, one, scope, method, place) for one in item.operands]
        return _all(several, place) if item.operator == "&" else _any(several)
    return _of_class(interpreter, interpreter.evaluate(item, scope), method, place)


def _all(asked: list[Auth], place: Place) -> Auth:
    """Put together what must all let somebody through; without any, everybody is let through."""
    if not asked:
        return Auth(state="none", by=[AuthSource(name="permission_classes", file=place.file, line=place.line)])
    states = {one.state for one in asked}
    state: AuthState = "required" if "required" in states else "none" if states == {"none"} else "unknown"
    return Auth(state=state, by=_sources(one for one in asked if one.state == state)) if state != "unknown" else Auth()


def _any(asked: list[Auth]) -> Auth:
    """Put together what need not all let somebody through."""
    states = {one.state for one in asked}
    state: AuthState = "none" if "none" in states else "required" if states == {"required"} else "unknown"
    return Auth(state=state, by=_sources(one for one in asked if one.state == state)) if state != "unknown" else Auth()


def _sources(asked: Iterable[Auth]) -> list[AuthSource]:
    return [source for one in asked for source in one.by]


def _of_class(interpreter: Interpreter, item: Value, method: str, place: Place) -> Auth:
    name = _name(item)
    state: AuthState = "unknown"
    if name == "AllowAny" or (name.endswith("ReadOnly") and method in SAFE):
        state = "none"
    elif _FOR_STRANGERS.search(name):
        return Auth()
    elif _BY_NAME.search(name):
        state = "required"
    else:
        state = _of_own(interpreter, item, method)
    return Auth(state=state, by=[AuthSource(name=name, file=place.file, line=place.line)] if name else [])


def _of_own(interpreter: Interpreter, item: Value, method: str) -> AuthState:
    """Read what a permission class of the program does in `has_permission`."""
    cls = item.cls if isinstance(item, ObjectValue) else item
    if not isinstance(cls, ClassValue):
        return "unknown"
    for name in ("has_permission", "has_object_permission"):
        function = interpreter.member(cls, name)
        said = text_of_body(interpreter, function) if isinstance(function, FunctionValue) else ""
        if _FOR_READING.search(said) and method in SAFE:
            return "none"
        if _SOMEBODY.search(said):
            return "required"
    return "unknown"


def _name(item: Value) -> str:
    if isinstance(item, External):
        return item.name.removesuffix("()").rpartition(".")[2]
    if isinstance(item, str):
        return item.rpartition(".")[2]
    cls = item.cls if isinstance(item, ObjectValue) else item
    return cls.node.name if isinstance(cls, ClassValue) else ""
