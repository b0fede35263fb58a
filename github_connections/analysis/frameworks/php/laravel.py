"""Laravel: route files with what is implied for them, groups, resources, and files loaded inside groups."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec.structs import replace

from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.php import (
    laravel_attributes,
    laravel_dingo,
    laravel_filament,
    laravel_folio,
    laravel_providers,
)
from github_connections.analysis.frameworks.php.laravel_application import declare
from github_connections.analysis.frameworks.php.laravel_facade import FILE, ROUTER, VERBS_OF_RESOURCES
from github_connections.analysis.frameworks.php.laravel_guards import Guards
from github_connections.analysis.frameworks.php.laravel_handlers import Handlers
from github_connections.analysis.frameworks.php.laravel_requests import Requests
from github_connections.analysis.frameworks.php.laravel_resources import RESOURCE, expand
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.routing import Reached, reached_in, routers_of
from github_connections.analysis.report import Auth, Parameter, Route, RouteKind

_OF_PAGES = re.compile(r"(^|/)(routes/(web|auth|admin|settings|console)[^/]*|app/(Http/)?routes)\.php$", re.IGNORECASE)
_API = re.compile(r"(^|/)routes/(.*/)?api\b[^/]*\.php$", re.IGNORECASE)


def routes(interpreter: Interpreter) -> Iterable[Route]:
    """Yield a row for every verb of every route."""
    laravel_attributes.register(interpreter)
    laravel_filament.register(interpreter)
    laravel_folio.register(interpreter)
    laravel_providers.run(interpreter)
    for thing in interpreter.things:
        if thing.kind is RESOURCE:
            expand(thing, interpreter.state.get(VERBS_OF_RESOURCES, {}))
    routers = routers_of(interpreter, ROUTER)
    for router in routers:
        file = router.data.get(FILE, "")
        if not router.parents and re.search(r"(^|/)routes/api\.php$", file):
            router.prefix, router.how = "api", "routes/api.php"
    yield from _rows(interpreter, list(reached_in(routers)))


def _rows(interpreter: Interpreter, reached: list[Reached]) -> Iterable[Route]:
    """Yield the rows of routes with what their controllers say of them."""
    handlers, guards, requests = Handlers(interpreter), Guards(interpreter), Requests(interpreter)
    handlers.read_together(reached)

    def auth(item: Reached) -> Auth:
        return guards.auth_of(item, handlers.of(item))

    def read(item: Reached, path: str) -> list[Parameter]:
        return _not_twice(requests.parameters(handlers.of(item), item.route.methods), path)

    for item in reached:
        answer = handlers.of(item)
        for row in rows.routes_of(
            [item], "laravel", rewrite=_rewrite, join=paths.join_trimmed, kind=_kind, auth=auth, params=read
        ):
            named = replace(row, handler=answer.name or row.handler, request_model=requests.model(answer))
            yield rows.as_read(named)


def _not_twice(read: list[Parameter], path: str) -> list[Parameter]:
    """Leave out what is read under the name of a variable of the path, and variables that are not of this path."""
    in_path = paths.names(path)
    return [one for one in read if (one.place == "path") == (one.name in in_path)]


def _rewrite(path: str) -> str:
    """`{post:slug}` and Lumen's `{id:[0-9]+}` are variables; what Lumen writes in brackets may be missing."""
    path = re.sub(r"\[(/?)\{(\w+)(?::[^{}]*)?\}\]", r"\1{\2?}", path)
    return paths.from_braces(path)


def _kind(item: Reached) -> RouteKind:
    """Return `page` for what a file of pages holds or takes in, and for what passes through the middleware of pages."""
    if item.route.options.get("redirect"):
        return "redirect"
    if item.route.options.get("page"):
        return "page"
    if any(step.value.strip("/").startswith("api") for step in item.steps):
        return "api"
    middleware = {name for step in item.steps for name in step.options.get("middleware", [])}
    if "web" in middleware:
        return "page"
    files = [item.route.place.file, *(step.place.file for step in item.steps)]
    return "page" if any(map(_OF_PAGES.search, files)) and not _API.search(files[0]) else "api"


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
        laravel_folio.LIBRARY,
    ),
    words=frozenset({"apiResource", "withRouting", "loadRoutesFrom", "base_path", "module_path"}),
    marks=frozenset({"macro"}) | laravel_filament.MARKS,
    places=re.compile(r"(^|/)(routes/.*|bootstrap/app|app/(Http/)?routes)\.php$"),
    declare=declare,
    routes=routes,
)
