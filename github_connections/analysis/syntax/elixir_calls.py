"""Elixir's calls, among them control flow and comprehensions as values, and its operators."""

from __future__ import annotations

from tree_sitter import Node as Leaf

from github_connections.analysis.syntax.elixir_blocks import BODIES, ElixirBlocks, returning
from github_connections.analysis.syntax.lowering import template
from github_connections.analysis.syntax.nodes import (
    Argument,
    Call,
    Choice,
    Expression,
    Function,
    Mapping,
    Member,
    Name,
    Opaque,
    Operation,
    Parameter,
    Text,
)

CONTROL = ("if", "unless", "case", "cond", "with", "try", "receive", "quote")


class ElixirCalls(ElixirBlocks):
    """Lowers what is called or worked out."""

    def __init__(self) -> None:
        super().__init__()
        self.expressions.update(
            {
                "call": self._call,
                "binary_operator": self._binary,
                "unary_operator": self._unary,
            }
        )

    # --- calls --------------------------------------------------------------------------------------------------

    def _call(self, leaf: Leaf) -> Expression:
        target = leaf.child_by_field_name("target")
        name = self.text(target) if target is not None and target.type == "identifier" else ""
        if name in CONTROL:
            return self._control(leaf, name)
        if name == "unquote":
            return self.expression(self._first_argument(leaf))
        if name == "for":
            return self._comprehension(leaf)
        function = self.expression(target)
        blocks = self._do_blocks(leaf)
        arguments = self._arguments(leaf)
        bare = isinstance(function, Member) and not (isinstance(function.of, Name) and function.of.id[:1].isupper())
        if bare and not blocks and not any(child.type == "arguments" for child in leaf.named_children):
            return function  # a field is read like a call without arguments
        if blocks:
            body = [statement for block in blocks for statement in self._body_of(block)]
            arguments.append(Argument(Function("", [], returning(body, []), self.line(blocks[0]))))
        if name == "use":
            self._note_use(arguments)
        return self.called(function, arguments, self.line(leaf))

    def _control(self, leaf: Leaf, name: str) -> Expression:
        blocks = self._do_blocks(leaf)
        if name == "quote":
            return self._block(blocks[0], []) if blocks else Opaque(self.start_of(leaf))
        branches = [branch for block in blocks for branch in _branches(block)]
        options = [self._last(leaf) if leaf.type in BODIES else self.expression(leaf) for leaf in branches]
        return Choice(options) if options else Opaque(self.start_of(leaf))

    def _comprehension(self, leaf: Leaf) -> Expression:
        """`for a <- b, do: c` as a value is `Enum.map(b, fn a -> c end)`."""
        blocks = self._do_blocks(leaf)
        body = self._handing_on(blocks[0]) if blocks else []
        made: Expression = Opaque(self.start_of(leaf))
        for generator in reversed(self._arguments_of(leaf)):
            if generator.type == "binary_operator" and self.text_of(generator, "operator") == "<-":
                target = Parameter("", pattern=self.field(generator, "left"))
                function = Function("", [target], returning(body, []), self.line(generator))
                items = [Argument(self.field(generator, "right")), Argument(function)]
                made = Call(Member(Name("Enum"), "map"), items, self.line(generator))
                body = [made]
        return made

    def _note_use(self, arguments: list[Argument]) -> None:
        """Note which module is used, and as what: `use ShopWeb, :router`."""
        for argument in arguments:
            if isinstance(argument.value, Name):
                self.words.add(f"use {argument.value.id}")
            elif isinstance(argument.value, Text):
                self.words.add(f"use :{argument.value.value}")

    def _arguments(self, leaf: Leaf) -> list[Argument]:
        made = []
        for child in self._arguments_of(leaf):
            value = self.expression(child)
            if not (isinstance(value, Mapping) and not value.entries and child.type == "keywords"):
                made.append(Argument(value))
        return made

    # --- operators ----------------------------------------------------------------------------------------------

    def _binary(self, leaf: Leaf) -> Expression:
        operator = self.text_of(leaf, "operator")
        if operator == "=":
            return self.field(leaf, "right")
        left, right = self.field(leaf, "left"), self.field(leaf, "right")
        if operator == "|>":
            return self._piped(left, right, leaf)
        if operator == "<>":
            return template([left, right])
        return Choice([left, right]) if operator in ("||", "or") else Operation(operator, [left, right])

    def _piped(self, left: Expression, right: Expression, leaf: Leaf) -> Expression:
        if isinstance(right, Call):
            return Call(right.function, [Argument(left), *right.arguments], right.line)
        if isinstance(right, Name | Member):
            return self.called(right, [Argument(left)], self.line(leaf))
        return Opaque(self.start_of(leaf), [left, right])

    def _unary(self, leaf: Leaf) -> Expression:
        operator, operand = self.text_of(leaf, "operator"), leaf.child_by_field_name("operand")
        if operator == "@":
            return Name(f"@{self.text(operand)}")
        if operator == "&" and operand is not None:
            return self._captured(operand)
        value = self.expression(operand)
        return Operation(operator, [value]) if operator in ("!", "not", "^") else Opaque(self.start_of(leaf))

    def _captured(self, operand: Leaf) -> Expression:
        """`&Module.function/1` names a function."""
        left = operand.child_by_field_name("left")
        if operand.type != "binary_operator" or left is None or self.text_of(operand, "operator") != "/":
            return Opaque(f"&{self.start_of(operand)}"[:60])
        named = left.child_by_field_name("target") if left.type == "call" else left
        return self.expression(named)


def _branches(block: Leaf) -> list[Leaf]:
    """Return the ways through a block: its clauses, or itself and what stands after `else`."""
    if block.type != "do_block":
        return [block]
    clauses = [child.child_by_field_name("right") for child in block.named_children if child.type == "stab_clause"]
    others = [child for child in block.named_children if child.type == "else_block"]
    return [clause for clause in clauses if clause is not None] or [block, *others]
