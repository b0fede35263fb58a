"""Rust's statements: what is bound, assigned, walked over and returned."""

from __future__ import annotations

from collections.abc import Iterable

from tree_sitter import Node as Leaf

from github_connections.analysis.syntax import rust_macros
from github_connections.analysis.syntax.nodes import Assign, Loop, Name, Return, Statement
from github_connections.analysis.syntax.rust_expressions import RustExpressions


class RustStatements(RustExpressions):
    """Lowers what stands in a body and declares no item."""

    def __init__(self) -> None:
        super().__init__()
        self.statements.update(
            {
                "const_item": self._constant,
                "static_item": self._constant,
                "let_declaration": self._let,
                "expression_statement": self._expression_statement,
                "assignment_expression": self._assignment,
                "compound_assignment_expr": self._assignment,
                "for_expression": self._for,
                "if_expression": self._flattened,
                "match_expression": self._flattened,
                "match_arm": self._arm,
                "macro_invocation": self._macro,
                "else_clause": self._flattened,
                "block": self._flattened,
                "unsafe_block": self._flattened,
                "let_condition": self._let_condition,
                "return_expression": self._return,
            }
        )

    def _constant(self, leaf: Leaf) -> Iterable[Statement]:
        target = Name(self.text_of(leaf, "name"))
        return (Assign(target, self.optional(leaf, "value"), self.line(leaf), modifiers=["const"]),)

    def _let(self, leaf: Leaf) -> Iterable[Statement]:
        target = self.pattern(leaf.child_by_field_name("pattern"))
        value, kind = self.optional(leaf, "value"), self.optional(leaf, "type")
        return (Assign(target, value, self.line(leaf), kind, modifiers=["let"]),)

    def _let_condition(self, leaf: Leaf) -> Iterable[Statement]:
        target = self.pattern(leaf.child_by_field_name("pattern"))
        return (Assign(target, self.optional(leaf, "value"), self.line(leaf), modifiers=["let"]),)

    def _expression_statement(self, leaf: Leaf) -> Iterable[Statement]:
        return self.run(leaf.named_children)

    def _assignment(self, leaf: Leaf) -> Iterable[Statement]:
        operator = "+=" if leaf.type.startswith("compound") else "="
        target = self.pattern(leaf.child_by_field_name("left"))
        return (Assign(target, self.field(leaf, "right"), self.line(leaf), operator=operator),)

    def _for(self, leaf: Leaf) -> Iterable[Statement]:
        target, items = self.pattern(leaf.child_by_field_name("pattern")), self.field(leaf, "value")
        return (Loop(target, items, self.body(leaf.child_by_field_name("body"))),)

    def _flattened(self, leaf: Leaf) -> Iterable[Statement]:
        return self.run(leaf.named_children)

    def _arm(self, leaf: Leaf) -> Iterable[Statement]:
        value = leaf.child_by_field_name("value")
        return self.statement(value) if value is not None else ()

    def _macro(self, leaf: Leaf) -> Iterable[Statement]:
        held = rust_macros.items(self, leaf)
        return (self.expression(leaf),) if held is None else held

    def _return(self, leaf: Leaf) -> Iterable[Statement]:
        return (Return(self.first(leaf)),) if leaf.named_children else ()
