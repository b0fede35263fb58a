"""Names and what they are bound to: in a module, a class, a running function."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from github_connections.analysis.linking.values import ClassValue, FunctionValue, Value
from github_connections.analysis.syntax import nodes

if TYPE_CHECKING:
    from github_connections.analysis.linking.program import File


class Lazy:
    """A name whose value is worked out when somebody asks: an import, a constant that was not reached yet."""

    __slots__ = ("busy", "statement")

    def __init__(self, statement: nodes.Import | nodes.Assign) -> None:
        self.statement = statement
        self.busy = False


class Scope:
    """One body's names; a name that is not here is looked for in the parent.

    `this` is the object that `this`, `self` or an implicit receiver means inside, if any.
    """

    __slots__ = ("file", "names", "owner", "parent", "this")

    def __init__(self, file: File, parent: Scope | None, owner: object = None, this: Value = None) -> None:
        self.file = file
        self.parent = parent
        self.owner = owner
        self.names: dict[str, Value | Lazy] = {}
        self.this: Value = this if this is not None or parent is None else parent.this

    def holder_of(self, name: str) -> Scope | None:
        """Return the nearest scope that has the name."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope
            scope = scope.parent
        return None

    def declare(self, body: Iterable[nodes.Statement], *, lazily: bool) -> None:
        """Bind what a body declares before it runs: functions and classes; where `lazily`, imports and values too."""
        for statement in body:
            if isinstance(statement, nodes.Function):
                is_local = isinstance(self.owner, nodes.Function)  # Kotlin's `fun Route.users()` inside another
                if statement.name and (statement.receiver is None or is_local or self.file.family == "csharp"):
                    self.names[statement.name] = FunctionValue(statement, self)
            elif isinstance(statement, nodes.Class):
                self.names[statement.name] = class_value(statement, self)
            elif isinstance(statement, nodes.Import):
                if statement.local:
                    self.names[statement.local] = Lazy(statement)
            elif lazily and isinstance(statement, nodes.Assign):
                self._declare_targets(statement)

    def _declare_targets(self, statement: nodes.Assign) -> None:
        for name in bound_names(statement.target):
            self.names.setdefault(name, Lazy(statement))


def class_value(node: nodes.Class, scope: Scope) -> ClassValue:
    """Make the value of a class declared in this scope."""
    inside = Scope(scope.file, scope, node)
    value = ClassValue(node, inside)
    inside.declare(node.body, lazily=True)
    return value


def bound_names(target: nodes.Expression) -> list[str]:
    """Return the names that an assignment to this target binds."""
    match target:
        case nodes.Name(id=name):
            return [name]
        case nodes.Sequence(items=items):
            return [name for item in items for name in bound_names(item)]
        case nodes.Mapping(entries=entries):
            return [name for entry in entries for name in bound_names(entry.value)]
        case nodes.Spread(value=value) | nodes.Choice(options=[value, *_]):
            return bound_names(value)
    return []


def functions_of(scope: Scope) -> Iterator[tuple[FunctionValue, ClassValue | None]]:
    """Yield the functions declared in a scope and the methods of its classes, with their class."""
    owner = ClassValue(scope.owner, scope) if isinstance(scope.owner, nodes.Class) else None
    body = getattr(scope.owner, "body", [])
    for statement in body:
        function = (
            getattr(statement, "value", None)
            if isinstance(statement, nodes.Assign | nodes.Export | nodes.Return)
            else statement
        )
        if isinstance(function, nodes.Function):
            yield FunctionValue(function, scope), owner
        elif isinstance(function, nodes.Mapping):  # `module.exports = { init() {…} }`
            held = [entry.value for entry in function.entries if isinstance(entry.value, nodes.Function)]
            yield from ((FunctionValue(one, scope), owner) for one in held)
        elif isinstance(function, nodes.Class) and function is not statement:  # `module.exports = class { … }`
            yield from functions_of(class_value(function, scope).scope)
    for value in list(scope.names.values()):
        if isinstance(value, ClassValue) and value.scope.parent is scope:
            yield from functions_of(value.scope)
