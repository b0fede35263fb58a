"""Filters of the program's own that stand before handlers of ASP.NET Core, and whether they ask who calls."""

from __future__ import annotations

import re

from github_connections.analysis.linking.classes import library_bases, lineage
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import ClassValue, FunctionValue, ObjectValue, Value
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

# What is there to turn callers away, and says by its name why.
_OF_AUTHORIZATION = frozenset({"IAuthorizationFilter", "IAsyncAuthorizationFilter"})
_ASKS_WHO_CALLS = re.compile(r"Auth|Admin|Role|Permission|Login|LogIn|SignedIn|Claim|Token|ApiKey|User")
# Those of another kind may be about anything: what they answer tells.
_FILTERS = _OF_AUTHORIZATION | {
    "IActionFilter", "IAsyncActionFilter", "ActionFilterAttribute", "IResourceFilter", "IAsyncResourceFilter",
    "IEndpointFilter",
}  # fmt: skip
_TO_STRANGERS = frozenset(
    {"Unauthorized", "UnauthorizedResult", "UnauthorizedObjectResult", "ChallengeResult", "Status401Unauthorized"}
)


def asks_who_calls(interpreter: Interpreter, filtering: Value) -> bool:
    """Tell whether a class, an object of one or a function is a filter that asks who calls."""
    if isinstance(filtering, FunctionValue):
        return _answers_strangers(list(filtering.node.body))
    cls = filtering.cls if isinstance(filtering, ObjectValue) else filtering
    if not isinstance(cls, ClassValue):
        return False
    bases = {name.rpartition(".")[2] for name in library_bases(interpreter, cls)}
    if not bases.isdisjoint(_OF_AUTHORIZATION) and _ASKS_WHO_CALLS.search(cls.node.name):
        return True
    return not bases.isdisjoint(_FILTERS) and any(
        _answers_strangers(list(owner.node.body)) for owner in lineage(interpreter, cls)
    )


def _answers_strangers(body: list[nodes.Statement]) -> bool:
    """`context.Result = new UnauthorizedResult()`, `return Results.Unauthorized()`, `Response.StatusCode =
    StatusCodes.Status401Unauthorized`."""
    for node in nodes_in(list(body)):
        if isinstance(node, nodes.Call) and nodes.last_name(node.function) in _TO_STRANGERS:
            return True
        if isinstance(node, nodes.Member) and node.name == "Status401Unauthorized":
            return True
    return False
