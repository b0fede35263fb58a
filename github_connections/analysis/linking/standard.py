"""What functions of the languages themselves do, as far as set-up code uses them."""

from __future__ import annotations

import posixpath

from github_connections.analysis.linking import sequences
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.names_javascript import CHECKOUT
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import (
    NOTHING,
    External,
    ListValue,
    MapValue,
    ModuleValue,
    ObjectValue,
    Unknown,
    Value,
    text_of,
)


def declare(registry: Registry) -> None:
    """Add the functions that every program may use."""
    for name in (
        "os.getenv",
        "os.environ.get",
        "environ.get",
        "config",
        "env",
        "decouple.config",
        "ENV.fetch",
        "getenv",
    ):
        registry.calls[name] = _setting
    for name in ("list", "tuple", "set", "sorted", "str", "reversed", "copy", "Array.from", "Object.freeze", "append"):
        registry.calls[name] = _first
    for name in (
        "posixpath.join",
        "os.path.join",
        "path.join",
        "path.posix.join",
        "path.Join",
        "url.JoinPath",
        "urljoin",
    ):
        registry.calls[name] = _joined_path
    for name in ("fmt.Sprintf", "sprintf", "String.format", "string.Format", "util.format"):
        registry.calls[name] = _formatted
    registry.calls["append"] = _appended
    registry.calls["Object.assign"] = _assigned
    registry.calls["Object.values"] = lambda call: _part_of(call, "values")
    registry.calls["Object.entries"] = lambda call: _part_of(call, "entries")
    registry.calls["Object.keys"] = lambda call: _part_of(call, "keys")
    for name in ("fs.readdirSync", "fs.promises.readdir", "fs/promises.readdir", "node:fs.readdirSync"):
        registry.calls[name] = _directory_listing
    for module in ("path", "node:path", "path.posix"):
        registry.calls[f"{module}.join"] = _joined_path
        registry.calls[f"{module}.resolve"] = _joined_path
        registry.calls[f"{module}.dirname"] = lambda call: posixpath.dirname(call.text(0))
        registry.calls[f"{module}.basename"] = _base_name
        registry.calls[f"{module}.parse"] = _parsed_path
    for name in ("url.fileURLToPath", "node:url.fileURLToPath", "url.pathToFileURL", "node:url.pathToFileURL"):
        registry.calls[name] = _first
    registry.calls["URL"] = _url
    # What compilers put around `require` to make it an import.
    for name in ("__importDefault", "__importStar", "_interopRequireDefault", "_interopRequireWildcard"):
        registry.calls[name] = _first
    registry.calls["enumerate"] = _enumerated
    registry.calls["importlib.import_module"] = _python_module
    registry.calls["require"] = _required
    registry.calls["import"] = _required


def _setting(call: Invocation) -> Value:
    """Return the default of a setting that the environment may change; a hole where it has none."""
    default = call.value(1, "default", call.named.get("cast_default", NOTHING))
    return Unknown(call.text(0)) if default is NOTHING or default is None else default


def _first(call: Invocation) -> Value:
    return call.value(0, default=ListValue([], call.place))


def _joined_path(call: Invocation) -> Value:
    parts = [text_of(value) for value in call.positional]
    return posixpath.normpath("/".join(part for part in parts if part)) if any(parts) else ""


def _url(call: Invocation) -> Value:
    """`new URL("./routes", import.meta.url)`: a place beside the file."""
    base = call.text(1)
    if not base.startswith(CHECKOUT):
        return Unknown(f"URL({call.text(0)})")
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), call.text(0)))


def _base_name(call: Invocation) -> Value:
    name = posixpath.basename(call.text(0))
    return name.removesuffix(call.text(1)) if len(call.positional) > 1 else name


def _parsed_path(call: Invocation) -> Value:
    directory, base = posixpath.split(call.text(0))
    name, ending = posixpath.splitext(base)
    return MapValue({"dir": directory, "base": base, "name": name, "ext": ending}, call.place)


def _directory_listing(call: Invocation) -> Value:
    """Return the names in a directory of the checkout, for set-up that loads whatever lies there."""
    program = call.interpreter.program
    inside = program.inside(call.text(0).removeprefix(CHECKOUT).strip("/"))
    entries: list[Value] = sorted({path.split("/", 1)[0] for path in inside})
    return ListValue(entries, call.place) if call.text(0).startswith(CHECKOUT) else Unknown("readdir()")


def _formatted(call: Invocation) -> Value:
    text = call.text(0)
    for position, value in enumerate(call.positional[1:]):
        for mark in ("%s", "%v", "%d", "{" + str(position) + "}"):
            if mark in text:
                text = text.replace(mark, text_of(value), 1)
                break
    return text


def _appended(call: Invocation) -> Value:
    """Go's `append(list, more…)`."""
    items = sequences.items_of(call.value(0)) or []
    return ListValue([*items, *call.positional[1:]], call.place)


def _assigned(call: Invocation) -> Value:
    made = MapValue({}, call.place)
    for value in call.positional:
        if isinstance(value, MapValue):
            made.entries.update(value.entries)
            made.lines.update(value.lines)
    return made


def _part_of(call: Invocation, name: str) -> Value:
    value = call.value(0)
    if isinstance(value, ModuleValue):
        value = MapValue(_exports_of(call, value), call.place)
    if isinstance(value, ObjectValue):
        value = MapValue(dict(value.fields), call.place)
    if not isinstance(value, MapValue):
        return Unknown(f"Object.{name}()")
    return call.interpreter.call(call.interpreter.get(value, name, call.scope), [], scope=call.scope, node=call.node)


def _exports_of(call: Invocation, module: ModuleValue) -> dict[str, Value]:
    names = [getattr(statement, "name", "") for statement in module.file.module.body]
    exports = [name for name in names if name and name in module.file.scope.names]
    return {name: call.interpreter.exported(module.file, name) for name in exports}


def _enumerated(call: Invocation) -> Value:
    items = sequences.items_of(call.value(0))
    if items is None:
        return Unknown("enumerate()")
    return ListValue([ListValue([index, item], call.place) for index, item in enumerate(items)], call.place)


def _python_module(call: Invocation) -> Value:
    names = call.interpreter.names(call.scope.file)
    find = getattr(names, "find", None)
    found = find(names.absolute(call.scope.file, call.text(0)), call.scope.file) if find and call.positional else None
    return ModuleValue(found) if found else Unknown(f"import_module({call.text(0)})")


def _required(call: Invocation) -> Value:
    """CommonJS's `require` and ECMAScript's `import()`."""
    names = call.interpreter.names(call.scope.file)
    required = getattr(names, "required", None)
    if required is None or not isinstance(call.value(0), str):
        return External("require()")
    found: Value = required(call.interpreter, call.scope.file, call.text(0), dynamic=call.name == "import")
    return found
