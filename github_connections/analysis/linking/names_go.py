"""Go: a directory is a package, and all its files share their names; imports are paths below a module of go.mod."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from github_connections.analysis.linking.names import Names
from github_connections.analysis.linking.program import File, Program, nearest
from github_connections.analysis.linking.scopes import functions_of
from github_connections.analysis.linking.values import NOTHING, External, FunctionValue, PackageValue, Value
from github_connections.analysis.syntax import nodes

if TYPE_CHECKING:
    from github_connections.analysis.linking.interpreter import Interpreter

# Methods of one name that are looked through for the one that is meant.
MAXIMUM_METHODS = 8
_VERSION = re.compile(r"/v\d+(?=/|\Z)|\.v\d+(?=/|\Z)")


def _library(module: str) -> str:
    """Return a library's path without its version, and by the place where it is kept."""
    return re.sub(r"^gopkg\.in/(?=[^/]+/)", "github.com/", _VERSION.sub("", module))


def _owner_of(function: FunctionValue) -> str:
    return nodes.bare_name(function.node.receiver)


class GoNames(Names):
    """Finds packages by the tail of their path."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._by_last: dict[str, list[str]] = defaultdict(list)
        for directory in sorted({file.directory for file in program.of_family("go")}):
            self._by_last[directory.rpartition("/")[2]].append(directory)
        # By directory and name, by path; of a method with its type (`Server.Start`).
        self._declaring: dict[str, dict[str, list[File]]] = defaultdict(lambda: defaultdict(list))
        self._methods: dict[str, dict[str, FunctionValue]] = {}  # by file
        self._by_name: dict[str, list[tuple[File, str]]] | None = None  # methods, made when somebody asks
        for file in program.of_family("go"):
            methods = self._methods_of(file) if file.is_parsed else file.sketch.words
            for name in (*file.sketch.names, *methods):
                self._declaring[file.directory][name].append(file)
        self._leading: tuple[frozenset[str], frozenset[str]] | None = None
        self._modules = sorted(
            (
                (project.name, project.root)
                for project in program.projects
                if project.ecosystem == "go" and project.name
            ),
            key=lambda module: -len(module[0]),
        )

    def imported(self, interpreter: Interpreter, file: File, statement: nodes.Import) -> Value:
        """Return a package of the program, or the library's path without its version."""
        files = self.package(statement.module, file)
        return PackageValue(statement.module, files) if files else External(_library(statement.module))

    def package(self, module: str, near: File) -> list[File]:
        """Return the files of an imported package; none for a library's."""
        for name, root in self._modules:
            if module == name or module.startswith(f"{name}/"):
                directory = "/".join(part for part in (root, module[len(name) :].strip("/")) if part)
                return self._program.directory("go", directory)
        if self._modules:
            return []
        parts = module.split("/")
        fitting = [
            directory for directory in self._by_last.get(parts[-1], []) if directory.split("/")[-2:] == parts[-2:]
        ]
        firsts = [self._program.directory("go", directory)[0] for directory in fitting]
        chosen = nearest(firsts, near.path)
        return self._program.directory("go", chosen.directory) if chosen else []

    def leads_to(self, file: File, directories: frozenset[str]) -> bool:
        """Tell whether one of these directories is a file's own, or is imported by it or by what it imports."""
        if self._leading is None or self._leading[0] != directories:
            self._leading = (directories, self.importers(directories))
        return file.directory in directories or any(
            beside.directory in self._leading[1]
            for module in file.sketch.imports
            for beside in self.package(module, file)[:1]
        )

    def beside(self, file: File, name: str) -> tuple[File | None, str]:
        """Return the file of the same package that declares a name, if one does, and the name."""
        found = (one for one in self._declaring[file.directory].get(name, ()) if one.declares(name))
        return next(found, None), name

    def method(self, owner: str, name: str, file: File) -> Value:
        """Return a method of a type by their names, which stand in one package; NOTHING where there is none."""
        whole = f"{owner}.{name}"
        declaring = self._declaring[file.directory].get(whole, ())
        return next((methods[whole] for one in declaring if whole in (methods := self._methods_of(one))), NOTHING)

    def methods_called(self, name: str) -> list[FunctionValue]:
        """Return the methods of this name, of whatever types; none where they are many."""
        if self._by_name is None:
            by_name: dict[str, list[tuple[File, str]]] = defaultdict(list)
            for declared in self._declaring.values():
                for whole, files in declared.items():
                    by_name[whole.rpartition(".")[2]] += [(file, whole) for file in files if "." in whole]
            self._by_name = by_name
        found = self._by_name.get(name, [])
        if len(found) > MAXIMUM_METHODS:
            return []
        return [methods[whole] for file, whole in found if whole in (methods := self._methods_of(file))]

    def _methods_of(self, file: File) -> dict[str, FunctionValue]:
        if file.path not in self._methods:
            functions = (function for function, _ in functions_of(file.scope) if function.node.receiver is not None)
            self._methods[file.path] = {
                f"{_owner_of(function)}.{function.node.name}": function for function in functions
            }
        return self._methods[file.path]

    def importers(self, directories: Iterable[str]) -> frozenset[str]:
        """Return these packages' directories, and those of all packages that import one of them, also by others."""
        importing: dict[str, set[str]] = defaultdict(set)
        for file in self._program.of_family("go"):
            for module in file.sketch.imports:
                for other in self.package(module, file)[:1]:
                    importing[other.directory].add(file.directory)
        found = set(directories)
        waiting = list(found)
        while waiting:
            new = importing[waiting.pop()] - found
            found |= new
            waiting += new
        return frozenset(found)

    def missing(self, interpreter: Interpreter, file: File, name: str) -> Value:
        """Return a name of the same package; External for a builtin."""
        beside, _ = self.beside(file, name)
        return External(name) if beside is None or beside is file else interpreter.own_name(beside, name)
