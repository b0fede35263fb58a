"""C#. Bodies of methods are read only in files that speak of end points; of others, whether they show a page."""

from __future__ import annotations

import re
from collections.abc import Iterable

import tree_sitter_c_sharp
from tree_sitter import Language
from tree_sitter import Node as Leaf

from github_connections.analysis.syntax import jvm
from github_connections.analysis.syntax.lowering import Lowering, template
from github_connections.analysis.syntax.nodes import (
    Argument,
    Assign,
    Call,
    Choice,
    Class,
    Constant,
    Expression,
    Function,
    Head,
    Import,
    Item,
    Loop,
    Member,
    Module,
    Name,
    Opaque,
    Operation,
    Parameter,
    Return,
    Sequence,
    Spread,
    Statement,
    Text,
)

# The arguments in angle brackets of a call are one of its arguments, under a name that nothing else can have.
TYPE_ARGUMENTS = "<>"
SET_UP = re.compile(
    rb"\.Map[A-Z]\w*|\.UsePathBase|IEndpointRouteBuilder|RouteGroupBuilder|WebApplication|IApplicationBuilder|CarterModule"
    rb"|IEndpoint|Endpoint<|EndpointWithoutRequest|EndpointGroup|RouteHandlerBuilder|Conventions|RoutePrefix"
)
_IS_NULL = re.compile(r"(==|is)\s+null\b")
_PAGES = re.compile(rb"\b(View|PartialView|ViewComponent|RedirectToAction|RedirectToPage|LocalRedirect|Page)\s*\(")
KINDS = {
    "class_declaration": "class",
    "interface_declaration": "interface",
    "struct_declaration": "struct",
    "record_declaration": "record",
    "enum_declaration": "enum",
}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}


class CSharpLowering(Lowering):
    """Reads C#. Attributes are always a `Call`, with their line and without the ending `Attribute`."""

    language = "csharp"
    grammar = Language(tree_sitter_c_sharp.language())

    def __init__(self) -> None:
        super().__init__()
        self.reads_bodies = False
        inner = self._first_child
        self.expressions = {
            **dict.fromkeys(("identifier", "predefined_type", "implicit_type"), lambda leaf: Name(self.text(leaf))),
            **dict.fromkeys(("this", "this_expression"), lambda _: Name("this")),
            **dict.fromkeys(("base", "base_expression"), lambda _: Name("super")),
            "qualified_name": self._qualified,
            "alias_qualified_name": lambda leaf: self.expression(leaf.named_children[-1]),
            "generic_name": self._generic,
            "nullable_type": lambda leaf: Operation("?", [inner(leaf)]),
            "array_type": lambda leaf: Item(Name("Array"), inner(leaf)),
            "member_access_expression": self._member_access,
            "invocation_expression": self._invocation,
            "object_creation_expression": self._creation,
            "implicit_object_creation_expression": lambda leaf: Opaque(self.start_of(leaf)),
            "array_creation_expression": lambda leaf: self.expression(leaf.named_children[-1]),
            "implicit_array_creation_expression": lambda leaf: self.expression(leaf.named_children[-1]),
            "initializer_expression": self._sequence,
            "collection_expression": self._sequence,
            **dict.fromkeys(("collection_element", "expression_element", "parenthesized_expression"), inner),
            **dict.fromkeys(("await_expression", "arrow_expression_clause", "postfix_unary_expression"), inner),
            **dict.fromkeys(("typeof_expression", "checked_expression", "ref_expression"), inner),
            "spread_element": lambda leaf: Spread(inner(leaf)),
            "cast_expression": lambda leaf: self.field(leaf, "value"),
            "as_expression": lambda leaf: self.field(leaf, "left"),
            "string_literal": self._string,
            "raw_string_literal": self._raw_string,
            "verbatim_string_literal": lambda leaf: Text(self.text(leaf)[2:-1].replace('""', '"')),
            "interpolated_string_expression": self._interpolated,
            "character_literal": lambda leaf: Text(self.text(leaf).strip("'")),
            "integer_literal": self._number,
            "boolean_literal": lambda leaf: Constant(self.text(leaf) == "true"),
            "null_literal": lambda _: Constant(None),
            "binary_expression": self._binary,
            "conditional_expression": self._conditional,
            "switch_expression": self._switch,
            "lambda_expression": self._lambda,
            "anonymous_method_expression": self._lambda,
            "element_access_expression": self._element_access,
        }
        self.statements = {
            "using_directive": self._using,
            "namespace_declaration": self._namespace,
            "file_scoped_namespace_declaration": self._namespace,
            **dict.fromkeys(KINDS, self._class),
            "field_declaration": self._variables,
            "local_declaration_statement": self._variables,
            "property_declaration": self._property,
            "method_declaration": self._method,
            "constructor_declaration": self._method,
            "local_function_statement": self._method,
            "enum_member_declaration": self._enum_member,
            "assignment_expression": self._assignment,
            "return_statement": self._return,
            "arrow_expression_clause": self._return,
            "foreach_statement": self._for,
            **dict.fromkeys(("attribute_list", "identifier", "parameter_list", "modifier"), lambda _: ()),
            **dict.fromkeys(("delegate_declaration", "indexer_declaration", "operator_declaration"), lambda _: ()),
            **dict.fromkeys(("destructor_declaration", "event_field_declaration"), lambda _: ()),
        }

    def lower(self, source: bytes) -> tuple[Head, Module]:
        """Return the file's head and its tree."""
        self.reads_bodies = SET_UP.search(source) is not None
        return super().lower(source)

    # --- declarations -------------------------------------------------------------------------------------------

    def _using(self, leaf: Leaf) -> Iterable[Statement]:
        """`using X.Y` brings everything of a namespace, or with `static` of a class."""
        words = {child.type for child in leaf.children}
        alias = leaf.child_by_field_name("name")
        target = leaf.named_children[-1] if leaf.named_children else leaf
        whole = self.text(target).replace(" ", "").removeprefix("global::")
        handed_on = "global" in words
        if alias is None:
            return (Import(whole, "*", "", self.line(leaf), handed_on),)
        module, _, name = whole.partition("<")[0].rpartition(".")
        return (Import(module, name, self.text(alias), self.line(leaf), handed_on),)

    def _namespace(self, leaf: Leaf) -> Iterable[Statement]:
        name, outer = self.text_of(leaf, "name"), self.package
        self.package = f"{outer}.{name}" if outer and leaf.type == "namespace_declaration" else name
        inside = self.body(leaf.child_by_field_name("body")) if leaf.type == "namespace_declaration" else []
        if outer:
            self.package = outer
        return inside

    def _class(self, leaf: Leaf) -> Iterable[Statement]:
        decorators, modifiers = self._modifiers(leaf)
        bases: list[Expression] = []
        parameters: list[Parameter] = []
        for child in leaf.named_children:
            if child.type == "base_list":
                bases = list(self._bases(child))
            elif child.type == "parameter_list":
                parameters = self._parameters(child)
        body = self.body(leaf.child_by_field_name("body"))
        name, kind = self.text_of(leaf, "name"), KINDS[leaf.type]
        return (Class(name, bases, body, self.line(leaf), kind, decorators, modifiers, parameters),)

    def _bases(self, leaf: Leaf) -> Iterable[Expression]:
        for child in leaf.named_children:
            if child.type in ("argument_list", *self.ignored):
                continue
            kind = child.named_children[0] if child.type == "primary_constructor_base_type" else child
            base = self.expression(kind)
            self.note(base.of if isinstance(base, Item) else base)
            yield base

    def _modifiers(self, leaf: Leaf) -> tuple[list[Expression], list[str]]:
        decorators: list[Expression] = []
        words: list[str] = []
        for child in leaf.named_children:
            if child.type == "attribute_list":
                decorators.extend(self._attribute(part) for part in child.named_children if part.type == "attribute")
            elif child.type == "modifier":
                words.append(self.text(child))
        return decorators, words

    def _attribute(self, leaf: Leaf) -> Expression:
        name = self.field(leaf, "name")
        if isinstance(name, Name) and len(name.id) > len("Attribute"):
            name = Name(name.id.removesuffix("Attribute"))
        arguments = [argument for child in leaf.named_children[1:] for argument in self._arguments(child)]
        function = name.of if isinstance(name, Item) else name
        types = [Argument(name.index, TYPE_ARGUMENTS)] if isinstance(name, Item) else []
        return self.called(function, [*types, *arguments], self.line(leaf))

    def _variables(self, leaf: Leaf) -> Iterable[Statement]:
        decorators, modifiers = self._modifiers(leaf)
        declaration = next((child for child in leaf.named_children if child.type == "variable_declaration"), None)
        if declaration is None:
            return
        kind = self.optional(declaration, "type")
        for child in declaration.named_children:
            if child.type == "variable_declarator":
                yield self._variable(child, kind, decorators, modifiers or ["var"])

    def _variable(
        self, leaf: Leaf, kind: Expression | None, decorators: list[Expression], modifiers: list[str]
    ) -> Statement:
        name = leaf.child_by_field_name("name")
        last = leaf.named_children[-1]
        value = self.expression(last) if last != name and last.type != "bracketed_argument_list" else None
        return Assign(Name(self.text(name)), value, self.line(leaf), kind, decorators=decorators, modifiers=modifiers)

    def _property(self, leaf: Leaf) -> Iterable[Statement]:
        decorators, modifiers = self._modifiers(leaf)
        value = self.optional(leaf, "value") or self._getter(leaf.child_by_field_name("accessors"))
        kind = self.optional(leaf, "type")
        target = Name(self.text_of(leaf, "name"))
        words = [*modifiers, "property"]
        return (Assign(target, value, self.line(leaf), kind, decorators=decorators, modifiers=words),)

    def _getter(self, leaf: Leaf | None) -> Expression | None:
        """What `{ get { return x; } }` and `{ get => x; }` give back."""
        for child in leaf.named_children if leaf is not None else ():
            body = child.child_by_field_name("body")
            if body is not None and self.text_of(child, "name") == "get":
                last = (self._return(body) if body.type != "block" else self.body(body))[-1:]
                return last[0].value if last and isinstance(last[0], Return) else None
        return None

    def _enum_member(self, leaf: Leaf) -> Iterable[Statement]:
        value = self.optional(leaf, "value") or Text(self.text_of(leaf, "name"))
        return (Assign(Name(self.text_of(leaf, "name")), value, self.line(leaf), modifiers=["enum"]),)

    def _method(self, leaf: Leaf) -> Iterable[Statement]:
        """A method; one whose first parameter is `this` extends that parameter's type."""
        decorators, modifiers = self._modifiers(leaf)
        given = leaf.child_by_field_name("parameters")
        parameters, body = self._parameters(given), leaf.child_by_field_name("body")
        generic = leaf.child_by_field_name("type_parameters")
        for child in generic.named_children if generic is not None else ():
            modifiers.append(f"<{self.text_of(child, 'name')}>")
        receiver, receiver_name = None, "this"
        if given is not None and self._extends(given):
            receiver, receiver_name, parameters = parameters[0].type, parameters[0].name, parameters[1:]
        is_constructor = leaf.type == "constructor_declaration"
        before = self._handed_to_base(leaf) if is_constructor else []
        return (
            Function(
                "constructor" if is_constructor else self.text_of(leaf, "name"),
                parameters,
                [*before, *self._method_body(body)],
                self.line(leaf),
                decorators,
                self.optional(leaf, "returns") or self.optional(leaf, "type"),
                modifiers if body is not None else [*modifiers, "abstract"],
                receiver,
                receiver_name,
            ),
        )

    def _extends(self, leaf: Leaf) -> bool:
        first = leaf.named_children[0] if leaf.named_children else None
        return first is not None and any(
            child.type == "modifier" and self.text(child) == "this" for child in first.named_children
        )

    def _handed_to_base(self, leaf: Leaf) -> list[Statement]:
        """`: base(…)` is a call of the base's constructor, the first thing that happens."""
        initializer = next((child for child in leaf.named_children if child.type == "constructor_initializer"), None)
        if initializer is None or not any(child.type == "base" for child in initializer.children):
            return []
        return [Call(Name("super"), self._arguments(initializer.named_children[-1]), self.line(initializer))]

    def _method_body(self, leaf: Leaf | None) -> list[Statement]:
        if leaf is None:
            return []
        if self.reads_bodies:
            return list(self.statement(leaf))
        shown = _PAGES.search(self.source, leaf.start_byte, leaf.end_byte)
        return [Call(Name(shown.group(1).decode()), [], self.line(leaf))] if shown else []

    def _parameters(self, leaf: Leaf | None) -> list[Parameter]:
        """One after another; of `params` the grammar makes no node of its own."""
        found: list[Parameter] = []
        for child in leaf.named_children if leaf is not None else ():
            if child.type == "parameter":
                found.append(self._parameter(child))
            elif child.type == "implicit_parameter":
                found.append(Parameter(self.text(child)))
            elif child.type == "identifier":
                found.append(Parameter(self.text(child), kind="*"))
        return found

    def _parameter(self, leaf: Leaf) -> Parameter:
        decorators, _ = self._modifiers(leaf)
        default = None
        if any(child.type == "=" for child in leaf.children):
            default = self.expression(leaf.named_children[-1])
        return Parameter(self.text_of(leaf, "name"), self.optional(leaf, "type"), default, decorators)

    # --- statements ---------------------------------------------------------------------------------------------

    def _assignment(self, leaf: Leaf) -> Iterable[Statement]:
        operator = "+=" if self.text_of(leaf, "operator") == "+=" else "="
        return (Assign(self.field(leaf, "left"), self.field(leaf, "right"), self.line(leaf), operator=operator),)

    def _return(self, leaf: Leaf) -> list[Statement]:
        inner = [child for child in leaf.named_children if child.type not in self.ignored]
        return [Return(self.expression(inner[0]))] if inner else []

    def _for(self, leaf: Leaf) -> Iterable[Statement]:
        body = leaf.child_by_field_name("body")
        inside = [] if body is None else list(self.statement(body))
        return (Loop(self.field(leaf, "left"), self.field(leaf, "right"), inside),)

    # --- expressions --------------------------------------------------------------------------------------------

    def _first_child(self, leaf: Leaf) -> Expression:
        inner = [child for child in leaf.named_children if child.type not in self.ignored]
        return self.expression(inner[0]) if inner else Opaque(self.start_of(leaf))

    def _qualified(self, leaf: Leaf) -> Expression:
        return self._dotted(self.field(leaf, "qualifier"), leaf.child_by_field_name("name"))

    def _member_access(self, leaf: Leaf) -> Expression:
        return self._dotted(self.field(leaf, "expression"), leaf.child_by_field_name("name"))

    def _dotted(self, of: Expression, name: Leaf | None) -> Expression:
        if name is not None and name.type == "generic_name":
            made = self._generic(name)
            inner = made.of if isinstance(made, Item) else made
            member = Member(of, inner.id if isinstance(inner, Name) else "")
            return Item(member, made.index) if isinstance(made, Item) else member
        return Member(of, self.text(name))

    def _generic(self, leaf: Leaf) -> Expression:
        of, *arguments = leaf.named_children
        items = [self.expression(child) for child in arguments[-1].named_children] if arguments else []
        if not items:
            return self.expression(of)
        return Item(self.expression(of), items[0] if len(items) == 1 else Sequence(items))

    def _invocation(self, leaf: Leaf) -> Expression:
        function, given = leaf.child_by_field_name("function"), leaf.child_by_field_name("arguments")
        called = self.expression(function)
        arguments = self._arguments(given)
        if called == Name("nameof") and arguments:
            value = arguments[0].value
            return Text(value.id if isinstance(value, Name) else getattr(value, "name", ""))
        if isinstance(called, Item):
            arguments = [Argument(called.index, TYPE_ARGUMENTS), *arguments]
            called = called.of
        line = function.end_point[0] + 1 if function is not None else self.line(leaf)
        return self.called(called, arguments, line)

    def _arguments(self, leaf: Leaf | None) -> list[Argument]:
        found = []
        for child in leaf.named_children if leaf is not None else ():
            inner = [part for part in child.named_children if part.type not in self.ignored]
            if child.type not in ("argument", "attribute_argument") or not inner:
                continue
            name = child.child_by_field_name("name")
            found.append(Argument(self.expression(inner[-1]), self.text(name) if len(inner) > 1 else ""))
        return found

    def _creation(self, leaf: Leaf) -> Expression:
        """`new Type(…) { Name = … }` gives names to arguments; `new List<T> { … }` is a list."""
        made = self.field(leaf, "type")
        function: Expression = made.of if isinstance(made, Item) else made
        arguments = self._arguments(leaf.child_by_field_name("arguments"))
        initializer = leaf.child_by_field_name("initializer")
        items = initializer.named_children if initializer is not None else []
        named = [item for item in items if item.type == "assignment_expression"]
        if initializer is not None and items and not named:
            return self._sequence(initializer)
        for item in named:
            arguments.append(Argument(self.field(item, "right"), self.text_of(item, "left")))
        return self.called(function, arguments, self.line(leaf), new=True)

    def _sequence(self, leaf: Leaf) -> Expression:
        return Sequence([self.expression(child) for child in leaf.named_children if child.type not in self.ignored])

    def _string(self, leaf: Leaf) -> Expression:
        pieces = [_unescaped(self.text(child), child.type) for child in leaf.named_children]
        return Text("".join(pieces))

    def _raw_string(self, leaf: Leaf) -> Expression:
        return Text("".join(self.text(child) for child in leaf.named_children if child.type == "raw_string_content"))

    def _interpolated(self, leaf: Leaf) -> Expression:
        parts: list[Expression] = []
        for child in leaf.named_children:
            if child.type == "interpolation":
                inner = [part for part in child.named_children if part.type not in _INTERPOLATION_MARKS]
                parts.append(self.expression(inner[0]) if inner else Opaque(""))
            elif child.type in ("string_content", "escape_sequence"):
                text = _unescaped(self.text(child), child.type)
                parts.append(Text(text.replace("{{", "{").replace("}}", "}")))
        return template(parts)

    def _number(self, leaf: Leaf) -> Expression:
        value = jvm.number(self.text(leaf))
        return Opaque(self.start_of(leaf)) if value is None else Constant(value)

    def _binary(self, leaf: Leaf) -> Expression:
        operands = [self.field(leaf, "left"), self.field(leaf, "right")]
        operator = self.text_of(leaf, "operator")
        if operator == "+":
            return template(operands)
        return Choice(operands) if operator == "??" else Operation(operator, operands)

    def _conditional(self, leaf: Leaf) -> Expression:
        """The more telling arm first: of `x is null ? y : x` the one where it is there."""
        arms = [self.field(leaf, "consequence"), self.field(leaf, "alternative")]
        return Choice(arms[::-1] if _IS_NULL.search(self.text_of(leaf, "condition")) else arms)

    def _switch(self, leaf: Leaf) -> Expression:
        arms = [child for child in leaf.named_children if child.type == "switch_expression_arm"]
        return Choice([self.expression(arm.named_children[-1]) for arm in arms])

    def _lambda(self, leaf: Leaf) -> Expression:
        given, body = leaf.child_by_field_name("parameters"), leaf.child_by_field_name("body")
        alone = given is not None and given.type in ("implicit_parameter", "identifier")
        parameters = [Parameter(self.text(given))] if alone else self._parameters(given)
        inside: list[Statement] = []
        if body is not None:
            inside = self.body(body) if body.type == "block" else self._lambda_value(body)
        return Function("", parameters, inside, self.line(leaf), self._modifiers(leaf)[0])

    def _lambda_value(self, leaf: Leaf) -> list[Statement]:
        if leaf.type == "assignment_expression":
            return list(self._assignment(leaf))
        return [Return(self.expression(leaf))]

    def _element_access(self, leaf: Leaf) -> Expression:
        inner = self._arguments(leaf.child_by_field_name("subscript"))
        return Item(self.field(leaf, "expression"), inner[0].value if inner else Opaque(""))


_INTERPOLATION_MARKS = ("interpolation_brace", "interpolation_format_clause", "interpolation_alignment_clause")


def _unescaped(text: str, kind: str) -> str:
    if kind != "escape_sequence":
        return text
    return _ESCAPES.get(text[1:], jvm.unescaped(text))
