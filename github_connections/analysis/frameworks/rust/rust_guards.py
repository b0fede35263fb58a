"""What stands before a Rust handler and asks for a log-in: what wraps it, as far as that does so for every path."""

from __future__ import annotations

import re
from collections.abc import Iterator

from github_connections.analysis.frameworks import guards
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.scopes import functions_of
from github_connections.analysis.linking.values import ClassValue, FunctionValue
from github_connections.analysis.report import AuthSource
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

# What a guard asks before it asks for a log-in: `if should_skip(&request)`, `for path in PUBLIC_PATHS`.
_LETTING_PASS = re.compile(
    r"skip|exempt|bypass|whitelist|allow_?list|ignored?_|_ignored?|exclude"
    r"|(?:public|open|free|unprotected|anonymous)_?(?:path|route|url|endpoint)s?|is_?(?:public|open)",
    re.IGNORECASE,
)
# What asks for a log-in where somebody wants it to: `session_auth_when_required`.
_MAY_BE_OFF = re.compile(r"(?:when|if)_?(?:required|enabled|needed|configured|set)", re.IGNORECASE)
_COMPARING = frozenset({"starts_with", "ends_with", "contains", "eq", "is_match", "any"})
# `call` of what Actix and Tower put around a service.
_CALLED = frozenset({"call"})
# Names in what a guard is made of, of which one is what guards.
_MOST_NAMES = 12


def sources(calls: list[Invocation]) -> list[AuthSource]:
    """Return the guards that these calls put around a handler, without those that let some paths pass."""
    return [
        source
        for call in calls
        for value in call.positional
        if (source := guards.source_in(value, call))
        and not _MAY_BE_OFF.search(source.name)
        and not _is_known_to_let_pass(call)
    ]


def _is_known_to_let_pass(call: Invocation) -> bool:
    known: dict[int, tuple[Invocation, bool]] = call.interpreter.state.setdefault("rust guards", {})
    if id(call) not in known:
        known[id(call)] = call, any(_lets_pass(body) for body in _bodies(call))
    return known[id(call)][1]


def _bodies(call: Invocation) -> Iterator[list[nodes.Statement]]:
    """Yield the bodies of what a call is given: a function, or what the file of a type does when it is called."""
    given = [one.value for one in call.node.arguments] if call.node is not None else []
    names = [one for one in nodes_in(given) if isinstance(one, nodes.Name | nodes.Member)]
    for name in names[:_MOST_NAMES]:
        found = call.interpreter.evaluate(name, call.scope)
        if isinstance(found, FunctionValue) and found.node.name != "new":
            yield found.node.body
        elif isinstance(found, ClassValue):
            for function, _ in functions_of(found.scope.file.scope):
                if function.node.name in _CALLED:
                    yield function.node.body


def _lets_pass(body: list[nodes.Statement]) -> bool:
    return any(
        _LETTING_PASS.search(nodes.last_name(one)) is not None or _compares_the_path(one) for one in nodes_in(body)
    )


def _compares_the_path(one: nodes.Node) -> bool:
    """`request.path() == "/login"`, `request.uri().path().starts_with("/public")`."""
    match one:
        case nodes.Operation(operator="==" | "!=", operands=operands):
            return any(_is_path(operand) for operand in operands)
        case nodes.Call(function=nodes.Member(of=of, name=name), arguments=arguments) if name in _COMPARING:
            return _is_path(of) or any(_is_path(given.value) for given in arguments)
    return False


def _is_path(value: nodes.Expression) -> bool:
    return isinstance(value, nodes.Call) and isinstance(value.function, nodes.Member) and value.function.name == "path"
