"""PHP: classes by namespace; a library's names have dots between their parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from github_connections.analysis.linking.names import Names
from github_connections.analysis.linking.program import File, Program, nearest
from github_connections.analysis.linking.values import NOTHING, External, Value
from github_connections.analysis.syntax import nodes

if TYPE_CHECKING:
    from github_connections.analysis.linking.interpreter import Interpreter


class PhpNames(Names):
    """Finds classes, functions and constants by their namespace."""

    def __init__(self, program: Program) -> None:
        self._program = program

    def imported(self, interpreter: Interpreter, file: File, statement: nodes.Import) -> Value:
        """Return a class of the program; External where it is not of it."""
        found = self._in(statement.module, statement.name, file)
        if found is not None:
            return interpreter.own_name(found, statement.name)
        return External(f"{statement.module}\\{statement.name}".strip("\\").replace("\\", "."))

    def missing(self, interpreter: Interpreter, file: File, name: str) -> Value:
        """Return the directory of the file, a name of the same namespace, or a global."""
        if name == "__DIR__":
            return file.directory or "."
        found = self._in(file.head.package, name, file) if not name.startswith("$") else None
        if found is not None and found is not file:
            return interpreter.own_name(found, name)
        return External(name.lstrip("\\"))

    def below(self, interpreter: Interpreter, file: File, namespace: str, name: str) -> Value:
        """Return the class that `Admin\\Users` means, where `Admin` is a namespace: a whole one or one below the
        file's; NOTHING where the program has none."""
        whole = namespace.replace(".", "\\")
        for package in (whole, f"{file.head.package}\\{whole}"):
            found = self._in(package, name, file)
            if found is not None:
                return interpreter.own_name(found, name)
        return NOTHING

    def _in(self, package: str, name: str, near: File) -> File | None:
        declaring = self._program.declaring("php", name)
        return nearest([file for file in declaring if file.head.package == package], near.path)
