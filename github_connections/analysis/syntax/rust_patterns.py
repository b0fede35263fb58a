"""Rust's names and paths, and the patterns and parameters that values are bound to."""

from __future__ import annotations

from tree_sitter import Node as Leaf

from github_connections.analysis.syntax import rust_types
from github_connections.analysis.syntax.lowering import MAXIMUM_DEPTH, Lowered, Lowering, one_or_several
from github_connections.analysis.syntax.nodes import Entry, Expression, Mapping, Member, Name, Parameter, Sequence, Text


class RustPatterns(Lowering):
    """Lowers what names something, and what a value is bound to."""

    def __init__(self) -> None:
        super().__init__()
        self.expressions.update(
            {
                "identifier": self._name,
                "field_identifier": lambda leaf: Name(self.text(leaf)),
                "self": lambda _leaf: Name("this"),
                "crate": lambda _leaf: Name("crate"),
                "super": lambda _leaf: Name("super::"),
                "scoped_identifier": self._scoped,
            }
        )
        self._patterns: dict[str, Lowered] = {
            "identifier": self._name,
            **dict.fromkeys(("mut_pattern", "ref_pattern", "reference_pattern", "match_pattern"), self._last_pattern),
            "tuple_pattern": lambda leaf: Sequence([self.pattern(child) for child in leaf.named_children]),
            "tuple_struct_pattern": self._wrapped,
            "struct_pattern": self._taken_apart,
            **dict.fromkeys(("field_expression", "index_expression"), self.expression),
        }

    def _begin(self, source: bytes) -> None:
        super()._begin(source)
        self._type: Expression | None = None  # of the `impl` block at hand
        self._inline = 0  # modules inside the file, one in the other
        self._imported: set[str] = set()

    # --- parameters ---------------------------------------------------------------------------------------------

    def _parameters(self, leaf: Leaf | None) -> list[Parameter]:
        made = []
        for declared in leaf.named_children if leaf is not None else ():
            if declared.type in ("self_parameter", "line_comment", "block_comment", "attribute_item"):
                continue
            if declared.type == "parameter":
                made.append(self._parameter(declared.child_by_field_name("pattern"), self.optional(declared, "type")))
            else:
                made.append(self._parameter(declared, None))
        return made

    def _parameter(self, pattern: Leaf | None, kind: Expression | None) -> Parameter:
        target = self.pattern(pattern)
        if isinstance(target, Name):
            return Parameter(target.id, kind)
        return Parameter("_", kind, pattern=target)

    # --- names and paths ----------------------------------------------------------------------------------------

    def _name(self, leaf: Leaf) -> Expression:
        return self.own_type(self.text(leaf))

    def own_type(self, name: str) -> Expression:
        """Return a name; `Self` is the type of the block around."""
        return self._type if name == "Self" and self._type is not None else Name(name)

    def _scoped(self, leaf: Leaf) -> Expression:
        path, name = leaf.child_by_field_name("path"), self.text_of(leaf, "name")
        if path is None:
            return Name(name)
        if path.type == "self":
            return Member(Name("self::"), name)
        if path.type == "super" and self._inline:
            return Member(Name("self::"), name)
        return Member(self.path(path), name)

    def path(self, leaf: Leaf) -> Expression:
        """Lower what stands before `::`; a bare name there is that of an item, whatever variable is called so."""
        if leaf.type == "identifier" and self.text(leaf) != "Self":
            self._imported.add(self.text(leaf))
            return Name(f"{self.text(leaf)}::")
        return rust_types.bare(self.expression(leaf))

    # --- patterns -----------------------------------------------------------------------------------------------

    def pattern(self, leaf: Leaf | None) -> Expression:
        """Lower what a value is bound to; `Some(x)`, `Json(x)` and `mut x` bind as `x`."""
        if leaf is None:
            return Name("_")
        lower = self._patterns.get(leaf.type)
        if lower is None or self.depth >= MAXIMUM_DEPTH:
            return Name("_")
        self.depth += 1
        try:
            return lower(leaf)
        finally:
            self.depth -= 1

    def _last_pattern(self, leaf: Leaf) -> Expression:
        return self.pattern(leaf.named_children[-1] if leaf.named_children else None)

    def _wrapped(self, leaf: Leaf) -> Expression:
        inner = [self.pattern(child) for child in leaf.named_children[1:]]
        return one_or_several(inner)

    def _taken_apart(self, leaf: Leaf) -> Expression:
        entries = []
        for field in leaf.named_children:
            if field.type == "field_pattern":
                name = self.text_of(field, "name")
                pattern = field.child_by_field_name("pattern")
                entries.append(Entry(Text(name), self.pattern(pattern) if pattern is not None else Name(name)))
        return Mapping(entries, self.line(leaf))
