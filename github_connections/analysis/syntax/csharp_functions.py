"""C#'s methods and lambdas, their attributes and parameters, and what stands in their bodies."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tree_sitter import Node as Leaf

from github_connections.analysis.syntax.csharp_expressions import TYPE_ARGUMENTS, CSharpExpressions
from github_connections.analysis.syntax.nodes import (
    Argument,
    Assign,
    Call,
    Expression,
    Function,
    Item,
    Loop,
    Name,
    Parameter,
    Return,
    Statement,
)

_PAGES = re.compile(rb"\b(View|PartialView|ViewComponent|RedirectToAction|RedirectToPage|LocalRedirect|Page)\s*\(")


class CSharpFunctions(CSharpExpressions):
    """Lowers functions and statements."""

    def __init__(self) -> None:
        super().__init__()
        self.reads_bodies = False
        self.expressions.update(
            {
                "lambda_expression": self._lambda,
                "anonymous_method_expression": self._lambda,
            }
        )
        self.statements.update(
            {
                "method_declaration": self._method,
                "constructor_declaration": self._method,
                "local_function_statement": self._method,
                "assignment_expression": self.assignment,
                "return_statement": self._return,
                "arrow_expression_clause": self._return,
                "foreach_statement": self._for,
                "is_pattern_expression": self._matched,
            }
        )

    # --- declarations -------------------------------------------------------------------------------------------

    def _modifiers(self, leaf: Leaf) -> tuple[list[Expression], list[str]]:
        decorators: list[Expression] = []
        words: list[str] = []
        for child in leaf.named_children:
            if child.type == "attribute_list":
                decorators.extend(self._attribute(part) for part in child.named_children if part.type == "attribute")
            elif child.type == "modifier":
                words.append(self.text(child))
        return decorators, words

    def _attribute(self, leaf: Leaf) -> Expression:
        name = self.field(leaf, "name")
        if isinstance(name, Name) and len(name.id) > len("Attribute"):
            name = Name(name.id.removesuffix("Attribute"))
        arguments = [argument for child in leaf.named_children[1:] for argument in self._arguments(child)]
        function = name.of if isinstance(name, Item) else name
        types = [Argument(name.index, TYPE_ARGUMENTS)] if isinstance(name, Item) else []
        return self.called(function, [*types, *arguments], self.line(leaf))

    def _method(self, leaf: Leaf) -> Iterable[Statement]:
        """A method; one whose first parameter is `this` extends that parameter's type."""
        decorators, modifiers = self._modifiers(leaf)
        given = leaf.child_by_field_name("parameters")
        parameters, body = self._parameters(given), leaf.child_by_field_name("body")
        generic = leaf.child_by_field_name("type_parameters")
        for child in generic.named_children if generic is not None else ():
            modifiers.append(f"<{self.text_of(child, 'name')}>")
        receiver, receiver_name = None, "this"
        if given is not None and self._extends(given):
            receiver, receiver_name, parameters = parameters[0].type, parameters[0].name, parameters[1:]
        is_constructor = leaf.type == "constructor_declaration"
        before = self._handed_to_base(leaf) if is_constructor else []
        return (
            Function(
                "constructor" if is_constructor else self.text_of(leaf, "name"),
                parameters,
                [*before, *self._method_body(body)],
                self.line(leaf),
                decorators,
                self.optional(leaf, "returns") or self.optional(leaf, "type"),
                modifiers if body is not None else [*modifiers, "abstract"],
                receiver,
                receiver_name,
            ),
        )

    def _extends(self, leaf: Leaf) -> bool:
        first = leaf.named_children[0] if leaf.named_children else None
        return first is not None and any(
            child.type == "modifier" and self.text(child) == "this" for child in first.named_children
        )

    def _handed_to_base(self, leaf: Leaf) -> list[Statement]:
        """`: base(…)` is a call of the base's constructor, the first thing that happens."""
        initializer = next((child for child in leaf.named_children if child.type == "constructor_initializer"), None)
        if initializer is None or not any(child.type == "base" for child in initializer.children):
            return []
        return [Call(Name("super"), self._arguments(initializer.named_children[-1]), self.line(initializer))]

    def _method_body(self, leaf: Leaf | None) -> list[Statement]:
        if leaf is None:
            return []
        if self.reads_bodies:
            return list(self.statement(leaf))
        shown = _PAGES.search(self.source, leaf.start_byte, leaf.end_byte)
        return [Call(Name(shown.group(1).decode()), [], self.line(leaf))] if shown else []

    def _parameters(self, leaf: Leaf | None) -> list[Parameter]:
        """One after another; of `params` the grammar makes no node of its own."""
        found: list[Parameter] = []
        for child in leaf.named_children if leaf is not None else ():
            if child.type == "parameter":
                found.append(self._parameter(child))
            elif child.type == "implicit_parameter":
                found.append(Parameter(self.text(child)))
            elif child.type == "identifier":
                found.append(Parameter(self.text(child), kind="*"))
        return found

    def _parameter(self, leaf: Leaf) -> Parameter:
        decorators, _ = self._modifiers(leaf)
        default = None
        if any(child.type == "=" for child in leaf.children):
            default = self.expression(leaf.named_children[-1])
        return Parameter(self.text_of(leaf, "name"), self.optional(leaf, "type"), default, decorators)

    # --- statements ---------------------------------------------------------------------------------------------

    def _return(self, leaf: Leaf) -> list[Statement]:
        inner = self.inside(leaf)
        return [Return(self.expression(inner[0]))] if inner else []

    def _for(self, leaf: Leaf) -> Iterable[Statement]:
        body = leaf.child_by_field_name("body")
        inside = [] if body is None else list(self.statement(body))
        return (Loop(self.field(leaf, "left"), self.field(leaf, "right"), inside),)

    def _matched(self, leaf: Leaf) -> Iterable[Statement]:
        """`if (made is Endpoint endpoint)` declares a variable."""
        pattern = leaf.child_by_field_name("pattern")
        name = pattern.child_by_field_name("name") if pattern is not None else None
        value = self.field(leaf, "expression")
        if name is None or pattern is None or pattern.type != "declaration_pattern":
            return (value,)
        return (
            Assign(Name(self.text(name)), value, self.line(leaf), self.optional(pattern, "type"), modifiers=["var"]),
        )

    # --- expressions --------------------------------------------------------------------------------------------

    def _lambda(self, leaf: Leaf) -> Expression:
        given, body = leaf.child_by_field_name("parameters"), leaf.child_by_field_name("body")
        alone = given is not None and given.type in ("implicit_parameter", "identifier")
        parameters = [Parameter(self.text(given))] if alone else self._parameters(given)
        inside: list[Statement] = []
        if body is not None:
            inside = self.body(body) if body.type == "block" else self._lambda_value(body)
        return Function("", parameters, inside, self.line(leaf), self._modifiers(leaf)[0])

    def _lambda_value(self, leaf: Leaf) -> list[Statement]:
        if leaf.type == "assignment_expression":
            return list(self.assignment(leaf))
        return [Return(self.expression(leaf))]
