"""Who may call a view of Flask's or Django's, where no name says it: decorators of the program that turn strangers
away, what a blueprint asks first, a view that asks by itself.

Read from the text, as conditions and what is raised are no part of the tree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from github_connections.analysis.frameworks.python import python_views
from github_connections.analysis.frameworks.python.python_sources import text_of_body
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import ClassValue, FunctionValue, Value
from github_connections.analysis.report import Auth, AuthSource
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import callee

# What is known of functions so far, each kept with them.
_KNOWN = "functions that turn strangers away"
_LOG_IN = r"(?:log|sign)_?-?in\b"
# It answers that nobody is known, or leads to where one logs in, within a few lines; or leaves it to what does.
_MAXIMUM_LINES_APART = 3
_ANSWERING = re.compile(r"(?i)\b(?:return|raise|abort|make_response)\b")
_UNKNOWN = re.compile(r"(?i)(?<![!=]= )\b401\b|_401_|unauthori[sz]ed|notauthenticated")
_REDIRECTING = re.compile(r"(?i)\bredirect\w*\(")
_TO_A_LOG_IN = re.compile(rf"(?i){_LOG_IN}")
_LOGGING_IN = re.compile(r"(?i)(?:do_)?(?:log|sign)_?in(?:_|$)")
_LEAVING_IT = re.compile(
    r"(?i)\bredirect_to_login\(|\bverify_jwt_in_request\((?![^)\n]*optional)"
    r"|\b(?:user_passes_test|login_required|permission_required|auth_required|jwt_required|login_manager\.unauthorized)\b"
)
# It refuses, right below a condition about who is there; a clock or a profile that is not filled in are other matters.
_FORBIDDEN = re.compile(r"(?i)\b(?:return|raise|abort)\b[^\n]*(?:\b403\b|_403_|forbidden|permissiondenied)")
_SOMEBODY = re.compile(
    r"(?i)^\s*(?:el)?if\b.*?(?:\b(?:current_)?user\b|\bsession\b|is_authenticated|\bis_\w*admin\b|api_?key|authorization"
    r"|\btoken\b|\bhas_perm)"
)
_LINES_TO_REFUSE = 1
# `if "user" not in session: return redirect(url_for("login"))`: within a few lines, for whoever is not known and for no
# other reason.
_ASKING = re.compile(
    r"(?i)(?:not [\w.]*is_authenticated|is_anonymous|is_authenticated(?:\(\))? (?:is|==) False"
    r"|\bnot in (?:flask\.)?session\b|\bnot (?:\w+\.)?session(?:\.get\(|\[|(?=\s*:))"
    r"|\bsession\.get\([^\n]*?(?:\bis|==) ?None"
    r"|\bnot (?:current_user|g\.user|request\.user)(?=\s*:)|\b(?:current_user|g\.user|request\.user) (?:is|==) None)"
)
_CONDITION = re.compile(r"(?i)\s*if\b(?!.*(?:\band\b|\.method\b))")
_REFUSING = re.compile(
    rf"(?i)\s*(?:return|raise|abort)\b.*?(?:{_LOG_IN}|\b40[13]\b|_40[13]_"
    r"|unauthori[sz]ed|forbidden|notauthenticated|permissiondenied)"
)
# What is asked before each request and looks at which one it is lets some through.
_BY_REQUEST = re.compile(r"\brequest\.(?:endpoint|path|url_rule|blueprint|full_path|method)\b")


def auth_of(interpreter: Interpreter, values: Iterable[Value]) -> Auth:
    """Return what the decorators of these functions and classes say of a log-in: by their names, else by what those
    of the program do; else what the functions ask by themselves."""
    values = [value for value in values if isinstance(value, FunctionValue | ClassValue)]
    found = python_views.auth_of_decorators(values)
    if found.by:
        return found
    sources = [_source(interpreter, decorator, owner) for value in values for decorator, owner in _own(value)]
    said = [source for source in sources if source is not None]
    if not said:
        said = [_of(value) for value in values if isinstance(value, FunctionValue) and asks(interpreter, value)]
    return Auth(state="required", by=said) if said else Auth()


def of_first(interpreter: Interpreter, functions: list[Value]) -> Auth:
    """Return what a blueprint does before each request: its functions' decorators, then they themselves."""
    found = python_views.auth_of_decorators(functions)
    if found.by:
        return found
    asking = [one for one in functions if isinstance(one, FunctionValue) and _asks_for_all(interpreter, one)]
    return Auth(state="required", by=[_of(one) for one in asking]) if asking else Auth()


def turns_away(interpreter: Interpreter, function: FunctionValue | ClassValue) -> bool:
    """Tell whether a decorator, or what makes one, turns away whoever is not known."""
    return _read_once(interpreter, function, _refuses)


def _refuses(said: str) -> bool:
    if _near(said, _ANSWERING, _UNKNOWN) or _near(said, _REDIRECTING, _TO_A_LOG_IN) or _LEAVING_IT.search(said):
        return True
    return _near(said, _SOMEBODY, _FORBIDDEN, _LINES_TO_REFUSE)


def _near(said: str, first: re.Pattern[str], second: re.Pattern[str], apart: int = _MAXIMUM_LINES_APART) -> bool:
    """Tell whether a line has the first, and it or one of so many next the second."""
    since = apart + 1
    for line in said.splitlines():
        since = 0 if first.search(line) else since + 1
        if since <= apart and second.search(line):
            return True
    return False


def asks(interpreter: Interpreter, function: FunctionValue) -> bool:
    """Tell whether a function asks who is there, and refuses, by itself; one by which people log in does not."""
    return _LOGGING_IN.match(function.node.name) is None and _read_once(interpreter, function, _asks)


def _asks(said: str) -> bool:
    lines = said.splitlines()
    return any(
        _is_about_strangers(line) and any(_REFUSING.match(one) for one in lines[at + 1 : at + 1 + _MAXIMUM_LINES_APART])
        for at, line in enumerate(lines)
    )


def _is_about_strangers(line: str) -> bool:
    found = _ASKING.search(line) if _CONDITION.match(line) else None
    return found is not None and ":" in line[found.end() :]


def _asks_for_all(interpreter: Interpreter, function: FunctionValue) -> bool:
    return asks(interpreter, function) and _BY_REQUEST.search(text_of_body(interpreter, function)) is None


def _read_once(interpreter: Interpreter, function: FunctionValue | ClassValue, reads: Callable[[str], bool]) -> bool:
    """Return what a reader makes of a function's text; each is read once, however many rows ask."""
    known: dict[tuple[int, str], tuple[nodes.Function | nodes.Class, bool]] = interpreter.state.setdefault(_KNOWN, {})
    key = (id(function.node), reads.__name__)
    if key not in known:
        known[key] = (function.node, reads(text_of_body(interpreter, function)))
    return known[key][1]


def _own(value: FunctionValue | ClassValue) -> Iterable[tuple[nodes.Expression, FunctionValue | ClassValue]]:
    """Yield the decorators, without what Django's `method_decorator` puts around them."""
    for decorator, owner in python_views.decorators_of(value):
        inside = decorator.arguments[:1] if isinstance(decorator, nodes.Call) else []
        is_wrapped = inside and nodes.bare_name(decorator) == "method_decorator"
        yield (inside[0].value if is_wrapped else decorator), owner


def _source(
    interpreter: Interpreter, decorator: nodes.Expression, owner: FunctionValue | ClassValue
) -> AuthSource | None:
    named = callee(decorator)
    if not isinstance(named, nodes.Name | nodes.Member):
        return None
    scope = owner.scope if isinstance(owner, FunctionValue) else owner.scope.parent or owner.scope
    found = interpreter.evaluate(named, scope)
    if not isinstance(found, FunctionValue | ClassValue) or not turns_away(interpreter, found):
        return None
    line = getattr(decorator, "line", owner.node.line)
    return AuthSource(name=nodes.bare_name(decorator), file=owner.place.file, line=line)


def _of(function: FunctionValue) -> AuthSource:
    return AuthSource(name=function.node.name, file=function.place.file, line=function.place.line)
