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
from github_connections.analysis.syntax.lowering import MAXIMUM_DEPTH, SHORT_FUNCTION, Lowering, template
from github_connections.analysis.syntax.nodes import (
    FOR_TESTS,
    Argument,
    Assign,
    Call,
    Choice,
    Class,
    Constant,
    Entry,
    Expression,
    Function,
    Head,
    Import,
    Item,
    Loop,
    Mapping,
    Member,
    Module,
    Name,
    Opaque,
    Operation,
    Parameter,
    Return,
    Sequence,
    Statement,
    Text,
)

# Methods that give back what they are called on, as far as set-up is concerned.
_PASSING_ON = frozenset(
    {
        *("unwrap", "clone", "cloned", "to_owned", "to_string", "into", "as_str", "as_ref", "as_mut", "as_deref"),
        *("iter", "into_iter", "iter_mut", "unwrap_or_default", "borrow", "boxed"),
    }
)
# Methods that give back what they are called on, or what they are given where there is none.
_WITH_FALLBACK = frozenset({"expect", "unwrap_or", "unwrap_or_else"})
# Calls in a chain beyond which it is taken apart, so that no tree is as deep as somebody's table of routes is long.
LONG_CHAIN = 60
_SO_FAR = "so far"
# What a long function must hold to be worth lowering.
_SET_UP = re.compile(
    rb"[Rr]out|serve|Serve|AdHoc|Scope|\b(?:App|app|api|cfg|config|configure|mount|attach|nest|merge|scope)\b"
    rb"|\b(?:service|services|resource|at)\("
)
_TEST_ATTRIBUTES = ("test", "cfg(test)", "bench", "rstest")
_NO_VALUE = frozenset({"expression_statement", "let_declaration", "empty_statement"})
_BRANCHES = frozenset({"if_expression", "match_expression", "block", "unsafe_block"})


class RustLowering(Lowering):
    """Reads Rust."""

    language = "rust"
    grammar = Language(tree_sitter_rust.language())
    ignored = frozenset({"line_comment", "block_comment", "macro_definition", "inner_attribute_item", "lifetime"})

    def __init__(self) -> None:
        super().__init__()
        inner = self._inner
        self.expressions = {
            **rust_types.table(self),
            "identifier": self._name,
            "field_identifier": lambda leaf: Name(self.text(leaf)),
            "self": lambda _leaf: Name("this"),
            "crate": lambda _leaf: Name("crate"),
            "super": lambda _leaf: Name("super::"),
            "scoped_identifier": self._scoped,
            "string_literal": self._string,
            "raw_string_literal": self._string,
            "char_literal": lambda leaf: Text(self.text(leaf)[1:-1]),
            "integer_literal": self._number,
            "boolean_literal": lambda leaf: Constant(self.text(leaf) == "true"),
            "call_expression": self._call,
            "field_expression": lambda leaf: Member(self.field(leaf, "value"), self.text_of(leaf, "field")),
            "generic_function": lambda leaf: self.field(leaf, "function"),
            "macro_invocation": lambda leaf: rust_macros.lowered(self, leaf),
            "closure_expression": self._closure,
            "struct_expression": self._struct,
            "tuple_expression": self._sequence,
            "array_expression": self._sequence,
            "unit_expression": lambda _leaf: Constant(None),
            "binary_expression": self._binary,
            "index_expression": self._index,
            "type_cast_expression": lambda leaf: self.field(leaf, "value"),
            "reference_expression": lambda leaf: self.field(leaf, "value"),
            **dict.fromkeys(("try_expression", "await_expression", "parenthesized_expression"), inner),
            **dict.fromkeys(("unary_expression", "expression_statement"), inner),
            **dict.fromkeys(("block", "unsafe_block", "async_block", "const_block"), self._block),
            "if_expression": self._if,
            "match_expression": self._match,
        }
        self._patterns = {
            "identifier": self._name,
            **dict.fromkeys(("mut_pattern", "ref_pattern", "reference_pattern", "match_pattern"), self._last_pattern),
            "tuple_pattern": lambda leaf: Sequence([self.pattern(child) for child in leaf.named_children]),
            "tuple_struct_pattern": self._wrapped,
            "struct_pattern": self._taken_apart,
            **dict.fromkeys(("field_expression", "index_expression"), self.expression),
        }
        self.statements = {
            "use_declaration": self._use,
            "extern_crate_declaration": self._extern,
            "mod_item": self._module,
            "function_item": self._function,
            "function_signature_item": self._function,
            "struct_item": self._struct_item,
            "enum_item": lambda leaf: [Class(self.text_of(leaf, "name"), [], [], self.line(leaf), "enum")],
            "trait_item": self._trait,
            "impl_item": self._impl,
            "const_item": self._constant,
            "static_item": self._constant,
            "let_declaration": self._let,
            "expression_statement": self._expression_statement,
            "assignment_expression": self._assignment,
            "compound_assignment_expr": self._assignment,
            "for_expression": self._for,
            "if_expression": self._flattened,
            "match_expression": self._flattened,
            "match_arm": self._arm,
            "macro_invocation": self._macro,
            "else_clause": self._flattened,
            "block": self._flattened,
            "unsafe_block": self._flattened,
            "let_condition": self._let_condition,
            "return_expression": self._return,
            **dict.fromkeys(
                ("identifier", "type_item", "empty_statement", "break_expression", "continue_expression", "label"),
                lambda _leaf: (),
            ),
        }

    def _begin(self, source: bytes) -> None:
        super()._begin(source)
        self._type: Expression | None = None
        self._inline = 0
        self._attributes: list[Expression] = []
        self.macros_deep = 0
        self._imported: set[str] = set()
        self._wildcards: list[Import] = []

    def lower(self, source: bytes) -> tuple[Head, Module]:
        """Return the file's head and its tree; `use x::*` inside a function or module counts for the whole file."""
        head, module = super().lower(source)
        inner = [wildcard for wildcard in self._wildcards if wildcard not in module.body]
        module.body.extend(inner)
        imports = {*head.imports, *self._imported, *(wildcard.module for wildcard in inner)}
        return Head(head.package, head.names, sorted(imports), head.words), module

    # --- statements ---------------------------------------------------------------------------------------------

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
        body = leaf.child_by_field_name("body")
        if body is None or self.text_of(leaf, "name") == "main":
            return self.valued(body)
        is_long = body.end_byte - body.start_byte > SHORT_FUNCTION
        return [] if is_long and not _SET_UP.search(self.source, body.start_byte, body.end_byte) else self.valued(body)

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

    def _struct_item(self, leaf: Leaf) -> Iterable[Statement]:
        decorators = self._taken_attributes()
        body = leaf.child_by_field_name("body")
        fields = [
            Parameter(self.text_of(field, "name"), self.optional(field, "type"))
            for field in (body.named_children if body is not None else ())
            if field.type == "field_declaration"
        ]
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

    def _constant(self, leaf: Leaf) -> Iterable[Statement]:
        target = Name(self.text_of(leaf, "name"))
        return (Assign(target, self.optional(leaf, "value"), self.line(leaf), modifiers=["const"]),)

    def _let(self, leaf: Leaf) -> Iterable[Statement]:
        target = self.pattern(leaf.child_by_field_name("pattern"))
        value, kind = self.optional(leaf, "value"), self.optional(leaf, "type")
        return (Assign(target, value, self.line(leaf), kind, modifiers=["let"]),)

    def _let_condition(self, leaf: Leaf) -> Iterable[Statement]:
        target = self.pattern(leaf.child_by_field_name("pattern"))
        return (Assign(target, self.optional(leaf, "value"), self.line(leaf), modifiers=["let"]),)

    def _expression_statement(self, leaf: Leaf) -> Iterable[Statement]:
        return self.run(leaf.named_children)

    def _assignment(self, leaf: Leaf) -> Iterable[Statement]:
        operator = "+=" if leaf.type.startswith("compound") else "="
        target = self.pattern(leaf.child_by_field_name("left"))
        return (Assign(target, self.field(leaf, "right"), self.line(leaf), operator=operator),)

    def _for(self, leaf: Leaf) -> Iterable[Statement]:
        target, items = self.pattern(leaf.child_by_field_name("pattern")), self.field(leaf, "value")
        return (Loop(target, items, self.body(leaf.child_by_field_name("body"))),)

    def _flattened(self, leaf: Leaf) -> Iterable[Statement]:
        return self.run(leaf.named_children)

    def _arm(self, leaf: Leaf) -> Iterable[Statement]:
        value = leaf.child_by_field_name("value")
        return self.statement(value) if value is not None else ()

    def _macro(self, leaf: Leaf) -> Iterable[Statement]:
        held = rust_macros.items(self, leaf)
        return (self.expression(leaf),) if held is None else held

    def _return(self, leaf: Leaf) -> Iterable[Statement]:
        return (Return(self._inner(leaf)),) if leaf.named_children else ()

    # --- expressions --------------------------------------------------------------------------------------------

    def _name(self, leaf: Leaf) -> Expression:
        return self.own_type(self.text(leaf))

    def own_type(self, name: str) -> Expression:
        """Return a name; `Self` is the type of the block around."""
        return self._type if name == "Self" and self._type is not None else Name(name)

    def _inner(self, leaf: Leaf) -> Expression:
        for child in leaf.named_children:
            if child.type not in self.ignored:
                return self.expression(child)
        return Opaque(self.start_of(leaf))

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

    def _string(self, leaf: Leaf) -> Expression:
        return Text(rust_macros.text_in(self, leaf))

    def _number(self, leaf: Leaf) -> Expression:
        digits = self.text(leaf).replace("_", "")
        return Constant(int(digits)) if digits.isdecimal() and len(digits) < 16 else Opaque(digits[:20])

    def _call(self, leaf: Leaf) -> Expression:
        function, arguments = leaf.child_by_field_name("function"), leaf.child_by_field_name("arguments")
        if function is None or arguments is None:
            return Opaque(self.start_of(leaf))
        links = _links_of(leaf)
        return self._long_chain(links) if len(links) > LONG_CHAIN else self._applied(self.expression(function), leaf)

    def _long_chain(self, links: list[Leaf]) -> Expression:
        """A chain of hundreds of routes: a block that goes on with a name for what it has so far."""
        *others, inner = links[: -LONG_CHAIN + 1]
        current = self.expression(inner)
        body: list[Statement] = []
        for position, link in enumerate(reversed(others)):
            if position % LONG_CHAIN == 0:
                body.append(Assign(Name(_SO_FAR), current, self.line(link), modifiers=["let"]))
                current = Name(_SO_FAR)
            function = link.child_by_field_name("function")
            name = self.text_of(function, "field") if function is not None else ""
            current = self._applied(Member(current, name), link)
        body.append(Return(current))
        return Call(Function("", [], body, self.line(links[-1])), [], self.line(links[-1]))

    def _applied(self, called: Expression, leaf: Leaf) -> Expression:
        function, arguments = leaf.child_by_field_name("function"), leaf.child_by_field_name("arguments")
        children = arguments.named_children if arguments is not None else []
        given = [Argument(self.expression(child)) for child in children if child.type not in self.ignored]
        if isinstance(called, Member) and not given and called.name in _PASSING_ON:
            return called.of
        if isinstance(called, Member) and called.name == "concat" and isinstance(called.of, Sequence):
            return template(called.of.items)
        if isinstance(called, Member) and called.name in _WITH_FALLBACK:
            return _with_fallback(called, given)
        return self.called(called, given, (function or leaf).end_point[0] + 1)

    def _closure(self, leaf: Leaf) -> Expression:
        body = leaf.child_by_field_name("body")
        parameters = self._parameters(leaf.child_by_field_name("parameters"))
        return Function("", parameters, self.valued(body), self.line(leaf))

    def _block(self, leaf: Leaf) -> Expression:
        """A block as a value: a function that is called on the spot, or the one expression that it holds."""
        while leaf.type != "block":
            inner = [child for child in leaf.named_children if child.type == "block"]
            if not inner:
                return Opaque(self.start_of(leaf))
            leaf = inner[-1]
        body = self.valued(leaf)
        if len(body) == 1 and isinstance(body[0], Return):
            return body[0].value
        return Call(Function("", [], body, self.line(leaf)), [], self.line(leaf))

    def valued(self, leaf: Leaf | None) -> list[Statement]:
        """Lower a body whose last expression is its value."""
        if leaf is None:
            return []
        if leaf.type != "block":
            return [Return(self.expression(leaf))]
        children = [child for child in leaf.named_children if child.type not in self.ignored]
        if not children or not self._is_value(children[-1]):
            return self.run(children)
        return [*self.run(children[:-1]), Return(self.expression(children[-1]))]

    def _is_value(self, leaf: Leaf) -> bool:
        if leaf.type == "expression_statement":
            inner = leaf.named_children[0].type if leaf.named_children else ""
            return inner in _BRANCHES and self.source[leaf.end_byte - 1 : leaf.end_byte] != b";"
        if leaf.type == "macro_invocation":
            return not rust_macros.holds_items(self, leaf)
        if leaf.type in _BRANCHES or leaf.type == "identifier":
            return True
        return leaf.type not in _NO_VALUE and leaf.type not in self.statements and not leaf.type.endswith("_item")

    def _if(self, leaf: Leaf) -> Expression:
        options = [self.field(leaf, "consequence")]
        alternative = leaf.child_by_field_name("alternative")
        if alternative is not None:
            options.append(self._inner(alternative))
        return Choice(options)

    def _match(self, leaf: Leaf) -> Expression:
        body = leaf.child_by_field_name("body")
        arms = [child for child in body.named_children if child.type == "match_arm"] if body is not None else []
        return Choice([self.field(arm, "value") for arm in arms])

    def _struct(self, leaf: Leaf) -> Expression:
        body, arguments = leaf.child_by_field_name("body"), []
        for field in body.named_children if body is not None else ():
            if field.type == "field_initializer":
                arguments.append(Argument(self.field(field, "value"), self.text_of(field, "field")))
            elif field.type == "shorthand_field_initializer":
                name = self.text(field)
                arguments.append(Argument(Name(name), name))
        return self.called(rust_types.bare(self.field(leaf, "name")), arguments, self.line(leaf), new=True)

    def _sequence(self, leaf: Leaf) -> Expression:
        return Sequence([self.expression(child) for child in leaf.named_children if child.type not in self.ignored])

    def _index(self, leaf: Leaf) -> Expression:
        children = leaf.named_children
        return Item(self.expression(children[0]), self.expression(children[-1])) if children else Opaque("")

    def _binary(self, leaf: Leaf) -> Expression:
        operator = self.text_of(leaf, "operator")
        operands = [self.field(leaf, "left"), self.field(leaf, "right")]
        return template(operands) if operator == "+" else Operation(operator, operands)

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
        return inner[0] if len(inner) == 1 else Sequence(inner)

    def _taken_apart(self, leaf: Leaf) -> Expression:
        entries = []
        for field in leaf.named_children:
            if field.type == "field_pattern":
                name = self.text_of(field, "name")
                pattern = field.child_by_field_name("pattern")
                entries.append(Entry(Text(name), self.pattern(pattern) if pattern is not None else Name(name)))
        return Mapping(entries, self.line(leaf))


def _links_of(leaf: Leaf) -> list[Leaf]:
    """Return the calls of a chain, the last of them first."""
    links = [leaf]
    while True:
        function = leaf.child_by_field_name("function")
        value = function.child_by_field_name("value") if function is not None else None
        if function is None or value is None or function.type != "field_expression" or value.type != "call_expression":
            return links
        leaf = value
        links.append(leaf)


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


def _with_fallback(called: Member, given: list[Argument]) -> Expression:
    """`a.unwrap_or(b)` and `a.unwrap_or_else(|| b)` are a or b; what follows a panic is a alone."""
    other = given[0].value if given else None
    if isinstance(other, Function):
        last = other.body[0] if len(other.body) == 1 else None
        other = last.value if isinstance(last, Return) else None
    return called.of if other is None or called.name == "expect" else Choice([called.of, other])
