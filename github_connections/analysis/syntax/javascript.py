"""JavaScript with JSX: what TypeScript, too, is lowered by, and the scripts of Vue and Svelte files.

Beside the conventions of `nodes.py`: the line of a call is the line of the name that is called, which tells the links
of a chain apart; `a && b` is a `Choice` of `b`, then `a`; what a comparison with a text decides is asked for by
`if_is` and `if_is_not`, which Go has too, in a `Choice` and, in functions, by a `Loop` around a branch; a regular
expression is an `Opaque` whose source is its literal; type arguments of a call are an argument named `TYPE_ARGUMENTS`;
an optional field has the modifier "?".
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import tree_sitter_javascript
import tree_sitter_typescript
from tree_sitter import Language
from tree_sitter import Node as Leaf

from github_connections.analysis.syntax.javascript_elements import ElementLowering
from github_connections.analysis.syntax.lowering import MAXIMUM_DEPTH
from github_connections.analysis.syntax.nodes import (
    Argument,
    Assign,
    Call,
    Expression,
    Head,
    Loop,
    Member,
    Module,
    Name,
    Return,
    Statement,
)

# Standing alone, these do no more than what is inside them does.
_TRANSPARENT = frozenset(
    {
        "await_expression",
        "binary_expression",
        "parenthesized_expression",
        "sequence_expression",
        "ternary_expression",
        "unary_expression",
    }
)
_WITHOUT_EFFECT = frozenset({"comment", "identifier", "member_expression", "number", "string", "update_expression"})
# `<NotFound default />`: the grammar takes such an attribute for a keyword.
_DEFAULT_ATTRIBUTE = re.compile(rb"(?<=\s)default(?=\s*/>)")
_LENGTH_OF = re.compile(r"<\s*[\w.$]+\.length$")


class JavaScriptLowering(ElementLowering):
    """Statements; expressions, modules, classes and types are in the bases."""

    language = "javascript"
    grammar = Language(tree_sitter_javascript.language())
    ignored = frozenset(
        {
            "ambient_declaration",
            "break_statement",
            "comment",
            "continue_statement",
            "debugger_statement",
            "empty_statement",
            "function_signature",
            "hash_bang_line",
            "html_comment",
            "jsx_text",
            "throw_statement",
        }
    )

    def __init__(self) -> None:
        super().__init__()
        self.statements.update(
            {
                "class_declaration": lambda leaf: (self.class_(leaf),),
                "do_statement": lambda leaf: self._part(leaf, "body"),
                "expression_statement": lambda leaf: self._effects(leaf.named_children),
                "for_in_statement": self._for_in,
                "for_statement": self._for,
                "function_declaration": lambda leaf: (self.function(leaf),),
                "generator_function_declaration": lambda leaf: (self.function(leaf),),
                "if_statement": self._if,
                "labeled_statement": lambda leaf: self._part(leaf, "body"),
                "lexical_declaration": self._declarations,
                "return_statement": self._return,
                "switch_case": lambda leaf: self.run(leaf.children_by_field_name("body")),
                "switch_statement": lambda leaf: self._part(leaf, "body"),
                "variable_declaration": self._declarations,
                "while_statement": lambda leaf: self._part(leaf, "body"),
                "catch_clause": lambda leaf: self._part(leaf, "body"),
                "with_statement": lambda leaf: self._part(leaf, "body"),
            }
        )

    def _part(self, leaf: Leaf, name: str) -> Iterable[Statement]:
        child = leaf.child_by_field_name(name)
        return () if child is None else self.statement(child)

    def _if(self, leaf: Leaf) -> Iterable[Statement]:
        """Lower both branches; in a function that of a comparison with a text is a loop over what tells if it holds."""
        lowered: list[Statement] = []
        for field, is_negated in (("consequence", False), ("alternative", True)):
            body = list(self._part(leaf, field))
            asked = self._asked(leaf, negated=is_negated) if body and self.is_inside else None
            lowered.extend(body if asked is None else [Loop(Name("if"), asked, body)])
        return lowered

    def _asked(self, leaf: Leaf, *, negated: bool) -> Expression | None:
        """Return what is asked before a branch; each branch of `else if` asks for itself."""
        other = leaf.child_by_field_name("alternative") if negated else None
        if other is not None and any(child.type == "if_statement" for child in other.named_children):
            return None
        return self.comparison(leaf.child_by_field_name("condition"), negated=negated)

    def _declarations(self, leaf: Leaf) -> Iterable[Statement]:
        declared: list[Statement] = []
        modifiers = [leaf.children[0].type]
        for child in leaf.named_children:
            if child.type == "variable_declarator":
                declared.extend(self._declaration(child, modifiers))
        return declared

    def _declaration(self, leaf: Leaf, modifiers: list[str]) -> Iterable[Statement]:
        name, value = leaf.child_by_field_name("name"), leaf.child_by_field_name("value")
        target, line = self.target(name), self.line(leaf)
        annotation = self.annotation(leaf) if leaf.named_child_count > 1 + (value is not None) else None
        if value is None:
            return (Assign(target, None, line, annotation, modifiers=modifiers),)
        inner = _inside_parentheses(value)
        if inner.type == "assignment_expression":
            return self._assigned([target], inner, modifiers)
        return (Assign(target, self.expression(inner), line, annotation, modifiers=modifiers),)

    def _effects(self, leaves: Iterable[Leaf]) -> Iterable[Statement]:
        """Lower what is done for its effect alone: calls and assignments."""
        for leaf in leaves:
            kind = leaf.type
            if kind == "assignment_expression":
                yield from self._assigned([], leaf, [])
            elif kind == "augmented_assignment_expression":
                yield from self._augmented(leaf)
            elif kind in _TRANSPARENT:
                yield from self._deeper(leaf)
            elif kind not in _WITHOUT_EFFECT:
                yield self.expression(leaf)

    def _deeper(self, leaf: Leaf) -> Iterable[Statement]:
        """Lower the effects inside `!x`, `(x, y)`, `x && y`, `x ? y : z`."""
        if self.depth >= MAXIMUM_DEPTH:
            self.cut = True
            return ()
        self.depth += 1
        try:
            return list(self._effects(leaf.named_children))
        finally:
            self.depth -= 1

    def _assigned(self, targets: list[Expression], leaf: Leaf, modifiers: list[str]) -> Iterable[Statement]:
        """Lower `a = b = value`: the value once, to a plain name if there is one, and from there to the others."""
        line = self.line(leaf)
        right: Leaf | None = leaf
        while right is not None and (right := _inside_parentheses(right)).type == "assignment_expression":
            targets.append(self.target(right.child_by_field_name("left")))
            right = right.child_by_field_name("right")
        first = next((target for target in targets if isinstance(target, Name)), targets[-1])
        yield Assign(first, self.expression(right), line, modifiers=modifiers)
        yield from (Assign(target, first, line) for target in targets if target is not first)

    def _augmented(self, leaf: Leaf) -> Iterable[Statement]:
        operator = self.text_of(leaf, "operator")
        if operator in {"+=", "||=", "??=", "&&="}:
            operator = "+=" if operator == "+=" else "="
            target = self.target(leaf.child_by_field_name("left"))
            yield Assign(target, self.field(leaf, "right"), self.line(leaf), operator=operator)

    def _return(self, leaf: Leaf) -> Iterable[Statement]:
        return [done for value in self.inside(leaf)[:1] for done in self.returned(value)]

    def returned(self, value: Leaf) -> list[Statement]:
        """Lower the value of a `return` or of an arrow function, with the effects it has on the way."""
        inner = _inside_parentheses(value)
        if inner.type == "assignment_expression":
            assigned = list(self._assigned([], inner, []))
            return [*assigned, *(Return(done.target) for done in assigned[-1:] if isinstance(done, Assign))]
        if inner.type == "sequence_expression":
            *before, last = inner.named_children
            return [*self._effects(before), *self.returned(last)]
        return [Return(self.expression(inner))]

    def _for_in(self, leaf: Leaf) -> Iterable[Statement]:
        iterable = self.field(leaf, "right")
        if self.text_of(leaf, "operator") == "in":
            iterable = Call(Member(Name("Object"), "keys"), [Argument(iterable)], self.line(leaf))
        target = self.target(leaf.child_by_field_name("left"))
        return (Loop(target, iterable, list(self._part(leaf, "body"))),)

    def _for(self, leaf: Leaf) -> Iterable[Statement]:
        """`for (let i = 0; i < items.length; i++)` runs for each index of the items; any other body once."""
        body = list(self._part(leaf, "body"))
        counted = leaf.child_by_field_name("initializer")
        condition = leaf.child_by_field_name("condition")
        if counted is None or condition is None or not _LENGTH_OF.search(self.text(condition)):
            return [*(self.statement(counted) if counted is not None else ()), *body]
        items = self.field(condition, "right")
        if not isinstance(items, Member):
            return body
        indices = Call(Member(items.of, "keys"), [], self.line(leaf))
        return (Loop(self.field(condition, "left"), indices, body),)

    def lower(self, source: bytes) -> tuple[Head, Module]:
        """Return the file's head and its tree; never raises for what a file contains."""
        return super().lower(_DEFAULT_ATTRIBUTE.sub(b"Default", source))


class TypeScriptLowering(JavaScriptLowering):
    """TypeScript without JSX."""

    language = "typescript"
    grammar = Language(tree_sitter_typescript.language_typescript())


class TsxLowering(JavaScriptLowering):
    """TypeScript with JSX."""

    language = "tsx"
    grammar = Language(tree_sitter_typescript.language_tsx())


def _inside_parentheses(leaf: Leaf) -> Leaf:
    while leaf.type == "parenthesized_expression" and leaf.named_child_count == 1:
        leaf = leaf.named_children[0]
    return leaf
