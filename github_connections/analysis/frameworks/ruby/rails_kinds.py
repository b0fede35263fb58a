"""Whether a Rails route is part of an API or a page: by its path, its controller, and what the application is."""

from __future__ import annotations

import re
from collections.abc import Callable

from github_connections.analysis.frameworks.ruby.rails_controllers import Controllers
from github_connections.analysis.frameworks.ruby.ruby_classes import written_name
from github_connections.analysis.linking.routing import Reached
from github_connections.analysis.report import RouteKind

_API = re.compile(r"(^|/)api(/|$)", re.IGNORECASE)
_OF_AN_API = re.compile(rb"(?m)^[ \t]*config\.api_only\s*=\s*true\b")
_BASE = "ActionController::API"


class Kinds:
    """Tells the kinds of routes."""

    def __init__(self, controllers: Controllers, read: Callable[[str], bytes | None], paths: list[str]) -> None:
        """Take the controllers, what reads a file, and the paths of all files."""
        self._controllers = controllers
        settings = [path for path in paths if path.endswith("config/application.rb")]
        self._of_apis = {path for path in settings if _OF_AN_API.search(read(path) or b"")}

    def of(self, item: Reached) -> RouteKind:
        """Return `api` for what only programs ask for."""
        route = item.route
        if route.options.get("redirect"):
            return "redirect"
        routers = [item.root, *(step.router for step in item.steps), item.router]
        if any(router.data.get("json") for router in routers):
            return "api"
        if "mounted" in route.options:
            return "page"
        return "api" if self._is_below_api(item) or self._is_of_an_api(item) else "page"

    def _is_below_api(self, item: Reached) -> bool:
        handler = item.route.handler
        module = handler.rpartition("#")[0] if isinstance(handler, str) else ""
        whole = "/".join([*(step.value for step in item.steps), item.route.path])
        return any(map(_API.search, (whole, module)))

    def _is_of_an_api(self, item: Reached) -> bool:
        application = re.sub(r"(^|/)config/routes(/.*)?\.rb$", r"\1config/application.rb", item.route.place.file)
        if application in self._of_apis:
            return True
        line, _action = self._controllers.of(item)
        return any(written_name(base).removeprefix("::") == _BASE for cls in line for base in cls.node.bases)
