"""NestJS's applications: their modules, and what they put before the paths of the controllers in these."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field

from github_connections.analysis.frameworks import paths
from github_connections.analysis.frameworks.javascript.javascript_guards import Guard, guard_of
from github_connections.analysis.frameworks.javascript.nestjs_declarations import (
    APPLICATION,
    MODULE_PATHS,
    decorators_of,
    said_of,
)
from github_connections.analysis.frameworks.javascript.nestjs_middleware import Middleware, middleware_of
from github_connections.analysis.frameworks.javascript.nestjs_paths import Pattern, matches, patterns_of
from github_connections.analysis.frameworks.javascript.nestjs_settings import with_settings
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.routing import Router
from github_connections.analysis.linking.values import (
    ClassValue,
    External,
    ListValue,
    MapValue,
    Thing,
    Value,
    entries_of,
    text_of,
)
from github_connections.analysis.report import Place
from github_connections.analysis.syntax import nodes

CONTROLLER_WORDS = frozenset({"Controller", "NestFactory", "Module"})
NEUTRAL = "@nestjs/common.VERSION_NEUTRAL"
NOWHERE = Place("", 0)


# --- applications -------------------------------------------------------------------------------------------------


class Application(Struct):
    """What one application puts before the paths of its controllers."""

    place: Place
    serves: bool = True
    prefix: str = ""
    prefix_place: Place = NOWHERE
    version_place: Place = NOWHERE
    versioning: dict[str, Value] | None = None
    exclusions: list[Pattern] = field(default_factory=list)
    guards: list[Guard] = field(default_factory=list)
    middleware: list[Middleware] = field(default_factory=list)
    controllers: dict[int, tuple[str, Place]] = field(default_factory=dict)

    def version_prefixes(self, versions: Value) -> list[str]:
        """Return what stands for the versions in a path; an empty one for no version in it."""
        said = self.versioning
        if said is None or not _is_by_path(said.get("type")):
            return [""]
        wanted = versions if versions is not None else said.get("defaultVersion")
        before = said.get("prefix", "v")
        mark = "" if before is False else text_of(before)
        items = wanted.items if isinstance(wanted, ListValue) else [] if wanted is None else [wanted]
        found = ["" if _is_neutral(item) else f"{mark}{text_of(item)}" for item in items]
        return found or [""]

    def excludes(self, path: str, method: str) -> bool:
        """Tell whether the global prefix is left out of a path."""
        return matches(self.exclusions, path, method)


def _is_by_path(kind: Value) -> bool:
    return kind is None or text_of(kind).rstrip("}").endswith("URI")


def _is_neutral(version: Value) -> bool:
    return isinstance(version, External) and version.name == NEUTRAL


def applications(interpreter: Interpreter) -> list[Application]:
    """Return the applications with the controllers of their modules."""
    made = [router for router in interpreter.routers if router.kind is APPLICATION and not router.assumed]
    made = [router for router in made if not _is_other_branch(router, made)]
    found = [_application_of(interpreter, router) for router in made]
    for assumed in (router for router in interpreter.routers if router.kind is APPLICATION and router.assumed):
        for application in found:
            if not application.prefix and application.serves:
                _apply_settings(interpreter, application, assumed)
    return [application for application in found if application.serves]


def _is_other_branch(router: Router, made: list[Router]) -> bool:
    """Tell whether the same application is made again in the same file, and only there is it told anything.

    `app = isTest ? await create(Module) : await create(Module, options)`: what follows is said to the last.
    """
    return not _is_told(router) and any(
        other is not router
        and _is_told(other)
        and other.place.file == router.place.file
        and other.options.get("module") is router.options.get("module")
        for other in made
    )


def _is_told(router: Router) -> bool:
    return bool(router.prefix or router.data)


def _application_of(interpreter: Interpreter, router: Router) -> Application:
    application = Application(router.place, serves=router.application)
    _apply_settings(interpreter, application, router)
    root = router.options.get("module")
    if isinstance(root, ClassValue | MapValue):
        _Modules(interpreter, application).read(root)
    return application


def _apply_settings(interpreter: Interpreter, application: Application, router: Router) -> None:
    data = router.data
    application.prefix = with_settings(interpreter, router.prefix)
    application.prefix_place = data.get("prefix_place", router.place)
    application.version_place = data.get("version_place", router.place)
    if "versioning" in data:
        application.versioning = {name: with_settings(interpreter, value) for name, value in data["versioning"].items()}
    application.exclusions = list(patterns_of(data.get("exclude")))
    application.guards.extend(data.get("guards", ()))


# --- modules ------------------------------------------------------------------------------------------------------


class _Modules:
    """A walk through the modules of one application."""

    def __init__(self, interpreter: Interpreter, application: Application) -> None:
        self.interpreter = interpreter
        self.application = application
        self.seen: set[int] = set()
        self.paths: dict[int, tuple[str, Place]] = {}
        self.found: list[tuple[int, ClassValue]] = []  # the module's class, the controller

    def read(self, root: Value) -> None:
        """Find the controllers of a module and of all that it imports, and the paths of their modules."""
        self._module(root)
        for module, controller in self.found:
            known = self.paths.get(module, ("", self.application.place))
            self.application.controllers.setdefault(id(controller.node), known)

    def _module(self, value: Value) -> None:
        if isinstance(value, ClassValue):
            self._class(value)
        elif isinstance(value, MapValue):
            cls = value.entries.get("module")
            self._said(value.entries, id(cls.node) if isinstance(cls, ClassValue) else 0)
            self._module(cls)
        elif isinstance(value, Thing) and value.kind is MODULE_PATHS:
            self._tree(value.data["tree"], "", value.place)

    def _class(self, cls: ClassValue) -> None:
        if id(cls.node) in self.seen:
            return
        self.seen.add(id(cls.node))
        self.application.middleware.extend(middleware_of(self.interpreter, cls))
        for decorator in decorators_of(self.interpreter, cls.node.decorators, cls):
            call = decorator.data["call"]
            said = call.value(0) if call is not None and decorator.data["name"] == "Module" else None
            if isinstance(said, MapValue):
                self._said(said.entries, id(cls.node))
                self._imports_as_written(call)

    def _said(self, entries: dict[str, Value], module: int) -> None:
        for item in _items(entries.get("imports")):
            self._module(item)
        for item in _items(entries.get("controllers")):
            if isinstance(item, ClassValue):
                self.found.append((module, item))
        for item in _items(entries.get("providers")):
            self._provider(item)

    def _provider(self, item: Value) -> None:
        provided = entries_of(item).get("provide")
        if isinstance(provided, External) and provided.name.endswith("APP_GUARD"):
            guard = guard_of(item.entries.get("useClass", item.entries.get("useExisting")), None, item.place)
            self.application.guards.extend([guard] if guard else [])

    def _imports_as_written(self, call: Invocation) -> None:
        """`imports: [UsersModule.forRoot(…)]` is the module, whatever the method gives back."""
        said = call.node.arguments[0].value if call.node and call.node.arguments else None
        for pair in said.entries if isinstance(said, nodes.Mapping) else ():
            items = pair.value.items if isinstance(pair.value, nodes.Sequence) else []
            for item in items if pair.key == nodes.Text("imports") else []:
                if isinstance(item, nodes.Call) and isinstance(item.function, nodes.Member):
                    self._module(self.interpreter.evaluate(item.function.of, call.scope))

    def _tree(self, tree: Value, above: str, place: Place) -> None:
        """`RouterModule.register([{path, module, children}])`."""
        for item in _items(tree):
            if isinstance(item, ClassValue):
                self.paths[id(item.node)] = (above, place)
            elif isinstance(item, MapValue):
                path = paths.join_trimmed([above, text_of(item.entries.get("path", ""))])
                module = item.entries.get("module")
                if isinstance(module, ClassValue):
                    self.paths[id(module.node)] = (path, item.place)
                self._tree(item.entries.get("children"), path, place)


def _items(value: Value) -> list[Value]:
    if not isinstance(value, ListValue):
        return []
    return [inner for item in value.items for inner in (_items(item) if isinstance(item, ListValue) else [item])]


# --- controllers --------------------------------------------------------------------------------------------------


class Placed(Struct):
    """A controller in one application."""

    controller: ClassValue
    application: Application
    decorators: list[Thing]
    place: Place
    path: Value = None
    versions: Value = None
    module_path: str = ""
    module_place: Place = NOWHERE
    certain: bool = True


def placed_controllers(interpreter: Interpreter) -> Iterator[Placed]:
    """Yield every controller once for each application that it belongs to."""
    known = applications(interpreter)
    program = interpreter.program
    # A function of the program may put the library's decorator together with others.
    composing = (file for file in program.with_words("javascript", frozenset({"applyDecorators"})))
    words = {name for file in composing if "Controller" in file.head.words for name in file.head.names}
    for cls in program.classes_with("javascript", frozenset({"Controller", *words})):
        yield from _placed(interpreter, cls, known)


def _placed(interpreter: Interpreter, cls: ClassValue, known: list[Application]) -> Iterator[Placed]:
    decorators = decorators_of(interpreter, cls.node.decorators, cls)
    controller = next((item for item in decorators if item.data["name"] == "Controller" and item.data["library"]), None)
    if controller is None:
        return
    said = controller.data["call"].value(0)
    entries = said.entries if isinstance(said, MapValue) else {"path": said}
    place = Place(cls.scope.file.path, controller.data["line"])
    serving = [application for application in known if id(cls.node) in application.controllers]
    for application in serving or [_likely(cls, known)]:
        path, where = application.controllers.get(id(cls.node), ("", place))
        versions = entries.get("version", said_of(decorators, "Version"))
        yield Placed(
            cls,
            application,
            decorators,
            place,
            entries.get("path"),
            versions,
            path,
            where,
            bool(serving) or len(known) == 1,
        )


def _likely(cls: ClassValue, known: list[Application]) -> Application:
    """Return the application whose file lies nearest to a controller that no module is seen to hold."""
    parts = cls.scope.file.path.split("/")

    def shared(application: Application) -> int:
        pairs = zip(parts, application.place.file.split("/"), strict=False)
        return next((index for index, (one, other) in enumerate(pairs) if one != other), len(parts))

    return max(known, key=shared, default=Application(Place(cls.scope.file.path, cls.node.line)))
