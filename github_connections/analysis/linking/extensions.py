"""Functions that are declared outside the type they belong to: methods of Go, `impl` blocks, extensions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from github_connections.analysis.linking.names_go import GoNames
from github_connections.analysis.linking.program import File
from github_connections.analysis.linking.scopes import functions_of
from github_connections.analysis.linking.values import NOTHING, FunctionValue, Value
from github_connections.analysis.syntax import nodes

if TYPE_CHECKING:
    from github_connections.analysis.linking.interpreter import Interpreter

# Languages in which a function may be declared outside the type it belongs to.
FAMILIES_WITH_EXTENSIONS = frozenset({"csharp", "java", "rust"})


def find(interpreter: Interpreter, owner: str, name: str, file: File) -> Value:
    """Return a function declared outside the type that it extends; NOTHING where there is none.

    `owner` is the type's name; empty for an object of a library, where any function of that name will do.
    """
    names = interpreter.names(file)
    if isinstance(names, GoNames):
        return names.method(owner, name, file)
    found = [
        function
        for function in _extensions(interpreter, file.family).get(name, [])
        if not owner or nodes.bare_name(function.node.receiver) == owner
    ]
    # Types of one name are many; an impl lies beside its own most often.
    beside = [function for function in found if function.scope.file.directory == file.directory]
    defaults = _extensions(interpreter, file.family).get(f"trait {name}", []) if file.family == "rust" else []
    return next(iter([*beside, *found, *defaults]), NOTHING)


def _extensions(interpreter: Interpreter, family: str) -> dict[str, list[FunctionValue]]:
    known = interpreter.extensions.get(family)
    if known is None:
        known = {}
        for file in _files_with_extensions(interpreter, family):
            for function, owner in functions_of(file.scope):
                if function.node.receiver is not None:
                    known.setdefault(function.node.name, []).append(function)
                elif owner is not None and owner.node.kind == "trait" and function.node.body:
                    known.setdefault(f"trait {function.node.name}", []).append(function)  # what it does by default
        interpreter.extensions[family] = known
    return known


def _files_with_extensions(interpreter: Interpreter, family: str) -> Iterator[File]:
    """Yield the files of a family in whose language there is such a thing: Kotlin's, and not Java's."""
    if family in FAMILIES_WITH_EXTENSIONS:
        yield from (file for file in interpreter.program.of_family(family) if file.language != "java")
