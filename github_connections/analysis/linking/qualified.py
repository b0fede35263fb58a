"""What stands behind a name that no file declares: Ruby's constants of modules, PHP's classes of namespaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from github_connections.analysis.linking import constants_ruby
from github_connections.analysis.linking.names_php import PhpNames
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import NOTHING, External, Value

if TYPE_CHECKING:
    from github_connections.analysis.linking.interpreter import Interpreter


def in_program(interpreter: Interpreter, owner: External, name: str, scope: Scope) -> Value:
    """Return what the program declares as `owner.name`; NOTHING where it does not."""
    names = interpreter.names(scope.file) if scope.file.family == "php" else None
    if not isinstance(names, PhpNames):
        return constants_ruby.constant(interpreter, owner.name, name, scope)
    is_class = name[:1].isupper() and owner.made_by is None
    return names.below(interpreter, scope.file, owner.name, name) if is_class else NOTHING
