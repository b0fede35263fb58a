"""What a middleware of JavaScript's servers does with a caller whom it does not know: it refuses, or lets pass.

Read from the source, as conditions and what is thrown are no part of the tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct

from github_connections.analysis.frameworks.javascript.javascript_handlers import OF_AN_ERROR
from github_connections.analysis.frameworks.javascript.javascript_sources import (
    BRACES,
    BRACKETS,
    after_closing,
    source_of_function,
)
from github_connections.analysis.frameworks.javascript.request_guards import session_asked_for
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import FunctionValue
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

# How many functions that a middleware calls are looked into.
_MAXIMUM_CALLED = 6
_KNOWN, _HANDLERS = "middleware that was read", "handlers that were read"
_HELD = re.compile(
    r"\b(?:req|request|ctx)\??\.\w*(?:user|account|principal|userid|user_id)\b|\b(?:state|var)\??\.(?:user|session|auth|userId|currentUser)\b|\.get\(\s*['\"`](?:user|session|auth|userId|jwtPayload)['\"`]"
    r"|\bcookies\??(?:\.|\[['\"`])[\w-]*(?:token|jwt|session|auth)[\w-]*"
    r"|['\"`]x-(?:access-token|auth-token|auth|token|api-key|apikey)['\"`]",
    re.IGNORECASE,
)
_REFUSING = re.compile(
    r"(?i)(?<!== )\b40[13]\b|un_?authori[sz]ed|unauthenticated|forbidden"
    r"|not[_ ]?(authenticated|authori[sz]ed|logged|signed)"
    r"|redirect_?to_?(sign|log)_?in|\bredirect\([^;]{0,160}?['\"`]/?([\w\[\]{}$-]+/){0,3}(log|sign)[-_]?in\b"
)
# What is asked for here is something else, or given by who wants to come in.
_OTHERWISE = re.compile(
    r"(?i)csrf|xsrf|captcha|hmac|webhook|\bpassword|try\s*\{\s*(return\s+)?await\s+next\(|next\(\)\s*\.(catch|then)\("
)
# `if (!token) return next()`: who says nothing of himself comes in.
_LETTING_PASS = re.compile(
    r"(?i)if\s*\(\s*!\s*[\w.?\[\]'\"()-]*(auth|token|header|session|user|jwt|cookie)[^{};]{0,80}\)\s*(?:\{\s*)?"
    r"(?:[\w.]+\s*=\s*[\w.]+\s*;\s*)?(return\s+)?(await\s+)?(next|done)\(\s*\)"
)
# `if (token) {`: what follows is done with those who say who they are.
_KNOWN_ONE = re.compile(
    r"(?i)\bif\s*\(\s*(?![!])[\w.?\[\]'\"-]*(?:auth|token|header|session|user|jwt|cookie)"
    r"(?:[^(){}!|=<>]|!==?\s*(?:null\b|undefined\b|''|\"\")|\([^()]*\)){0,120}(?:&&[^{}]{0,200})?\)\s*\{"
)
# What may keep a caller from what follows: an answer, an error, or what is handed the means to answer.
_KEEPING = re.compile(
    r"(?i)\bthrow\b|(?<![.\w])(?:next|done|reject)\(\s*[^)\s]|verif|authenticat|passport|ensure|require|assert|protect|authori[sz]"
    r"|\b(?:res|resp|response|reply|ctx|c)\??\.(?:status|send\w*|json|end|redirect|render|throw|code|text|html|body\s*=)"
    r"|\bresponse\b\s*\(|[(,]\s*(?:res|resp|response|reply)\s*[,)]"
)
# What a function with such a name awaits, `req.user = await sessions.find(id)`, may throw.
_STRICT = re.compile(r"(?i)require|ensure|must|protect|assert|only|restrict|guard")
_AWAITED = re.compile(r"\bawait\s+([\w$.?]+)\s*\(")
_IF = re.compile(r"\bif\s*\(")
_END_OF_STATEMENT = re.compile(r"\S[^;\n]*")
_HEAD = re.compile(r"^.*?(?:=>(?!\s*(?:async\s*)?\()|\{)", re.DOTALL)  # what a function takes
_NEXT = re.compile(r"\b(?:next|done)\(")
_WHERE = r"\b(?:url|path|originalUrl|pathname|routerPath)\b"
_BY_PATH = re.compile(
    _WHERE + r"\s*(?:\.\s*(?:startsWith|includes|match|indexOf|endsWith)\(|[!=]==?)"
    r"|\b(?:includes|has|test|some|exec|match|startsWith|indexOf)\([^();]{0,60}" + _WHERE
)
# `if (request.url.startsWith("/public") || request.url === "/") return next();`
_OPEN = re.compile(
    r"if\s*\(((?:[^(){};]|\([^(){};]*\)){0,400}?)\)\s*(?:\{\s*)?(?:return\b\s*(?:await\s+)?(?:next|done)?|(?:await\s+)?(?:next|done)\()"
)
_AT = re.compile(r"(!?)\s*[\w.?]*" + _WHERE + r"\s*(?:\.\s*startsWith\(\s*|===?\s*)['\"`](/[^'\"`]*)['\"`]")
_BY_METHOD = re.compile(r"\bmethod\s*[!=]==?\s*['\"`](?!OPTIONS|HEAD)|\bincludes\([\w.]*\bmethod\b")
# `if (!req.session.user) return res.redirect("/login")`, in a handler.
_STRANGER = re.compile(
    r"(?i)if\s*\(\s*!\s*\(?(?:await\s+)?((?:req|request|ctx|context|c)\b[\w.?'\"`()\[\]-]{0,60}?"
    r"(?:user|session|auth(?!or))[\w.?]{0,40}(?:\(\))?)[^{};]{0,60}?\)\s*\{?([^{}]{0,200})"
)


class Turning(Struct, frozen=True):
    """How strangers are met: `state` is that of `Auth`, `asked` what is asked for, `open_below` where all may come."""

    state: str
    asked: str
    open_below: tuple[str, ...] = ()


def turning_of(interpreter: Interpreter, function: FunctionValue) -> Turning | None:
    """Return what a middleware does with strangers; None where it does not ask, or only at times."""
    known: dict[tuple[str, int, str], Turning | None] = interpreter.state.setdefault(_KNOWN, {})
    key = (function.scope.file.path, function.node.line, function.node.name)
    if key not in known:
        known[key] = None  # one that calls itself
        known[key] = _turning(interpreter, function)
    return known[key]


def only_passes_on(interpreter: Interpreter, function: FunctionValue) -> bool:
    """Tell whether nobody is kept from what follows: `(req, res, next) => { req.user = userOf(req); next(); }`."""
    own = source_of_function(interpreter, function)
    rest = _without_the_known(own)
    called = {one.node.name: source_of_function(interpreter, one) for one in _called_by(interpreter, function)}
    body = _HEAD.sub("", rest, count=1)
    kept = body + "".join(called.values())
    is_strict = "catch" not in own and _STRICT.search(rest[: len(rest) - len(body)]) is not None
    if is_strict and any(name not in called for name in _AWAITED.findall(body)):
        return False
    return _NEXT.search(_in_any_case(rest)) is not None and not _KEEPING.search(kept) and not _REFUSING.search(kept)


def asked_of(interpreter: Interpreter, function: FunctionValue) -> str:
    """Return what a function asks its request for, to know who is calling."""
    return _asked_in(source_of_function(interpreter, function))


def refuses_at_once(interpreter: Interpreter, handler: FunctionValue) -> str:
    """Return what a handler asks of its request to refuse those who have it not; empty where it does not."""
    known: dict[tuple[str, int, str], str] = interpreter.state.setdefault(_HANDLERS, {})
    key = (handler.scope.file.path, handler.node.line, handler.node.name)
    if key not in known:
        is_of_error = len(handler.node.parameters) >= OF_AN_ERROR
        found = [] if is_of_error else _STRANGER.findall(source_of_function(interpreter, handler))
        known[key] = next((asked.replace("?.", ".") for asked, then in found if _REFUSING.search(then)), "")
    return known[key]


def _turning(interpreter: Interpreter, function: FunctionValue) -> Turning | None:
    if len(function.node.parameters) >= OF_AN_ERROR:
        return None
    own = source_of_function(interpreter, function)
    called = [source_of_function(interpreter, one) for one in _called_by(interpreter, function)]
    asked = next((said for one in (own, *called) if (said := _asked_in(one))), "")
    source = "\n".join([own, *called])
    if not asked or not _REFUSING.search(source) or _OTHERWISE.search(source) or _BY_METHOD.search(own):
        return None
    if _LETTING_PASS.search(own) or _refuses_only_the_known(own, source[len(own) :]):
        return Turning("optional", asked)
    opened = _open_below(own)
    return None if len(opened) < len(_BY_PATH.findall(own)) else Turning("required", asked, opened)


def _refuses_only_the_known(own: str, called: str) -> bool:
    """Tell whether whoever shows nothing passes: `if (token) { … 401 … } next();`."""
    rest = _without_the_known(own)
    return rest != own and _NEXT.search(rest) is not None and not _REFUSING.search(rest + called)


def _without_the_known(source: str) -> str:
    """Return a source without what is done with those who say who they are."""
    rest, position = "", 0
    while (found := _KNOWN_ONE.search(source, position)) is not None:
        rest += source[position : found.start()]
        position = after_closing(source, found.end(), BRACES)
    return rest + source[position:]


def _in_any_case(source: str) -> str:
    """Return a source without what is done under a condition: `if (user.admin) next();`."""
    rest, position = "", 0
    while (found := _IF.search(source, position)) is not None:
        rest += source[position : found.start()]
        statement = _END_OF_STATEMENT.search(source, after_closing(source, found.end(), BRACKETS))
        if statement is None:
            return rest
        is_block = statement.group().startswith("{")
        position = after_closing(source, statement.start() + 1, BRACES) if is_block else statement.end()
    return rest + source[position:]


@lru_cache(maxsize=4096)  # many handlers call the same function
def _asked_in(source: str) -> str:
    return session_asked_for(source) or _held(source)


def _held(source: str) -> str:
    found = _HELD.search(source)
    return found.group().strip("'\"`.") if found else ""


def _open_below(source: str) -> tuple[str, ...]:
    """Return the paths at which a middleware lets everybody pass at once."""
    said = [test for condition in _OPEN.findall(source) for test in _AT.findall(condition)]
    return tuple(path for negated, path in said if not negated)


def _called_by(interpreter: Interpreter, function: FunctionValue) -> Iterator[FunctionValue]:
    """Yield the functions that a middleware calls by their names."""
    calls = (node for node in nodes_in(function.node.body) if isinstance(node, nodes.Call))
    names = dict.fromkeys(call.function.id for call in calls if isinstance(call.function, nodes.Name))
    for name in [*names][:_MAXIMUM_CALLED]:
        holder = function.scope.holder_of(name)
        value = interpreter.force(holder, name) if holder is not None else None
        if isinstance(value, FunctionValue):
            yield value
