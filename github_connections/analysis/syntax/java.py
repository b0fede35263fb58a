"""Java. Bodies of methods are read only in files that speak of a library whose set-up is code."""

from __future__ import annotations

from collections.abc import Iterable

import tree_sitter_java
from tree_sitter import Language
from tree_sitter import Node as Leaf

from github_connections.analysis.syntax import jvm
from github_connections.analysis.syntax.java_expressions import JavaExpressions
from github_connections.analysis.syntax.nodes import (
    Assign,
    Call,
    Class,
    Expression,
    Function,
    Head,
    Import,
    Item,
    Loop,
    Module,
    Name,
    Parameter,
    Return,
    Statement,
    bare_name,
)

KINDS = {
    "class_declaration": "class",
    "interface_declaration": "interface",
    "enum_declaration": "enum",
    "record_declaration": "record",
    "annotation_type_declaration": "annotation",
}
ANNOTATIONS = ("annotation", "marker_annotation")
# A method with this annotation and no verb gives out the object that answers below it.
_LOCATOR = "Path"


class JavaLowering(JavaExpressions):
    """Reads Java. Annotations are always a `Call`, with their line, whether or not they have arguments."""

    language = "java"
    grammar = Language(tree_sitter_java.language())

    def __init__(self) -> None:
        super().__init__()
        self.reads_bodies = False
        self.expressions.update(
            {
                "object_creation_expression": self._creation,
                "lambda_expression": self._lambda,
            }
        )
        self.statements.update(
            {
                "package_declaration": self._package,
                "import_declaration": self._import,
                **dict.fromkeys(KINDS, self._class),
                "field_declaration": self._variables,
                "constant_declaration": self._variables,
                "local_variable_declaration": self._variables,
                "method_declaration": self._method,
                "constructor_declaration": self._method,
                "compact_constructor_declaration": lambda _: (),
                "annotation_type_element_declaration": self._element,
                "enum_constant": self._enum_constant,
                "assignment_expression": self.assignment,
                "return_statement": self._return,
                "enhanced_for_statement": self._for,
                "modifiers": lambda _: (),
                "identifier": lambda _: (),
                "catch_formal_parameter": lambda _: (),
                "static_initializer": lambda leaf: self.body(leaf) if self.reads_bodies else (),
            }
        )

    def lower(self, source: bytes) -> tuple[Head, Module]:
        """Return the file's head and its tree."""
        self.reads_bodies = jvm.speaks_of_set_up(source)
        return super().lower(source)

    # --- declarations -------------------------------------------------------------------------------------------

    def _package(self, leaf: Leaf) -> Iterable[Statement]:
        self.package = self.text(leaf.named_children[-1]) if leaf.named_children else ""
        return ()

    def _import(self, leaf: Leaf) -> Iterable[Statement]:
        """Return the class, or the static member, with what stands before it as its module."""
        names = leaf.named_children
        whole = self.text(names[0]).replace(" ", "") if names else ""
        if names[-1:] and names[-1].type == "asterisk":
            return (Import(whole, "*", "", self.line(leaf)),)
        module, _, name = whole.rpartition(".")
        return (Import(module, name, name, self.line(leaf)),)

    def _class(self, leaf: Leaf) -> Iterable[Statement]:
        decorators, modifiers = self._modifiers(leaf)
        bases: list[Expression] = []
        parameters: list[Parameter] = []
        name, body = "", None
        for child in leaf.named_children:
            kind = child.type
            if kind == "identifier":
                name = self.text(child)
            elif kind in ("superclass", "super_interfaces", "extends_interfaces"):
                bases.extend(self._bases(child))
            elif kind == "formal_parameters":
                parameters = self._parameters(child)
            elif kind.endswith("_body"):
                body = child
        made = self._class_body(body, name)
        return (Class(name, bases, made, self.line(leaf), KINDS[leaf.type], decorators, modifiers, parameters),)

    def _bases(self, leaf: Leaf) -> Iterable[Expression]:
        inner = leaf.named_children
        types = inner[0].named_children if inner and inner[0].type == "type_list" else inner
        for child in types:
            base = self.expression(child)
            self.note(base.of if isinstance(base, Item) else base)
            yield base

    def _class_body(self, body: Leaf | None, name: str) -> list[Statement]:
        outer, self.enclosing = getattr(self, "enclosing", ""), name
        try:
            return self.body(body)
        finally:
            self.enclosing = outer

    def _enum_constant(self, leaf: Leaf) -> Iterable[Statement]:
        """`USERS("/users")` is a constant of its enum, made by the enum's constructor."""
        arguments = leaf.child_by_field_name("arguments")
        value = Call(Name(self.enclosing), self._arguments(arguments), self.line(leaf), new=True)
        return (Assign(Name(self.text_of(leaf, "name")), value, self.line(leaf), modifiers=["enum"]),)

    def _modifiers(self, leaf: Leaf) -> tuple[list[Expression], list[str]]:
        first = leaf.child(0)
        if first is None or first.type != "modifiers":
            return [], []
        decorators, words = [], []
        for child in first.children:
            if child.type in ANNOTATIONS:
                decorators.append(self.expression(child))
            elif not child.is_named:
                words.append(child.type)
        return decorators, words

    def _variables(self, leaf: Leaf) -> Iterable[Statement]:
        decorators, modifiers = self._modifiers(leaf)
        kind = self.optional(leaf, "type")
        for child in leaf.children_by_field_name("declarator"):
            value = child.child_by_field_name("value")
            yield Assign(
                Name(self.text_of(child, "name")),
                None if value is None else self.expression(value),
                self.line(child),
                kind,
                decorators=decorators,
                modifiers=modifiers or ["local"],
            )

    def _method(self, leaf: Leaf) -> Iterable[Statement]:
        decorators, modifiers = self._modifiers(leaf)
        body = leaf.child_by_field_name("body")
        reads = self.reads_bodies or any(bare_name(decorator) == _LOCATOR for decorator in decorators)
        reads = reads or (bool(decorators) and body is not None and self._asks(body))
        return (
            Function(
                "constructor" if leaf.type == "constructor_declaration" else self.text_of(leaf, "name"),
                self._parameters(leaf.child_by_field_name("parameters")),
                self.body(body) if reads else [],
                self.line(leaf),
                decorators,
                self.optional(leaf, "type"),
                modifiers if body is not None else [*modifiers, "abstract"],
            ),
        )

    def _asks(self, body: Leaf) -> bool:
        """Tell whether a method asks its request for something by name."""
        return jvm.ASKED.search(self.source, body.start_byte, body.end_byte) is not None

    def _element(self, leaf: Leaf) -> Iterable[Statement]:
        """An annotation's element: a function without parameters that returns its default."""
        decorators, modifiers = self._modifiers(leaf)
        default = leaf.child_by_field_name("value")
        body: list[Statement] = [] if default is None else [Return(self.expression(default))]
        kind = self.optional(leaf, "type")
        return (Function(self.text_of(leaf, "name"), [], body, self.line(leaf), decorators, kind, modifiers),)

    def _parameters(self, leaf: Leaf | None) -> list[Parameter]:
        found = []
        for child in leaf.named_children if leaf is not None else ():
            if child.type == "formal_parameter":
                kind = self.optional(child, "type")
                found.append(Parameter(self.text_of(child, "name"), kind, decorators=self._modifiers(child)[0]))
            elif child.type == "spread_parameter":
                found.append(Parameter(self._spread_name(child), kind="*", decorators=self._modifiers(child)[0]))
            elif child.type == "identifier":
                found.append(Parameter(self.text(child)))
        return found

    def _spread_name(self, leaf: Leaf) -> str:
        last = leaf.named_children[-1] if leaf.named_children else None
        return self.text_of(last, "name") if last is not None else ""

    # --- statements ---------------------------------------------------------------------------------------------

    def _return(self, leaf: Leaf) -> Iterable[Statement]:
        return [Return(self.expression(child)) for child in leaf.named_children[:1] if child.type not in self.ignored]

    def _for(self, leaf: Leaf) -> Iterable[Statement]:
        body = leaf.child_by_field_name("body")
        inside = [] if body is None else list(self.statement(body))
        return (Loop(Name(self.text_of(leaf, "name")), self.field(leaf, "value"), inside),)

    # --- expressions --------------------------------------------------------------------------------------------

    def _creation(self, leaf: Leaf) -> Expression:
        """`new Type(…)`; with a body it is an object of a class without a name."""
        made = self.field(leaf, "type")
        function: Expression = made.of if isinstance(made, Item) else made
        arguments = self._arguments(leaf.child_by_field_name("arguments"))
        last = leaf.named_children[-1]
        if last.type == "class_body":
            self.note(function)
            function = Class("", [function], self._class_body(last, ""), self.line(leaf))
        return self.called(function, arguments, self.line(leaf), new=True)

    def _lambda(self, leaf: Leaf) -> Expression:
        given, body = leaf.child_by_field_name("parameters"), leaf.child_by_field_name("body")
        alone = given is not None and given.type == "identifier"
        parameters = [Parameter(self.text(given))] if alone else self._parameters(given)
        inside: list[Statement] = []
        if body is not None:
            inside = self.body(body) if body.type == "block" else [Return(self.expression(body))]
        return Function("", parameters, inside, self.line(leaf))
