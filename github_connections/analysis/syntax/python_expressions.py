"""Python's expressions: calls, literals, choices, comprehensions, types."""

from __future__ import annotations

import ast

from tree_sitter import Node as Leaf

from github_connections.analysis.syntax.lowering import Lowering, number, one_or_several, template
from github_connections.analysis.syntax.nodes import (
    Argument,
    Choice,
    Constant,
    Entry,
    Expression,
    Function,
    Item,
    Mapping,
    Member,
    Name,
    Opaque,
    Operation,
    Parameter,
    Return,
    Spread,
    Text,
)


class PythonExpressions(Lowering):
    """Lowers what has a value."""

    def __init__(self) -> None:
        super().__init__()
        self.expressions.update(
            {
                "identifier": lambda leaf: Name(self.text(leaf)),
                "attribute": self._attribute,
                "call": self._call,
                "string": self._string,
                "concatenated_string": lambda leaf: template([self.expression(part) for part in leaf.named_children]),
                "integer": self._number,
                "float": self._number,
                "true": lambda _leaf: Constant(True),
                "false": lambda _leaf: Constant(False),
                "none": lambda _leaf: Constant(None),
                "list": self.sequence,
                "tuple": self.sequence,
                "set": self.sequence,
                "expression_list": self.sequence,
                "pattern_list": self.sequence,
                "tuple_pattern": self.sequence,
                "list_pattern": self.sequence,
                "dictionary": self._mapping,
                "subscript": self._subscript,
                "binary_operator": self.binary,
                "boolean_operator": self._boolean,
                "comparison_operator": self._comparison,
                "conditional_expression": self._conditional,
                "parenthesized_expression": self.first,
                "await": self.first,
                "type": self.first,
                "lambda": self._lambda,
                "list_splat": self._spread,
                "dictionary_splat": self._spread,
                "list_splat_pattern": self._spread,
                "generic_type": self._generic,
                "union_type": self._union,
                "named_expression": lambda leaf: self.field(leaf, "value"),
                "list_comprehension": self._comprehension,
            }
        )

    # --- expressions --------------------------------------------------------------------------------------------

    def _attribute(self, leaf: Leaf) -> Expression:
        return Member(self.expression(leaf.children[0]), self.text(leaf.children[-1]))

    def _call(self, leaf: Leaf) -> Expression:
        function, arguments = leaf.children[0], leaf.children[-1]
        called = self.expression(function)
        if arguments.type != "argument_list":  # f(x for x in y)
            return self.called(called, [], self.line(leaf))
        # The line a person looks for is that of the last name: chains are written over several lines.
        return self.called(called, self._arguments(arguments), function.end_point[0] + 1)

    def _arguments(self, leaf: Leaf) -> list[Argument]:
        arguments = []
        for child in leaf.named_children:
            if child.type == "keyword_argument":
                arguments.append(Argument(self.field(child, "value"), self.text_of(child, "name")))
            elif child.type not in self.ignored:
                arguments.append(Argument(self.expression(child)))
        return arguments

    def _string(self, leaf: Leaf) -> Expression:
        start = self.text(leaf.children[0]) if leaf.children else ""
        if "{" in self.text(leaf) and "f" in start.lower().rstrip("\"'"):
            return self._formatted(leaf, raw="r" in start.lower())
        content = "".join(self.text(child) for child in leaf.named_children if child.type == "string_content")
        return Text(content if "r" in start.lower().rstrip("\"'") else _unescaped(content))

    def _formatted(self, leaf: Leaf, *, raw: bool) -> Expression:
        parts: list[Expression] = []
        for child in leaf.named_children:
            if child.type == "interpolation":
                parts.append(self.expression(child.named_children[0]) if child.named_children else Opaque(""))
            elif child.type == "string_content":
                content = self.text(child).replace("{{", "{").replace("}}", "}")
                parts.append(Text(content if raw else _unescaped(content)))
        return template(parts)

    def _number(self, leaf: Leaf) -> Expression:
        try:
            value = ast.literal_eval(self.text(leaf))
        except (ValueError, SyntaxError):
            return Opaque(self.start_of(leaf))
        return number(value) if isinstance(value, int | float) else Opaque("")

    def _mapping(self, leaf: Leaf) -> Expression:
        entries = []
        for child in leaf.named_children:
            if child.type == "pair":
                entries.append(Entry(self.field(child, "key"), self.field(child, "value")))
            elif child.type == "dictionary_splat":
                entries.append(Entry(self._spread(child), Constant(None)))
        return Mapping(entries, self.line(leaf))

    def _subscript(self, leaf: Leaf) -> Expression:
        of, *indexes = self.inside(leaf)
        items = [self.expression(index) for index in indexes]
        return Item(self.expression(of), one_or_several(items))

    def _generic(self, leaf: Leaf) -> Expression:
        name, *rest = leaf.named_children
        items = [self.expression(item) for parameters in rest for item in parameters.named_children]
        return Item(self.expression(name), one_or_several(items))

    def _union(self, leaf: Leaf) -> Expression:
        return Operation("|", [self.expression(child) for child in leaf.named_children])

    def _boolean(self, leaf: Leaf) -> Expression:
        operands = [self.field(leaf, "left"), self.field(leaf, "right")]
        return Choice(operands) if self.text_of(leaf, "operator") == "or" else Operation("and", operands)

    def _comparison(self, leaf: Leaf) -> Expression:
        operators = [self.text(child) for child in leaf.children if not child.is_named]
        operands = [self.expression(child) for child in leaf.named_children]
        return Operation(" ".join(operators) or "==", operands)

    def _conditional(self, leaf: Leaf) -> Expression:
        value, _, otherwise = self.inside(leaf)[:3]
        return Choice([self.expression(value), self.expression(otherwise)])

    def _spread(self, leaf: Leaf) -> Expression:
        return Spread(self.first(leaf))

    def _lambda(self, leaf: Leaf) -> Expression:
        body = leaf.child_by_field_name("body")
        returned = [] if body is None else [Return(self.expression(body))]
        return Function("", self._parameters(leaf.child_by_field_name("parameters")), [*returned], self.line(leaf))

    def _comprehension(self, leaf: Leaf) -> Expression:
        """`[f(x) for x in items]` is `items.map(lambda x: f(x))`."""
        body = leaf.child_by_field_name("body")
        clause = next((child for child in leaf.named_children if child.type == "for_in_clause"), None)
        if body is None or clause is None:
            return self.opaque(leaf)
        target = clause.child_by_field_name("left")
        pattern = None if target is None or target.type == "identifier" else self.expression(target)
        parameter = Parameter(self.text(target) if pattern is None else "item", pattern=pattern)
        function = Function("", [parameter], [Return(self.expression(body))], self.line(leaf))
        return self.called(Member(self.field(clause, "right"), "map"), [Argument(function)], self.line(leaf))

    # --- parameters ---------------------------------------------------------------------------------------------

    def _parameters(self, leaf: Leaf | None) -> list[Parameter]:
        made = [self._parameter(child) for child in leaf.named_children] if leaf is not None else []
        return [parameter for parameter in made if parameter is not None]

    def _parameter(self, leaf: Leaf) -> Parameter | None:
        kind = leaf.type
        if kind == "identifier":
            return Parameter(self.text(leaf))
        if kind in ("default_parameter", "typed_default_parameter"):
            return Parameter(self.text_of(leaf, "name"), self.optional(leaf, "type"), self.optional(leaf, "value"))
        if kind == "typed_parameter":
            name = self.text(leaf.named_children[0])
            return Parameter(
                name.lstrip("*"), self.optional(leaf, "type"), kind=name[: len(name) - len(name.lstrip("*"))]
            )
        if kind in ("list_splat_pattern", "dictionary_splat_pattern"):
            name = self.text(leaf)
            return Parameter(name.lstrip("*"), kind=name[: len(name) - len(name.lstrip("*"))])
        return None


def _unescaped(content: str) -> str:
    if "\\" not in content:
        return content
    try:
        text = str(ast.literal_eval(f'"""{content}"""')) if '"""' not in content else content
    except (ValueError, SyntaxError):
        return content
    return text.encode("utf-8", "replace").decode()  # half a surrogate pair is text in Python, and nowhere else
