"""Laravel's service providers that register routes in methods of their own: `map()` and what it calls."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.frameworks.php.laravel_facade import STATIC
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import File
from github_connections.analysis.linking.scopes import functions_of
from github_connections.analysis.linking.uncalled import run_unless_called
from github_connections.analysis.linking.values import ClassValue, FunctionValue
from github_connections.analysis.linking.words import uses
from github_connections.analysis.syntax.nodes import last_name

_BASES = frozenset({"ServiceProvider", "RouteServiceProvider"})
_REGISTERS = frozenset(f"Route.{name}" for name in STATIC)
_FIRST = ("map", "boot", "register")  # what Laravel itself calls


def run(interpreter: Interpreter) -> None:
    """Run the methods of providers that register routes and that nobody has called so far."""
    for file in interpreter.program.with_words("php", _BASES):
        for method, owner in sorted(_methods(file), key=_order):
            if uses(method.node, _REGISTERS):
                run_unless_called(interpreter, method, owner)


def _methods(file: File) -> Iterator[tuple[FunctionValue, ClassValue]]:
    for method, owner in functions_of(file.scope):
        if owner is not None and any(last_name(base).endswith("ServiceProvider") for base in owner.node.bases):
            yield method, owner


def _order(item: tuple[FunctionValue, ClassValue]) -> int:
    name = item[0].node.name
    return _FIRST.index(name) if name in _FIRST else len(_FIRST)
