"""Rust's macros and attributes: what stands in their brackets is tokens, and mostly means what it looks like."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tree_sitter import Node as Leaf

from github_connections.analysis.syntax.lowering import template
from github_connections.analysis.syntax.nodes import (
    Argument,
    Call,
    Constant,
    Expression,
    Member,
    Name,
    Opaque,
    Sequence,
    Statement,
    Text,
)

if TYPE_CHECKING:
    from github_connections.analysis.syntax.rust_expressions import RustExpressions

# Macros whose brackets hold ordinary arguments that set-up is made of.
_WITH_ARGUMENTS = frozenset(
    {
        *("vec", "smallvec", "array", "routes", "services", "catchers", "path", "try_join", "join"),
        *("openapi_get_routes", "openapi_get_routes_spec", "routes_with_openapi", "get_routes"),
        "mount_endpoints_and_merged_docs",
    }
)
# Macros that give back what they are given, or leave the function at hand.
_OF_THEIR_FIRST = frozenset({"try_outcome", "outcome"})
# Of these, what stands on both sides of an arrow: `"/users" => users::routes()`.
_WITH_ARROWS = frozenset({"mount_endpoints_and_merged_docs"})
# Attributes that say nothing of routes, and are many.
_MUTE_ATTRIBUTES = frozenset(
    {
        *("derive", "allow", "warn", "deny", "cfg", "cfg_attr", "doc", "inline", "must_use", "sqlx", "error"),
        *("diesel", "from", "non_exhaustive", "repr", "instrument", "async_trait", "default", "deprecated"),
        *("validate", "schema"),
    }
)
MAXIMUM_MACROS_DEEP = 3
LONGEST_MACRO = 60_000
_ESCAPES = {"\\n": "\n", "\\t": "\t", "\\r": "\r", "\\\\": "\\", '\\"': '"', "\\0": "\0", "\\'": "'"}
_PLACE = re.compile(r"\{\{|\}\}|\{([A-Za-z_]\w*|\d+)?(?::[^{}]*)?\}")


def text_in(lowering: RustExpressions, leaf: Leaf) -> str:
    """Return the value of a string literal."""
    if leaf.type == "raw_string_literal":
        return "".join(lowering.text(child) for child in leaf.named_children)
    parts = []
    goes_on = False  # after a line that ends in a backslash, the next one's indentation is not part of the text
    for child in leaf.named_children:
        part = lowering.text(child)
        if child.type == "escape_sequence":
            goes_on = part[1:2] in "\r\n"
            parts.append("" if goes_on else _ESCAPES.get(part, part))
        else:
            parts.append(part.lstrip() if goes_on else part)
            goes_on = False
    return "".join(parts)


def lowered(lowering: RustExpressions, leaf: Leaf) -> Expression:
    """Lower one use of a macro."""
    macro = leaf.child_by_field_name("macro")
    tokens = next((child for child in leaf.children if child.type == "token_tree"), None)
    if macro is None or tokens is None:
        return Opaque(lowering.start_of(leaf))
    function = lowering.expression(macro)
    name = function.name if isinstance(function, Member) else getattr(function, "id", "")
    if name in ("format", "format_args", "concat"):
        arguments = reparsed(lowering, tokens)
        return _formatted(arguments) if name != "concat" else template(item.value for item in arguments)
    if name in _OF_THEIR_FIRST:
        return next((item.value for item in reparsed(lowering, tokens)), Opaque(f"{name}!"))
    if name not in _WITH_ARGUMENTS:
        return Opaque(f"{name}!")
    arguments = reparsed(lowering, tokens, arrow=b", " if name in _WITH_ARROWS else b"=>")
    if name in ("vec", "smallvec", "array"):
        return Sequence([argument.value for argument in arguments])
    called = Member(function.of, f"{name}!") if isinstance(function, Member) else Name(f"{name}!")
    return lowering.called(called, arguments, lowering.line(leaf))


def reparsed(lowering: RustExpressions, tokens: Leaf, arrow: bytes = b"=>") -> list[Argument]:
    """Read what stands in a macro's brackets as the arguments of a call, on its own lines, with what means an arrow."""
    if lowering.macros_deep >= MAXIMUM_MACROS_DEEP or tokens.end_byte - tokens.start_byte > LONGEST_MACRO:
        return []
    inner = lowering.source[tokens.start_byte + 1 : tokens.end_byte - 1]
    outer = lowering.source
    lowering.source = b"\n" * tokens.start_point[0] + b"fn a(){b(" + inner.replace(b"=>", arrow) + b")}"
    lowering.macros_deep += 1
    try:
        call = _first_call(lowering.parser.parse(lowering.source).root_node)
        expression = lowering.expression(call) if call is not None else None
    finally:
        lowering.source = outer
        lowering.macros_deep -= 1
    return expression.arguments if isinstance(expression, Call) else []


def holds_items(lowering: RustExpressions, leaf: Leaf) -> bool:
    """Tell whether a use of a macro declares things instead of being a value."""
    return _last_name(lowering, leaf) in _HOLDING_ITEMS


def _last_name(lowering: RustExpressions, leaf: Leaf) -> str:
    return lowering.text_of(leaf, "macro").rpartition("::")[2]


def items(lowering: RustExpressions, leaf: Leaf) -> list[Statement] | None:
    """Lower what stands in the braces of `cfg_if!` and `lazy_static!` as if it stood there alone; None for others."""
    rewrite = _HOLDING_ITEMS.get(_last_name(lowering, leaf))
    tokens = next((child for child in leaf.children if child.type == "token_tree"), None)
    if rewrite is None or tokens is None or lowering.macros_deep >= MAXIMUM_MACROS_DEEP:
        return None
    pattern, other = rewrite
    inner = pattern.sub(other, lowering.source[tokens.start_byte + 1 : tokens.end_byte - 1])
    outer = lowering.source
    lowering.source = b"\n" * tokens.start_point[0] + inner
    lowering.macros_deep += 1
    try:
        return lowering.body(lowering.parser.parse(lowering.source).root_node)
    finally:
        lowering.source = outer
        lowering.macros_deep -= 1


# Macros that hold items, with what makes ordinary Rust of it.
_HOLDING_ITEMS = {
    "cfg_if": (re.compile(rb"\bif\s*#\[cfg\([^\]]*\]"), b"if a"),
    "lazy_static": (re.compile(rb"\bstatic\s+ref\b"), b"static"),
}


def _first_call(leaf: Leaf) -> Leaf | None:
    for _ in range(6):
        if leaf.type == "call_expression":
            return leaf
        children = [child for child in leaf.named_children if child.type in _ON_THE_WAY]
        if not children:
            return None
        leaf = children[0]
    return None


_ON_THE_WAY = frozenset({"function_item", "block", "expression_statement", "call_expression"})


def _formatted(arguments: list[Argument]) -> Expression:
    """`format!("{}/{name}", a)`: the parts in their order."""
    first = arguments[0].value if arguments else None
    if not isinstance(first, Text):
        return Opaque("format!")
    waiting = [argument.value for argument in arguments[1:]]
    parts: list[Expression] = []
    end = 0
    for match in _PLACE.finditer(first.value):
        parts.append(Text(first.value[end : match.start()]))
        end = match.end()
        if match.group() in ("{{", "}}"):
            parts.append(Text(match.group()[0]))
        elif match.group(1) is None:
            parts.append(waiting.pop(0) if waiting else Opaque("{}"))
        elif match.group(1).isdecimal():
            position = int(match.group(1))
            parts.append(arguments[position + 1].value if position + 1 < len(arguments) else Opaque("{}"))
        else:
            parts.append(Name(match.group(1)))
    parts.append(Text(first.value[end:]))
    return template(part for part in parts if part != Text(""))


# --- attributes -----------------------------------------------------------------------------------------------------


def attribute(lowering: RustExpressions, leaf: Leaf) -> list[Expression]:
    """Lower `#[get("/x", data = "<form>")]` to a call, `#[handler]` to a name; nothing for one that says nothing."""
    inner = next((child for child in leaf.named_children if child.type == "attribute"), None)
    path = inner.named_children[0] if inner is not None and inner.named_children else None
    if inner is None or path is None or lowering.text(path) in _MUTE_ATTRIBUTES:
        return []
    function = lowering.expression(path)
    tokens, value = inner.child_by_field_name("arguments"), inner.child_by_field_name("value")
    if value is not None:  # `#[path = "x.rs"]`
        return [Call(function, [Argument(lowering.expression(value))], lowering.line(leaf))]
    if tokens is None:
        lowering.note(function)
        return [function]
    return [lowering.called(function, _arguments(lowering, tokens, 0), lowering.line(leaf))]


def _arguments(lowering: RustExpressions, tokens: Leaf, depth: int) -> list[Argument]:
    pieces: list[list[Leaf]] = [[]]
    for child in tokens.children[1:-1]:
        if child.type == ",":
            pieces.append([])
        else:
            pieces[-1].append(child)
    return [_argument(lowering, piece, depth) for piece in pieces if piece]


def _argument(lowering: RustExpressions, piece: list[Leaf], depth: int) -> Argument:
    if len(piece) > 2 and piece[1].type == "=":
        return Argument(_token(lowering, piece[2:], depth), lowering.text(piece[0]))
    return Argument(_token(lowering, piece, depth))


def _token(lowering: RustExpressions, piece: list[Leaf], depth: int) -> Expression:
    first, last = piece[0], piece[-1]
    if first.type in ("string_literal", "raw_string_literal"):
        return Text(text_in(lowering, first))
    if first.type == "boolean_literal":
        return Constant(lowering.text(first) == "true")
    if first.type == "token_tree" and depth < MAXIMUM_MACROS_DEEP:
        return Sequence([item.value for item in _arguments(lowering, first, depth + 1)])
    names = [lowering.text(leaf) for leaf in piece if leaf.type in ("identifier", "self", "crate", "super")]
    if not names or len(names) > 8:
        return Opaque(lowering.text(first))
    named: Expression = Name(names[0])
    for name in names[1:]:
        named = Member(named, name)
    if last.type == "token_tree" and depth < MAXIMUM_MACROS_DEEP:
        return Call(named, _arguments(lowering, last, depth + 1), lowering.line(first))
    return named
