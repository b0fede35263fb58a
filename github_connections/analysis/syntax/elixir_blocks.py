"""Elixir's names, which hold within a block, and its blocks, as values and as the bodies of functions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from tree_sitter import Node as Leaf

from github_connections.analysis.syntax.elixir_literals import BLOCKS, ElixirLiterals
from github_connections.analysis.syntax.nodes import (
    Assign,
    Call,
    Class,
    Expression,
    Function,
    Item,
    Loop,
    Member,
    Name,
    Opaque,
    Parameter,
    Return,
    Statement,
)

BODIES = ("do_block", "body", *BLOCKS)


class ElixirBlocks(ElixirLiterals):
    """Lowers names, functions without one, and blocks; finds what a call is given."""

    aliases: dict[str, str]
    module: str

    def __init__(self) -> None:
        super().__init__()
        self.expressions.update(
            {
                "identifier": self._identifier,
                "alias": lambda leaf: Name(self._expanded(self.text(leaf))),
                "dot": self._dot,
                "access_call": lambda leaf: Item(self.field(leaf, "target"), self.field(leaf, "key")),
                "anonymous_function": self._anonymous,
                "block": self._last,
                "body": self._last,
                "stab_clause": lambda leaf: self.field(leaf, "right"),
            }
        )

    def _begin(self, source: bytes) -> None:
        super()._begin(source)
        self.aliases = {}
        self.module = ""

    # --- names --------------------------------------------------------------------------------------------------

    @contextmanager
    def _lexical(self, module: str = "") -> Iterator[None]:
        """Forget at the end what was given another name inside."""
        outer = self.aliases, self.module
        self.aliases, self.module = dict(self.aliases), module or self.module
        try:
            yield
        finally:
            self.aliases, self.module = outer

    def _expanded(self, name: str) -> str:
        first, dot, rest = name.partition(".")
        if first == "Elixir":
            return rest
        return f"{self.aliases.get(first, first)}{dot}{rest}"

    def _identifier(self, leaf: Leaf) -> Expression:
        name = self.text(leaf)
        return Name(self.module if name == "__MODULE__" and self.module else name)

    def _dot(self, leaf: Leaf) -> Expression:
        right = leaf.child_by_field_name("right")
        left = self._owner(leaf)
        if right is None:
            return left
        if right.type == "alias" and isinstance(left, Name):
            return Name(f"{left.id}.{self.text(right)}")
        return Member(left, self.text(right))

    def _owner(self, leaf: Leaf) -> Expression:
        """Return what stands before the dot; a module of Erlang's is named by an atom."""
        left = leaf.child_by_field_name("left")
        return Name(self.text(left)) if left is not None and left.type == "atom" else self.expression(left)

    # --- blocks -------------------------------------------------------------------------------------------------

    def _function_body(self, block: Leaf) -> list[Statement]:
        return self.function_body(block) if block.type == "do_block" else self._body_of(block)

    def _handing_on(self, block: Leaf) -> list[Statement]:
        """Lower the body of a function; what it quotes at its end is its value."""
        inner = self.inside(block)
        leaves = inner if block.type in BODIES else [block]
        if not leaves or leaves[-1].type != "call" or self.text_of(leaves[-1], "target") != "quote":
            return self._function_body(block)
        with self._lexical():
            return [*self.run(leaves[:-1]), Return(self.expression(leaves[-1]))]

    def _parameters(self, leaves: Iterable[Leaf]) -> list[Parameter]:
        return [self._parameter(leaf) for leaf in leaves]

    def _parameter(self, leaf: Leaf) -> Parameter:
        operator = self.text_of(leaf, "operator") if leaf.type == "binary_operator" else ""
        left, right = leaf.child_by_field_name("left"), leaf.child_by_field_name("right")
        if leaf.type == "identifier":
            return Parameter(self.text(leaf))
        if operator == "\\\\" and left is not None:
            return Parameter(self.text(left), default=self.expression(right))
        if operator == "=" and left is not None and right is not None:
            name, pattern = (left, right) if left.type == "identifier" else (right, left)
            return Parameter(self.text(name), pattern=self.expression(pattern))
        if leaf.type == "keywords":
            for pair in leaf.named_children:  # `do: block`: the block that a macro is given
                if self.text_of(pair, "key").strip() == "do:":
                    return Parameter(self.text_of(pair, "value"))
        return Parameter("", pattern=self.expression(leaf))

    def _anonymous(self, leaf: Leaf) -> Expression:
        clauses = [child for child in leaf.named_children if child.type == "stab_clause"]
        if not clauses:
            return Opaque(self.start_of(leaf))
        left = clauses[0].child_by_field_name("left")
        parameters = self._parameters(left.named_children if left is not None else ())
        right = clauses[0].child_by_field_name("right")
        body = [] if right is None else self._handing_on(right)
        return Function("", parameters, returning(body, parameters), self.line(right or leaf))

    def _block(self, leaf: Leaf | None, parameters: list[Parameter]) -> Function:
        line = self.line(leaf) if leaf is not None else 0
        return Function("", parameters, returning(self._body_of(leaf), parameters), line)

    def _body_of(self, leaf: Leaf | None) -> list[Statement]:
        """Lower a block, or the one expression after `do:`."""
        if leaf is None:
            return []
        with self._lexical():
            return self.body(leaf) if leaf.type in BODIES else list(self.statement(leaf))

    def _do_blocks(self, leaf: Leaf) -> list[Leaf]:
        """Return the block of a call, as `do … end` or after `do:`, and the one after `else:`."""
        children = leaf.named_children
        if children and children[-1].type == "do_block":
            return [children[-1]]
        options = self._options(leaf)
        return [options[name] for name in ("do", "else") if name in options]

    def _options(self, leaf: Leaf) -> dict[str, Leaf]:
        """Return the keywords of a call."""
        arguments = self._arguments_of(leaf)
        if not arguments or arguments[-1].type != "keywords":
            return {}
        return {
            self.text_of(pair, "key").strip().rstrip(":"): value
            for pair in arguments[-1].named_children
            if (value := pair.child_by_field_name("value")) is not None
        }

    def _arguments_of(self, leaf: Leaf) -> list[Leaf]:
        found = (child for child in leaf.named_children if child.type == "arguments")
        return [item for child in found for item in self.inside(child)]

    def _first_argument(self, leaf: Leaf) -> Leaf | None:
        return next(iter(self._arguments_of(leaf)), None)


def returning(statements: list[Statement], parameters: list[Parameter]) -> list[Statement]:
    """Make the last expression of a body its value; a parameter's name alone is no call."""
    if not statements or isinstance(statements[-1], Assign | Class | Function | Loop | Return):
        return statements
    value = statements[-1]
    if isinstance(value, Call) and not value.arguments and isinstance(value.function, Name):
        named = any(parameter.name == value.function.id for parameter in parameters)
        value = value.function if named else value
    return [*statements[:-1], Return(value)]  # type: ignore[arg-type]
