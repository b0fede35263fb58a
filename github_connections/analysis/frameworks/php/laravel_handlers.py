"""Who answers a Laravel route: a method of a controller, in whatever way the route names it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from github_connections.analysis.linking.classes import lineage
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import classes_in
from github_connections.analysis.linking.routing import Reached, Registered
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import (
    ClassValue,
    External,
    FunctionValue,
    ListValue,
    MapValue,
    Value,
    entries_of,
    is_known,
    text_of,
)
from github_connections.analysis.syntax import nodes

_OF_CLASS = ".class"  # what `UserController::class` has at its end where the program does not declare it


class Answer(Struct, frozen=True):
    """The name of who answers, and what the program declares under it: a method with its class, or a closure."""

    name: str = ""
    cls: ClassValue | None = None
    method: nodes.Function | None = None
    scope: Scope | None = None  # that the method's types are written in


class Handlers:
    """Finds who answers; each controller is looked for once."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter
        self._answers: dict[tuple[int, str], Answer] = {}
        self._classes: dict[tuple[str, str], ClassValue | None] = {}

    def read_together(self, reached: Iterable[Reached]) -> None:
        """Have the controllers that routes name by texts parsed beside each other."""
        written = (_written(_named(item.route)[0]) for item in reached)
        wanted = {name.rpartition("\\")[2] for name in written if name}
        files = self._interpreter.program.of_family("php")
        self._interpreter.program.parse(file for file in files if not wanted.isdisjoint(file.sketch.names))

    def of(self, item: Reached) -> Answer:
        """Return who answers a route."""
        namespace = "\\".join(
            said.strip("\\")
            for step in item.steps
            for said in step.options.get("namespaces", [])
            if said and is_known(said)
        )
        key = (id(item.route), namespace)
        if key not in self._answers:
            self._answers[key] = self._answer(item.route, namespace)
        return self._answers[key]

    def _answer(self, route: Registered, namespace: str) -> Answer:
        controller, method = _named(route)
        if isinstance(controller, FunctionValue):
            return Answer(method=controller.node, scope=controller.scope)
        written = _written(controller)
        if not written:
            return Answer()
        cls = controller if isinstance(controller, ClassValue) else self._class(written, namespace)
        name = written if method == "__invoke" else f"{written}@{method}"
        owner, found = self._method(cls, method)
        return Answer(name, cls, found, None if owner is None else owner.scope)

    def _method(self, cls: ClassValue | None, name: str) -> tuple[ClassValue | None, nodes.Function | None]:
        """Return the class, trait or base that declares a method of a controller, and the method."""
        for owner in lineage(self._interpreter, cls) if cls is not None else ():
            found = next((item for item in _methods(owner) if item.name == name), None)
            if found is not None:
                return owner, found
        return cls, None

    def _class(self, written: str, namespace: str) -> ClassValue | None:
        """Return the controller that a text means; None where several may be meant."""
        key = (written, namespace)
        if key not in self._classes:
            self._classes[key] = self._found(written.lstrip("\\"), namespace)
        return self._classes[key]

    def _found(self, written: str, namespace: str) -> ClassValue | None:
        last = written.rpartition("\\")[2]
        declared = [
            (f"\\{file.head.package}\\{last}", cls)
            for file in self._interpreter.program.declaring("php", last)
            for cls in classes_in(file.scope)
            if cls.node.name == last
        ]
        for whole in (f"\\{namespace}\\{written}", f"\\{written}"):
            fitting = [cls for name, cls in declared if name.endswith(whole)]
            if len(fitting) == 1:
                return fitting[0]
        return None


def middleware_in(handler: Value) -> Value:
    """Return the middleware of `['uses' => 'UserController@show', 'middleware' => 'auth']`."""
    return entries_of(handler).get("middleware")


def _named(route: Registered) -> tuple[Value, str]:
    """Return the controller that a route names, and its method."""
    handler, action = route.handler, route.options.get("action")
    if isinstance(handler, MapValue):
        closure = next((item for item in handler.entries.values() if isinstance(item, FunctionValue)), None)
        handler = handler.entries.get("uses", closure)
    if action is not None:
        return handler, text_of(action)
    if isinstance(handler, ListValue):
        first, *others = handler.items or [None]
        return first, text_of(others[0]) if others else "__invoke"
    if isinstance(handler, str):
        before, _, method = handler.partition("@")
        controller = route.options.get("controller")
        return (controller, before) if controller is not None and not method else (before, method or "__invoke")
    return handler, "__invoke"


def _written(controller: Value) -> str:
    """Return the controller's name: as a text says it, and that of a class without its namespace."""
    match controller:
        case ClassValue(node=node):
            return node.name
        case External(name=name):
            return name.removesuffix(_OF_CLASS).rpartition(".")[2]
        case str():
            return controller
    return ""


def _methods(cls: ClassValue) -> Iterator[nodes.Function]:
    return (item for item in cls.node.body if isinstance(item, nodes.Function))
