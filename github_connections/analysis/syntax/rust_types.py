"""Rust's types, as expressions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tree_sitter import Node as Leaf

from github_connections.analysis.syntax.lowering import one_or_several
from github_connections.analysis.syntax.nodes import Expression, Item, Member, Name, Opaque, Sequence

if TYPE_CHECKING:
    from github_connections.analysis.syntax.rust_patterns import RustPatterns


def table(lowering: RustPatterns) -> dict[str, Callable[[Leaf], Expression]]:
    """Return the expressions of types by node type; references and bounds are left away."""

    def last(leaf: Leaf) -> Expression:
        children = [child for child in leaf.named_children if child.type != "lifetime"]
        return lowering.expression(children[-1]) if children else Opaque("")

    def several(leaf: Leaf) -> Expression:
        return Sequence([lowering.expression(child) for child in leaf.named_children if child.type != "lifetime"])

    def generic(leaf: Leaf) -> Expression:
        arguments = leaf.child_by_field_name("type_arguments")
        given = [child for child in arguments.named_children if child.type != "lifetime"] if arguments else []
        of = lowering.field(leaf, "type")
        if not given:
            return of
        lowered = [lowering.expression(child) for child in given]
        return Item(of, one_or_several(lowered))

    def scoped(leaf: Leaf) -> Expression:
        path, name = leaf.child_by_field_name("path"), lowering.text_of(leaf, "name")
        return Name(name) if path is None else Member(lowering.path(path), name)

    def named(leaf: Leaf) -> Expression:
        return lowering.own_type(lowering.text(leaf))

    return {
        "type_identifier": named,
        "primitive_type": named,
        "scoped_type_identifier": scoped,
        "generic_type": generic,
        "generic_type_with_turbofish": generic,
        "tuple_type": several,
        **dict.fromkeys(("reference_type", "abstract_type", "dynamic_type", "pointer_type"), last),
        "bounded_type": lambda leaf: lowering.expression(leaf.named_children[0]) if leaf.named_children else Opaque(""),
    }


def bare(expression: Expression) -> Expression:
    """Return a type without its arguments."""
    while isinstance(expression, Item):
        expression = expression.of
    return expression
