"""C#. Bodies of methods are read only in files that speak of end points; of others, whether they show a page."""

from __future__ import annotations

import re
from collections.abc import Iterable

import tree_sitter_c_sharp
from tree_sitter import Language
from tree_sitter import Node as Leaf

from github_connections.analysis.syntax.csharp_functions import CSharpFunctions
from github_connections.analysis.syntax.nodes import (
    Assign,
    Call,
    Class,
    Expression,
    Function,
    Head,
    Import,
    Item,
    Module,
    Name,
    Parameter,
    Return,
    Statement,
    Text,
)

SET_UP = re.compile(
    rb"\.Map[A-Z]\w*|\.UsePathBase|IEndpointRouteBuilder|RouteGroupBuilder|WebApplication|IApplicationBuilder|CarterModule"
    rb"|IEndpoint|Endpoint<|EndpointWithoutRequest|EndpointGroup|RouteHandlerBuilder|Conventions|RoutePrefix"
    rb"|IRouteTemplateProvider|IActionHttpMethodProvider|AuthorizeFilter|FallbackPolicy"
    rb"|I(?:Async)?(?:Action|Authorization|Resource)Filter|ActionFilterAttribute"
    rb"|\.(?:Try)?Add(?:Keyed)?(?:Scoped|Singleton|Transient|DbContext)|[Rr]equest\.(?:Cookies|Form|Headers|Query|ReadFromJsonAsync)\b"
)
KINDS = {
    "class_declaration": "class",
    "interface_declaration": "interface",
    "struct_declaration": "struct",
    "record_declaration": "record",
    "enum_declaration": "enum",
}


class CSharpLowering(CSharpFunctions):
    """Reads C#. Attributes are always a `Call`, with their line and without the ending `Attribute`."""

    language = "csharp"
    grammar = Language(tree_sitter_c_sharp.language())

    def __init__(self) -> None:
        super().__init__()
        self.statements.update(
            {
                "using_directive": self._using,
                "namespace_declaration": self._namespace,
                "file_scoped_namespace_declaration": self._namespace,
                **dict.fromkeys(KINDS, self._class),
                "field_declaration": self._variables,
                "local_declaration_statement": self._variables,
                "property_declaration": self._property,
                "enum_member_declaration": self._enum_member,
                **dict.fromkeys(("attribute_list", "identifier", "parameter_list", "modifier"), lambda _: ()),
                **dict.fromkeys(("delegate_declaration", "indexer_declaration", "operator_declaration"), lambda _: ()),
                **dict.fromkeys(("destructor_declaration", "event_field_declaration"), lambda _: ()),
            }
        )

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
        body = [*self._primary_constructor(leaf, parameters), *self.body(leaf.child_by_field_name("body"))]
        name, kind = self.text_of(leaf, "name"), KINDS[leaf.type]
        return (Class(name, bases, body, self.line(leaf), kind, decorators, modifiers, parameters),)

    def _primary_constructor(self, leaf: Leaf, parameters: list[Parameter]) -> Iterable[Statement]:
        """`class Users(Db db) : Module("/users")` hands on to its base as a constructor of its own would."""
        listed = next((child for child in leaf.named_children if child.type == "base_list"), None)
        given = [child for child in listed.named_children if child.type == "argument_list"] if listed else []
        if given:
            handed = Call(Name("super"), self._arguments(given[0]), self.line(given[0]))
            yield Function("constructor", parameters, [handed], self.line(leaf))

    def _bases(self, leaf: Leaf) -> Iterable[Expression]:
        for child in leaf.named_children:
            if child.type in ("argument_list", *self.ignored):
                continue
            kind = child.named_children[0] if child.type == "primary_constructor_base_type" else child
            base = self.expression(kind)
            self.note(base.of if isinstance(base, Item) else base)
            yield base

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
