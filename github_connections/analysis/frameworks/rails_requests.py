"""What an action of a Rails controller reads of its `params`, in itself and in the methods of the class that it calls.

A field inside another is named as a form does: `article[title]`.
"""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.rails_controllers import Controllers
from github_connections.analysis.frameworks.ruby_classes import NamedClass
from github_connections.analysis.linking.routing import Reached
from github_connections.analysis.report import Parameter, ParameterPlace
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

_OF_RAILS = frozenset({"controller", "action", "format", "id"})
_METHODS_AT_MOST = 12  # that one action is followed into

Read = tuple[str, str, bool]  # name, type, required


class Requests:
    """Reads the actions of controllers."""

    def __init__(self, controllers: Controllers) -> None:
        self._controllers = controllers
        self._known: dict[tuple[int, str], list[Read]] = {}

    def parameters(self, item: Reached, path: str) -> list[Parameter]:
        """Return what the action of a route reads, without the variables of its path."""
        line, action = self._controllers.of(item)
        if not line:
            return []
        place: ParameterPlace = "query" if rows.WITHOUT_BODY.issuperset(item.route.methods) else "form"
        left_out = _OF_RAILS | {name for name, _required in paths.variables(path)}
        return [
            Parameter(name=name, place=place, type=kind, required=required)
            for name, kind, required in self._read(line, action)
            if name not in left_out
        ]

    def _read(self, line: list[NamedClass], action: str) -> list[Read]:
        key = (id(line[-1].node), action)
        if key not in self._known:
            methods = {method.name: method for controller in line for method in controller.methods()}
            found: dict[str, Read] = {}
            for one in _in_method(methods, action, set()):
                found.setdefault(one[0], one)
            self._known[key] = list(found.values())
        return self._known[key]


def _in_method(methods: dict[str, nodes.Function], name: str, done: set[str]) -> Iterator[Read]:
    method = methods.get(name)
    if method is None or name in done or len(done) > _METHODS_AT_MOST:
        return
    done.add(name)
    inside: set[int] = set()  # what is part of something that was read already
    for item in nodes_in(method.body):
        if id(item) not in inside:
            yield from _of(item, inside)
        called = _called(item)
        if "param" in called:
            yield from _in_method(methods, called, done)


def _called(item: nodes.Node) -> str:
    match item:
        case nodes.Name(id=name) | nodes.Call(function=nodes.Name(id=name)):
            return name
    return ""


def _of(item: nodes.Node, inside: set[int]) -> Iterator[Read]:
    """Yield what one expression reads: `params.require(:a).permit(:b)`, `params.expect(a: [:b])`, `params[:a][:b]`."""
    match item:
        case nodes.Call(function=nodes.Member(of=of, name="permit" | "expect" as word), arguments=arguments):
            path = _path(of)
            if path is not None:
                inside.update(id(node) for node in nodes_in(of))
                yield from _permitted(arguments, path, required=word == "expect")
        case nodes.Call(function=nodes.Member(name="require")):
            path = _path(item)
            if path:
                yield _named(path), "", True
        case nodes.Item() | nodes.Call(function=nodes.Member(name="fetch" | "dig")):
            path = _path(item)
            if path:
                inside.update(id(node) for node in nodes_in(item))
                yield _named(path), "", False


def _path(written: nodes.Node | None) -> list[str] | None:
    """Return the names under which something is looked up in `params`: none for itself, None for anything else."""
    match written:
        case nodes.Name(id="params") | nodes.Call(function=nodes.Name(id="params"), arguments=[]):
            return []
        case nodes.Item(of=of, index=nodes.Text(value=name)):
            names = [name]
        case nodes.Call(function=nodes.Member(of=of, name="require" | "fetch" | "dig" as word), arguments=arguments):
            texts = [argument.value.value for argument in arguments if isinstance(argument.value, nodes.Text)]
            names = texts if word == "dig" else texts[:1]
            if not names:
                return None
        case _:
            return None
    before = _path(of)
    return None if before is None else [*before, *names]


def _permitted(arguments: list[nodes.Argument], path: list[str], *, required: bool) -> Iterator[Read]:
    for argument in arguments:
        value = argument.value
        if argument.name:
            yield from _nested(argument.name, value, path, is_object=required)
        elif isinstance(value, nodes.Text):
            yield _named([*path, value.value]), "", required
        elif isinstance(value, nodes.Sequence):
            yield from _permitted([nodes.Argument(item) for item in value.items], path, required=False)
        elif isinstance(value, nodes.Mapping):
            for entry in value.entries:
                if isinstance(entry.key, nodes.Text):
                    yield from _nested(entry.key.value, entry.value, path, is_object=required)


def _nested(name: str, value: nodes.Expression, path: list[str], *, is_object: bool) -> Iterator[Read]:
    """`tags: []` is a list, `address: [:street]` has fields; in `expect` the outermost is the object itself."""
    fields = value.items if isinstance(value, nodes.Sequence) else []
    if not fields and not is_object:
        yield _named([*path, name]), "array" if isinstance(value, nodes.Sequence) else "object", False
    elif fields:
        yield from _permitted([nodes.Argument(item) for item in fields], [*path, name], required=False)


def _named(path: list[str]) -> str:
    first, *others = path
    return first + "".join(f"[{name}]" for name in others)
