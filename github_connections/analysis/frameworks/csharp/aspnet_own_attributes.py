"""Attributes of the program's own that say routes without being derived from one of the library's: what they implement
tells that they do, `IRouteTemplateProvider` and `IActionHttpMethodProvider`."""

from __future__ import annotations

import re

from msgspec import Struct

from github_connections.analysis.linking.classes import library_bases
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import ClassValue, ListValue, Unknown, Value, text_of

_TEMPLATES = "IRouteTemplateProvider"
_METHODS = "IActionHttpMethodProvider"
# What turns callers away; a filter of another name may ask for something else than who they are.
_FILTERS = frozenset({"IAuthorizationFilter", "IAsyncAuthorizationFilter"})
_ASKS_WHO_CALLS = re.compile(r"Auth|Admin|Role|Permission|Login|LogIn|SignedIn|Claim|Token|ApiKey|User")


class Said(Struct):
    """What an attribute of the program says: a template, or None, and verbs."""

    template: str | None
    methods: list[Value]


def asks_who_calls(interpreter: Interpreter, cls: ClassValue) -> bool:
    """Tell whether an attribute of the program is a filter that asks who calls."""
    bases = {name.rpartition(".")[2] for name in library_bases(interpreter, cls)}
    return not _FILTERS.isdisjoint(bases) and _ASKS_WHO_CALLS.search(cls.node.name) is not None


def said_by(
    interpreter: Interpreter, cls: ClassValue, positional: list[Value], named: dict[str, Value], scope: Scope
) -> Said | None:
    """Return what an attribute with these arguments says; None where it is about something else."""
    bases = {name.rpartition(".")[2] for name in library_bases(interpreter, cls)}
    if bases.isdisjoint((_TEMPLATES, _METHODS)):
        return None
    made = interpreter.instantiate(cls, positional, named, None, scope)
    template = interpreter.get(made, "Template", scope) if _TEMPLATES in bases else None
    methods = interpreter.get(made, "HttpMethods", scope) if _METHODS in bases else None
    return Said(
        None if template is None or isinstance(template, Unknown) else text_of(template),
        methods.items if isinstance(methods, ListValue) else [],
    )
