"""Go: a directory is a package, and all its files share their names; imports are paths below a module of go.mod."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from github_connections.analysis.linking.program import File, Program, nearest
from github_connections.analysis.linking.values import NOTHING, External, PackageValue, Value
from github_connections.analysis.syntax import nodes

if TYPE_CHECKING:
    from github_connections.analysis.linking.interpreter import Interpreter

_VERSION = re.compile(r"/v\d+(?=/|\Z)|\.v\d+(?=/|\Z)")


class GoNames:
    """Finds packages by the tail of their path."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._by_last: dict[str, list[str]] = defaultdict(list)
        for directory in sorted({file.directory for file in program.of_family("go")}):
            self._by_last[directory.rpartition("/")[2]].append(directory)
        # By directory and name, the first by path.
        self._declaring: dict[str, dict[str, File]] = defaultdict(dict)
        for file in program.of_family("go"):
            for name in file.head.names:
                self._declaring[file.directory].setdefault(name, file)
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
        return PackageValue(statement.module, files) if files else External(_VERSION.sub("", statement.module))

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

    def missing(self, interpreter: Interpreter, file: File, name: str) -> Value:
        """Return a name of the same package; External for a builtin."""
        beside = self._declaring[file.directory].get(name)
        return External(name) if beside is None or beside is file else interpreter.own_name(beside, name)

    def attribute(self, interpreter: Interpreter, file: File, name: str) -> Value:
        """Return the file's own name."""
        return interpreter.own_name(file, name) if file.declares(name) else NOTHING
