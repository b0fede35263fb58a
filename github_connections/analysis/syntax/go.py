"""Go.

A struct is a `Class` whose fields are its parameters, so that a composite literal makes one by position or by key; one
without a name, `[]struct{ path string }{…}`, is declared with the file's own and named where it stands. A
method is a `Function` beside it with its receiver. `for key, value := range x` is a loop over `enumerate(x)`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import tree_sitter_go
from tree_sitter import Language
from tree_sitter import Node as Leaf

from github_connections.analysis.syntax.go_branches import GoBranches
from github_connections.analysis.syntax.lowering import one_or_several
from github_connections.analysis.syntax.nodes import (
    Argument,
    Assign,
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
    Sequence,
    Statement,
    Text,
    last_name,
)
from github_connections.analysis.syntax.walking import nodes_in

# What a struct without a name is called, with its place, where no type holds it.
UNNAMED = "struct"


class GoLowering(GoBranches):
    """Reads Go."""

    language = "go"
    grammar = Language(tree_sitter_go.language())

    def __init__(self) -> None:
        super().__init__()
        self.expressions.update(
            {
                "func_literal": lambda leaf: self._made_function(leaf, ""),
                "struct_type": self._unnamed_struct,
            }
        )
        self.statements.update(
            {
                "package_clause": self._package,
                "import_declaration": self._imports,
                "const_spec": self._specification,
                "var_spec": self._specification,
                "short_var_declaration": self._short,
                "assignment_statement": self._assignment,
                "type_spec": self._type,
                "type_alias": self._nothing,
                "function_declaration": lambda leaf: [self._made_function(leaf, self.text_of(leaf, "name"))],
                "method_declaration": self._method,
                "return_statement": self._return,
                "for_statement": self._for,
                "block": self._block,
                "defer_statement": self._nothing,
                "inc_statement": self._nothing,
                "dec_statement": self._nothing,
                "send_statement": self._nothing,
                "break_statement": self._nothing,
                "continue_statement": self._nothing,
                "binary_expression": self._nothing,
                **dict.fromkeys(
                    ("identifier", "int_literal", "nil", "true", "false", "interpreted_string_literal"), self._nothing
                ),
            }
        )

    def _begin(self, source: bytes) -> None:
        super()._begin(source)
        # The structs without a name, and what those that are being read lie in: a type, a field of it, a field of that.
        self._unnamed: list[Statement] = []
        self._inside: list[str] = []

    def body(self, leaf: Leaf | None) -> list[Statement]:
        """Lower the children of a block; a file's own are followed by the structs without a name."""
        lowered = super().body(leaf)
        return [*lowered, *self._unnamed] if leaf is not None and leaf.type == "source_file" else lowered

    def _head(self, module: Module) -> Head:
        """Return the names that the file has itself: a sketch of it knows no others."""
        named = module.body[: len(module.body) - len(self._unnamed)]
        return super()._head(Module(module.language, module.package, named, module.cut, module.broken))

    def _nothing(self, leaf: Leaf) -> Iterable[Statement]:
        return ()

    def _package(self, leaf: Leaf) -> Iterable[Statement]:
        self.package = self.text(leaf.named_children[0]) if leaf.named_children else ""
        return ()

    def _imports(self, leaf: Leaf) -> Iterable[Statement]:
        waiting = [leaf]
        while waiting:
            current = waiting.pop(0)
            if current.type != "import_spec":
                waiting[:0] = current.named_children
                continue
            module = self.text_of(current, "path").strip('"`')
            local = self.text_of(current, "name")
            if local == ".":
                yield Import(module, "*", "", self.line(current))
            elif local != "_":
                for name in [local] if local else _package_names(module):
                    yield Import(module, "", name, self.line(current))

    def _specification(self, leaf: Leaf) -> Iterable[Statement]:
        names = [child for child in leaf.children_by_field_name("name") if child.is_named]
        values = self._listed(leaf.child_by_field_name("value"))
        kind = self.optional(leaf, "type")
        return list(self._assigned([self._name(name) for name in names], values, self.line(leaf), kind, ["var"]))

    def _short(self, leaf: Leaf) -> Iterable[Statement]:
        targets = self._listed(leaf.child_by_field_name("left"))
        return list(
            self._assigned(targets, self._listed(leaf.child_by_field_name("right")), self.line(leaf), None, [":="])
        )

    def _assignment(self, leaf: Leaf) -> Iterable[Statement]:
        targets = self._listed(leaf.child_by_field_name("left"))
        values = self._listed(leaf.child_by_field_name("right"))
        if self.text_of(leaf, "operator") == "+=" and targets and values:
            return (Assign(targets[0], values[0], self.line(leaf), operator="+="),)
        return list(self._assigned(targets, values, self.line(leaf), None, []))

    @staticmethod
    def _assigned(
        targets: list[Expression], values: list[Expression], line: int, kind: Expression | None, modifiers: list[str]
    ) -> Iterable[Statement]:
        if len(values) == len(targets):
            for target, value in zip(targets, values, strict=True):
                yield Assign(target, value, line, kind, modifiers=modifiers)
        elif len(values) == 1:
            yield Assign(Sequence(targets), values[0], line, kind, modifiers=modifiers)
        else:
            for target in targets:
                yield Assign(target, None, line, kind, modifiers=modifiers)

    def _type(self, leaf: Leaf) -> Iterable[Statement]:
        kind = leaf.child_by_field_name("type")
        name = self.text_of(leaf, "name")
        if kind is None or kind.type not in ("struct_type", "interface_type"):
            base = [] if kind is None else [self.expression(kind)]
            return (Class(name, base, [], self.line(leaf), "type"),)
        if kind.type == "interface_type":
            return (Class(name, [], [], self.line(leaf), "interface"),)
        return (self._struct(kind, name, self.line(leaf)),)

    def _struct(self, leaf: Leaf, name: str, line: int) -> Class:
        fields: list[Parameter] = []
        bases: list[Expression] = []
        around, self._inside = self._inside, [name]
        for field in leaf.named_children[0].named_children if leaf.named_children else ():
            self._field(field, fields, bases)
        self._inside = around
        return Class(name, bases, [], line, "struct", parameters=fields)

    def _unnamed_struct(self, leaf: Leaf) -> Expression:
        row, column = leaf.start_point
        name = "_".join(self._inside or (UNNAMED, str(row + 1), str(column)))
        self._unnamed.append(self._struct(leaf, name, self.line(leaf)))
        return Name(name)

    def _field(self, leaf: Leaf, fields: list[Parameter], bases: list[Expression]) -> None:
        if leaf.type != "field_declaration":
            return
        names = leaf.children_by_field_name("name")
        self._inside = [self._inside[0], *map(self.text, names[:1])]
        kind = self.optional(leaf, "type")
        tag = leaf.child_by_field_name("tag")
        said: list[Expression] = [] if tag is None else [Text(self.text(tag)[1:-1])]
        fields.extend(Parameter(self.text(name), kind, decorators=said) for name in names)
        if not names and kind is not None:  # an embedded type is a field by its own name, too
            bases.append(kind)
            fields.append(Parameter(last_name(kind), kind))

    def _method(self, leaf: Leaf) -> Iterable[Statement]:
        receiver = leaf.child_by_field_name("receiver")
        declared = receiver.named_children[0] if receiver is not None and receiver.named_children else None
        name = self.text_of(leaf, "name")
        if declared is None:
            return (self._made_function(leaf, name),)
        kind = self.field(declared, "type")
        if isinstance(kind, Item):
            kind = kind.of
        return (self._made_function(leaf, name, kind, self.text_of(declared, "name") or "this"),)

    def _made_function(
        self, leaf: Leaf, name: str, receiver: Expression | None = None, receiver_name: str = "this"
    ) -> Function:
        return Function(
            name,
            self._parameters(leaf.child_by_field_name("parameters")),
            self.body(leaf.child_by_field_name("body")),
            self.line(leaf),
            returns=self.optional(leaf, "result"),
            receiver=receiver,
            receiver_name=receiver_name,
        )

    def _parameters(self, leaf: Leaf | None) -> list[Parameter]:
        made: list[Parameter] = []
        for declared in leaf.named_children if leaf is not None else ():
            if declared.type in self.ignored:
                continue
            kind = self.optional(declared, "type")
            rest = "*" if declared.type == "variadic_parameter_declaration" else ""
            names = [self.text(name) for name in declared.children_by_field_name("name") if name.is_named]
            made.extend(Parameter(name, kind, kind=rest) for name in names or ["_"])
        return made

    def _return(self, leaf: Leaf) -> Iterable[Statement]:
        values = self._listed(leaf.named_children[0]) if leaf.named_children else []
        if not values:
            return ()
        return (Return(one_or_several(values)),)

    def _block(self, leaf: Leaf | None) -> list[Statement]:
        """A block inside a function: what it hides, `{ api := api.Group("/v2") … }`, is there again after it."""
        body = self.body(leaf)
        hidden = [one for one in body if isinstance(one, Assign) and one.modifiers == [":="] and _is_of_itself(one)]
        if leaf is None or not hidden:
            return body
        names = {one.target.id: one.line for one in hidden if isinstance(one.target, Name)}
        row = leaf.start_point[0]
        kept = [Assign(Name(f"{name}@{row}"), Name(name), line) for name, line in names.items()]
        return [*kept, *body, *(Assign(Name(name), Name(f"{name}@{row}"), line) for name, line in names.items())]

    def _for(self, leaf: Leaf) -> Iterable[Statement]:
        body = self._block(leaf.child_by_field_name("body"))
        clause = next((child for child in leaf.named_children if child.type == "range_clause"), None)
        if clause is None:
            return body
        targets = self._listed(clause.child_by_field_name("left"))
        items = self.called(Name("enumerate"), [Argument(self.field(clause, "right"))], self.line(leaf))
        return (Loop(Sequence(targets), items, body),)


def _is_of_itself(declared: Assign) -> bool:
    return any(node == declared.target for node in nodes_in(declared.value))


def _package_names(module: str) -> list[str]:
    """Return what a package is called where nobody says: by the last part of its path that is no version."""
    parts = module.split("/")
    while len(parts) > 1 and re.fullmatch(r"v\d+", parts[-1]):
        parts.pop()
    name = re.sub(r"\.v\d+\Z", "", parts[-1])
    names = [name.removeprefix("go-").removesuffix("-go").removesuffix(".go").replace("-", "")]
    return names if names[0] == name else [*names, name.replace("-", "_")]
