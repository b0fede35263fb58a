"""What Django calls when everything is loaded: `ready()` of an app's configuration, where some register routes."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import classes_in
from github_connections.analysis.linking.uncalled import run_unless_called
from github_connections.analysis.linking.values import ClassValue, FunctionValue
from github_connections.analysis.linking.words import uses
from github_connections.analysis.syntax import nodes

MODULE = "django.apps"
_REGISTERS = frozenset({"register", "append", "extend", "insert", "add_router"})


def run(interpreter: Interpreter) -> None:
    """Run `ready()` of those configurations whose method says that it may register something."""
    for cls in _configurations(interpreter):
        ready = cls.scope.names.get("ready")
        if isinstance(ready, FunctionValue) and uses(ready.node, _REGISTERS):
            run_unless_called(interpreter, ready, cls)


def _configurations(interpreter: Interpreter) -> Iterator[ClassValue]:
    for file in interpreter.program.deriving("python", "AppConfig"):
        if file.is_parsed:  # for a sign that it registers
            yield from (cls for cls in classes_in(file.scope) if any(map(_is_base, cls.node.bases)))


def _is_base(base: nodes.Expression) -> bool:
    return nodes.last_name(base).endswith("AppConfig")
