"""Kotlin. Bodies in braces are read only in files that speak of a library whose set-up is code."""

from __future__ import annotations

import re
from collections.abc import Iterable

import tree_sitter_kotlin
from tree_sitter import Language
from tree_sitter import Node as Leaf

from github_connections.analysis.syntax import jvm
from github_connections.analysis.syntax.kotlin_calls import TYPE_BY_NAME
from github_connections.analysis.syntax.kotlin_functions import KotlinFunctions
from github_connections.analysis.syntax.kotlin_literals import TYPES
from github_connections.analysis.syntax.nodes import (
    Argument,
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
    Sequence,
    Statement,
)

# The grammar takes a call of `get` or `set` below a `val` for that property's getter: they are hidden from it.
# A getter has no parameter, a setter has one name for it and a body; behind a block it is an infix call.
_LOOKS_LIKE_A_GETTER = re.compile(
    rb"^([ \t]*)(g)et(?=[ \t]*(?:[{<]|\((?![ \t]*\)[ \t]*[={:\n])))"
    rb"|^([ \t]*)(s)et(?=[ \t]*(?:[{<]|\((?![ \t]*\w*[ \t]*\)[ \t]*[={:\n])))"
    rb"|(\}[ \t])(g)et(?=[ \t]+[\w`])",
    re.MULTILINE,
)


# `post<Login> { … }` is two comparisons for the grammar, and in a long function an error: its type is said by name.
_TYPED_ROUTE = re.compile(rb"^([ \t]*(?:get|post|put|delete|patch|head|options|resource|location))<([\w.]+)(?:,[ \t]*[\w.]+)*>[ \t]*(\(?)", re.MULTILINE)  # fmt: skip  # noqa: E501


# Of a class whose body stands on one line the grammar wants a semicolon after the last member.
_BODY_ON_ONE_LINE = re.compile(
    rb"^(?=[^\n]*\{[^\n]* \}[ \t\r]*$)"
    rb"((?:[^\n\"/*]|\"[^\n\"]*\")*?\b(?:class|interface|object)\b[^\n{]*\{[^\n]*\S) \}(?=[ \t\r]*$)",
    re.MULTILINE,
)


# What a function finds in its context came into the language later than into the grammar.
_CONTEXT = re.compile(rb"^[ \t]*context[ \t]*\((?:[^()]|\([^()]*\))*\)(?=\s*(?:@|[a-z]+\s))", re.MULTILINE)
# So did a condition behind a pattern: `is Admin if user.isActive -> …`.
_GUARD = re.compile(rb"^([ \t]*!?i[sn][ \t]+[\w.<>*]+)[ \t]+if\b[^\n{}]*?(?=->)", re.MULTILINE)
_NOT_A_LINE_END = re.compile(rb"[^\n]")
# So did `data object`; and an annotated object is one for the grammar only behind a modifier that it knows.
_OBJECT = re.compile(
    rb"^([ \t]*(?:@[\w.]+(?:\((?:[^()\n]|\([^()\n]*\))*\))?[ \t]+)*)(?:data[ \t]+)?object(?=[ \t]+\w)", re.MULTILINE
)


class KotlinLowering(KotlinFunctions):
    """Reads Kotlin. Annotations are always a `Call`, with their line; a companion's members are its class's."""

    language = "kotlin"
    grammar = Language(tree_sitter_kotlin.language())

    def __init__(self) -> None:
        super().__init__()
        self.enclosing = ""
        self.expressions["object_literal"] = self._object_literal
        self.statements.update(
            {
                "package_header": self._package,
                "import": self._import,
                "class_declaration": self._class,
                "object_declaration": self._class,
                "companion_object": lambda leaf: self._class_body(self._child(leaf, "class_body"), self.enclosing),
                "property_declaration": self._property,
                "secondary_constructor": lambda _: (),
                "anonymous_initializer": lambda leaf: self.body(leaf) if self.reads_bodies else (),
                "enum_entry": self._enum_entry,
                "if_expression": lambda leaf: self.run(leaf.named_children),
                "when_expression": lambda leaf: self.run(leaf.named_children),
                "when_entry": lambda leaf: self.run(leaf.named_children[-1:]),
                "when_subject": lambda _: (),
                "modifiers": lambda _: (),
                "file_annotation": lambda _: (),
                "type_alias": lambda _: (),
                "identifier": lambda _: (),
                "user_type": lambda _: (),
                "string_content": lambda _: (),
            }
        )

    def lower(self, source: bytes) -> tuple[Head, Module]:
        """Return the file's head and its tree."""
        self.reads_bodies = jvm.speaks_of_set_up(source)
        if self.reads_bodies:
            source = _LOOKS_LIKE_A_GETTER.sub(rb"\1\2\3\4\5\6Et", _TYPED_ROUTE.sub(_typed_by_name, source))
        source = _OBJECT.sub(rb"\1open object", _CONTEXT.sub(_blanked, _GUARD.sub(rb"\1 ", source)))
        return super().lower(_BODY_ON_ONE_LINE.sub(_closed, source))

    def _head(self, module: Module) -> Head:
        """An extension function is a name of its package: it is imported like any other."""
        head = super()._head(module)
        functions = (item for item in module.body if isinstance(item, Function) and item.receiver is not None)
        return Head(head.package, [*head.names, *(item.name for item in functions)], head.imports, head.words)

    # --- declarations -------------------------------------------------------------------------------------------

    def _package(self, leaf: Leaf) -> Iterable[Statement]:
        self.package = self.text(self._child(leaf, "qualified_identifier"))
        return ()

    def _import(self, leaf: Leaf) -> Iterable[Statement]:
        whole, *alias = [self.text(child) for child in leaf.named_children] or [""]
        if leaf.children[-1].type == "*":
            return (Import(whole, "*", "", self.line(leaf)),)
        module, _, name = whole.rpartition(".")
        return (Import(module, name, alias[0] if alias else name, self.line(leaf)),)

    def _class(self, leaf: Leaf) -> Iterable[Statement]:
        """A class, an interface, an object; what its head declares as parameters are its fields."""
        decorators: list[Expression] = []
        modifiers: list[str] = []
        bases: list[Expression] = []
        parameters: list[Parameter] = []
        kind, name, body = "class", "", None
        for child in leaf.children:
            match child.type:
                case "modifiers":
                    decorators, modifiers = self._modifiers(child)
                case "interface" | "object":
                    kind = child.type
                case "identifier":
                    name = self.text(child)
                case "primary_constructor":
                    parameters = self._class_parameters(self._child(child, "class_parameters"))
                case "delegation_specifiers":
                    bases = list(self._bases(child))
                case "class_body" | "enum_class_body":
                    body = child
        kind = next((word for word in ("enum", "annotation") if word in modifiers), kind)
        made = self._class_body(body, name)
        decorators = [*self._strayed(leaf.prev_named_sibling), *decorators]
        return (Class(name, bases, made, self.line(leaf), kind, decorators, modifiers, parameters),)

    def _strayed(self, leaf: Leaf | None) -> Iterable[Expression]:
        """Yield the annotations that the grammar takes for an expression of their own, the last one with its
        argument: `@RestController @RequestMapping("/x")` above a class, where another class follows that one."""
        while leaf is not None and leaf.type == "annotated_expression":
            annotation, *rest = leaf.named_children
            argument = rest[-1] if rest and rest[-1].type == "parenthesized_expression" else None
            made = self.expression(annotation)
            if argument is not None and isinstance(made, Call):
                made = self.called(made.function, [Argument(self.expression(argument))], made.line)
            yield made
            leaf = rest[-1] if rest else None

    def _class_body(self, body: Leaf | None, name: str) -> list[Statement]:
        outer, self.enclosing = self.enclosing, name
        try:
            return self.body(body)
        finally:
            self.enclosing = outer

    def _bases(self, leaf: Leaf) -> Iterable[Expression]:
        for specifier in leaf.named_children:
            child = specifier.named_children[0] if specifier.named_children else specifier
            given: list[Argument] = []
            if child.type in ("constructor_invocation", "explicit_delegation") and child.named_children:
                given = self._arguments(self._child(child, "value_arguments"))
                child = child.named_children[0]
            base = self.expression(child)
            self.note(base.of if isinstance(base, Item) else base)
            yield Call(base, given, self.line(child)) if given else base  # what the base is made with

    def _enum_entry(self, leaf: Leaf) -> Iterable[Statement]:
        """`USERS("/users")` is a constant of its enum, made by the enum's constructor."""
        name, given = self._child(leaf, "identifier"), self._child(leaf, "value_arguments")
        value = Call(Name(self.enclosing), self._arguments(given), self.line(leaf), new=True)
        return (Assign(Name(self.text(name)), value, self.line(leaf), modifiers=["enum"]),)

    def _property(self, leaf: Leaf) -> Iterable[Statement]:
        decorators: list[Expression] = []
        modifiers: list[str] = []
        target: Expression | None = None
        kind = None
        for child in leaf.children:
            match child.type:
                case "modifiers":
                    decorators, modifiers = self._modifiers(child)
                case "val" | "var":
                    modifiers = [*modifiers, child.type]
                case "property_delegate":
                    modifiers = [*modifiers, "by"]
                case "variable_declaration":
                    target, kind = self._declared(child)
                case "multi_variable_declaration":
                    target = Sequence([self._declared(inner)[0] for inner in child.named_children])
        if target is None:
            return self.run(leaf.named_children)
        value = self._value_of(leaf)
        return (Assign(target, value, self.line(leaf), kind, decorators=decorators, modifiers=modifiers),)

    def _value_of(self, leaf: Leaf) -> Expression | None:
        """What stands behind the `=`, or what a delegate or a getter gives."""
        is_value = False
        for child in leaf.children:
            if child.type == "=":
                is_value = True
            elif child.type in ("property_delegate", "getter"):
                if (given := self._given_back(child)) is not None:
                    return given
            elif is_value and child.is_named and child.type not in self.ignored:
                return self.expression(child)
        return None

    def _given_back(self, leaf: Leaf) -> Expression | None:
        """The value of `by lazy { … }`, and of a getter that is one expression."""
        if leaf.type == "getter":
            body = self._child(leaf, "function_body")
            returned = self._function_body(body) if body is not None else []
            return returned[-1].value if returned and isinstance(returned[-1], Return) else None
        given = self.expression(leaf.named_children[0]) if leaf.named_children else None
        if isinstance(given, Call) and given.function == Name("lazy") and given.arguments:
            inner = given.arguments[-1].value
            last = inner.body[-1] if isinstance(inner, Function) and inner.body else None
            return last.value if isinstance(last, Return) else given
        return given

    def _class_parameters(self, leaf: Leaf | None) -> list[Parameter]:
        return [
            self._class_parameter(child)
            for child in (leaf.named_children if leaf is not None else ())
            if child.type == "class_parameter"
        ]

    def _class_parameter(self, leaf: Leaf) -> Parameter:
        decorators: list[Expression] = []
        name, kind, default, is_default = "", None, None, False
        for child in leaf.children:
            match child.type:
                case "modifiers":
                    decorators = self._modifiers(child)[0]
                case "=":
                    is_default = True
                case _ if is_default and child.is_named:
                    default = self.expression(child)
                case "identifier":
                    name = self.text(child)
                case _ if child.type in TYPES:
                    kind = self.expression(child)
        return Parameter(name, kind, default, decorators)

    def _object_literal(self, leaf: Leaf) -> Expression:
        """An object of a class without a name."""
        specifiers = self._child(leaf, "delegation_specifiers")
        bases = list(self._bases(specifiers)) if specifiers is not None else []
        body = self._class_body(self._child(leaf, "class_body"), "")
        return Call(Class("", bases, body, self.line(leaf)), [], self.line(leaf), new=True)


def _blanked(match: re.Match[bytes]) -> bytes:
    """Put spaces in the place of what the grammar does not know: the lines stay where they are."""
    return _NOT_A_LINE_END.sub(b" ", match.group())


def _typed_by_name(match: re.Match[bytes]) -> bytes:
    name = TYPE_BY_NAME.encode()
    return match.group(1) + b"(" + name + b" = " + match.group(2) + (b", " if match.group(3) else b") ")


def _closed(match: re.Match[bytes]) -> bytes:
    """Put a semicolon in the place of the last space, where the braces of the line match."""
    line = match.group()
    return match.group(1) + b";}" if line.count(b"{") == line.count(b"}") else line
