"""Plugs and pipelines: what a request goes through before it is answered, and which of it asks for a log-in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeGuard

from msgspec import Struct

from github_connections.analysis.frameworks.guards import speaks_of_logging_in
from github_connections.analysis.frameworks.inflection import underscored
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.routing import Reached, Router
from github_connections.analysis.linking.standard_elixir import module_named, module_of, name_of_module
from github_connections.analysis.linking.values import ClassValue, FunctionValue, ListValue, Value, text_of
from github_connections.analysis.linking.words import words_of
from github_connections.analysis.report import Auth, AuthSource, Place
from github_connections.analysis.syntax import nodes

MAXIMUM_PLUGS_DEEP = 8
# What refuses those who are not logged in, by its name alone.
_REFUSES = re.compile(
    r"^(require|ensure|must|enforce)\w*_(auth|user|log|sign|admin|account|role|perm|member|staff|owner|session|token|api_key|scope|sudo)"
    r"|_required$|^basic_auth$|(^|_)(auth\w*|admin|user|staff|member)s?_only$"
)
# What speaks of a log-in and lets everybody pass, or only those without one.
_PASSES = re.compile(
    r"(^|_)(no|not|un|if|out|optional|optionally|maybe|guest|anonymous|fetch|load|put|assign|set|mount|track|redirect|refresh)(_|auth|$)"
    r"|_(enabled|active|unlocked|unbanned)$"  # of those who have one
)
# The words with which a request is ended there.
_ENDS = re.compile(r"^(halt|basic_auth)$|unauthori[sz]ed|unauthenticated|not_logged_in|forbidden|den(y|ied)")

_PLUGS = (nodes.Name("plug"), nodes.Name("on_mount"))


class Plug(Struct, frozen=True):
    """Something plugged in, or piped through: a function or pipeline by its name, or a module, and what it is told."""

    name: str
    value: Value
    place: Place
    arguments: tuple[str, ...] = ()


def named(value: Value) -> str:
    """Return the name of a plug; of a hook with its argument both."""
    if is_hook(value):
        return ".".join(named(item) for item in value.items)
    if isinstance(value, ListValue) and value.items:
        return named(value.items[0])
    return name_of_module(value) or text_of(value)


def is_hook(value: Value) -> bool:
    """Tell whether a value is `{UserAuth, :ensure_authenticated}`, and no list of hooks."""
    return (
        isinstance(value, ListValue)
        and len(value.items) > 1
        and bool(name_of_module(value.items[0]))
        and isinstance(value.items[1], str)
    )


def on_the_way(item: Reached) -> Iterator[Plug]:
    """Yield every plug of the pipelines that a request goes through, outermost first."""
    for step in item.steps:
        owner = step.options.get("owner")
        if isinstance(owner, Router):
            yield from _expanded(owner.data.get("plugs", []), owner)
            yield from _expanded(step.options.get("pipes", []), owner)
    owner = item.router
    yield from _expanded(owner.data.get("plugs", []), owner)
    yield from _expanded(item.route.options.get("pipes", []), owner)


def _expanded(plugs: list[Plug], owner: Router, depth: int = 0) -> Iterator[Plug]:
    """Yield plugs with those of the router's pipelines that they name."""
    for plug in plugs:
        pipeline = owner.data.get("pipelines", {}).get(plug.name)
        if pipeline is None or depth > MAXIMUM_PLUGS_DEEP:
            yield plug
        else:
            yield from _expanded(pipeline, owner, depth + 1)


class Guards:
    """Which routes ask for a log-in: by their pipelines, and by the plugs of their controllers."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter
        self._known: dict[tuple[int, str], bool] = {}

    def auth_of(self, item: Reached) -> Auth:
        """Return what asks for a log-in on the way to a route; unknown where nothing does."""
        owner: ClassValue = item.router.data["class"]
        sources = [_source(plug) for plug in on_the_way(item) if self._refuses(plug, owner)]
        sources += self._of_controller(item, owner)
        return Auth(state="required", by=list(dict.fromkeys(sources))) if sources else Auth()

    def _of_controller(self, item: Reached, near: ClassValue) -> Iterator[AuthSource]:
        """Yield a controller's plugs (`plug :authenticate when action in [:edit]`), or the hooks of a live view."""
        options = item.route.options
        action = options.get("action", "")
        answers = action or options.get("live")
        cls = module_named(self._interpreter, options.get("module", ""), near) if answers else None
        for statement in cls.node.body if cls is not None else ():
            if not isinstance(statement, nodes.Call) or statement.function not in _PLUGS or not statement.arguments:
                continue
            written, guard = _condition(statement)
            if cls is not None and _holds_for(guard, action):
                value = self._interpreter.evaluate(written, cls.scope)
                plug = Plug(named(value), value, Place(cls.scope.file.path, statement.line))
                if self._refuses(plug, cls):
                    yield _source(plug)

    def _refuses(self, plug: Plug, owner: ClassValue, depth: int = 0) -> bool:
        key = (id(owner.node), plug.name)
        if key not in self._known:
            self._known[key] = False  # one that plugs itself in ends here
            self._known[key] = self._says_no(plug, owner, depth)
        return self._known[key]

    def _says_no(self, plug: Plug, owner: ClassValue, depth: int) -> bool:
        if isinstance(plug.value, ClassValue) and depth < MAXIMUM_PLUGS_DEEP:
            module = module_of(self._interpreter, plug.value)
            inner = _expanded(module.data.get("plugs", []), module)
            if any(self._refuses(item, plug.value, depth + 1) for item in inner):
                return True
        names = [underscored(part).removesuffix("_plug") for part in _parts(plug)]
        if any(_PASSES.search(name) for name in names):
            return False
        if any(_REFUSES.search(name) for name in names):
            return True
        return any(speaks_of_logging_in(name) for name in names) and _halts(plug, owner)


def _parts(plug: Plug) -> list[str]:
    """Return the names that say what a plug does: of `{UserAuth, :ensure_user}` both, else the last."""
    values = plug.value.items[:2] if is_hook(plug.value) else [plug.name]
    return [named(value).rpartition(".")[2] for value in values]


def _source(plug: Plug) -> AuthSource:
    return AuthSource(name=plug.name, file=plug.place.file, line=plug.place.line)


def _condition(plugged: nodes.Call) -> tuple[nodes.Expression, nodes.Expression | None]:
    """Return what a controller plugs in, and the guard after its last argument: `when action in [:edit]`."""
    first, last = plugged.arguments[0].value, plugged.arguments[-1].value
    if isinstance(last, nodes.Mapping) and last.entries:
        last = last.entries[-1].value
    guard = last.operands[1] if _is_guarded(last) else None
    return (first.operands[0] if _is_guarded(first) else first), guard


def _is_guarded(expression: nodes.Expression) -> TypeGuard[nodes.Operation]:
    return isinstance(expression, nodes.Operation) and expression.operator == "when"


def _holds_for(guard: nodes.Expression | None, action: str) -> bool:
    """Tell whether a guard surely lets an action through; one that cannot be read does not."""
    match guard:
        case None:
            return True
        case nodes.Operation(operator="in", operands=[_, nodes.Sequence(items=items)]):
            return nodes.Text(action) in items
        case nodes.Operation(operator="not in", operands=[_, nodes.Sequence(items=items)]):
            return nodes.Text(action) not in items
        case nodes.Operation(operator="==", operands=[_, nodes.Text(value=value)]):
            return value == action
    return False


def _halts(plug: Plug, owner: ClassValue) -> bool:
    """Tell whether a plug's function, or one beside it that it calls, ends the request."""
    module = plug.value if isinstance(plug.value, ClassValue) else owner
    name = "call" if module is plug.value else plug.name
    waiting, seen = [module.scope.names.get(name)], set()
    while waiting:
        function = waiting.pop()
        if not isinstance(function, FunctionValue) or function.node.name in seen:
            continue
        seen.add(function.node.name)
        words = {word for clause in _clauses(function) for word in words_of(clause)}
        if any(_ENDS.search(word) for word in words):
            return True
        waiting += [function.scope.names.get(word) for word in words]
    return False


def _clauses(function: FunctionValue) -> list[nodes.Function]:
    body = getattr(function.scope.owner, "body", [function.node])
    return [item for item in body if isinstance(item, nodes.Function) and item.name == function.node.name]
