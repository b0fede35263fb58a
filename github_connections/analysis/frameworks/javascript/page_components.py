"""What a page shows: the component's name as far as it is known, and what a lazy import comes to."""

from __future__ import annotations

import posixpath
import re

from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.names_javascript import ENDINGS
from github_connections.analysis.linking.values import (
    ELEMENT,
    ClassValue,
    External,
    FunctionValue,
    ListValue,
    MapValue,
    ModuleValue,
    Thing,
    Unknown,
    Value,
)
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

# Functions around a lazy import, each of which tries again.
MAXIMUM_TRIES = 3
# What stands around a page, and components that hold components: one may hold itself.
MAXIMUM_INSIDE = 30
# The name of a file without its directory and its ending.
_FILE_NAME = re.compile(r"^.*/([^/]*?)(?:\.\w+)?$")
_IMPORT = nodes.Name("import")


def shown_name(value: Value, depth: int = 0) -> str:
    """Return the name of the component that a route shows, as far as it is known."""
    if depth > MAXIMUM_INSIDE:
        return ""
    match value:
        case Thing(kind=kind, data=data) if kind is ELEMENT:
            inside = data["children"]
            within = shown_name(inside[0], depth + 1) if len(inside) == 1 and _is_an_element(inside[0]) else ""
            return within if within[:1].isupper() else str(data["name"])  # what stands around a page is not the page
        case FunctionValue(node=node) | ClassValue(node=node):
            return node.name or _assigned_to(value) or _imported_in(value) or _drawn_in(value)
        case External(name=name):
            name = name.removesuffix(".default")  # of a file that hands out a component without saying so
            last = name.removesuffix("()").rpartition(".")[2]
            return _FILE_NAME.sub(r"\1", name) if "/" in last or f".{last}" in ENDINGS else last
        case ModuleValue(file=file):
            return file.path
        case MapValue(entries=named) if named:  # Vue's `components: { default: Users, sidebar: Filters }`
            return shown_name(named.get("default", next(iter(named.values()))), depth + 1)
        case Unknown(source=source) | str(source):
            return source
    return ""


def _assigned_to(value: FunctionValue | ClassValue) -> str:
    """Return the name of `const Users = () => …`."""
    assigned = (one for one in value.scope.file.module.body if isinstance(one, nodes.Assign))
    return next((getattr(one.target, "id", "") for one in assigned if one.value is value.node), "")


def _drawn_in(value: FunctionValue | ClassValue) -> str:
    """Return the component that `(props) => <Users {...props}/>` shows, whatever stands around it."""
    shown = next((one.value for one in value.node.body if isinstance(one, nodes.Return)), None)
    name = ""
    while isinstance(shown, nodes.Element):
        name = nodes.last_name(shown.tag) or name
        shown = shown.children[0] if len(shown.children) == 1 else None
    return name if name[:1].isupper() else ""


def _imported_in(value: FunctionValue | ClassValue) -> str:
    """Return the file that `() => import("./Users.vue")` loads, as far as its place is said; else the alias of it."""
    calls = (one for one in nodes_in(value.node.body) if isinstance(one, nodes.Call) and one.function == _IMPORT)
    said = next((getattr(argument.value, "value", "") for call in calls for argument in call.arguments[:1]), "")
    if not isinstance(said, str) or not said.startswith("."):
        return said if isinstance(said, str) else ""
    return posixpath.normpath(posixpath.join(value.scope.file.directory, said))


def _is_an_element(value: Value) -> bool:
    return isinstance(value, Thing) and value.kind is ELEMENT


def loaded(interpreter: Interpreter, value: Value, depth: int = 0) -> Value:
    """Return what a lazy import comes to: `() => import("./users")`, with or without a name taken out of it, or with
    something around it that tries again: `() => retry(() => import("./users"))`.
    """
    if isinstance(value, FunctionValue) and not value.node.name:
        found = interpreter.call(value, [])
        is_hidden = not isinstance(found, FunctionValue | ClassValue | ModuleValue | MapValue | ListValue)
        value = _tried_again(interpreter, value, found, depth) if is_hidden else found
    if isinstance(value, ModuleValue):
        found = interpreter.exported(value.file, "default")
        return found if isinstance(found, FunctionValue | ClassValue | ListValue | External) else value
    if isinstance(value, MapValue) and "default" in value.entries:
        return value.entries["default"]
    return value


def _tried_again(interpreter: Interpreter, function: FunctionValue, made: Value, depth: int) -> Value:
    """Return what comes of the function that another is given, where nobody sees what that one makes of it."""
    returned = [one.value for one in function.node.body if isinstance(one, nodes.Return)]
    calls = [one for one in returned if isinstance(one, nodes.Call)] if depth < MAXIMUM_TRIES else []
    for argument in (argument for call in calls for argument in call.arguments):
        given = interpreter.evaluate(argument.value, function.scope)
        found = loaded(interpreter, given, depth + 1) if isinstance(given, FunctionValue) else None
        if isinstance(found, FunctionValue | ClassValue | ModuleValue) and found is not given:
            return found
    return made
