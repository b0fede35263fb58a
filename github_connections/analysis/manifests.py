"""What each kind of manifest says: the name of a sub-project and what it depends on. Nothing of it is run."""

from __future__ import annotations

import configparser
import posixpath
import re
from collections.abc import Callable, Iterable
from typing import Any

from msgspec import Struct

from github_connections.analysis.documents import lines_of, read_json, read_toml, read_xml
from github_connections.analysis.unreadable import Unreadable

# A name, and each dependency with its version as written.
Named = tuple[str, dict[str, str]]


class Manifest(Struct, frozen=True):
    """A kind of manifest, and the ecosystem that it belongs to."""

    ecosystem: str
    read: Callable[[bytes], Named]


def manifest_of(path: str) -> Manifest | None:
    """Return what kind of manifest a file is by its name; None where it is none."""
    directory, name = posixpath.split(path)
    if name in _BY_NAME:
        return _BY_NAME[name]
    ending = posixpath.splitext(name)[1]
    if ending in (".txt", ".in"):
        among_requirements = posixpath.basename(directory) == "requirements"
        return _REQUIREMENTS if "requirements" in name or among_requirements else None
    return _BY_ENDING.get(ending)


def _merged(*tables: Any) -> dict[str, str]:
    """Return what all of these tables name, the first one's version where several do."""
    merged: dict[str, str] = {}
    for table in tables:
        for name, value in table.items() if isinstance(table, dict) else ():
            merged.setdefault(str(name), _version(value))
    return merged


def _version(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("version", "")
    return value if isinstance(value, str) else ""


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _texts(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _name(value: Any) -> str:
    return value if isinstance(value, str) else ""


# --- JavaScript, PHP ------------------------------------------------------------------------------------------------


def _package_json(content: bytes) -> Named:
    data = read_json(content)
    kinds = ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies")
    return _name(data.get("name")), _merged(*(data.get(kind) for kind in kinds))


def _composer_json(content: bytes) -> Named:
    data = read_json(content)
    return _name(data.get("name")), _merged(data.get("require"), data.get("require-dev"))


# --- Python ---------------------------------------------------------------------------------------------------------

_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*([^;#\s][^;#]*)?")
_QUOTED = re.compile(r"""["']([A-Za-z][^"']*)["']""")


def python_name(name: str) -> str:
    """Return the name under which Python's package index knows a package."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _requirements(lines: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lines:
        match = None if line.lstrip().startswith(("#", "-")) else _REQUIREMENT.match(line)
        if match:
            found.setdefault(python_name(match[1]), (match[2] or "").strip())
    return found


def _requirements_txt(content: bytes) -> Named:
    return "", _requirements(lines_of(content))


def _pyproject(content: bytes) -> Named:
    data = read_toml(content)
    project, poetry = _table(data.get("project")), _table(_table(data.get("tool")).get("poetry"))
    groups = [*_table(project.get("optional-dependencies")).values(), *_table(data.get("dependency-groups")).values()]
    listed = [text for group in [project.get("dependencies"), *groups] for text in _texts(group)]
    tables = [poetry, *map(_table, _table(poetry.get("group")).values())]
    poetrys = _merged(*(table.get(kind) for table in tables for kind in ("dependencies", "dev-dependencies")))
    named = {python_name(name): version for name, version in poetrys.items()}
    return _name(project.get("name")) or _name(poetry.get("name")), {**named, **_requirements(listed)}


def _pipfile(content: bytes) -> Named:
    data = read_toml(content)
    merged = _merged(data.get("packages"), data.get("dev-packages"))
    return "", {python_name(name): version for name, version in merged.items()}


def _setup_cfg(content: bytes) -> Named:
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    try:
        parser.read_string("\n".join(lines_of(content)))
    except configparser.Error as error:
        raise Unreadable("not a configuration file") from error
    lists = [parser.get("options", "install_requires", fallback="") or ""]
    if parser.has_section("options.extras_require"):
        lists += [value or "" for _, value in parser.items("options.extras_require")]
    return parser.get("metadata", "name", fallback="") or "", _requirements("\n".join(lists).splitlines())


def _setup_py(content: bytes) -> Named:
    """Take the strings of whatever is called something with `require`, from there to its closing bracket."""
    name, found, depth = "", [], 0
    for line in lines_of(content):
        named = re.match(r"""[ \t]*name\s?=\s?["']([\w.-]+)["']""", line)
        name = name or (named[1] if named else "")
        if depth <= 0 and "require" not in line.lower():
            continue
        found += _QUOTED.findall(line)
        bare = _QUOTED.sub("", line)
        depth = max(depth, 0) + sum(bare.count(mark) for mark in "([{") - sum(bare.count(mark) for mark in ")]}")
    return name, _requirements(found)


# --- Java, Kotlin ---------------------------------------------------------------------------------------------------

_COORDINATES = re.compile(r"""["']([\w.-]+:[\w.-]+)(?::([^"':]*))?["']""")
_COORDINATES_BY_NAME = re.compile(r"""group:\s?["']([\w.-]+)["'],\s{0,4}name:\s?["']([\w.-]+)["']""")
_PLUGIN = re.compile(r"""\bid\s?\(?["']([\w.-]+)["']\)?(?: version ["']([^"']+)["'])?""")
_FROM_CATALOG = re.compile(r"\blibs\.([\w.]+)")


def _pom(content: bytes) -> Named:
    project = read_xml(content)
    found: dict[str, str] = {}
    for block in project.all("parent", "dependency", "plugin"):
        if block.value("artifactId"):
            key = ":".join(filter(None, [block.value("groupId"), block.value("artifactId")]))
            found.setdefault(key, block.value("version"))
    return project.value("artifactId"), found


def _gradle(content: bytes) -> Named:
    """A name from a version catalog stays as `libs.NAME`: the catalog, another file, says what it stands for."""
    found: dict[str, str] = {}
    for line in lines_of(content):
        found.update(_PLUGIN.findall(line))
        found.update(_COORDINATES.findall(line))
        found.update({f"{group}:{name}": "" for group, name in _COORDINATES_BY_NAME.findall(line)})
        found.update({f"libs.{alias}": "" for alias in _FROM_CATALOG.findall(line)})
    return "", found


def read_catalog(content: bytes) -> dict[str, str]:
    """Return what a Gradle version catalog's names stand for: `libs.a.b` → `org.a:a-b`."""
    data = read_toml(content)
    found = {}
    for alias, value in _table(data.get("libraries")).items():
        table = _table(value)
        module = table.get("module") or ":".join(_texts([table.get("group"), table.get("name")]))
        module = value.rpartition(":")[0] if isinstance(value, str) else module
        found[f"libs.{re.sub('[-_]', '.', alias)}"] = str(module)
    for alias, value in _table(data.get("plugins")).items():
        plugin = value.partition(":")[0] if isinstance(value, str) else _table(value).get("id", "")
        found[f"libs.plugins.{re.sub('[-_]', '.', alias)}"] = str(plugin)
    return found


# --- others ---------------------------------------------------------------------------------------------------------


def _go_mod(content: bytes) -> Named:
    name, found = "", {}
    for line in lines_of(content):
        words = line.split()
        if words[:1] == ["module"] and len(words) > 1:
            name = words[1]
        words = words[1:] if words[:1] == ["require"] else words
        if len(words) > 1 and "." in words[0] and re.match(r"v\d", words[1]):
            found[words[0]] = words[1]
    return name, found


def _cargo(content: bytes) -> Named:
    data = read_toml(content)
    tables = [data, _table(data.get("workspace")), *map(_table, _table(data.get("target")).values())]
    kinds = ("dependencies", "dev-dependencies", "build-dependencies")
    return _name(_table(data.get("package")).get("name")), _merged(*(t.get(kind) for t in tables for kind in kinds))


_GEM = re.compile(
    r"""[ \t]*(?:gem|\w+\.add_(?:runtime_|development_)?dependency)[ (]\s?["']([\w-]+)["'](?:, ?["']([^"']+)["'])?"""
)


def _gemfile(content: bytes) -> Named:
    matches = (_GEM.match(line) for line in lines_of(content))
    return "", {match[1]: match[2] or "" for match in matches if match}


def _dotnet(content: bytes) -> Named:
    project = read_xml(content)
    found = {project.attributes["Sdk"]: ""} if project.attributes.get("Sdk") else {}
    for item in project.all("PackageReference", "FrameworkReference"):
        name = item.attributes.get("Include", "")
        if name:
            found[name] = item.attributes.get("Version") or item.value("Version")
    return "", found


def _mix(content: bytes) -> Named:
    name = ""
    found: dict[str, str] = {}
    for line in lines_of(content):
        if line.lstrip().startswith("#"):
            continue
        named = re.search(r"\bapp: ?:(\w+)", line)
        name = name or (named[1] if named else "")
        found.update(re.findall(r"""\{:(\w+), ?(?:"([^"]*)")?""", line))
    return name, found


_REQUIREMENTS = Manifest("python", _requirements_txt)
_BY_NAME = {
    "package.json": Manifest("node", _package_json),
    "pyproject.toml": Manifest("python", _pyproject),
    "setup.py": Manifest("python", _setup_py),
    "setup.cfg": Manifest("python", _setup_cfg),
    "Pipfile": Manifest("python", _pipfile),
    "pom.xml": Manifest("jvm", _pom),
    "build.gradle": Manifest("jvm", _gradle),
    "build.gradle.kts": Manifest("jvm", _gradle),
    "go.mod": Manifest("go", _go_mod),
    "Cargo.toml": Manifest("rust", _cargo),
    "composer.json": Manifest("php", _composer_json),
    "Gemfile": Manifest("ruby", _gemfile),
    "mix.exs": Manifest("elixir", _mix),
}
_BY_ENDING = {
    ".csproj": Manifest("dotnet", _dotnet),
    ".fsproj": Manifest("dotnet", _dotnet),
    ".gemspec": Manifest("ruby", _gemfile),
}
