"""What a file or directory is by its place and its name: vendored, built, generated, of tests, or source."""

from __future__ import annotations

import re
from collections.abc import Collection

# Nobody keeps code of the repository's own in a directory of one of these names.
VENDORED = frozenset(
    {
        "node_modules", "bower_components", "jspm_packages", "web_modules", "site-packages", "dist-packages",
        "_vendor", "_vendored", "vendored", "third_party", "third-party", "thirdparty", "Pods", "Carthage",
        ".venv", "venv", "virtualenv", "__pycache__", "__pypackages__", ".tox", ".nox", ".eggs", ".mypy_cache",
        ".pytest_cache", ".ruff_cache", ".ipynb_checkpoints", "htmlcov",
        ".git", ".hg", ".svn", ".idea", ".vscode", ".vs", ".gradle", ".mvn", ".bundle", ".cargo", ".terraform",
        ".serverless", ".aws-sam", "DerivedData",
        ".next", ".nuxt", ".output", ".svelte-kit", ".angular", ".astro", ".vercel", ".netlify", ".expo", ".docusaurus",
        ".cache", ".parcel-cache", ".turbo", ".nx", ".yarn", ".pnpm-store", ".nyc_output", "storybook-static",
        "lcov-report", "elm-stuff", ".elixir_ls", ".dart_tool",
    }
)  # fmt: skip
_NODE = ("package.json",)
_PYTHON = ("pyproject.toml", "setup.py", "setup.cfg")
_GRADLE = ("build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts")
_DOTNET = (".csproj", ".fsproj", ".vbproj", ".sln", ".slnx")
# Ordinary names of source directories, which a tool makes too: beside one of these files (or endings) it was the tool.
BUILT: dict[str, tuple[str, ...]] = {
    "dist": (*_NODE, *_PYTHON, "angular.json"),
    "build": (*_NODE, *_PYTHON, *_GRADLE, "CMakeLists.txt", "pubspec.yaml"),
    "target": ("pom.xml", "Cargo.toml", "build.sbt", "project.clj"),
    "out": (*_NODE, *_GRADLE, ".iml"),
    "coverage": (*_NODE, "composer.json"),
    "bin": _DOTNET,
    "obj": _DOTNET,
    "deps": ("mix.exs", "rebar.config"),
    "_build": ("mix.exs", "rebar.config", "conf.py", "dune-project"),
    # Beside a package.json alone it may as well be the code about vendors.
    "vendor": ("go.mod", "go.work", "composer.json", "Gemfile", ".gemspec", "Cargo.toml"),
    "tmp": ("Gemfile",),
    "log": ("Gemfile",),
    "storage": ("artisan",),
}
# Among files that are served as they are, these names hold other people's scripts, or one's own compiled.
_SERVED = frozenset({"public", "static", "staticfiles", "assets", "wwwroot"})
_FOREIGN_WHERE_SERVED = frozenset({"vendor", "vendors", "build", "dist", "bundles", "packs"})

TEST_DIRECTORIES = frozenset(
    {
        "test", "tests", "__tests__", "__test__", "__mocks__", "__fixtures__", "spec", "specs", "e2e", "cypress",
        "androidTest", "integrationTest", "functionalTest", "testFixtures", "testdata", "test_data", "test-d",
        "integration-tests", "integration_tests", "unit-tests", "unit_tests", "e2e-tests", "e2e_tests",
    }
)  # fmt: skip
# Of .NET, where a test project has its directory beside that of what it tests. Acme.Test.Api is no test.
_TEST_PROJECT = re.compile(
    r"(.+\.)?(Unit|Integration|Functional|Acceptance|EndToEnd|E2E)Tests?(\.\w+)?$|.+\.Tests(\.\w+)?$|.+\.(Test|Specs)$",
    re.IGNORECASE,
)
_TEST_FILE = re.compile(
    r"(test_.*|.*_test|conftest|tests)\.py$"
    r"|.*[._-](test|tests|test-d|tst|spec|cy|e2e|e2e-spec|stories|story)\.[cm]?[jt]sx?$"
    r"|.*[._](spec|stories|story|test)\.(vue|svelte)$"
    r"|.*_test\.(go|rb|exs?)$|.*_spec\.rb$|.*_tests?\.rs$"
    r"|[A-Z]\w*(Test|Tests|IT|Spec|TestCase|Steps)\.(java|kt|groovy|scala)$|Test[A-Z]\w*\.java$"
    r"|[A-Z]\w*(Test|Tests|TestCase)\.(cs|php)$|[A-Z]\w*Cest\.php$"
)
# In these a directory that is called `tests` is a part of an address.
_ROUTE_FILE = re.compile(
    r"(|.*?/)(?:app/(?:[^/]+/)*(?:page|route)\.(?:[jt]sx?|mdx)"
    r"|src/routes/(?:[^/]+/)*\+(?:page|server|page\.server)\.(?:svelte|[jt]s))$"
)
_BUNDLE = re.compile(r".*([.-]min|\.bundle|\.chunk|\.production|\.umd|\.iife|[.-][0-9a-f]{8,})\.[cm]?js$")
_GENERATED = re.compile(
    r".*(\.g|\.designer|\.generated|_pb2|_pb2_grpc|\.pb|\.pb\.gw|_generated)\.(cs|py|go|tsx?|js|dart|java|kt)$"
    r"|.*\.gen\.(cs|py|tsx?|js|dart|java|kt)$"  # Go's register the routes of an OpenAPI document
    r"|zz_generated.*\.go$",
    re.IGNORECASE,
)
# As Vite and Rollup name what they build: `assets/button-CpNVrl_w.js`.
_CHUNK = re.compile(r"(?:.*/)?(?:assets|chunks)/[^/]+-(?P<hash>[\w-]{8})\.js$")
# Neither a word nor two that a person joined, `user-routesV2.js`.
_NO_WORD = re.compile(r"(?!.*[a-z]{4}).*(?:[0-9]|[a-z][A-Z]|[A-Z]{2})")
# A line that no person wrote.
LONGEST_LINE = 5_000
_LOOKED_AT = 4 * LONGEST_LINE
# What webpack, Browserify and Parcel write before all modules that they put into one file, and Rollup and Vite, made
# small, of each that is asked for later.
_BUNDLED = (
    b"{ // webpackBootstrap",
    b":[function(require,module,exports){",
    b"// [ module function, map of requires ]",
    b'Symbol.toStringTag,{value:"Module"}',
)
# The way of a pen, in the icons that people keep as components, and a picture or a typeface as text.
_DRAWN = re.compile(rb"[MmLlHhVvCcSsQqTtAaZzEe0-9., \t+-]{1000,}|;base64,[A-Za-z0-9+/=]{500,}")


def reason_to_pass(path: str, beside: Collection[str]) -> str:
    """Return why a directory is not entered, nothing where it is; `beside` are the names in the directory around it."""
    above, _, name = path.rpartition("/")
    if name in VENDORED or name.endswith((".egg-info", ".dist-info")):
        return "vendored or generated directory"
    if name in _FOREIGN_WHERE_SERVED and above.rpartition("/")[2] in _SERVED:
        return "vendored or built directory"
    if (name, above.rpartition("/")[2]) == ("lib", "wwwroot"):
        return "vendored directory"
    if any(_is_marked(other, BUILT[name]) for other in beside if name in BUILT):
        return "vendored or built directory"
    return ""


def _is_marked(name: str, marks: tuple[str, ...]) -> bool:
    return any(name.endswith(mark) if mark.startswith(".") else name == mark for mark in marks)


def is_environment(names: Collection[str]) -> bool:
    """Tell whether a directory with these names in it is a virtual environment of Python, whatever it is called."""
    return "pyvenv.cfg" in names


def is_test_directory(path: str) -> bool:
    """Tell whether everything below a directory belongs to tests."""
    if "/src/main/" in f"/{path}/":  # the one place of which Java's tools say that it holds no test
        return False
    name = path.rpartition("/")[2]
    return name in TEST_DIRECTORIES or bool(_TEST_PROJECT.match(name))


def is_test_file(path: str) -> bool:
    """Tell whether a file is one of tests by its own name."""
    return "/src/main/" not in f"/{path}" and bool(_TEST_FILE.match(path.rpartition("/")[2]))


def is_route_by_place(path: str) -> bool:
    """Tell whether a file answers at the address that its directories make, below no directory of tests."""
    matched = _ROUTE_FILE.match(path)
    return matched is not None and TEST_DIRECTORIES.isdisjoint(matched.group(1).split("/"))


def reason_not_to_read(path: str) -> str:
    """Return why nobody wrote this source, by its name; nothing where somebody may have."""
    name = path.rpartition("/")[2]
    chunk = _CHUNK.match(path)
    if _BUNDLE.match(name) or (chunk and _NO_WORD.match(chunk["hash"])):
        return "a bundle"
    return "generated" if _GENERATED.match(name) else ""


def reason_not_to_parse(content: bytes) -> str:
    """Return why nobody wrote this source, by its bytes; nothing where somebody may have."""
    head = content[:_LOOKED_AT]
    if b"\0" in head:
        return "binary"
    if any(mark in head for mark in _BUNDLED):
        return "a bundle"
    if _is_too_long(head) and _is_too_long(_DRAWN.sub(b"", head)):
        return "minified or generated: a line nobody wrote"
    return ""


def _is_too_long(text: bytes) -> bool:
    return len(text) > LONGEST_LINE and max(map(len, text.split(b"\n"))) > LONGEST_LINE
