"""What a kind of user interface says of itself, and what all of them ask."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable
from typing import Literal

from msgspec import Struct

from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import File, Program
from github_connections.analysis.report import Component

# For one platform, or for one side of the wire.
_VARIANT = re.compile(r"\.(client|server|native|ios|android|web|component)$")


class Library(Struct, frozen=True):
    """What components are made with, as the report names it: `framework` of a component, and its packages."""

    name: str
    packages: tuple[str, ...]
    language: str = "javascript"
    family: str = "javascript"
    kind: Literal["client"] = "client"


class Components(Struct, frozen=True):
    """A kind of user interface; each file holds one as COMPONENTS. `marks` are as those of a framework."""

    name: str
    components: Callable[[Interpreter], Iterable[Component]]
    libraries: tuple[Library, ...]
    marks: frozenset[str] = frozenset()


class Dependencies:
    """What the sub-project of a file depends on, with what the checkout as a whole does."""

    def __init__(self, program: Program) -> None:
        self._by_root: dict[str, set[str]] = {}
        for project in program.projects:
            if project.ecosystem == "node":
                self._by_root.setdefault(project.root, set()).update(project.dependencies)

    def of(self, file: File) -> set[str] | None:
        """Return the names of the packages; None where there is no manifest at all."""
        own = self._by_root.get(file.project_root)
        above = self._by_root.get("")
        return None if own is None and above is None else (own or set()) | (above or set())


def stem_of(path: str) -> str:
    """Return the name that a file gives what has none: its own, or its directory's for `index`."""
    stem = _VARIANT.sub("", posixpath.splitext(posixpath.basename(path))[0])
    return posixpath.basename(posixpath.dirname(path)) or stem if stem == "index" else stem
