"""The tree that every language is lowered to: what matters for routes and components, and no more.

A language's file (`python.py`, `javascript.py`, …) turns the grammar's tree into these nodes; everything after it knows
these nodes alone. They are sent from the parsing process as MessagePack and decoded again with their types checked.

Conventions every language keeps:

- Lines count from 1.
- Control flow is flattened: the bodies of `if`, `try`, `with`, `switch` stand in the enclosing body, in order.
- Concatenation and interpolation are a `Template`; symbols and atoms (`:users`) are a `Text`.
- A type is an expression: `List<User>` is `Item(Name("List"), Name("User"))`, `Map<A, B>` has a `Sequence` as index.
- A trailing block or lambda is the last argument of its call, a `Function` without a name.
- Annotations, attributes and decorators are `decorators`: a `Call` where they have arguments, else a `Name` or
  `Member`.
- `this`, `self`, `@x`: `Name("this")`, `Member(Name("this"), "x")`, in every language whose methods have an implicit
  one.
- What cannot be lowered is `Opaque`: its first words, and those parts of it that can.
"""

from __future__ import annotations

from typing import Union

from msgspec import Struct

# Long enough for a person to recognise the expression, short enough to be shown inside a path.
OPAQUE_LENGTH = 60
# Among the imports of a head, what stands before the name of a module that is compiled for tests alone.
FOR_TESTS = "#[cfg(test)] self::"


class Node(Struct, frozen=True, array_like=True, tag_field="node", tag=True, gc=False, omit_defaults=True):
    """One node; compact on the wire."""


class Text(Node, frozen=True):
    """A string whose value is known, without its quotes and with its escapes resolved."""

    value: str


class Constant(Node, frozen=True):
    """A number, a truth value, or nothing (None, null, nil)."""

    value: bool | int | float | None


class Template(Node, frozen=True):
    """Strings put together: the parts of `f"/{prefix}/x"`, of `"/" + prefix`, of a template literal."""

    parts: list[Expression]


class Name(Node, frozen=True):
    """An identifier where it is used."""

    id: str


class Member(Node, frozen=True):
    """`of.name`, `of::name`, `of->name`, `of?.name`, `of\\name`."""

    of: Expression
    name: str


class Item(Node, frozen=True):
    """`of[index]`; a generic type with its arguments."""

    of: Expression
    index: Expression


class Argument(Node, frozen=True):
    """One argument of a call; `name` where it is given by keyword."""

    value: Expression
    name: str = ""


class Call(Node, frozen=True):
    """`function(arguments)`; `new` where an object is made by a keyword."""

    function: Expression
    arguments: list[Argument]
    line: int
    new: bool = False


class Sequence(Node, frozen=True):
    """A list, tuple, array or set."""

    items: list[Expression]


class Entry(Node, frozen=True):
    """One pair of a mapping; a spread has a `Spread` as its key and nothing as its value."""

    key: Expression
    value: Expression


class Mapping(Node, frozen=True):
    """A dict, object, hash or keyed array, in the order it is written."""

    entries: list[Entry]
    line: int


class Spread(Node, frozen=True):
    """`*items`, `**options`, `...rest`."""

    value: Expression


class Choice(Node, frozen=True):
    """One of several, nobody knows which: `a if x else b`, `a or b`, `a ?? b`, the arms of a match.

    `asked` is a call that gives an empty list where it is known that the first option is not meant.
    """

    options: list[Expression]
    asked: Expression | None = None


class Operation(Node, frozen=True):
    """Any other operator with its operands: `==`, `in`, `|`, `/`, `%`."""

    operator: str
    operands: list[Expression]


class Element(Node, frozen=True):
    """A JSX element; a fragment has no tag. Text between tags is left out."""

    tag: Expression | None
    attributes: list[Argument]
    children: list[Expression]
    line: int


class Parameter(Node, frozen=True):
    """One parameter of a function. `kind` is "", "*" for the rest of the positions, "**" for the rest of the names."""

    name: str
    type: Expression | None = None
    default: Expression | None = None
    decorators: list[Expression] = []
    kind: str = ""
    # `const { id, name } = …` as a parameter: what is taken out of it, as a target.
    pattern: Expression | None = None


class Function(Node, frozen=True):
    """A function, method, lambda, block or closure; without a name where it has none."""

    name: str
    parameters: list[Parameter]
    body: list[Statement]
    line: int
    decorators: list[Expression] = []
    returns: Expression | None = None
    # "async", "static", "public", "export", "abstract", "get" …, in the language's own words
    modifiers: list[str] = []
    # Kotlin's and C#'s extension functions, Go's methods, Rust's impl blocks: the type that is extended.
    receiver: Expression | None = None
    # The name under which a Go method knows its receiver; "this" everywhere else.
    receiver_name: str = "this"


class Class(Node, frozen=True):
    """A class, interface, struct, record, enum, trait, object or module; `kind` is that word."""

    name: str
    bases: list[Expression]
    body: list[Statement]
    line: int
    kind: str = "class"
    decorators: list[Expression] = []
    modifiers: list[str] = []
    # Keywords beside the bases: Python's metaclass=, Kotlin's constructor parameters as `parameters`.
    parameters: list[Parameter] = []


class Opaque(Node, frozen=True):
    """Something else: the first words of its source, and the calls, functions and elements inside it."""

    source: str
    parts: list[Expression] = []


class Assign(Node, frozen=True):
    """`target = value`; a declaration or a field without a value has None. `operator` is "=" or "+=".

    `target` is a Name, a Member, an Item, or a Sequence or Mapping that takes a value apart (`const {a, b: c} = x`);
    inside these, a Choice of a target and its default (`const {a = 1} = x`).
    """

    target: Expression
    value: Expression | None
    line: int
    type: Expression | None = None
    operator: str = "="
    decorators: list[Expression] = []
    modifiers: list[str] = []


class Import(Node, frozen=True):
    """One name that comes from another module, or from another namespace.

    `module` as it is written (`..routers`, `./users`, `com.acme.api`, `github.com/x/y`). `name` is empty for the module
    itself, "*" for everything in it, "default" for a default export. `local` is the name bound here, empty for "*".
    `exported` where the name is handed on at once (`export … from`, `pub use`).
    """

    module: str
    name: str
    local: str
    line: int
    exported: bool = False


class Export(Node, frozen=True):
    """A name that other modules may import; `default` for the default export. For ECMAScript modules only."""

    name: str
    value: Expression


class Return(Node, frozen=True):
    """What a function gives back; the last expression of a body where the language says so."""

    value: Expression


class Loop(Node, frozen=True):
    """A body that runs for each item."""

    target: Expression
    iterable: Expression
    body: list[Statement]


Expression = Union[  # noqa: UP007  # the names are forward references
    Text, Constant, Template, Name, Member, Item, Call, Sequence, Mapping, Spread, Choice, Operation, Element, Function,
    Class, Opaque,
]  # fmt: skip
Statement = Union[Assign, Import, Export, Return, Loop, Expression]  # noqa: UP007


class Module(Struct, frozen=True, array_like=True, gc=False):
    """One source file, lowered."""

    language: str
    # Java's and Kotlin's package, C#'s and PHP's namespace, Go's package name; empty elsewhere.
    package: str
    body: list[Statement]
    # Some part of the file was nested too deep, or chained too long, and was left out.
    cut: bool = False
    # The grammar met something it does not know; the rest was read all the same.
    broken: bool = False


class Head(Struct, frozen=True, array_like=True, gc=False):
    """What is asked of a file before its tree is decoded."""

    package: str
    # Names declared at the top: functions, classes, constants.
    names: list[str]
    # Modules and namespaces imported, as written.
    imports: list[str]
    # Every name that is called, used as a decorator or extended anywhere in the file, without what stands before it.
    words: list[str]


def last_name(node: Node | None) -> str:
    """Return the last name of `a`, `of.a`, and of what else has one."""
    return getattr(node, "name", "") or getattr(node, "id", "")


def entry_of(said: Node | None, name: str) -> Expression | None:
    """Return what an object that is written down has under a name; None where it has none, and of anything else."""
    entries = said.entries if isinstance(said, Mapping) else []
    return next((entry.value for entry in entries if entry.key == Text(name)), None)


def bare_name(expression: Expression | None) -> str:
    """Return the last name of a type, base or decorator without its arguments: `FC` for `React.FC<Props>`."""
    return last_name(without_arguments(expression))


def without_arguments(expression: Expression | None) -> Expression | None:
    """Return a type, base or decorator without its arguments: `List<User>` is `List`, `Base(x)` is `Base`."""
    while isinstance(expression, Item | Call):
        expression = expression.of if isinstance(expression, Item) else expression.function
    return expression
