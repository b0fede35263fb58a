"""What an application of ASP.NET Core says of all its controllers: base paths, groups around them, conventions."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field

from github_connections.analysis.frameworks.csharp.aspnet_minimal import APPLICATION
from github_connections.analysis.frameworks.csharp.aspnet_route_prefixes import route_prefixes
from github_connections.analysis.frameworks.csharp.aspnet_security import asked_of_all
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import File
from github_connections.analysis.linking.routing import Registered, Router
from github_connections.analysis.report import Auth, AuthSource, Place, Prefix


class Convention(Struct):
    """A pattern for controllers without routes of their own."""

    pattern: str
    area: str
    place: Place
    action: tuple[str, str] = ("", "")  # the controller and the action of one that names neither in its pattern

    def is_general(self) -> bool:
        """Tell whether the path says which controller is meant."""
        return "{controller" in self.pattern

    def is_meant_for(self, controller: str, action: str) -> bool:
        """Tell whether this pattern is for one action alone, and this is it."""
        own = (self.action[0].lower(), self.action[1].lower())
        return not self.is_general() and own == (controller.lower(), action.lower())


class Application(Struct):
    """What one sub-project's set-up says of its controllers."""

    prefixes: list[Prefix] = field(default_factory=list)
    route_prefixes: list[Prefix] = field(default_factory=list)  # what a convention puts before templates of controllers
    conventions: list[Convention] = field(default_factory=list)
    slugifies: bool = False
    auth: Auth = field(default_factory=Auth)  # what it asks of the callers of controllers that say nothing themselves
    fallback: Auth = field(default_factory=Auth)  # the same of every end point

    def conventions_for(self, area: str, controller: str, action: str) -> list[Convention]:
        """Return the patterns for an action: those for it alone, else the first that is for all of its area."""
        alone = [item for item in self.conventions if item.is_meant_for(controller, action)]
        return alone or [item for item in self._general_for(area) if item.is_general()][:1]

    def _general_for(self, area: str) -> list[Convention]:
        return [item for item in self.conventions if item.area == area or (("{area" in item.pattern) == bool(area) and not item.area)]  # fmt: skip  # noqa: E501


class Applications:
    """The applications of a program, by their sub-projects."""

    def __init__(self, interpreter: Interpreter) -> None:
        self.by_root: dict[str, Application] = {}
        for router in interpreter.routers:
            if router.kind is APPLICATION and not router.parents:
                self._add(interpreter, router)
        for file in interpreter.program.with_words("csharp", frozenset({"RouteTokenTransformerConvention"})):
            self.by_root.setdefault(file.project_root, Application()).slugifies = True
        for root, prefix in route_prefixes(interpreter):
            self.by_root.setdefault(root, Application()).route_prefixes = [prefix]
        for asked in asked_of_all(interpreter):
            application = self.of_root(asked.root)
            application.auth = asked.auth
            application.fallback = application.fallback if asked.of_controllers_alone else asked.auth

    def _add(self, interpreter: Interpreter, router: Router) -> None:
        root = interpreter.program.by_path[router.place.file].project_root
        base = [
            Prefix(value=router.prefix, file=place.file, line=place.line, how=router.how) for place in _base(router)
        ]
        for inner, prefixes in _with_groups(router, base):
            for route in inner.routes:
                kind = route.options.get("kind")
                if kind not in ("convention", "controllers"):
                    continue
                application = self.by_root.setdefault(root, Application())
                application.prefixes = application.prefixes or prefixes
                application.auth = _asked_of(route, application.auth)
                if kind == "convention":
                    convention = Convention(
                        route.path, route.options["area"], route.place, route.options.get("action", ("", ""))
                    )
                    application.conventions.append(convention)
        if base:
            application = self.by_root.setdefault(root, Application())
            application.prefixes = application.prefixes or base

    def of(self, file: File) -> Application:
        """Return the application of a file's sub-project; of a library's files the only one that there is."""
        return self.of_root(file.project_root)

    def of_root(self, root: str) -> Application:
        """Return the application of a sub-project, by its directory."""
        found = self.by_root.get(root)
        if found is None and len(self.by_root) == 1:
            found = next(iter(self.by_root.values()))
        return found or Application()


def _asked_of(route: Registered, before: Auth) -> Auth:
    """`MapControllers().RequireAuthorization()`."""
    state, place, name = route.options.get("auth", ("unknown", route.place, ""))
    by = [AuthSource(name=name, file=place.file, line=place.line)]
    return Auth(state="required", by=by) if state == "required" else before


def _base(router: Router) -> list[Place]:
    return [router.data["base_place"]] if router.prefix and "base_place" in router.data else []


def _with_groups(router: Router, prefixes: list[Prefix], depth: int = 0) -> Iterator[tuple[Router, list[Prefix]]]:
    yield router, prefixes
    for mounted in router.mounts if depth < 8 else ():
        own = Prefix(value=mounted.prefix, file=mounted.place.file, line=mounted.place.line, how=mounted.how)
        yield from _with_groups(mounted.router, [*prefixes, *([own] if mounted.prefix else [])], depth + 1)
