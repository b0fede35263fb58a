"""Kotlin's functions, their parameters, and what stands in their bodies."""

from __future__ import annotations

from collections.abc import Iterable

from tree_sitter import Node as Leaf

from github_connections.analysis.syntax.kotlin_calls import KotlinCalls
from github_connections.analysis.syntax.kotlin_literals import TYPES, shown
from github_connections.analysis.syntax.lowering import one_or_several
from github_connections.analysis.syntax.nodes import (
    Expression,
    Function,
    Loop,
    Parameter,
    Return,
    Statement,
)


class KotlinFunctions(KotlinCalls):
    """Lowers functions and statements."""

    def __init__(self) -> None:
        super().__init__()
        self.reads_bodies = False
        self.expressions["anonymous_function"] = self._made_function
        self.statements.update(
            {
                "function_declaration": self._function,
                "assignment": self.assignment,
                "return_expression": self._return,
                "for_statement": self._for,
            }
        )

    # --- functions ----------------------------------------------------------------------------------------------

    def _modifiers(self, leaf: Leaf | None) -> tuple[list[Expression], list[str]]:
        decorators, words = [], []
        for child in leaf.named_children if leaf is not None else ():
            if child.type == "annotation":
                decorators.append(self.expression(child))
            else:
                words.append(self.text(child))
        return decorators, words

    def _function(self, leaf: Leaf) -> Iterable[Statement]:
        return (self._made_function(leaf),)

    def _made_function(self, leaf: Leaf) -> Function:
        decorators: list[Expression] = []
        modifiers: list[str] = []
        parameters: list[Parameter] = []
        body: list[Statement] = []
        name, receiver, returns, has_parameters = "", None, None, False
        for child in leaf.named_children:
            kind = child.type
            if kind == "modifiers":
                decorators, modifiers = self._modifiers(child)
            elif kind == "identifier":
                name = shown(self.text(child))
            elif kind == "function_value_parameters":
                parameters, has_parameters = self._parameters(child), True
            elif kind in TYPES and has_parameters:
                returns = self.expression(child)
            elif kind in TYPES:
                receiver = self.expression(child)
            elif kind == "function_body":
                body = self._function_body(child)
        return Function(name, parameters, body, self.line(leaf), decorators, returns, modifiers, receiver)

    def _function_body(self, leaf: Leaf) -> list[Statement]:
        if leaf.children[0].type == "=":
            inner = self.inside(leaf)
            return [Return(self.expression(inner[-1]))] if inner else []
        return self.body(leaf) if self.reads_bodies else []

    def _parameters(self, leaf: Leaf) -> list[Parameter]:
        """Modifiers and defaults stand beside a parameter, not in it."""
        found: list[Parameter] = []
        decorators: list[Expression] = []
        words: list[str] = []
        is_default = False
        for child in leaf.children:
            match child.type:
                case "parameter_modifiers":
                    decorators, words = self._modifiers(child)
                case "parameter":
                    name, kind = self._declared(child)
                    rest = "*" if "vararg" in words else ""
                    found.append(Parameter(getattr(name, "id", ""), kind, decorators=decorators, kind=rest))
                    decorators, words = [], []
                case "=":
                    is_default = True
                case _ if is_default and child.is_named and found:
                    last = found[-1]
                    default = self.expression(child)
                    found[-1] = Parameter(last.name, last.type, default, last.decorators, last.kind)
                    is_default = False
        return found

    # --- statements ---------------------------------------------------------------------------------------------

    def _return(self, leaf: Leaf) -> Iterable[Statement]:
        inner = [child for child in leaf.named_children if child.type not in ("label", *self.ignored)]
        return [Return(self.expression(inner[-1]))] if inner else []

    def _for(self, leaf: Leaf) -> Iterable[Statement]:
        target, *rest = leaf.named_children or [leaf]
        if not rest:
            return ()
        names = target.named_children if target.type == "multi_variable_declaration" else [target]
        bound = [self._declared(name)[0] for name in names]
        body = list(self.statement(rest[-1])) if len(rest) > 1 else []
        return (Loop(one_or_several(bound), self.expression(rest[0]), body),)
