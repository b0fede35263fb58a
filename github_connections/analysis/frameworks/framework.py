"""What a framework's file says of itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Literal

from msgspec import Struct, field

from github_connections.analysis.report import Route

if TYPE_CHECKING:
    from github_connections.analysis.linking.interpreter import Interpreter
    from github_connections.analysis.linking.program import File, Program
    from github_connections.analysis.linking.registry import Registry


def _declares_nothing(_registry: Registry) -> None:
    """A framework that walks classes or files needs no objects."""


class Framework(Struct, frozen=True):
    """A framework: how it is recognised, what its objects do, and its rows.

    - `family`: the language family (`python`, `javascript`, `java` (Kotlin too), `csharp`, `go`, `ruby`, `php`,
      `rust`, `elixir`).
    - `packages`: names of dependencies in a manifest that say it is used: evidence for the report.
    - `imports`: beginnings of imported modules or namespaces that say so in a file (`fastapi`, `express`,
      `org.springframework.web`).
    - `common_imports`: the same of what files of all sorts import (`@nestjs/common`): it says whose a file is, and does
      not make it worth running.
    - `words`: names whose call makes a file or an uncalled function worth running (`APIRouter`, `include_router`):
      distinctive ones, not `get`.
    - `marks`: further names that its files have: annotations, base classes, with a bracket (`Get(`) where only a call
      of them counts. A file with none of its marks, words and
      imports is not parsed before another needs it: missing marks cost time, not rows. Only a variable that is looked
      for by its name in whatever file (`Program.declaring`) must be one of them.
    - `signs`: what a file that imports it has where it adds to routes by itself: names as in `marks`, with an at sign
      (`@get`) for a decorator of any object. One without any is not parsed before another needs it. Empty where every
      file that imports it is worth parsing.
    - `declare(registry)`: adds the library's names to what the interpreter knows.
    - `routes(interpreter)`: yields the rows after every file worth it was run.
    """

    name: str
    language: str
    family: str
    kind: Literal["server", "client", "fullstack"]
    routes: Callable[[Interpreter], Iterable[Route]]
    packages: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    common_imports: tuple[str, ...] = ()
    words: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()
    signs: frozenset[str] = frozenset()
    # Files by their path that are worth running whatever they import: `routes/web.php`.
    places: re.Pattern[str] | None = None
    declare: Callable[[Registry], None] = field(default=_declares_nothing)

    def files(self, program: Program) -> list[File]:
        """Return the files in which the framework is imported or its words are used, and those that have its places."""
        return [file for file in program.of_family(self.family) if self.is_used_in(file) or self._has_place(file)]

    def _has_place(self, file: File) -> bool:
        return self.places is not None and self.places.search(file.path) is not None

    def is_used_in(self, file: File) -> bool:
        """Tell whether a file imports the framework or uses one of its words: if so it was parsed for it."""
        if not file.is_parsed:
            return False
        return not self.words.isdisjoint(file.sketch.words) or self.is_imported_in(file)

    def is_imported_in(self, file: File) -> bool:
        """Tell whether a file imports the framework."""
        return file.imports(self.imports)

    def is_at_hand_in(self, file: File) -> bool:
        """Tell whether a file imports the framework, or what files of all sorts import of it."""
        return file.imports(self.imports + self.common_imports)
