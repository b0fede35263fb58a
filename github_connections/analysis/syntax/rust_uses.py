"""Rust's `use` trees, flattened: the module, the name out of it, and what it is called here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node as Leaf

if TYPE_CHECKING:
    from github_connections.analysis.syntax.rust_patterns import RustPatterns

MAXIMUM_USES_DEEP = 30


def flattened(lowering: RustPatterns, leaf: Leaf, before: str = "", depth: int = 0) -> Iterator[tuple[str, str, str]]:
    """Yield module, name ("*" for all, empty for the module itself) and local name."""
    if leaf.type in ("use_list", "scoped_use_list"):
        listed = leaf if leaf.type == "use_list" else leaf.child_by_field_name("list")
        path = _below(before, lowering.text_of(leaf, "path"))
        for child in listed.named_children if listed is not None and depth < MAXIMUM_USES_DEEP else ():
            yield from flattened(lowering, child, path, depth + 1)
    else:
        yield from _single(lowering, leaf, before)


def _single(lowering: RustPatterns, leaf: Leaf, before: str) -> Iterator[tuple[str, str, str]]:
    match leaf.type:
        case "use_wildcard":
            named = lowering.text(leaf.named_children[0]) if leaf.named_children else ""
            yield _below(before, named), "*", ""
        case "use_as_clause":
            yield *_split(_below(before, lowering.text_of(leaf, "path"))), lowering.text_of(leaf, "alias")
        case "self":
            yield before, "", before.rpartition("::")[2]
        case "identifier" | "scoped_identifier" | "crate" | "super":
            module, name = _split(_below(before, lowering.text(leaf)))
            yield module, name, name or module


def _below(before: str, path: str) -> str:
    path = "".join(path.split())
    if not path:
        return before
    if path == "self" and before:
        return before
    return f"{before}::{path}".removeprefix("::") if before else path.removeprefix("::")


def _split(path: str) -> tuple[str, str]:
    module, separator, name = path.rpartition("::")
    return (module, name) if separator else (path, "")
