"""Where a type or a class that a component names is declared: in its own file, or in one that it imports."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import File
from github_connections.analysis.syntax import nodes

# Index files that hand on what index files hand on.
MAXIMUM_FILES_DEEP = 6

Declared = tuple[File, nodes.Class]


class Declarations:
    """Finds classes and interfaces by the names that a file knows them by."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter

    def named(self, file: File, name: str, depth: int = 0) -> Declared | None:
        """Return the class or interface of this name with the file that declares it; None where there is none."""
        for node in classes_in(file) if file.declares(name) else ():
            if node.name == name:
                return file, node
        for statement in file.module.body if depth < MAXIMUM_FILES_DEEP else ():
            if isinstance(statement, nodes.Import) and statement.local in (name, ""):
                found = self._imported(file, statement, name, depth)
                if found is not None:
                    return found
        return None

    def _imported(self, file: File, statement: nodes.Import, name: str, depth: int) -> Declared | None:
        source = self._interpreter.names(file).find(statement.module, file)
        if source is None or source is file:
            return None
        if statement.name == "default":
            return self._default(source)
        return self.named(source, name if statement.name in ("*", "") else statement.name, depth + 1)

    @staticmethod
    def _default(file: File) -> Declared | None:
        for statement in file.module.body:
            if isinstance(statement, nodes.Export) and statement.name == "default":
                known = nodes.last_name(statement.value)
                return next(((file, node) for node in classes_in(file) if node.name == known), None)
        return None


def classes_in(file: File) -> Iterator[nodes.Class]:
    """Yield the classes and interfaces at the top of a file, those that are exported on the spot among them."""
    for statement in file.module.body:
        node = statement.value if isinstance(statement, nodes.Export) else statement
        if isinstance(node, nodes.Class):
            yield node


def module_of(file: File, name: str) -> str:
    """Return the module that a file has a name from; nothing for one that it does not import."""
    imports = (one for one in file.module.body if isinstance(one, nodes.Import))
    return next((one.module for one in imports if one.local == name), "")
