"""Directories whose files a Laravel application requires one by one: `foreach (glob(__DIR__ . '/api/*.php') as …)`."""

from __future__ import annotations

import posixpath
import re

from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import Behaviour, External, Kind, ListValue, Thing, Unknown, Value

_ITERATORS = ("RecursiveDirectoryIterator", "DirectoryIterator", "FilesystemIterator", "RecursiveIteratorIterator")


def declare(registry: Registry) -> None:
    """Add the functions that list files, and what they list."""
    facades = ("File", "Illuminate.Support.Facades.File")
    iterators = [written for name in _ITERATORS for written in (name, name[0].lower() + name[1:])]  # no case in PHP
    for names, behaviour in (
        (("glob", *(f"{facade}.glob" for facade in facades)), _glob),
        (("scandir",), _names),
        (("collect",), lambda call: call.value(0)),
        ([f"{facade}.allFiles" for facade in facades], _all_files),
        ([f"{facade}.files" for facade in facades], _own_files),
        (iterators, _iterated),
    ):
        for name in names:
            registry.calls[name] = of_php(behaviour, registry.calls.get(name))


def of_php(behaviour: Behaviour, otherwise: Behaviour | None) -> Behaviour:
    """Return a behaviour for PHP alone: other languages have functions of these names too."""

    def call_it(call: Invocation) -> Value:
        if call.scope.file.family == "php":
            return behaviour(call)
        if otherwise is not None:
            return otherwise(call)
        call.run_callbacks()
        return External(f"{call.name}()", call)

    return call_it


def _directory(call: Invocation) -> str:
    """Return the directory that the first argument means, from the project's directory or from the checkout."""
    given = posixpath.normpath(call.text(0).lstrip("/"))
    whole = posixpath.normpath(posixpath.join(call.scope.file.project_root, given))
    return whole if any(True for _ in call.interpreter.program.inside(whole)) else given


def _files(call: Invocation, *, deep: bool) -> list[str]:
    directory = _directory(call)
    inside = sorted(call.interpreter.program.inside(directory))
    return [posixpath.join(directory, path) for path in inside if path.endswith(".php") and (deep or "/" not in path)]


def _names(call: Invocation) -> Value:
    return ListValue([posixpath.basename(path) for path in _files(call, deep=False)], call.place)


def _all_files(call: Invocation) -> Value:
    return ListValue([_file(call, path) for path in _files(call, deep=True)], call.place)


def _own_files(call: Invocation) -> Value:
    return ListValue([_file(call, path) for path in _files(call, deep=False)], call.place)


def _file(call: Invocation, path: str) -> Thing:
    return Thing(FILE, call.place, {"path": path})


def _glob(call: Invocation) -> Value:
    """`glob('routes/{web,api}/*.php', GLOB_BRACE)`."""
    directory, _, pattern = call.text(0).rpartition("/")
    written = re.escape(pattern).replace(r"\*", "[^/]*").replace(r"\{", "(").replace(r"\}", ")").replace(",", "|")
    one = Invocation(call.interpreter, None, call.name, [directory], {}, call.node, call.scope, call.line)
    found = [path for path in _files(one, deep=False) if re.fullmatch(written, posixpath.basename(path))]
    return ListValue(list(found), call.place)


def _iterated(call: Invocation) -> Value:
    """`new RecursiveIteratorIterator(new RecursiveDirectoryIterator($folder))`: every file at once."""
    given = call.value(0)
    if isinstance(given, Thing):
        return given
    found = _files(call, deep=True) if isinstance(given, str) else []
    return Thing(ITERATOR, call.place, {"items": ListValue([_file(call, path) for path in found], call.place)})


def _all_paths(call: Invocation) -> Value:
    files = call.receiver.data["items"].items
    return ListValue([file.data["path"] for file in files], call.place)


def _path(call: Invocation) -> Value:
    return call.receiver.data["path"]


FILE = Kind(
    "php file",
    methods={
        **dict.fromkeys(("getPathname", "getRealPath", "__toString"), _path),
        **dict.fromkeys(
            ("getFilename", "getBasename", "getRelativePathname"),
            lambda call: posixpath.basename(call.receiver.data["path"]),
        ),
        "getExtension": lambda _call: "php",
    },
    is_router=False,
)
ITERATOR = Kind(
    "php iterator",
    methods={"key": _all_paths, "current": _all_paths, "valid": lambda _call: Unknown("valid")},
    is_router=False,
)
