"""The files of a Laravel application that its code names by their paths."""

from __future__ import annotations

import posixpath

from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.program import File
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import MapValue, Value, entries_of, is_known
from github_connections.analysis.syntax import nodes


def file_of(call: Invocation, value: Value) -> File | None:
    """Return the file that a path means, from the project's directory or from the checkout."""
    if not isinstance(value, str):
        return None
    by_path = call.interpreter.program.by_path
    for base in (call.scope.file.project_root, ""):
        found = by_path.get(posixpath.normpath(posixpath.join(base, value.lstrip("/"))).lstrip("/"))
        if found is not None:
            return found
    tail = posixpath.normpath(value).lstrip("./")
    tails = [f"/{tail}", f"/{tail.removeprefix('Modules/')}"]
    return next((by_path[path] for end in tails for path in sorted(by_path) if f"/{path}".endswith(end)), None)


def declare_configuration(registry: Registry) -> None:
    """`config("shop.prefix")` is what config/shop.php returns under that key, else the default."""
    otherwise = registry.calls["config"]

    def read(call: Invocation) -> Value:
        name, *keys = call.text(0).split(".")
        file = file_of(call, f"config/{name}.php") if call.scope.file.family == "php" else None
        said = [item.value for item in file.module.body if isinstance(item, nodes.Return)] if file else []
        value = call.interpreter.evaluate(said[0], file.scope) if file and said else None
        for key in keys:
            value = entries_of(value).get(key)
        is_said = isinstance(value, MapValue) or (isinstance(value, str) and is_known(value))
        return value if is_said and keys else otherwise(call)

    registry.calls["config"] = read
