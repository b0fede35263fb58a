"""Java. Bodies of methods are read only in files that speak of a library whose set-up is code."""

from __future__ import annotations

from collections.abc import Iterable

import tree_sitter_java
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
    Statement,
    Text,
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


class JavaLowering(Lowering):
    """Reads Java. Annotations are always a `Call`, with their line, whether or not they have arguments."""

    language = "java"
    grammar = Language(tree_sitter_java.language())

    def __init__(self) -> None:
        super().__init__()
        self.reads_bodies = False
        self.expressions = {
            **dict.fromkeys(
                ("identifier", "type_identifier", "integral_type", "boolean_type", "void_type"), self._name
            ),
            **dict.fromkeys(("floating_point_type", "this", "super"), self._name),
            "field_access": self._field_access,
            "scoped_identifier": self._scoped,
            "scoped_type_identifier": self._scoped,
            "generic_type": self._generic,
            "array_type": lambda leaf: Item(Name("Array"), self.field(leaf, "element")),
            "annotated_type": lambda leaf: self.expression(leaf.named_children[-1]),
            "wildcard": self._wildcard,
            "method_invocation": self._invocation,
            "object_creation_expression": self._creation,
            "array_creation_expression": self._array_creation,
            "string_literal": self._string,
            "character_literal": lambda leaf: Text(self.text(leaf).strip("'")),
            "decimal_integer_literal": self._number,
            "true": lambda _: Constant(True),
            "false": lambda _: Constant(False),
            "null_literal": lambda _: Constant(None),
            "array_initializer": self._sequence,
            "element_value_array_initializer": self._sequence,
            "annotation": self._annotation,
            "marker_annotation": self._annotation,
            "binary_expression": self._binary,
            "ternary_expression": self._ternary,
            "parenthesized_expression": self._first_child,
            "cast_expression": lambda leaf: self.field(leaf, "value"),
            "class_literal": lambda leaf: Member(self._first_child(leaf), "class"),
            "method_reference": self._method_reference,
            "lambda_expression": self._lambda,
            "array_access": lambda leaf: Item(self.field(leaf, "array"), self.field(leaf, "index")),
        }
        self.statements = {
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
            "assignment_expression": self._assignment,
            "return_statement": self._return,
            "enhanced_for_statement": self._for,
            "modifiers": lambda _: (),
            "identifier": lambda _: (),
            "catch_formal_parameter": lambda _: (),
            "static_initializer": lambda leaf: self.body(leaf) if self.reads_bodies else (),
        }

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
        reads = self.reads_bodies or any(_name_of(decorator) == _LOCATOR for decorator in decorators)
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

    def _assignment(self, leaf: Leaf) -> Iterable[Statement]:
        operator = "+=" if self.text_of(leaf, "operator") == "+=" else "="
        return (Assign(self.field(leaf, "left"), self.field(leaf, "right"), self.line(leaf), operator=operator),)

    def _return(self, leaf: Leaf) -> Iterable[Statement]:
        return [Return(self.expression(child)) for child in leaf.named_children[:1] if child.type not in self.ignored]

    def _for(self, leaf: Leaf) -> Iterable[Statement]:
        body = leaf.child_by_field_name("body")
        inside = [] if body is None else list(self.statement(body))
        return (Loop(Name(self.text_of(leaf, "name")), self.field(leaf, "value"), inside),)

    # --- expressions --------------------------------------------------------------------------------------------

    def _name(self, leaf: Leaf) -> Expression:
        return Name(self.text(leaf))

    def _first_child(self, leaf: Leaf) -> Expression:
        inner = [child for child in leaf.named_children if child.type not in self.ignored]
        return self.expression(inner[0]) if inner else Opaque(self.start_of(leaf))

    def _field_access(self, leaf: Leaf) -> Expression:
        return Member(self.field(leaf, "object"), self.text_of(leaf, "field"))

    def _scoped(self, leaf: Leaf) -> Expression:
        first, *rest = leaf.named_children or [leaf]
        return Member(self.expression(first), self.text(rest[-1])) if rest else Name(self.text(leaf))

    def _generic(self, leaf: Leaf) -> Expression:
        of, *arguments = leaf.named_children
        items = [self.expression(child) for child in arguments[-1].named_children] if arguments else []
        if not items:
            return self.expression(of)
        return Item(self.expression(of), items[0] if len(items) == 1 else Sequence(items))

    def _wildcard(self, leaf: Leaf) -> Expression:
        bound = leaf.named_children
        return self.expression(bound[-1]) if bound else Name("?")

    def _invocation(self, leaf: Leaf) -> Expression:
        name = leaf.child_by_field_name("name")
        of = self.optional(leaf, "object")
        function = Name(self.text(name)) if of is None else Member(of, self.text(name))
        line = self.line(name) if name is not None else self.line(leaf)
        return self.called(function, self._arguments(leaf.child_by_field_name("arguments")), line)

    def _arguments(self, leaf: Leaf | None) -> list[Argument]:
        children = leaf.named_children if leaf is not None else []
        return [Argument(self.expression(child)) for child in children if child.type not in self.ignored]

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

    def _array_creation(self, leaf: Leaf) -> Expression:
        return self.optional(leaf, "value") or Sequence([])

    def _string(self, leaf: Leaf) -> Expression:
        pieces = [
            jvm.unescaped(self.text(child)) if child.type == "escape_sequence" else self.text(child)
            for child in leaf.named_children
        ]
        return Text("".join(pieces))

    def _number(self, leaf: Leaf) -> Expression:
        value = jvm.number(self.text(leaf))
        return Opaque(self.start_of(leaf)) if value is None else Constant(value)

    def _sequence(self, leaf: Leaf) -> Expression:
        return Sequence([self.expression(child) for child in leaf.named_children if child.type not in self.ignored])

    def _annotation(self, leaf: Leaf) -> Expression:
        given = leaf.child_by_field_name("arguments")
        arguments = []
        for child in given.named_children if given is not None else ():
            if child.type == "element_value_pair":
                arguments.append(Argument(self.field(child, "value"), self.text_of(child, "key")))
            elif child.type not in self.ignored:
                arguments.append(Argument(self.expression(child)))
        return self.called(self.field(leaf, "name"), arguments, self.line(leaf))

    def _binary(self, leaf: Leaf) -> Expression:
        operands = [self.field(leaf, "left"), self.field(leaf, "right")]
        operator = self.text_of(leaf, "operator")
        return template(operands) if operator == "+" else Operation(operator, operands)

    def _ternary(self, leaf: Leaf) -> Expression:
        return Choice([self.field(leaf, "consequence"), self.field(leaf, "alternative")])

    def _method_reference(self, leaf: Leaf) -> Expression:
        first = leaf.named_children[0] if leaf.named_children else leaf
        return Member(self.expression(first), self.text(leaf.children[-1])) if first is not leaf else self.opaque(leaf)

    def _lambda(self, leaf: Leaf) -> Expression:
        given, body = leaf.child_by_field_name("parameters"), leaf.child_by_field_name("body")
        alone = given is not None and given.type == "identifier"
        parameters = [Parameter(self.text(given))] if alone else self._parameters(given)
        inside: list[Statement] = []
        if body is not None:
            inside = self.body(body) if body.type == "block" else [Return(self.expression(body))]
        return Function("", parameters, inside, self.line(leaf))


def _name_of(decorator: Expression) -> str:
    function = decorator.function if isinstance(decorator, Call) else decorator
    return function.id if isinstance(function, Name) else getattr(function, "name", "")
