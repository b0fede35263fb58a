"""Values are bound to names, members and patterns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from github_connections.analysis.linking import assigning, sequences
from github_connections.analysis.linking.routing import Router
from github_connections.analysis.linking.scopes import Lazy, Scope
from github_connections.analysis.linking.values import (
    External,
    ListValue,
    MapValue,
    ObjectValue,
    Unknown,
    Value,
    source_of,
    text_of,
)
from github_connections.analysis.syntax import nodes

if TYPE_CHECKING:
    from github_connections.analysis.linking.interpreter import Interpreter


def bind(
    interpreter: Interpreter, target: nodes.Expression, value: Value, scope: Scope, *, declares: bool = True
) -> None:
    """Assign a value to a target, taken apart where the target is a pattern.

    Without `declares` (a bare `x = …`) a name of an enclosing scope is assigned to, in languages that do so.
    """
    match target:
        case nodes.Name(id=name):
            _bind_name(interpreter, name, value, scope, declares=declares)
        case nodes.Member(of=of, name=name):
            assigning.assign(interpreter.evaluate(of, scope), name, value)
        case nodes.Item(of=of, index=index):
            assigning.assign(interpreter.evaluate(of, scope), text_of(interpreter.evaluate(index, scope)), value)
        case nodes.Sequence(items=items):
            _bind_positions(interpreter, items, value, scope)
        case nodes.Mapping(entries=entries):
            _bind_entries(interpreter, entries, value, scope)
        case nodes.Spread(value=inner):
            bind(interpreter, inner, value, scope)
        case nodes.Choice(options=options):
            _bind_with_default(interpreter, options, value, scope)


def _bind_entries(interpreter: Interpreter, entries: list[nodes.Entry], value: Value, scope: Scope) -> None:
    for entry in entries:
        key = text_of(interpreter.evaluate(entry.key, scope))
        # `const { path, children } = route` of a group of routes: it has no path, where others have one.
        is_missing = key == "path" and isinstance(value, MapValue) and value.entries and key not in value.entries
        bind(interpreter, entry.value, None if is_missing else interpreter.get(value, key, scope), scope)


def _bind_with_default(interpreter: Interpreter, options: list[nodes.Expression], value: Value, scope: Scope) -> None:
    """`const { prefix = "/api" } = options`: what is not known is what it would be without being said.

    An empty default says nothing: who writes `routes = {}` expects some.
    """
    target, default = options
    unsaid = value is None or isinstance(value, Unknown) or _is_of_the_environment(value)
    otherwise = interpreter.evaluate(default, scope) if unsaid else value
    is_empty = (isinstance(otherwise, MapValue) and not otherwise.entries) or (
        isinstance(otherwise, ListValue) and not otherwise.items
    )
    bind(interpreter, target, value if is_empty else otherwise, scope)


def _is_of_the_environment(value: Value) -> bool:
    return isinstance(value, External) and value.name.startswith("process.env.")


def _of_the_package(interpreter: Interpreter, name: str, scope: Scope) -> Scope | None:
    """Return the scope of the file beside this one that declares a variable of a Go package."""
    for file in interpreter.program.directory("go", scope.file.directory):
        if file is not scope.file and file.declares(name):
            interpreter.run_file(file)
            return file.scope
    return None


def _bind_name(interpreter: Interpreter, name: str, value: Value, scope: Scope, *, declares: bool) -> None:
    outer = None if declares or scope.file.family == "python" else scope.holder_of(name)
    if outer is None and not declares and scope.file.family == "go":
        outer = _of_the_package(interpreter, name, scope)
    holder = outer or scope
    if not declares and scope.file.family == "javascript":
        _join(holder.names.get(name), value)
    holder.names[name] = value
    if not declares and isinstance(scope.this, ObjectValue) and _is_of_the_object(outer, scope):
        assigning.assign(scope.this, name, value)


def _is_of_the_object(outer: Scope | None, scope: Scope) -> bool:
    """C#'s and Java's `Template = template;` in a method: a name that no block around it declares is the object's."""
    is_of_a_class = outer is None or isinstance(outer.owner, nodes.Class)
    return is_of_a_class and scope.file.family in ("csharp", "java")


def _bind_positions(interpreter: Interpreter, items: list[nodes.Expression], value: Value, scope: Scope) -> None:
    parts = _components(value, scope) or sequences.items_of(value)
    for position, item in enumerate(items):
        if parts is not None and position < len(parts):
            part = parts[position]
        else:
            # Go's `router, err := New()` where one value is known: the first name has it.
            part = value if position == 0 and parts is None else Unknown(source_of(item))
        bind(interpreter, item, part, scope)


def _components(value: Value, scope: Scope) -> list[Value] | None:
    """Kotlin's `for ((path, type) in pages)` takes an object of a data class apart by what its head declares."""
    if scope.file.language != "kotlin" or not isinstance(value, ObjectValue) or value.cls is None:
        return None
    names = [parameter.name for parameter in value.cls.node.parameters]
    return [value.fields.get(name, Unknown(name)) for name in names]


def _join(before: Value | Lazy, after: Value) -> None:
    """A variable is one router or another, by branches that nobody can tell: what mounts the one mounts both."""
    if not isinstance(before, Router) or not isinstance(after, Router) or before.kind is not after.kind:
        return
    if before is not after and not before.parents and not after.prefix:
        after.mount("", before, before.place, "assigned")
