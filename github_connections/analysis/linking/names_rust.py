"""Rust: a file is a module, by its place below the crate's root; crates of a workspace by their names."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from github_connections.analysis.linking.crates_rust import Crates
from github_connections.analysis.linking.names import Names
from github_connections.analysis.linking.program import File, Program
from github_connections.analysis.linking.values import NOTHING, ClassValue, External, ModuleValue, Value
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.nodes import FOR_TESTS

if TYPE_CHECKING:
    from github_connections.analysis.linking.interpreter import Interpreter

_ROOTS = ("lib", "main")
# `pub use a::*` in a, and so on, must end.
MAXIMUM_REEXPORTS = 8


class RustNames(Names):
    """Walks paths from `crate`, `self`, `super`, a module at hand or a crate of the workspace."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._crates = Crates(program)
        self._deep = 0

    def for_tests(self) -> set[str]:
        """Return the files that are compiled for tests alone, those of the modules below them too."""
        found: list[str] = []
        for file in self._program.of_family("rust"):
            for module in file.head.imports:
                if module.startswith(FOR_TESTS):
                    below = self._submodule(file, module.removeprefix(FOR_TESTS))
                    found += [below.file.path] if isinstance(below, ModuleValue) else []
        above = tuple(f"{posixpath.splitext(path)[0].removesuffix('/mod')}/" for path in found)
        return {
            file.path for file in self._program.of_family("rust") if file.path in found or file.path.startswith(above)
        }

    def imported(self, interpreter: Interpreter, file: File, statement: nodes.Import) -> Value:
        """Return a module, or a name out of one; External for another crate's."""
        if statement.module.endswith(".rs"):
            return self._placed(file, statement)
        parts = [part for part in (*statement.module.split("::"), statement.name) if part]
        own = f"self::{statement.local}" == statement.module
        value = self._first(interpreter, file, parts[0], is_import=True)
        for part in parts[1:]:
            value = self._submodule(file, part) if own else interpreter.get(value, part, file.scope)
        return value

    def _placed(self, file: File, statement: nodes.Import) -> Value:
        """`#[path = "x.rs"] mod a;` is that file, seen from the directory of the one that says so."""
        path = posixpath.normpath(posixpath.join(file.directory, statement.module.removeprefix("self::")))
        found = self._program.by_path.get(path)
        return ModuleValue(found) if found is not None else External(statement.local)

    def missing(self, interpreter: Interpreter, file: File, name: str) -> Value:
        """Return a module that a path begins with, a name of a wildcard import; External for a library's."""
        found = self._wildcard(interpreter, file, name)
        if found is not NOTHING:
            return found
        return self._first(interpreter, file, name)

    def attribute(self, interpreter: Interpreter, file: File, name: str) -> Value:
        """Return what a path finds in a module: its own names, those it hands on, modules below it."""
        found = interpreter.own_name(file, name)
        if found is NOTHING:
            found = self._wildcard(interpreter, file, name)
        if found is NOTHING and _stem(file) == "lib":
            beside = self._program.by_path.get(posixpath.join(file.directory, "main.rs"))
            found = interpreter.own_name(beside, name) if beside is not None else NOTHING
        if found is NOTHING:
            found = self._submodule(file, name)
        return NOTHING if isinstance(found, External) and found.name == name else found

    def module_beside(self, interpreter: Interpreter, file: File, name: str) -> Value:
        """Return the module or crate of a name that a function has, too: `health::routes()` beside `fn health`."""
        return self._first(interpreter, file, name)

    def _first(self, interpreter: Interpreter, file: File, name: str, *, is_import: bool = False) -> Value:
        """Return what the first part of a path means."""
        if name == "crate":
            return self._root(file)
        if name in ("self", "self::"):
            return ModuleValue(file)
        if name in ("super", "super::"):
            return self._parent(file)
        if is_import and name in file.scope.names:
            bound = file.scope.names[name]
            statement = getattr(bound, "statement", None)
            if not isinstance(statement, nodes.Import) or not statement.module.startswith(name):
                return interpreter.force(file.scope, name)
        beside = self._submodule(file, name)
        if isinstance(beside, ModuleValue):
            return beside
        library = self._crates.library(name)
        return ModuleValue(self._program.by_path[library]) if library is not None else External(name)

    def _root(self, file: File) -> Value:
        """Return the crate's root module: the nearest lib.rs or main.rs at or above the file."""
        if _is_binary(file):
            return ModuleValue(file)
        directory = file.directory
        while True:
            for stem in _ROOTS if file.path != posixpath.join(directory, "main.rs") else ("main",):
                found = self._program.by_path.get(posixpath.join(directory, f"{stem}.rs"))
                if found is not None:
                    return ModuleValue(found)
            library = self._crates.root_in(directory)
            if library is not None:
                return ModuleValue(self._program.by_path[library])
            if not directory:
                return External("crate")
            directory = posixpath.dirname(directory)

    def _parent(self, file: File) -> Value:
        directory = posixpath.dirname(file.directory) if _stem(file) == "mod" else file.directory
        candidates = [posixpath.join(directory, name) for name in ("mod.rs", "lib.rs", "main.rs")]
        candidates.insert(0, f"{directory}.rs")
        for path in candidates:
            found = self._program.by_path.get(path)
            if found is not None and found is not file:
                return ModuleValue(found)
        return External("super")

    def _submodule(self, file: File, name: str) -> Value:
        """Return the module that `mod name;` in a file means."""
        holds = _stem(file) in (*_ROOTS, "mod") or _is_binary(file) or self._crates.is_root(file.path)
        directory = file.directory if holds else posixpath.join(file.directory, _stem(file))
        for path in (f"{name}.rs", f"{name}/mod.rs"):
            found = self._program.by_path.get(posixpath.join(directory, path))
            if found is not None and found is not file:
                return ModuleValue(found)
        return External(name)

    def _wildcard(self, interpreter: Interpreter, file: File, name: str) -> Value:
        """Look a name up in the modules of which everything is imported; of libraries what a framework knows."""
        if self._deep >= MAXIMUM_REEXPORTS:
            return NOTHING
        self._deep += 1
        try:
            for statement in file.star_imports:
                found = self._out_of(interpreter, file, statement, name)
                if found is not NOTHING:
                    return found
        finally:
            self._deep -= 1
        return NOTHING

    def _out_of(self, interpreter: Interpreter, file: File, statement: nodes.Import, name: str) -> Value:
        module = self.imported(interpreter, file, nodes.Import(statement.module, "", "", statement.line))
        if isinstance(module, ModuleValue):
            return NOTHING if module.file is file else self.attribute(interpreter, module.file, name)
        if isinstance(module, ClassValue):  # a module with a body, or an enum
            return interpreter.member(module, name)
        if isinstance(module, External):
            whole = f"{module.name}.{name}"
            registry = interpreter.registry
            known = whole in registry.values or whole in registry.types or registry.calls.get(whole) is not None
            below = any(other.startswith(f"{whole}.") for other in registry.calls)
            return registry.values.get(whole, External(whole)) if known or below else NOTHING
        return NOTHING


def _stem(file: File) -> str:
    return posixpath.splitext(posixpath.basename(file.path))[0]


def _is_binary(file: File) -> bool:
    return posixpath.basename(file.directory) in ("bin", "examples")
