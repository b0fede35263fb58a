"""C#: names by namespace, by the `using`s of a file and of its project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from github_connections.analysis.linking.program import File, Program, nearest
from github_connections.analysis.linking.values import NOTHING, ClassValue, External, Value
from github_connections.analysis.syntax import nodes

if TYPE_CHECKING:
    from github_connections.analysis.linking.interpreter import Interpreter

FAMILY = "csharp"


class CSharpNames:
    """Finds a class by its name where a namespace in sight has it; libraries' names stand without a namespace.

    Which namespaces a file sees is not always written in it (implicit and global usings): a class that only one
    file of the program declares is taken for the one that is meant.
    """

    def __init__(self, program: Program) -> None:
        self.program = program

    def imported(self, interpreter: Interpreter, file: File, statement: nodes.Import) -> Value:
        """Return what `using Alias = Namespace.Name` means."""
        found = self._of(interpreter, file, statement.name, frozenset({statement.module}))
        return External(statement.name) if found is NOTHING else found

    def missing(self, interpreter: Interpreter, file: File, name: str) -> Value:
        """Look for a class of a namespace in sight, then for a member of a class that is used statically."""
        found = self._of(interpreter, file, name, self._in_sight(file))
        if found is not NOTHING:
            return found
        for statement in file.module.body:
            if isinstance(statement, nodes.Import) and statement.name == "*":
                found = self._of_static(interpreter, file, statement.module, name)
                if found is not NOTHING:
                    return found
        return External(name)

    def attribute(self, interpreter: Interpreter, file: File, name: str) -> Value:
        """Return the file's own name."""
        return interpreter.own_name(file, name)

    def _in_sight(self, file: File) -> frozenset[str]:
        parts = file.head.package.split(".")
        outer = {".".join(parts[:length]) for length in range(1, len(parts) + 1)}
        return frozenset({*file.head.imports, *outer, ""})

    def _of(self, interpreter: Interpreter, file: File, name: str, namespaces: frozenset[str]) -> Value:
        declaring = self.program.declaring(FAMILY, name)
        seen = [other for other in declaring if other.head.package in namespaces]
        holding = nearest(seen or (declaring if len(declaring) == 1 else []), file.path)
        return NOTHING if holding is None else interpreter.own_name(holding, name)

    def _of_static(self, interpreter: Interpreter, file: File, module: str, name: str) -> Value:
        namespace, _, owner = module.rpartition(".")
        found = self._of(interpreter, file, owner, frozenset({namespace})) if owner else NOTHING
        return interpreter.member(found, name) if isinstance(found, ClassValue) else NOTHING
