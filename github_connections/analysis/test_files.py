"""Files of tests: not read for routes, but counted."""

from __future__ import annotations

import re

from github_connections.analysis.report import TestFile

# Framework by what its file says, the first that fits; then how a case looks.
_FRAMEWORKS: dict[str, list[tuple[str, re.Pattern[bytes]]]] = {
    "javascript": [
        ("playwright", re.compile(rb"@playwright/test")),
        ("cypress", re.compile(rb"\bcy\.")),
        ("vitest", re.compile(rb"""from ["']vitest""")),
        ("mocha", re.compile(rb"""["'](mocha|chai)["']""")),
        ("node", re.compile(rb"""["']node:test["']""")),
        ("jest", re.compile(rb"")),
    ],
    "python": [("unittest", re.compile(rb"TestCase\b")), ("pytest", re.compile(rb""))],
    "java": [
        ("testng", re.compile(rb"org\.testng")),
        ("spock", re.compile(rb"spock\.lang")),
        ("junit", re.compile(rb"")),
    ],
    "csharp": [("nunit", re.compile(rb"NUnit")), ("mstest", re.compile(rb"TestMethod")), ("xunit", re.compile(rb""))],
    "go": [("go test", re.compile(rb""))],
    "ruby": [
        ("minitest", re.compile(rb"Minitest|ActiveSupport::TestCase|IntegrationTest")),
        ("rspec", re.compile(rb"")),
    ],
    "php": [("pest", re.compile(rb"^\s*(it|test)\(", re.MULTILINE)), ("phpunit", re.compile(rb""))],
    "rust": [("cargo test", re.compile(rb""))],
    "elixir": [("exunit", re.compile(rb""))],
}
_CASES: dict[str, re.Pattern[bytes]] = {
    "javascript": re.compile(rb"^\s*(?:it|test|specify)(?:\.\w+)*\s*\(", re.MULTILINE),
    "python": re.compile(rb"^\s*(?:async\s+)?def\s+test\w*\s*\(", re.MULTILINE),
    "java": re.compile(rb"@(?:Test|ParameterizedTest|RepeatedTest)\b"),
    "csharp": re.compile(rb"\[\s*(?:Fact|Theory|Test|TestCase|TestMethod|DataTestMethod)\b"),
    "go": re.compile(rb"^func\s+Test\w*\s*\(", re.MULTILINE),
    "ruby": re.compile(rb"^\s*(?:it|specify|scenario|test)\s+[\"'{]|^\s*def\s+test_\w+", re.MULTILINE),
    "php": re.compile(rb"function\s+test\w*\s*\(|#\[Test\]|@test\b|^\s*(?:it|test)\(", re.MULTILINE),
    "rust": re.compile(rb"#\[(?:\w+::)?test\b"),
    "elixir": re.compile(rb"^\s*test\s+\"", re.MULTILINE),
}


def read_tests(path: str, family: str, content: bytes) -> TestFile | None:
    """Return what a file of tests holds; None where it declares no case."""
    cases = len(_CASES[family].findall(content)) if family in _CASES else 0
    if not cases:
        return None
    name = next(name for name, pattern in _FRAMEWORKS[family] if pattern.search(content))
    return TestFile(file=path, framework=name, cases=cases)
