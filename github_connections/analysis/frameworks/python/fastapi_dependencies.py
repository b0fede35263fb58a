"""Who may call a route of FastAPI's: what the dependencies around it and in its parameters say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from github_connections.analysis.frameworks import rows
from github_connections.analysis.frameworks.python import python_guards
from github_connections.analysis.frameworks.python.fastapi_parameters import MAXIMUM_DEPENDENCIES_DEEP, annotation_of
from github_connections.analysis.frameworks.python.python_sources import text_of_body
from github_connections.analysis.linking.classes import library_bases
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.routing import Reached
from github_connections.analysis.linking.values import (
    External,
    FunctionValue,
    ObjectValue,
    Value,
    items_in,
    source_of,
)
from github_connections.analysis.report import Auth, AuthSource
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import first_argument
from github_connections.analysis.syntax.walking import nodes_in

# A dependency of one of these classes asks for a log-in; `auto_error=False` makes it optional.
SECURITY = ("fastapi.security.", "fastapi.openapi.models.")
# What is known of functions so far, each kept with them.
_KNOWN = "fastapi log-ins"
# What a maker of dependencies is told when there need be no log-in.
_LENIENT = {"required": False, "auto_error": False, "strict": False, "optional": True}
# What is raised within a few lines, as it is written over several; and what says that nobody need be there.
_REFUSING = re.compile(
    r"(?i)\braise\b[^\n]*(?:\n[^\n]*){0,3}?(?:\b40[13]\b|_40[13]_|unauthori[sz]ed|forbidden|credential"
    r"|\bauth\w*(?:required|failed|error|exception)|notauthenticated)"
)
_NOBODY = re.compile(r"\breturn (?:None\b|Optional\b|[^\n]*\| ?None\b)")
_ALL = re.compile(r"Allow(?:All|Any|Everyone|Anonymous)")
LOG_IN = re.compile(
    r"current_\w*user|require_|login|log_in|authenticat|verify_(token|jwt|api_key)|auth_required|check_token",
    re.IGNORECASE,
)


def auth_of(interpreter: Interpreter, item: Reached) -> Auth:
    """Return what asks for a log-in: dependencies of the handler, of the route and of all that it hangs below."""
    found: dict[AuthSource, bool] = {}
    for call in _calls_around(item):
        for value in items_in(call.value(99, "dependencies")):
            found.update(_of_dependency(interpreter, value, 0))
    if isinstance(item.route.handler, FunctionValue):
        found.update(_of_parameters(interpreter, item.route.handler, 0))
    if not found:
        return python_guards.auth_of(interpreter, [item.route.handler])
    return Auth(state="required" if any(found.values()) else "optional", by=list(found))


def _calls_around(item: Reached) -> Iterator[Invocation]:
    said = [item.root.options]
    for step in item.steps:
        said += [step.options, step.router.options]
    for options in (*said, item.router.options, item.route.options):
        for name in ("arguments", "said by derived"):
            call = options.get(name)
            if isinstance(call, Invocation):
                yield call


def _of_parameters(interpreter: Interpreter, function: FunctionValue, depth: int) -> dict[AuthSource, bool]:
    """Return the sources of a log-in among a function's dependencies, with whether each insists.

    What several depend on is gone through once: else each level would multiply the work.
    """
    known: dict[tuple[int, int], tuple[FunctionValue, dict[AuthSource, bool]]]
    known = interpreter.state.setdefault(_KNOWN, {})
    key = (id(function.node), id(function.scope))
    if key in known:
        return known[key][1]
    found: dict[AuthSource, bool] = {}
    known[key] = (function, found)
    for parameter in function.node.parameters if depth < MAXIMUM_DEPENDENCIES_DEEP else []:
        _, said, scope = annotation_of(interpreter, parameter, function.scope)
        for written in (said, parameter.default):
            if isinstance(written, nodes.Call):
                found.update(_of_dependency(interpreter, interpreter.evaluate(written, scope), depth + 1))
    return found


def _of_dependency(interpreter: Interpreter, value: Value, depth: int) -> dict[AuthSource, bool]:
    """Read `Depends(get_user)`: a security scheme, a function that depends on one, or one named after a log-in."""
    if not isinstance(value, External) or value.made_by is None or not value.name.endswith(("Depends()", "Security()")):
        return {}
    if _lets_all_in(value.made_by):
        return {}
    target = value.made_by.value(0, "dependency")
    if isinstance(target, External) and target.name.startswith(SECURITY):
        insists = target.made_by is None or target.made_by.value(99, "auto_error") is not False
        return {_source(rows.name_of(target).removesuffix("()"), value.made_by): insists}
    function = target
    if isinstance(target, ObjectValue) and _is_scheme(interpreter, target):
        return {_source(rows.name_of(target), value.made_by): not _is_made_optional(value.made_by)}
    if isinstance(target, ObjectValue):
        function = interpreter.get(target, "__call__", value.made_by.scope)
    inner = _of_parameters(interpreter, function, depth) if isinstance(function, FunctionValue) else {}
    name = rows.name_of(target)
    if not inner and isinstance(function, FunctionValue) and python_guards.turns_away(interpreter, function):
        return {_source(name, value.made_by): True}
    if inner or LOG_IN.search(name):
        insists = "optional" not in name.lower() and not _is_made_optional(value.made_by)
        known = not inner or any(inner.values())
        refuses = known or (isinstance(function, FunctionValue) and _refuses(interpreter, function))
        return {_source(name, value.made_by): insists and refuses}
    return {}


def _lets_all_in(call: Invocation) -> bool:
    """`Depends(Permissions([AllowAll]))`: what makes the dependency is told so."""
    named = nodes_in([one.value for one in call.node.arguments]) if call.node is not None else ()
    return any(isinstance(one, nodes.Name) and _ALL.fullmatch(one.id) for one in named)


def _is_scheme(interpreter: Interpreter, made: ObjectValue) -> bool:
    """Tell whether an object is of a class of the program derived from a scheme: `class Bearer(HTTPBearer)`."""
    return made.cls is not None and any(name.startswith(SECURITY) for name in library_bases(interpreter, made.cls))


def _is_made_optional(call: Invocation) -> bool:
    """`Depends(current_user(required=False))`: what makes the dependency is told that there need be no log-in."""
    made = first_argument(call.node)
    said = made.arguments if isinstance(made, nodes.Call) else []
    return any(nodes.Constant(_LENIENT[one.name]) == one.value for one in said if one.name in _LENIENT)


def _refuses(interpreter: Interpreter, function: FunctionValue) -> bool:
    """Tell whether a function that is handed nothing by a scheme (`auto_error=False`) refuses by itself.

    Read from its text, as what is raised is no part of the tree.
    """
    said = text_of_body(interpreter, function)
    returned = source_of(function.node.returns) if function.node.returns is not None else ""
    return _REFUSING.search(said) is not None and _NOBODY.search(f"return {returned}\n{said}") is None


def _source(name: str, call: Invocation) -> AuthSource:
    return AuthSource(name=name, file=call.place.file, line=call.place.line)
