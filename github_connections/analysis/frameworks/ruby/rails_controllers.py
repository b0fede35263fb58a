"""Rails' controllers: found by the path that a route names, with the classes that they are derived from."""

from __future__ import annotations

import re
from collections import defaultdict

from github_connections.analysis.frameworks.ruby.ruby_classes import NamedClass, RubyClasses, classes_of, written_name
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.routing import Reached

_DEEPEST = 8  # of classes that are derived from each other
_OF_GEMS = ("devise/", "doorkeeper/", "rails/")


class Controllers(RubyClasses):
    """All controllers of the program; what they include is looked for when it is asked for."""

    def __init__(self, interpreter: Interpreter) -> None:
        super().__init__(interpreter.program)
        self._by_path: dict[str, list[NamedClass]] = defaultdict(list)
        self._by_last: dict[str, list[NamedClass]] = defaultdict(list)
        self._lines: dict[str, list[NamedClass]] = {}  # by the path of the controller, as a route names it
        files = [
            file
            for file in self._program.of_family("ruby")
            if file.is_parsed or any(map(_is_controller, file.sketch.names))
        ]
        self._program.parse(files)
        for file in files:
            self._add_controllers([cls for cls in classes_of(file) if _is_controller(cls.name)])

    def _add_controllers(self, found: list[NamedClass]) -> None:
        self._add(found)
        for one in found:
            path = _plain(one.name.removesuffix("Controller").replace("::", "/"))
            self._by_path[path].append(one)
            self._by_last[path.rpartition("/")[2]].append(one)

    def of(self, item: Reached) -> tuple[list[NamedClass], str]:
        """Return the classes that a route's controller consists of, the outermost base first, and the action."""
        handler = item.route.handler
        if not isinstance(handler, str) or "#" not in handler:
            return [], ""
        path, _, action = handler.rpartition("#")
        if path not in self._lines:
            self._lines[path] = self._line(_plain(path))
        return self._lines[path], action

    def _line(self, path: str) -> list[NamedClass]:
        found = self._by_path.get(path, [])
        if not found and not path.startswith(_OF_GEMS):
            found = self._by_last.get(path.rpartition("/")[2], [])  # an engine's: its own name stands before
        line: list[NamedClass] = []
        if len({one.name for one in found}) == 1:
            self._collect(found[0], line, 0)
        return line

    def _collect(self, controller: NamedClass, line: list[NamedClass], depth: int) -> None:
        """Add a class after all that it is derived from; one that is opened in several files as each."""
        if depth > _DEEPEST or controller in line:
            return
        for base in controller.node.bases:
            for one in self.named(written_name(base), controller)[:1]:
                self._collect(one, line, depth + 1)
        line += [one for one in self.every_part(controller) if one not in line]

    def _look_for(self, last: str) -> None:
        if not _is_controller(last):  # those are all known
            super()._look_for(last)


def _is_controller(name: str) -> bool:
    return name.endswith("Controller")


def _plain(path: str) -> str:
    """`Api::OAuthTokens` and `api/oauth_tokens` are one: which words are acronyms only the program's settings say."""
    return re.sub(r"[^a-z0-9/]", "", path.lower())
