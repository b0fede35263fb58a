"""What programs of JavaScript take from files that are no code, and from whole directories of code."""

from __future__ import annotations

import json
import posixpath
import re
from typing import Any

from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.names_javascript import CHECKOUT
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.standard_javascript import required
from github_connections.analysis.linking.values import ListValue, MapValue, Unknown, Value
from github_connections.analysis.report import Place

# Loaders of every module in a directory, by what is handed out of each.
_LOADERS = ("require-dir", "require-directory", "require-all", "import-dir", "require-dir-all", "require-tree")
_SCRIPT = re.compile(r"(?<!\.d)\.[cm]?[jt]s$")
# Where node-config looks first.
_SETTINGS = ("config/default.json", "config/default")


def declare(registry: Registry) -> None:
    """Add the loaders of directories, and node-config."""
    for name in _LOADERS:
        registry.calls[name] = _loaded
    registry.calls["config.get"] = _setting


def _loaded(call: Invocation) -> Value:
    """`requireDir("./routes")`, `requireDirectory(module, "./routes")`, `requireAll({dirname})`: modules by name."""
    given = call.value(-1)
    if isinstance(given, MapValue):
        given = given.entries.get("dirname", call.value(0))
    if not isinstance(given, str):
        return Unknown(call.name)
    near = call.scope.file.directory
    directory = given.removeprefix(CHECKOUT).strip("/") if given.startswith(CHECKOUT) else posixpath.join(near, given)
    return _modules_in(call, posixpath.normpath(directory))


def _modules_in(call: Invocation, directory: str) -> MapValue:
    found = MapValue({}, call.place)
    for inside in call.interpreter.program.inside(directory):
        *folders, name = inside.split("/")
        if not _SCRIPT.search(name) or posixpath.join(directory, inside) == call.scope.file.path:
            continue
        at = found
        for folder in folders:
            below = at.entries.setdefault(folder, MapValue({}, call.place))
            at = below if isinstance(below, MapValue) else at
        at.entries[_SCRIPT.sub("", name)] = required(call, posixpath.join(CHECKOUT, directory, inside))
    return found


def _setting(call: Invocation) -> Value:
    """`config.get("server.prefix")` of node-config: what the default settings of the project say."""
    value = _defaults(call)
    for name in call.text(0).split("."):
        value = call.interpreter.get(value, name, call.scope)
    return Unknown(f"config.get({call.text(0)})") if value is None or isinstance(value, Unknown) else value


def _defaults(call: Invocation) -> Value:
    root, program = call.scope.file.project_root, call.interpreter.program
    for place in (posixpath.normpath(posixpath.join(root, one)) for one in _SETTINGS):
        if place in program.all_paths:
            return of_json(program.read(place), Place(place, 1))
        if not place.endswith(".json") and any(f"{place}{ending}" in program.by_path for ending in (".js", ".ts")):
            module = required(call, posixpath.join(CHECKOUT, place))
            default = call.interpreter.get(module, "default", call.scope)
            return module if isinstance(default, Unknown) else default
    return Unknown("config")


def of_json(content: bytes | None, place: Place) -> Value:
    """Return a document in JSON as a value; Unknown where it is none."""
    try:
        return _value(json.loads(content or b""), place)
    except (ValueError, RecursionError):
        return Unknown(place.file)


def _value(said: Any, place: Place) -> Value:
    if isinstance(said, dict):
        return MapValue({key: _value(value, place) for key, value in said.items()}, place)
    return ListValue([_value(item, place) for item in said], place) if isinstance(said, list) else said
