"""Elixir.

Modules have no nesting of their own: a `defmodule` inside another stands beside it, under its whole name. Each is a
`Class` and, since its body runs when it is defined, a `Call` of `defmodule` after it. Aliases are resolved where they
hold, as the compiler does: `Name("ShopWeb.PageController")` is always the whole name. `@name` is `Name("@name")`.

Keywords are one `Mapping`, the last argument; a `do` block is a `Function` after it, written either way. What is quoted
stands for itself, since a macro's words are run where it is used; a quotation that is kept is a `Function`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import tree_sitter_elixir
from tree_sitter import Language
from tree_sitter import Node as Leaf

from github_connections.analysis.syntax.elixir_literals import BLOCKS, ElixirLiterals
from github_connections.analysis.syntax.lowering import Lowered, template
from github_connections.analysis.syntax.nodes import (
    Argument,
    Assign,
    Call,
    Choice,
    Class,
    Constant,
    Expression,
    Function,
    Item,
    Loop,
    Mapping,
    Member,
    Name,
    Opaque,
    Operation,
    Parameter,
    Return,
    Statement,
    Text,
)

_FUNCTIONS = ("def", "defp", "defmacro", "defmacrop")
_MACROS = ("defmacro", "defmacrop")
_CONTROL = ("if", "unless", "case", "cond", "with", "try", "receive", "quote")
# Declarations that set nothing up.
_DECLARATIONS = (
    "defstruct", "defexception", "defdelegate", "defguard", "defguardp", "defimpl", "defoverridable", "defcallback",
)  # fmt: skip
_DOCUMENTATION = frozenset(
    {"doc", "moduledoc", "typedoc", "spec", "type", "typep", "opaque", "callback", "macrocallback", "impl", "dialyzer"}
)
_BODIES = ("do_block", "body", *BLOCKS)


class ElixirLowering(ElixirLiterals):
    """Reads Elixir."""

    language = "elixir"
    grammar = Language(tree_sitter_elixir.language())
    matters = re.compile(
        rb"\b(?:quote|use|plug|pipe_through|scope|apply|halt\w*|redirect|unauthori[sz]ed|forbidden|send_resp)\b"
    )
    aliases: dict[str, str]
    module: str

    def __init__(self) -> None:
        super().__init__()
        self.expressions = {
            **self._words(),
            "list": self._list,
            "tuple": self._list,
            "map": self._map,
            "keywords": self._keywords,
            "call": self._call,
            "dot": self._dot,
            "access_call": lambda leaf: Item(self.field(leaf, "target"), self.field(leaf, "key")),
            "binary_operator": self._binary,
            "unary_operator": self._unary,
            "anonymous_function": self._anonymous,
            "block": self._last,
            "body": self._last,
            "stab_clause": lambda leaf: self.field(leaf, "right"),
        }
        self.statements = {
            "call": self._statement_call,
            "identifier": lambda leaf: (self.called(Name(self.text(leaf)), [], self.line(leaf)),),
            "binary_operator": self._statement_binary,
            "unary_operator": self._attribute,
            "stab_clause": lambda leaf: self.body(leaf.child_by_field_name("right")),
            "block": lambda leaf: self.run(leaf.named_children),
            "body": lambda leaf: self.run(leaf.named_children),
        }
        self.forms = {
            "defmodule": self._module,
            "defprotocol": self._module,
            "alias": self._alias,
            "require": self._alias,
            "for": self._for,
            "unquote": self._unquoted,
            **dict.fromkeys(_FUNCTIONS, self._function),
            **dict.fromkeys(_CONTROL, self._flat),
            **dict.fromkeys(_DECLARATIONS, self._nothing),
        }

    def _words(self) -> dict[str, Lowered]:
        """Return what a leaf of the tree stands for."""
        return {
            "identifier": self._identifier,
            "alias": lambda leaf: Name(self._expanded(self.text(leaf))),
            "atom": lambda leaf: Text(self.text(leaf)[1:]),
            "keyword": lambda leaf: Text(self.text(leaf).rstrip().removesuffix(":")),
            **dict.fromkeys(("quoted_atom", "quoted_keyword", "string", "charlist"), self._string),
            "sigil": self._sigil,
            "integer": self._number,
            "boolean": lambda leaf: Constant(self.text(leaf) == "true"),
            "nil": lambda _: Constant(None),
        }

    def _begin(self, source: bytes) -> None:
        super()._begin(source)
        self.aliases = {}
        self.module = ""

    # --- modules and names --------------------------------------------------------------------------------------

    @contextmanager
    def _lexical(self, module: str = "") -> Iterator[None]:
        """Forget at the end what was given another name inside."""
        outer = self.aliases, self.module
        self.aliases, self.module = dict(self.aliases), module or self.module
        try:
            yield
        finally:
            self.aliases, self.module = outer

    def _expanded(self, name: str) -> str:
        first, dot, rest = name.partition(".")
        if first == "Elixir":
            return rest
        return f"{self.aliases.get(first, first)}{dot}{rest}"

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

    def _identifier(self, leaf: Leaf) -> Expression:
        name = self.text(leaf)
        return Name(self.module if name == "__MODULE__" and self.module else name)

    def _dot(self, leaf: Leaf) -> Expression:
        right = leaf.child_by_field_name("right")
        left = self._owner(leaf)
        if right is None:
            return left
        if right.type == "alias" and isinstance(left, Name):
            return Name(f"{left.id}.{self.text(right)}")
        return Member(left, self.text(right))

    def _owner(self, leaf: Leaf) -> Expression:
        """Return what stands before the dot; a module of Erlang's is named by an atom."""
        left = leaf.child_by_field_name("left")
        return Name(self.text(left)) if left is not None and left.type == "atom" else self.expression(left)

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
            body = _returning([item for block in self._do_blocks(leaf) for item in lower(block)], parameters)
        if kind in _MACROS and body and isinstance(body[-1], Return):
            unquoted = Call(Name("unquote"), [Argument(body[-1].value)], self.line(leaf))
            body = [*body[:-1], Return(unquoted)]
        return (Function(self.text(named), parameters, body, self.line(leaf), modifiers=[kind]),)

    def _function_body(self, block: Leaf) -> list[Statement]:
        return self.function_body(block) if block.type == "do_block" else self._body_of(block)

    def _handing_on(self, block: Leaf) -> list[Statement]:
        """Lower the body of a function; what it quotes at its end is its value."""
        inner = [child for child in block.named_children if child.type not in self.ignored]
        leaves = inner if block.type in _BODIES else [block]
        if not leaves or leaves[-1].type != "call" or self.text_of(leaves[-1], "target") != "quote":
            return self._function_body(block)
        with self._lexical():
            return [*self.run(leaves[:-1]), Return(self.expression(leaves[-1]))]

    def _parameters(self, leaves: Iterable[Leaf]) -> list[Parameter]:
        return [self._parameter(leaf) for leaf in leaves]

    def _parameter(self, leaf: Leaf) -> Parameter:
        operator = self.text_of(leaf, "operator") if leaf.type == "binary_operator" else ""
        left, right = leaf.child_by_field_name("left"), leaf.child_by_field_name("right")
        if leaf.type == "identifier":
            return Parameter(self.text(leaf))
        if operator == "\\\\" and left is not None:
            return Parameter(self.text(left), default=self.expression(right))
        if operator == "=" and left is not None and right is not None:
            name, pattern = (left, right) if left.type == "identifier" else (right, left)
            return Parameter(self.text(name), pattern=self.expression(pattern))
        if leaf.type == "keywords":
            for pair in leaf.named_children:  # `do: block`: the block that a macro is given
                if self.text_of(pair, "key").strip() == "do:":
                    return Parameter(self.text_of(pair, "value"))
        return Parameter("", pattern=self.expression(leaf))

    def _anonymous(self, leaf: Leaf) -> Expression:
        clauses = [child for child in leaf.named_children if child.type == "stab_clause"]
        if not clauses:
            return Opaque(self.start_of(leaf))
        left = clauses[0].child_by_field_name("left")
        parameters = self._parameters(left.named_children if left is not None else ())
        right = clauses[0].child_by_field_name("right")
        body = [] if right is None else self._handing_on(right)
        return Function("", parameters, _returning(body, parameters), self.line(right or leaf))

    def _block(self, leaf: Leaf | None, parameters: list[Parameter]) -> Function:
        line = self.line(leaf) if leaf is not None else 0
        return Function("", parameters, _returning(self._body_of(leaf), parameters), line)

    def _body_of(self, leaf: Leaf | None) -> list[Statement]:
        """Lower a block, or the one expression after `do:`."""
        if leaf is None:
            return []
        with self._lexical():
            return self.body(leaf) if leaf.type in _BODIES else list(self.statement(leaf))

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

    def _do_blocks(self, leaf: Leaf) -> list[Leaf]:
        """Return the block of a call, as `do … end` or after `do:`, and the one after `else:`."""
        children = leaf.named_children
        if children and children[-1].type == "do_block":
            return [children[-1]]
        options = self._options(leaf)
        return [options[name] for name in ("do", "else") if name in options]

    def _options(self, leaf: Leaf) -> dict[str, Leaf]:
        """Return the keywords of a call."""
        arguments = self._arguments_of(leaf)
        if not arguments or arguments[-1].type != "keywords":
            return {}
        return {
            self.text_of(pair, "key").strip().rstrip(":"): value
            for pair in arguments[-1].named_children
            if (value := pair.child_by_field_name("value")) is not None
        }

    def _arguments_of(self, leaf: Leaf) -> list[Leaf]:
        found = (child for child in leaf.named_children if child.type == "arguments")
        return [item for child in found for item in child.named_children if item.type not in self.ignored]

    def _first_argument(self, leaf: Leaf) -> Leaf | None:
        return next(iter(self._arguments_of(leaf)), None)

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

    # --- calls --------------------------------------------------------------------------------------------------

    def _call(self, leaf: Leaf) -> Expression:
        target = leaf.child_by_field_name("target")
        name = self.text(target) if target is not None and target.type == "identifier" else ""
        if name in _CONTROL:
            return self._control(leaf, name)
        if name == "unquote":
            return self.expression(self._first_argument(leaf))
        if name == "for":
            return self._comprehension(leaf)
        function = self.expression(target)
        blocks = self._do_blocks(leaf)
        arguments = self._arguments(leaf)
        bare = isinstance(function, Member) and not (isinstance(function.of, Name) and function.of.id[:1].isupper())
        if bare and not blocks and not any(child.type == "arguments" for child in leaf.named_children):
            return function  # a field is read like a call without arguments
        if blocks:
            body = [statement for block in blocks for statement in self._body_of(block)]
            arguments.append(Argument(Function("", [], _returning(body, []), self.line(blocks[0]))))
        if name == "use":
            self._note_use(arguments)
        return self.called(function, arguments, self.line(leaf))

    def _control(self, leaf: Leaf, name: str) -> Expression:
        blocks = self._do_blocks(leaf)
        if name == "quote":
            return self._block(blocks[0], []) if blocks else Opaque(self.start_of(leaf))
        branches = [branch for block in blocks for branch in _branches(block)]
        options = [self._last(leaf) if leaf.type in _BODIES else self.expression(leaf) for leaf in branches]
        return Choice(options) if options else Opaque(self.start_of(leaf))

    def _comprehension(self, leaf: Leaf) -> Expression:
        """`for a <- b, do: c` as a value is `Enum.map(b, fn a -> c end)`."""
        blocks = self._do_blocks(leaf)
        body = self._handing_on(blocks[0]) if blocks else []
        made: Expression = Opaque(self.start_of(leaf))
        for generator in reversed(self._arguments_of(leaf)):
            if generator.type == "binary_operator" and self.text_of(generator, "operator") == "<-":
                target = Parameter("", pattern=self.field(generator, "left"))
                function = Function("", [target], _returning(body, []), self.line(generator))
                items = [Argument(self.field(generator, "right")), Argument(function)]
                made = Call(Member(Name("Enum"), "map"), items, self.line(generator))
                body = [made]
        return made

    def _note_use(self, arguments: list[Argument]) -> None:
        """Note which module is used, and as what: `use ShopWeb, :router`."""
        for argument in arguments:
            if isinstance(argument.value, Name):
                self.words.add(f"use {argument.value.id}")
            elif isinstance(argument.value, Text):
                self.words.add(f"use :{argument.value.value}")

    def _arguments(self, leaf: Leaf) -> list[Argument]:
        made = []
        for child in self._arguments_of(leaf):
            value = self.expression(child)
            if not (isinstance(value, Mapping) and not value.entries and child.type == "keywords"):
                made.append(Argument(value))
        return made

    # --- operators ----------------------------------------------------------------------------------------------

    def _binary(self, leaf: Leaf) -> Expression:
        operator = self.text_of(leaf, "operator")
        if operator == "=":
            return self.field(leaf, "right")
        left, right = self.field(leaf, "left"), self.field(leaf, "right")
        if operator == "|>":
            return self._piped(left, right, leaf)
        if operator == "<>":
            return template([left, right])
        return Choice([left, right]) if operator in ("||", "or") else Operation(operator, [left, right])

    def _piped(self, left: Expression, right: Expression, leaf: Leaf) -> Expression:
        if isinstance(right, Call):
            return Call(right.function, [Argument(left), *right.arguments], right.line)
        if isinstance(right, Name | Member):
            return self.called(right, [Argument(left)], self.line(leaf))
        return Opaque(self.start_of(leaf), [left, right])

    def _unary(self, leaf: Leaf) -> Expression:
        operator, operand = self.text_of(leaf, "operator"), leaf.child_by_field_name("operand")
        if operator == "@":
            return Name(f"@{self.text(operand)}")
        if operator == "&" and operand is not None:
            return self._captured(operand)
        value = self.expression(operand)
        return Operation(operator, [value]) if operator in ("!", "not", "^") else Opaque(self.start_of(leaf))

    def _captured(self, operand: Leaf) -> Expression:
        """`&Module.function/1` names a function."""
        left = operand.child_by_field_name("left")
        if operand.type != "binary_operator" or left is None or self.text_of(operand, "operator") != "/":
            return Opaque(f"&{self.start_of(operand)}"[:60])
        named = left.child_by_field_name("target") if left.type == "call" else left
        return self.expression(named)


def _returning(statements: list[Statement], parameters: list[Parameter]) -> list[Statement]:
    """Make the last expression of a body its value; a parameter's name alone is no call."""
    if not statements or isinstance(statements[-1], Assign | Class | Function | Loop | Return):
        return statements
    value = statements[-1]
    if isinstance(value, Call) and not value.arguments and isinstance(value.function, Name):
        named = any(parameter.name == value.function.id for parameter in parameters)
        value = value.function if named else value
    return [*statements[:-1], Return(value)]  # type: ignore[arg-type]


def _is_module(statement: Statement) -> bool:
    return isinstance(statement, Class) or (isinstance(statement, Call) and statement.function == Name("defmodule"))


def _branches(block: Leaf) -> list[Leaf]:
    """Return the ways through a block: its clauses, or itself and what stands after `else`."""
    if block.type != "do_block":
        return [block]
    clauses = [child.child_by_field_name("right") for child in block.named_children if child.type == "stab_clause"]
    others = [child for child in block.named_children if child.type == "else_block"]
    return [clause for clause in clauses if clause is not None] or [block, *others]
