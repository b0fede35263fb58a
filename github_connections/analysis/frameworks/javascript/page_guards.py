"""Who may see a page of a browser's router: guards and elements around it by their names, and what a route says of
itself."""

from __future__ import annotations

import re
from collections.abc import Iterable

from github_connections.analysis.frameworks import rows
from github_connections.analysis.linking.values import (
    ELEMENT,
    External,
    FunctionValue,
    ListValue,
    MapValue,
    Thing,
    Value,
    is_known,
    texts_of,
)
from github_connections.analysis.report import Auth, AuthSource, AuthState, Place
from github_connections.analysis.syntax import nodes

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
# These are for whoever has not logged in, or wait for something.
_OTHERS = re.compile(
    r"agreement|anonymous|blocking|consent|guests?|init|loaded|loading|maybe|no|non|not|optional|public|ready|redirect|un|unauth"
    r"|unauthenticated|unauthorized|visitor"
)
_CLOSED = re.compile(r"authenticated|authorized|private|protect(ed)?|secured?")
_AREA = re.compile(
    r"area|boundary|component|content|element|if|layout|outlet|page|route[rs]?|screen|template|user|view|wrapper|zone"
)
_ASKING = re.compile(
    r"can|check|enforce|ensure|has|is|must|needs|only|required?|requires|restricted|verify|with|gate|guard(ed)?"
)
_ASKED = re.compile(
    r"account|admin|auth|authenticat(ed|ion)|authori[sz](ation|ed)|jwt|keycloak|logged|msal|oidc|permissions?|rights?"
    r"|roles?|session|token|user"
)
_LOG_IN = re.compile(r"login|signin")
_GUARD = re.compile(r"gate|guard(ed)?")
# What a route says of itself in so many words: `meta: {requiresAuth: true}`.
_SAID = re.compile(r"(?i)(requires?|needs?|is)?_?(auth|login|authenticat(ed|ion)|signed_?in)(_?required)?|protected")
_ROLES = ("roles", "allowedRoles", "permissions", "authorities")


def asks_who_is_there(name: str) -> bool:
    """Tell by its name whether a guard, or an element around pages, lets only those through who are known:
    `AuthGuard`, `PrivateRoute`, `RequireAuth`.
    """
    words = words_in(name.removesuffix("()").rpartition(".")[2])
    if _among(_OTHERS, words):
        return False
    closed = _among(_CLOSED, words)
    if closed and (closed == words or _among(_AREA, words) or _among(_ASKING, words)):
        return True
    if "admin" in words and words & {"route", "routes"}:
        return True
    asked = _among(_ASKED, words)
    if not asked and not _among(_GUARD, words):  # a guard of the log-in may be for those who have not logged in
        asked = _among(_LOG_IN, words)
    return bool(asked and _among(_ASKING, words))


def words_in(name: str) -> set[str]:
    """Return the words that a name is made of, in small letters: `requireJWTSession` has require, jwt and session."""
    return {word.lower() for word in _WORD.findall(name)}


def _among(pattern: re.Pattern[str], words: set[str]) -> set[str]:
    return {word for word in words if pattern.fullmatch(word)}


def asked_by(values: Iterable[Value], place: Place) -> Auth | None:
    """Return what guards make of a page: `canActivate: [AuthGuard]`, `beforeEnter: requireAuth`."""
    names = [name for value in values if (name := _name_of(value)) and asks_who_is_there(name)]
    return _required(names, place) if names else None


def asked_around(shown: Value, place: Place, *, holds_pages: bool) -> Auth | None:
    """Return what an element that a route shows makes of it, if it only stands around something: what is written
    inside it, or pages.
    """
    if isinstance(shown, External) and shown.made_by is not None:
        return asked_by([shown], place) if shown.made_by.positional else None
    while isinstance(shown, Thing) and shown.kind is ELEMENT and (holds_pages or shown.data["children"]):
        if asks_who_is_there(str(shown.data["name"])):
            return _required([str(shown.data["name"])], shown.place)
        holds_pages = False
        children = shown.data["children"]
        shown = children[0] if len(children) == 1 else None
    return None


def said_in(meta: Value, place: Place) -> Auth | None:
    """Return what a route says of itself: `meta: {requiresAuth: true, roles: ["admin"]}`."""
    if not isinstance(meta, MapValue):
        return None
    lists = (meta.entries[name] for name in _ROLES if isinstance(meta.entries.get(name), ListValue | str))
    roles = [role for value in lists for role in texts_of(value) if is_known(role)]
    said = {name: value for name, value in meta.entries.items() if _SAID.fullmatch(name) and isinstance(value, bool)}
    if roles or any(said.values()):
        named = next((name for name, value in said.items() if value), "roles")
        return _required([f"meta.{named}"], place, roles)
    state: AuthState = "none"
    return Auth(state=state) if said else None


def _required(names: Iterable[str], place: Place, roles: Iterable[str] = ()) -> Auth:
    by = [AuthSource(name=name, file=place.file, line=place.line) for name in dict.fromkeys(names)]
    return Auth(state="required", by=by, roles=sorted(set(roles)))


def _name_of(value: Value) -> str:
    """Return what a guard is called, or what one without a name asks: `() => inject(Session).isLoggedIn()`."""
    name = rows.name_of(value)
    if isinstance(value, FunctionValue) and not name and len(value.node.body) == 1:
        asked = getattr(value.node.body[0], "value", None)
        name = nodes.last_name(asked.function) if isinstance(asked, nodes.Call) else ""
    return name.removesuffix("()").rpartition(".")[2]
