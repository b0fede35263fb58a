"""What an action of a Rails controller reads: in itself, in its callbacks, and in the methods of the class that it
calls."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.ruby.rails_callbacks import (
    BEFORE,
    OPENED,
    OPENS,
    SKIPS,
    Actions,
    Methods,
    actions_of,
    blocks_of,
    calls_in,
    named_by,
)
from github_connections.analysis.frameworks.ruby.rails_controllers import Controllers
from github_connections.analysis.frameworks.ruby.rails_params import Read, read_in
from github_connections.analysis.frameworks.ruby.ruby_classes import NamedClass, written_name
from github_connections.analysis.linking.routing import Reached
from github_connections.analysis.report import Parameter, ParameterPlace
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

_OF_RAILS = frozenset({"controller", "action", "format", "id"})
_METHODS_AT_MOST = 24  # that one action is followed into
_DEEPEST = 4  # of constants and methods that stand for lists of fields


class Requests:
    """Reads the actions of controllers."""

    def __init__(self, controllers: Controllers, methods: Methods) -> None:
        self._controllers = controllers
        self._methods = methods
        self._known: dict[tuple[int, str], list[Read]] = {}
        self._bodies: dict[tuple[int, int], tuple[list[Read], list[str]]] = {}  # what is read, and the methods called
        self._before: dict[int, list[tuple[str | nodes.Function, Actions, bool]]] = {}

    def parameters(self, item: Reached, path: str) -> list[Parameter]:
        """Return what the action of a route reads, without the variables of its path."""
        line, action = self._controllers.of(item)
        if not line:
            return []
        place: ParameterPlace = "query" if rows.WITHOUT_BODY.issuperset(item.route.methods) else "form"
        left_out = _OF_RAILS | paths.names(path)
        return [
            Parameter(name=one.name, place=one.place or place, type=one.type, required=one.required)
            for one in self._read(line, action)
            if one.name not in left_out
        ]

    def _read(self, line: list[NamedClass], action: str) -> list[Read]:
        key = (id(line[-1].node), action)
        if key not in self._known:
            found: dict[str, Read] = {}
            done: set[str] = set()
            for one in self._in_method(line, action, done):
                found.setdefault(one.name, one)
            for before in self._callbacks(line, action) if action in self._methods.of(line) else ():
                for one in self._before_it(line, before, done):
                    found.setdefault(one.name, one)
            self._known[key] = list(found.values())
        return self._known[key]

    def _before_it(self, line: list[NamedClass], before: str | nodes.Function, done: set[str]) -> Iterator[Read]:
        if isinstance(before, str):
            return self._in_method(line, before, done)
        return self._in_body(line, before.body, done)

    def _callbacks(self, line: list[NamedClass], action: str) -> list[str | nodes.Function]:
        """Return what is called before an action: methods by their names, and blocks."""
        called: list[str | nodes.Function] = []
        for controller in line:
            for what, actions, skips in self._said(controller):
                if not actions.have(action):
                    continue
                if not skips:
                    called.append(what)
                elif what in called:
                    called.remove(what)
        return called

    def _said(self, controller: NamedClass) -> list[tuple[str | nodes.Function, Actions, bool]]:
        key = id(controller.node)
        if key not in self._before:
            self._before[key] = []
            for _owner, node in calls_in(controller, self._controllers, set()):
                if nodes.bare_name(node) in BEFORE | SKIPS:
                    called: list[str | nodes.Function] = [*named_by(node), *blocks_of(node)]
                    skips = nodes.bare_name(node) in SKIPS
                    self._before[key] += [(what, actions_of(node), skips) for what in called]
                elif nodes.bare_name(node) in OPENS:
                    self._before[key].append((OPENED, actions_of(node), True))
        return self._before[key]

    def _in_method(self, line: list[NamedClass], name: str, done: set[str]) -> Iterator[Read]:
        method = self._methods.of(line).get(name)
        if method is not None and name not in done and len(done) < _METHODS_AT_MOST:
            done.add(name)
            yield from self._in_body(line, method.body, done)

    def _in_body(self, line: list[NamedClass], body: list[nodes.Statement], done: set[str]) -> Iterator[Read]:
        key = (id(body), id(line[-1].node))
        if key not in self._bodies:
            called = dict.fromkeys(getattr(item, "id", "") for item in nodes_in(body) if isinstance(item, nodes.Name))
            own = self._methods.of(line)
            self._bodies[key] = (
                list(read_in(body, partial(self._listed, line, 0))),
                [name for name in called if name in own],
            )
        read, others = self._bodies[key]
        yield from read
        for name in others:
            yield from self._in_method(line, name, done)

    def _listed(self, line: list[NamedClass], depth: int, written: nodes.Expression) -> list[nodes.Expression]:
        """Return the items of a list that has a name: a constant's, of a class of the program too, or a method's."""
        if depth > _DEEPEST:
            return []
        inner = partial(self._listed, line, depth + 1)
        match written:
            case nodes.Sequence(items=items):
                return items
            case nodes.Member(of=of, name="freeze"):
                return inner(of)
            case nodes.Template(parts=parts) | nodes.Operation(operands=parts):  # `+` puts texts together, and lists
                return [item for part in parts for item in inner(part)]
            case nodes.Name(id=name) | nodes.Call(function=nodes.Name(id=name)):
                method = self._methods.of(line).get(name)
                last = method.body[-1] if method is not None and method.body else None
                value = last.value if isinstance(last, nodes.Return) else _constant(line, name)
                return [] if value is None else inner(value)
            case nodes.Member(of=of, name=name):
                value = _constant(self._controllers.named(written_name(of), line[-1])[:1], name)
                return [] if value is None else inner(value)
        return []


def _constant(line: list[NamedClass], name: str) -> nodes.Expression | None:
    """Return what a constant is in the innermost class that has it."""
    for controller in reversed(line):
        for item in controller.node.body:
            if isinstance(item, nodes.Assign) and getattr(item.target, "id", "") == name:
                return item.value
    return None
