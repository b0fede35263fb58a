"""C#: names by namespace, by the `using`s of a file and of its project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from github_connections.analysis.linking.names import Names
from github_connections.analysis.linking.program import File, Program, nearest
from github_connections.analysis.linking.values import NOTHING, ClassValue, External, Value
from github_connections.analysis.syntax import nodes

if TYPE_CHECKING:
    from github_connections.analysis.linking.interpreter import Interpreter

FAMILY = "csharp"


class CSharpNames(Names):
    """Finds a class by its name where a namespace in sight has it; libraries' names stand without a namespace.

    Which namespaces a file sees is not always written in it (implicit and global usings): a class that only one
    file of the program declares is taken for the one that is meant.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self._joined: set[int] = set()  # partial classes whose other parts are put together with them

    def imported(self, interpreter: Interpreter, file: File, statement: nodes.Import) -> Value:
        """Return what `using Alias = Namespace.Name` means."""
        found = self._of(interpreter, file, statement.name, frozenset({statement.module}))
        return External(statement.name) if found is NOTHING else found

    def missing(self, interpreter: Interpreter, file: File, name: str) -> Value:
        """Look for a class of a namespace in sight, then for a member of a class that is used statically."""
        found = self._of(interpreter, file, name, self._in_sight(file))
        if found is not NOTHING:
            return found
        for statement in file.star_imports:
            found = self._of_static(interpreter, file, statement.module, name)
            if found is not NOTHING:
                return found
        return External(name)

    def _in_sight(self, file: File) -> frozenset[str]:
        parts = file.head.package.split(".")
        outer = {".".join(parts[:length]) for length in range(1, len(parts) + 1)}
        return frozenset({*file.head.imports, *outer, ""})

    def _of(self, interpreter: Interpreter, file: File, name: str, namespaces: frozenset[str]) -> Value:
        declaring = self.program.declaring(FAMILY, name)
        seen = [other for other in declaring if other.head.package in namespaces]
        alone = len({other.head.package for other in declaring}) == 1  # a partial class has several files
        holding = nearest(seen or (declaring if alone else []), file.path)
        if holding is None:
            return NOTHING
        found = interpreter.own_name(holding, name)
        if len(declaring) > 1 and _is_partial(found) and id(found.node) not in self._joined:
            self._joined.add(id(found.node))
            parts = [
                other for other in declaring if other is not holding and other.head.package == holding.head.package
            ]
            for part in parts:
                _join(interpreter, found, interpreter.own_name(part, name))
        return found

    def _of_static(self, interpreter: Interpreter, file: File, module: str, name: str) -> Value:
        namespace, _, owner = module.rpartition(".")
        found = self._of(interpreter, file, owner, frozenset({namespace})) if owner else NOTHING
        return interpreter.member(found, name) if isinstance(found, ClassValue) else NOTHING


def _is_partial(value: Value) -> bool:
    return isinstance(value, ClassValue) and "partial" in value.node.modifiers


def _join(interpreter: Interpreter, whole: ClassValue, part: Value) -> None:
    """Add what another part of a partial class declares, its inner classes part by part."""
    if not isinstance(part, ClassValue) or part.node is whole.node or not _is_partial(part):
        return
    for name in list(part.scope.names):
        inner = interpreter.force(part.scope, name)
        if name not in whole.scope.names:
            whole.scope.names[name] = inner
        elif _is_partial(inner):
            own = interpreter.force(whole.scope, name)
            if isinstance(own, ClassValue):
                _join(interpreter, own, inner)
