"""Who may call a route of JavaScript's servers: guards on the way to it say so, or its handler asks by itself."""

from __future__ import annotations

from github_connections.analysis.frameworks.javascript.javascript_guards import Guard, auth_of, guards_on_the_way
from github_connections.analysis.frameworks.javascript.javascript_handlers import functions_in
from github_connections.analysis.frameworks.javascript.javascript_inputs import Answering
from github_connections.analysis.frameworks.javascript.javascript_middleware import refuses_at_once
from github_connections.analysis.frameworks.javascript.request_guards import is_for_all
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.routing import Reached
from github_connections.analysis.report import Auth, AuthSource


def auth_on(interpreter: Interpreter, item: Reached, path: str) -> Auth:
    """Return what guards make of a route; where there are none, what its handler does.

    Where people log in or register, guards for everything let them: only those count that the route names itself.
    """
    guards = guards_on_the_way(item)
    if is_for_all(path):
        return auth_of((one for one in guards if _is_named_by(item, one)), path)
    auth = auth_of(guards, path)
    return auth if auth.state != "unknown" else _by_handler(interpreter, item) or auth


def _is_named_by(item: Reached, guard: Guard) -> bool:
    if guard.source.name.startswith("passport"):
        return False  # who comes here is about to be known by it
    return (guard.source.file, guard.source.line) == (item.route.place.file, item.route.place.line)


def _by_handler(interpreter: Interpreter, item: Reached) -> Auth | None:
    said = item.route.options.get("answering")
    if not isinstance(said, Answering) or not said.arguments:
        return None
    for function in functions_in(interpreter, *said.arguments[-1], said.scope):
        asked = refuses_at_once(interpreter, function)
        if asked:
            place = function.place
            return Auth(state="required", by=[AuthSource(name=asked, file=place.file, line=place.line)])
    return None
