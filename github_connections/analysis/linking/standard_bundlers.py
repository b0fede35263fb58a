"""What the tools that build JavaScript add to it: files imported by a pattern."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.program import File
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.standard_globs import glob_pattern
from github_connections.analysis.linking.values import (
    NOTHING,
    Behaviour,
    Kind,
    ListValue,
    MapValue,
    ModuleValue,
    Native,
    Thing,
    Unknown,
    Value,
    entries_of,
    text_of,
    texts_of,
)

# Nobody writes longer ones, and a pattern that somebody made to hurt takes its time.
MAXIMUM_PATTERN = 60


def declare(registry: Registry) -> None:
    """Add `import.meta.glob` and `require.context`."""
    registry.calls["import.meta.glob"] = _glob
    registry.calls["import.meta.globEager"] = _glob
    registry.calls["require.context"] = _context


def _glob(call: Invocation) -> Value:
    """`import.meta.glob("./modules/*.ts", {eager: true})`: the modules, or functions that import them, by their
    paths."""
    said = entries_of(call.value(1))
    is_eager = said.get("eager") is True or call.name.endswith("globEager")
    made = MapValue({}, call.place)
    for text in texts_of(call.value(0)):
        for path, key in _matching(call, text):
            module = _module(call, path, said.get("import"))
            made.entries[key] = module if is_eager else Native(key, _given(module))
    return made


def _given(module: Value) -> Behaviour:
    return lambda _call: module


def _matching(call: Invocation, text: str) -> Iterator[tuple[str, str]]:
    """Yield the paths of the program's files that a pattern means, with the keys they get."""
    file = call.scope.file
    matches = glob_pattern(_meant(file, text))
    for path in sorted(call.interpreter.program.by_path):
        if path != file.path and matches.fullmatch(path):
            relative = posixpath.relpath(path, file.directory or ".")
            yield path, relative if relative.startswith(".") else f"./{relative}"


def _meant(file: File, text: str) -> str:
    """Return a path as seen from the checkout: a relative one, or one below the sub-project, `@/views`."""
    if text.startswith("."):
        return posixpath.normpath(posixpath.join(file.directory, text))
    return posixpath.join(file.project_root, re.sub(r"^[@~]/", "src/", text).lstrip("/"))


def _module(call: Invocation, path: str, name: Value) -> Value:
    found = ModuleValue(call.interpreter.program.by_path[path])
    value = call.interpreter.exported(found.file, name) if isinstance(name, str) else found
    return Unknown(path) if value is NOTHING else value


def _context(call: Invocation) -> Value:
    """`require.context("./modules", true, /\\.js$/)`: a function from a path to its module, with the paths as
    `keys()`."""
    start = posixpath.normpath(_meant(call.scope.file, call.text(0)))
    wanted, is_deep = _expression(call.value(2)), call.value(1) is not False
    found: dict[str, Value] = {}
    for path in sorted(call.interpreter.program.by_path):
        inside = posixpath.relpath(path, start)
        if not inside.startswith("..") and (is_deep or "/" not in inside) and wanted.search(f"./{inside}"):
            found[f"./{inside}"] = _module(call, path, None)
    return Thing(CONTEXT, call.place, {"modules": found})


def _expression(value: Value) -> re.Pattern[str]:
    source = value.source.rpartition("/")[0].removeprefix("/") if isinstance(value, Unknown) else ""
    try:
        return re.compile(source if len(source) < MAXIMUM_PATTERN else "")
    except re.error:
        return re.compile("")


def _keys(call: Invocation) -> Value:
    return ListValue(list(call.receiver.data["modules"]), call.place)


def _loaded(call: Invocation) -> Value:
    return call.receiver.data["modules"].get(text_of(call.value(0)), Unknown("require.context()()"))


CONTEXT = Kind("require.context", methods={"keys": _keys, "__call__": _loaded}, is_router=False, fluent=False)
