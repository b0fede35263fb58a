"""Java's expressions: names and types, calls, objects that are made, annotations, literals."""

from __future__ import annotations

from tree_sitter import Node as Leaf

from github_connections.analysis.syntax import jvm
from github_connections.analysis.syntax.lowering import Lowering
from github_connections.analysis.syntax.nodes import (
    Argument,
    Choice,
    Constant,
    Expression,
    Item,
    Member,
    Name,
    Sequence,
    Text,
)


class JavaExpressions(Lowering):
    """Lowers what has a value, and types."""

    def __init__(self) -> None:
        super().__init__()
        self.expressions.update(
            {
                **dict.fromkeys(
                    ("identifier", "type_identifier", "integral_type", "boolean_type", "void_type"), self._name
                ),
                **dict.fromkeys(("floating_point_type", "this", "super"), self._name),
                "field_access": self._field_access,
                "scoped_identifier": self._scoped,
                "scoped_type_identifier": self._scoped,
                "generic_type": self.generic,
                "array_type": lambda leaf: Item(Name("Array"), self.field(leaf, "element")),
                "annotated_type": lambda leaf: self.expression(leaf.named_children[-1]),
                "wildcard": self._wildcard,
                "method_invocation": self._invocation,
                "array_creation_expression": self._array_creation,
                "string_literal": self._string,
                "character_literal": lambda leaf: Text(self.text(leaf).strip("'")),
                "decimal_integer_literal": self.whole_number,
                "true": lambda _: Constant(True),
                "false": lambda _: Constant(False),
                "null_literal": lambda _: Constant(None),
                "array_initializer": self.sequence,
                "element_value_array_initializer": self.sequence,
                "annotation": self._annotation,
                "marker_annotation": self._annotation,
                "binary_expression": self.binary,
                "ternary_expression": self._ternary,
                "parenthesized_expression": self.first,
                "cast_expression": lambda leaf: self.field(leaf, "value"),
                "class_literal": lambda leaf: Member(self.first(leaf), "class"),
                "method_reference": self._method_reference,
                "array_access": lambda leaf: Item(self.field(leaf, "array"), self.field(leaf, "index")),
            }
        )

    def _name(self, leaf: Leaf) -> Expression:
        return Name(self.text(leaf))

    def _field_access(self, leaf: Leaf) -> Expression:
        return Member(self.field(leaf, "object"), self.text_of(leaf, "field"))

    def _scoped(self, leaf: Leaf) -> Expression:
        first, *rest = leaf.named_children or [leaf]
        return Member(self.expression(first), self.text(rest[-1])) if rest else Name(self.text(leaf))

    def _wildcard(self, leaf: Leaf) -> Expression:
        bound = leaf.named_children
        return self.expression(bound[-1]) if bound else Name("?")

    def _invocation(self, leaf: Leaf) -> Expression:
        name = leaf.child_by_field_name("name")
        of = self.optional(leaf, "object")
        function = Name(self.text(name)) if of is None else Member(of, self.text(name))
        line = self.line(name) if name is not None else self.line(leaf)
        return self.called(function, self._arguments(leaf.child_by_field_name("arguments")), line)

    def _arguments(self, leaf: Leaf | None) -> list[Argument]:
        children = leaf.named_children if leaf is not None else []
        return [Argument(self.expression(child)) for child in children if child.type not in self.ignored]

    def _array_creation(self, leaf: Leaf) -> Expression:
        return self.optional(leaf, "value") or Sequence([])

    def _string(self, leaf: Leaf) -> Expression:
        pieces = [
            jvm.unescaped(self.text(child)) if child.type == "escape_sequence" else self.text(child)
            for child in leaf.named_children
        ]
        return Text("".join(pieces))

    def _annotation(self, leaf: Leaf) -> Expression:
        given = leaf.child_by_field_name("arguments")
        arguments = []
        for child in given.named_children if given is not None else ():
            if child.type == "element_value_pair":
                arguments.append(Argument(self.field(child, "value"), self.text_of(child, "key")))
            elif child.type not in self.ignored:
                arguments.append(Argument(self.expression(child)))
        return self.called(self.field(leaf, "name"), arguments, self.line(leaf))

    def _ternary(self, leaf: Leaf) -> Expression:
        return Choice([self.field(leaf, "consequence"), self.field(leaf, "alternative")])

    def _method_reference(self, leaf: Leaf) -> Expression:
        first = leaf.named_children[0] if leaf.named_children else leaf
        return Member(self.expression(first), self.text(leaf.children[-1])) if first is not leaf else self.opaque(leaf)
