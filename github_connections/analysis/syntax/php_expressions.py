"""PHP's expressions: names, literals, arrays, calls, choices."""

from __future__ import annotations

from tree_sitter import Node as Leaf

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
    Sequence,
    Spread,
    Text,
)

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "$": "$", '"': '"', "e": "\x1b", "0": "\0"}


class PhpExpressions(Lowering):
    """Lowers what has a value."""

    joining = "."
    choosing = frozenset({"??", "||", "or"})

    def __init__(self) -> None:
        super().__init__()
        self.expressions.update(
            {
                "name": lambda leaf: self._name(self.text(leaf)),
                "qualified_name": lambda leaf: self._name(self.text(leaf)),
                "relative_scope": lambda _leaf: Name("self"),
                "named_type": lambda leaf: self._name(self.text(leaf)),
                "primitive_type": lambda leaf: Name(self.text(leaf)),
                "optional_type": self.last,
                "variable_name": self._variable,
                "string": self._string,
                "encapsed_string": self._encapsed,
                "heredoc": self._heredoc,
                "nowdoc": self._heredoc,
                "integer": self.whole_number,
                "float": self.whole_number,
                "boolean": lambda leaf: Constant(self.text(leaf).lower() == "true"),
                "null": lambda _leaf: Constant(None),
                "array_creation_expression": self._array,
                "member_access_expression": self._member,
                "nullsafe_member_access_expression": self._member,
                "scoped_property_access_expression": self._member,
                "class_constant_access_expression": self._constant,
                "member_call_expression": self._member_call,
                "nullsafe_member_call_expression": self._member_call,
                "scoped_call_expression": self._member_call,
                "function_call_expression": self._call,
                "object_creation_expression": self._new,
                "subscript_expression": self._subscript,
                "binary_expression": self.binary,
                "conditional_expression": self._conditional,
                "match_expression": self._match,
                "parenthesized_expression": self.last,
                "cast_expression": lambda leaf: self.field(leaf, "value"),
                "clone_expression": self.last,
                "unary_op_expression": self.last,
                "variadic_unpacking": lambda leaf: Spread(self.last(leaf)),
                **dict.fromkeys(
                    ("require_expression", "require_once_expression", "include_expression", "include_once_expression"),
                    self._include,
                ),
                "assignment_expression": lambda leaf: self.field(leaf, "right"),
            }
        )

    @staticmethod
    def _name(text: str) -> Expression:
        if text in ("self", "static"):
            return Name("self")
        parts = [part for part in text.split("\\") if part]
        if len(parts) < 2:
            return Name(parts[0] if parts else text)
        value: Expression = Name("\\" + parts[0] if text.startswith("\\") else parts[0])
        for part in parts[1:]:
            value = Member(value, part)
        return value

    def _variable(self, leaf: Leaf) -> Expression:
        text = self.text(leaf)
        return Name("this") if text == "$this" else Name(text)

    def _string(self, leaf: Leaf) -> Expression:
        return Text(self.text(leaf)[1:-1].replace("\\'", "'").replace("\\\\", "\\"))

    def _encapsed(self, leaf: Leaf) -> Expression:
        parts: list[Expression] = []
        for child in leaf.named_children:
            if child.type == "string_content":
                parts.append(Text(self.text(child)))
            elif child.type == "escape_sequence":
                code = self.text(child)[1:]
                parts.append(Text(_ESCAPES.get(code, code)))
            else:
                parts.append(self.expression(child))
        return template(parts)

    def _heredoc(self, leaf: Leaf) -> Expression:
        return Opaque(self.start_of(leaf))

    def _array(self, leaf: Leaf) -> Expression:
        elements = [child for child in leaf.named_children if child.type == "array_element_initializer"]
        keyed = [child for child in elements if len(child.named_children) == 2]
        if not keyed:
            return Sequence([self.last(child) for child in elements])
        entries = []
        for position, child in enumerate(elements):
            if len(child.named_children) == 2:
                key, value = child.named_children
                entries.append(Entry(self.expression(key), self.expression(value)))
            else:
                inner = self.last(child)
                entries.append(Entry(inner if isinstance(inner, Spread) else Text(str(position)), inner))
        return Mapping(entries, self.line(leaf))

    def _member(self, leaf: Leaf) -> Expression:
        of = leaf.child_by_field_name("object") or leaf.child_by_field_name("scope")
        name = leaf.child_by_field_name("name")
        if name is not None and name.type not in ("name", "variable_name"):
            return Item(self.expression(of), self.expression(name))
        return Member(self.expression(of), self.text(name).lstrip("$"))

    def _constant(self, leaf: Leaf) -> Expression:
        of, name = leaf.named_children[0], leaf.named_children[-1]
        return Member(self.expression(of), self.text(name))

    def _member_call(self, leaf: Leaf) -> Expression:
        name = leaf.child_by_field_name("name")
        line = self.line(name or leaf)
        return self.called(self._member(leaf), self._arguments(leaf.child_by_field_name("arguments")), line)

    def _call(self, leaf: Leaf) -> Expression:
        arguments = self._arguments(leaf.child_by_field_name("arguments"))
        return self.called(self.field(leaf, "function"), arguments, self.line(leaf))

    def _new(self, leaf: Leaf) -> Expression:
        children = self.inside(leaf)
        arguments = next((child for child in children if child.type == "arguments"), None)
        if not children or children[0].type in ("arguments", "anonymous_class"):
            return Opaque(self.start_of(leaf))
        return self.called(self.expression(children[0]), self._arguments(arguments), self.line(leaf), new=True)

    def _arguments(self, leaf: Leaf | None) -> list[Argument]:
        arguments = []
        for child in leaf.named_children if leaf is not None else ():
            if child.type == "argument":
                name = self.text_of(child, "name")
                arguments.append(Argument(self.last(child), name))
            elif child.type == "variadic_unpacking":
                arguments.append(Argument(self.expression(child)))
        return arguments

    def _include(self, leaf: Leaf) -> Expression:
        return self.called(Name("__include__"), [Argument(self.last(leaf))], self.line(leaf))

    def _subscript(self, leaf: Leaf) -> Expression:
        children = leaf.named_children
        index = self.expression(children[1]) if len(children) > 1 else Opaque("")
        return Item(self.expression(children[0]), index)

    def _conditional(self, leaf: Leaf) -> Expression:
        body, alternative = leaf.child_by_field_name("body"), leaf.child_by_field_name("alternative")
        asked = leaf.child_by_field_name("condition")
        options = [self.expression(body or asked), self.expression(alternative)]
        return Choice(options, None if body is None else self._asked(asked))

    def _asked(self, leaf: Leaf | None) -> Expression | None:
        """Keep what is asked before one of several: it may read a request. A bare variable says nothing."""
        asked = self.expression(leaf)
        nothing = isinstance(asked, Name | Constant | Text | Opaque)
        return None if leaf is None or nothing else self.called(Name("case_if"), [Argument(asked)], self.line(leaf))

    def _match(self, leaf: Leaf) -> Expression:
        body = leaf.child_by_field_name("body")
        return Choice(
            [self.last(arm) for arm in (body.named_children if body else ()) if arm.type.startswith("match_")],
            self._asked(leaf.child_by_field_name("condition")),
        )
