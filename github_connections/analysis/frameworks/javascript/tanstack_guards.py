"""Who may see a page of TanStack Router: what is asked before it is loaded, and before those around it are."""

from __future__ import annotations

from collections.abc import Iterable

from github_connections.analysis.frameworks.javascript.request_guards import asked_by_handler, is_for_all
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import FunctionValue, MapValue, Thing, entries_of
from github_connections.analysis.report import Auth

_BEFORE = ("beforeLoad", "loader")
MAXIMUM_DEPTH = 20


class Guards:
    """What the routes of a program ask, by their sub-project and the path that their files say."""

    def __init__(self, interpreter: Interpreter, things: Iterable[Thing]) -> None:
        self._interpreter = interpreter
        self._of_files: dict[tuple[str, str], Auth] = {}
        for thing in things:
            asked = self._own(thing) if thing.data["is_of_a_file"] else None
            if asked is not None:
                self._of_files[self._project(thing), (thing.data["path"] or "").rstrip("/")] = asked

    def of(self, thing: Thing, path: str) -> Auth | None:
        """Return what a route with this whole path asks, by itself or by those around it."""
        if is_for_all(path):
            return None
        return self._around_a_file(thing) if thing.data["is_of_a_file"] else self._around(thing)

    def _around_a_file(self, thing: Thing) -> Auth | None:
        parts = (thing.data["path"] or "").rstrip("/").split("/")
        project = self._project(thing)
        above = ("/".join(parts[:length]) for length in range(len(parts), 0, -1))
        return next((found for one in above if (found := self._of_files.get((project, one)))), None)

    def _around(self, thing: Thing, depth: int = 0) -> Auth | None:
        asked = self._own(thing)
        parent = entries_of(thing.data["options"]).get("getParentRoute")
        above = self._interpreter.call(parent, []) if isinstance(parent, FunctionValue) else None
        if asked is None and isinstance(above, Thing) and above.kind is thing.kind and depth < MAXIMUM_DEPTH:
            return self._around(above, depth + 1)
        return asked

    def _own(self, thing: Thing) -> Auth | None:
        options, file = thing.data["options"], self._interpreter.program.by_path[thing.place.file]
        for name in _BEFORE if isinstance(options, MapValue) else ():
            before = options.entries.get(name)
            if isinstance(before, FunctionValue) and (
                asked := asked_by_handler(self._interpreter, file, before.node, before.node.line, "")
            ):
                return asked
        return None

    def _project(self, thing: Thing) -> str:
        return self._interpreter.program.by_path[thing.place.file].project_root
