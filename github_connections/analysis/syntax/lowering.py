"""What every language's lowering shares: parsing, dispatch by node type, text, bounds, and the head of a file."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from typing import ClassVar

from tree_sitter import Language, Parser
from tree_sitter import Node as Leaf

from github_connections.analysis.syntax.nodes import (
    OPAQUE_LENGTH,
    Argument,
    Assign,
    Call,
    Choice,
    Class,
    Constant,
    Expression,
    Function,
    Head,
    Import,
    Item,
    Member,
    Module,
    Name,
    Opaque,
    Operation,
    Sequence,
    Statement,
    Template,
    Text,
)

# People nest and chain dozens deep; a file made to hurt nests a hundred thousand. Deeper parts are left out and said
# so.
MAXIMUM_DEPTH = 300
# Bytes; a shorter function may be somebody's way to say a prefix, and costs little.
SHORT_FUNCTION = 240
# One level of nesting is up to a dozen calls in Python, whose own limit of a thousand would be met first.
_CALLS_DEEP = 20 * MAXIMUM_DEPTH
# The trees that are sent hold whole numbers of 64 bits.
_TOO_LARGE = 2**62
_MAXIMUM_DIGITS = 18

Lowered = Callable[[Leaf], Expression]
LoweredStatement = Callable[[Leaf], "Iterable[Statement]"]


class Lowering:
    """Turns one file into a `Module`. A language names its grammar and fills the two tables in `__init__`.

    `expressions` maps a node type to a method that returns one Expression; `statements` maps a node type to a method
    that returns the Statements it stands for (none, one, or several: control flow is flattened). A type in neither
    table is looked into for statements when it stands in a body, and is `Opaque` when it stands as an expression.
    """

    language: ClassVar[str]
    grammar: ClassVar[Language]
    # What the source of a long function must hold to be worth lowering; None where every function is.
    matters: ClassVar[re.Pattern[bytes] | None] = None
    # Node types in whose insides nothing matters: not looked into at all.
    ignored: ClassVar[frozenset[str]] = frozenset({"comment", "line_comment", "block_comment"})
    # The operator that puts texts together, and those of which either side may be what comes out.
    joining: ClassVar[str] = "+"
    choosing: ClassVar[frozenset[str]] = frozenset()

    def __init__(self) -> None:
        sys.setrecursionlimit(max(sys.getrecursionlimit(), _CALLS_DEEP))
        self.parser = Parser(self.grammar)
        self.expressions: dict[str, Lowered] = {}
        self.statements: dict[str, LoweredStatement] = {}
        self._begin(b"")

    def _begin(self, source: bytes) -> None:
        self.source = source
        self.package = ""
        self.depth = 0
        self.cut = False
        self.words: set[str] = set()

    # --- a whole file -------------------------------------------------------------------------------------------

    def lower(self, source: bytes) -> tuple[Head, Module]:
        """Return the file's head and its tree; never raises for what a file contains."""
        self._begin(source)
        root = self.parser.parse(source).root_node
        body = self.body(root)
        module = Module(self.language, self.package, body, self.cut, root.has_error)
        return self._head(module), module

    def _head(self, module: Module) -> Head:
        names, imports = [], []
        for statement in module.body:
            if isinstance(statement, Class) or (isinstance(statement, Function) and statement.receiver is None):
                names.append(statement.name)
            elif isinstance(statement, Assign) and isinstance(statement.target, Name):
                names.append(statement.target.id)
            elif isinstance(statement, Import):
                imports.append(statement.module)
        return Head(self.package, names, sorted(set(imports)), sorted(self.words))

    # --- dispatch -----------------------------------------------------------------------------------------------

    def body(self, leaf: Leaf | None) -> list[Statement]:
        """Lower the children of a block, a module, a class body."""
        return [] if leaf is None else self.run(leaf.named_children)

    def run(self, leaves: Iterable[Leaf]) -> list[Statement]:
        """Lower these statements in their order."""
        lowered: list[Statement] = []
        for leaf in leaves:
            lowered.extend(self.statement(leaf))
        return lowered

    def statement(self, leaf: Leaf) -> Iterable[Statement]:
        """Lower one statement; an unknown kind of statement stands for the statements inside it."""
        kind = leaf.type
        if kind in self.ignored:
            return ()
        lower = self.statements.get(kind)
        if lower is None and kind in self.expressions:
            return (self.expression(leaf),)
        if self.depth >= MAXIMUM_DEPTH:
            self.cut = True
            return ()
        self.depth += 1
        try:
            return lower(leaf) if lower else self.run(leaf.named_children)
        finally:
            self.depth -= 1

    def expression(self, leaf: Leaf | None) -> Expression:
        """Lower one expression; an unknown kind is `Opaque`."""
        if leaf is None:
            return Opaque("")
        if self.depth >= MAXIMUM_DEPTH:
            self.cut = True
            return Opaque(self.start_of(leaf))
        lower = self.expressions.get(leaf.type, self.opaque)
        self.depth += 1
        try:
            return lower(leaf)
        finally:
            self.depth -= 1

    def field(self, leaf: Leaf, name: str) -> Expression:
        """Lower the child with this field name."""
        return self.expression(leaf.child_by_field_name(name))

    def inside(self, leaf: Leaf) -> list[Leaf]:
        """Return what stands in a node, without comments."""
        return [child for child in leaf.named_children if child.type not in self.ignored]

    def first(self, leaf: Leaf) -> Expression:
        """Lower the first thing in a node: in brackets, after `await` and their like."""
        inside = self.inside(leaf)
        return self.expression(inside[0]) if inside else Opaque(self.start_of(leaf))

    def last(self, leaf: Leaf) -> Expression:
        """Lower the last thing in a node: after a type, a sign or an annotation."""
        inside = self.inside(leaf)
        return self.expression(inside[-1]) if inside else Opaque(self.start_of(leaf))

    def optional(self, leaf: Leaf, name: str) -> Expression | None:
        """Lower the child with this field name; None where there is none."""
        child = leaf.child_by_field_name(name)
        return None if child is None else self.expression(child)

    def generic(self, leaf: Leaf) -> Expression:
        """Lower a type with its arguments, as C# and Java write them: `List<User>`."""
        of, *arguments = leaf.named_children
        items = [self.expression(child) for child in arguments[-1].named_children] if arguments else []
        return Item(self.expression(of), one_or_several(items)) if items else self.expression(of)

    def sequence(self, leaf: Leaf) -> Expression:
        """Lower everything in a node, as a list has it."""
        return Sequence([self.expression(child) for child in self.inside(leaf)])

    def subscript(self, leaf: Leaf) -> Expression:
        """Lower `of[index]`."""
        of, *indexes = leaf.named_children
        return Item(self.expression(of), self.expression(indexes[0]) if indexes else Opaque(""))

    def binary(self, leaf: Leaf) -> Expression:
        """Lower what has an operator in its middle."""
        operands = [self.field(leaf, "left"), self.field(leaf, "right")]
        operator = self.text_of(leaf, "operator")
        if operator == self.joining:
            return template(operands)
        return Choice(operands) if operator in self.choosing else Operation(operator, operands)

    def whole_number(self, leaf: Leaf) -> Expression:
        """Lower a whole number, as most languages write them; any other number is opaque."""
        digits = self.text(leaf).rstrip("lLuUfFdD").replace("_", "")
        is_read = digits.isdigit() and len(digits) <= _MAXIMUM_DIGITS
        return Constant(int(digits)) if is_read else Opaque(self.start_of(leaf))

    def assignment(self, leaf: Leaf) -> Iterable[Statement]:
        """Lower `left = right` and `left += right`; of other operators only that something is assigned."""
        operator = "+=" if self.text_of(leaf, "operator") == "+=" else "="
        return (Assign(self.field(leaf, "left"), self.field(leaf, "right"), self.line(leaf), operator=operator),)

    def opaque(self, leaf: Leaf) -> Expression:
        """Keep the first words, and what is inside and can be lowered to something of use."""
        parts = [self.expression(child) for child in self.inside(leaf)]
        return Opaque(self.start_of(leaf), [part for part in parts if _of_use(part)])

    def function_body(self, leaf: Leaf | None) -> list[Statement]:
        """Lower a function's body; of a long one without a word of set-up nothing but that it is there."""
        if leaf is None:
            return []
        start, end = leaf.start_byte, leaf.end_byte
        return self.body(leaf) if end - start <= SHORT_FUNCTION or self.may_matter(start, end) else []

    def may_matter(self, start: int, end: int) -> bool:
        """Tell whether a word of set-up stands between two places of the source."""
        return self.matters is None or self.matters.search(self.source, start, end) is not None

    # --- pieces -------------------------------------------------------------------------------------------------

    def text(self, leaf: Leaf | None) -> str:
        """Return the source of a node, or nothing for no node."""
        return "" if leaf is None else self.source[leaf.start_byte : leaf.end_byte].decode("utf-8", "replace")

    def text_of(self, leaf: Leaf, name: str) -> str:
        """Return the source of the child with this field name."""
        return self.text(leaf.child_by_field_name(name))

    def start_of(self, leaf: Leaf) -> str:
        """Return the beginning of a node's source on one line."""
        piece = self.source[leaf.start_byte : min(leaf.end_byte, leaf.start_byte + OPAQUE_LENGTH)]
        return " ".join(piece.decode("utf-8", "replace").split())

    @staticmethod
    def line(leaf: Leaf) -> int:
        """Return the line a node starts on, counted from 1."""
        return leaf.start_point[0] + 1

    def called(self, function: Expression, arguments: list[Argument], line: int, *, new: bool = False) -> Call:
        """Make a call, and note its name in the head of the file."""
        self.note(function)
        return Call(function, arguments, line, new)

    def note(self, used: Expression) -> None:
        """Note the last name of what is called, extended or used as a decorator."""
        if isinstance(used, Member):
            self.words.add(used.name)
        elif isinstance(used, Name):
            self.words.add(used.id)


def one_or_several(items: list[Expression]) -> Expression:
    """Return the only one of some expressions, else all of them: the argument of a type, what a function returns."""
    return items[0] if len(items) == 1 else Sequence(items)


def number(value: float) -> Expression:
    """Keep a number; one too large for a tree to be sent with is opaque."""
    return Constant(value) if isinstance(value, float) or abs(value) < _TOO_LARGE else Opaque("")


def template(parts: Iterable[Expression]) -> Expression:
    """Put strings together; neighbours that are known become one, and one alone is no template."""
    merged: list[Expression] = []
    for part in _flat(parts):
        last = merged[-1] if merged else None
        if isinstance(part, Text) and isinstance(last, Text):
            merged[-1] = Text(last.value + part.value)
        else:
            merged.append(part)
    if not merged:
        return Text("")
    return merged[0] if len(merged) == 1 and isinstance(merged[0], Text) else Template(merged)


def _flat(parts: Iterable[Expression]) -> Iterable[Expression]:
    for part in parts:
        if isinstance(part, Template):
            yield from part.parts
        else:
            yield part


def _of_use(part: Expression) -> bool:
    return not isinstance(part, Opaque) or bool(part.parts)
