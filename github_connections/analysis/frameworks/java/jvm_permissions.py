"""Who may call, as settings say by paths: Quarkus' `quarkus.http.auth.permission`, Micronaut's `intercept-url-map`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from github_connections.analysis.frameworks import paths
from github_connections.analysis.frameworks.java.jvm_settings import Settings
from github_connections.analysis.frameworks.java.spring_matchers import Matcher
from github_connections.analysis.linking.values import is_known
from github_connections.analysis.report import Auth, AuthSource, AuthState, Place, Route

_PERMISSIONS = "quarkus.http.auth.permission"
_PERMISSION = re.compile(rf"({re.escape(_PERMISSIONS)}\..+)\.paths")
_ROOT = "quarkus.http.root-path"
_MAXIMUM_RULES = 200  # settings are foreign, and every row is held against every rule
_OPEN = ("permit", "isAnonymous()")
_FOR_ALL = ("authenticated", "deny", "isAuthenticated()", "denyAll()")


class Rule(Struct):
    """What one pattern says; the `weight` is how much of it is written out."""

    matcher: Matcher
    weight: int
    auth: Auth


def of_quarkus(settings: Settings) -> list[Rule]:
    """Return the rules, the one that counts first: the longest path, and of two the one that says methods."""
    named = (match.group(1) for match in map(_PERMISSION.fullmatch, settings.always) if match)
    found = [rule for permission in named for rule in _permission(settings, permission)]
    return sorted(found, key=lambda rule: (-rule.weight, not rule.matcher.methods))[:_MAXIMUM_RULES]


def _permission(settings: Settings, name: str) -> Iterator[Rule]:
    said, policy = settings.text(f"{name}.paths"), settings.text(f"{name}.policy")
    enabled = settings.text(f"{name}.enabled")
    if said is None or policy is None or (enabled is not None and enabled.value == "false"):
        return
    methods = settings.text(f"{name}.methods")
    verbs = frozenset(_listed(methods.value.upper())) if methods else frozenset()
    allowed = settings.text(f"quarkus.http.auth.policy.{policy.value}.roles-allowed")
    auth = _auth([policy.value], _PERMISSIONS, policy.place)
    auth = replace(auth, roles=_listed(allowed.value) if allowed else [])
    root = settings.text(_ROOT)
    for pattern in _listed(said.value):
        whole = pattern if pattern.startswith("/") else paths.join([root.value if root else "", pattern])
        below = f"{whole.removesuffix('/*')}/**" if whole.endswith("/*") else whole
        if is_known(whole):
            yield Rule(Matcher(verbs, (below,)), len(whole.rstrip("*")), auth)


def of_micronaut(settings: Settings) -> list[Rule]:
    """Return the rules in their order, in which the first counts."""
    found = []
    for number in range(_MAXIMUM_RULES):
        before = f"micronaut.security.intercept-url-map[{number}]"
        pattern = settings.text(f"{before}.pattern")
        if pattern is None:
            break
        verb = settings.text(f"{before}.http-method")
        access = settings.text(f"{before}.access", f"{before}.access[0]")
        if access is not None and is_known(pattern.value):
            methods = frozenset({verb.value.upper()} if verb else ())
            auth = _auth(_listed(access.value), "intercept-url-map", pattern.place)
            found.append(Rule(Matcher(methods, (pattern.value,)), 0, auth))
    return found


def _auth(access: list[str], name: str, place: Place) -> Auth:
    if any(word in _OPEN for word in access):
        return Auth(state="none")
    by = [AuthSource(name=name, file=place.file, line=place.line)]
    return Auth(state="required", by=by, roles=[word for word in access if word not in _FOR_ALL])


def _listed(text: str) -> list[str]:
    return [item.strip() for item in text.split(",") if item.strip()]


def ruled(rows: Iterable[Route], rules: list[Rule], *, over: tuple[AuthState, ...]) -> Iterator[Route]:
    """Yield rows with what the rules say of them, where the code says one of these states itself."""
    for row in rows:
        asked = ((rule, rule.matcher.holds_for(row.method, row.path)) for rule in rules if row.auth.state in over)
        rule, holds = next(((rule, holds) for rule, holds in asked if holds is not False), (None, None))
        is_said = rule is not None and holds and (rule.auth.state == "required" or row.auth.state == "unknown")
        yield replace(row, auth=rule.auth) if rule is not None and is_said else row
