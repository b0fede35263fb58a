"""Whether an action of a Rails controller asks for a log-in: its callbacks, those of its bases and of concerns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from msgspec import Struct

from github_connections.analysis.frameworks.rails_controllers import Controllers
from github_connections.analysis.frameworks.ruby_classes import NamedClass, included
from github_connections.analysis.linking.routing import Reached
from github_connections.analysis.report import Auth, AuthSource
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

_LOG_IN = re.compile(
    r"authenticate|require_(user|login|admin|sign|authentication|account)|login_required|doorkeeper_authorize"
    r"|authorize_request|^(logged|signed)_in_user$|(require|ensure|check|must_be|verify)\w*_(logged|signed)_?in"
    r"|^(ensure|require|check|verify)_(login|authenticated|authentication|admin)|^authorized?[!?]?$|^authorize_(user|admin)"
)
# A callback that leaves early where nobody says who they are: `return if request.headers["Authorization"].blank?`.
_LEAVES = re.compile(r"^\s*return (if|unless) .*(authorization|token|header|bearer)", re.IGNORECASE)
_FIRST_LINES = 4
# What lets a person in who is known and asks for nothing, or sends those away who are.
_ASKS_FOR_NONE = re.compile(r"unauthenticated|_no_|_not_|^(redirect|skip|try|maybe|resume|restore|set)_|_if_|optional")
_BEFORE = frozenset({"before_action", "before_filter", "prepend_before_action", "append_before_action"})
_SKIPS = frozenset({"skip_before_action", "skip_before_filter"})
# What the generator of Rails 8 writes into its concern, for controllers to say.
_OPEN = frozenset({"allow_unauthenticated_access", "require_unauthenticated_access"})
_OPENED = "require_authentication"


class _Said(Struct, frozen=True):
    """One callback: asked for, or left out. `only` and `left_out` are its actions; `sure` without a condition."""

    names: dict[str, AuthSource]
    skips: bool
    only: set[str]
    left_out: set[str]
    sure: bool

    def is_for(self, action: str) -> bool:
        """Tell whether the callback is for an action."""
        return (not self.only or action in self.only) and action not in self.left_out


class Guards:
    """Tells who asks for a log-in."""

    def __init__(self, controllers: Controllers, read: Callable[[str], bytes | None]) -> None:
        self._controllers = controllers
        self._read = read
        self._of_controllers: dict[int, list[_Said]] = {}

    def auth_of(self, item: Reached) -> Auth:
        """Return what blocks of the routes and the action's controller ask for; `none` where it is left out again."""
        sources = [step.options["auth"] for step in item.steps if "auth" in step.options]
        line, action = self._controllers.of(item)
        asked, left_out = self._asked(line, action)
        asking = [source for source in asked.values() if not self._is_optional(source.name, line)]
        if sources or asking:
            return Auth(state="required", by=list(dict.fromkeys([*sources, *asking])))
        if asked:
            return Auth(state="optional", by=list(asked.values()))
        return Auth(state="none") if left_out else Auth()

    def _asked(self, line: list[NamedClass], action: str) -> tuple[dict[str, AuthSource], bool]:
        """Return the callbacks that ask before an action, and whether one that asked was left out again."""
        asked: dict[str, AuthSource] = {}
        left_out = False
        for said in (one for controller in line for one in self._said(controller) if one.is_for(action)):
            for name, source in said.names.items():
                if said.skips and asked.pop(name, None) is not None:
                    left_out = said.sure
                elif not said.skips and said.sure:
                    asked[name] = source
        return asked, left_out

    def _is_optional(self, name: str, line: list[NamedClass]) -> bool:
        """Tell whether a method of the controllers lets those in who do not say who they are."""
        for controller in reversed(line):
            for method in controller.methods():
                if method.name == name:
                    lines = (self._read(controller.file) or b"").decode("utf-8", "replace").split("\n")
                    return any(_LEAVES.match(text) for text in lines[method.line : method.line + _FIRST_LINES])
        return False

    def _said(self, controller: NamedClass) -> list[_Said]:
        key = id(controller.node)
        if key not in self._of_controllers:
            self._of_controllers[key] = list(self._in_body(controller, controller.node.body, set()))
        return self._of_controllers[key]

    def _in_body(self, controller: NamedClass, body: list[nodes.Statement], seen: set[str]) -> Iterator[_Said]:
        for statement in body:
            node = statement.value if isinstance(statement, nodes.Return) else statement
            if not isinstance(node, nodes.Call) or not isinstance(node.function, nodes.Name):
                continue
            if node.function.id in ("included", "prepended"):  # a concern's block
                for block in _blocks(node):
                    yield from self._in_body(controller, block.body, seen)
            elif node.function.id in ("include", "prepend"):
                for module in self._included(node, controller, seen):
                    yield from self._in_body(module, module.node.body, seen)
            else:
                yield from _callback(controller, node, node.function.id)

    def _included(self, node: nodes.Call, controller: NamedClass, seen: set[str]) -> Iterator[NamedClass]:
        """Yield the modules that a class includes, each once for it."""
        for name in included(node):
            for module in self._controllers.named(name, controller)[:1]:
                if module.name not in seen:
                    seen.add(module.name)
                    yield module


def asks_for_a_log_in(method: str) -> bool:
    """Tell whether a method's name says that it asks for a log-in."""
    return _LOG_IN.search(method) is not None and _ASKS_FOR_NONE.search(method) is None


def _callback(controller: NamedClass, node: nodes.Call, word: str) -> Iterator[_Said]:
    if word in _BEFORE or word in _SKIPS:
        names = {name: name for name in _texts(node)}
        names |= {f"block with {name}": name for name in _called_in_blocks(node)}  # nobody can skip it by the name
        names = {key: name for key, name in names.items() if asks_for_a_log_in(name)}
    elif word in _OPEN:
        names = {_OPENED: _OPENED}
    elif word == "http_basic_authenticate_with":
        names = {word: word}
    else:
        return
    if names:
        place = controller.place(node.line)
        sources = {key: AuthSource(name=name, file=place.file, line=place.line) for key, name in names.items()}
        conditions = [item for item in node.arguments if item.name in ("if", "unless")]
        sure = all(_is_of_devise(item) for item in conditions)
        skips = word in _SKIPS or word in _OPEN
        yield _Said(sources, skips, _listed(node, "only"), _listed(node, "except"), sure)


def _is_of_devise(condition: nodes.Argument) -> bool:
    """`unless: :devise_controller?` is the program's own controllers, all of them."""
    return (
        condition.name == "unless"
        and isinstance(condition.value, nodes.Text)
        and condition.value.value == "devise_controller?"
    )


def _texts(node: nodes.Call) -> Iterator[str]:
    """Yield the methods that a callback names."""
    for argument in node.arguments:
        if not argument.name and isinstance(argument.value, nodes.Text):
            yield argument.value.value


def _called_in_blocks(node: nodes.Call) -> Iterator[str]:
    """`before_action -> { doorkeeper_authorize! :read }`."""
    for block in _blocks(node):
        for item in nodes_in(block.body):
            if isinstance(item, nodes.Call) and isinstance(item.function, nodes.Name):
                yield item.function.id


def _blocks(node: nodes.Call) -> Iterator[nodes.Function]:
    for argument in node.arguments:
        if isinstance(argument.value, nodes.Function) and not argument.name:
            yield argument.value


def _listed(node: nodes.Call, name: str) -> set[str]:
    found = [argument.value for argument in node.arguments if argument.name == name]
    return {item.value for item in nodes_in(found) if isinstance(item, nodes.Text)}
