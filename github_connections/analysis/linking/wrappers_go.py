"""Routers of the program's own in Go: structs that hold a library's, and the files that use them by their package."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.names_go import GoNames
from github_connections.analysis.linking.program import File, classes_in
from github_connections.analysis.linking.scopes import Scope, functions_of
from github_connections.analysis.linking.values import ClassValue, External, FunctionValue
from github_connections.analysis.syntax import nodes


class Wrappers:
    """The structs with a field of a router's type, in the files that speak of a framework."""

    def __init__(self, interpreter: Interpreter, speaking: Iterable[str]) -> None:
        self._interpreter = interpreter
        files = [interpreter.program.by_path[path] for path in speaking if path.endswith(".go")]
        found = [cls for file in files for cls in classes_in(file.scope) if self._holds_a_router(cls)]
        self._classes = {id(cls.node) for cls in found}
        self._directories = {cls.scope.file.directory for cls in found}

    def importers(self) -> set[str]:
        """Return the files that import the package of such a struct: they need not name the library."""
        names = self._interpreter.registry.names.get("go")
        if not self._directories or not isinstance(names, GoNames):
            return set()
        return {file.path for file in self._interpreter.program.of_family("go") if self._imports_one(names, file)}

    def run_makers(self, paths: Iterable[str]) -> None:
        """Run functions that return such a struct and that nobody called: they set one up."""
        for path in paths:
            file = self._interpreter.program.by_path[path]
            for function, owner in functions_of(file.scope) if path.endswith(".go") else ():
                is_called = id(function.node) in self._interpreter.called
                if owner is None and not is_called and self._is_one(function.node.returns, function.scope):
                    self._interpreter.within_limits(file, partial(self._run, function))

    def _run(self, function: FunctionValue) -> None:
        before = list(self._interpreter.routers)
        self._interpreter.call(function, [])
        self._interpreter.alone[id(function.node)] = self._interpreter.made_since(before)

    def _imports_one(self, names: GoNames, file: File) -> bool:
        return any(
            beside.directory in self._directories
            for module in file.sketch.imports
            for beside in names.package(module, file)[:1]
        )

    def _holds_a_router(self, cls: ClassValue) -> bool:
        types = (nodes.without_arguments(field.type) for field in cls.node.parameters)
        named = (
            self._interpreter.evaluate(kind, cls.scope) for kind in types if isinstance(kind, nodes.Name | nodes.Member)
        )
        return any(isinstance(value, External) and value.name in self._interpreter.registry.types for value in named)

    def _is_one(self, expression: nodes.Expression | None, scope: Scope) -> bool:
        kind = nodes.without_arguments(expression)
        if not isinstance(kind, nodes.Name | nodes.Member):
            return False
        value = self._interpreter.evaluate(kind, scope)
        return isinstance(value, ClassValue) and id(value.node) in self._classes
