"""Callbacks of Rails' controllers: what a `before_action` names or does, and the actions that it is for."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from github_connections.analysis.frameworks.ruby.rails_controllers import Controllers
from github_connections.analysis.frameworks.ruby.ruby_classes import NamedClass, included
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import without_return
from github_connections.analysis.syntax.walking import nodes_in

BEFORE = frozenset({"before_action", "before_filter", "prepend_before_action", "append_before_action"})
# What the generator of Rails 8 writes into its concern, for controllers to say, and the callback that it skips.
OPENS = frozenset({"allow_unauthenticated_access", "require_unauthenticated_access"})
OPENED = "require_authentication"
SKIPS = frozenset({"skip_before_action", "skip_before_filter"})


class Actions(Struct, frozen=True):
    """The actions that a callback is for: `only` and `left_out` are names of actions."""

    only: set[str]
    left_out: set[str]

    def have(self, action: str) -> bool:
        """Tell whether the callback is for an action."""
        return (not self.only or action in self.only) and action not in self.left_out


def actions_of(node: nodes.Call) -> Actions:
    """Return what `only:` and `except:` of a callback say."""
    return Actions(_listed(node, "only"), _listed(node, "except"))


def calls_in(
    controller: NamedClass, controllers: Controllers, seen: set[str]
) -> Iterator[tuple[NamedClass, nodes.Call]]:
    """Yield the calls that a class makes in its body, with those of the modules that it includes, each once."""
    yield from _calls_in(controller, controller.node.body, controllers, seen)


def _calls_in(
    controller: NamedClass, body: list[nodes.Statement], controllers: Controllers, seen: set[str]
) -> Iterator[tuple[NamedClass, nodes.Call]]:
    for statement in body:
        node = without_return(statement)
        if not isinstance(node, nodes.Call) or not isinstance(node.function, nodes.Name):
            continue
        if node.function.id in ("included", "prepended"):  # a concern's block
            for block in blocks_of(node):
                yield from _calls_in(controller, block.body, controllers, seen)
        elif node.function.id in ("include", "prepend"):
            for module in _included(node, controller, controllers, seen):
                yield from _calls_in(module, module.node.body, controllers, seen)
        else:
            yield controller, node


def _included(
    node: nodes.Call, controller: NamedClass, controllers: Controllers, seen: set[str]
) -> Iterator[NamedClass]:
    for name in included(node):
        for module in controllers.named(name, controller)[:1]:
            if module.name not in seen:
                seen.add(module.name)
                yield module


class Methods:
    """The methods of controllers, with those of the modules that they include; each line of classes is put together
    once."""

    def __init__(self, controllers: Controllers) -> None:
        self._controllers = controllers
        self._known: dict[int, dict[str, nodes.Function]] = {}

    def of(self, line: list[NamedClass]) -> dict[str, nodes.Function]:
        """Return the methods of a controller by their names, given with its bases, the outermost first."""
        key = id(line[-1].node) if line else 0
        if key not in self._known:
            owners = [owner for controller in line for owner in self._with_modules(controller, set())]
            self._known[key] = {method.name: method for owner in owners for method in owner.methods()}
        return self._known[key]

    def _with_modules(self, controller: NamedClass, seen: set[str]) -> Iterator[NamedClass]:
        """Yield the modules that a class includes, then itself."""
        for statement in controller.node.body:
            node = without_return(statement)
            if isinstance(node, nodes.Call):
                for module in _included(node, controller, self._controllers, seen):
                    yield from self._with_modules(module, seen)
        yield controller


def named_by(node: nodes.Call) -> Iterator[str]:
    """Yield the methods that a callback names."""
    for argument in node.arguments:
        if not argument.name and isinstance(argument.value, nodes.Text):
            yield argument.value.value


def blocks_of(node: nodes.Call) -> Iterator[nodes.Function]:
    """Yield the blocks that a call is given: `before_action -> { doorkeeper_authorize! :read }`."""
    for argument in node.arguments:
        if isinstance(argument.value, nodes.Function) and not argument.name:
            yield argument.value


def _listed(node: nodes.Call, name: str) -> set[str]:
    found = [argument.value for argument in node.arguments if argument.name == name]
    return {item.value for item in nodes_in(found) if isinstance(item, nodes.Text)}
