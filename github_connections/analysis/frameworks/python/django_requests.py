"""The verbs that a plain function of Django's answers to, by what it does with the request it is given."""

from __future__ import annotations

import re
from collections.abc import Iterator

from github_connections.analysis import http_verbs
from github_connections.analysis.frameworks.python.django_handing_on import MAXIMUM_DEEP, handed_to
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import FunctionValue, source_of
from github_connections.analysis.linking.words import words_of
from github_connections.analysis.report import ANY_METHOD
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import items_written, positional_arguments
from github_connections.analysis.syntax.walking import nodes_in

# The verbs, in the order of rows.
ORDER = tuple(map(str.upper, http_verbs.OF_APIS))
# Where a request holds what came with it.
_SENT = frozenset({"POST", "FILES", "body"})
# What shows a page, or leads to one: a view that does answers a GET in some way.
_SHOWS = frozenset({"render", "TemplateResponse", "redirect", "HttpResponseRedirect", "render_to_response"})
# Verbs as they are written where others may be called.
_WRITTEN = frozenset({*ORDER, "HEAD", "OPTIONS"})
_ABOUT_SOMETHING_ELSE = re.compile(r"(?i)limit|throttle|cache|exempt|csrf|log|audit|except|skip")
_REFUSES = frozenset({"HttpResponseNotAllowed", "HttpResponseBadRequest"})


def verbs_by_use(interpreter: Interpreter, view: FunctionValue, deep: int = 0) -> list[str]:
    """Return the verbs: those that the request's method is compared with, else those that what is read of it is for,
    by the view or by functions of the program whose answers it gives.

    A view that looks at nothing sent is there to be read. One that takes single values out of what was sent
    (`request.POST["choice"]`) is for sending; one that hands it on as a whole (`Form(request.POST)`) shows the form
    too.
    """
    own = _verbs_of(view.node)
    if own != ["GET"] or _compared_with(view.node) or deep == MAXIMUM_DEEP:
        return own
    handed = [verbs_by_use(interpreter, one, deep + 1) for one in handed_to(interpreter, view)]
    more = {verb for verbs in handed for verb in verbs} - {ANY_METHOD}
    if not more:
        return own
    shows = not words_of(view.node).isdisjoint(_SHOWS)
    return [verb for verb in ORDER if verb in (more | {"GET"} if shows else more)]


def _verbs_of(node: nodes.Function) -> list[str]:
    request = node.parameters[0].name if node.parameters else "request"
    read = set(_read(node, request))
    compared = _compared_with(node)
    if compared:
        sent = {"POST"} if compared == {"GET"} and not read.isdisjoint(_SENT | {"item"}) else set()
        return [verb for verb in ORDER if verb in compared | sent]
    if "method" in read:
        return [ANY_METHOD]  # it asks in a way that is not understood
    if not _SENT.isdisjoint(read):
        return ["GET", "POST"]
    return ["POST"] if "item" in read else ["GET"]


def _compared_with(node: nodes.Function) -> set[str]:
    """Return the verbs that a function asks for by `request.method == "POST"`; with GET, which it leaves to the rest,
    unless it refuses all others by `request.method != "POST"`."""
    asked: set[str] = set()
    refused: set[str] = set()
    for item in nodes_in(node.body):
        if isinstance(item, nodes.Operation) and item.operator in ("==", "!=", "in", "not in"):
            left, *right = item.operands
            if source_of(left).endswith("request.method"):
                (asked if item.operator in ("==", "in") else refused).update(_texts(right))
    if not asked | refused:
        return set()
    words = words_of(node)
    is_strict = refused and (words.isdisjoint(_SHOWS) or not words.isdisjoint(_REFUSES))
    return refused | asked if is_strict else refused | asked | {"GET"}


def _read(node: nodes.Function, request: str) -> Iterator[str]:
    """Yield what a function reads of its request: `method`, `POST`…, and `item` for a single value out of these."""
    single: set[int] = set()
    for item in nodes_in(node.body):
        match item:
            case nodes.Item(of=nodes.Member(of=nodes.Name(id=name), name=held) as inner) if name == request:
                single.add(id(inner))
                yield "item" if held in _SENT else held
            case nodes.Call(function=nodes.Member(of=nodes.Member(of=nodes.Name(id=name), name=held) as inner)) if (
                name == request and held in _SENT
            ):
                single.add(id(inner))
                yield "item"
            case nodes.Call(
                function=nodes.Member(name="loads"),
                arguments=[nodes.Argument(value=nodes.Member(of=nodes.Name(id=name), name="body") as inner), *_],
            ) if name == request:
                single.add(id(inner))
                yield "item"
            case nodes.Member(of=nodes.Name(id=name), name=held) if name == request and id(item) not in single:
                yield held


def _texts(expressions: list[nodes.Expression]) -> list[str]:
    found: list[str] = []
    for expression in expressions:
        if isinstance(expression, nodes.Text):
            found.append(expression.value.upper())
        elif isinstance(expression, nodes.Sequence):
            found += _texts(expression.items)
    return found


def verbs_said(decorator: nodes.Expression) -> list[str]:
    """Return the verbs that a decorator of the program's own is handed, and nothing else: `@cors("GET", "POST")`."""
    if not isinstance(decorator, nodes.Call) or _ABOUT_SOMETHING_ELSE.search(nodes.bare_name(decorator)):
        return []
    given = positional_arguments(decorator)
    listed = [one for item in given for one in items_written(item)]
    said = [item.value if isinstance(item, nodes.Text) else "" for item in listed]
    return [verb for verb in said if verb in ORDER] if said and all(verb in _WRITTEN for verb in said) else []
