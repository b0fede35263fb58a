"""Rails' controllers: found by the path that a route names, with the classes they are derived from and what they
include."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import Program, classes_in
from github_connections.analysis.linking.routing import Reached
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import ClassValue
from github_connections.analysis.report import Place
from github_connections.analysis.syntax import nodes

_DEEPEST = 8  # of classes that include and are derived from each other


class Controller:
    """A class of the program, or a module, by its whole name: `Api::V1::UsersController`."""

    def __init__(self, name: str, cls: ClassValue) -> None:
        self.name = name
        self.node = cls.node
        self.file = cls.scope.file.path

    def methods(self) -> Iterator[nodes.Function]:
        """Yield its own methods."""
        return (item for item in self.node.body if isinstance(item, nodes.Function))

    def place(self, line: int) -> Place:
        """Return a line of its file."""
        return Place(self.file, line)


class Controllers:
    """All controllers of the program; what they include is looked for when it is asked for."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._program = interpreter.program
        self._by_name: dict[str, list[Controller]] = defaultdict(list)
        self._by_path: dict[str, list[Controller]] = defaultdict(list)
        self._by_last: dict[str, list[Controller]] = defaultdict(list)
        self._looked_for: set[str] = set()
        self._lines: dict[str, list[Controller]] = {}  # by the path of the controller, as a route names it
        for name, cls in _classes_of_controllers(self._program):
            made = Controller(name, cls)
            self._by_name[name].append(made)
            if _is_controller(name):
                path = _path_of(name)
                self._by_path[path].append(made)
                self._by_last[path.rpartition("/")[2]].append(made)

    def of(self, item: Reached) -> tuple[list[Controller], str]:
        """Return the classes that a route's controller consists of, the outermost base first, and the action."""
        handler = item.route.handler
        if not isinstance(handler, str) or "#" not in handler:
            return [], ""
        path, _, action = handler.rpartition("#")
        if path not in self._lines:
            self._lines[path] = self._line(_plain(path))
        return self._lines[path], action

    def _line(self, path: str) -> list[Controller]:
        found = self._by_path.get(path, [])
        if not found and not path.startswith(("devise/", "doorkeeper/", "rails/")):
            found = self._by_last.get(path.rpartition("/")[2], [])  # an engine's: its own name stands before
        line: list[Controller] = []
        if len({one.name for one in found}) == 1:
            self._collect(found[0], line, 0)
        return line

    def _collect(self, controller: Controller, found: list[Controller], depth: int) -> None:
        """Add a class after all that it is derived from; one that is opened in several files as each."""
        if depth > _DEEPEST or controller in found:
            return
        for base in controller.node.bases:
            for one in self.named(_written(base), controller)[:1]:
                self._collect(one, found, depth + 1)
        found += [one for one in self._by_name.get(controller.name, [controller]) if one not in found]

    def named(self, written: str, inside: Controller) -> list[Controller]:
        """Return what a name means inside a class: Ruby looks in each module around it, from the inside."""
        self._look_for(written.rpartition("::")[2])
        around = inside.name.split("::")[:-1]
        if not written.startswith("::"):
            for depth in range(len(around), 0, -1):
                found = self._by_name.get("::".join([*around[:depth], written]), [])
                if found and found[0] is not inside:
                    return found
        return self._by_name.get(written.removeprefix("::"), [])

    def _look_for(self, last: str) -> None:
        """Read the files that declare a module which is no controller by its name."""
        if not last or last in self._looked_for or _is_controller(last):
            return
        self._looked_for.add(last)
        for file in self._program.declaring("ruby", last):
            for name, cls in _named(classes_in(file.scope)):
                if name.rpartition("::")[2] == last:
                    self._by_name[name].append(Controller(name, cls))


def _classes_of_controllers(program: Program) -> Iterator[tuple[str, ClassValue]]:
    """Yield the classes of those files that may declare a controller, with their whole names."""
    files = [
        file for file in program.of_family("ruby") if file.is_parsed or any(map(_is_controller, file.sketch.names))
    ]
    program.parse(files)
    for file in files:
        yield from _named(classes_in(file.scope))


def _named(classes: Iterable[ClassValue]) -> Iterator[tuple[str, ClassValue]]:
    for cls in classes:
        names: list[str] = []
        scope: Scope | None = cls.scope
        while scope is not None:
            if isinstance(scope.owner, nodes.Class):
                names.append(scope.owner.name)
            scope = scope.parent
        yield "::".join(reversed(names)), cls


def _is_controller(name: str) -> bool:
    return name.endswith("Controller")


def _path_of(name: str) -> str:
    return _plain("/".join(name.removesuffix("Controller").split("::")))


def _plain(path: str) -> str:
    """`Api::OAuthTokens` and `api/oauth_tokens` are one: which words are acronyms only the program's settings say."""
    return re.sub(r"[^a-z0-9/]", "", path.lower())


def _written(expression: nodes.Expression) -> str:
    parts: list[str] = []
    while isinstance(expression, nodes.Member):
        parts.append(expression.name)
        expression = expression.of
    parts.append(getattr(expression, "id", ""))
    return "::".join(reversed(parts))


def included(node: nodes.Call) -> list[str]:
    """Return the modules that `include Authentication, Paging` names."""
    if not isinstance(node.function, nodes.Name) or node.function.id not in ("include", "prepend"):
        return []
    return [name for argument in node.arguments if (name := _written(argument.value))]
