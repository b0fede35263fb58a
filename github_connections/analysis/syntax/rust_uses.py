"""Rust's `use` trees, flattened: the module, the name out of it, and what it is called here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node as Leaf

if TYPE_CHECKING:
    from github_connections.analysis.syntax.rust import RustLowering

MAXIMUM_USES_DEEP = 30


def flattened(lowering: RustLowering, leaf: Leaf, before: str = "", depth: int = 0) -> Iterator[tuple[str, str, str]]:
    """Yield module, name ("*" for all, empty for the module itself) and local name."""
    if depth > MAXIMUM_USES_DEEP:
        return
    match leaf.type:
        case "use_list":
            for child in leaf.named_children:
                yield from flattened(lowering, child, before, depth + 1)
        case "scoped_use_list":
            path = _below(before, lowering.text_of(leaf, "path"))
            inner = leaf.child_by_field_name("list")
            if inner is not None:
                yield from flattened(lowering, inner, path, depth + 1)
        case "use_wildcard":
            named = lowering.text(leaf.named_children[0]) if leaf.named_children else ""
            yield _below(before, named), "*", ""
        case "use_as_clause":
            local = lowering.text_of(leaf, "alias")
            yield from ((*named, local) for named in [_split(_below(before, lowering.text_of(leaf, "path")))])
        case "self":
            yield before, "", before.rpartition("::")[2]
        case "identifier" | "scoped_identifier" | "crate" | "super":
            module, name = _split(_below(before, lowering.text(leaf)))
            yield module, name, name or module


def _below(before: str, path: str) -> str:
    path = "".join(path.split())
    if path == "self" and before:
        return before
    return f"{before}::{path}".removeprefix("::") if before else path.removeprefix("::")


def _split(path: str) -> tuple[str, str]:
    module, separator, name = path.rpartition("::")
    return (module, name) if separator else (path, "")
