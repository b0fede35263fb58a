"""Ruby.

A call's keyword arguments are named `Argument`s; a pair whose key is an expression (`"x" => y`) is a `Mapping` in one
argument of its own. Symbols are `Text`. `@name` is `Member(Name("this"), "name")`. A name alone may be a variable or a
call without arguments: where no variable is assigned, it is a `Call`.
"""

from __future__ import annotations

from collections.abc import Iterable

import tree_sitter_ruby
from tree_sitter import Language
from tree_sitter import Node as Leaf

from github_connections.analysis.syntax.lowering import Lowering, one_or_several, template
from github_connections.analysis.syntax.nodes import (
    Argument,
    Assign,
    Choice,
    Class,
    Constant,
    Entry,
    Expression,
    Function,
    Head,
    Mapping,
    Member,
    Module,
    Name,
    Opaque,
    Parameter,
    Return,
    Sequence,
    Spread,
    Statement,
    Text,
)

# What a body may end with that is a value, though it would be no statement of interest.
_LITERALS = frozenset({"string", "simple_symbol", "array", "string_array", "symbol_array", "constant"})


class RubyLowering(Lowering):
    """Reads Ruby."""

    language = "ruby"
    grammar = Language(tree_sitter_ruby.language())
    choosing = frozenset({"||", "or"})
    ignored = frozenset({"comment", "heredoc_body"})

    def __init__(self) -> None:
        super().__init__()
        self.classes: set[str] = set()
        self.expressions = {
            "identifier": self._identifier,
            **dict.fromkeys(("constant", "global_variable"), lambda leaf: Name(self.text(leaf))),
            "self": lambda _leaf: Name("this"),
            **dict.fromkeys(("instance_variable", "class_variable"), self._variable),
            "scope_resolution": self._scoped,
            **dict.fromkeys(("string", "delimited_symbol"), self._string),
            "chained_string": lambda leaf: template([self.expression(child) for child in leaf.named_children]),
            "simple_symbol": lambda leaf: Text(self.text(leaf).lstrip(":")),
            **dict.fromkeys(("hash_key_symbol", "bare_symbol", "bare_string"), lambda leaf: Text(self.text(leaf))),
            **dict.fromkeys(("symbol_array", "string_array", "array"), self._array),
            "hash": self._hash,
            "integer": self.whole_number,
            "float": lambda leaf: Opaque(self.start_of(leaf)),
            "true": lambda _leaf: Constant(True),
            "false": lambda _leaf: Constant(False),
            "nil": lambda _leaf: Constant(None),
            "call": self._call,
            "element_reference": self.subscript,
            "binary": self.binary,
            "conditional": self._conditional,
            **dict.fromkeys(("parenthesized_statements", "block_argument", "begin"), self.last),
            "lambda": self._lambda,
            **dict.fromkeys(("splat_argument", "hash_splat_argument"), lambda leaf: Spread(self.last(leaf))),
            "assignment": lambda leaf: self.field(leaf, "right"),
            "regex": lambda leaf: Opaque(self.text(leaf)[:60]),
        }
        self.statements = {
            "assignment": self._assignment,
            "operator_assignment": self._operator_assignment,
            **dict.fromkeys(("class", "module"), self._class),
            "singleton_class": lambda leaf: self.body(leaf.child_by_field_name("body")),
            **dict.fromkeys(("method", "singleton_method"), self._method),
            "return": self._return,
            **dict.fromkeys(("if_modifier", "unless_modifier", "rescue_modifier"), self._modified),
            "begin": lambda leaf: self.run(leaf.named_children),
            "identifier": self._alone,
            **dict.fromkeys(
                ("constant", "string", "integer", "true", "false", "nil", "simple_symbol", "self"), self._nothing
            ),
            **dict.fromkeys(("yield", "next", "break", "super", "alias", "undef"), self._nothing),
        }

    def _head(self, module: Module) -> Head:
        """Classes inside modules are loaded by their names too: `module Shop; class Order`."""
        head = super()._head(module)
        inside, self.classes = self.classes.difference(head.names), set()
        return Head(head.package, [*head.names, *sorted(inside)], head.imports, head.words)

    # --- statements ---------------------------------------------------------------------------------------------

    def statement(self, leaf: Leaf) -> Iterable[Statement]:
        """`private def count … end` is the method."""
        arguments = leaf.child_by_field_name("arguments") if leaf.type == "call" else None
        first = arguments.named_children[0] if arguments is not None and arguments.named_children else None
        if first is not None and first.type in ("method", "singleton_method"):
            return super().statement(first)
        return super().statement(leaf)

    def _nothing(self, leaf: Leaf) -> Iterable[Statement]:
        return ()

    def _modified(self, leaf: Leaf) -> Iterable[Statement]:
        """`mount Shop if enabled?` is what it would be alone, after its condition."""
        asked = leaf.child_by_field_name("condition")
        body = self.statement(leaf.child_by_field_name("body") or leaf.named_children[0])
        return [*(self.statement(asked) if asked is not None else ()), *body]

    def _alone(self, leaf: Leaf) -> Iterable[Statement]:
        """A bare word is a call when it stands alone."""
        return (self.called(Name(self.text(leaf)), [], self.line(leaf)),)

    def _assignment(self, leaf: Leaf) -> Iterable[Statement]:
        left, right = leaf.child_by_field_name("left"), leaf.child_by_field_name("right")
        if left is None or right is None:
            return ()
        if left.type == "left_assignment_list":
            target: Expression = Sequence([self._target(child) for child in left.named_children])
        else:
            target = self._target(left)
        return (Assign(target, self.expression(right), self.line(leaf)),)

    def _target(self, leaf: Leaf) -> Expression:
        return Name(self.text(leaf)) if leaf.type == "identifier" else self.expression(leaf)

    def _operator_assignment(self, leaf: Leaf) -> Iterable[Statement]:
        left = leaf.child_by_field_name("left")
        operator = self.text_of(leaf, "operator")
        if left is None or operator not in ("||=", "+="):
            return ()
        value = self.field(leaf, "right")
        return (Assign(self._target(left), value, self.line(leaf), operator="+=" if operator == "+=" else "="),)

    def _class(self, leaf: Leaf) -> Iterable[Statement]:
        """`class A::B` is a class B inside A."""
        above = leaf.child_by_field_name("superclass")
        bases = [self.expression(child) for child in above.named_children] if above is not None else []
        for base in bases:
            self.note(base)
        *outer, name = [part for part in self.text_of(leaf, "name").split("::") if part] or [""]
        line = self.line(leaf)
        self.classes |= {name, *outer}
        made = Class(name, bases, self.body(leaf.child_by_field_name("body")), line, leaf.type)
        for part in reversed(outer):
            made = Class(part, [], [made], line, "module")
        return (made,)

    def _method(self, leaf: Leaf) -> Iterable[Statement]:
        body = leaf.child_by_field_name("body")
        statements = self._returning(body)
        modifiers = ["static"] if leaf.type == "singleton_method" else []
        parameters = self._parameters(leaf.child_by_field_name("parameters"))
        return (Function(self.text_of(leaf, "name"), parameters, statements, self.line(leaf), modifiers=modifiers),)

    def _returning(self, body: Leaf | None) -> list[Statement]:
        """Lower a body whose last expression is its value."""
        if body is None:
            return []
        inside = body.named_children if body.type in ("body_statement", "block_body") else [body]
        if inside and inside[-1].type in _LITERALS:
            return [*self.run(inside[:-1]), Return(self.expression(inside[-1]))]
        statements = self.run(inside)
        if statements and not isinstance(statements[-1], Assign | Return | Class | Function):
            statements[-1] = Return(statements[-1])  # type: ignore[arg-type]
        return statements

    def _return(self, leaf: Leaf) -> Iterable[Statement]:
        values = [self.expression(child) for arguments in leaf.named_children for child in arguments.named_children]
        return [Return(one_or_several(values))] if values else []

    def _parameters(self, leaf: Leaf | None) -> list[Parameter]:
        made = []
        for child in leaf.named_children if leaf is not None else ():
            kind = {"splat_parameter": "*", "hash_splat_parameter": "**"}.get(child.type, "")
            name = self.text(child) if child.type == "identifier" else self.text_of(child, "name")
            if child.type == "destructured_parameter":
                made.append(Parameter("item", pattern=Sequence([self._target(part) for part in child.named_children])))
            elif name:
                made.append(Parameter(name, default=self.optional(child, "value"), kind=kind))
        return made

    # --- expressions --------------------------------------------------------------------------------------------

    def _variable(self, leaf: Leaf) -> Expression:
        return Member(Name("this"), self.text(leaf).lstrip("@"))

    def _identifier(self, leaf: Leaf) -> Expression:
        return Name(self.text(leaf))

    def _scoped(self, leaf: Leaf) -> Expression:
        scope = leaf.child_by_field_name("scope")
        name = self.text_of(leaf, "name")
        return Name(name) if scope is None else Member(self.expression(scope), name)

    def _string(self, leaf: Leaf) -> Expression:
        parts: list[Expression] = []
        for child in leaf.named_children:
            if child.type == "interpolation":
                parts.append(self.last(child))
            elif child.type == "string_content":
                parts.append(Text(self.text(child)))
            elif child.type == "escape_sequence":
                parts.append(Text({"\\n": "\n", "\\t": "\t"}.get(self.text(child), self.text(child)[1:])))
        return template(parts)

    def _array(self, leaf: Leaf) -> Expression:
        """`[:title, tags: []]`: pairs are one hash, at the end."""
        children = self.inside(leaf)
        items = [self.expression(child) for child in children if child.type != "pair"]
        pairs = list(self._entries(child for child in children if child.type == "pair"))
        return Sequence([*items, Mapping(pairs, self.line(leaf))] if pairs else items)

    def _hash(self, leaf: Leaf) -> Expression:
        return Mapping(list(self._entries(leaf.named_children)), self.line(leaf))

    def _entries(self, leaves: Iterable[Leaf]) -> Iterable[Entry]:
        for child in leaves:
            if child.type == "pair":
                key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
                yield Entry(self.expression(key), self._value(key, value))
            elif child.type == "hash_splat_argument":
                yield Entry(Spread(self.last(child)), Constant(None))

    def _value(self, key: Leaf | None, value: Leaf | None) -> Expression:
        """`key:` alone is `key: key`."""
        return self.expression(value) if value is not None or key is None else Name(self.text(key))

    def _call(self, leaf: Leaf) -> Expression:
        receiver, method = leaf.child_by_field_name("receiver"), leaf.child_by_field_name("method")
        name = self.text(method) if method is not None else "call"
        arguments = self._arguments(leaf.child_by_field_name("arguments"))
        block = leaf.child_by_field_name("block")
        if block is not None:
            parameters = self._parameters(block.child_by_field_name("parameters"))
            body = block.child_by_field_name("body")
            arguments.append(Argument(Function("", parameters, self._returning(body), self.line(block))))
        if receiver is None:
            return self.called(Name(name), arguments, self.line(method or leaf))
        of = self.expression(receiver)
        if leaf.child_by_field_name("arguments") is None and block is None and name[:1].islower() and name != "new":
            self.words.add(name)
            return Member(of, name)  # a call without arguments reads like an attribute
        return self.called(Member(of, name), arguments, self.line(method or leaf))

    def _arguments(self, leaf: Leaf | None) -> list[Argument]:
        arguments: list[Argument] = []
        rockets: list[Entry] = []
        for child in leaf.named_children if leaf is not None else ():
            if child.type in self.ignored:
                continue
            if child.type != "pair":
                arguments.append(Argument(self.expression(child)))
                continue
            key = child.child_by_field_name("key")
            value = child.child_by_field_name("value")
            if key is not None and key.type in ("hash_key_symbol", "simple_symbol"):
                named = self.text(key).lstrip(":")
                arguments.append(Argument(self._value(key, value), named))
            else:
                rockets.append(Entry(self.expression(key), self.expression(value)))
        if rockets:
            arguments.append(Argument(Mapping(rockets, self.line(leaf))))  # type: ignore[arg-type]
        return arguments

    def _conditional(self, leaf: Leaf) -> Expression:
        """`params[:all] ? shown : kept`; what is asked may read a request, and a bare name says nothing."""
        asked, options = (
            self.field(leaf, "condition"),
            [self.field(leaf, "consequence"), self.field(leaf, "alternative")],
        )
        if isinstance(asked, Name | Constant):
            return Choice(options)
        return Choice(options, self.called(Name("case_if"), [Argument(asked)], self.line(leaf)))

    def _lambda(self, leaf: Leaf) -> Expression:
        body = leaf.child_by_field_name("body")
        inner = body.child_by_field_name("body") if body is not None else None
        parameters = self._parameters(leaf.child_by_field_name("parameters"))
        return Function("", parameters, self._returning(inner), self.line(leaf))
