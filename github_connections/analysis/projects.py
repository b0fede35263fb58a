"""The sub-projects of a checkout, by their manifests, and what each depends on."""

from __future__ import annotations

import json
import posixpath
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from github_connections.analysis.report import Skipped

MAXIMUM_MANIFEST_BYTES = 1024 * 1024
# Which ecosystem's manifest decides for a language family.
ECOSYSTEMS = {
    "python": "python",
    "javascript": "node",
    "java": "jvm",
    "csharp": "dotnet",
    "go": "go",
    "ruby": "ruby",
    "php": "php",
    "rust": "rust",
    "elixir": "elixir",
}


@dataclass
class Project:
    """A directory with a manifest. `dependencies` maps a name to its version as written; `lines` to where it stands."""

    root: str
    ecosystem: str
    manifest: str
    name: str = ""
    dependencies: dict[str, str] = field(default_factory=dict)
    lines: dict[str, tuple[str, int]] = field(default_factory=dict)

    def evidence(self, name: str) -> dict[str, Any]:
        """Return where a dependency is named."""
        file, line = self.lines.get(name, (self.manifest, 1))
        return {"file": file, "line": line, "why": f"depends on {name}"}


Reader = Callable[[str], tuple[str, dict[str, str]]]


def find_projects(paths: Iterable[str], read: Callable[[str], bytes | None]) -> tuple[list[Project], list[Skipped]]:
    """Return the sub-projects, outermost first, and the manifests that could not be read."""
    found: dict[tuple[str, str], Project] = {}
    skipped = []
    for path in sorted(paths, key=lambda path: (path.count("/"), path)):
        reader = _reader_of(posixpath.basename(path))
        content = read(path) if reader else None
        if reader is None or content is None:
            continue
        ecosystem, parse = reader
        text = content.decode("utf-8", "replace")
        try:
            name, dependencies = parse(text)
        except (ValueError, TypeError, AttributeError, RecursionError, KeyError) as error:
            skipped.append(Skipped(file=path, reason=f"not a readable manifest: {type(error).__name__}"))
            continue
        _add(found, path, ecosystem, name, dependencies, text)
    return list(found.values()), skipped


def _add(
    found: dict[tuple[str, str], Project], path: str, ecosystem: str, name: str, dependencies: dict[str, str], text: str
) -> None:
    root = posixpath.dirname(path)
    if posixpath.basename(root) == "requirements":  # requirements/base.txt belongs to the directory above
        root = posixpath.dirname(root)
    project = found.setdefault((root, ecosystem), Project(root, ecosystem, path))
    project.name = project.name or name
    for dependency, version in dependencies.items():
        if dependency not in project.dependencies:
            project.dependencies[dependency] = version
            project.lines[dependency] = (path, _line_of(text, dependency))


def _line_of(text: str, name: str) -> int:
    position = text.lower().find(name.rpartition(":")[2].lower())
    return text.count("\n", 0, max(position, 0)) + 1


def root_of(projects: Iterable[Project], path: str, family: str) -> str:
    """Return the nearest directory above a file that has a manifest of its language; empty for the checkout."""
    wanted = ECOSYSTEMS.get(family, family)
    roots = [
        project.root
        for project in projects
        if project.ecosystem == wanted and (not project.root or path.startswith(f"{project.root}/"))
    ]
    return max(roots, key=len, default="")


# --- manifests ------------------------------------------------------------------------------------------------------


def _reader_of(name: str) -> tuple[str, Reader] | None:
    if name in _BY_NAME:
        return _BY_NAME[name]
    if re.fullmatch(r".*requirements.*\.(txt|in)|(base|prod|production|common|main|dev|local)\.(txt|in)", name):
        return "python", _requirements
    for ending, reader in _BY_ENDING.items():
        if name.endswith(ending):
            return reader
    return None


def _package_json(text: str) -> tuple[str, dict[str, str]]:
    data = json.loads(text)
    dependencies: dict[str, str] = {}
    for key in ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies"):
        values = data.get(key)
        dependencies.update({str(k): str(v) for k, v in values.items()} if isinstance(values, dict) else {})
    return str(data.get("name") or ""), dependencies


def _pyproject(text: str) -> tuple[str, dict[str, str]]:
    data = tomllib.loads(text)
    project, tool = data.get("project") or {}, data.get("tool") or {}
    listed = list(project.get("dependencies") or [])
    for group in [
        *(project.get("optional-dependencies") or {}).values(),
        *(data.get("dependency-groups") or {}).values(),
    ]:
        listed += [item for item in group if isinstance(item, str)]
    dependencies = dict(_requirement(item) for item in listed)
    poetry = tool.get("poetry") or {}
    groups = [poetry.get("dependencies") or {}]
    groups += [group.get("dependencies") or {} for group in (poetry.get("group") or {}).values()]
    for group in groups:
        dependencies.update({_python_name(str(name)): _version_of(version) for name, version in group.items()})
    return str(project.get("name") or poetry.get("name") or ""), {k: v for k, v in dependencies.items() if k}


def _version_of(value: Any) -> str:
    return str(value.get("version", "")) if isinstance(value, dict) else str(value)


_REQUIREMENT = re.compile(r"^\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*([^;#\s][^;#]*)?")


def _requirement(line: str) -> tuple[str, str]:
    match = _REQUIREMENT.match(line)
    return (_python_name(match.group(1)), (match.group(2) or "").strip()) if match else ("", "")


def _python_name(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _requirements(text: str) -> tuple[str, dict[str, str]]:
    found = (_requirement(line) for line in text.splitlines() if not line.lstrip().startswith(("#", "-")))
    return "", {name: version for name, version in found if name}


def _setup(text: str) -> tuple[str, dict[str, str]]:
    """Read setup.py and setup.cfg by their quoted or listed requirements; nothing of them is run."""
    name = re.search(r"""^\s*name\s*=\s*["']?([\w.-]+)""", text, re.MULTILINE)
    quoted = re.findall(r"""["']([A-Za-z][\w.-]*(?:\[[^\]]*\])?\s*(?:[<>=!~][^"']*)?)["']""", text)
    listed = re.findall(r"^\s+([A-Za-z][\w.-]*\s*[<>=!~][^\n#]*|[a-z][\w-]*)\s*$", text, re.MULTILINE)
    return name.group(1) if name else "", {key: value for key, value in map(_requirement, [*quoted, *listed]) if key}


def _pipfile(text: str) -> tuple[str, dict[str, str]]:
    data = tomllib.loads(text)
    merged = {**(data.get("packages") or {}), **(data.get("dev-packages") or {})}
    return "", {_python_name(str(name)): _version_of(version) for name, version in merged.items()}


def _pom(text: str) -> tuple[str, dict[str, str]]:
    """Read a Maven manifest by its tags; no entity is ever expanded."""
    own = re.sub(r"<(parent|dependencies|build|dependencyManagement)>.*?</\1>", "", text, flags=re.DOTALL)
    name = re.search(r"<artifactId>\s*([^<\s]+)", own)
    dependencies = {}
    for block in re.findall(r"<(?:dependency|parent|plugin)>(.*?)</(?:dependency|parent|plugin)>", text, re.DOTALL):
        artifact, version = re.search(r"<artifactId>\s*([^<\s]+)", block), re.search(r"<version>\s*([^<\s]+)", block)
        group = re.search(r"<groupId>\s*([^<\s]+)", block)
        if artifact:
            key = f"{group.group(1)}:{artifact.group(1)}" if group else artifact.group(1)
            dependencies[key] = version.group(1) if version else ""
    return name.group(1) if name else "", dependencies


def _gradle(text: str) -> tuple[str, dict[str, str]]:
    found = re.findall(r"""["']([\w.-]+:[\w.-]+)(?::([^"']*))?["']""", text)
    plugins = re.findall(r"""\bid\s*\(?\s*["']([\w.-]+)["']\)?(?:\s*version\s*["']([^"']+)["'])?""", text)
    aliases = re.findall(r"\blibs\.([\w.]+)", text)
    return "", {**dict(plugins), **dict(found), **dict.fromkeys((alias.replace(".", "-") for alias in aliases), "")}


def _catalog(text: str) -> tuple[str, dict[str, str]]:
    data = tomllib.loads(text)
    found = {}
    for value in (data.get("libraries") or {}).values():
        module = value.get("module") if isinstance(value, dict) else str(value).rpartition(":")[0]
        if module:
            found[str(module)] = ""
    return "", found


def _go_mod(text: str) -> tuple[str, dict[str, str]]:
    name = re.search(r"^module\s+(\S+)", text, re.MULTILINE)
    found = re.findall(r"^\s*(?:require\s+)?([\w.-]+\.[\w.-]+/\S+)\s+(v\S+)", text, re.MULTILINE)
    return name.group(1) if name else "", dict(found)


def _cargo(text: str) -> tuple[str, dict[str, str]]:
    data = tomllib.loads(text)
    tables = [data, data.get("workspace") or {}, *(data.get("target") or {}).values()]
    found = {}
    for table in tables:
        for key in ("dependencies", "dev-dependencies", "build-dependencies"):
            found.update({str(k): _version_of(v) for k, v in (table.get(key) or {}).items()})
    return str((data.get("package") or {}).get("name") or ""), found


def _composer(text: str) -> tuple[str, dict[str, str]]:
    data = json.loads(text)
    merged = {**(data.get("require") or {}), **(data.get("require-dev") or {})}
    return str(data.get("name") or ""), {str(k): str(v) for k, v in merged.items()}


def _gemfile(text: str) -> tuple[str, dict[str, str]]:
    found = re.findall(r"""^\s*(?:gem|\w+\.add_(?:runtime_|development_)?dependency)\s*\(?\s*["']([\w-]+)["'](?:\s*,\s*["']([^"']+)["'])?""", text, re.MULTILINE)  # fmt: skip  # noqa: E501
    return "", dict(found)


def _csproj(text: str) -> tuple[str, dict[str, str]]:
    found = dict(re.findall(r"""<PackageReference\s+Include="([^"]+)"(?:\s+Version="([^"]*)")?""", text))
    sdk = re.search(r"""<Project\s+Sdk="([^"]+)""", text)
    frameworks = re.findall(r"""<FrameworkReference\s+Include="([^"]+)""", text)
    return "", {**found, **dict.fromkeys([*frameworks, *([sdk.group(1)] if sdk else [])], "")}


def _mix(text: str) -> tuple[str, dict[str, str]]:
    name = re.search(r"app:\s*:(\w+)", text)
    return name.group(1) if name else "", dict(re.findall(r"""\{:(\w+),\s*"([^"]*)\"""", text))


_BY_NAME: dict[str, tuple[str, Reader]] = {
    "package.json": ("node", _package_json),
    "pyproject.toml": ("python", _pyproject),
    "setup.py": ("python", _setup),
    "setup.cfg": ("python", _setup),
    "Pipfile": ("python", _pipfile),
    "pom.xml": ("jvm", _pom),
    "build.gradle": ("jvm", _gradle),
    "build.gradle.kts": ("jvm", _gradle),
    "libs.versions.toml": ("jvm", _catalog),
    "go.mod": ("go", _go_mod),
    "Cargo.toml": ("rust", _cargo),
    "composer.json": ("php", _composer),
    "Gemfile": ("ruby", _gemfile),
    "mix.exs": ("elixir", _mix),
}
_BY_ENDING: dict[str, tuple[str, Reader]] = {
    ".csproj": ("dotnet", _csproj),
    ".fsproj": ("dotnet", _csproj),
    ".gemspec": ("ruby", _gemfile),
}


def manifests(paths: Iterable[str]) -> Iterator[str]:
    """Yield the paths that are manifests."""
    return (path for path in paths if _reader_of(posixpath.basename(path)))
