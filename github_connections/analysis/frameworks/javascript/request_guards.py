"""Whether a handler, or what a page is loaded by, lets only those through who are known: it asks for the session and
refuses, or calls something that does both.

Read from the source, as conditions and what is thrown are no part of the tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from github_connections.analysis.frameworks.javascript.javascript_sources import MAXIMUM_SOURCE, source_of_function
from github_connections.analysis.frameworks.javascript.methods import without_comments
from github_connections.analysis.frameworks.javascript.page_guards import asks_who_is_there, words_in
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import File
from github_connections.analysis.linking.values import FunctionValue, source_of
from github_connections.analysis.report import Auth, AuthSource
from github_connections.analysis.syntax import nodes

# A handler that calls another of its file, which calls another.
MAXIMUM_CALLED = 3
_CALL = re.compile(r"(?<![\w$.])([A-Za-z_$][\w$]*(?:(?:\(\))?\??\.[A-Za-z_$][\w$]*){0,4})\s*\(")
_REQUIRING = re.compile(r"(?i)(require|ensure|enforce|assert)_?(?!anonymous|guest|no)\w+")
_PROTECTING = re.compile(r"auth(\(\))?\.protect|authenticator\.isAuthenticated")
_VERIFYING = re.compile(
    r"\b((?:verify|check|validate|authenticate)(?:User|Auth|Session|Request|Admin)?)\(\s*\{?\s*req(uest)?\b"
)
_SESSION = frozenset({"session", "user", "auth", "viewer", "token", "jwt", "authenticated", "authenticate", "logged"})
_OF_SOMETHING_ELSE = frozenset(
    {
        "by",
        "create",
        "set",
        "update",
        "delete",
        "destroy",
        "sign",
        "login",
        "register",
        "generate",
        "new",
        "find",
        "save",
    }
    | {"send", "list", "all", "clear", "remove", "commit", "insert", "add", "with", "refresh", "reset", "count"}
)
_HELD = re.compile(r"\b(?:locals|context|req|request|ctx)\??\.(?:user|session|auth|userId)\b(?!\s*=[^=])")
_COOKIE = re.compile(r"\bcookies(?:\(\)\)?)?\.get\(\s*['\"`]([\w.-]+)")
_AUTHORIZATION = re.compile(r"(?i)['\"`]authorization['\"`]|headers\.authorization\b")
_REFUSING = re.compile(
    r"(?i)\b40[13]\b|\b(throw)?_?(unauthori[sz]ed|unauthenticated|forbidden)\b"
    r"|\bnot.(authenticated|authori[sz]ed|logged.?in|signed.?in)\b|\bredirect_?to_?(sign|log)_?in\b"
    r"|\b(login|authentication|log.?in) (is )?required\b|\bmust be (logged|signed|authenticated)\b"
    r"|\b(redirect|replace|push|navigateTo)\([^;]{0,160}?['\"`]/?([\w\[\]{}$-]+/){0,3}(log|sign)[-_]?in\b"
)
_LETTING_IN = re.compile(r"(?i)anonym|public|optional|guest|skip_?auth|no_?auth|unauth")
_FOR_ALL = re.compile(
    r"(?i)/(log|sign)[-_]?(in|out|up)\b|/register|/(forgot|reset)|/callback|/oauth|/webhooks?\b|/csrf|\{nextauth\*\}"
)
# Under which the interpreter keeps the last file that was asked about.
_SOURCE = "source of handlers"


def asked_by_handler(
    interpreter: Interpreter, file: File, node: nodes.Statement | None, line: int, path: str
) -> Auth | None:
    """Return what the code that answers a path makes of it; None where it does not tell.

    `line` is where the code begins.
    """
    if node is None or is_for_all(path):
        return None
    source = "\n".join(_source_of(interpreter, file).reached_from(line))
    name = _wrapper(node) or _requiring(source) or (session_asked_for(source) if _REFUSING.search(source) else "")
    name = name or _refusing_wrapper(interpreter, file, node)
    return Auth(state="required", by=[AuthSource(name=name, file=file.path, line=line)]) if name else None


def is_for_all(path: str) -> bool:
    """Tell whether those who are not known yet come here: to log in, to register, from somewhere else."""
    return _FOR_ALL.search(path) is not None


def refuses(source: str) -> bool:
    """Tell whether a source has what refuses somebody: a 401, a redirect to the log-in."""
    return _REFUSING.search(source) is not None


class _Source(Struct, frozen=True):
    """A file without its comments, the lines at which its statements begin, and those of its functions."""

    path: str
    lines: list[str]
    begins: list[int]
    functions: dict[str, int]

    def reached_from(self, line: int) -> Iterator[str]:
        """Yield the source of a handler, and of the functions of its file that it calls."""
        waiting, seen, length = [(line, 0)], {line}, 0
        while waiting and length < MAXIMUM_SOURCE:
            at, depth = waiting.pop()
            end = next((one for one in self.begins if one > at), len(self.lines) + 1)
            source = "\n".join(self.lines[at - 1 : end - 1])[:MAXIMUM_SOURCE]
            length += len(source)
            yield source
            for called in _CALL.findall(source) if depth < MAXIMUM_CALLED else ():
                where = self.functions.get(called, line)
                if where not in seen:
                    seen.add(where)
                    waiting.append((where, depth + 1))


def _source_of(interpreter: Interpreter, file: File) -> _Source:
    """Return a file's source. The last one is kept: a file's handlers are asked for one after the other."""
    known: _Source | None = interpreter.state.get(_SOURCE)
    if known is None or known.path != file.path:
        text = without_comments(interpreter.program.read(file.path) or b"").decode("utf-8", "replace")
        begins = sorted({one for statement in file.module.body if (one := _line_of(statement))})
        functions = {_name_of(statement): _line_of(statement) for statement in file.module.body}
        known = interpreter.state[_SOURCE] = _Source(file.path, text.splitlines(), begins, functions)
    return known


def _line_of(statement: nodes.Statement) -> int:
    inner = statement.value if isinstance(statement, nodes.Export) else statement
    return getattr(inner, "line", 0)


def _name_of(statement: nodes.Statement) -> str:
    """Return the name of a function at the top of a file."""
    inner = statement.value if isinstance(statement, nodes.Export) else statement
    if isinstance(inner, nodes.Assign) and isinstance(inner.value, nodes.Function):
        return getattr(inner.target, "id", "")
    return inner.name if isinstance(inner, nodes.Function) else ""


def _wrapper(node: nodes.Statement) -> str:
    """`export const GET = withAuth(async (request) => …)`."""
    name = source_of(node.function) if isinstance(node, nodes.Call) else ""
    words = words_in(name)
    return name if asks_who_is_there(name) and not ({"with", "session"} >= words or "iron" in words) else ""


def _refusing_wrapper(interpreter: Interpreter, file: File, node: nodes.Statement) -> str:
    """Return what a wrapper of the program's own is called that asks for a session and refuses those who have none,
    unless it is told to let them in: `withSpace(handler, { allowAnonymous: true })`."""
    if not isinstance(node, nodes.Call) or not isinstance(node.function, nodes.Name) or _lets_in(node):
        return ""
    wrapper = interpreter.evaluate(node.function, file.scope)
    source = source_of_function(interpreter, wrapper) if isinstance(wrapper, FunctionValue) else ""
    return node.function.id if _REFUSING.search(source) and session_asked_for(source) else ""


def _lets_in(call: nodes.Call) -> bool:
    given = [entry for one in call.arguments for entry in getattr(one.value, "entries", ())]
    said = (entry.key.value for entry in given if isinstance(entry.key, nodes.Text))
    return any(_LETTING_IN.search(name) for name in said)


def _requiring(source: str) -> str:
    """`await requireUserId(request)`, `await auth.protect()`, `await verifyUser({req, res})`."""
    for name in dict.fromkeys(_CALL.findall(source)):
        last = name.rpartition(".")[2]
        if _PROTECTING.search(name) or (_REQUIRING.fullmatch(last) and asks_who_is_there(last)):
            return str(name)
    verifying = _VERIFYING.search(source)
    return verifying.group(1) if verifying else ""


def session_asked_for(source: str) -> str:
    """Return what a source asks for a session by: `await getServerSession()`, `await auth()`, `locals.user`,
    `cookies().get("session")`."""
    is_for_entering = "password" in source.lower()  # `validateUser(email, password)` is for whoever comes
    for name in dict.fromkeys(_CALL.findall(source)):
        last = name.rpartition(".")[2]
        if _asks_for_a_session(last) and not (is_for_entering and "user" in last.lower()):
            return str(name)
    held = _HELD.search(source) or _AUTHORIZATION.search(source)
    cookies = (name for name in _COOKIE.findall(source) if _asks_for_a_session(name))
    return held.group().strip("'\"`").replace("?.", ".") if held else next(cookies, "")


def _asks_for_a_session(name: str) -> bool:
    words = words_in(name)
    return bool(words & _SESSION) and not words & _OF_SOMETHING_ELSE
