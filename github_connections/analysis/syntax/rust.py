"""Rust.

- `mod users;` is `Import("self::users", "", "users")`, with a file's name where an attribute gives one; a `mod` with a
  body is a `Class` of the kind "module".
- `use` trees are flattened. The beginnings `crate`, `self` and `super` stay in the module's name; as expressions they
  are `Name("crate")`, `Name("self::")` and `Name("super::")`, and `self` of a method is `Name("this")`.
- A name before `::` keeps the colons (`Name("users::")`): it means a module or a type and never a variable.
- The functions of an `impl` block are `Function`s with its type as receiver, its constants functions called "get".
- A macro is a call of its name with `!`, its arguments parsed again; text macros (`format!`) are templates.
- A block that is a value is a function called on the spot.
- What is compiled for tests alone is left out; of a file that is, the head's imports say `#[cfg(test)] self::name`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import tree_sitter_rust
from tree_sitter import Language
from tree_sitter import Node as Leaf

from github_connections.analysis.syntax import rust_macros, rust_types, rust_uses
from github_connections.analysis.syntax.lowering import SHORT_FUNCTION
from github_connections.analysis.syntax.nodes import (
    FOR_TESTS,
    Assign,
    Call,
    Class,
    Expression,
    Function,
    Head,
    Import,
    Module,
    Name,
    Parameter,
    Return,
    Statement,
    Text,
)
from github_connections.analysis.syntax.rust_statements import RustStatements

# Functions that are lowered however long they are; an extractor says whom it refuses.
_WHOLE = frozenset({"main", "from_request", "from_request_parts"})
# What a middleware hands the request on to; whom it lets pass is what it asks.
_BETWEEN = re.compile(r"\bNext\b")
# What a long function must hold to be worth lowering.
_SET_UP = re.compile(
    rb"[Rr]out|serve|Serve|AdHoc|Scope|\b(?:App|app|api|cfg|config|configure|mount|attach|nest|merge|scope)\b"
    rb"|\b(?:service|services|resource|at)\("
)
# Attributes that say what a field is called outside of the program: serde's, Rocket's.
_NAMING = re.compile(rb"serde|\bfield\(")
_TEST_ATTRIBUTES = ("test", "cfg(test)", "cfg(all(test", "bench", "rstest")


class RustLowering(RustStatements):
    """Reads Rust."""

    language = "rust"
    grammar = Language(tree_sitter_rust.language())
    ignored = frozenset({"line_comment", "block_comment", "macro_definition", "inner_attribute_item", "lifetime"})

    def __init__(self) -> None:
        super().__init__()
        self.statements.update(
            {
                "use_declaration": self._use,
                "extern_crate_declaration": self._extern,
                "mod_item": self._module,
                "function_item": self._function,
                "function_signature_item": self._function,
                "struct_item": self._struct_item,
                "enum_item": lambda leaf: [Class(self.text_of(leaf, "name"), [], [], self.line(leaf), "enum")],
                "trait_item": self._trait,
                "impl_item": self._impl,
                **dict.fromkeys(
                    ("identifier", "type_item", "empty_statement", "break_expression", "continue_expression", "label"),
                    lambda _leaf: (),
                ),
            }
        )

    def _begin(self, source: bytes) -> None:
        super()._begin(source)
        self._attributes: list[Expression] = []
        self._wildcards: list[Import] = []

    def lower(self, source: bytes) -> tuple[Head, Module]:
        """Return the file's head and its tree; `use x::*` inside a function or module counts for the whole file."""
        head, module = super().lower(source)
        inner = [wildcard for wildcard in self._wildcards if wildcard not in module.body]
        module.body.extend(inner)
        imports = {*head.imports, *self._imported, *(wildcard.module for wildcard in inner)}
        return Head(head.package, head.names, sorted(imports), head.words), module

    # --- items and attributes -----------------------------------------------------------------------------------

    def run(self, leaves: Iterable[Leaf]) -> list[Statement]:
        """Lower these statements; attributes belong to what follows them."""
        lowered: list[Statement] = []
        without: list[Statement] = []  # what stands in for something that is left out of a build
        waiting: list[Leaf] = []
        for leaf in leaves:
            if leaf.type == "attribute_item":
                waiting.append(leaf)
            elif leaf.type not in self.ignored:
                if any(self._is_for_tests(attribute) for attribute in waiting):
                    self._note_module_of_tests(leaf)
                else:
                    made = self._with_attributes(leaf, waiting)
                    lowered.extend(made)
                    without += made if any(self._is_without(attribute) for attribute in waiting) else []
                waiting = []
        return _whole(lowered, without) if without else lowered

    def _with_attributes(self, leaf: Leaf, attributes: list[Leaf]) -> list[Statement]:
        self._attributes = [found for item in attributes for found in rust_macros.attribute(self, item)]
        return list(self.statement(leaf))

    def _is_without(self, attribute: Leaf) -> bool:
        return "".join(self.text(attribute).split()).startswith("#[cfg(not(")

    def _note_module_of_tests(self, leaf: Leaf) -> None:
        """`#[cfg(test)] mod a;` makes the whole of another file a test."""
        if leaf.type == "mod_item" and leaf.child_by_field_name("body") is None:
            self._imported.add(FOR_TESTS + self.text_of(leaf, "name"))

    def _is_for_tests(self, attribute: Leaf) -> bool:
        written = "".join(self.text(attribute).split())[2:-1]
        return written.startswith(_TEST_ATTRIBUTES) or written.partition("(")[0].endswith("::test")

    def _taken_attributes(self) -> list[Expression]:
        taken, self._attributes = self._attributes, []
        return taken

    def _use(self, leaf: Leaf) -> Iterable[Statement]:
        argument = leaf.child_by_field_name("argument")
        exported = bool(leaf.named_children) and leaf.named_children[0].type == "visibility_modifier"
        for module, name, local in rust_uses.flattened(self, argument) if argument is not None else ():
            if self._inline and module.startswith("super"):  # the file itself is above a module inside it
                module = "self" + module[len("super") :]
            self._imported.add(module)
            made = Import(module, name, local, self.line(leaf), exported)
            if name == "*":
                self._wildcards.append(made)
            yield made

    def _extern(self, leaf: Leaf) -> Iterable[Statement]:
        name = self.text_of(leaf, "name")
        local = self.text_of(leaf, "alias") or name
        return (Import(name, "", local, self.line(leaf)),)

    def _module(self, leaf: Leaf) -> Iterable[Statement]:
        name, body = self.text_of(leaf, "name"), leaf.child_by_field_name("body")
        attributes = self._taken_attributes()
        if body is None:
            return (Import(f"self::{_place_said_by(attributes) or name}", "", name, self.line(leaf)),)
        self._inline += 1
        try:
            return (Class(name, [], self.body(body), self.line(leaf), "module"),)
        finally:
            self._inline -= 1

    def _function(self, leaf: Leaf) -> Iterable[Statement]:
        decorators = self._taken_attributes()
        modifiers = ["pub"] if leaf.named_children and leaf.named_children[0].type == "visibility_modifier" else []
        made = Function(
            self.text_of(leaf, "name"),
            self._parameters(leaf.child_by_field_name("parameters")),
            self._body_of(leaf),
            self.line(leaf),
            decorators,
            self.optional(leaf, "return_type"),
            modifiers,
            self._type,
        )
        return (made,)

    def _body_of(self, leaf: Leaf) -> list[Statement]:
        """Lower a function's body; of a long one without a word of set-up nothing."""
        body, name = leaf.child_by_field_name("body"), self.text_of(leaf, "name")
        is_between = name == "call" or _BETWEEN.search(self.text_of(leaf, "parameters")) is not None
        if body is None or is_between or name in _WHOLE:
            self.keeps_conditions = is_between or name != "main"
            try:
                return self.valued(body)
            finally:
                self.keeps_conditions = False
        is_long = body.end_byte - body.start_byte > SHORT_FUNCTION
        return [] if is_long and not _SET_UP.search(self.source, body.start_byte, body.end_byte) else self.valued(body)

    def _struct_item(self, leaf: Leaf) -> Iterable[Statement]:
        decorators = self._taken_attributes()
        body = leaf.child_by_field_name("body")
        fields: list[Parameter] = []
        waiting: list[Expression] = []
        for field in body.named_children if body is not None else ():
            if field.type == "attribute_item":
                waiting += rust_macros.attribute(self, field) if _NAMING.search(field.text or b"") else []
            elif field.type == "field_declaration":
                name, kind = self.text_of(field, "name"), self.optional(field, "type")
                fields.append(Parameter(name, kind, decorators=waiting))
                waiting = []
        name = self.text_of(leaf, "name")
        return (Class(name, [], [], self.line(leaf), "struct", decorators, parameters=fields),)

    def _trait(self, leaf: Leaf) -> Iterable[Statement]:
        body = self.body(leaf.child_by_field_name("body"))
        return (Class(self.text_of(leaf, "name"), [], body, self.line(leaf), "trait"),)

    def _impl(self, leaf: Leaf) -> Iterable[Statement]:
        outer, self._type = self._type, rust_types.bare(self.field(leaf, "type"))
        self._attributes = []
        try:
            for statement in self.body(leaf.child_by_field_name("body")):
                yield self._of_type(statement) if isinstance(statement, Assign) else statement
        finally:
            self._type = outer

    def _of_type(self, constant: Assign) -> Statement:
        """A type's constant is a function of it that is called wherever it is named."""
        if not isinstance(constant.target, Name) or constant.value is None:
            return constant
        body: list[Statement] = [Return(constant.value)]
        return Function(constant.target.id, [], body, constant.line, [], None, ["const", "get"], self._type)


def _place_said_by(attributes: list[Expression]) -> str:
    """`#[path = "x.rs"] mod a;` is in that file."""
    for one in attributes:
        if isinstance(one, Call) and one.function == Name("path") and isinstance(one.arguments[0].value, Text):
            return one.arguments[0].value.value
    return ""


def _whole(lowered: list[Statement], without: list[Statement]) -> list[Statement]:
    """Leave out what is declared under `#[cfg(not(…))]` where the same name is declared for the other case."""
    left = {id(statement) for statement in without}
    others = [_declared(statement) for statement in lowered if id(statement) not in left]
    return [one for one in lowered if id(one) not in left or _declared(one) is None or _declared(one) not in others]


def _declared(statement: Statement) -> tuple[str, Expression | None] | None:
    if isinstance(statement, Assign) and isinstance(statement.target, Name):
        return statement.target.id, None
    if isinstance(statement, Function):
        return statement.name, statement.receiver
    return (statement.name, None) if isinstance(statement, Class) else None
