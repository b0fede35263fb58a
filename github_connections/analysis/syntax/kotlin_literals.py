"""Kotlin's names, strings, numbers, collections and types."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tree_sitter import Node as Leaf

from github_connections.analysis.syntax import jvm
from github_connections.analysis.syntax.lowering import Lowering, one_or_several, template
from github_connections.analysis.syntax.nodes import (
    Constant,
    Expression,
    Item,
    Member,
    Name,
    Opaque,
    Operation,
    Spread,
    Text,
)

_HIDDEN = {"gEt": "get", "sEt": "set"}
_SIMPLE_INTERPOLATION = re.compile(r"\$([A-Za-z_]\w*)")
TYPES = frozenset({"user_type", "nullable_type", "function_type", "parenthesized_type", "non_nullable_type"})


class KotlinLiterals(Lowering):
    """Lowers what stands for itself, and types."""

    def __init__(self) -> None:
        super().__init__()
        self.expressions.update(
            {
                "identifier": self._identifier,
                "this_expression": lambda _: Name("this"),
                "super_expression": lambda _: Name("super"),
                "navigation_expression": self._navigation,
                "callable_reference": self._navigation,
                "string_literal": self._string,
                "multiline_string_literal": self._string,
                "character_literal": lambda leaf: Text(self.text(leaf).strip("'")),
                "number_literal": self.whole_number,
                "collection_literal": self.sequence,
                "parenthesized_expression": self.first,
                "annotated_lambda": self.last,
                "index_expression": self.subscript,
                "as_expression": lambda leaf: self.field(leaf, "left"),
                "spread_expression": lambda leaf: Spread(self.first(leaf)),
                "user_type": self._user_type,
                "nullable_type": lambda leaf: Operation("?", [self.first(leaf)]),
                "non_nullable_type": self.first,
                "parenthesized_type": self.first,
                "function_type": self._function_type,
                "type_projection": self.last,
            }
        )

    def _declared(self, leaf: Leaf) -> tuple[Expression, Expression | None]:
        name, *kinds = leaf.named_children or [leaf]
        return Name(self.text(name)), self.expression(kinds[-1]) if kinds else None

    def _child(self, leaf: Leaf, kind: str) -> Leaf | None:
        return next((child for child in leaf.named_children if child.type == kind), None)

    def _identifier(self, leaf: Leaf) -> Expression:
        text = self.text(leaf)
        if text == "null":
            return Constant(None)
        if text in ("true", "false"):
            return Constant(text == "true")
        return Name(shown(text.strip("`")))

    def _navigation(self, leaf: Leaf) -> Expression:
        name = shown(self.text(leaf.children[-1]).strip("`"))
        first = leaf.children[0]
        return Member(self.expression(first), name) if first.is_named and len(leaf.children) > 1 else Name(name)

    def _string(self, leaf: Leaf) -> Expression:
        parts: list[Expression] = []
        plain = ""
        for child in leaf.named_children:
            if child.type == "string_content":
                plain += self.text(child)
                continue
            parts.extend(_interpolated(plain))
            plain = ""
            is_escape = child.type == "escape_sequence"
            parts.append(Text(jvm.unescaped(self.text(child))) if is_escape else self.first(child))
        return template([*parts, *_interpolated(plain)])

    def _user_type(self, leaf: Leaf) -> Expression:
        made: Expression | None = None
        for child in leaf.named_children:
            if child.type == "identifier":
                made = Name(self.text(child)) if made is None else Member(made, self.text(child))
            elif child.type == "type_arguments" and made is not None:
                items = [self.expression(item) for item in child.named_children]
                made = Item(made, one_or_several(items))
            elif child.type == "user_type":
                made = self.expression(child)
        return made or Opaque(self.start_of(leaf))

    def _function_type(self, leaf: Leaf) -> Expression:
        """`Route.() -> Unit`: a function whose receiver is the first of its types."""
        types = [self.expression(child) for child in leaf.named_children if child.type in TYPES]
        return Operation("->", types)


def shown(name: str) -> str:
    """Return a name as it is written, also where it was hidden from the grammar."""
    return _HIDDEN.get(name, name)


def _interpolated(text: str) -> Iterable[Expression]:
    """Split at `$name`, which the grammar leaves in a string's text."""
    for position, piece in enumerate(_SIMPLE_INTERPOLATION.split(text)):
        if position % 2:
            yield Name(piece)
        elif piece:
            yield Text(piece)
