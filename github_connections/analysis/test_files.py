"""Files of tests: not read for routes, but counted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from github_connections.analysis.inventory import Source
from github_connections.analysis.linking.program import FAMILIES
from github_connections.analysis.projects import Project, Roots
from github_connections.analysis.report import TestFile

# Framework by what its file says, the first that fits.
_FRAMEWORKS: dict[str, list[tuple[str, re.Pattern[bytes]]]] = {
    "javascript": [
        ("playwright", re.compile(rb"@playwright/test")),
        ("cypress", re.compile(rb"\bcy\.")),
        ("vitest", re.compile(rb"""from ["']vitest["']""")),
        ("jest", re.compile(rb"""["']@jest/globals["']|\bjest\.""")),
        ("node", re.compile(rb"""["']node:test["']""")),
        ("bun", re.compile(rb"""["']bun:test["']""")),
        ("mocha", re.compile(rb"""["']mocha["']""")),
    ],
    "python": [("unittest", re.compile(rb"TestCase\b"))],
    "java": [("testng", re.compile(rb"org\.testng")), ("spock", re.compile(rb"spock\.lang"))],
    "csharp": [("nunit", re.compile(rb"NUnit")), ("mstest", re.compile(rb"TestMethod"))],
    "ruby": [("minitest", re.compile(rb"Minitest|ActiveSupport::TestCase|IntegrationTest"))],
    "php": [("pest", re.compile(rb"^[ \t]*(it|test)\(", re.MULTILINE))],
}
# Where the file does not say: one that its sub-project depends on, the first that is there.
_DEPENDED_ON = {"javascript": {"vitest": "vitest", "jest": "jest", "mocha": "mocha", "jasmine-core": "jasmine"}}
_USUAL = {
    "javascript": "jest",
    "python": "pytest",
    "java": "junit",
    "csharp": "xunit",
    "go": "go test",
    "ruby": "rspec",
    "php": "phpunit",
    "rust": "cargo test",
    "elixir": "exunit",
}
_CASES: dict[str, re.Pattern[bytes]] = {
    "javascript": re.compile(
        rb"^[ \t]*(?:it|test|specify)(?:\.(?:only|skip|each|concurrent|serial|todo|fails|failing|fixme))*[ \t]?[(`]",
        re.MULTILINE,
    ),
    "python": re.compile(rb"^[ \t]*(?:async[ \t]+)?def[ \t]+test\w*[ \t]?\(", re.MULTILINE),
    "java": re.compile(rb"@(?:Test|ParameterizedTest|RepeatedTest)\b"),
    "csharp": re.compile(rb"\[ ?(?:Fact|Theory|Test|TestCase|TestMethod|DataTestMethod)\b"),
    "go": re.compile(rb"^func Test\w* ?\(\w+ \*testing\.T\)", re.MULTILINE),
    "ruby": re.compile(rb"^[ \t]*(?:it|specify|scenario|test)[ \t]+[\"'{]|^[ \t]*def[ \t]+test_\w+", re.MULTILINE),
    "php": re.compile(rb"function[ \t]+test\w*[ \t]?\(|#\[Test\]|@test\b|^[ \t]*(?:it|test)\(", re.MULTILINE),
    "rust": re.compile(rb"#\[(?:\w+::)?test\b"),
    "elixir": re.compile(rb"^[ \t]*(?:test|property|feature)[ \t(]+[\"~]", re.MULTILINE),
}


class TestReader:
    """Reads files of tests; what they do not say themselves their sub-project does."""

    __test__ = False  # no test of this project's own

    def __init__(self, projects: Iterable[Project]) -> None:
        projects = list(projects)
        self._roots = Roots(projects)
        self._dependencies = {project.root: project.dependencies for project in projects if project.ecosystem == "node"}

    def rows(self, sources: Iterable[Source], read: Callable[[str], bytes | None]) -> Iterator[TestFile]:
        """Yield what each file of tests holds; one that declares no case is left out."""
        for source in sources:
            family = FAMILIES.get(source.language, source.language)
            content = read(source.path) or b""
            cases = sum(1 for _ in _CASES[family].finditer(content)) if family in _CASES else 0
            if cases:
                yield TestFile(file=source.path, framework=self._framework(source.path, family, content), cases=cases)

    def _framework(self, path: str, family: str, content: bytes) -> str:
        named = (name for name, pattern in _FRAMEWORKS.get(family, ()) if pattern.search(content))
        around = self._dependencies.get(self._roots.of(path, family), {})
        depended_on = (name for package, name in _DEPENDED_ON.get(family, {}).items() if package in around)
        return next(named, None) or next(depended_on, None) or _USUAL[family]
