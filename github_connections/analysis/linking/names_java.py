"""Java and Kotlin: classes by package, static members by class, extension functions by their import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from github_connections.analysis.linking.names import Names
from github_connections.analysis.linking.program import File, Program, nearest
from github_connections.analysis.linking.values import NOTHING, ClassValue, External, FunctionValue, Unknown, Value
from github_connections.analysis.syntax import nodes

if TYPE_CHECKING:
    from github_connections.analysis.linking.interpreter import Interpreter

FAMILY = "java"


class JavaNames(Names):
    """Finds names by their package; of several files with the same class, as services have, the nearest."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._functions: dict[str, dict[str, nodes.Function]] = {}  # by path, the first of each name

    def imported(self, interpreter: Interpreter, file: File, statement: nodes.Import) -> Value:
        """Return a class, a static member, a function; External where the program has none of that name."""
        found = self._named(interpreter, file, statement.module, statement.name)
        return External(f"{statement.module}.{statement.name}") if found is NOTHING else found

    def missing(self, interpreter: Interpreter, file: File, name: str) -> Value:
        """Look into the package, then into wildcard imports; of libraries the one that a framework knows."""
        found = self._of_package(interpreter, file, file.head.package, name)
        if found is not NOTHING:
            return found
        libraries = []
        for module in (statement.module for statement in file.star_imports):
            found = self._named(interpreter, file, module, name)
            if found is not NOTHING:
                return found
            libraries.append(f"{module}.{name}")
        registry = interpreter.registry
        known = [
            whole
            for whole in libraries
            if whole in registry.values or whole in registry.types or registry.call_of(whole)
        ]
        if known:
            return registry.values.get(known[0], External(known[0]))
        return External(libraries[0] if len(libraries) == 1 and name[:1].isupper() else name)

    def _named(self, interpreter: Interpreter, file: File, module: str, name: str) -> Value:
        """Return a name of a package, or a member of the class that the module is."""
        found = self._of_package(interpreter, file, module, name)
        if found is not NOTHING:
            return found
        owner = self._class(interpreter, file, module)
        found = NOTHING if owner is None else interpreter.get(owner, name, file.scope)
        return NOTHING if isinstance(found, Unknown) else found

    def _class(self, interpreter: Interpreter, file: File, whole: str) -> ClassValue | None:
        package, _, name = whole.rpartition(".")
        found = self._of_package(interpreter, file, package, name) if name else NOTHING
        if found is NOTHING and package and package.rpartition(".")[2][:1].isupper():
            outer = self._class(interpreter, file, package)
            found = interpreter.member(outer, name) if outer is not None else NOTHING
        return found if isinstance(found, ClassValue) else None

    def _of_package(self, interpreter: Interpreter, file: File, package: str, name: str) -> Value:
        declaring = self.program.declaring(FAMILY, name)
        holding = nearest([other for other in declaring if other.head.package == package], file.path)
        return NOTHING if holding is None else self._own(interpreter, holding, name)

    def _own(self, interpreter: Interpreter, file: File, name: str) -> Value:
        value = interpreter.own_name(file, name)
        if value is not NOTHING:
            return value
        function = self._functions_of(file).get(name)  # an extension function is no name of its file's scope
        return NOTHING if function is None else FunctionValue(function, file.scope)

    # A file is gone through once, and not for each name: one with many of both would be the square of them.

    def _functions_of(self, file: File) -> dict[str, nodes.Function]:
        known = self._functions.get(file.path)
        if known is None:
            known = {}
            for statement in file.module.body:
                if isinstance(statement, nodes.Function):
                    known.setdefault(statement.name, statement)
            self._functions[file.path] = known
        return known
