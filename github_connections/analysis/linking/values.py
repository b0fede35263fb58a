"""What an expression can turn out to be. Strings, numbers, truth values and None stand for themselves.

A string may have holes: a part that nobody can know without running the program is `{?its source}`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from github_connections.analysis.report import Place
from github_connections.analysis.syntax import nodes

if TYPE_CHECKING:
    from github_connections.analysis.linking.invocation import Invocation
    from github_connections.analysis.linking.program import File
    from github_connections.analysis.linking.scopes import Scope

Value = Any  # str, bool, int, float, None, or one of the classes below
Behaviour = Callable[["Invocation"], Value]

NOTHING: Any = object()  # "there is no such name", where None is a value

HOLE = "{?"
_ONLY_A_HOLE = re.compile(r"/?\{\?[^{}]*\}")
_NOT_IN_A_HOLE = re.compile(r"[{}\s/]+")


class Unknown(Struct, eq=False):
    """Nothing is known but how it is written."""

    source: str


class External(Struct, eq=False):
    """Something out of a library, by its whole name: `fastapi.APIRouter`, `express.Router`.

    `arguments` where it is the result of a call: `External("express.Router", invocation)` is `Router(…)`.
    """

    name: str
    made_by: Invocation | None = None
    # What stands in its brackets, where it is a generic type with arguments, and the scope that is written in.
    index: tuple[nodes.Expression, Scope] | None = None
    fields: dict[str, Value] | None = None  # what the program assigned to it: `module.exports.BASE = "/api"`


class ListValue(Struct, eq=False):
    """A list, tuple, array or set."""

    items: list[Value]
    place: Place


class PairsValue(ListValue, eq=False):
    """JavaScript's `new Map([[key, value], …])`: whoever walks it meets its pairs, each a list of two."""


class MapValue(Struct, eq=False):
    """A dict, object or hash by its text keys; `lines` tells where each was written."""

    entries: dict[str, Value]
    place: Place
    lines: dict[str, int] = field(default_factory=dict)


class FunctionValue(Struct, eq=False):
    """A function of the program with the scope it was written in; `this` where it is a method of an object."""

    node: nodes.Function
    scope: Scope
    this: Value = None
    fields: dict[str, Value] | None = None  # what was assigned to the function itself, as JavaScript lets one do

    @property
    def place(self) -> Place:
        """Where it is declared."""
        return Place(self.scope.file.path, self.node.line)


class ClassValue(Struct, eq=False):
    """A class of the program; its members are looked up in its scope."""

    node: nodes.Class
    scope: Scope  # of the body; its parent is the scope the class was written in

    @property
    def place(self) -> Place:
        """Where it is declared."""
        return Place(self.scope.file.path, self.node.line)


class ObjectValue(Struct, eq=False):
    """An object of a class of the program, or a plain one; `fields` are what was assigned to it."""

    cls: ClassValue | None
    fields: dict[str, Value]
    place: Place


class ModuleValue(Struct, eq=False):
    """A file of the program, as a value."""

    file: File


class PackageValue(Struct, eq=False):
    """Several files that share one namespace (a Go package, a Java package, a directory of Python modules)."""

    name: str
    files: list[File]


class Native(Struct, eq=False):
    """Something that can be called and whose behaviour is written here: a decorator's second half, a bound method."""

    name: str
    behaviour: Behaviour
    receiver: Value = None


class Kind(Struct, eq=False):
    """A sort of object that a framework gives out: which methods it has and what each does.

    `attributes` are read without a call. `missing` answers any other method; without it, calling one is unknown and
    gives back the object itself where `fluent` (so that a chain goes on), else Unknown.
    """

    name: str
    methods: dict[str, Behaviour] = field(default_factory=dict)
    attributes: dict[str, Callable[[Any, str], Value]] = field(default_factory=dict)
    missing: Behaviour | None = None
    fluent: bool = True
    is_router: bool = True


class Thing(Struct, eq=False):
    """An object of a framework. Routers are the important ones (`routing.Router`); others keep what they were given.

    `cls` is the program's own class, derived from the framework's, that it is of.
    """

    kind: Kind
    place: Place
    data: dict[str, Value] = field(default_factory=dict)
    cls: ClassValue | None = None


# A JSX element that no framework declares: `component`, `name`, `attributes`, `children`.
ELEMENT = Kind("element", is_router=False)


def hole(source: str) -> str:
    """Return the visible mark of a part that could not be resolved."""
    return f"{HOLE}{_NOT_IN_A_HOLE.sub('', source)[:60] or '…'}}}"


def text_of(value: Value) -> str:
    """Return a value as text; a hole where it is not known."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None:
        return hole(str(value).lower())
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, Unknown):
        return hole(value.source)
    if isinstance(value, External | Native):
        return hole(value.name)
    if isinstance(value, ClassValue | FunctionValue):  # two of them are two keys of a map
        return hole(value.node.name or type(value).__name__)
    return hole(type(value).__name__)


def texts_of(value: Value) -> list[str]:
    """Return a list of texts, of one where the value is no list; nothing for None."""
    if value is None:
        return []
    if isinstance(value, ListValue):
        return [text_of(item) for item in value.items]
    return [text_of(value)]


def items_in(value: Value) -> list[Value]:
    """Return what is in a list; nothing where the value is no list."""
    return value.items if isinstance(value, ListValue) else []


def items_or_itself(value: Value) -> list[Value]:
    """Return what is in a list; the value itself where it is no list."""
    return value.items if isinstance(value, ListValue) else [value]


def entries_of(value: Value) -> dict[str, Value]:
    """Return what is in a map by its keys; nothing where the value is no map."""
    return value.entries if isinstance(value, MapValue) else {}


def is_known(text: str) -> bool:
    """Tell whether a text has no holes."""
    return HOLE not in text


def is_only_a_hole(text: str) -> bool:
    """Tell whether a text, or what stands behind its first slash, is one hole and nothing else."""
    return _ONLY_A_HOLE.fullmatch(text) is not None


def source_of(expression: nodes.Expression | None) -> str:  # noqa: C901  # one line a kind of node
    """Return an expression the way a person would write it, shortened."""
    match expression:
        case nodes.Name(id=name):
            return name.removesuffix("::")
        case nodes.Member(of=of, name=name):
            return f"{source_of(of)}.{name}"
        case nodes.Item(of=of, index=index):
            return f"{source_of(of)}[{source_of(index)}]"
        case nodes.Call(function=function):
            return f"{source_of(function)}()"
        case nodes.Text(value=value):
            return value
        case nodes.Constant(value=value):
            return str(value)
        case nodes.Opaque(source=source):
            return source
        case nodes.Template(parts=parts):
            return "+".join(source_of(part) for part in parts)
        case nodes.Choice(options=options):
            return "|".join(source_of(option) for option in options)
        case nodes.Function(name=name):
            return name or "function"
    return "…"


def type_name(expression: nodes.Expression | None) -> str:
    """Return a type annotation as it is written: `list[User]`, `Optional<String>`."""
    match expression:
        case None:
            return ""
        case nodes.Item(of=of, index=nodes.Sequence(items=items)):
            return f"{type_name(of)}[{', '.join(type_name(item) for item in items)}]"
        case nodes.Item(of=nodes.Name(id="[]"), index=index):  # Go's
            return f"[]{type_name(index)}"
        case nodes.Item(of=of, index=index):
            return f"{type_name(of)}[{type_name(index)}]"
        case nodes.Operation(operator=operator, operands=operands):
            return f" {operator} ".join(type_name(operand) for operand in operands)
    return source_of(expression)
