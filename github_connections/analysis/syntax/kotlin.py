"""Kotlin. Bodies in braces are read only in files that speak of a library whose set-up is code."""

from __future__ import annotations

import re
from collections.abc import Iterable

import tree_sitter_kotlin
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
# The grammar takes a call of `get` or `set` below a `val` for that property's getter: they are hidden from it.
_LOOKS_LIKE_A_GETTER = re.compile(rb"^([ \t]*)([gs])et(?=[ \t]*(?:[{<]|\((?![ \t]*\)[ \t]*[={:\n])(?![ \t]*\w+[ \t]*\)[ \t]*[={])))", re.MULTILINE)  # fmt: skip  # noqa: E501
_HIDDEN = {"gEt": "get", "sEt": "set"}
_SIMPLE_INTERPOLATION = re.compile(r"\$([A-Za-z_]\w*)")
_TYPES = frozenset({"user_type", "nullable_type", "function_type", "parenthesized_type", "non_nullable_type"})


class KotlinLowering(Lowering):
    """Reads Kotlin. Annotations are always a `Call`, with their line; a companion's members are its class's."""

    language = "kotlin"
    grammar = Language(tree_sitter_kotlin.language())

    def __init__(self) -> None:
        super().__init__()
        self.reads_bodies = False
        self.enclosing = ""
        self.expressions = {
            "identifier": self._identifier,
            "this_expression": lambda _: Name("this"),
            "super_expression": lambda _: Name("super"),
            "navigation_expression": self._navigation,
            "callable_reference": self._navigation,
            "call_expression": self._call,
            "constructor_invocation": self._annotation_call,
            "annotation": self._annotation,
            "infix_expression": self._infix,
            "string_literal": self._string,
            "multiline_string_literal": self._string,
            "character_literal": lambda leaf: Text(self.text(leaf).strip("'")),
            "number_literal": self._number,
            "collection_literal": self._sequence,
            "binary_expression": self._binary,
            "parenthesized_expression": self._first_child,
            "annotated_lambda": self._last_child,
            "lambda_literal": self._lambda,
            "anonymous_function": self._anonymous_function,
            "object_literal": self._object_literal,
            "index_expression": self._index,
            "as_expression": lambda leaf: self.field(leaf, "left"),
            "unary_expression": self._unary,
            "spread_expression": lambda leaf: Spread(self._first_child(leaf)),
            "if_expression": self._if_value,
            "when_expression": self._when_value,
            "user_type": self._user_type,
            "nullable_type": lambda leaf: Operation("?", [self._first_child(leaf)]),
            "non_nullable_type": self._first_child,
            "parenthesized_type": self._first_child,
            "function_type": self._function_type,
            "type_projection": self._last_child,
        }
        self.statements = {
            "package_header": self._package,
            "import": self._import,
            "class_declaration": self._class,
            "object_declaration": self._class,
            "companion_object": lambda leaf: self._class_body(self._child(leaf, "class_body"), self.enclosing),
            "property_declaration": self._property,
            "function_declaration": self._function,
            "secondary_constructor": lambda _: (),
            "anonymous_initializer": lambda leaf: self.body(leaf) if self.reads_bodies else (),
            "enum_entry": self._enum_entry,
            "assignment": self._assignment,
            "return_expression": self._return,
            "for_statement": self._for,
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

    def lower(self, source: bytes) -> tuple[Head, Module]:
        """Return the file's head and its tree."""
        self.reads_bodies = jvm.speaks_of_set_up(source)
        if self.reads_bodies:
            source = _LOOKS_LIKE_A_GETTER.sub(rb"\1\2Et", source)
        return super().lower(source)

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
        return (Class(name, bases, made, self.line(leaf), kind, decorators, modifiers, parameters),)

    def _class_body(self, body: Leaf | None, name: str) -> list[Statement]:
        outer, self.enclosing = self.enclosing, name
        try:
            return self.body(body)
        finally:
            self.enclosing = outer

    def _bases(self, leaf: Leaf) -> Iterable[Expression]:
        for specifier in leaf.named_children:
            child = specifier.named_children[0] if specifier.named_children else specifier
            if child.type in ("constructor_invocation", "explicit_delegation") and child.named_children:
                child = child.named_children[0]
            base = self.expression(child)
            self.note(base.of if isinstance(base, Item) else base)
            yield base

    def _enum_entry(self, leaf: Leaf) -> Iterable[Statement]:
        """`USERS("/users")` is a constant of its enum, made by the enum's constructor."""
        name, given = self._child(leaf, "identifier"), self._child(leaf, "value_arguments")
        value = Call(Name(self.enclosing), self._arguments(given), self.line(leaf), new=True)
        return (Assign(Name(self.text(name)), value, self.line(leaf), modifiers=["enum"]),)

    def _modifiers(self, leaf: Leaf | None) -> tuple[list[Expression], list[str]]:
        decorators, words = [], []
        for child in leaf.named_children if leaf is not None else ():
            if child.type == "annotation":
                decorators.append(self.expression(child))
            else:
                words.append(self.text(child))
        return decorators, words

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

    def _declared(self, leaf: Leaf) -> tuple[Expression, Expression | None]:
        name, *kinds = leaf.named_children or [leaf]
        return Name(self.text(name)), self.expression(kinds[-1]) if kinds else None

    def _function(self, leaf: Leaf) -> Iterable[Statement]:
        return (self._made_function(leaf),)

    def _made_function(self, leaf: Leaf) -> Function:
        decorators: list[Expression] = []
        modifiers: list[str] = []
        parameters: list[Parameter] = []
        body: list[Statement] = []
        name, receiver, returns, has_parameters = "", None, None, False
        for child in leaf.named_children:
            kind = child.type
            if kind == "modifiers":
                decorators, modifiers = self._modifiers(child)
            elif kind == "identifier":
                name = _shown(self.text(child))
            elif kind == "function_value_parameters":
                parameters, has_parameters = self._parameters(child), True
            elif kind in _TYPES and has_parameters:
                returns = self.expression(child)
            elif kind in _TYPES:
                receiver = self.expression(child)
            elif kind == "function_body":
                body = self._function_body(child)
        return Function(name, parameters, body, self.line(leaf), decorators, returns, modifiers, receiver)

    def _function_body(self, leaf: Leaf) -> list[Statement]:
        if leaf.children[0].type == "=":
            inner = [child for child in leaf.named_children if child.type not in self.ignored]
            return [Return(self.expression(inner[-1]))] if inner else []
        return self.body(leaf) if self.reads_bodies else []

    def _parameters(self, leaf: Leaf) -> list[Parameter]:
        """Modifiers and defaults stand beside a parameter, not in it."""
        found: list[Parameter] = []
        decorators: list[Expression] = []
        words: list[str] = []
        is_default = False
        for child in leaf.children:
            match child.type:
                case "parameter_modifiers":
                    decorators, words = self._modifiers(child)
                case "parameter":
                    name, kind = self._declared(child)
                    rest = "*" if "vararg" in words else ""
                    found.append(Parameter(getattr(name, "id", ""), kind, decorators=decorators, kind=rest))
                    decorators, words = [], []
                case "=":
                    is_default = True
                case _ if is_default and child.is_named and found:
                    last = found[-1]
                    default = self.expression(child)
                    found[-1] = Parameter(last.name, last.type, default, last.decorators, last.kind)
                    is_default = False
        return found

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
                case _ if child.type in _TYPES:
                    kind = self.expression(child)
        return Parameter(name, kind, default, decorators)

    # --- statements ---------------------------------------------------------------------------------------------

    def _assignment(self, leaf: Leaf) -> Iterable[Statement]:
        operator = "+=" if self.text_of(leaf, "operator") == "+=" else "="
        return (Assign(self.field(leaf, "left"), self.field(leaf, "right"), self.line(leaf), operator=operator),)

    def _return(self, leaf: Leaf) -> Iterable[Statement]:
        inner = [child for child in leaf.named_children if child.type not in ("label", *self.ignored)]
        return [Return(self.expression(inner[-1]))] if inner else []

    def _for(self, leaf: Leaf) -> Iterable[Statement]:
        target, *rest = leaf.named_children or [leaf]
        if not rest:
            return ()
        names = target.named_children if target.type == "multi_variable_declaration" else [target]
        bound = [self._declared(name)[0] for name in names]
        body = list(self.statement(rest[-1])) if len(rest) > 1 else []
        return (Loop(bound[0] if len(bound) == 1 else Sequence(bound), self.expression(rest[0]), body),)

    # --- calls --------------------------------------------------------------------------------------------------

    def _call(self, leaf: Leaf) -> Expression:
        """`f(a) { … }` is a call in a call for the grammar, and one call here."""
        inner, *rest = leaf.named_children
        arguments: list[Argument] = []
        while inner.type == "call_expression" and [child.type for child in rest] == ["annotated_lambda"]:
            arguments = self._given(rest)
            inner, *rest = inner.named_children
        return self._called(inner, [*self._given(rest), *arguments])

    def _called(self, function: Leaf, arguments: list[Argument]) -> Expression:
        return self.called(self.expression(function), arguments, function.end_point[0] + 1)

    def _given(self, leaves: Iterable[Leaf]) -> list[Argument]:
        arguments: list[Argument] = []
        for leaf in leaves:
            if leaf.type == "value_arguments":
                arguments.extend(self._arguments(leaf))
            elif leaf.type == "type_arguments":
                types = [self.expression(child) for child in leaf.named_children]
                arguments.append(Argument(types[0] if len(types) == 1 else Sequence(types), TYPE_ARGUMENTS))
            elif leaf.type in ("annotated_lambda", "lambda_literal"):
                arguments.append(Argument(self.expression(leaf)))
        return arguments

    def _arguments(self, leaf: Leaf | None) -> list[Argument]:
        found = []
        for child in leaf.named_children if leaf is not None else ():
            inner = [part for part in child.named_children if part.type not in self.ignored]
            if child.type != "value_argument" or not inner:
                continue
            named = len(inner) > 1 and any(part.type == "=" for part in child.children)
            value = self.expression(inner[-1])
            spread = child.children[0].type == "*"
            found.append(Argument(Spread(value) if spread else value, self.text(inner[0]) if named else ""))
        return found

    def _annotation(self, leaf: Leaf) -> Expression:
        inner = leaf.named_children[-1]
        if inner.type == "constructor_invocation":
            return self.expression(inner)
        return self.called(self.expression(inner), [], self.line(leaf))

    def _annotation_call(self, leaf: Leaf) -> Expression:
        name, *rest = leaf.named_children
        return self.called(self.expression(name), self._given(rest), self.line(leaf))

    def _infix(self, leaf: Leaf) -> Expression:
        """`a to b` is a pair, `a and b` a call of a's `and`."""
        parts = [child for child in leaf.named_children if child.type not in self.ignored]
        if len(parts) != 3:
            return self.opaque(leaf)
        left, word, right = parts
        if self.text(word) == "to":
            return Sequence([self.expression(left), self.expression(right)])
        return self.called(
            Member(self.expression(left), self.text(word)), [Argument(self.expression(right))], self.line(word)
        )

    def _binary(self, leaf: Leaf) -> Expression:
        operator = self.text_of(leaf, "operator")
        if operator == ">":
            generic = self._generic_call(leaf)
            if generic is not None:
                return generic
        operands = [self.field(leaf, "left"), self.field(leaf, "right")]
        if operator == "+":
            return template(operands)
        return Choice(operands) if operator == "?:" else Operation(operator, operands)

    def _generic_call(self, leaf: Leaf) -> Expression | None:
        """`get<Users.Id> { … }` is two comparisons for the grammar."""
        left, right = leaf.child_by_field_name("left"), leaf.child_by_field_name("right")
        if left is None or right is None or left.type != "binary_expression" or self.text_of(left, "operator") != "<":
            return None
        given = right.named_children if right.type == "call_expression" else [right]
        if given[-1].type not in ("annotated_lambda", "lambda_literal"):
            return None
        function = left.child_by_field_name("left")
        if function is None:
            return None
        dotted = self.text(left)[len(self.text(function)) :].strip("<> \n\t").split(".")
        kind: Expression = Name(dotted[0])
        for part in dotted[1:]:
            kind = Member(kind, part)
        first = [Argument(self.expression(given[0]))] if given[0].type == "parenthesized_expression" else []
        arguments = [Argument(kind, TYPE_ARGUMENTS), *first, *self._given(given)]
        return self._called(function, arguments)

    # --- other expressions --------------------------------------------------------------------------------------

    def _child(self, leaf: Leaf, kind: str) -> Leaf | None:
        return next((child for child in leaf.named_children if child.type == kind), None)

    def _identifier(self, leaf: Leaf) -> Expression:
        text = self.text(leaf)
        if text == "null":
            return Constant(None)
        if text in ("true", "false"):
            return Constant(text == "true")
        return Name(_shown(text.strip("`")))

    def _first_child(self, leaf: Leaf) -> Expression:
        inner = [child for child in leaf.named_children if child.type not in self.ignored]
        return self.expression(inner[0]) if inner else Opaque(self.start_of(leaf))

    def _last_child(self, leaf: Leaf) -> Expression:
        inner = [child for child in leaf.named_children if child.type not in self.ignored]
        return self.expression(inner[-1]) if inner else Opaque(self.start_of(leaf))

    def _navigation(self, leaf: Leaf) -> Expression:
        name = _shown(self.text(leaf.children[-1]).strip("`"))
        first = leaf.children[0]
        return Member(self.expression(first), name) if first.is_named and len(leaf.children) > 1 else Name(name)

    def _string(self, leaf: Leaf) -> Expression:
        parts: list[Expression] = []
        plain = ""
        for child in leaf.named_children:
            if child.type == "string_content":
                plain += self.text(child)
                continue
            parts.extend(_interpolated(plain))
            plain = ""
            is_escape = child.type == "escape_sequence"
            parts.append(Text(jvm.unescaped(self.text(child))) if is_escape else self._first_child(child))
        return template([*parts, *_interpolated(plain)])

    def _number(self, leaf: Leaf) -> Expression:
        value = jvm.number(self.text(leaf))
        return Opaque(self.start_of(leaf)) if value is None else Constant(value)

    def _sequence(self, leaf: Leaf) -> Expression:
        return Sequence([self.expression(child) for child in leaf.named_children if child.type not in self.ignored])

    def _index(self, leaf: Leaf) -> Expression:
        of, *indexes = leaf.named_children
        return Item(self.expression(of), self.expression(indexes[0]) if indexes else Opaque(""))

    def _unary(self, leaf: Leaf) -> Expression:
        value = self.field(leaf, "argument")
        operator = self.text_of(leaf, "operator")
        if operator == "+" and isinstance(value, Text):
            return self.called(Member(value, "unaryPlus"), [], self.line(leaf))
        return value if operator == "!!" else Operation(operator, [value])

    def _lambda(self, leaf: Leaf) -> Expression:
        parameters = [
            self._lambda_parameter(child)
            for given in leaf.named_children
            if given.type == "lambda_parameters"
            for child in given.named_children
        ]
        body = self.run(child for child in leaf.named_children if child.type != "lambda_parameters")
        return Function("", parameters, _returning(body), self.line(leaf))

    def _lambda_parameter(self, leaf: Leaf) -> Parameter:
        if leaf.type == "multi_variable_declaration":
            return Parameter("it", pattern=Sequence([self._declared(child)[0] for child in leaf.named_children]))
        name, kind = self._declared(leaf)
        return Parameter(getattr(name, "id", ""), kind)

    def _anonymous_function(self, leaf: Leaf) -> Expression:
        return self._made_function(leaf)

    def _object_literal(self, leaf: Leaf) -> Expression:
        """An object of a class without a name."""
        specifiers = self._child(leaf, "delegation_specifiers")
        bases = list(self._bases(specifiers)) if specifiers is not None else []
        body = self._class_body(self._child(leaf, "class_body"), "")
        return Call(Class("", bases, body, self.line(leaf)), [], self.line(leaf), new=True)

    def _if_value(self, leaf: Leaf) -> Expression:
        condition = leaf.child_by_field_name("condition")
        arms = [child for child in leaf.named_children if child != condition and child.type not in self.ignored]
        return Choice([self._arm(arm) for arm in arms])

    def _when_value(self, leaf: Leaf) -> Expression:
        entries = [child for child in leaf.named_children if child.type == "when_entry" and child.named_children]
        return Choice([self._arm(entry.named_children[-1]) for entry in entries])

    def _arm(self, leaf: Leaf) -> Expression:
        if leaf.type != "block":
            return self.expression(leaf)
        return self._last_child(leaf)

    def _user_type(self, leaf: Leaf) -> Expression:
        made: Expression | None = None
        for child in leaf.named_children:
            if child.type == "identifier":
                made = Name(self.text(child)) if made is None else Member(made, self.text(child))
            elif child.type == "type_arguments" and made is not None:
                items = [self.expression(item) for item in child.named_children]
                made = Item(made, items[0] if len(items) == 1 else Sequence(items))
            elif child.type == "user_type":
                made = self.expression(child)
        return made or Opaque(self.start_of(leaf))

    def _function_type(self, leaf: Leaf) -> Expression:
        """`Route.() -> Unit`: a function whose receiver is the first of its types."""
        types = [self.expression(child) for child in leaf.named_children if child.type in _TYPES]
        return Operation("->", types)


def _shown(name: str) -> str:
    return _HIDDEN.get(name, name)


def _interpolated(text: str) -> Iterable[Expression]:
    """Split at `$name`, which the grammar leaves in a string's text."""
    for position, piece in enumerate(_SIMPLE_INTERPOLATION.split(text)):
        if position % 2:
            yield Name(piece)
        elif piece:
            yield Text(piece)


def _returning(body: list[Statement]) -> list[Statement]:
    """The last expression of a lambda is what it gives back."""
    if not body or isinstance(body[-1], Assign | Import | Return | Loop | Class):
        return body
    return [*body[:-1], Return(body[-1])]  # type: ignore[arg-type]  # what is left are expressions
