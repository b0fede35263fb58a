"""Ruby's constants of classes and modules in other files, which are loaded by their names: `Kinds::ALL`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import NOTHING, ClassValue, Value

if TYPE_CHECKING:
    from github_connections.analysis.linking.interpreter import Interpreter


def constant(interpreter: Interpreter, owner: str, name: str, scope: Scope) -> Value:
    """Return what the program gives `Owner::NAME` (the owner with points: `Shop.Kinds`); NOTHING where it does not.

    Only names in capitals are asked for: what else stands behind a module is a class, and may be a library's.
    """
    if scope.file.family != "ruby" or not name.isupper():
        return NOTHING
    first, *inner = owner.split(".")
    for file in interpreter.program.declaring("ruby", first):
        cls = file.scope.names.get(first)
        for part in inner:
            cls = cls.scope.names.get(part) if isinstance(cls, ClassValue) else None
        found = interpreter.member(cls, name) if isinstance(cls, ClassValue) else NOTHING
        if found is not NOTHING:
            return found
    return NOTHING
