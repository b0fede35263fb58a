"""The routes of Mautic's bundles and plugins, which each say them in an array: `return ['routes' => ['main' => […]]]`.

https://developer.mautic.org/#routes
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from github_connections.analysis.frameworks.php.symfony_configuration import Found, split_methods
from github_connections.analysis.frameworks.php.symfony_routes import Declared
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import File
from github_connections.analysis.linking.values import text_of, texts_of
from github_connections.analysis.report import ANY_METHOD, Place, Prefix
from github_connections.analysis.syntax import nodes

_PLACE = re.compile(r"(^|/)Config/config\.php$")
# What stands before the routes of each part of the array.
_PARTS = {"main": "/s", "public": "", "api": "/api", "catchall": ""}
# What `'standard_entity' => true` stands for, by the names that `supported_endpoints` takes.
_OF_AN_ENTITY = {
    "getall": ("GET", ""), "getone": ("GET", "/{id}"), "new": ("POST", "/new"), "newbatch": ("POST", "/batch/new"),
    "editbatchput": ("PUT", "/batch/edit"), "editbatchpatch": ("PATCH", "/batch/edit"),
    "editput": ("PUT", "/{id}/edit"), "editpatch": ("PATCH", "/{id}/edit"),
    "deletebatch": ("DELETE", "/batch/delete"), "delete": ("DELETE", "/{id}/delete"),
}  # fmt: skip


def found_in(interpreter: Interpreter) -> Iterator[Found]:
    """Yield the routes of all bundles."""
    for path in interpreter.program.all_paths:
        file = interpreter.program.by_path.get(path) if _PLACE.search(path) else None
        if file is not None and file.family == "php":
            for statement in file.module.body:
                if isinstance(statement, nodes.Return):
                    yield from _of_bundle(interpreter, file, _entries(statement.value).get("routes"))


def _of_bundle(interpreter: Interpreter, file: File, routes: nodes.Expression | None) -> Iterator[Found]:
    for part, listed in _entries(routes).items():
        for written in _entries(listed).values() if part in _PARTS else ():
            said = _entries(written)
            if "path" in said and isinstance(written, nodes.Mapping):
                place = Place(file.path, written.line)
                before = [Prefix(value=_PARTS[part], file=file.path, line=written.line, how="mautic")]
                for declared in _declared(interpreter, file, part, said, place):
                    yield Found(declared, tuple(before if _PARTS[part] else ()))


def _declared(
    interpreter: Interpreter, file: File, part: str, said: dict[str, nodes.Expression], place: Place
) -> Iterator[Declared]:
    value = {key: interpreter.evaluate(node, file.scope) for key, node in said.items() if key != "defaults"}
    path, handler = text_of(value["path"]), text_of(value.get("controller") or "")
    if value.get("standard_entity") is True and part == "api":
        supported = texts_of(value.get("supported_endpoints")) or list(_OF_AN_ENTITY)
        for name, (method, tail) in _OF_AN_ENTITY.items():
            if name in supported:
                yield Declared([f"{path}{tail}"], [method], place, handler)
        return
    methods = split_methods(texts_of(value.get("method")))
    yield Declared([path], ["GET"] if part == "api" and methods == [ANY_METHOD] else methods, place, handler)


def _entries(written: nodes.Expression | None) -> dict[str, nodes.Expression]:
    entries = written.entries if isinstance(written, nodes.Mapping) else []
    return {entry.key.value: entry.value for entry in entries if isinstance(entry.key, nodes.Text)}
