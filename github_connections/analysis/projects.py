"""The sub-projects of a checkout, by their manifests, and what each depends on."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable
from typing import Any

from msgspec import Struct, field

from github_connections.analysis import documents
from github_connections.analysis.manifests import manifest_of, read_catalog
from github_connections.analysis.report import Skipped
from github_connections.analysis.unreadable import Unreadable

MAXIMUM_MANIFESTS = 5_000
# Which ecosystem's manifest decides for a language family.
ECOSYSTEMS = {
    "python": "python",
    "javascript": "node",
    "java": "jvm",
    "csharp": "dotnet",
    "go": "go",
    "ruby": "ruby",
    "php": "php",
    "rust": "rust",
    "elixir": "elixir",
}
# Directories whose manifests speak for the directory above: requirements/base.txt, gradle/libs.versions.toml.
_OF_THE_ONE_ABOVE = ("requirements", "gradle")
_CATALOG = "libs.versions.toml"

Read = Callable[[str], bytes | None]


class Project(Struct):
    """A directory with a manifest. `dependencies` maps a name to its version as written; `lines` to where it stands."""

    root: str
    ecosystem: str
    manifest: str
    name: str = ""
    dependencies: dict[str, str] = field(default_factory=dict)
    lines: dict[str, tuple[str, int]] = field(default_factory=dict)

    def evidence(self, name: str) -> dict[str, Any]:
        """Return where a dependency is named."""
        file, line = self.lines.get(name, (self.manifest, 1))
        return {"file": file, "line": line, "why": f"depends on {name}"}


def find_projects(paths: Iterable[str], read: Read) -> tuple[list[Project], list[Skipped]]:
    """Return the sub-projects, outermost first, and the manifests that could not be read, each with the reason."""
    ordered = sorted(paths, key=lambda path: (path.count("/"), path))
    finder = _Finder(read)
    finder.read_catalogs(path for path in ordered if posixpath.basename(path) == _CATALOG)
    wanted = [path for path in ordered if manifest_of(path)]
    for path in wanted[:MAXIMUM_MANIFESTS]:
        finder.read_manifest(path)
    for path in wanted[MAXIMUM_MANIFESTS:]:
        finder.skip(path, f"more than {MAXIMUM_MANIFESTS} manifests")
    return list(finder.found.values()), finder.skipped


class _Finder:
    """Collects sub-projects manifest by manifest."""

    def __init__(self, read: Read) -> None:
        self.found: dict[tuple[str, str], Project] = {}
        self.skipped: list[Skipped] = []
        self._read = read
        self._catalogs: dict[str, dict[str, str]] = {}

    def skip(self, path: str, reason: str) -> None:
        """Note that a manifest was not read."""
        self.skipped.append(Skipped(file=path, reason=reason))

    def read_catalogs(self, paths: Iterable[str]) -> None:
        """Learn what the names of Gradle's version catalogs stand for."""
        for path in paths:
            content = self._content(path)
            try:
                self._catalogs[_root(path)] = read_catalog(content) if content is not None else {}
            except Unreadable as error:
                self.skip(path, f"not a readable manifest: {error}")

    def read_manifest(self, path: str) -> None:
        """Add what one manifest says to its sub-project."""
        manifest, content = manifest_of(path), self._content(path)
        if manifest is None or content is None:
            return
        try:
            name, dependencies = manifest.read(content)
        except Unreadable as error:
            self.skip(path, f"not a readable manifest: {error}")
            return
        project = self.found.setdefault(
            (_root(path), manifest.ecosystem), Project(_root(path), manifest.ecosystem, path)
        )
        project.name = project.name or name
        self._add(project, path, dependencies, _lines(documents.as_text(content)))

    def _add(self, project: Project, path: str, dependencies: dict[str, str], lines: dict[str, int]) -> None:
        for written, version in dependencies.items():
            name = self._meant(project.root, written)
            if name not in project.dependencies:
                project.dependencies[name] = version
                project.lines[name] = (path, lines.get(_token(written), 1))

    def _meant(self, root: str, name: str) -> str:
        """Return what a name of a version catalog stands for, of the nearest catalog; other names as they are."""
        if not name.startswith("libs."):
            return name
        name = name.removesuffix(".get")
        above = (catalog for directory, catalog in reversed(self._catalogs.items()) if _is_below(root, directory))
        return next((catalog[name] for catalog in above if name in catalog), name)

    def _content(self, path: str) -> bytes | None:
        content = self._read(path)
        if content is None:
            self.skip(path, "could not be read, or is too large for a manifest")
        return content


def _root(path: str) -> str:
    root = posixpath.dirname(path)
    return posixpath.dirname(root) if posixpath.basename(root) in _OF_THE_ONE_ABOVE else root


def _is_below(path: str, directory: str) -> bool:
    return not directory or path == directory or path.startswith(f"{directory}/")


_WORD = re.compile(r"[\w@][\w.@/-]*")


def _lines(text: str) -> dict[str, int]:
    """Return the line of the first mention of every word; of a key where the text has quoted keys."""
    found: dict[str, int] = {}
    later: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        for match in _WORD.finditer(line):
            is_key = line.startswith('":', match.end())
            (found if is_key else later).setdefault(_token(match[0]), number)
    return {**later, **found}


def _token(name: str) -> str:
    """Return a name as it is compared: the last of its parts, without the marks that are written either way."""
    return re.sub(r"[-_.]+", "-", name.rpartition(":")[2]).lower()


class Roots:
    """The directories with a manifest, asked for the nearest one above a file."""

    def __init__(self, projects: Iterable[Project]) -> None:
        self._known = {(project.ecosystem, project.root) for project in projects}

    def of(self, path: str, family: str) -> str:
        """Return the nearest directory above a file that has a manifest of its language; empty for the checkout."""
        ecosystem = ECOSYSTEMS.get(family, family)
        directory = posixpath.dirname(path)
        while directory and (ecosystem, directory) not in self._known:
            directory = posixpath.dirname(directory)
        return directory
