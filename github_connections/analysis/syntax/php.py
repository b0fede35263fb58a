"""PHP.

Variables keep their dollar (`Name("$app")`), so that they are no classes or constants; `$this` is `Name("this")`, and
`self` and `static` are `Name("self")`. A branch that asks for a permission is a loop over `case_if()`; others stand as
if they had no condition. A file that is required is a call of `__include__`. The routes that older code writes into
comments (`@Route("/x")`) are decorators like any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import tree_sitter_php
from tree_sitter import Language
from tree_sitter import Node as Leaf

from github_connections.analysis.syntax.nodes import (
    Argument,
    Assign,
    Class,
    Constant,
    Expression,
    Function,
    Import,
    Loop,
    Member,
    Name,
    Opaque,
    Parameter,
    Return,
    Sequence,
    Statement,
    Text,
)
from github_connections.analysis.syntax.php_comments import annotations_in
from github_connections.analysis.syntax.php_expressions import PhpExpressions

_TRAITS = "use_declaration"  # inside a class
_WITH_ASSIGNMENTS = ("parenthesized_expression", "binary_expression", "unary_op_expression")
MAXIMUM_CONDITIONS_DEEP = 8
_ASKING = re.compile(rb"(?:->|::)(?:authorize|denyAccessUnlessGranted)\(")


class PhpLowering(PhpExpressions):
    """Reads PHP."""

    language = "php"
    grammar = Language(tree_sitter_php.language_php())
    ignored = frozenset({"comment", "php_tag", "text_interpolation", "text", "declare_statement"})

    def __init__(self) -> None:
        super().__init__()
        self.expressions.update(
            {
                "anonymous_function": lambda leaf: self._made_function(leaf, ""),
                "anonymous_function_creation_expression": lambda leaf: self._made_function(leaf, ""),
                "arrow_function": self._arrow,
            }
        )
        self.statements.update(
            {
                "namespace_definition": self._namespace,
                "namespace_use_declaration": self._use,
                "class_declaration": self._class,
                "interface_declaration": self._class,
                "trait_declaration": self._class,
                "enum_declaration": self._class,
                "function_definition": lambda leaf: [self._made_function(leaf, self.text_of(leaf, "name"))],
                "method_declaration": self._method,
                "property_declaration": self._property,
                "const_declaration": self._const,
                "enum_case": self._case,
                _TRAITS: self._nothing,  # a class has them among its bases
                "return_statement": self._return,
                "foreach_statement": self._foreach,
                "if_statement": self._if,
                "expression_statement": self._expression_statement,
                "parenthesized_expression": self._condition,
                "echo_statement": self._effects,
                "global_declaration": self._nothing,
                **dict.fromkeys(("name", "variable_name", "integer", "string", "boolean", "null"), self._nothing),
            }
        )

    def _nothing(self, leaf: Leaf) -> Iterable[Statement]:
        return ()

    def _namespace(self, leaf: Leaf) -> Iterable[Statement]:
        self.package = self.package or self.text_of(leaf, "name")
        return self.body(leaf.child_by_field_name("body"))

    def _use(self, leaf: Leaf) -> Iterable[Statement]:
        group = leaf.child_by_field_name("body")
        base = next((self.text(child) for child in leaf.named_children if child.type == "namespace_name"), "")
        for clause in (group or leaf).named_children:
            if clause.type not in ("namespace_use_clause", "namespace_use_group_clause"):
                continue
            alias = self.text_of(clause, "alias")
            written = self.text(clause.named_children[0]) if clause.named_children else ""
            whole = "\\".join(part for part in (base if group else "", written) if part).strip("\\")
            module, _, name = whole.rpartition("\\")
            yield Import(module, name, alias or name, self.line(clause))

    def _class(self, leaf: Leaf) -> Iterable[Statement]:
        bases: list[Expression] = []
        inside = leaf.child_by_field_name("body")
        used = [child for child in (inside.named_children if inside is not None else ()) if child.type == _TRAITS]
        for child in [*used, *leaf.named_children]:
            if child.type in ("base_clause", "class_interface_clause", _TRAITS):
                names = (base for base in child.named_children if base.type in ("name", "qualified_name"))
                bases.extend(self.expression(base) for base in names)
        for base in bases:
            self.note(base)
        body = self.body(inside)
        decorators = self._decorators(leaf)
        kind = leaf.type.partition("_")[0]
        modifiers = [self.text(child) for child in leaf.named_children if child.type.endswith("_modifier")]
        return (Class(self.text_of(leaf, "name"), bases, body, self.line_of_name(leaf), kind, decorators, modifiers),)

    def line_of_name(self, leaf: Leaf) -> int:
        """Return the line of a declaration's name: attributes stand before it."""
        name = leaf.child_by_field_name("name")
        return self.line(name or leaf)

    def _decorators(self, leaf: Leaf) -> list[Expression]:
        return [*self._annotations(leaf), *self._attributes(leaf)]

    def _attributes(self, leaf: Leaf) -> list[Expression]:
        decorators: list[Expression] = []
        attributes = leaf.child_by_field_name("attributes")
        for group in attributes.named_children if attributes is not None else ():
            for attribute in group.named_children:
                name = self.expression(attribute.named_children[0]) if attribute.named_children else Name("")
                parameters = attribute.child_by_field_name("parameters")
                arguments = self._arguments(parameters) if parameters is not None else []
                decorators.append(self.called(name, arguments, self.line(attribute)))
        return decorators

    def _annotations(self, leaf: Leaf) -> Iterable[Expression]:
        comment = leaf.prev_named_sibling
        while comment is not None and comment.type == "comment" and not self.text(comment).startswith("/**"):
            comment = comment.prev_named_sibling  # a remark, or what was commented out
        if comment is None or comment.type != "comment":
            return
        for annotation in annotations_in(self.text(comment), self.line(comment)):
            yield self.called(annotation.function, annotation.arguments, annotation.line)

    def _method(self, leaf: Leaf) -> Iterable[Statement]:
        function = self._made_function(leaf, self.text_of(leaf, "name"), self._decorators(leaf))
        promoted = [
            Assign(Member(Name("this"), parameter.name.lstrip("$")), Name(parameter.name), function.line)
            for parameter in function.parameters
            if Name("promoted") in parameter.decorators
        ]
        if not promoted:
            return (function,)
        plain = [[one for one in item.decorators if one != Name("promoted")] for item in function.parameters]
        parameters = [
            Parameter(item.name, item.type, item.default, others, item.kind)
            for item, others in zip(function.parameters, plain, strict=True)
        ]
        return (Function(function.name, parameters, [*promoted, *function.body], function.line, function.decorators),)

    def _made_function(self, leaf: Leaf, name: str, decorators: list[Expression] | None = None) -> Function:
        modifiers = [self.text(child) for child in leaf.named_children if child.type.endswith("_modifier")]
        return Function(
            name,
            self._parameters(leaf.child_by_field_name("parameters")),
            self.body(leaf.child_by_field_name("body")),
            self.line_of_name(leaf) if name else self.line(leaf),
            decorators or [],
            self.optional(leaf, "return_type"),
            modifiers,
        )

    def _arrow(self, leaf: Leaf) -> Expression:
        body = leaf.child_by_field_name("body")
        returned: list[Statement] = [] if body is None else [Return(self.expression(body))]
        return Function("", self._parameters(leaf.child_by_field_name("parameters")), returned, self.line(leaf))

    def _parameters(self, leaf: Leaf | None) -> list[Parameter]:
        made = []
        for child in leaf.named_children if leaf is not None else ():
            if child.type in self.ignored or child.child_by_field_name("name") is None:
                continue
            kind = self.optional(child, "type")
            default = self.optional(child, "default_value")
            promoted: list[Expression] = [Name("promoted")] if child.type == "property_promotion_parameter" else []
            rest = "*" if child.type == "variadic_parameter" else ""
            decorators = [*promoted, *self._nullable(child), *self._attributes(child)]
            made.append(Parameter(self.text_of(child, "name"), kind, default, decorators, rest))
        return made

    def _nullable(self, leaf: Leaf) -> list[Expression]:
        """`?User $user` and `User|null $user`; the type itself is `User`."""
        kind = leaf.child_by_field_name("type")
        written = self.text(kind).lower() if kind is not None else ""
        return [Name("nullable")] if written.startswith("?") or "null" in written.split("|") else []

    def _property(self, leaf: Leaf) -> Iterable[Statement]:
        kind = self.optional(leaf, "type")
        for element in leaf.named_children:
            if element.type == "property_element":
                name = self.text(element.named_children[0]).lstrip("$") if element.named_children else ""
                value = self.optional(element, "default_value")
                yield Assign(Name(name), value, self.line(element), kind, modifiers=["property"])

    def _const(self, leaf: Leaf) -> Iterable[Statement]:
        for element in leaf.named_children:
            if element.type == "const_element" and len(element.named_children) > 1:
                name, value = element.named_children[:2]
                yield Assign(Name(self.text(name)), self.expression(value), self.line(element), modifiers=["const"])

    def _case(self, leaf: Leaf) -> Iterable[Statement]:
        """`case Users = 'people';` of an enumeration."""
        value = self.optional(leaf, "value")
        if value is not None:
            yield Assign(Name(self.text_of(leaf, "name")), value, self.line(leaf), modifiers=["const"])

    def _return(self, leaf: Leaf) -> Iterable[Statement]:
        return [Return(self.expression(child)) for child in leaf.named_children[:1]]

    def _foreach(self, leaf: Leaf) -> Iterable[Statement]:
        parts = self.inside(leaf)
        body = self.body(leaf.child_by_field_name("body"))
        if len(parts) < 2:
            return body
        items, target = self.expression(parts[0]), parts[1]
        if target.type == "pair" and len(target.named_children) > 1:
            names: list[Expression] = [self.expression(child) for child in target.named_children[:2]]
            pairs = self.called(Name("enumerate"), [Argument(items)], self.line(leaf))
            return (Loop(Sequence(names), pairs, body),)
        values = self.called(Name("values_of"), [Argument(items)], self.line(leaf))
        return (Loop(self.expression(target), values, body),)

    def _if(self, leaf: Leaf) -> Iterable[Statement]:
        """Lower all branches, one after the other; one that asks for a permission is a loop: it may not be taken."""
        condition, lowered = leaf.child_by_field_name("condition"), list[Statement]()
        for child in leaf.named_children:
            body = list(self.statement(child))
            if child != condition and _ASKING.search(child.text or b""):
                body = [Loop(Name("_"), self.called(Name("case_if"), [], self.line(child)), body)]
            lowered += body
        return lowered

    def _condition(self, leaf: Leaf, deep: int = 0) -> Iterable[Statement]:
        """`if (($options = config("x")) !== false)` assigns on the way."""
        for child in leaf.named_children:
            if child.type == "assignment_expression":
                yield Assign(self.field(child, "left"), self.field(child, "right"), self.line(child))
            elif child.type in _WITH_ASSIGNMENTS and deep < MAXIMUM_CONDITIONS_DEEP:
                yield from self._condition(child, deep + 1)
            elif child.type not in self.ignored:
                yield self.expression(child)

    def _effects(self, leaf: Leaf) -> Iterable[Statement]:
        """`$query .= $request->term;` keeps what is read on the way, and so does `echo`."""
        parts = (self.expression(child) for child in leaf.named_children if child.type not in self.ignored)
        return [part for part in parts if not isinstance(part, Name | Text | Constant | Opaque)]

    def _expression_statement(self, leaf: Leaf) -> Iterable[Statement]:
        for child in leaf.named_children:
            if child.type == "assignment_expression":
                value = self.field(child, "right")
                yield Assign(self.field(child, "left"), value, self.line(child))
            elif child.type == "augmented_assignment_expression":
                yield from self._effects(child)
            elif child.type not in self.ignored:
                yield self.expression(child)
