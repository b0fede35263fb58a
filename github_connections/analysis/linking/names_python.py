"""Python: modules by dotted name, packages by their `__init__`, relative imports."""

from __future__ import annotations

import posixpath
import re
import sys
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from github_connections.analysis.linking.names import Names
from github_connections.analysis.linking.program import File, Program, nearest
from github_connections.analysis.linking.scopes import Lazy, Scope
from github_connections.analysis.linking.values import (
    HOLE,
    NOTHING,
    External,
    ModuleValue,
    PackageValue,
    Value,
    is_known,
)
from github_connections.analysis.syntax import nodes

if TYPE_CHECKING:
    from github_connections.analysis.linking.interpreter import Interpreter


# What a module of the program is often named after; `import os` beside `shop/tools/os.py`, and `import fastapi` in
# `shop/server/fastapi/`, are the libraries all the same.
LIBRARIES = sys.stdlib_module_names | {
    "django",
    "fastapi",
    "flask",
    "knox",
    "ninja",
    "quart",
    "rest_framework",
    "starlette",
}


class PythonNames(Names):
    """Finds modules by any tail of their path, since nobody says where a project's import roots are."""

    def __init__(self, program: Program) -> None:
        self._by_last_name: dict[str, list[tuple[list[str], str, File]]] = defaultdict(list)
        for file in program.of_family("python"):
            parts = module_parts(file.path)
            if parts:
                self._by_last_name[parts[-1]].append((parts, f".{'.'.join(parts)}", file))
        self._packages: dict[str, list[File]] = defaultdict(list)
        for file in program.of_family("python"):
            self._packages[file.directory].append(file)
        self._directories: dict[str, list[str]] = defaultdict(list)  # by the last part of their path
        for directory in self._packages:
            self._directories[posixpath.basename(directory)].append(directory)
        self._fitting: dict[str, list[tuple[list[str], File]]] = {}  # the files of each module that was asked for

    def imported(self, interpreter: Interpreter, file: File, statement: nodes.Import) -> Value:
        """Return a module, or a name of one; External where no file of the program fits."""
        module = self.absolute(file, statement.module)
        found = self.find(module, file)
        if not statement.name:
            return ModuleValue(found) if found else self._package(module) or External(module)
        if found is not None and found is not file:
            value = interpreter.exported(found, statement.name)
            if value is not NOTHING:
                return value
        submodule = self.find(f"{module}.{statement.name}", file)
        if submodule is not None:
            return ModuleValue(submodule)
        return External(f"{module}.{statement.name}")

    def is_class_left_alone(self, scope: Scope, name: str) -> bool:
        """Tell whether a name is imported from a file that nobody has needed so far, and is a class there."""
        holder = scope.holder_of(name)
        bound = holder.names[name] if holder is not None else None
        if not isinstance(bound, Lazy) or not isinstance(bound.statement, nodes.Import):
            return False
        found = self.find(self.absolute(scope.file, bound.statement.module), scope.file)
        return found is not None and not found.is_parsed and bound.statement.name in found.sketch.names

    def missing(self, interpreter: Interpreter, file: File, name: str) -> Value:
        """Look into `from x import *`; then it is a builtin."""
        if name in ("__name__", "__package__"):
            parts = module_parts(file.path)
            is_package = posixpath.basename(file.path) == "__init__.py"
            return ".".join(parts if name == "__name__" or is_package else parts[:-1])
        for statement in file.star_imports:
            value = self._of_star(interpreter, file, statement, name)
            if value is not NOTHING:
                return value
        return External(name)

    def _of_star(self, interpreter: Interpreter, file: File, statement: nodes.Import, name: str) -> Value:
        module = self.absolute(file, statement.module)
        found = self.find(module, file)
        if found is None:
            return NOTHING
        return interpreter.exported(found, name) if found is not file else NOTHING

    def attribute(self, interpreter: Interpreter, file: File, name: str) -> Value:
        """Return a name of a module, of its star imports, or a submodule of a package."""
        value = interpreter.own_name(file, name)
        if value is not NOTHING:
            return value
        for statement in file.star_imports:
            value = self._of_star(interpreter, file, statement, name)
            if value is not NOTHING:
                return value
        if posixpath.basename(file.path) == "__init__.py":
            submodule = self.find(".".join([*module_parts(file.path), name]), file)
            if submodule is not None:
                return ModuleValue(submodule)
        return NOTHING

    def absolute(self, file: File, module: str) -> str:
        """Return the dotted name a relative import means."""
        dots = len(module) - len(module.lstrip("."))
        if not dots:
            return module
        parts = module_parts(file.path)
        is_package = posixpath.basename(file.path) == "__init__.py"
        keep = len(parts) - dots + (1 if is_package else 0)
        return ".".join([*parts[: max(keep, 0)], *[part for part in module.lstrip(".").split(".") if part]])

    def importers(self, paths: Collection[str], files: Iterable[File]) -> set[str]:
        """Return those of some files that import one of these."""
        return {
            file.path
            for file in files
            if any(
                found is not None and found.path in paths
                for found in (self.find(self.absolute(file, module), file) for module in file.head.imports)
            )
        }

    def find(self, module: str, near: File) -> File | None:
        """Return the file of a module: the one with this name that lies nearest to who asks."""
        if module not in self._fitting:
            named = self._by_last_name.get(module.rpartition(".")[2], ())
            # Not part by part: a directory above, `shop-1.2/`, may have a full stop in its name.
            self._fitting[module] = [(parts, file) for parts, dotted, file in named if dotted.endswith(f".{module}")]
        wanted = module.split(".")
        fitting = [
            file
            for parts, file in self._fitting[module]
            if wanted[0] not in LIBRARIES or self._is_root(parts[: -len(wanted)], near)
        ]
        return nearest(fitting, near.path)

    def fitting(self, pattern: str, near: File) -> list[File]:
        """Return the files of the modules whose name fits one with holes, all from the same root, by path.

        A name of which nothing but holes is known fits none, rather than all.
        """
        wanted = _dotted(pattern)
        if is_known(pattern) or all(part.startswith(HOLE) for part in wanted):
            return []
        rules = [re.compile(_A_HOLE.sub("[^.]+", re.escape(part))) for part in wanted]
        known_part = max((part for part in wanted if is_known(part)), key=len, default="")
        found: dict[tuple[str, ...], list[File]] = defaultdict(list)
        for known in self._by_last_name.values():
            for parts, dotted, file in known:
                tail = parts[-len(wanted) :] if known_part in dotted else ()
                if len(tail) == len(wanted) and all(
                    rule.fullmatch(part) for rule, part in zip(rules, tail, strict=True)
                ):
                    found[tuple(parts[: -len(wanted)])].append(file)
        one = nearest([files[0] for files in found.values()], near.path)
        return next((sorted(files, key=lambda file: file.path) for files in found.values() if one in files), [])

    def _is_root(self, parts: list[str], near: File) -> bool:
        """Tell whether a file's absolute imports start from a directory: it lies above the file, and is no package."""
        directory = "/".join(parts)
        if not parts:
            return True
        is_package = any(file.path == f"{directory}/__init__.py" for file in self._packages[directory])
        return near.path.startswith(f"{directory}/") and not is_package

    def _package(self, module: str) -> Value:
        """Return a directory without `__init__` as a package; its attributes are its modules."""
        wanted = module.split(".")
        for directory in self._directories[wanted[-1]] if wanted[0] not in LIBRARIES else ():
            if directory.split("/")[-len(wanted) :] == wanted:
                return PackageValue(module, self._packages[directory])
        return None


# A hole in a text whose special characters are escaped.
_A_HOLE = re.compile(r"\\\{\\\?.*?\\\}")


def _dotted(pattern: str) -> list[str]:
    """Return the parts of a dotted name, dots inside holes left alone."""
    return re.split(r"\.(?![^{}]*\})", pattern)


def module_parts(path: str) -> list[str]:
    """Return the dotted name of a file's path as parts: `app/api/__init__.py` is app, api."""
    parts = path.removesuffix(".py").split("/")
    return parts[:-1] if parts[-1] == "__init__" else parts
