"""What an imported name, or one that no scope has, means: one rule a language family."""

from __future__ import annotations

from typing import TYPE_CHECKING

from github_connections.analysis.linking.values import NOTHING, External, ModuleValue, Value
from github_connections.analysis.syntax import nodes

if TYPE_CHECKING:
    from github_connections.analysis.linking.interpreter import Interpreter
    from github_connections.analysis.linking.program import File
    from github_connections.analysis.linking.scopes import Scope


class Names:
    """How a language finds a name of another file: without rules of its own every import is of a library, every unknown
    name a global."""

    def imported(self, interpreter: Interpreter, file: File, statement: nodes.Import) -> Value:
        """Return the value of an imported name; External where it is not of this program."""
        return External(".".join(part for part in (statement.module, statement.name) if part))

    def missing(self, interpreter: Interpreter, file: File, name: str) -> Value:
        """Return the value of a name that no scope has: of the same package, of a wildcard import; External at last."""
        return External(name)

    def attribute(self, interpreter: Interpreter, file: File, name: str) -> Value:
        """Return what another file sees as this name of a file; NOTHING where it sees none."""
        return interpreter.own_name(file, name)

    def find(self, module: str, near: File) -> File | None:
        """Return the file that a module is, seen from another file; None where modules are no files."""
        return None

    def exported_names(self, file: File) -> list[str]:
        """Return the names that other files see of a file, in their order."""
        return file.head.names

    def module_beside(self, interpreter: Interpreter, file: File, name: str) -> Value:
        """Return the module of a name that a function has, too; NOTHING where that cannot be."""
        return NOTHING


def written_out(interpreter: Interpreter, name: str, scope: Scope) -> Value:
    """Return what a text means that names something by its module, `shop.views.index`; NOTHING if there is none."""
    module, _, attribute = name.rpartition(".")
    file = interpreter.names(scope.file).find(module, scope.file) if module else None
    return NOTHING if file is None else interpreter.get(ModuleValue(file), attribute, scope)
