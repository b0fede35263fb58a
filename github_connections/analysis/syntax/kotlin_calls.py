"""Kotlin's calls, annotations, operators, lambdas and branches."""

from __future__ import annotations

from collections.abc import Iterable

from tree_sitter import Node as Leaf

from github_connections.analysis.syntax.kotlin_literals import KotlinLiterals
from github_connections.analysis.syntax.lowering import one_or_several, template
from github_connections.analysis.syntax.nodes import (
    Argument,
    Assign,
    Choice,
    Class,
    Expression,
    Function,
    Import,
    Loop,
    Member,
    Name,
    Operation,
    Parameter,
    Return,
    Sequence,
    Spread,
    Statement,
    Template,
    Text,
)

# The arguments in angle brackets of a call are one of its arguments, under a name that nothing else can have.
TYPE_ARGUMENTS = "<>"
# The name under which one of them is written where the grammar would not know it for what it is.
TYPE_BY_NAME = "typeArgumentOfThisCall"


class KotlinCalls(KotlinLiterals):
    """Lowers what is called or worked out."""

    def __init__(self) -> None:
        super().__init__()
        self.expressions.update(
            {
                "call_expression": self._call,
                "constructor_invocation": self._annotation_call,
                "annotation": self._annotation,
                "infix_expression": self._infix,
                "binary_expression": self._binary,
                "lambda_literal": self._lambda,
                "unary_expression": self._unary,
                "if_expression": self._if_value,
                "when_expression": self._when_value,
            }
        )

    # --- calls --------------------------------------------------------------------------------------------------

    def _call(self, leaf: Leaf) -> Expression:
        """`f(a) { … }` is a call in a call for the grammar, and one call here."""
        inner, *rest = leaf.named_children
        arguments: list[Argument] = []
        while inner.type == "call_expression" and [child.type for child in rest] == ["annotated_lambda"]:
            arguments = self._given(rest)
            inner, *rest = inner.named_children
        return self._called(inner, [*self._given(rest), *arguments])

    def _called(self, function: Leaf, arguments: list[Argument]) -> Expression:
        called = self.expression(function)
        if isinstance(called, Text | Template):  # `"/users"(list)`: an operator that a language of blocks has for texts
            called = Member(called, "invoke")
        return self.called(called, arguments, function.end_point[0] + 1)

    def _given(self, leaves: Iterable[Leaf]) -> list[Argument]:
        arguments: list[Argument] = []
        for leaf in leaves:
            if leaf.type == "value_arguments":
                arguments.extend(self._arguments(leaf))
            elif leaf.type == "type_arguments":
                types = [self.expression(child) for child in leaf.named_children]
                arguments.append(Argument(one_or_several(types), TYPE_ARGUMENTS))
            elif leaf.type in ("annotated_lambda", "lambda_literal"):
                arguments.append(Argument(self.expression(leaf)))
        return arguments

    def _arguments(self, leaf: Leaf | None) -> list[Argument]:
        found = []
        for child in leaf.named_children if leaf is not None else ():
            inner = self.inside(child)
            if child.type != "value_argument" or not inner:
                continue
            named = len(inner) > 1 and any(part.type == "=" for part in child.children)
            value = self.expression(inner[-1])
            spread = child.children[0].type == "*"
            name = self.text(inner[0]) if named else ""
            name = TYPE_ARGUMENTS if name == TYPE_BY_NAME else name
            found.append(Argument(Spread(value) if spread else value, name))
        return found

    def _annotation(self, leaf: Leaf) -> Expression:
        inner = leaf.named_children[-1]
        if inner.type == "constructor_invocation":
            return self.expression(inner)
        return self.called(self.expression(inner), [], self.line(leaf))

    def _annotation_call(self, leaf: Leaf) -> Expression:
        name, *rest = leaf.named_children
        return self.called(self.expression(name), self._given(rest), self.line(leaf))

    def _infix(self, leaf: Leaf) -> Expression:
        """`a to b` is a pair, `a and b` a call of a's `and`."""
        parts = self.inside(leaf)
        if len(parts) != 3:
            return self.opaque(leaf)
        left, word, right = parts
        if self.text(word) == "to":
            return Sequence([self.expression(left), self.expression(right)])
        return self.called(
            Member(self.expression(left), self.text(word)), [Argument(self.expression(right))], self.line(word)
        )

    def _binary(self, leaf: Leaf) -> Expression:
        operator = self.text_of(leaf, "operator")
        if operator == ">":
            generic = self._generic_call(leaf)
            if generic is not None:
                return generic
        operands = [self.field(leaf, "left"), self.field(leaf, "right")]
        if operator == "+":
            return template(operands)
        return Choice(operands) if operator == "?:" else Operation(operator, operands)

    def _generic_call(self, leaf: Leaf) -> Expression | None:
        """`get<Users.Id> { … }` is two comparisons for the grammar."""
        left, right = leaf.child_by_field_name("left"), leaf.child_by_field_name("right")
        if left is None or right is None or left.type != "binary_expression" or self.text_of(left, "operator") != "<":
            return None
        given = right.named_children if right.type == "call_expression" else [right]
        if given[-1].type not in ("annotated_lambda", "lambda_literal"):
            return None
        function = left.child_by_field_name("left")
        if function is None:
            return None
        dotted = self.text(left)[len(self.text(function)) :].strip("<> \n\t").split(".")
        kind: Expression = Name(dotted[0])
        for part in dotted[1:]:
            kind = Member(kind, part)
        first = [Argument(self.expression(given[0]))] if given[0].type == "parenthesized_expression" else []
        arguments = [Argument(kind, TYPE_ARGUMENTS), *first, *self._given(given)]
        return self._called(function, arguments)

    # --- lambdas and branches------------------------------------------------------------------------------------

    def _unary(self, leaf: Leaf) -> Expression:
        value = self.field(leaf, "argument")
        operator = self.text_of(leaf, "operator")
        if operator == "+" and isinstance(value, Text):
            return self.called(Member(value, "unaryPlus"), [], self.line(leaf))
        return value if operator == "!!" else Operation(operator, [value])

    def _lambda(self, leaf: Leaf) -> Expression:
        parameters = [
            self._lambda_parameter(child)
            for given in leaf.named_children
            if given.type == "lambda_parameters"
            for child in given.named_children
        ]
        body = self.run(child for child in leaf.named_children if child.type != "lambda_parameters")
        return Function("", parameters, _returning(body), self.line(leaf))

    def _lambda_parameter(self, leaf: Leaf) -> Parameter:
        if leaf.type == "multi_variable_declaration":
            return Parameter("it", pattern=Sequence([self._declared(child)[0] for child in leaf.named_children]))
        name, kind = self._declared(leaf)
        return Parameter(getattr(name, "id", ""), kind)

    def _if_value(self, leaf: Leaf) -> Expression:
        condition = leaf.child_by_field_name("condition")
        arms = [child for child in leaf.named_children if child != condition and child.type not in self.ignored]
        return Choice([self._arm(arm) for arm in arms])

    def _when_value(self, leaf: Leaf) -> Expression:
        entries = [child for child in leaf.named_children if child.type == "when_entry" and child.named_children]
        return Choice([self._arm(entry.named_children[-1]) for entry in entries])

    def _arm(self, leaf: Leaf) -> Expression:
        if leaf.type != "block":
            return self.expression(leaf)
        return self.last(leaf)


def _returning(body: list[Statement]) -> list[Statement]:
    """The last expression of a lambda is what it gives back."""
    if not body or isinstance(body[-1], Assign | Import | Return | Loop | Class):
        return body
    return [*body[:-1], Return(body[-1])]  # type: ignore[arg-type]  # what is left are expressions
