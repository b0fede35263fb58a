"""Elixir.

Modules have no nesting of their own: a `defmodule` inside another stands beside it, under its whole name. Each is a
`Class` and, since its body runs when it is defined, a `Call` of `defmodule` after it. Aliases are resolved where they
hold, as the compiler does: `Name("ShopWeb.PageController")` is always the whole name. `@name` is `Name("@name")`.

Keywords are one `Mapping`, the last argument; a `do` block is a `Function` after it, written either way. What is quoted
stands for itself, since a macro's words are run where it is used; a quotation that is kept is a `Function`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import tree_sitter_elixir
from tree_sitter import Language
from tree_sitter import Node as Leaf

from github_connections.analysis.syntax.elixir_blocks import returning
from github_connections.analysis.syntax.elixir_calls import CONTROL, ElixirCalls
from github_connections.analysis.syntax.nodes import (
    Argument,
    Assign,
    Call,
    Class,
    Function,
    Loop,
    Name,
    Return,
    Statement,
)

_FUNCTIONS = ("def", "defp", "defmacro", "defmacrop")
_MACROS = ("defmacro", "defmacrop")
# Declarations that set nothing up.
_DECLARATIONS = (
    "defstruct", "defexception", "defdelegate", "defguard", "defguardp", "defimpl", "defoverridable", "defcallback",
)  # fmt: skip
_DOCUMENTATION = frozenset(
    {"doc", "moduledoc", "typedoc", "spec", "type", "typep", "opaque", "callback", "macrocallback", "impl", "dialyzer"}
)


class ElixirLowering(ElixirCalls):
    """Reads Elixir."""

    language = "elixir"
    grammar = Language(tree_sitter_elixir.language())
    matters = re.compile(
        rb"\b(?:quote|use|plug|pipe_through|scope|apply|halt\w*|redirect|unauthori[sz]ed|forbidden|send_resp)\b"
    )

    def __init__(self) -> None:
        super().__init__()
        self.statements.update(
            {
                "call": self._statement_call,
                "identifier": lambda leaf: (self.called(Name(self.text(leaf)), [], self.line(leaf)),),
                "binary_operator": self._statement_binary,
                "unary_operator": self._attribute,
                "stab_clause": lambda leaf: self.body(leaf.child_by_field_name("right")),
                "block": lambda leaf: self.run(leaf.named_children),
                "body": lambda leaf: self.run(leaf.named_children),
            }
        )
        self.forms = {
            "defmodule": self._module,
            "defprotocol": self._module,
            "alias": self._alias,
            "require": self._alias,
            "for": self._for,
            "unquote": self._unquoted,
            **dict.fromkeys(_FUNCTIONS, self._function),
            **dict.fromkeys(CONTROL, self._flat),
            **dict.fromkeys(_DECLARATIONS, self._nothing),
        }

    # --- modules and names --------------------------------------------------------------------------------------

    def _module(self, leaf: Leaf) -> Iterable[Statement]:
        written = self._first_argument(leaf)
        inside = bool(self.module)
        name = self.text(written) if inside and written is not None and written.type == "alias" else ""
        whole = f"{self.module}.{name}" if name else getattr(self.expression(written), "id", "")
        if not whole:
            return ()
        line = self.line(leaf)
        with self._lexical(whole):
            body = [statement for block in self._do_blocks(leaf) for statement in self._body_of(block)]
        if name:
            first = name.partition(".")[0]
            self.aliases[first] = f"{self.module}.{first}"
        inner = [statement for statement in body if _is_module(statement)]
        rest = [statement for statement in body if not _is_module(statement)]
        defined = self.called(Name("defmodule"), [Argument(Name(whole))], line)
        return (*inner, Class(whole, [], rest, line, "module"), defined)

    def _alias(self, leaf: Leaf) -> Iterable[Statement]:
        """`alias A.B`, `alias A.{B, C}`, `alias A, as: B`: another name for a module, from here to the block's end."""
        written = self._first_argument(leaf)
        if written is None:
            return ()
        several = written.child_by_field_name("right") if written.type == "dot" else None
        if several is not None and several.type == "tuple":
            above = getattr(self.field(written, "left"), "id", "")
            inner = [self.text(child) for child in several.named_children if child.type == "alias"]
            names = [f"{above}.{name}" for name in inner] if above else []
        else:
            names = [getattr(self.expression(written), "id", "")]
        local = self._options(leaf).get("as")
        for name in names:
            if local is not None:
                self.aliases[self.text(local)] = name
            elif name and self.text_of(leaf, "target") == "alias":
                self.aliases[name.rpartition(".")[2]] = name
        return ()

    # --- functions and blocks -----------------------------------------------------------------------------------

    def _function(self, leaf: Leaf) -> Iterable[Statement]:
        head = self._first_argument(leaf)
        if head is not None and head.type == "binary_operator" and self.text_of(head, "operator") == "when":
            head = head.child_by_field_name("left")
        named = head.child_by_field_name("target") if head is not None and head.type == "call" else head
        if head is None or named is None or named.type != "identifier":
            return ()
        kind = self.text_of(leaf, "target")
        with self._lexical():
            parameters = self._parameters(self._arguments_of(head))
            # A macro's words are run where it is used; a function hands on what it quotes.
            lower = self._function_body if kind in _MACROS else self._handing_on
            body = returning([item for block in self._do_blocks(leaf) for item in lower(block)], parameters)
        if kind in _MACROS and body and isinstance(body[-1], Return):
            unquoted = Call(Name("unquote"), [Argument(body[-1].value)], self.line(leaf))
            body = [*body[:-1], Return(unquoted)]
        return (Function(self.text(named), parameters, body, self.line(leaf), modifiers=[kind]),)

    def _flat(self, leaf: Leaf) -> Iterable[Statement]:
        """Control flow, and what is quoted: its branches in order."""
        return [statement for block in self._do_blocks(leaf) for statement in self._body_of(block)]

    def _unquoted(self, leaf: Leaf) -> Iterable[Statement]:
        """What is put in where a statement may stand is run there, if it is a block."""
        arguments = [Argument(self.expression(child)) for child in self._arguments_of(leaf)]
        return (self.called(Name("unquote"), arguments, self.line(leaf)),)

    def _for(self, leaf: Leaf) -> Iterable[Statement]:
        body = self._flat(leaf)
        for generator in reversed(self._arguments_of(leaf)):
            if generator.type == "binary_operator" and self.text_of(generator, "operator") == "<-":
                # A walk over keywords meets pairs; it is no call of the file's own, and no word of it.
                items = Call(Name("items_of"), [Argument(self.field(generator, "right"))], self.line(generator))
                body = [Loop(self.field(generator, "left"), items, list(body))]
        return body

    # --- statements ---------------------------------------------------------------------------------------------

    def _statement_call(self, leaf: Leaf) -> Iterable[Statement]:
        form = self.forms.get(self.text_of(leaf, "target"))
        return (self._call(leaf),) if form is None else form(leaf)

    def _nothing(self, _leaf: Leaf) -> Iterable[Statement]:
        return ()

    def _statement_binary(self, leaf: Leaf) -> Iterable[Statement]:
        if self.text_of(leaf, "operator") != "=":
            return (self._binary(leaf),)
        return (Assign(self.field(leaf, "left"), self.field(leaf, "right"), self.line(leaf)),)

    def _attribute(self, leaf: Leaf) -> Iterable[Statement]:
        """`@prefix "/api"`."""
        operand = leaf.child_by_field_name("operand")
        if self.text_of(leaf, "operator") != "@" or operand is None or operand.type != "call":
            return ()
        name, value = self.text_of(operand, "target"), self._first_argument(operand)
        if value is None or name in _DOCUMENTATION:
            return ()
        return (Assign(Name(f"@{name}"), self.expression(value), self.line(leaf)),)


def _is_module(statement: Statement) -> bool:
    return isinstance(statement, Class) or (isinstance(statement, Call) and statement.function == Name("defmodule"))
