"""Classes and modules of a Ruby program by their whole names, as Ruby looks them up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from github_connections.analysis.linking.program import File, Program, classes_in
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import ClassValue
from github_connections.analysis.report import Place
from github_connections.analysis.syntax import nodes


class NamedClass:
    """A class of the program, or a module, by its whole name: `Api::V1::UsersController`."""

    def __init__(self, name: str, cls: ClassValue) -> None:
        self.name = name
        self.node = cls.node
        self.scope = cls.scope
        self.file = cls.scope.file.path

    def methods(self) -> Iterator[nodes.Function]:
        """Yield its own methods."""
        return (item for item in self.node.body if isinstance(item, nodes.Function))

    def place(self, line: int) -> Place:
        """Return a line of its file."""
        return Place(self.file, line)


class RubyClasses:
    """Finds classes; the files that declare one are read when it is asked for."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._by_name: dict[str, list[NamedClass]] = defaultdict(list)
        self._looked_for: set[str] = set()

    def named(self, written: str, inside: NamedClass | None = None) -> list[NamedClass]:
        """Return what a name means inside a class: Ruby looks in each module around it, from the inside."""
        self._look_for(written.rpartition("::")[2])
        around = inside.name.split("::")[:-1] if inside is not None and not written.startswith("::") else []
        for depth in range(len(around), 0, -1):
            found = self._by_name.get("::".join([*around[:depth], written]), [])
            if found and found[0] is not inside:
                return found
        return self._by_name.get(written.removeprefix("::"), [])

    def every_part(self, cls: NamedClass) -> list[NamedClass]:
        """Return a class in each of the files that open it."""
        return self._by_name.get(cls.name, [cls])

    def ending(self, last: str) -> list[NamedClass]:
        """Return the classes of a name, in whatever modules they are."""
        self._look_for(last)
        return [one for name, found in self._by_name.items() if name.rpartition("::")[2] == last for one in found]

    def _look_for(self, last: str) -> None:
        if last and last not in self._looked_for:
            self._looked_for.add(last)
            for file in self._program.declaring("ruby", last):
                self._add(named for named in classes_of(file) if named.name.rpartition("::")[2] == last)

    def _add(self, found: Iterable[NamedClass]) -> None:
        for one in found:
            self._by_name[one.name].append(one)


def classes_of(file: File) -> Iterator[NamedClass]:
    """Yield the classes that a file declares, those inside others too."""
    for cls in classes_in(file.scope):
        names: list[str] = []
        scope: Scope | None = cls.scope
        while scope is not None:
            if isinstance(scope.owner, nodes.Class):
                names.append(scope.owner.name)
            scope = scope.parent
        yield NamedClass("::".join(reversed(names)), cls)


def written_name(expression: nodes.Expression | None) -> str:
    """Return a class's name as it is written: `::Api::Base`; empty for what is none."""
    parts: list[str] = []
    while isinstance(expression, nodes.Member):
        parts.append(expression.name)
        expression = expression.of
    parts.append(getattr(expression, "id", ""))
    return "::".join(reversed(parts))


def included(node: nodes.Call) -> list[str]:
    """Return the modules that `include Authentication, Paging` names."""
    if not isinstance(node.function, nodes.Name) or node.function.id not in ("include", "prepend"):
        return []
    return [name for argument in node.arguments if (name := written_name(argument.value))]
