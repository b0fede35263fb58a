"""Controllers whose interface is generated from an OpenAPI document when the program is built: their mappings stand in
the document, under the name of the method."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from github_connections.analysis.frameworks.annotations import last_name
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import ClassValue, External
from github_connections.analysis.report import Route
from github_connections.analysis.specifications import descriptions_in
from github_connections.analysis.syntax import nodes

_WORD = re.compile(r"[^A-Za-z0-9]+(.?)")


class Operations:
    """The operations of a repository's documents by the names of the methods that generators give them."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter

    @cached_property
    def _by_name(self) -> dict[str, Route]:
        program = self._interpreter.program
        found: dict[str, Route] = {}
        for described in descriptions_in(program.all_paths, program.read, []):
            for route in described.routes:
                if route.handler:
                    found.setdefault(_method_name(route.handler), route)
        return found

    def of(self, cls: ClassValue) -> Iterator[tuple[nodes.Function, Route]]:
        """Yield the methods of a class that an interface nobody sees declares, each with its operation."""
        bases = (base for base in self._interpreter.bases(cls) if isinstance(base, External))
        if any(last_name(base).endswith("Api") for base in bases):
            for method in cls.node.body:
                if isinstance(method, nodes.Function) and method.name in self._by_name:
                    yield method, self._by_name[method.name]


def _method_name(operation: str) -> str:
    """`list-owners`, `ListOwners` → `listOwners`."""
    joined = _WORD.sub(lambda match: match.group(1).upper(), operation)
    return joined[:1].lower() + joined[1:]
