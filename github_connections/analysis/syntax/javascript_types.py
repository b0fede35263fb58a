"""Types of TypeScript, as the expressions that they are written like."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable

from tree_sitter import Node as Leaf

from github_connections.analysis.syntax.lowering import Lowering, one_or_several
from github_connections.analysis.syntax.nodes import (
    Class,
    Expression,
    Item,
    Member,
    Name,
    Opaque,
    Operation,
    Sequence,
    Statement,
)


class TypeLowering(Lowering):
    """What stands behind the colon."""

    def __init__(self) -> None:
        super().__init__()
        self.expressions.update(
            {
                "array_type": lambda leaf: Item(Name("Array"), self._inner_type(leaf)),
                "function_type": lambda leaf: Opaque(self.start_of(leaf)),
                "generic_type": self._generic,
                "intersection_type": self._union,
                "literal_type": self._inner_type,
                "lookup_type": self._lookup,
                "nested_identifier": self._nested,
                "nested_type_identifier": self._nested,
                "object_type": lambda leaf: Class("", [], self.members(leaf), self.line(leaf), "interface"),
                "optional_type": self._inner_type,
                "parenthesized_type": self._inner_type,
                "predefined_type": lambda leaf: Name(self.text(leaf)),
                "readonly_type": self._inner_type,
                "this_type": lambda leaf: Name(self.text(leaf)),
                "tuple_type": lambda leaf: Sequence(self.types(leaf.named_children)),
                "type_identifier": lambda leaf: Name(self.text(leaf)),
                "type_query": lambda leaf: Operation("typeof", [self._inner_type(leaf)]),
                "union_type": self._union,
            }
        )

    @abstractmethod
    def members(self, body: Leaf) -> list[Statement]:
        """Lower the body of a class or of an interface."""

    # --- types ----------------------------------------------------------------------------------------------------

    def annotation(self, leaf: Leaf) -> Expression | None:
        """Lower the type that is annotated, if any."""
        annotation = leaf.child_by_field_name("type")
        return None if annotation is None else self._inner_type(annotation)

    def types(self, leaves: Iterable[Leaf]) -> list[Expression]:
        """Lower types."""
        return [self._type(leaf) for leaf in leaves if leaf.type != "comment"]

    def _type(self, leaf: Leaf) -> Expression:
        # What a conditional or mapped type is made of says nothing about a program's set-up.
        return self.expression(leaf) if leaf.type in self.expressions else Opaque(self.start_of(leaf))

    def _inner_type(self, leaf: Leaf) -> Expression:
        children = leaf.named_children
        return self._type(children[0]) if children else Name(self.text(leaf))

    def _generic(self, leaf: Leaf) -> Expression:
        of, *rest = leaf.named_children
        arguments = self.types(rest[-1].named_children) if rest else []
        return Item(self._type(of), one_or_several(arguments))

    def _union(self, leaf: Leaf) -> Expression:
        return Operation("&" if leaf.type == "intersection_type" else "|", self.types(self._flattened(leaf)))

    @staticmethod
    def _flattened(leaf: Leaf) -> list[Leaf]:
        """Return the parts of `A | B | C` from left to right."""
        parts, waiting = [], [leaf]
        while waiting:
            part = waiting.pop()
            if part.type == leaf.type and part.type.endswith("n_type"):
                waiting.extend(reversed(part.named_children))
            else:
                parts.append(part)
        return parts

    def _lookup(self, leaf: Leaf) -> Expression:
        of, index = leaf.named_children[0], leaf.named_children[-1]
        return Item(self._type(of), self._type(index))

    def _nested(self, leaf: Leaf) -> Expression:
        of, name = leaf.named_children[0], leaf.named_children[-1]
        return Member(self.expression(of), self.text(name))
