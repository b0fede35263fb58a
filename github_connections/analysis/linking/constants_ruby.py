"""Ruby's constants of classes and modules in other files, and what methods of these give that is written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import NOTHING, ClassValue, FunctionValue, Value
from github_connections.analysis.syntax import nodes

if TYPE_CHECKING:
    from github_connections.analysis.linking.interpreter import Interpreter


def constant(interpreter: Interpreter, owner: str, name: str, scope: Scope) -> Value:
    """Return what the program gives `Owner::NAME` (the owner with points: `Shop.Kinds`), and what `Owner.name` does
    where that is written down; NOTHING where it does not.

    Of other names of constants none is asked for: what else stands behind a module is a class, and may be a library's.
    """
    is_constant = name.isupper()
    if scope.file.family != "ruby" or not (is_constant or (name[:1].islower() and owner[:1].isupper())):
        return NOTHING
    first, *inner = owner.split(".")
    for file in interpreter.program.declaring("ruby", first):
        cls = file.scope.names.get(first)
        for part in inner:
            cls = cls.scope.names.get(part) if isinstance(cls, ClassValue) else None
        found = interpreter.member(cls, name) if isinstance(cls, ClassValue) else NOTHING
        if isinstance(found, FunctionValue):
            found = _written_in(interpreter, found)
        if found is not NOTHING:
            return found
    return NOTHING


def _written_in(interpreter: Interpreter, method: FunctionValue) -> Value:
    """Return the text or the list that is all of a method: `def self.prefix = "/shop"`, `@names ||= %i[a b]`."""
    last = method.node.body[-1] if len(method.node.body) == 1 and not method.node.parameters else None
    said = last.value if isinstance(last, nodes.Return | nodes.Assign) else None
    is_literal = isinstance(said, nodes.Text | nodes.Sequence)
    return interpreter.evaluate(said, method.scope) if said is not None and is_literal else NOTHING
