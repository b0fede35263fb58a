"""Routers of REST framework that have a table of routes of their own: `routes = [Route(url=…, mapping=…), …]`."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.frameworks.python.django_patterns import from_regex
from github_connections.analysis.frameworks.python.django_rest_viewsets import (
    ViewSetView,
    actions_of,
    has_method,
    lookup_of,
)
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.values import (
    ClassValue,
    External,
    entries_of,
    items_in,
    text_of,
)

_DYNAMIC = ("DynamicRoute", "DynamicListRoute", "DynamicDetailRoute")


def table_of(interpreter: Interpreter, router: ClassValue | None) -> list[Invocation]:
    """Return the routes that a router's class of the program says, all of which are known; else none."""
    said = interpreter.member(router, "routes") if router is not None else None
    items = items_in(said)
    made = [item.made_by for item in items if isinstance(item, External) and item.made_by is not None]
    known = [call for call in made if call.name.rpartition(".")[2] in ("Route", *_DYNAMIC)]
    return known if len(known) == len(items) else []


def views_by(
    interpreter: Interpreter, table: list[Invocation], cls: ClassValue, prefix: str, slash: str
) -> Iterator[tuple[str, ViewSetView]]:
    """Yield (path, view) of a view set for each route of a table."""
    lookup = f"<{lookup_of(interpreter, cls)}>"
    for call in table:
        url = call.text(0, "url")
        for part, value in (("{prefix}", prefix), ("{lookup}", lookup), ("{trailing_slash}", slash)):
            url = url.replace(part, value)
        if call.name.endswith(_DYNAMIC):
            for path, detail, answers in actions_of(interpreter, cls):
                if detail is _is_detail(call):
                    whole = url.replace("{url_path}", path).replace("{methodname}", path)
                    yield _path(whole), ViewSetView(cls, answers, cls.node.name)
        else:
            answers = _mapped(interpreter, call, cls)
            if answers:
                yield _path(url), ViewSetView(cls, answers, cls.node.name)


def _is_detail(call: Invocation) -> bool:
    if call.name.endswith("DynamicRoute"):
        return call.value(2, "detail") is True
    return call.name.endswith("DynamicDetailRoute")


def _mapped(interpreter: Interpreter, call: Invocation, cls: ClassValue) -> dict[str, str]:
    mapping = call.value(1, "mapping")
    entries = entries_of(mapping).items()
    return {verb.upper(): text_of(name) for verb, name in entries if has_method(interpreter, cls, text_of(name))}


def _path(url: str) -> str:
    """Return a url of a table, `^crates/<pk>$`, as a path; the variables are there already."""
    return from_regex(url) if "(" in url or "\\" in url else url.removeprefix("^").removesuffix("$")
