"""Elixir's literals: strings, sigils, numbers, lists, keywords and maps."""

from __future__ import annotations

from collections.abc import Iterable

from tree_sitter import Node as Leaf

from github_connections.analysis.syntax.lowering import Lowering, number, template
from github_connections.analysis.syntax.nodes import (
    Constant,
    Entry,
    Expression,
    Mapping,
    Opaque,
    Sequence,
    Spread,
    Text,
)

# What may follow the first part of a block.
BLOCKS = ("else_block", "rescue_block", "catch_block", "after_block")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "s": " ", "0": "\0"}


class ElixirLiterals(Lowering):
    """Lowers what stands for itself, and what is made of it."""

    def __init__(self) -> None:
        super().__init__()
        self.expressions.update(
            {
                "atom": lambda leaf: Text(self.text(leaf)[1:]),
                "keyword": lambda leaf: Text(self.text(leaf).rstrip().removesuffix(":")),
                **dict.fromkeys(("quoted_atom", "quoted_keyword", "string", "charlist"), self._string),
                "sigil": self._sigil,
                "integer": self._number,
                "boolean": lambda leaf: Constant(self.text(leaf) == "true"),
                "nil": lambda _: Constant(None),
                "list": self._list,
                "tuple": self._list,
                "map": self._map,
                "keywords": self._keywords,
            }
        )

    def _last(self, leaf: Leaf) -> Expression:
        inner = [child for child in leaf.named_children if child.type not in (*self.ignored, *BLOCKS)]
        return self.expression(inner[-1]) if inner else Opaque(self.start_of(leaf))

    def _string(self, leaf: Leaf) -> Expression:
        parts: list[Expression] = []
        for child in leaf.named_children:
            if child.type == "interpolation":
                parts.append(self._last(child))
            elif child.type == "quoted_content":
                parts.append(Text(self.text(child)))
            elif child.type == "escape_sequence":
                written = self.text(child)[1:]
                parts.append(Text(_ESCAPES.get(written, written)))
        return template(parts)

    def _sigil(self, leaf: Leaf) -> Expression:
        name = next((self.text(child) for child in leaf.named_children if child.type == "sigil_name"), "")
        if name in ("w", "W"):
            text = self._string(leaf)
            return Sequence([Text(word) for word in text.value.split()] if isinstance(text, Text) else [text])
        return self._string(leaf) if name in ("s", "S", "p") else Opaque(self.start_of(leaf))

    def _number(self, leaf: Leaf) -> Expression:
        try:
            return number(int(self.text(leaf).replace("_", ""), 0))
        except ValueError:
            return Opaque(self.start_of(leaf))

    def _list(self, leaf: Leaf) -> Expression:
        """A list; one of keywords alone is a mapping."""
        items = self.inside(leaf)
        if len(items) == 1 and items[0].type == "keywords" and leaf.type == "list":
            return self._mapping(items[0].named_children, leaf)
        return Sequence([self.expression(child) for child in items])

    def _keywords(self, leaf: Leaf) -> Expression:
        """The keywords of a call, without its block."""
        pairs = [pair for pair in leaf.named_children if self.text_of(pair, "key").strip() not in ("do:", "else:")]
        return self._mapping(pairs, leaf)

    def _map(self, leaf: Leaf) -> Expression:
        held = [child for child in leaf.named_children if child.type == "map_content"]
        return self._mapping([item for content in held for item in content.named_children], leaf)

    def _mapping(self, leaves: Iterable[Leaf], leaf: Leaf) -> Mapping:
        return Mapping([entry for child in leaves for entry in self._entries(child)], self.line(leaf))

    def _entries(self, leaf: Leaf) -> Iterable[Entry]:
        operator = self.text_of(leaf, "operator") if leaf.type == "binary_operator" else ""
        if leaf.type == "pair":
            yield Entry(self.field(leaf, "key"), self.field(leaf, "value"))
        elif leaf.type == "keywords":
            for pair in leaf.named_children:
                yield from self._entries(pair)
        elif operator == "=>":
            yield Entry(self.field(leaf, "left"), self.field(leaf, "right"))
        elif operator == "|":  # `%{options | path: "/x"}`
            yield Entry(Spread(self.field(leaf, "left")), Constant(None))
            yield from self._entries(leaf.child_by_field_name("right") or leaf)
