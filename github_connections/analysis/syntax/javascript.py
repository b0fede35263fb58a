"""JavaScript with JSX: what TypeScript, too, is lowered by, and the scripts of Vue and Svelte files.

Beside the conventions of `nodes.py`: the line of a call is the line of the name that is called, which tells the links
of a chain apart; `a && b` is a `Choice` of `b`, then `a`; a regular expression is an `Opaque` whose source is its
literal; type arguments of a call are an argument named `TYPE_ARGUMENTS`; an optional field has the modifier "?".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain

import tree_sitter_javascript
import tree_sitter_typescript
from tree_sitter import Language
from tree_sitter import Node as Leaf

from github_connections.analysis.syntax.javascript_modules import ModuleLowering
from github_connections.analysis.syntax.lowering import MAXIMUM_DEPTH, template
from github_connections.analysis.syntax.nodes import (
    Argument,
    Assign,
    Call,
    Choice,
    Constant,
    Element,
    Entry,
    Expression,
    Item,
    Loop,
    Mapping,
    Member,
    Name,
    Opaque,
    Operation,
    Return,
    Sequence,
    Spread,
    Statement,
    Template,
    Text,
)

TYPE_ARGUMENTS = "<>"
REGEX_LENGTH = 200

# The operands of other operators say nothing about a program's set-up.
_LOGIC = frozenset({"||", "??", "&&"})
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
# A file's own place; one name each, as `__dirname` is in CommonJS.
_OWN_PLACE = frozenset({"url", "filename", "dirname"})
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
_WORDS: dict[str, Expression] = {
    "false": Constant(False),
    "import": Name("import"),
    "null": Constant(None),
    "super": Name("super"),
    "this": Name("this"),
    "true": Constant(True),
    "undefined": Constant(None),
}
_LENGTH_OF = re.compile(r"<\s*[\w.$]+\.length$")


class JavaScriptLowering(ModuleLowering):
    """Modules, statements, calls, literals and JSX; classes and types are in the base."""

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
        self.expressions.update(
            {
                "array": self._array,
                "arrow_function": self.function,
                "assignment_expression": lambda leaf: self.field(leaf, "right"),
                "binary_expression": self._binary,
                "call_expression": self._call,
                "class": self.class_,
                "decorator": lambda leaf: self.expression(leaf.named_children[-1] if leaf.named_children else None),
                "function_expression": self.function,
                "generator_function": self.function,
                "identifier": lambda leaf: Name(self.text(leaf)),
                "jsx_element": self._element,
                "jsx_self_closing_element": lambda leaf: self._tag(leaf, [], leaf),
                "member_expression": self._member,
                "meta_property": self._meta_property,
                "new_expression": self._new,
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
        self.statements.update(
            {
                "class_declaration": lambda leaf: (self.class_(leaf),),
                "do_statement": lambda leaf: self._part(leaf, "body"),
                "expression_statement": lambda leaf: self._effects(leaf.named_children),
                "for_in_statement": self._for_in,
                "for_statement": self._for,
                "function_declaration": lambda leaf: (self.function(leaf),),
                "generator_function_declaration": lambda leaf: (self.function(leaf),),
                "if_statement": lambda leaf: chain(self._part(leaf, "consequence"), self._part(leaf, "alternative")),
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

    # --- statements -----------------------------------------------------------------------------------------------

    def _part(self, leaf: Leaf, name: str) -> Iterable[Statement]:
        child = leaf.child_by_field_name(name)
        return () if child is None else self.statement(child)

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
        value = next((child for child in leaf.named_children if child.type not in self.ignored), None)
        return () if value is None else self.returned(value)

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

    # --- calls ----------------------------------------------------------------------------------------------------

    def _call(self, leaf: Leaf) -> Expression:
        function = leaf.child_by_field_name("function")
        given = leaf.child_by_field_name("arguments")
        if function is None or given is None:
            return self.opaque(leaf)
        if function.type == "member_expression":
            # Not by `expression`: one link of a chain is one level deep.
            called: Expression = self._member(function)
            line = self.line(function.named_children[-1])
        else:
            called = self.expression(function)
            line = self.line(leaf)
        arguments = [Argument(self.expression(given))] if given.type == "template_string" else self.arguments(given)
        if isinstance(called, Name) and called.id in {"require", "import"}:
            self.required.update(first.value.value for first in arguments[:1] if isinstance(first.value, Text))
        if isinstance(called, Member) and arguments and _begins_a_path(arguments[0].value):
            owner = called.of
            self.words.add(f"{getattr(owner, 'id', '') or getattr(owner, 'name', '')}.{called.name}")
        return self.called(called, [*arguments, *self._type_arguments(leaf)], line)

    def _new(self, leaf: Leaf) -> Expression:
        given = leaf.child_by_field_name("arguments")
        arguments = [] if given is None else self.arguments(given)
        return self.called(self.field(leaf, "constructor"), arguments, self.line(leaf), new=True)

    def arguments(self, leaf: Leaf) -> list[Argument]:
        """Lower the arguments of a call."""
        return [Argument(self.expression(child)) for child in leaf.named_children if child.type != "comment"]

    def _type_arguments(self, leaf: Leaf) -> Iterable[Argument]:
        if leaf.named_child_count > 2:  # the function and its arguments
            types = leaf.child_by_field_name("type_arguments")
            if types is not None:
                yield Argument(Sequence(self.types(types.named_children)), TYPE_ARGUMENTS)

    def _member(self, leaf: Leaf) -> Expression:
        children = leaf.named_children
        of, name = children[0], self.text(children[-1])
        if of.type == "meta_property" and name in _OWN_PLACE:
            return Name(f"import.meta.{name}")
        return Member(self.expression(of), name)

    def _meta_property(self, leaf: Leaf) -> Expression:
        of, _, name = self.text(leaf).partition(".")
        return Member(Name(of), name)

    # --- operators ------------------------------------------------------------------------------------------------

    def _first(self, leaf: Leaf) -> Expression:
        child = next((child for child in leaf.named_children if child.type not in self.ignored), None)
        return Constant(None) if child is None else self.expression(child)

    def _binary(self, leaf: Leaf) -> Expression:
        operator = self._operator(leaf)
        if operator == "+":
            return template(self.expression(operand) for operand in self._operands(leaf, operator))
        if operator == "&&":
            return Choice([self.field(leaf, "right"), self.field(leaf, "left")])
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
        return Choice([self.field(leaf, "consequence"), self.field(leaf, "alternative")])

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
            return Constant(int(text, 0) if text[:1] != "0" or text[1:2].isalpha() else int(text))
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

    # --- JSX ------------------------------------------------------------------------------------------------------

    def _element(self, leaf: Leaf) -> Expression:
        children = leaf.named_children
        inside = children[1:-1] if children[-1].type == "jsx_closing_element" else children[1:]
        return self._tag(children[0], inside, leaf)

    def _tag(self, leaf: Leaf, inside: list[Leaf], whole: Leaf) -> Expression:
        tag: Expression | None = None
        attributes: list[Argument] = []
        for child in leaf.named_children:
            if child.type == "jsx_attribute":
                attributes.append(self._attribute(child))
            elif child.type == "jsx_expression":
                attributes.append(Argument(self._first(child)))
            elif tag is None and child.type != "comment":
                tag = self._tag_name(child)
        return Element(tag, attributes, self._inside(inside), self.line(whole))

    def _tag_name(self, leaf: Leaf) -> Expression:
        tag = self.expression(leaf) if leaf.type == "member_expression" else Name(self.text(leaf))
        if not (isinstance(tag, Name) and tag.id[:1].islower()):
            self.note(tag)
        return tag

    def _attribute(self, leaf: Leaf) -> Argument:
        name, *value = leaf.named_children
        return Argument(self.expression(value[0]) if value else Constant(True), self.text(name))

    def _inside(self, leaves: Iterable[Leaf]) -> list[Expression]:
        lowered = [
            self.expression(leaf) for leaf in leaves if leaf.type not in {"jsx_text", "html_character_reference"}
        ]
        return [child for child in lowered if not isinstance(child, Constant | Text)]


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


def _begins_a_path(value: Expression) -> bool:
    """`"/users"`, `` `/users/${id}` ``, `` `${PREFIX}/users` ``."""
    parts = value.parts[:2] if isinstance(value, Template) else [value]
    return any(isinstance(part, Text) and part.value.startswith("/") for part in parts)
