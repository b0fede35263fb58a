"""AngularJS: what `$routeProvider` and UI-Router's `$stateProvider` are told, wherever a module is configured."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from github_connections.analysis.frameworks import paths
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.javascript.page_routes import Around, Page, rows_of
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import File
from github_connections.analysis.linking.values import MapValue, Unknown, Value, text_of
from github_connections.analysis.report import Place, Route
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

NAME = "angularjs"
_TELLING = {"$routeProvider": "when", "$stateProvider": "state"}
_SPELT = frozenset(f"{provider}.{told}" for provider, told in _TELLING.items())
_WORDS = frozenset(_TELLING.values())
_SHOWING = ("component", "controller", "templateUrl", "template")
# States in states, by the dots of their names.
MAXIMUM_STATES = 20


class State(Struct):
    """A state of UI-Router: its own part of the address, if it has any, and what it says of itself."""

    entries: dict[str, Value]
    place: Place
    parent: str


def routes(interpreter: Interpreter) -> Iterator[Route]:
    """Yield the pages of both routers."""
    states: dict[str, State] = {}
    pages: list[Page] = []
    for file in _files(interpreter):
        for call in _told(file):
            place = Place(file.path, call.line)
            given = [interpreter.evaluate(argument.value, file.scope) for argument in call.arguments[:2]]
            said = given[-1].entries if given and isinstance(given[-1], MapValue) else {}
            if nodes.last_name(call.function) == "when" and len(given) == 2:
                pages.append(_page(text_of(given[0]), place, said))
            elif said and isinstance(name := said.get("name", given[0]), str):
                parent = said.get("parent")
                states[name] = State(said, place, parent if isinstance(parent, str) else name.rpartition(".")[0])
    shown = (one for one in states.values() if "url" in one.entries and one.entries.get("abstract") is not True)
    pages += [_page(_url(one, states), one.place, one.entries) for one in shown]
    yield from rows_of(pages, NAME, Around(), rewrite=_rewritten)


def _files(interpreter: Interpreter) -> Iterator[File]:
    files = [file for file in interpreter.program.of_family("javascript") if file.may_have(_SPELT)]
    interpreter.program.parse(files)
    return (file for file in files if not _WORDS.isdisjoint(file.head.words))


def _told(file: File) -> Iterator[nodes.Call]:
    """Yield the calls that tell one of the providers something, also in a chain of them."""
    owners: dict[int, str] = {}
    for node in nodes_in(file.module.body):
        if isinstance(node, nodes.Call) and _TELLING.get(_owner(node, owners)) == nodes.last_name(node.function):
            yield node


def _owner(call: nodes.Call, known: dict[int, str]) -> str:
    """Return the name that a chain of calls begins with; each call of a chain is looked at once."""
    chain: list[int] = []
    node: nodes.Node | None = call
    while isinstance(node, nodes.Call | nodes.Member) and id(node) not in known:
        chain.append(id(node))
        node = node.function if isinstance(node, nodes.Call) else node.of
    name = known.get(id(node), "") or getattr(node, "id", "")
    known.update(dict.fromkeys(chain, name))
    return name


def _url(state: State, states: dict[str, State]) -> str:
    """Return the whole address of a state: its own follows that of the one around it, unless it begins with `^`."""
    written: list[str] = []
    here: State | None = state
    while here is not None and len(written) < MAXIMUM_STATES:
        url = here.entries.get("url", "")
        written.insert(0, text_of(url).partition("?")[0])
        here = None if written[0].startswith("^") else states.get(here.parent)
    return "".join(written).removeprefix("^")


def _page(path: str, place: Place, said: dict[str, Value]) -> Page:
    views = said.get("views")
    view = next(iter(views.entries.values()), None) if isinstance(views, MapValue) else None
    shown = view.entries if isinstance(view, MapValue) else said
    names = (shown[name] for name in _SHOWING if isinstance(shown.get(name), str))
    return Page(path, place, Unknown(str(next(names, ""))), redirects="redirectTo" in said)


def _rewritten(path: str) -> str:
    return paths.from_colons(paths.from_braces(path))


FRAMEWORK = Framework(
    name=NAME,
    language="javascript",
    family="javascript",
    kind="client",
    packages=("angular-route", "angular-ui-router", "@uirouter/angularjs"),
    imports=("angular-route", "angular-ui-router", "@uirouter/angularjs"),
    marks=_SPELT,
    routes=routes,
)
