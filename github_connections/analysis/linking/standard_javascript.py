"""What functions of JavaScript and of Node.js do, as far as set-up code uses them."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.names_javascript import CHECKOUT, JavaScriptNames
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.scopes import Lazy, Scope, bound_names
from github_connections.analysis.linking.values import (
    HOLE,
    NOTHING,
    ClassValue,
    External,
    FunctionValue,
    ListValue,
    MapValue,
    ModuleValue,
    ObjectValue,
    PairsValue,
    Unknown,
    Value,
    text_of,
)
from github_connections.analysis.syntax import nodes

if TYPE_CHECKING:
    from github_connections.analysis.linking.interpreter import Interpreter

_READDIRS = (
    "fs.readdirSync",
    "fs.readdir",
    "fs.promises.readdir",
    "fs/promises.readdir",
    "fs-extra.readdirSync",
    "fs-extra.readdir",
)


def declare(registry: Registry) -> None:
    """Add the functions that every program may use."""
    calls = registry.calls
    for name in ("assign", "values", "entries", "keys"):
        calls[f"Object.{name}"] = _assigned if name == "assign" else _part_of
    calls["Object.getOwnPropertyNames"] = _names_in
    # What compilers put around `require` to make it an import is of no matter.
    for name in ("__importDefault", "__importStar", "_interopRequireDefault", "_interopRequireWildcard"):
        calls[name] = _first
    calls["Array.from"] = calls["Object.freeze"] = calls["Promise.resolve"] = _first
    calls["Promise.all"] = calls["Set"] = _first
    calls["Map"] = _pairs
    calls["require"] = calls["import"] = _required
    registry.can_wait["javascript"] = _is_not_read_yet
    calls["URL"] = _url
    calls["String"] = _as_text
    for name in _READDIRS:
        calls[name] = calls[f"node:{name}"] = _directory_listing
    _declare_paths(registry)


def _declare_paths(registry: Registry) -> None:
    for module in ("path", "node:path", "path.posix"):
        registry.calls[f"{module}.join"] = _joined_path
        registry.calls[f"{module}.resolve"] = joined_path
        registry.calls[f"{module}.normalize"] = _joined_path
        registry.calls[f"{module}.dirname"] = lambda call: posixpath.dirname(call.text(0))
        registry.calls[f"{module}.basename"] = _base_name
        registry.calls[f"{module}.parse"] = _parsed_path
    for module in ("url-join", "proper-url-join"):
        registry.calls[module] = _joined_url
    registry.calls["desm"] = registry.calls["desm.dirname"] = lambda call: posixpath.dirname(call.text(0))
    registry.calls["desm.join"] = _beside
    for module in ("url", "node:url"):
        registry.calls[f"{module}.fileURLToPath"] = registry.calls[f"{module}.pathToFileURL"] = _first


def _first(call: Invocation) -> Value:
    return call.value(0)


def _pairs(call: Invocation) -> Value:
    """`new Map([[key, value], …])`, `new Map(Object.entries(…))`."""
    given = call.value(0)
    if given is None or isinstance(given, ListValue):
        return PairsValue(list(given.items) if isinstance(given, ListValue) else [], call.place)
    return Unknown("Map()")


def joined_path(call: Invocation) -> Value:
    """Return the parts of a path as one, without `.` and `..`."""
    parts = [text_of(value) for value in call.positional]
    return posixpath.normpath("/".join(part for part in parts if part)) if any(parts) else ""


def _joined_path(call: Invocation) -> Value:
    """`path.join(__dirname, "routes/")` ends as its last part does, where `path.resolve` does not."""
    whole = joined_path(call)
    last = next((text for value in reversed(call.positional) if (text := text_of(value))), "")
    return f"{whole}/" if last.endswith("/") and not whole.endswith("/") else whole


def _joined_url(call: Invocation) -> Value:
    """`urlJoin("/users/", id)`: one slash between the parts."""
    whole = "/".join(part for value in call.positional if (part := text_of(value)))
    return re.sub(r"(?<!:)/{2,}", "/", whole)


def _as_text(call: Invocation) -> Value:
    value = call.value(0)
    return value if isinstance(value, str) else Unknown("String()")


def _beside(call: Invocation) -> Value:
    """`join(import.meta.url, "routes")` of desm: what lies beside a file."""
    parts = [text_of(value) for value in call.positional[1:]]
    return posixpath.normpath(posixpath.join(posixpath.dirname(call.text(0)), *parts))


def _required(call: Invocation) -> Value:
    """CommonJS's `require` and ECMAScript's `import()`."""
    if not isinstance(call.value(0), str):
        return External("require()")
    return required(call, call.text(0), dynamic=call.name == "import")


def required(call: Invocation, module: str, *, dynamic: bool = False) -> Value:
    """Return what a module hands out, seen from the file of a call."""
    file = call.scope.file
    names = call.interpreter.names(file)
    if not isinstance(names, JavaScriptNames):
        return External("require()")
    return names.required(call.interpreter, file, module, dynamic=dynamic)


def _is_not_read_yet(interpreter: Interpreter, statement: nodes.Assign, scope: Scope) -> bool:
    """`const cache = require("./cache")` of a file that nobody parsed so far, if it is used: most are business."""
    names = bound_names(statement.target)
    if not names or not all(isinstance(scope.names.get(name), Lazy) for name in names):
        return False
    match statement.value:
        case nodes.Call(function=nodes.Name(id="require"), arguments=[nodes.Argument(value=nodes.Text(value=module))]):
            found = interpreter.names(scope.file).find(module, scope.file)
            return found is not None and not found.is_parsed and any(scope.file.uses[name] > 1 for name in names)
    return False


def _assigned(call: Invocation) -> Value:
    made, target = MapValue({}, call.place), call.value(0)
    for value in call.positional:
        if isinstance(value, MapValue):
            made.entries.update(value.entries)
            made.lines.update(value.lines)
    if not isinstance(target, ObjectValue):
        return made
    target.fields.update(made.entries)
    return target


def _names_in(call: Invocation) -> Value:
    """`Object.getOwnPropertyNames(Controller.prototype)`."""
    call.name = "Object.keys"
    return _part_of(call)


def _part_of(call: Invocation) -> Value:
    """`Object.keys(x)`, `Object.values(x)` and `Object.entries(x)`, of a module too."""
    name = call.name.rpartition(".")[2]
    value = call.value(0)
    if isinstance(value, ModuleValue):
        value = MapValue(_exports_of(call, value), call.place)
    if isinstance(value, ObjectValue):
        value = MapValue(dict(value.fields), call.place)
    if isinstance(value, ClassValue):
        value = MapValue(_members_of(call, value), call.place)
    if not isinstance(value, MapValue):
        return Unknown(f"Object.{name}()")
    return call.interpreter.call(call.interpreter.get(value, name, call.scope), [], scope=call.scope, node=call.node)


def _members_of(call: Invocation, cls: ClassValue) -> dict[str, Value]:
    """Return what a class's prototype has, or an enumeration."""
    body = cls.node.body
    names = [member.name for member in body if isinstance(member, nodes.Function) and member.name != "constructor"]
    names += [one.target.id for one in body if isinstance(one, nodes.Assign) and isinstance(one.target, nodes.Name)]
    return {name: call.interpreter.get(cls, name, call.scope) for name in names}


def _exports_of(call: Invocation, module: ModuleValue) -> dict[str, Value]:
    exported = call.interpreter.names(module.file).exported_names(module.file)
    values = {name: call.interpreter.exported(module.file, name) for name in exported}
    return {name: value for name, value in values.items() if value is not NOTHING}


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
    inside = _inside(call.value(0), call)
    if not inside:
        return Unknown("readdir()")
    entries = ListValue(sorted({path.split("/", 1)[0] for path in inside}), call.place)
    if isinstance(call.value(-1), FunctionValue):
        call.run(call.value(-1), None, entries)
    return entries


def _inside(directory: Value, call: Invocation) -> list[str]:
    """Return the files below a directory; one that is written without a place is seen from where a program starts."""
    if not isinstance(directory, str) or HOLE in directory:
        return []
    program, file = call.interpreter.program, call.scope.file
    if directory.startswith(CHECKOUT):
        return program.inside(directory.removeprefix(CHECKOUT).strip("/"))
    starts = (posixpath.normpath(posixpath.join(start, directory)) for start in (file.project_root, file.directory))
    places = (place for place in starts if place not in ("", ".") and not place.startswith(("..", "/")))
    return next((inside for place in places if (inside := program.inside(place))), [])
