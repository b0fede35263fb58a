"""Grape: APIs that mount each other, by themselves or inside Rails, as https://github.com/ruby-grape/grape has it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.ruby import rails_sets
from github_connections.analysis.frameworks.ruby.grape_blocks import Apis, Endpoint
from github_connections.analysis.frameworks.ruby.ruby_paths import from_ruby
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.routing import Reached, Registered, Router, Step, reached_in
from github_connections.analysis.linking.values import Kind
from github_connections.analysis.report import Auth, Route

_ROOT = Kind("grape", is_router=False)


def routes(interpreter: Interpreter) -> Iterable[Route]:
    """Yield a row for every endpoint, below each place that its API is mounted at."""
    apis = Apis(interpreter)
    mounted: set[str] = set()
    for item in reached_in(rails_sets.with_what_is_mounted(interpreter)):
        name = item.route.handler if "mounted" in item.route.options else None
        api = apis.found(name) if isinstance(name, str) else None
        if api is not None:
            mounted.add(api.name)
            yield from _rows(apis.endpoints(api, mounted), item.root, item.steps)
    in_others = apis.mounted_in_others()
    for api in sorted(apis.declared(), key=lambda api: api.name in in_others):  # what nothing mounts comes first
        if api.name not in mounted:
            root = Router(_ROOT, api.place(api.node.line), application=True)
            yield from _rows(apis.endpoints(api, mounted), root, ())


def _rows(endpoints: Iterator[Endpoint], root: Router, before: tuple[Step, ...]) -> Iterator[Route]:
    for endpoint in endpoints:
        steps = tuple(Step(value, place, how, root, {}) for value, place, how in endpoint.prefixes)
        route = Registered(endpoint.methods, endpoint.path, endpoint.place, endpoint.api)
        reached = Reached(root, (*before, *steps), route, root)
        for row in rows.routes_of([reached], "grape", rewrite=from_ruby, join=paths.join_trimmed):
            auth = Auth(state="required", by=endpoint.asked) if endpoint.asked else row.auth
            yield replace(row, auth=auth, params=endpoint.parameters(row.method, row.params))


FRAMEWORK = Framework(
    name="grape",
    language="ruby",
    family="ruby",
    kind="server",
    packages=("grape",),
    marks=frozenset({"Grape"}),
    routes=routes,
)
