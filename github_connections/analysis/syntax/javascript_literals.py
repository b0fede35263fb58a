"""JavaScript's arrays, objects, numbers, templates and operators."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tree_sitter import Node as Leaf

from github_connections.analysis.syntax.javascript_modules import ModuleLowering
from github_connections.analysis.syntax.lowering import number, template
from github_connections.analysis.syntax.nodes import (
    Argument,
    Call,
    Choice,
    Constant,
    Entry,
    Expression,
    Item,
    Mapping,
    Name,
    Opaque,
    Operation,
    Sequence,
    Spread,
    Text,
)

REGEX_LENGTH = 200
# The operands of other operators say nothing about a program's set-up.
_LOGIC = frozenset({"||", "??", "&&"})
# Of a condition of more parts the last are asked.
_MAXIMUM_ASKED = 8
_COMPARED = frozenset({"===", "==", "!==", "!="})
_ASKED = frozenset({"identifier", "member_expression"})
_FUNCTIONS = frozenset({"arrow_function", "function_declaration", "function_expression", "method_definition"})
# A parameter that is true or false: by its type, or by what it is if nobody says. What stands in braces a component
# may be given, and nobody sees by whom.
_IN_BRACES = re.compile(r"\{[^{}]*\}")
_FLAG = re.compile(r"\b(\w+)\s*(?:\??:\s*boolean\b|=\s*(?:true|false)\b)")
_UNWRAPPED = (
    "as_expression",
    "await_expression",
    "instantiation_expression",
    "non_null_expression",
    "satisfies_expression",
    "jsx_expression",
    "yield_expression",
    "parenthesized_expression",
)
_WORDS: dict[str, Expression] = {
    "false": Constant(False),
    "import": Name("import"),
    "null": Constant(None),
    "super": Name("super"),
    "this": Name("this"),
    "true": Constant(True),
    "undefined": Constant(None),
}


class LiteralLowering(ModuleLowering):
    """Lowers what is written out, and what is worked out of it."""

    def __init__(self) -> None:
        super().__init__()
        self.expressions.update(
            {
                "array": self._array,
                "arrow_function": self.function,
                "assignment_expression": lambda leaf: self.field(leaf, "right"),
                "binary_expression": self._binary,
                "class": self.class_,
                "decorator": lambda leaf: self.expression(leaf.named_children[-1] if leaf.named_children else None),
                "function_expression": self.function,
                "generator_function": self.function,
                "identifier": lambda leaf: Name(self.text(leaf)),
                "number": self._number,
                "object": self._object,
                "private_property_identifier": lambda leaf: Name(self.text(leaf)),
                "regex": lambda leaf: Opaque(self.text(leaf)[:REGEX_LENGTH]),
                "sequence_expression": lambda leaf: self.expression(leaf.named_children[-1]),
                "spread_element": lambda leaf: Spread(self._first(leaf)),
                "subscript_expression": lambda leaf: Item(self.field(leaf, "object"), self.field(leaf, "index")),
                "template_string": self._template,
                "ternary_expression": self._ternary,
                "type_assertion": lambda leaf: self.expression(leaf.named_children[-1]),
                "unary_expression": self._unary,
                "update_expression": lambda leaf: Opaque(self.start_of(leaf)),
            }
        )
        self.expressions.update(dict.fromkeys(_UNWRAPPED, self._first))
        self.expressions.update(dict.fromkeys(_WORDS, lambda leaf: _WORDS[leaf.type]))

    # --- operators ------------------------------------------------------------------------------------------------

    def _first(self, leaf: Leaf) -> Expression:
        return self.first(leaf) if self.inside(leaf) else Constant(None)

    def _binary(self, leaf: Leaf) -> Expression:
        operator = self._operator(leaf)
        if operator == "+":
            return template(self.expression(operand) for operand in self._operands(leaf, operator))
        if operator == "&&":
            asked = self.comparison(leaf.child_by_field_name("left"))
            return Choice([self.field(leaf, "right"), self.field(leaf, "left")], asked)
        if operator in _LOGIC:
            return Choice([self.expression(operand) for operand in self._operands(leaf, operator)])
        return Opaque(self.start_of(leaf))

    @staticmethod
    def _operator(leaf: Leaf) -> str:
        operator = leaf.child_by_field_name("operator")
        return "" if operator is None else operator.type

    def _operands(self, leaf: Leaf, operator: str) -> list[Leaf]:
        """Return the operands of `a + b + c`, however many, from left to right."""
        operands = []
        left: Leaf | None = leaf
        while left is not None and left.type == "binary_expression" and self._operator(left) == operator:
            right = left.child_by_field_name("right")
            operands.extend([right] if right is not None else [])
            left = left.child_by_field_name("left")
        operands.extend([left] if left is not None else [])
        return operands[::-1]

    def _ternary(self, leaf: Leaf) -> Expression:
        """Lower `a ? b : c`; of `path == null ? "" : path` what is there when nothing is missing comes first."""
        options = [self.field(leaf, "consequence"), self.field(leaf, "alternative")]
        condition = leaf.child_by_field_name("condition")
        if self._asks_what_is_missing(condition):
            return Choice(options[::-1])
        return Choice(options, self.comparison(condition))

    def comparison(self, condition: Leaf | None, *, negated: bool = False) -> Expression | None:
        """Lower `route.layout === "admin"`, or a flag that a function takes, to a call that tells what is known not to
        hold; None for anything else.
        """
        while condition is not None and condition.type == "parenthesized_expression":
            condition = condition.named_children[0] if condition.named_children else None
        if condition is None:
            return None
        if condition.type == "unary_expression" and self._operator(condition) == "!":
            condition, negated = condition.child_by_field_name("argument"), not negated
        if condition is not None and condition.type == "identifier":
            return self._flag(condition, negated=negated)
        operator = "" if condition is None or condition.type != "binary_expression" else self._operator(condition)
        if condition is not None and operator == ("||" if negated else "&&"):
            return self._all_of(condition, operator, negated=negated)
        if condition is None or operator not in _COMPARED:
            return None
        left, right = condition.child_by_field_name("left"), condition.child_by_field_name("right")
        if left is None or right is None or left.type not in _ASKED or right.type != "string":
            return None
        name = "if_is_not" if operator.startswith("!") is not negated else "if_is"
        return Call(
            Name(name), [Argument(self.expression(left)), Argument(self.expression(right))], self.line(left), False
        )

    def _all_of(self, condition: Leaf, operator: str, *, negated: bool) -> Expression | None:
        """Lower `a !== "x" && b !== "y"`, of which each must hold; of a long one its end."""
        asked: list[Expression | None] = []
        left: Leaf | None = condition
        while left is not None and self._operator(left) == operator and len(asked) < _MAXIMUM_ASKED:
            right = left.child_by_field_name("right")
            asked.append(None if right is None or self._has_parts(right) else self.comparison(right, negated=negated))
            left = left.child_by_field_name("left")
        asked.append(None if left is None or self._has_parts(left) else self.comparison(left, negated=negated))
        known = [one for one in asked[::-1] if one is not None]
        if len(known) <= 1:
            return next(iter(known), None)
        return Call(Name("if_all"), [Argument(one) for one in known], self.line(condition), False)

    def _has_parts(self, condition: Leaf) -> bool:
        return condition.type == "parenthesized_expression" or self._operator(condition) in ("&&", "||")

    def _flag(self, asked: Leaf, *, negated: bool) -> Expression | None:
        """Lower the question for `withDetails = true` or `withDetails: boolean`, which the function around takes."""
        around = asked.parent
        while around is not None and around.type not in _FUNCTIONS:
            around = around.parent
        taken = around.child_by_field_name("parameters") if around is not None else None
        written = _IN_BRACES.sub("", self.text(taken)) if taken is not None else ""
        known = {match.group(1) for match in _FLAG.finditer(written)}
        if self.text(asked) not in known:
            return None
        return Call(
            Name("if_false" if negated else "if_true"), [Argument(Name(self.text(asked)))], self.line(asked), False
        )

    def _asks_what_is_missing(self, condition: Leaf | None) -> bool:
        if condition is None:
            return False
        right = condition.child_by_field_name("right")
        if right is not None and self._operator(condition) in ("==", "==="):
            return right.type in ("null", "undefined")
        return condition.type == "unary_expression" and self._operator(condition) == "!"

    def _unary(self, leaf: Leaf) -> Expression:
        operator, operand = self._operator(leaf), self.field(leaf, "argument")
        if operator == "void":
            return Constant(None)
        if operator == "-" and isinstance(operand, Constant) and isinstance(operand.value, int | float):
            return Constant(-operand.value)
        return Operation(operator, [operand])

    # --- literals -------------------------------------------------------------------------------------------------

    def _array(self, leaf: Leaf) -> Expression:
        return Sequence([self.expression(child) for child in leaf.named_children if child.type != "comment"])

    def _object(self, leaf: Leaf) -> Expression:
        return Mapping([entry for child in leaf.named_children for entry in self._entry(child)], self.line(leaf))

    def _entry(self, leaf: Leaf) -> Iterable[Entry]:
        kind = leaf.type
        if kind == "pair":
            yield Entry(self.key(leaf.child_by_field_name("key")), self.field(leaf, "value"))
        elif kind == "shorthand_property_identifier":
            name = self.text(leaf)
            yield Entry(Text(name), Name(name))
        elif kind == "method_definition":
            yield Entry(self.key(leaf.child_by_field_name("name")), self.function(leaf))
        elif kind == "spread_element":
            yield Entry(self.expression(leaf), Constant(None))

    def _number(self, leaf: Leaf) -> Expression:
        text = self.text(leaf).replace("_", "").rstrip("n")
        try:
            return number(int(text, 0) if text[:1] != "0" or text[1:2].isalpha() else int(text))
        except ValueError:
            return self._fraction(text)

    def _fraction(self, text: str) -> Expression:
        try:
            return Constant(float(text))
        except ValueError:
            return Opaque(text)

    def _template(self, leaf: Leaf) -> Expression:
        return template(
            self._first(child) if child.type == "template_substitution" else Text(self.piece(child))
            for child in leaf.named_children
        )
