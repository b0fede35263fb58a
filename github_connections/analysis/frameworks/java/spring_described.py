"""Controllers whose interface is generated from an OpenAPI document when the program is built: their mappings stand in
the document, under the name of the method."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from msgspec.structs import replace

from github_connections.analysis.frameworks import paths
from github_connections.analysis.frameworks.java.jvm_settings import AllSettings
from github_connections.analysis.frameworks.java.spring_paths import context_of
from github_connections.analysis.linking.classes import library_bases
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import ClassValue
from github_connections.analysis.report import Prefix, Route
from github_connections.analysis.specifications import Described, descriptions_in
from github_connections.analysis.syntax import nodes

_WORD = re.compile(r"[^A-Za-z0-9]+(.?)")
_TAGS = re.compile(rb"[\"']?tags[\"']?[ \t]*:\s*+(?:\[([^\]]{0,500})\]|((?:-[ \t]*[^\n:]{1,100}\s*+){1,20}))")
_DELEGATE = "ApiDelegate"
_BUILDS = frozenset({"pom.xml", "build.gradle", "build.gradle.kts"})
_GENERATOR = re.compile(rb"openapi|swagger-codegen", re.IGNORECASE)


class Operations:
    """The operations of a repository's documents by the names of the methods that generators give them."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter

    @cached_property
    def _documents(self) -> list[Described]:
        program = self._interpreter.program
        return list(descriptions_in(program.all_paths, program.read, []))

    @cached_property
    def _by_name(self) -> dict[str, Route]:
        found: dict[str, Route] = {}
        for described in self._documents:
            for route in described.routes:
                if route.handler:
                    found.setdefault(_method_name(route.handler), route)
        return found

    def of(self, cls: ClassValue, ending: str = "Api") -> Iterator[tuple[nodes.Function, Route]]:
        """Yield the methods of a class that an interface nobody sees declares, each with its operation."""
        if any(name.endswith(ending) for name in library_bases(self._interpreter, cls)):
            for method in cls.node.body:
                if isinstance(method, nodes.Function) and method.name in self._by_name:
                    yield method, self._by_name[method.name]

    def delegated(self, settings: AllSettings) -> Iterator[Route]:
        """Yield the rows of generated controllers that hand on to a class, `Dogs implements DogsApiDelegate`.

        They stand below the path of the document's server.
        """
        names = self._delegates() if self._is_generated() else frozenset()
        for cls in self._interpreter.program.classes_with("java", names) if names else ():
            before = list(context_of(settings.of(cls.scope.file)))
            for method, operation in self.of(cls, _DELEGATE):
                base = operation.path.removesuffix(operation.raw_path)
                served = Prefix(value=base, file=operation.file, line=operation.line, how="servers")
                pieces = [*(prefix.value for prefix in before), operation.path]
                yield replace(
                    operation,
                    path=paths.join_trimmed(pieces),
                    file=cls.scope.file.path,
                    line=method.line,
                    framework="spring",
                    handler=f"{cls.node.name}.{method.name}",
                    prefixes=[*before, *([served] if base.strip("/") else [])],
                    source="code",
                    confidence="exact",
                )

    def _is_generated(self) -> bool:
        """Tell whether a build file speaks of a generator: without one nobody need read the documents for this."""
        program = self._interpreter.program
        builds = (path for path in program.all_paths if path.rpartition("/")[2] in _BUILDS)
        return any(_GENERATOR.search(program.read(path) or b"") for path in builds)

    def _delegates(self) -> frozenset[str]:
        """The names that generators give such interfaces: by tags, or by the first parts of paths."""
        words = {route.raw_path.strip("/").partition("/")[0] for one in self._documents for route in one.routes}
        for file in {route.file for one in self._documents for route in one.routes}:
            content = self._interpreter.program.read(file) or b""
            for inline, listed in _TAGS.findall(content):
                said = (inline or listed).decode("utf-8", "replace")
                words.update(part.strip(" \t\r\n-\"'") for part in re.split(r"[,\n]", said))
        named = {_method_name(word) for word in words if word}
        return frozenset(f"{name[:1].upper()}{name[1:]}{_DELEGATE}" for name in named if name)


def _method_name(operation: str) -> str:
    """`list-owners`, `ListOwners` → `listOwners`."""
    joined = _WORD.sub(lambda match: match.group(1).upper(), operation)
    return joined[:1].lower() + joined[1:]
