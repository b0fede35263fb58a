"""Attributes of the program's own that say routes without being derived from one of the library's: what they implement
tells that they do, `IRouteTemplateProvider` and `IActionHttpMethodProvider`."""

from __future__ import annotations

from msgspec import Struct

from github_connections.analysis.linking.classes import library_bases
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import ClassValue, Unknown, Value, items_in, text_of

_TEMPLATES = "IRouteTemplateProvider"
_METHODS = "IActionHttpMethodProvider"


class Said(Struct):
    """What an attribute of the program says: a template, or None, and verbs."""

    template: str | None
    methods: list[Value]


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
        items_in(methods),
    )
