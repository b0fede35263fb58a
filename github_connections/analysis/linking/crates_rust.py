"""The crates of a repository by the names that Rust code calls them, with the file that each begins in."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any

from github_connections.analysis.documents import read_toml
from github_connections.analysis.linking.program import Program
from github_connections.analysis.unreadable import Unreadable

_DEPENDENCIES = ("dependencies", "dev-dependencies", "build-dependencies")


class Crates:
    """Reads the manifests once; one that cannot be read says nothing here, and its reason stands in the report."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._libraries: dict[str, str] = {}
        self._renamed: dict[str, str] = {}
        for project in program.projects:
            if project.ecosystem == "rust":
                self._read(project.root, project.name)

    def library(self, name: str) -> str | None:
        """Return the path of the file that the library of this name begins in; None where it is not of this program."""
        return self._libraries.get(name) or self._libraries.get(self._renamed.get(name, ""))

    def is_root(self, path: str) -> bool:
        """Tell whether a library begins in this file."""
        return path in self._libraries.values()

    def root_in(self, directory: str) -> str | None:
        """Return the file of this directory in which a library begins that is not called lib.rs."""
        inside = (path for path in self._libraries.values() if posixpath.dirname(path) == directory)
        return next((path for path in inside if posixpath.basename(path) != "lib.rs"), None)

    def _read(self, root: str, name: str) -> None:
        data = self._manifest(posixpath.join(root, "Cargo.toml"))
        library = _table(data.get("lib"))
        path = posixpath.normpath(posixpath.join(root, str(library.get("path", "src/lib.rs"))))
        for called in (name, library.get("name")):
            if isinstance(called, str) and called and path in self._program.by_path:
                self._libraries.setdefault(called.replace("-", "_"), path)
        for alias, package in _renamed(data):
            self._renamed.setdefault(alias.replace("-", "_"), package.replace("-", "_"))

    def _manifest(self, path: str) -> dict[str, Any]:
        try:
            return _table(read_toml(self._program.read(path) or b""))
        except Unreadable:
            return {}


def _renamed(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the dependencies that code calls otherwise than their package."""
    for table in (data, _table(data.get("workspace"))):
        for kind in _DEPENDENCIES:
            for alias, said in _table(table.get(kind)).items():
                package = _table(said).get("package")
                if isinstance(package, str):
                    yield alias, package


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
