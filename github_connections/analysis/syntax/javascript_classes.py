"""Functions, classes, patterns and types of JavaScript and TypeScript."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable

from tree_sitter import Node as Leaf

from github_connections.analysis.syntax.javascript_types import TypeLowering
from github_connections.analysis.syntax.lowering import one_or_several
from github_connections.analysis.syntax.nodes import (
    Assign,
    Choice,
    Class,
    Constant,
    Entry,
    Expression,
    Function,
    Item,
    Mapping,
    Member,
    Name,
    Opaque,
    Operation,
    Parameter,
    Sequence,
    Spread,
    Statement,
    Text,
)

_MODIFIERS = frozenset(
    {"async", "static", "get", "set", "*", "abstract", "readonly", "accessibility_modifier", "declare", "?"}
)
_FIELDS = frozenset({"public_field_definition", "field_definition", "property_signature"})
_METHODS = frozenset({"method_definition", "method_signature", "abstract_method_signature"})
_BETWEEN = frozenset({"comment", "decorator"})
_PATTERNS = frozenset({"object_pattern", "array_pattern"})


class ClassLowering(TypeLowering):
    """What stands in classes and in signatures."""

    # Whether what is lowered stands in a function.
    is_inside = False

    def __init__(self) -> None:
        super().__init__()
        self.statements.update(
            {
                "abstract_class_declaration": lambda leaf: (self.class_(leaf),),
                "enum_declaration": lambda leaf: (self._enum(leaf),),
                "interface_declaration": lambda leaf: (self._interface(leaf),),
                "internal_module": lambda leaf: (self._namespace(leaf),),
                "module": lambda leaf: (self._namespace(leaf),),
                "type_alias_declaration": self._alias,
            }
        )

    @abstractmethod
    def returned(self, value: Leaf) -> list[Statement]:
        """Lower the value of a `return` or of an arrow function."""

    # --- functions ------------------------------------------------------------------------------------------------

    def function(self, leaf: Leaf, decorators: Iterable[Expression] = ()) -> Function:
        """Lower a function, an arrow function, a method or its signature."""
        name = self.name_of(leaf.child_by_field_name("name"))
        modifiers, before = [], list(decorators)
        returns: Expression | None = None
        for child in leaf.children:
            kind = child.type
            if kind in _MODIFIERS:
                modifiers.append(self.text(child))
            elif kind == "type_annotation":
                returns = self._inner_type(child)
            elif kind == "decorator":
                before.append(self._decorator(child))
        statements = [*self._properties(leaf, name), *self._statements(leaf.child_by_field_name("body"))]
        return Function(name, self._parameters(leaf), statements, self._line_of(leaf), before, returns, modifiers)

    def _parameters(self, leaf: Leaf) -> list[Parameter]:
        parameters = leaf.child_by_field_name("parameters")
        if parameters is not None:
            return [self._parameter(child) for child in parameters.named_children if child.type not in _BETWEEN]
        alone = leaf.child_by_field_name("parameter")
        return [] if alone is None else [Parameter(self.text(alone))]

    def _line_of(self, leaf: Leaf) -> int:
        name = leaf.child_by_field_name("name")
        return self.line(leaf if name is None else name)

    def _statements(self, body: Leaf | None) -> list[Statement]:
        if body is None:
            return []
        around, self.is_inside = self.is_inside, True
        try:
            return self.body(body) if body.type == "statement_block" else self.returned(body)
        finally:
            self.is_inside = around

    def _parameter(self, leaf: Leaf) -> Parameter:
        """Lower `x`, `x = 1`, `...x`, `{a, b}`, with TypeScript's type, decorators and question mark."""
        if leaf.type not in {"required_parameter", "optional_parameter"}:
            default = leaf.child_by_field_name("right") if leaf.type == "assignment_pattern" else None
            return self._taken(leaf, None, default, [])
        annotation = self.annotation(leaf)
        if leaf.type == "optional_parameter":
            annotation = Operation("|", [annotation or Name("any"), Name("undefined")])
        pattern = leaf.child_by_field_name("pattern")
        return self._taken(pattern or leaf, annotation, leaf.child_by_field_name("value"), self.decorators(leaf))

    def _taken(
        self, pattern: Leaf, annotation: Expression | None, default: Leaf | None, decorators: list[Expression]
    ) -> Parameter:
        if pattern.type == "assignment_pattern":
            pattern = pattern.child_by_field_name("left") or pattern
        kind = ""
        if pattern.type == "rest_pattern":
            kind, pattern = "*", pattern.named_children[-1]
        value = None if default is None else self.expression(default)
        taken_apart = self.target(pattern) if pattern.type in _PATTERNS else None
        name = "" if taken_apart is not None else self.text(pattern)
        return Parameter(name, annotation, value, decorators, kind, taken_apart)

    def _properties(self, leaf: Leaf, name: str) -> Iterable[Statement]:
        """Yield `this.x = x` for every `constructor(private x: X)`."""
        if name != "constructor":
            return
        parameters = leaf.child_by_field_name("parameters")
        for child in parameters.named_children if parameters is not None else ():
            modifiers = [self.text(token) for token in child.children if token.type in _MODIFIERS and token.type != "?"]
            pattern = child.child_by_field_name("pattern")
            if modifiers and pattern is not None:
                own = Name(self.text(pattern))
                target = Member(Name("this"), own.id)
                yield Assign(target, own, self.line(child), self.annotation(child), modifiers=modifiers)

    # --- patterns -------------------------------------------------------------------------------------------------

    def target(self, leaf: Leaf | None) -> Expression:
        """Lower what is assigned to; inside a pattern, a target with its default is a `Choice` of both."""
        if leaf is None:
            return Opaque("")
        if leaf.type == "array_pattern":
            return Sequence([self.target(child) for child in self._places(leaf)])
        if leaf.type == "object_pattern":
            entries = [entry for child in leaf.named_children for entry in self._taken_out(child)]
            return Mapping(entries, self.line(leaf))
        if leaf.type in {"assignment_pattern", "object_assignment_pattern"}:
            return Choice([self.target(leaf.child_by_field_name("left")), self.field(leaf, "right")])
        if leaf.type == "rest_pattern":
            return Spread(self.target(leaf.named_children[-1]))
        return Name(self.text(leaf)) if leaf.type.startswith("shorthand") else self.expression(leaf)

    @staticmethod
    def _places(leaf: Leaf) -> Iterable[Leaf | None]:
        """Yield the items of `[a, , b]`, nothing for the one left out."""
        empty = True
        for child in leaf.children[1:]:
            if child.is_named:
                empty = False
                yield child
            elif child.type == ",":
                if empty:
                    yield None
                empty = True

    def _taken_out(self, leaf: Leaf) -> Iterable[Entry]:
        if leaf.type == "pair_pattern":
            key = self.key(leaf.child_by_field_name("key"))
            yield Entry(key, self.target(leaf.child_by_field_name("value")))
        elif leaf.type == "rest_pattern":
            rest = self.target(leaf)
            yield Entry(rest, rest.value if isinstance(rest, Spread) else rest)
        elif leaf.type in {"shorthand_property_identifier_pattern", "object_assignment_pattern"}:
            target = self.target(leaf)
            name = target.options[0] if isinstance(target, Choice) else target
            yield Entry(Text(name.id if isinstance(name, Name) else ""), target)

    # --- classes --------------------------------------------------------------------------------------------------

    def class_(self, leaf: Leaf, decorators: Iterable[Expression] = ()) -> Class:
        """Lower a class declaration or a class as an expression."""
        name = self.text_of(leaf, "name")
        bases = [base for child in leaf.named_children if child.type == "class_heritage" for base in self._bases(child)]
        modifiers = [child.type for child in leaf.children if child.type == "abstract"]
        body = leaf.child_by_field_name("body")
        members = [] if body is None else self.members(body)
        before = [*decorators, *self.decorators(leaf)]
        return Class(name, bases, members, self._line_of(leaf), "class", before, modifiers)

    def _bases(self, heritage: Leaf) -> Iterable[Expression]:
        for child in heritage.named_children:
            if child.type == "extends_clause":
                yield self._base(child)
            elif child.type == "implements_clause":
                yield from self.types(child.named_children)
            elif child.type not in self.ignored:
                base = self.expression(child)
                self.note(base)
                yield base

    def _base(self, clause: Leaf) -> Expression:
        base = self.field(clause, "value")
        self.note(base)
        arguments = clause.child_by_field_name("type_arguments")
        return base if arguments is None else Item(base, one_or_several(self.types(arguments.named_children)))

    def members(self, body: Leaf) -> list[Statement]:
        """Lower the body of a class or of an interface; decorators that stand before a method belong to it."""
        lowered: list[Statement] = []
        waiting: list[Expression] = []
        for child in body.named_children:
            if child.type == "decorator":
                waiting.append(self._decorator(child))
            elif child.type != "comment":
                lowered.extend(self._member_of_class(child, waiting))
                waiting = []
        return lowered

    def _member_of_class(self, leaf: Leaf, decorators: list[Expression]) -> Iterable[Statement]:
        if leaf.type in _METHODS:
            return (self.function(leaf, decorators),)
        if leaf.type in _FIELDS:
            return (self._field(leaf, decorators),)
        return self.statement(leaf) if leaf.type == "class_static_block" else ()

    def _field(self, leaf: Leaf, decorators: list[Expression]) -> Assign:
        name = leaf.child_by_field_name("name") or leaf.child_by_field_name("property")
        modifiers = [self.text(child) for child in leaf.children if child.type in _MODIFIERS]
        value, annotation = self.optional(leaf, "value"), self.annotation(leaf)
        before = [*decorators, *self.decorators(leaf)]
        line = self.line(leaf if name is None else name)
        return Assign(Name(self.name_of(name)), value, line, annotation, "=", before, modifiers)

    def decorators(self, leaf: Leaf) -> list[Expression]:
        """Lower the decorators among the children of a node."""
        return [self._decorator(child) for child in leaf.named_children if child.type == "decorator"]

    def _decorator(self, leaf: Leaf) -> Expression:
        decorator = self.expression(leaf)
        self.note(decorator)
        return decorator

    def _interface(self, leaf: Leaf) -> Class:
        extended = [child for child in leaf.named_children if child.type == "extends_type_clause"]
        bases = [base for clause in extended for base in self.types(clause.named_children)]
        body = leaf.child_by_field_name("body")
        members = [] if body is None else self.members(body)
        return Class(self.text_of(leaf, "name"), bases, members, self.line(leaf), "interface")

    def _alias(self, leaf: Leaf) -> Iterable[Statement]:
        """`type A = {…} & B` is an interface; other aliases are left out, for they often share the name of a value."""
        value = leaf.child_by_field_name("value")
        if value is None or value.type not in {"object_type", "intersection_type"}:
            return
        parts = self._flattened(value)
        members = [member for part in parts if part.type == "object_type" for member in self.members(part)]
        bases = self.types(part for part in parts if part.type != "object_type")
        yield Class(self.text_of(leaf, "name"), bases, members, self.line(leaf), "interface")

    def _enum(self, leaf: Leaf) -> Class:
        body = leaf.child_by_field_name("body")
        members: list[Statement] = []
        for child in body.named_children if body is not None else ():
            if child.type == "enum_assignment":
                name, value = child.child_by_field_name("name"), self.field(child, "value")
                members.append(Assign(Name(self.name_of(name)), value, self.line(child), modifiers=["static"]))
            elif child.type != "comment":
                index = Constant(len(members))
                members.append(Assign(Name(self.name_of(child)), index, self.line(child), modifiers=["static"]))
        return Class(self.text_of(leaf, "name"), [], members, self.line(leaf), "enum")

    def _namespace(self, leaf: Leaf) -> Class:
        body = [member for member in self.body(leaf.child_by_field_name("body")) if _declares(member)]
        return Class(self.text_of(leaf, "name"), [], body, self.line(leaf), "namespace")

    # --- names ----------------------------------------------------------------------------------------------------

    def name_of(self, leaf: Leaf | None) -> str:
        """Return the name of a member; nothing for one that is worked out."""
        key = self.key(leaf)
        return key.value if isinstance(key, Text) else ""

    def key(self, leaf: Leaf | None) -> Expression:
        """Lower the name of a member or the key of an object."""
        if leaf is None:
            return Text("")
        if leaf.type == "computed_property_name":
            return self.expression(leaf.named_children[0] if leaf.named_children else None)
        return self.expression(leaf) if leaf.type == "string" else Text(self.text(leaf))


def _declares(statement: Statement) -> bool:
    return isinstance(statement, Assign | Class | Function)
