"""JSX."""

from __future__ import annotations

from collections.abc import Iterable

from tree_sitter import Node as Leaf

from github_connections.analysis.syntax.javascript_calls import CallLowering
from github_connections.analysis.syntax.nodes import Argument, Constant, Element, Expression, Name, Text


class ElementLowering(CallLowering):
    """Lowers elements with their attributes and children."""

    def __init__(self) -> None:
        super().__init__()
        self.expressions.update(
            {
                "jsx_element": self._element,
                "jsx_self_closing_element": lambda leaf: self._tag(leaf, [], leaf),
            }
        )

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
