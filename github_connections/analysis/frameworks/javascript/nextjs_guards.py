"""Who may see what a Next.js application serves: by its code, by the layouts around a page, by its middleware."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import cached_property

from github_connections.analysis.frameworks.javascript.file_routes import SCRIPTS, Application, Exported, exports_of
from github_connections.analysis.frameworks.javascript.request_guards import is_for_all
from github_connections.analysis.linking.program import File
from github_connections.analysis.linking.values import entries_of, texts_of
from github_connections.analysis.report import Auth, AuthSource
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

_LIBRARY = "next-auth/middleware"
_MATCHERS = "createRouteMatcher"
_CLOSED = re.compile(r"(?i)protect|private|auth|admin|dashboard")
_SPECIAL = re.compile(r"[:(*\[?+].*$", re.DOTALL)


class Guards:
    """What guards the paths of one application."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._layouts: dict[str, Auth | None] = {}

    def of_handler(self, path: str, place: str, exported: Exported) -> Auth | None:
        """Return what asks before a handler, or a page, answers: itself, or what runs before all of them."""
        file = self._application.file(place)
        own = self._application.asked(file, exported, path)
        return own or self._before(path)

    def of_page(self, path: str, place: str, exported: Exported) -> Auth | None:
        """Return the same for a page of the app router, which the layouts around it may guard."""
        return self.of_handler(path, place, exported) or self._around(path, posixpath.dirname(place))

    def _around(self, path: str, directory: str) -> Auth | None:
        if is_for_all(path):
            return None
        while directory and directory != self._application.root:
            if directory not in self._layouts:
                self._layouts[directory] = self._of_layout(directory)
            if self._layouts[directory] is not None:
                return self._layouts[directory]
            directory = posixpath.dirname(directory)
        return None

    def _of_layout(self, directory: str) -> Auth | None:
        places = (posixpath.join(directory, f"layout{ending}") for ending in SCRIPTS)
        file = next((file for file in map(self._application.file, places) if file is not None), None)
        shown = exports_of(self._application.interpreter, file).get("default") if file is not None else None
        return self._application.asked(file, shown, "/")

    # --- the middleware -----------------------------------------------------------------------------------------

    def _before(self, path: str) -> Auth | None:
        found = None if is_for_all(path) else self._middleware
        if found is None:
            return None
        auth, closed = found
        return auth if any(path == one or path.startswith(f"{one}/") for one in closed) else None

    @cached_property
    def _middleware(self) -> tuple[Auth, list[str]] | None:
        """The middleware's guard, and the paths below which it asks."""
        stems = (f"{folder}{name}" for folder in ("", "src/") for name in ("middleware", "proxy"))
        names = (f"{stem}{ending}" for stem in stems for ending in SCRIPTS)
        files = (self._application.file(self._application.place(name)) for name in names)
        file = next((file for file in files if file is not None), None)
        if file is None:
            return None
        exported = exports_of(self._application.interpreter, file)
        shown = exported.get("default") or exported.get("middleware") or exported.get("proxy")
        if shown is None:
            return None
        auth = _of_library(file) or self._application.asked(file, shown, "/")
        closed = list(self._matched(file))
        return (auth, closed) if auth is not None and closed else None

    def _matched(self, file: File) -> Iterator[str]:
        """Yield what stands before the variables of the paths that are matched."""
        matcher = entries_of(self._application.interpreter.exported(file, "config")).get("matcher")
        patterns = list(_closed_patterns(file)) or texts_of(matcher)
        for pattern in patterns:
            start = _SPECIAL.sub("", pattern).rstrip("/")
            if start:
                yield start


def _of_library(file: File) -> Auth | None:
    """`export { default } from "next-auth/middleware"`, `export default withAuth(…)`."""
    if _LIBRARY not in file.head.imports:
        return None
    return Auth(state="required", by=[AuthSource(name=_LIBRARY, file=file.path, line=1)])


def _closed_patterns(file: File) -> Iterator[str]:
    """`const isProtected = createRouteMatcher(["/dashboard(.*)"])`, as Clerk has it."""
    for statement in file.module.body:
        match statement:
            case nodes.Assign(target=nodes.Name(id=name), value=nodes.Call(function=nodes.Name(id=called)) as call) if (
                called == _MATCHERS and _CLOSED.search(name)
            ):
                yield from (node.value for node in nodes_in(call) if isinstance(node, nodes.Text))
