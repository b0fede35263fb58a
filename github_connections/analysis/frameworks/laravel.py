"""Laravel: route files with what is implied for them, groups, resources, and files loaded inside groups."""

from __future__ import annotations

import re
from collections.abc import Iterable

from github_connections.analysis.frameworks import laravel_attributes, laravel_dingo, paths, rows
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.laravel_application import declare
from github_connections.analysis.frameworks.laravel_facade import FILE, ROUTER
from github_connections.analysis.frameworks.laravel_resources import RESOURCE, expand
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.routing import Reached, reached_in
from github_connections.analysis.report import Auth, AuthSource, Route, RouteKind

_GUARD = re.compile(
    r"^(auth|auth\..*|auth:.*|can:.*|role:.*|permission:.*|verified|password\.confirm|jwt\..*|admin)\b|Authenticate|EnsureUser",
    re.IGNORECASE,
)


def routes(interpreter: Interpreter) -> Iterable[Route]:
    """Yield a row for every verb of every route."""
    laravel_attributes.register(interpreter)
    for thing in interpreter.things:
        if thing.kind is RESOURCE:
            expand(thing)
    routers = [router for router in interpreter.routers if router.kind is ROUTER]
    for router in routers:
        file = router.data.get(FILE, "")
        if not router.parents and re.search(r"(^|/)routes/api\.php$", file):
            router.prefix, router.how = "api", "routes/api.php"
    return rows.routes_of(reached_in(routers), "laravel", rewrite=_rewrite, join=_join, kind=_kind, auth=_auth)


def _rewrite(path: str) -> str:
    """`{post:slug}` and Lumen's `{id:[0-9]+}` are variables; what Lumen writes in brackets may be missing."""
    path = re.sub(r"\[(/?)\{(\w+)(?::[^{}]*)?\}\]", r"\1{\2?}", path)
    return paths.from_braces(path)


def _join(pieces: Iterable[str]) -> str:
    return paths.join((piece.strip("/") for piece in pieces), trailing_slash=False)


def _kind(item: Reached) -> RouteKind:
    if item.route.options.get("redirect"):
        return "redirect"
    if item.route.options.get("page"):
        return "page"
    file = item.route.place.file
    is_web = (
        re.search(r"(^|/)(routes/(web|auth|admin|settings|console)[^/]*|app/(Http/)?routes)\.php$", file) is not None
    )
    return "page" if is_web and not any(step.value.strip("/").startswith("api") for step in item.steps) else "api"


def _auth(item: Reached) -> Auth:
    found = []
    named = [(step.place, step.options.get("middleware", [])) for step in item.steps]
    for place, middleware in [*named, (item.route.place, item.route.options.get("middleware", []))]:
        found += [AuthSource(name=name, file=place.file, line=place.line) for name in middleware if _GUARD.search(name)]
    return Auth(state="required", by=list(dict.fromkeys(found))) if found else Auth()


FRAMEWORK = Framework(
    name="laravel",
    language="php",
    family="php",
    kind="server",
    packages=("laravel/framework", "laravel/lumen-framework", "illuminate/routing"),
    imports=(
        "Illuminate\\Support\\Facades",
        "Illuminate\\Routing",
        "Illuminate\\Foundation",
        laravel_attributes.LIBRARY,
        laravel_dingo.LIBRARY,
    ),
    words=frozenset({"apiResource", "withRouting", "loadRoutesFrom", "base_path", "module_path"}),
    marks=frozenset({"macro"}),
    places=re.compile(r"(^|/)(routes/.*|bootstrap/app|app/(Http/)?routes)\.php$"),
    declare=declare,
    routes=routes,
)
