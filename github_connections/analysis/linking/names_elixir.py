"""Elixir: a module is known by its whole name, wherever its file lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from github_connections.analysis.linking.names import Names
from github_connections.analysis.linking.program import File, Program, nearest
from github_connections.analysis.linking.values import ClassValue, External, Value

if TYPE_CHECKING:
    from github_connections.analysis.linking.interpreter import Interpreter


class ElixirNames(Names):
    """Finds modules; their bodies are not run for being named."""

    def __init__(self, program: Program) -> None:
        self._program = program

    def missing(self, interpreter: Interpreter, file: File, name: str) -> Value:
        """Return a module of the program; External where it is of a library, or no module."""
        return self.module(name, file) or External(name)

    def module(self, name: str, near: File) -> ClassValue | None:
        """Return the module of this name, of several the one that lies nearest; None where there is none."""
        found = nearest(self._program.declaring("elixir", name), near.path) if name[:1].isupper() else None
        value = found.scope.names.get(name) if found is not None else None
        return value if isinstance(value, ClassValue) else None

    def module_ending(self, name: str, near: File) -> ClassValue | None:
        """Return the one module whose name ends so: an alias may have been put in by what a module uses."""
        ending = f".{name}"
        files = self._program.of_family("elixir")
        whole = {other for file in files for other in file.head.names if other.endswith(ending)}
        return self.module(whole.pop(), near) if len(whole) == 1 else None
