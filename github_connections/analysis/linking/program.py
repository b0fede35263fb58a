"""All files of a repository as one program: found by path, by module name, by class name."""

from __future__ import annotations

import posixpath
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

from github_connections.analysis.linking import environments
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import ClassValue, MapValue, ObjectValue
from github_connections.analysis.report import Place
from github_connections.analysis.sketches import LANGUAGES_WITHOUT_VARIABLES
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

if TYPE_CHECKING:
    from github_connections.analysis.projects import Project
    from github_connections.analysis.sketches import Wanted


class Parsed(Protocol):
    """What the parsing hands over for one file; it may be parsed when its `module` is first asked for.

    Until then its head is a sketch: it has all that the file's own has of what is not `sought`, and maybe more.
    """

    path: str
    language: str
    project_root: str
    head: nodes.Head

    @property
    def parse(self) -> Callable[[list[Any]], None]:
        """What has several such files parsed beside each other."""

    @property
    def is_parsed(self) -> bool:
        """Whether the head is the file's own."""

    @property
    def module(self) -> nodes.Module:
        """The file's tree."""

    def mentions(self, names: Set[str]) -> bool:
        """Tell whether one of these names stands anywhere in the file's text."""


# Languages that are one where names are concerned.
FAMILIES = {
    "typescript": "javascript",
    "tsx": "javascript",
    "vue": "javascript",
    "svelte": "javascript",
    "kotlin": "java",
}
_NOTHING_SOUGHT: Mapping[str, Wanted] = MappingProxyType({})
_FILES_KEPT = 8  # whose lines are at hand: handlers, and what is around them, stand in a few


class File:
    """One source file of the program; its scope is made when somebody looks into it."""

    __slots__ = ("_absent", "_scope", "_star_imports", "_uses", "directory", "family", "parsed", "path", "ran")

    def __init__(self, parsed: Parsed, absent: frozenset[str]) -> None:
        self.parsed = parsed
        self.path = parsed.path
        # Empty for the checkout itself.
        self.directory = posixpath.dirname(parsed.path)
        # Words that do not stand in it as long as nobody had to parse it.
        self._absent = absent
        self.family = FAMILIES.get(parsed.language, parsed.language)
        self._scope: Scope | None = None
        self._star_imports: list[nodes.Import] | None = None
        self._uses: Counter[str] | None = None
        self.ran = False

    @property
    def is_parsed(self) -> bool:
        """Whether the file was parsed: because something in it is sought, or because another needed it."""
        return self.parsed.is_parsed

    @property
    def sketch(self) -> nodes.Head:
        """What is known of the file without parsing it: no less than its head has of what is asked for, maybe more."""
        return self.parsed.head

    @property
    def head(self) -> nodes.Head:
        """What the file declares, imports and uses; it is parsed for it if it was not."""
        if not self.is_parsed:
            self.parsed.parse([self.parsed])
        return self.parsed.head

    def declares(self, name: str) -> bool:
        """Tell whether the file declares a name at its top."""
        names_are_known = self.is_parsed or self.language in LANGUAGES_WITHOUT_VARIABLES
        possible = name in self.sketch.names if names_are_known else self.may_have({name})
        return possible and name in self.head.names

    def imports(self, modules: tuple[str, ...]) -> bool:
        """Tell whether the file imports a module whose name begins with one of these; a sketch may say so wrongly."""
        return bool(modules) and any(module.startswith(modules) for module in self.sketch.imports)

    def may_have(self, words: Set[str]) -> bool:
        """Tell whether one of these words may be in the file; one of which there is a sketch is looked through."""
        if self.is_parsed:
            return True
        unknown = words - self._absent
        return bool(unknown) and self.parsed.mentions(unknown)

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
    def star_imports(self) -> list[nodes.Import]:
        """The imports at its top of all that something has; looked for once, as each unknown name may be one of it."""
        if self._star_imports is None:
            body = self.module.body
            self._star_imports = [item for item in body if isinstance(item, nodes.Import) and item.name == "*"]
        return self._star_imports

    @property
    def uses(self) -> Counter[str]:
        """How often each name stands in the file's tree, a variable's where it is declared too."""
        if self._uses is None:
            self._uses = Counter(node.id for node in nodes_in(self.module.body) if isinstance(node, nodes.Name))
        return self._uses

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
        sought: Mapping[str, Wanted] = _NOTHING_SOUGHT,
    ) -> None:
        absent = {
            language: frozenset(word.decode() for word in wanted.names.words) for language, wanted in sought.items()
        }
        self.files = [File(parsed, absent.get(parsed.language, frozenset())) for parsed in files]
        self.projects = list(projects)
        self.by_path = {file.path: file for file in self.files}
        self.all_paths = sorted(all_paths) or sorted(self.by_path)
        self.read = read
        self._lines: dict[str, list[str]] = {}
        self._environments: dict[str, dict[str, str]] = {}
        self._by_directory: dict[tuple[str, str], list[File]] = defaultdict(list)
        self._by_base: dict[str, dict[str, list[File]]] = {}
        self._by_name: dict[tuple[str, str], list[File]] = defaultdict(list)
        for file in self.files:
            self._by_directory[file.family, file.directory].append(file)
            for name in file.sketch.names:
                self._by_name[file.family, name].append(file)

    def of_family(self, family: str) -> Iterator[File]:
        """Yield the files of a language and of those that share its names, by path."""
        return (file for file in self.files if file.family == family)

    def with_words(self, family: str, words: frozenset[str], modules: tuple[str, ...] = ()) -> Iterator[File]:
        """Yield the files of a family in which one of these names is called, extended or used as a decorator.

        With beginnings of modules only those that import one of them.
        """
        importing = [file for file in self.of_family(family) if not modules or file.imports(modules)]
        files = [file for file in importing if file.may_have(words)]  # looks through texts: of as few as can be
        self.parse(files)
        having = (file for file in files if not words.isdisjoint(file.head.words))
        # Once more, now that a head tells and no sketch.
        return (file for file in having if not modules or file.imports(modules))

    @staticmethod
    def parse(files: Iterable[File]) -> None:
        """Have files parsed beside each other that are going to be asked for one after the other."""
        waiting = [file.parsed for file in files if not file.is_parsed]
        if waiting:
            waiting[0].parse(waiting)

    def text(self, path: str) -> str:
        """Return the text of a file; empty for one that is not there, or too large."""
        return (self.read(path) or b"").decode("utf-8", "replace")

    def lines(self, path: str) -> list[str]:
        """Return the lines of a file. Those of the last few are kept: its functions are asked about in turn."""
        if path not in self._lines:
            if len(self._lines) >= _FILES_KEPT:
                del self._lines[next(iter(self._lines))]
            self._lines[path] = self.text(path).replace("\r\n", "\n").split("\n")
        return self._lines[path]

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
            known = {}
            for path in (posixpath.join(place, name) for place in (root, "") for name in environments.FILES):
                known = environments.paths_set_in(self.lines(path)) | known if path in self._paths else known
            self._environments[root] = known
        return known

    @cached_property
    def _paths(self) -> frozenset[str]:
        return frozenset(self.all_paths)

    def declaring(self, family: str, name: str) -> list[File]:
        """Return the files that declare a name at their top, by path.

        Of files that nobody had to parse those count that declare a class of this name.
        """
        return [file for file in self._by_name.get((family, name), []) if name in file.head.names]

    def deriving(self, family: str, name: str) -> list[File]:
        """Return the files in which a class may be derived from one of this name, by path."""
        if family not in self._by_base:
            files: dict[str, list[File]] = defaultdict(list)
            for file in self.of_family(family):
                for word in file.sketch.words:
                    files[word].append(file)
            self._by_base[family] = files  # all of it or nothing, whenever this is left
        return self._by_base[family].get(name, [])

    def classes_around(self, family: str, words: frozenset[str]) -> Iterator[ClassValue]:
        """Yield the classes of files in which one of these words is used, and of those that are derived from them."""
        found: dict[str, File] = {}
        while words:
            new = [file for file in self.with_words(family, words) if file.path not in found]
            found.update((file.path, file) for file in new)
            words = frozenset(cls.node.name for file in new for cls in classes_in(file.scope) if cls.node.name)
        for path in sorted(found):
            yield from classes_in(found[path].scope)

    def classes_with(self, family: str, words: frozenset[str]) -> Iterator[ClassValue]:
        """Yield the classes of files in which one of these words is used."""
        for file in self.with_words(family, words):
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
