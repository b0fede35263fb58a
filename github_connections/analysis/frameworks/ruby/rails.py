"""Rails: the routing DSL of config/routes.rb and of engines, as https://guides.rubyonrails.org/routing.html has it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.ruby.grape_blocks import Apis
from github_connections.analysis.frameworks.ruby.rails_callbacks import Methods
from github_connections.analysis.frameworks.ruby.rails_controllers import Controllers
from github_connections.analysis.frameworks.ruby.rails_guards import Guards
from github_connections.analysis.frameworks.ruby.rails_kinds import Kinds
from github_connections.analysis.frameworks.ruby.rails_requests import Requests
from github_connections.analysis.frameworks.ruby.rails_sets import declare, draw_in_classes, with_what_is_mounted
from github_connections.analysis.frameworks.ruby.ruby_paths import from_ruby
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.routing import reached_in
from github_connections.analysis.report import Route


def routes(interpreter: Interpreter) -> Iterable[Route]:
    """Yield a row for every verb of every route."""
    draw_in_classes(interpreter)
    apis = Apis(interpreter)
    reached = (
        item
        for item in reached_in(with_what_is_mounted(interpreter))
        if "mounted" not in item.route.options
        or apis.found(str(item.route.handler)) is None  # else it has rows of its own
    )
    controllers = Controllers(interpreter)
    methods = Methods(controllers)
    found = rows.routes_of(
        reached,
        "rails",
        rewrite=from_ruby,
        join=paths.join_trimmed,
        kind=Kinds(controllers, interpreter.program.read, interpreter.program.all_paths).of,
        auth=Guards(controllers, methods, interpreter.program.lines).auth_of,
        params=Requests(controllers, methods).parameters,
    )
    return map(rows.as_read, found)


FRAMEWORK = Framework(
    name="rails",
    language="ruby",
    family="ruby",
    kind="server",
    packages=("rails", "railties", "actionpack"),
    places=re.compile(r"(^|/)(config/routes|plugin)\.rb$"),  # a plugin's file mounts its engine
    words=frozenset({"draw", "add_routes"}),
    marks=frozenset({"isolate_namespace"}),
    declare=declare,
    routes=routes,
)
