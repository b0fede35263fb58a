"""Rust's expressions: calls and chains of them, blocks as values, branches, literals."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node as Leaf

from github_connections.analysis.syntax import rust_macros, rust_types
from github_connections.analysis.syntax.lowering import template
from github_connections.analysis.syntax.nodes import (
    Argument,
    Assign,
    Call,
    Choice,
    Constant,
    Expression,
    Function,
    Item,
    Member,
    Name,
    Opaque,
    Return,
    Sequence,
    Statement,
    Text,
)
from github_connections.analysis.syntax.rust_patterns import RustPatterns

# Methods that give back what they are called on, as far as set-up is concerned.
_PASSING_ON = frozenset(
    {
        *("unwrap", "clone", "cloned", "to_owned", "to_string", "into", "as_str", "as_ref", "as_mut", "as_deref"),
        *("iter", "into_iter", "iter_mut", "unwrap_or_default", "borrow", "boxed"),
    }
)
# Methods that give back what they are called on, or what they are given where there is none.
_WITH_FALLBACK = frozenset({"expect", "unwrap_or", "unwrap_or_else"})
# Calls in a chain beyond which it is taken apart, so that no tree is as deep as somebody's table of routes is long.
LONG_CHAIN = 60
_SO_FAR = "so far"
_NO_VALUE = frozenset({"expression_statement", "let_declaration", "empty_statement"})
_BRANCHES = frozenset({"if_expression", "match_expression", "block", "unsafe_block"})


class RustExpressions(RustPatterns):
    """Lowers what has a value."""

    def __init__(self) -> None:
        super().__init__()
        self.expressions.update(
            {
                **rust_types.table(self),
                "string_literal": self._string,
                "raw_string_literal": self._string,
                "char_literal": lambda leaf: Text(self.text(leaf)[1:-1]),
                "integer_literal": self._number,
                "boolean_literal": lambda leaf: Constant(self.text(leaf) == "true"),
                "call_expression": self._call,
                "field_expression": lambda leaf: Member(self.field(leaf, "value"), self.text_of(leaf, "field")),
                "generic_function": lambda leaf: self.field(leaf, "function"),
                "macro_invocation": lambda leaf: rust_macros.lowered(self, leaf),
                "closure_expression": self._closure,
                "struct_expression": self._struct,
                "tuple_expression": self.sequence,
                "array_expression": self.sequence,
                "unit_expression": lambda _leaf: Constant(None),
                "binary_expression": self.binary,
                "index_expression": self._index,
                "type_cast_expression": lambda leaf: self.field(leaf, "value"),
                "reference_expression": lambda leaf: self.field(leaf, "value"),
                **dict.fromkeys(("try_expression", "await_expression", "parenthesized_expression"), self.first),
                **dict.fromkeys(("unary_expression", "expression_statement"), self.first),
                **dict.fromkeys(("block", "unsafe_block", "async_block", "const_block"), self._block),
                "if_expression": self._if,
                "match_expression": self._match,
            }
        )

    def _begin(self, source: bytes) -> None:
        super()._begin(source)
        self.macros_deep = 0
        self.keeps_conditions = False  # where it matters what is asked, and not only what it may come to

    def _string(self, leaf: Leaf) -> Expression:
        return Text(rust_macros.text_in(self, leaf))

    def _number(self, leaf: Leaf) -> Expression:
        digits = self.text(leaf).replace("_", "")
        return Constant(int(digits)) if digits.isdecimal() and len(digits) < 16 else Opaque(digits[:20])

    def _call(self, leaf: Leaf) -> Expression:
        function, arguments = leaf.child_by_field_name("function"), leaf.child_by_field_name("arguments")
        if function is None or arguments is None:
            return Opaque(self.start_of(leaf))
        links = _links_of(leaf)
        return self._long_chain(links) if len(links) > LONG_CHAIN else self._applied(self.expression(function), leaf)

    def _long_chain(self, links: list[Leaf]) -> Expression:
        """A chain of hundreds of routes: a block that goes on with a name for what it has so far."""
        *others, inner = links[: -LONG_CHAIN + 1]
        current = self.expression(inner)
        body: list[Statement] = []
        for position, link in enumerate(reversed(others)):
            if position % LONG_CHAIN == 0:
                body.append(Assign(Name(_SO_FAR), current, self.line(link), modifiers=["let"]))
                current = Name(_SO_FAR)
            function = link.child_by_field_name("function")
            name = self.text_of(function, "field") if function is not None else ""
            current = self._applied(Member(current, name), link)
        body.append(Return(current))
        return Call(Function("", [], body, self.line(links[-1])), [], self.line(links[-1]))

    def _applied(self, called: Expression, leaf: Leaf) -> Expression:
        function, arguments = leaf.child_by_field_name("function"), leaf.child_by_field_name("arguments")
        children = arguments.named_children if arguments is not None else []
        given = [Argument(self.expression(child)) for child in children if child.type not in self.ignored]
        if isinstance(called, Member) and not given and called.name in _PASSING_ON:
            return called.of
        if isinstance(called, Member) and called.name == "concat" and isinstance(called.of, Sequence):
            return template(called.of.items)
        if isinstance(called, Member) and called.name in _WITH_FALLBACK:
            return _with_fallback(called, given)
        return self.called(called, given, (function or leaf).end_point[0] + 1)

    def _closure(self, leaf: Leaf) -> Expression:
        body = leaf.child_by_field_name("body")
        parameters = self._parameters(leaf.child_by_field_name("parameters"))
        return Function("", parameters, self.valued(body), self.line(leaf))

    def _block(self, leaf: Leaf) -> Expression:
        """A block as a value: a function that is called on the spot, or the one expression that it holds."""
        while leaf.type != "block":
            inner = [child for child in leaf.named_children if child.type == "block"]
            if not inner:
                return Opaque(self.start_of(leaf))
            leaf = inner[-1]
        body = self.valued(leaf)
        if len(body) == 1 and isinstance(body[0], Return):
            return body[0].value
        return Call(Function("", [], body, self.line(leaf)), [], self.line(leaf))

    def valued(self, leaf: Leaf | None) -> list[Statement]:
        """Lower a body whose last expression is its value."""
        if leaf is None:
            return []
        if leaf.type != "block":
            return [Return(self.expression(leaf))]
        children = self.inside(leaf)
        if not children or not self._is_value(children[-1]):
            return self.run(children)
        return [*self.run(children[:-1]), Return(self.expression(children[-1]))]

    def _is_value(self, leaf: Leaf) -> bool:
        if leaf.type == "expression_statement":
            inner = leaf.named_children[0].type if leaf.named_children else ""
            return inner in _BRANCHES and self.source[leaf.end_byte - 1 : leaf.end_byte] != b";"
        if leaf.type == "macro_invocation":
            return not rust_macros.holds_items(self, leaf)
        if leaf.type in _BRANCHES or leaf.type == "identifier":
            return True
        return leaf.type not in _NO_VALUE and leaf.type not in self.statements and not leaf.type.endswith("_item")

    def _if(self, leaf: Leaf) -> Expression:
        options = [self.field(leaf, "consequence")]
        alternative = leaf.child_by_field_name("alternative")
        if alternative is not None:
            options.append(self.first(alternative))
        return Choice([*options, *self._asked(leaf, "condition")])

    def _match(self, leaf: Leaf) -> Expression:
        body = leaf.child_by_field_name("body")
        arms = [child for child in body.named_children if child.type == "match_arm"] if body is not None else []
        return Choice([*(self.field(arm, "value") for arm in arms), *self._asked(leaf, "value")])

    def _asked(self, leaf: Leaf, field: str) -> list[Expression]:
        asked = leaf.child_by_field_name(field) if self.keeps_conditions else None
        return [] if asked is None else [Opaque("", list(self._inside(asked)))]

    def _inside(self, condition: Leaf) -> Iterator[Expression]:
        """Yield what a condition asks; of `let Some(x) = y`, `y`."""
        if condition.type == "let_chain":
            for part in condition.named_children:
                yield from self._inside(part)
        elif condition.type == "let_condition":
            yield self.field(condition, "value")
        else:
            yield self.expression(condition)

    def _struct(self, leaf: Leaf) -> Expression:
        body, arguments = leaf.child_by_field_name("body"), []
        for field in body.named_children if body is not None else ():
            if field.type == "field_initializer":
                arguments.append(Argument(self.field(field, "value"), self.text_of(field, "field")))
            elif field.type == "shorthand_field_initializer":
                name = self.text(field)
                arguments.append(Argument(Name(name), name))
        return self.called(rust_types.bare(self.field(leaf, "name")), arguments, self.line(leaf), new=True)

    def _index(self, leaf: Leaf) -> Expression:
        children = leaf.named_children
        return Item(self.expression(children[0]), self.expression(children[-1])) if children else Opaque("")


def _links_of(leaf: Leaf) -> list[Leaf]:
    """Return the calls of a chain, the last of them first."""
    links = [leaf]
    while True:
        function = leaf.child_by_field_name("function")
        value = function.child_by_field_name("value") if function is not None else None
        if function is None or value is None or function.type != "field_expression" or value.type != "call_expression":
            return links
        leaf = value
        links.append(leaf)


def _with_fallback(called: Member, given: list[Argument]) -> Expression:
    """`a.unwrap_or(b)` and `a.unwrap_or_else(|| b)` are a or b; what follows a panic is a alone."""
    other = given[0].value if given else None
    if isinstance(other, Function):
        last = other.body[0] if len(other.body) == 1 else None
        other = last.value if isinstance(last, Return) else None
    return called.of if other is None or called.name == "expect" else Choice([called.of, other])
