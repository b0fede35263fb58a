"""JavaScript and TypeScript: relative files, index files, aliases of tsconfig.json, packages of the workspace."""

from __future__ import annotations

import json
import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from github_connections.analysis.linking import aliases_javascript, statements
from github_connections.analysis.linking.names import Names
from github_connections.analysis.linking.package_names_javascript import names_in_manifest
from github_connections.analysis.linking.program import File, Program
from github_connections.analysis.linking.values import (
    NOTHING,
    External,
    MapValue,
    ModuleValue,
    ObjectValue,
    Unknown,
    Value,
)
from github_connections.analysis.report import Place
from github_connections.analysis.syntax import nodes

if TYPE_CHECKING:
    from github_connections.analysis.linking.interpreter import Interpreter

ENDINGS = ("", ".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts", ".vue", ".svelte")
GLOBAL = "javascript's global"
# What `__dirname` begins with, so that what is read from a directory is found again.
CHECKOUT = "/.checkout"
INDEXES = tuple(f"/index{ending}" for ending in ENDINGS[1:])
_COMMENTS_AND_TRAILING_COMMAS = re.compile(
    r'("(?:\\.|[^"\\])*(?:"|\Z))|//[^\n]*|/\*.*?(?:\*/|\Z)|,(?=\s*[}\]])', re.DOTALL
)  # what nothing ends goes to the end: nobody looks for it again


class JavaScriptNames(Names):
    """Finds the file that a module specifier means."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._aliases: dict[str, list[tuple[str, list[str]]]] = defaultdict(list)
        for path in program.all_paths:
            name = posixpath.basename(path)
            if name == "package.json":
                manifest, root = _loose_json(program.read(path)) or {}, posixpath.dirname(path)
                self._aliases[root] += names_in_manifest(manifest, root, program.all_paths)
            elif name.startswith(("tsconfig", "jsconfig")) and name.endswith(".json"):
                self._aliases[posixpath.dirname(path)] += self._aliases_of(path)
            elif aliases_javascript.configures_a_bundler(path):
                self._aliases[posixpath.dirname(path)] += self._bundled_aliases(path)
        self._workspace = {
            project.name: project.root for project in program.projects if project.ecosystem == "node" and project.name
        }

    def _aliases_of(self, path: str) -> list[tuple[str, list[str]]]:
        options = (_loose_json(self._program.read(path)) or {}).get("compilerOptions") or {}
        base = posixpath.normpath(posixpath.join(posixpath.dirname(path), str(options.get("baseUrl", "."))))
        paths = options.get("paths") or {}
        aliases = [
            (pattern, [posixpath.normpath(posixpath.join(base, str(target))) for target in targets])
            for pattern, targets in paths.items()
            if isinstance(targets, list)
        ]
        if "baseUrl" in options:
            aliases.append(("*", [posixpath.normpath(posixpath.join(base, "*"))]))
        return sorted(aliases, key=lambda alias: -len(alias[0]))

    def _bundled_aliases(self, path: str) -> list[tuple[str, list[str]]]:
        source = self._program.text(path)
        said = dict(aliases_javascript.aliases_in(source, posixpath.dirname(path)))
        known = {name: place for name, place in said.items() if self._program.inside(place) or self._at(place)}
        return [pair for name, place in known.items() for pair in ((name, [place]), (f"{name}/*", [f"{place}/*"]))]

    def imported(self, interpreter: Interpreter, file: File, statement: nodes.Import) -> Value:
        """Return what a file exports under a name; External where the module is a library's."""
        return self.of_module(interpreter, file, statement.module, statement.name)

    def of_module(self, interpreter: Interpreter, file: File, module: str, name: str) -> Value:
        """Return a name of a module: empty or "*" for all of it, "default" for what it hands out first."""
        found = self.find(module, file)
        if found is None:
            whole = module if name in ("", "*", "default") else f"{module}.{name}"
            return interpreter.registry.values.get(whole, External(whole))
        if name in ("", "*"):
            return ModuleValue(found)
        value = interpreter.exported(found, name)
        return External(f"{module}.{name}") if value is NOTHING else value

    def missing(self, interpreter: Interpreter, file: File, name: str) -> Value:
        """Return a global: `process`, `console`, `require`; a file's own place; what a program keeps in `global`."""
        kept = interpreter.state.setdefault(GLOBAL, ObjectValue(None, {}, Place(file.path, 1)))
        if name in ("global", "globalThis") or name in kept.fields:
            return kept.fields.get(name, kept)
        if name in ("__dirname", "import.meta.dirname"):
            return posixpath.join(CHECKOUT, file.directory).rstrip("/")
        if name == "process" and (environment := self._program.environment(file.project_root)):
            place = Place(file.path, 1)
            return MapValue({"env": MapValue(dict(environment), place)}, place)
        own = name in ("__filename", "import.meta.filename", "import.meta.url")
        return f"{CHECKOUT}/{file.path}" if own else External(name)

    def attribute(self, interpreter: Interpreter, file: File, name: str, _seen: tuple[str, ...] = ()) -> Value:
        """Return an export: by its statement, by `module.exports`, or handed on from another file."""
        if file.path in _seen:
            return NOTHING
        interpreter.run_file(file)
        for statement in file.module.body:
            if isinstance(statement, nodes.Export) and statement.name == name:
                return statements.exported_value(interpreter, statement, file.scope)
        for statement in file.module.body:
            if isinstance(statement, nodes.Import) and statement.exported:
                value = self._handed_on(interpreter, file, statement, name, (*_seen, file.path))
                if value is not NOTHING:
                    return value
        return self._of_common_js(interpreter, file, name)

    def exported_names(self, file: File, _seen: tuple[str, ...] = ()) -> list[str]:
        """Return the names that a file exports, in their order; its default export is not one of them."""
        names: list[str] = []
        for statement in file.module.body:
            if isinstance(statement, nodes.Export):
                names.append(statement.name)
            elif isinstance(statement, nodes.Import) and statement.exported:
                found = self.find(statement.module, file) if not statement.local else None
                deeper = found is not None and found.path not in _seen
                names += self.exported_names(found, (*_seen, file.path)) if deeper and found else [statement.local]
        return [name for name in dict.fromkeys(names) if name not in ("", "default")]

    def _handed_on(
        self, interpreter: Interpreter, file: File, statement: nodes.Import, name: str, seen: tuple[str, ...]
    ) -> Value:
        if statement.name == "*" and statement.local in ("", name):
            found = self.find(statement.module, file)
            if statement.local:
                return self.of_module(interpreter, file, statement.module, "*")
            return NOTHING if found is None or name == "default" else self.attribute(interpreter, found, name, seen)
        if statement.local == name:
            return self.of_module(interpreter, file, statement.module, statement.name)
        return NOTHING

    @staticmethod
    def _of_common_js(interpreter: Interpreter, file: File, name: str) -> Value:
        """Return a name of `module.exports`; the whole of it for a default import."""
        exports = common_js_exports(file)
        if exports is None:
            return NOTHING
        value = interpreter.get(exports, name, file.scope)
        if isinstance(value, Unknown):
            return exports if name == "default" else NOTHING
        return value

    def required(self, interpreter: Interpreter, file: File, module: str, *, dynamic: bool = False) -> Value:
        """Return what `require("…")` gives: `module.exports`, else the module; a module for the `dynamic` import()."""
        found = self.find(module, file)
        if found is None:
            return External(module)
        interpreter.run_file(found)
        exports = common_js_exports(found)
        return ModuleValue(found) if exports is None or dynamic else exports

    def find(self, module: str, near: File) -> File | None:
        """Return the file a specifier means, seen from another file."""
        if CHECKOUT in module:  # what a pattern found is a whole path, whatever stands before it: `../../${file}`
            return self._at(posixpath.normpath(module.rpartition(CHECKOUT)[2]).lstrip("/"))
        if module.startswith("."):
            return self._at(posixpath.normpath(posixpath.join(near.directory, module)))
        for target in self._targets(module, near):
            found = self._at(target)
            if found is not None:
                return found
        return None

    def importers(self, paths: Iterable[str]) -> dict[str, set[str]]:
        """Return the files that import one of these, by its path, and those that import them in turn.

        Of a file that nobody had to parse there may be one that only seems to: its import stands in a comment.
        """
        found: dict[str, set[str]] = {}
        waiting = sorted(paths)
        while waiting:
            path = waiting.pop()
            if path not in found:
                found[path] = self._importers_of(path)
                waiting += sorted(found[path])
        return found

    def _importers_of(self, path: str) -> set[str]:
        candidates = [one for name in _names_in_a_specifier(path) for one in self._imports.get(name, ())]
        found = {file.path for file, module in candidates if getattr(self.find(module, file), "path", "") == path}
        return found - {path}

    @cached_property
    def _imports(self) -> dict[str, list[tuple[File, str]]]:
        """The files with what they import, by the last name of the specifier."""
        imports: dict[str, list[tuple[File, str]]] = defaultdict(list)
        for file in self._program.of_family("javascript"):
            for module in file.sketch.imports:
                imports[_stem(module)].append((file, module))
        return imports

    def _targets(self, module: str, near: File) -> list[str]:
        targets: list[str] = []
        directory = near.directory
        while True:
            for pattern, places in self._aliases.get(directory, ()):
                matched = _matched(pattern, module)
                if matched is not None:
                    targets.extend(place.replace("*", matched) for place in places)
            if not directory:
                break
            directory = posixpath.dirname(directory)
        if module.startswith(("@/", "~/", "~~/", "#/", "$lib/")):
            rest = module.split("/", 1)[1]
            bases = ("src/lib", "lib") if module.startswith("$lib/") else ("src", "app", "")
            targets.extend(posixpath.join(near.project_root, base, rest) for base in bases)
        targets.extend(self._workspace_targets(module))
        return targets

    def _workspace_targets(self, module: str) -> list[str]:
        parts = module.split("/")
        name = "/".join(parts[: 2 if module.startswith("@") else 1])
        if name not in self._workspace:
            return []
        root, rest = self._workspace[name], module[len(name) :].lstrip("/")
        if rest:
            return [posixpath.join(root, rest), posixpath.join(root, "src", rest)]
        return [posixpath.join(root, "src"), posixpath.join(root, "src/main"), root, posixpath.join(root, "lib")]

    def _at(self, path: str) -> File | None:
        by_path = self._program.by_path
        path = "" if path == "." else path
        for ending in ENDINGS + INDEXES:
            found = by_path.get(f"{path}{ending}".lstrip("/"))
            if found is not None:
                return found
        stem, ending = posixpath.splitext(path)
        if ending in (".js", ".mjs", ".cjs", ".jsx"):  # TypeScript names the file it will become
            return next(
                (by_path[stem + other] for other in (".ts", ".tsx", ".mts", ".cts") if stem + other in by_path), None
            )
        return None


def common_js_exports(file: File) -> Value:
    """Return what the file has assigned to `module.exports`, or put into `exports`; None for neither."""
    module = file.scope.names.get("module")
    exports = module.fields.get("exports") if isinstance(module, ObjectValue) else None
    return None if isinstance(exports, MapValue) and not exports.entries else exports


def _stem(path: str) -> str:
    name = posixpath.basename(path.rstrip("/"))
    return posixpath.splitext(name)[0] if name.endswith(ENDINGS[1:]) else name


def _names_in_a_specifier(path: str) -> list[str]:
    """Return what the specifier of a file can end in: `users` for `users.ts`, also `shop` for `shop/src/index.ts`."""
    *directories, _ = path.split("/")
    stem = _stem(path)
    return [stem, *directories[-2:], "", ".", ".."] if stem in ("index", "main") else [stem]


def _matched(pattern: str, module: str) -> str | None:
    """Return what the star of an alias stands for; an empty text for an alias without one; None where it differs."""
    before, star, after = pattern.partition("*")
    if not star:
        return "" if module == pattern else None
    if module.startswith(before) and module.endswith(after) and len(module) >= len(before) + len(after):
        return module[len(before) : len(module) - len(after)]
    return None


def _loose_json(content: bytes | None) -> Any:
    """Read JSON with comments and trailing commas; None for what is not even that, or no object."""
    text = (content or b"").decode("utf-8", "replace")
    try:
        value = json.loads(_COMMENTS_AND_TRAILING_COMMAS.sub(lambda match: match.group(1) or "", text))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
