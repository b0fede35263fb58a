"""Who may call a route of Ktor: blocks of `authenticate`, plugins of the program's own, and handlers that give up."""

from __future__ import annotations

import re

from github_connections.analysis.frameworks.java.ktor_requests import nodes_of
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.routing import Reached
from github_connections.analysis.linking.values import External, FunctionValue, Value
from github_connections.analysis.report import Auth, AuthSource, AuthState, Place
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

_PLUGIN = "createRouteScopedPlugin"
_TO_STRANGERS = "Unauthorized"
_REFUSES = re.compile(r"(?:return|throw)\b.*(?:[Uu]nauth|[Ff]orbidden|[Rr]edirect|Auth|401|403)", re.DOTALL)


def auth_of(interpreter: Interpreter, item: Reached) -> Auth:
    """Inside an `authenticate` block a caller must be known, and below a plugin that answers strangers; the innermost
    one decides, and the handler itself where none asks for anybody."""
    around = next((step.router.options["auth"] for step in reversed(item.steps) if "auth" in step.router.options), None)
    if around is not None and around[0] == "required":
        return _auth(*around)
    handler = item.route.handler
    inside = nodes_of(interpreter, handler) if isinstance(handler, FunctionValue) else []
    asked = next((found for node in inside if (found := _asked(node)) is not None), None)
    if asked is not None and isinstance(handler, FunctionValue):
        return _auth("required", Place(handler.scope.file.path, asked.line), nodes.last_name(asked.function))
    return _auth(*around) if around is not None else Auth()


def _auth(state: AuthState, place: Place, name: str) -> Auth:
    return Auth(state=state, by=[AuthSource(name=name, file=place.file, line=place.line)])


def _asked(node: nodes.Node) -> nodes.Call | None:
    """`call.principal<User>() ?: return@get call.respond(HttpStatusCode.Unauthorized)`."""
    match node:
        case nodes.Choice(options=[first, nodes.Opaque(source=source), *_]) if _REFUSES.match(source):
            called = first.of if isinstance(first, nodes.Member) else first  # `call.principal<User>()?.id`
            return called if isinstance(called, nodes.Call) and _is_of_caller(called) else None
    return None


def answers_strangers(plugin: Value) -> bool:
    """`createRouteScopedPlugin("Key") { onCall { call -> … call.respond(HttpStatusCode.Unauthorized) } }`."""
    made = plugin.made_by if isinstance(plugin, External) else None
    if made is None or made.name != _PLUGIN:
        return False
    return any(
        isinstance(node, nodes.Member) and node.name == _TO_STRANGERS
        for function in made.functions()
        for node in nodes_in(list(function.node.body))
    )


def _is_of_caller(node: nodes.Call) -> bool:
    """`call.principal<User>() ?: return@get …`, `call.sessions.get<UserSession>() ?: return@get …`."""
    of = node.function.of if isinstance(node.function, nodes.Member) else None
    name = nodes.last_name(node.function)
    return name == "principal" or (name == "get" and of is not None and nodes.last_name(of) == "sessions")
