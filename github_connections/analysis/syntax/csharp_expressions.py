"""C#'s expressions: names and types, calls, objects that are made, literals."""

from __future__ import annotations

import re

from tree_sitter import Node as Leaf

from github_connections.analysis.syntax import jvm
from github_connections.analysis.syntax.lowering import Lowering, template
from github_connections.analysis.syntax.nodes import (
    Argument,
    Choice,
    Constant,
    Entry,
    Expression,
    Item,
    Mapping,
    Member,
    Name,
    Opaque,
    Operation,
    Spread,
    Text,
)

# The arguments in angle brackets of a call are one of its arguments, under a name that nothing else can have.
TYPE_ARGUMENTS = "<>"
_IS_NULL = re.compile(r"(==|is)\s+null\b")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}


class CSharpExpressions(Lowering):
    """Lowers what has a value, and types."""

    choosing = frozenset({"??"})

    def __init__(self) -> None:
        super().__init__()
        self.expressions.update(
            {
                **dict.fromkeys(("identifier", "predefined_type", "implicit_type"), lambda leaf: Name(self.text(leaf))),
                **dict.fromkeys(("this", "this_expression"), lambda _: Name("this")),
                **dict.fromkeys(("base", "base_expression"), lambda _: Name("super")),
                "qualified_name": self._qualified,
                "alias_qualified_name": lambda leaf: self.expression(leaf.named_children[-1]),
                "generic_name": self.generic,
                "nullable_type": lambda leaf: Operation("?", [self.first(leaf)]),
                "array_type": lambda leaf: Item(Name("Array"), self.first(leaf)),
                "member_access_expression": self._member_access,
                "conditional_access_expression": self._conditional_access,
                "invocation_expression": self._invocation,
                "object_creation_expression": self._creation,
                "implicit_object_creation_expression": lambda leaf: Opaque(self.start_of(leaf)),
                "array_creation_expression": lambda leaf: self.expression(leaf.named_children[-1]),
                "implicit_array_creation_expression": lambda leaf: self.expression(leaf.named_children[-1]),
                "initializer_expression": self.sequence,
                "anonymous_object_creation_expression": self._anonymous,
                "collection_expression": self.sequence,
                **dict.fromkeys(("collection_element", "expression_element", "parenthesized_expression"), self.first),
                **dict.fromkeys(
                    ("await_expression", "arrow_expression_clause", "postfix_unary_expression"), self.first
                ),
                **dict.fromkeys(("typeof_expression", "checked_expression", "ref_expression"), self.first),
                "spread_element": lambda leaf: Spread(self.first(leaf)),
                "cast_expression": lambda leaf: self.field(leaf, "value"),
                "as_expression": lambda leaf: self.field(leaf, "left"),
                "string_literal": self._string,
                "raw_string_literal": self._raw_string,
                "verbatim_string_literal": lambda leaf: Text(self.text(leaf)[2:-1].replace('""', '"')),
                "interpolated_string_expression": self._interpolated,
                "character_literal": lambda leaf: Text(self.text(leaf).strip("'")),
                "integer_literal": self.whole_number,
                "boolean_literal": lambda leaf: Constant(self.text(leaf) == "true"),
                "null_literal": lambda _: Constant(None),
                "binary_expression": self.binary,
                "conditional_expression": self._conditional,
                "switch_expression": self._switch,
                "element_access_expression": self._element_access,
            }
        )

    def _qualified(self, leaf: Leaf) -> Expression:
        return self._dotted(self.field(leaf, "qualifier"), leaf.child_by_field_name("name"))

    def _member_access(self, leaf: Leaf) -> Expression:
        return self._dotted(self.field(leaf, "expression"), leaf.child_by_field_name("name"))

    def _conditional_access(self, leaf: Leaf) -> Expression:
        """`made?.Name`; what is called or taken of that stands inside."""
        of, name = self.first(leaf), leaf.named_children[-1]
        if name.type != "member_binding_expression":
            return of
        return self._dotted(of, name.named_children[-1] if name.named_children else None)

    def _dotted(self, of: Expression, name: Leaf | None) -> Expression:
        if name is not None and name.type == "generic_name":
            made = self.generic(name)
            inner = made.of if isinstance(made, Item) else made
            member = Member(of, inner.id if isinstance(inner, Name) else "")
            return Item(member, made.index) if isinstance(made, Item) else member
        return Member(of, self.text(name))

    def _invocation(self, leaf: Leaf) -> Expression:
        function, given = leaf.child_by_field_name("function"), leaf.child_by_field_name("arguments")
        called = self.expression(function)
        arguments = self._arguments(given)
        if called == Name("nameof") and arguments:
            value = arguments[0].value
            return Text(value.id if isinstance(value, Name) else getattr(value, "name", ""))
        if isinstance(called, Item):
            arguments = [Argument(called.index, TYPE_ARGUMENTS), *arguments]
            called = called.of
        line = function.end_point[0] + 1 if function is not None else self.line(leaf)
        return self.called(called, arguments, line)

    def _arguments(self, leaf: Leaf | None) -> list[Argument]:
        found = []
        for child in leaf.named_children if leaf is not None else ():
            inner = self.inside(child)
            inner = inner or [part for part in child.children if part.type == "this"]
            if child.type not in ("argument", "attribute_argument") or not inner:
                continue
            name = child.child_by_field_name("name")
            found.append(Argument(self.expression(inner[-1]), self.text(name) if len(inner) > 1 else ""))
        return found

    def _creation(self, leaf: Leaf) -> Expression:
        """`new Type(…) { Name = … }` gives names to arguments; `new List<T> { … }` is a list."""
        made = self.field(leaf, "type")
        function: Expression = made.of if isinstance(made, Item) else made
        arguments = self._arguments(leaf.child_by_field_name("arguments"))
        initializer = leaf.child_by_field_name("initializer")
        items = initializer.named_children if initializer is not None else []
        named = [item for item in items if item.type == "assignment_expression"]
        if initializer is not None and items and not named:
            return self.sequence(initializer)
        for item in named:
            arguments.append(Argument(self.field(item, "right"), self.text_of(item, "left")))
        return self.called(function, arguments, self.line(leaf), new=True)

    def _anonymous(self, leaf: Leaf) -> Expression:
        """`new { controller = "Blog", name }`: a name, an equals sign and a value, or a value alone."""
        entries, children = [], [child for child in leaf.children if child.type not in self.ignored]
        for position, child in enumerate(children):
            if child.type == "=" and position + 1 < len(children):
                entries.append(Entry(Text(self.text(children[position - 1])), self.expression(children[position + 1])))
        return Mapping(entries, self.line(leaf))

    def _string(self, leaf: Leaf) -> Expression:
        pieces = [_unescaped(self.text(child), child.type) for child in leaf.named_children]
        return Text("".join(pieces))

    def _raw_string(self, leaf: Leaf) -> Expression:
        return Text("".join(self.text(child) for child in leaf.named_children if child.type == "raw_string_content"))

    def _interpolated(self, leaf: Leaf) -> Expression:
        parts: list[Expression] = []
        for child in leaf.named_children:
            if child.type == "interpolation":
                inner = [part for part in child.named_children if part.type not in _INTERPOLATION_MARKS]
                parts.append(self.expression(inner[0]) if inner else Opaque(""))
            elif child.type in ("string_content", "escape_sequence"):
                text = _unescaped(self.text(child), child.type)
                parts.append(Text(text.replace("{{", "{").replace("}}", "}")))
        return template(parts)

    def _conditional(self, leaf: Leaf) -> Expression:
        """The more telling arm first: of `x is null ? y : x` the one where it is there."""
        arms = [self.field(leaf, "consequence"), self.field(leaf, "alternative")]
        return Choice(arms[::-1] if _IS_NULL.search(self.text_of(leaf, "condition")) else arms)

    def _switch(self, leaf: Leaf) -> Expression:
        arms = [child for child in leaf.named_children if child.type == "switch_expression_arm"]
        return Choice([self.expression(arm.named_children[-1]) for arm in arms])

    def _element_access(self, leaf: Leaf) -> Expression:
        inner = self._arguments(leaf.child_by_field_name("subscript"))
        return Item(self.field(leaf, "expression"), inner[0].value if inner else Opaque(""))


_INTERPOLATION_MARKS = ("interpolation_brace", "interpolation_format_clause", "interpolation_alignment_clause")


def _unescaped(text: str, kind: str) -> str:
    if kind != "escape_sequence":
        return text
    return _ESCAPES.get(text[1:], jvm.unescaped(text))
