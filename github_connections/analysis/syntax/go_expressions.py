"""Go's expressions: names and types, calls, literals, and composite literals."""

from __future__ import annotations

import ast

from tree_sitter import Node as Leaf

from github_connections.analysis.syntax.lowering import Lowering, number, one_or_several
from github_connections.analysis.syntax.nodes import (
    Argument,
    Call,
    Constant,
    Entry,
    Expression,
    Item,
    Mapping,
    Member,
    Name,
    Opaque,
    Sequence,
    Spread,
    Text,
)


class GoExpressions(Lowering):
    """Lowers what has a value, and types."""

    def __init__(self) -> None:
        super().__init__()
        self.expressions.update(
            {
                **dict.fromkeys(
                    ("identifier", "field_identifier", "type_identifier", "package_identifier"), self._name
                ),
                "interpreted_string_literal": self._string,
                "raw_string_literal": lambda leaf: Text(self.text(leaf)[1:-1]),
                "int_literal": self._number,
                "float_literal": self._number,
                "true": lambda _leaf: Constant(True),
                "false": lambda _leaf: Constant(False),
                "nil": lambda _leaf: Constant(None),
                "selector_expression": self._selector,
                "qualified_type": lambda leaf: Member(self.field(leaf, "package"), self.text_of(leaf, "name")),
                "call_expression": self._call,
                "composite_literal": self._literal,
                "binary_expression": self.binary,
                "unary_expression": lambda leaf: self.field(leaf, "operand"),
                "parenthesized_expression": self.first,
                "pointer_type": self.first,
                "generic_type": lambda leaf: Item(self.field(leaf, "type"), self._inner_of(leaf, "type_arguments")),
                "slice_type": lambda leaf: Item(Name("[]"), self.field(leaf, "element")),
                "array_type": lambda leaf: Item(Name("[]"), self.field(leaf, "element")),
                "map_type": lambda leaf: Item(
                    Name("map"), Sequence([self.field(leaf, "key"), self.field(leaf, "value")])
                ),
                "type_assertion_expression": lambda leaf: self.field(leaf, "operand"),
                "type_conversion_expression": self._conversion,
                "index_expression": lambda leaf: Item(self.field(leaf, "operand"), self.field(leaf, "index")),
                "slice_expression": lambda leaf: self.field(leaf, "operand"),
                "variadic_argument": lambda leaf: Spread(self.first(leaf)),
                "expression_list": self._several,
            }
        )
        self.statements.update(
            {
                "go_statement": lambda leaf: [self.first(leaf)],
            }
        )

    def _name(self, leaf: Leaf) -> Expression:
        return Name(self.text(leaf))

    def _inner_of(self, leaf: Leaf, name: str) -> Expression:
        child = leaf.child_by_field_name(name)
        return Opaque("") if child is None else self.first(child)

    def _listed(self, leaf: Leaf | None) -> list[Expression]:
        if leaf is None:
            return []
        if leaf.type != "expression_list":
            return [self.expression(leaf)]
        return [self.expression(child) for child in self.inside(leaf)]

    def _several(self, leaf: Leaf) -> Expression:
        values = self._listed(leaf)
        return one_or_several(values)

    def _selector(self, leaf: Leaf) -> Expression:
        return Member(self.expression(leaf.children[0]), self.text(leaf.children[-1]))

    def _call(self, leaf: Leaf) -> Expression:
        function = leaf.child_by_field_name("function")
        arguments = leaf.child_by_field_name("arguments")
        if function is None or arguments is None:
            return Opaque(self.start_of(leaf))
        called = self.expression(function)
        given = [Argument(self.expression(child)) for child in self.inside(arguments)]
        if leaf.child_by_field_name("type_arguments") is not None:
            return self._made_for(called, self._inner_of(leaf, "type_arguments"), given, function.end_point[0] + 1)
        if called == Name("string") and len(given) == 1:
            return given[0].value  # a text of a named type, `string(UsersPath)`
        return self.called(called, given, function.end_point[0] + 1)

    def _conversion(self, leaf: Leaf) -> Expression:
        """`Path(x)` is `x`; `decode[Order](r)`, which the grammar takes for one too, is a call."""
        kind = leaf.child_by_field_name("type")
        if kind is None or kind.type != "generic_type":
            return self.field(leaf, "operand")
        called = self.field(kind, "type")
        operand = Argument(self.field(leaf, "operand"))
        return self._made_for(called, self._inner_of(kind, "type_arguments"), [operand], kind.end_point[0] + 1)

    def _made_for(self, called: Expression, kind: Expression, given: list[Argument], line: int) -> Expression:
        self.note(called)
        return self.called(Item(called, kind), given, line)

    def _string(self, leaf: Leaf) -> Expression:
        text = self.text(leaf)
        if "\\" not in text:
            return Text(text[1:-1])
        try:
            return Text(str(ast.literal_eval(text)))
        except (ValueError, SyntaxError):
            return Text(text[1:-1])

    def _number(self, leaf: Leaf) -> Expression:
        try:
            value = ast.literal_eval(self.text(leaf).replace("_", ""))
        except (ValueError, SyntaxError):
            return Opaque(self.start_of(leaf))
        return number(value)

    def _literal(self, leaf: Leaf) -> Expression:
        kind, body = leaf.child_by_field_name("type"), leaf.child_by_field_name("body")
        return self._made_literal(None if kind is None else self.expression(kind), body, self.line(leaf))

    def _made_literal(self, kind: Expression | None, body: Leaf | None, line: int) -> Expression:
        """A list, a map or a struct by the type before the braces; inside, braces alone have the element's type."""
        elements = self.inside(body) if body else []
        if isinstance(kind, Item) and kind.of == Name("[]"):
            return Sequence([self._element(element, kind.index) for element in elements])
        if isinstance(kind, Item) and kind.of == Name("map") and isinstance(kind.index, Sequence):
            value = kind.index.items[1]
            pairs = [(self._key(element), self._element(element, value)) for element in elements]
            return Mapping([Entry(key, item) for key, item in pairs], line)
        arguments = [Argument(self._element(element, None), self._key_name(element)) for element in elements]
        return Call(kind or Opaque("struct"), arguments, line, True)

    def _element(self, leaf: Leaf, kind: Expression | None) -> Expression:
        value = leaf.child_by_field_name("value") if leaf.type == "keyed_element" else leaf
        while value is not None and value.type == "literal_element" and value.named_children:
            value = value.named_children[0]
        if value is not None and value.type == "literal_value":
            return self._made_literal(kind, value, self.line(value))
        return self.expression(value)

    def _key(self, leaf: Leaf) -> Expression:
        key = leaf.child_by_field_name("key")
        while key is not None and key.type == "literal_element" and key.named_children:
            key = key.named_children[0]
        return self.expression(key)

    def _key_name(self, leaf: Leaf) -> str:
        return self.text_of(leaf, "key") if leaf.type == "keyed_element" else ""
