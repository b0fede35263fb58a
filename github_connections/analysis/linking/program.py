"""All files of a repository as one program: found by path, by module name, by class name."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import ClassValue, MapValue, ObjectValue
from github_connections.analysis.report import Place
from github_connections.analysis.syntax import nodes

if TYPE_CHECKING:
    from github_connections.analysis.projects import Project


class Parsed(Protocol):
    """What the parsing hands over for one file; `module` is decoded when it is first asked for."""

    path: str
    language: str
    project_root: str
    head: nodes.Head

    @property
    def module(self) -> nodes.Module:
        """The file's tree."""


# Languages that are one where names are concerned.
FAMILIES = {
    "typescript": "javascript",
    "tsx": "javascript",
    "vue": "javascript",
    "svelte": "javascript",
    "kotlin": "java",
}


ENVIRONMENT_FILES = (".env.example", ".env.sample", ".env.template", ".env.dist", ".env.development", ".env")
# Names that speak of paths and of no secrets, and values that look like a path.
_VARIABLE = re.compile(
    r"^(?:export )?((?!\w*(?:KEY|SECRET|TOKEN|PASS))\w*(?:PREFIX|PATH|BASE|ROUTE|API|VERSION|ENDPOINT)\w*)"
    r"""[ \t]*=[ \t]*["']?(/?[A-Za-z][\w-]{0,30}(?:/[\w-]{1,30}){0,4}/?)["']?[ \t]*$""",
    re.MULTILINE,
)


class File:
    """One source file of the program; its scope is made when somebody looks into it."""

    __slots__ = ("_scope", "family", "head", "parsed", "path", "ran")

    def __init__(self, parsed: Parsed) -> None:
        self.parsed = parsed
        self.path = parsed.path
        self.head = parsed.head
        self.family = FAMILIES.get(parsed.language, parsed.language)
        self._scope: Scope | None = None
        self.ran = False

    @property
    def language(self) -> str:
        """The language of the file: `typescript`, not its family."""
        return self.parsed.language

    @property
    def project_root(self) -> str:
        """The directory of the sub-project that the file belongs to; empty for the checkout itself."""
        return self.parsed.project_root

    @property
    def module(self) -> nodes.Module:
        """The file's tree."""
        return self.parsed.module

    @property
    def directory(self) -> str:
        """The file's directory; empty for the checkout itself."""
        return posixpath.dirname(self.path)

    @property
    def scope(self) -> Scope:
        """The names of the file, everything at its top declared."""
        if self._scope is None:
            self._scope = Scope(self, None, self.module)
            if self.family == "javascript":
                exports = MapValue({}, Place(self.path, 1))
                self._scope.names["module"] = ObjectValue(None, {"exports": exports}, exports.place)
                self._scope.names["exports"] = exports
            self._scope.declare(self.module.body, lazily=True)
        return self._scope


class Program:
    """The files, and ways to find one. `read` gives the bytes of any file of the checkout, parsed or not."""

    def __init__(
        self,
        files: Iterable[Parsed],
        projects: Iterable[Project] = (),
        all_paths: Iterable[str] = (),
        read: Callable[[str], bytes | None] = lambda _path: None,
    ) -> None:
        self.files = [File(parsed) for parsed in files]
        self.projects = list(projects)
        self.by_path = {file.path: file for file in self.files}
        self.all_paths = sorted(all_paths) or sorted(self.by_path)
        self.read = read
        self._environments: dict[str, dict[str, str]] = {}
        self._by_package: dict[tuple[str, str], list[File]] = defaultdict(list)
        self._by_directory: dict[tuple[str, str], list[File]] = defaultdict(list)
        self._by_name: dict[tuple[str, str], list[File]] = defaultdict(list)
        for file in self.files:
            self._by_package[file.family, file.head.package].append(file)
            self._by_directory[file.family, file.directory].append(file)
            for name in file.head.names:
                self._by_name[file.family, name].append(file)

    def of_family(self, family: str) -> Iterator[File]:
        """Yield the files of a language and of those that share its names, by path."""
        return (file for file in self.files if file.family == family)

    def with_words(self, family: str, words: frozenset[str]) -> Iterator[File]:
        """Yield the files of a family in which one of these names is called, extended or used as a decorator."""
        return (file for file in self.of_family(family) if not words.isdisjoint(file.head.words))

    def package(self, family: str, name: str) -> list[File]:
        """Return the files of a package or namespace."""
        return self._by_package.get((family, name), [])

    def directory(self, family: str, path: str) -> list[File]:
        """Return the files of a directory, not of those below it."""
        return self._by_directory.get((family, path), [])

    def inside(self, path: str) -> list[str]:
        """Return the paths of all files below a directory, as seen from there."""
        start = f"{path}/" if path else ""
        return [name[len(start) :] for name in self.all_paths if name.startswith(start)]

    def environment(self, root: str) -> dict[str, str]:
        """Return the variables that the examples of an environment (`.env.example`) set to paths, by their names."""
        known = self._environments.get(root)
        if known is None:
            known = self._environments[root] = {}
            for place in (root, ""):
                for name in ENVIRONMENT_FILES:
                    content = (
                        self.read(posixpath.join(place, name)) if posixpath.join(place, name) in self._paths else b""
                    )
                    for match in _VARIABLE.finditer((content or b"").decode("utf-8", "replace")):
                        known.setdefault(match.group(1), match.group(2))
        return known

    @cached_property
    def _paths(self) -> frozenset[str]:
        return frozenset(self.all_paths)

    def declaring(self, family: str, name: str) -> list[File]:
        """Return the files that declare a name at their top, by path."""
        return self._by_name.get((family, name), [])

    def classes(self, family: str) -> Iterator[ClassValue]:
        """Yield every class of a language family, nested ones after the one around them."""
        for file in self.of_family(family):
            yield from classes_in(file.scope)


def classes_in(scope: Scope) -> Iterator[ClassValue]:
    """Yield the classes declared in a scope, and in those classes."""
    for value in scope.names.values():
        if isinstance(value, ClassValue) and value.scope.parent is scope:
            yield value
            yield from classes_in(value.scope)


def nearest(files: list[File], path: str) -> File | None:
    """Return the file whose path shares most of its directories with this one; the first by path of equals."""

    def shared(file: File) -> int:
        return len(posixpath.commonprefix([file.path.split("/"), path.split("/")]))

    return max(files, key=shared) if files else None
