"""Every file of a checkout: what language it is in, and whether it is worth reading."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from github_connections.analysis.limits import Limits
from github_connections.analysis.report import Language, Skipped

# File endings, of languages that are read and of those that are only counted.
LANGUAGES = {
    ".py": "python", ".pyi": "python-stub",
    ".js": "javascript", ".jsx": "javascript", ".mjs": "javascript", ".cjs": "javascript",
    ".ts": "typescript", ".mts": "typescript", ".cts": "typescript", ".tsx": "tsx",
    ".vue": "vue", ".svelte": "svelte", ".astro": "astro",
    ".java": "java", ".kt": "kotlin", ".kts": "kotlin", ".groovy": "groovy", ".scala": "scala",
    ".cs": "csharp", ".cshtml": "razor", ".razor": "razor", ".fs": "fsharp", ".vb": "visual-basic",
    ".go": "go", ".rb": "ruby", ".rake": "ruby", ".ru": "ruby", ".erb": "erb", ".haml": "haml",
    ".php": "php", ".twig": "twig", ".rs": "rust", ".ex": "elixir", ".exs": "elixir", ".heex": "heex",
    ".c": "c", ".h": "c", ".cc": "cpp", ".cpp": "cpp", ".hpp": "cpp", ".swift": "swift", ".m": "objective-c", ".dart": "dart",
    ".html": "html", ".htm": "html", ".css": "css", ".scss": "scss", ".less": "less", ".sass": "sass",
    ".sh": "shell", ".bash": "shell", ".sql": "sql", ".graphql": "graphql", ".gql": "graphql", ".proto": "protobuf",
    ".lua": "lua", ".pl": "perl", ".r": "r", ".jl": "julia", ".tf": "terraform",
}  # fmt: skip
PARSED = frozenset(
    {
        "python",
        "javascript",
        "typescript",
        "tsx",
        "vue",
        "svelte",
        "java",
        "kotlin",
        "csharp",
        "go",
        "ruby",
        "php",
        "rust",
        "elixir",
    }
)
# One name in the report for a language with several parsers.
REPORTED = {"tsx": "typescript", "python-stub": "python"}

VENDORED = frozenset(
    {
        "node_modules", "bower_components", "jspm_packages", "site-packages", "dist-packages", ".venv", "venv", "virtualenv",
        "__pycache__", ".tox", ".nox", ".mypy_cache", ".pytest_cache", ".git", ".hg", ".svn", ".idea", ".vscode", ".gradle",
        ".next", ".nuxt", ".output", ".svelte-kit", ".angular", ".cache", ".parcel-cache", ".turbo", ".yarn", ".pnpm-store",
        "Pods", "DerivedData", "third_party", "third-party", "thirdparty", "bundled", "deps_cache", ".terraform", ".serverless",
        ".eggs", ".bundle", ".cargo", "storybook-static", "htmlcov", ".nyc_output",
    }
)  # fmt: skip
# Made by a build where they lie beside its manifest, an ordinary name of a source directory elsewhere.
BUILT = frozenset({"dist", "build", "target", "out", "bin", "obj", "coverage", "vendor", "vendors", "_build", "deps"})
MANIFESTS = frozenset(
    {
        "package.json", "pom.xml", "build.gradle", "build.gradle.kts", "Cargo.toml", "composer.json", "mix.exs", "go.mod",
        "Gemfile", "pyproject.toml", "setup.py",
    }
)  # fmt: skip
TEST_DIRECTORIES = frozenset(
    {"test", "tests", "__tests__", "__mocks__", "spec", "specs", "testing", "e2e", "cypress", "androidTest", "testFixtures",
     "fixtures", "__fixtures__", "integration-tests", "integration_tests", "unit-tests", "test-d", "testdata", "features"}
)  # fmt: skip
_TEST_NAME = re.compile(
    r"(^test_.*|.*_test|^conftest|^tests)\.pyi?$|.*[._-](test|spec|tests|cy|e2e|stories|story)\.[cm]?[jt]sx?$|.*\.stories\.(vue|svelte)$"
    r"|.*_test\.(go|rb|exs|ex)$|.*_spec\.rb$|^[A-Z]\w*(Test|Tests|IT|Spec|TestCase|Steps)\.(java|kt|cs|php|groovy|scala)$|^Test[A-Z]\w*\.java$"
    r"|.*_tests?\.rs$|.*(Tests|UnitTest|IntegrationTest)\.cs$"
)
_TEST_PROJECT = re.compile(r".*[.](Tests?|UnitTests?|IntegrationTests?|Specs|FunctionalTests?)$", re.IGNORECASE)
_BUNDLE = re.compile(r".*([.-]min|\.bundle|\.chunk|\.production|\.umd|\.iife|[.-][0-9a-f]{8,})\.[cm]?js$")
_GENERATED = re.compile(
    r".*(\.g|\.designer|\.generated|_pb2|_pb2_grpc|\.pb|_generated|\.gen)\.(cs|py|go|ts|js|dart|java|kt)$",
    re.IGNORECASE,
)
# A line that no person wrote.
LONGEST_LINE = 5_000
MAXIMUM_PATH_LENGTH = 2_000


@dataclass(frozen=True, slots=True)
class Source:
    """A file to parse: its path with `/` between the parts, its language, its size in bytes."""

    path: str
    language: str
    size: int


@dataclass
class Inventory:
    """What lies in a checkout."""

    root: Path
    sources: list[Source] = field(default_factory=list)
    tests: list[Source] = field(default_factory=list)
    # Everything else that is a plain file, by path: manifests, configuration, templates.
    others: dict[str, int] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    counted: dict[str, list[int]] = field(default_factory=dict)  # language → [files, bytes]
    files_seen: int = 0
    truncated: bool = False

    @property
    def paths(self) -> list[str]:
        """Every path that may be asked for, sources first."""
        return sorted([*(source.path for source in self.sources), *self.others])

    def languages(self) -> list[Language]:
        """Return the languages by their bytes, the largest first."""
        total = sum(size for _, size in self.counted.values()) or 1
        rows = [
            Language(name=name, files=files, bytes=size, share=round(size / total, 4))
            for name, (files, size) in self.counted.items()
        ]
        return sorted(rows, key=lambda row: (-row.bytes, row.name))

    def read(self, path: str, maximum: int) -> bytes | None:
        """Return a file's bytes; None where it is none of this inventory, too large, or cannot be read."""
        try:
            descriptor = os.open(self.root / path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except (OSError, ValueError):
            return None
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return None
            content = file.read(maximum + 1)
        return content if len(content) <= maximum else None


def take(root: Path, limits: Limits) -> Inventory:
    """Walk a checkout; links are never followed, and nothing is opened."""
    inventory = Inventory(root)
    left = limits.bytes
    for path, size, is_test in _files(inventory, root):
        inventory.files_seen += 1
        if inventory.files_seen > limits.files:
            inventory.truncated = True
            inventory.skipped.append(
                Skipped(file=path, reason=f"more than {limits.files} files; the rest was not looked at")
            )
            break
        language = LANGUAGES.get(os.path.splitext(path)[1].lower())
        if language:
            counted = inventory.counted.setdefault(REPORTED.get(language, language), [0, 0])
            counted[0] += 1
            counted[1] += size
        reason = _reason_to_skip(path, size, language, limits)
        if reason:
            inventory.skipped.append(Skipped(file=path, reason=reason))
        elif language not in PARSED or path.endswith((".d.ts", ".d.mts", ".d.cts")):
            inventory.others[path] = size
        elif is_test:
            inventory.tests.append(Source(path, language, size))
        elif left < size:
            inventory.truncated = True
            inventory.skipped.append(Skipped(file=path, reason=f"more than {limits.bytes} bytes of source"))
        else:
            left -= size
            inventory.sources.append(Source(path, language, size))
    inventory.sources.sort(key=lambda source: source.path)
    inventory.tests.sort(key=lambda source: source.path)
    inventory.skipped.sort(key=lambda skipped: skipped.file)
    return inventory


def _files(inventory: Inventory, root: Path) -> Iterator[tuple[str, int, bool]]:
    """Yield (path, bytes, whether among tests) of every plain file, without recursion: trees may be very deep."""
    waiting: list[tuple[str, bool]] = [("", False)]
    while waiting:
        directory, among_tests = waiting.pop()
        entries = _entries(inventory, root, directory)
        names = {entry.name for entry in entries}
        for entry in entries:
            path = f"{directory}/{entry.name}" if directory else entry.name
            shown = path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
            kind = entry.stat(follow_symlinks=False)
            if stat.S_ISDIR(kind.st_mode):
                reason = _reason_to_pass(entry.name, path, names, bool(directory))
                if reason:
                    inventory.skipped.append(Skipped(file=f"{shown}/", reason=reason))
                else:
                    waiting.append((path, among_tests or is_test_directory(entry.name)))
            elif stat.S_ISREG(kind.st_mode) and shown == path:
                yield path, kind.st_size, among_tests or bool(_TEST_NAME.match(entry.name))
            else:
                reason = (
                    "a name that is not UTF-8"
                    if shown != path
                    else "a link"
                    if entry.is_symlink()
                    else "not a plain file"
                )
                inventory.skipped.append(Skipped(file=shown, reason=reason))


def _entries(inventory: Inventory, root: Path, directory: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(root / directory) as listing:
            return sorted(listing, key=lambda entry: entry.name)
    except OSError as error:
        shown = directory.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        inventory.skipped.append(Skipped(file=f"{shown}/", reason=f"cannot be listed: {os.strerror(error.errno or 0)}"))
        return []


def is_test_directory(name: str) -> bool:
    """Tell whether everything below a directory of this name belongs to tests."""
    return name in TEST_DIRECTORIES or bool(_TEST_PROJECT.match(name))


def _reason_to_pass(name: str, path: str, beside: set[str], inside: bool) -> str:
    if name in VENDORED or name.endswith(".egg-info"):
        return "vendored or generated directory"
    if name in BUILT and (not inside or not MANIFESTS.isdisjoint(beside)) and name not in ("bin", "deps"):
        return "built or vendored directory"
    if name in ("bin", "obj") and any(other.endswith(("proj", ".sln")) for other in beside):
        return "built directory"
    if name == "deps" and "mix.exs" in beside:
        return "vendored directory"
    if len(path) > MAXIMUM_PATH_LENGTH:
        return f"a path longer than {MAXIMUM_PATH_LENGTH} characters"
    return ""


def _reason_to_skip(path: str, size: int, language: str | None, limits: Limits) -> str:
    if language not in PARSED:
        return ""
    name = path.rpartition("/")[2]
    if size > limits.bytes_per_file:
        return f"larger than {limits.bytes_per_file} bytes"
    if _BUNDLE.match(name):
        return "a bundle"
    if _GENERATED.match(name):
        return "generated"
    return ""


def is_minified(content: bytes) -> bool:
    """Tell whether no person wrote these lines: one of the first is longer than anybody would make it."""
    head = content[: 4 * LONGEST_LINE]
    return len(content) > LONGEST_LINE and max(map(len, head.split(b"\n"))) > LONGEST_LINE
