"""What an imported name, or one that no scope has, means: one rule a language family."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from github_connections.analysis.linking.values import External, Value
from github_connections.analysis.syntax import nodes

if TYPE_CHECKING:
    from github_connections.analysis.linking.interpreter import Interpreter
    from github_connections.analysis.linking.program import File


class Names(Protocol):
    """How a language finds a name of another file."""

    def imported(self, interpreter: Interpreter, file: File, statement: nodes.Import) -> Value:
        """Return the value of an imported name; External where it is not of this program."""

    def missing(self, interpreter: Interpreter, file: File, name: str) -> Value:
        """Return the value of a name that no scope has: of the same package, of a wildcard import; External at last."""

    def attribute(self, interpreter: Interpreter, file: File, name: str) -> Value:
        """Return what another file sees as this name of a file; NOTHING where it sees none."""


class PlainNames:
    """For a language without rules of its own: every import is of a library, every unknown name a global."""

    def imported(self, interpreter: Interpreter, file: File, statement: nodes.Import) -> Value:
        """Return the library's name."""
        return External(".".join(part for part in (statement.module, statement.name) if part))

    def missing(self, interpreter: Interpreter, file: File, name: str) -> Value:
        """Return the global name."""
        return External(name)

    def attribute(self, interpreter: Interpreter, file: File, name: str) -> Value:
        """Return the file's own name."""
        return interpreter.own_name(file, name)
