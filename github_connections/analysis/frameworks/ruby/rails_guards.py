"""Whether an action of a Rails controller asks for a log-in: its callbacks, those of its bases and of concerns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from msgspec import Struct

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
from github_connections.analysis.frameworks.ruby.ruby_classes import NamedClass
from github_connections.analysis.linking.routing import Reached
from github_connections.analysis.report import Auth, AuthSource
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

_LOG_IN = re.compile(
    r"authenticate|require_(user|login|admin|sign|authentication|account)|login_required|doorkeeper_authorize"
    r"|authorize_request|^(logged|signed)_in_user$|(require|ensure|check|must_be|verify)\w{0,60}_(logged|signed)_?in"
    r"|^(ensure|require|check|verify)_(login|authenticated|authentication|admin)|^authorized?[!?]?$|^authorize_(user|admin)"
)
# A callback that leaves early where nobody says who they are: `return if request.headers["Authorization"].blank?`.
_LEAVES = re.compile(r"^\s*return (if|unless) .*(authorization|token|header|bearer)", re.IGNORECASE)
_FIRST_LINES = 4
# What a callback does, whatever its name is, that sends strangers away.
_SENDS_AWAY = re.compile(
    r"^authenticate_or_request_with_http_|^request_http_\w+_authentication$|^unauthorized$"
    r"|^(new_)?(\w+_)?(login|session|sign_in|signin)_(path|url)$"
)
# What lets a person in who is known and asks for nothing, or sends those away who are.
_ASKS_FOR_NONE = re.compile(r"unauthenticated|_no_|_not_|^(redirect|skip|try|maybe|resume|restore|set)_|_if_|optional")
# Of these what a method does says nothing either: `redirect_if_authenticated`.
_OF_OTHERS = re.compile(r"unauthenticated|_no_|_not_|_if_|optional|^(skip|try|maybe)_")


class _Said(Struct, frozen=True):
    """One callback: asked for, or left out; `sure` without a condition."""

    names: dict[str, AuthSource]
    skips: bool
    actions: Actions
    sure: bool


class Guards:
    """Tells who asks for a log-in."""

    def __init__(self, controllers: Controllers, methods: Methods, lines: Callable[[str], list[str]]) -> None:
        self._controllers = controllers
        self._lines = lines
        self._methods = methods
        self._of_controllers: dict[int, list[_Said]] = {}
        self._asking: dict[tuple[int, str], bool] = {}
        self._optional: dict[tuple[int, str], bool] = {}

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
        for said in (one for controller in line for one in self._said(controller) if one.actions.have(action)):
            for name, source in said.names.items():
                if not self._asks(source.name, line):
                    continue
                if said.skips and asked.pop(name, None) is not None:
                    left_out = said.sure
                elif not said.skips and said.sure:
                    asked[name] = source
        return asked, left_out

    def _asks(self, name: str, line: list[NamedClass]) -> bool:
        """Tell whether a callback asks for a log-in: its name says so, or it sends strangers away."""
        key = (id(line[-1].node), name)
        if key not in self._asking:
            method = None if _OF_OTHERS.search(name) else self._methods.of(line).get(name)
            self._asking[key] = asks_for_a_log_in(name) or (method is not None and _sends_away(method))
        return self._asking[key]

    def _is_optional(self, name: str, line: list[NamedClass]) -> bool:
        """Tell whether a method of the controllers lets those in who do not say who they are."""
        key = (id(line[-1].node), name)
        if key not in self._optional:
            self._optional[key] = self._leaves(name, line)
        return self._optional[key]

    def _leaves(self, name: str, line: list[NamedClass]) -> bool:
        for controller in reversed(line):
            for method in controller.methods():
                if method.name == name:
                    lines = self._lines(controller.file)
                    return any(_LEAVES.match(text) for text in lines[method.line : method.line + _FIRST_LINES])
        return False

    def _said(self, controller: NamedClass) -> list[_Said]:
        key = id(controller.node)
        if key not in self._of_controllers:
            calls = calls_in(controller, self._controllers, set())
            self._of_controllers[key] = [said for owner, node in calls for said in _callback(owner, node)]
        return self._of_controllers[key]


def asks_for_a_log_in(method: str) -> bool:
    """Tell whether a method's name says that it asks for a log-in."""
    return _LOG_IN.search(method) is not None and _ASKS_FOR_NONE.search(method) is None


def _sends_away(method: nodes.Function) -> bool:
    """`render json: {}, status: :unauthorized`, `redirect_to login_path`."""
    for item in nodes_in(method.body):
        match item:
            case nodes.Name(id=word) | nodes.Call(function=nodes.Name(id=word)) | nodes.Text(value=word):
                if _SENDS_AWAY.search(word):
                    return True
            case nodes.Argument(name="status", value=nodes.Constant(value=401)):
                return True
    return False


def _callback(controller: NamedClass, node: nodes.Call) -> Iterator[_Said]:
    word = nodes.bare_name(node)
    if word in BEFORE or word in SKIPS:
        names = {name: name for name in named_by(node)}
        names |= {f"block with {name}": name for name in _called_in_blocks(node)}  # nobody can skip it by the name
    elif word in OPENS:
        names = {OPENED: OPENED}
    elif word == "http_basic_authenticate_with":
        names = {word: word}
    else:
        return
    if names:
        place = controller.place(node.line)
        sources = {key: AuthSource(name=name, file=place.file, line=place.line) for key, name in names.items()}
        conditions = [item for item in node.arguments if item.name in ("if", "unless")]
        sure = all(_is_of_devise(item) for item in conditions)
        skips = word in SKIPS or word in OPENS
        yield _Said(sources, skips, actions_of(node), sure)


def _is_of_devise(condition: nodes.Argument) -> bool:
    """`unless: :devise_controller?` is the program's own controllers, all of them."""
    return (
        condition.name == "unless"
        and isinstance(condition.value, nodes.Text)
        and condition.value.value == "devise_controller?"
    )


def _called_in_blocks(node: nodes.Call) -> Iterator[str]:
    """`before_action -> { doorkeeper_authorize! :read }`."""
    for block in blocks_of(node):
        for item in nodes_in(block.body):
            if isinstance(item, nodes.Call) and isinstance(item.function, nodes.Name):
                yield item.function.id
