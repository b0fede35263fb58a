"""PHP.

Variables keep their dollar (`Name("$app")`), so that they are no classes or constants; `$this` is `Name("this")`, and
`self` and `static` are `Name("self")`. A file that is required is a call of `__include__`. The routes that older code
writes into comments (`@Route("/x")`) are decorators like any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import tree_sitter_php
from tree_sitter import Language
from tree_sitter import Node as Leaf

from github_connections.analysis.syntax.lowering import Lowering, template
from github_connections.analysis.syntax.nodes import (
    Argument,
    Assign,
    Choice,
    Class,
    Constant,
    Entry,
    Expression,
    Function,
    Import,
    Item,
    Loop,
    Mapping,
    Member,
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

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "$": "$", '"': '"', "e": "\x1b", "0": "\0"}
_ANNOTATION = re.compile(r"@(?:\w+\\)*(Route|Get|Post|Put|Patch|Delete|IsGranted|Security)\s*\(")
_QUOTED = re.compile(r'(?:(\w+)\s*=\s*)?(\{[^}]*\}|"(?:[^"\\]|\\.)*")')


class PhpLowering(Lowering):
    """Reads PHP."""

    language = "php"
    grammar = Language(tree_sitter_php.language_php())
    ignored = frozenset({"comment", "php_tag", "text_interpolation", "text", "declare_statement"})

    def __init__(self) -> None:
        super().__init__()
        self.expressions = {
            "name": lambda leaf: self._name(self.text(leaf)),
            "qualified_name": lambda leaf: self._name(self.text(leaf)),
            "relative_scope": lambda _leaf: Name("self"),
            "named_type": lambda leaf: self._name(self.text(leaf)),
            "primitive_type": lambda leaf: Name(self.text(leaf)),
            "optional_type": self._inner,
            "variable_name": self._variable,
            "string": self._string,
            "encapsed_string": self._encapsed,
            "heredoc": self._heredoc,
            "nowdoc": self._heredoc,
            "integer": self._number,
            "float": self._number,
            "boolean": lambda leaf: Constant(self.text(leaf).lower() == "true"),
            "null": lambda _leaf: Constant(None),
            "array_creation_expression": self._array,
            "member_access_expression": self._member,
            "nullsafe_member_access_expression": self._member,
            "scoped_property_access_expression": self._member,
            "class_constant_access_expression": self._constant,
            "member_call_expression": self._member_call,
            "nullsafe_member_call_expression": self._member_call,
            "scoped_call_expression": self._member_call,
            "function_call_expression": self._call,
            "object_creation_expression": self._new,
            "subscript_expression": self._subscript,
            "binary_expression": self._binary,
            "conditional_expression": self._conditional,
            "match_expression": self._match,
            "anonymous_function": lambda leaf: self._made_function(leaf, ""),
            "anonymous_function_creation_expression": lambda leaf: self._made_function(leaf, ""),
            "arrow_function": self._arrow,
            "parenthesized_expression": self._inner,
            "cast_expression": lambda leaf: self.field(leaf, "value"),
            "clone_expression": self._inner,
            "unary_op_expression": self._inner,
            "variadic_unpacking": lambda leaf: Spread(self._inner(leaf)),
            **dict.fromkeys(
                ("require_expression", "require_once_expression", "include_expression", "include_once_expression"),
                self._include,
            ),
            "assignment_expression": lambda leaf: self.field(leaf, "right"),
        }
        self.statements = {
            "namespace_definition": self._namespace,
            "namespace_use_declaration": self._use,
            "class_declaration": self._class,
            "interface_declaration": self._class,
            "trait_declaration": self._class,
            "enum_declaration": self._class,
            "function_definition": lambda leaf: [self._made_function(leaf, self.text_of(leaf, "name"))],
            "method_declaration": self._method,
            "property_declaration": self._property,
            "const_declaration": self._const,
            "use_declaration": self._nothing,
            "return_statement": self._return,
            "foreach_statement": self._foreach,
            "expression_statement": self._expression_statement,
            "echo_statement": self._nothing,
            "global_declaration": self._nothing,
            **dict.fromkeys(
                ("name", "variable_name", "integer", "string", "boolean", "null", "binary_expression"), self._nothing
            ),
        }

    # --- statements ---------------------------------------------------------------------------------------------

    def _nothing(self, leaf: Leaf) -> Iterable[Statement]:
        return ()

    def _namespace(self, leaf: Leaf) -> Iterable[Statement]:
        self.package = self.package or self.text_of(leaf, "name")
        return self.body(leaf.child_by_field_name("body"))

    def _use(self, leaf: Leaf) -> Iterable[Statement]:
        group = leaf.child_by_field_name("body")
        base = next((self.text(child) for child in leaf.named_children if child.type == "namespace_name"), "")
        for clause in (group or leaf).named_children:
            if clause.type not in ("namespace_use_clause", "namespace_use_group_clause"):
                continue
            alias = self.text_of(clause, "alias")
            written = self.text(clause.named_children[0]) if clause.named_children else ""
            whole = "\\".join(part for part in (base if group else "", written) if part).strip("\\")
            module, _, name = whole.rpartition("\\")
            yield Import(module, name, alias or name, self.line(clause))

    def _class(self, leaf: Leaf) -> Iterable[Statement]:
        bases: list[Expression] = []
        for child in leaf.named_children:
            if child.type in ("base_clause", "class_interface_clause"):
                bases.extend(self.expression(base) for base in child.named_children)
        for base in bases:
            self.note(base)
        body = self.body(leaf.child_by_field_name("body"))
        decorators = self._decorators(leaf)
        kind = leaf.type.partition("_")[0]
        return (Class(self.text_of(leaf, "name"), bases, body, self.line_of_name(leaf), kind, decorators),)

    def line_of_name(self, leaf: Leaf) -> int:
        """Return the line of a declaration's name: attributes stand before it."""
        name = leaf.child_by_field_name("name")
        return self.line(name or leaf)

    def _decorators(self, leaf: Leaf) -> list[Expression]:
        decorators = list(self._annotations(leaf))
        attributes = leaf.child_by_field_name("attributes")
        for group in attributes.named_children if attributes is not None else ():
            for attribute in group.named_children:
                name = self.expression(attribute.named_children[0]) if attribute.named_children else Name("")
                parameters = attribute.child_by_field_name("parameters")
                arguments = self._arguments(parameters) if parameters is not None else []
                decorators.append(self.called(name, arguments, self.line(attribute)))
        return decorators

    def _annotations(self, leaf: Leaf) -> Iterable[Expression]:
        comment = leaf.prev_named_sibling
        if comment is None or comment.type != "comment":
            return
        text = self.text(comment)
        for match in _ANNOTATION.finditer(text):
            end = _closing(text, match.end())
            arguments = []
            for name, value in _QUOTED.findall(text[match.end() : end]):
                texts: list[Expression] = [Text(item) for item in re.findall(r'"((?:[^"\\]|\\.)*)"', value)]
                arguments.append(Argument(Sequence(texts) if value.startswith("{") else texts[0], name))
            line = self.line(comment) + text.count("\n", 0, match.start())
            yield self.called(Name(match.group(1)), arguments, line)

    def _method(self, leaf: Leaf) -> Iterable[Statement]:
        function = self._made_function(leaf, self.text_of(leaf, "name"), self._decorators(leaf))
        promoted = [
            Assign(Member(Name("this"), parameter.name.lstrip("$")), Name(parameter.name), function.line)
            for parameter in function.parameters
            if parameter.decorators == [Name("promoted")]
        ]
        if not promoted:
            return (function,)
        parameters = [Parameter(item.name, item.type, item.default, kind=item.kind) for item in function.parameters]
        return (Function(function.name, parameters, [*promoted, *function.body], function.line, function.decorators),)

    def _made_function(self, leaf: Leaf, name: str, decorators: list[Expression] | None = None) -> Function:
        modifiers = [self.text(child) for child in leaf.named_children if child.type.endswith("_modifier")]
        return Function(
            name,
            self._parameters(leaf.child_by_field_name("parameters")),
            self.body(leaf.child_by_field_name("body")),
            self.line_of_name(leaf) if name else self.line(leaf),
            decorators or [],
            self.optional(leaf, "return_type"),
            modifiers,
        )

    def _arrow(self, leaf: Leaf) -> Expression:
        body = leaf.child_by_field_name("body")
        returned: list[Statement] = [] if body is None else [Return(self.expression(body))]
        return Function("", self._parameters(leaf.child_by_field_name("parameters")), returned, self.line(leaf))

    def _parameters(self, leaf: Leaf | None) -> list[Parameter]:
        made = []
        for child in leaf.named_children if leaf is not None else ():
            if child.type in self.ignored or child.child_by_field_name("name") is None:
                continue
            kind = self.optional(child, "type")
            default = self.optional(child, "default_value")
            promoted: list[Expression] = [Name("promoted")] if child.type == "property_promotion_parameter" else []
            rest = "*" if child.type == "variadic_parameter" else ""
            made.append(Parameter(self.text_of(child, "name"), kind, default, promoted, rest))
        return made

    def _property(self, leaf: Leaf) -> Iterable[Statement]:
        kind = self.optional(leaf, "type")
        for element in leaf.named_children:
            if element.type == "property_element":
                name = self.text(element.named_children[0]).lstrip("$") if element.named_children else ""
                value = self.optional(element, "default_value")
                yield Assign(Name(name), value, self.line(element), kind, modifiers=["property"])

    def _const(self, leaf: Leaf) -> Iterable[Statement]:
        for element in leaf.named_children:
            if element.type == "const_element" and len(element.named_children) > 1:
                name, value = element.named_children[:2]
                yield Assign(Name(self.text(name)), self.expression(value), self.line(element), modifiers=["const"])

    def _return(self, leaf: Leaf) -> Iterable[Statement]:
        return [Return(self.expression(child)) for child in leaf.named_children[:1]]

    def _foreach(self, leaf: Leaf) -> Iterable[Statement]:
        parts = [child for child in leaf.named_children if child.type not in self.ignored]
        body = self.body(leaf.child_by_field_name("body"))
        if len(parts) < 2:
            return body
        items, target = self.expression(parts[0]), parts[1]
        if target.type == "pair" and len(target.named_children) > 1:
            names: list[Expression] = [self.expression(child) for child in target.named_children[:2]]
            pairs = self.called(Name("enumerate"), [Argument(items)], self.line(leaf))
            return (Loop(Sequence(names), pairs, body),)
        values = self.called(Name("values_of"), [Argument(items)], self.line(leaf))
        return (Loop(self.expression(target), values, body),)

    def _expression_statement(self, leaf: Leaf) -> Iterable[Statement]:
        for child in leaf.named_children:
            if child.type == "assignment_expression":
                value = self.field(child, "right")
                yield Assign(self.field(child, "left"), value, self.line(child))
            elif child.type == "augmented_assignment_expression":
                continue
            elif child.type not in self.ignored:
                yield self.expression(child)

    # --- expressions --------------------------------------------------------------------------------------------

    @staticmethod
    def _name(text: str) -> Expression:
        if text in ("self", "static"):
            return Name("self")
        parts = [part for part in text.split("\\") if part]
        if len(parts) < 2:
            return Name(parts[0] if parts else text)
        value: Expression = Name("\\" + parts[0] if text.startswith("\\") else parts[0])
        for part in parts[1:]:
            value = Member(value, part)
        return value

    def _variable(self, leaf: Leaf) -> Expression:
        text = self.text(leaf)
        return Name("this") if text == "$this" else Name(text)

    def _inner(self, leaf: Leaf) -> Expression:
        inner = [child for child in leaf.named_children if child.type not in self.ignored]
        return self.expression(inner[-1]) if inner else Opaque(self.start_of(leaf))

    def _string(self, leaf: Leaf) -> Expression:
        return Text(self.text(leaf)[1:-1].replace("\\'", "'").replace("\\\\", "\\"))

    def _encapsed(self, leaf: Leaf) -> Expression:
        parts: list[Expression] = []
        for child in leaf.named_children:
            if child.type == "string_content":
                parts.append(Text(self.text(child)))
            elif child.type == "escape_sequence":
                code = self.text(child)[1:]
                parts.append(Text(_ESCAPES.get(code, code)))
            else:
                parts.append(self.expression(child))
        return template(parts)

    def _heredoc(self, leaf: Leaf) -> Expression:
        return Opaque(self.start_of(leaf))

    def _number(self, leaf: Leaf) -> Expression:
        try:
            return Constant(int(self.text(leaf).replace("_", "")))
        except ValueError:
            return Opaque(self.start_of(leaf))

    def _array(self, leaf: Leaf) -> Expression:
        elements = [child for child in leaf.named_children if child.type == "array_element_initializer"]
        keyed = [child for child in elements if len(child.named_children) == 2]
        if not keyed:
            return Sequence([self._inner(child) for child in elements])
        entries = []
        for position, child in enumerate(elements):
            if len(child.named_children) == 2:
                key, value = child.named_children
                entries.append(Entry(self.expression(key), self.expression(value)))
            else:
                inner = self._inner(child)
                entries.append(Entry(inner if isinstance(inner, Spread) else Text(str(position)), inner))
        return Mapping(entries, self.line(leaf))

    def _member(self, leaf: Leaf) -> Expression:
        of = leaf.child_by_field_name("object") or leaf.child_by_field_name("scope")
        name = leaf.child_by_field_name("name")
        if name is not None and name.type not in ("name", "variable_name"):
            return Item(self.expression(of), self.expression(name))
        return Member(self.expression(of), self.text(name).lstrip("$"))

    def _constant(self, leaf: Leaf) -> Expression:
        of, name = leaf.named_children[0], leaf.named_children[-1]
        return Member(self.expression(of), self.text(name))

    def _member_call(self, leaf: Leaf) -> Expression:
        name = leaf.child_by_field_name("name")
        line = self.line(name or leaf)
        return self.called(self._member(leaf), self._arguments(leaf.child_by_field_name("arguments")), line)

    def _call(self, leaf: Leaf) -> Expression:
        arguments = self._arguments(leaf.child_by_field_name("arguments"))
        return self.called(self.field(leaf, "function"), arguments, self.line(leaf))

    def _new(self, leaf: Leaf) -> Expression:
        children = [child for child in leaf.named_children if child.type not in self.ignored]
        arguments = next((child for child in children if child.type == "arguments"), None)
        if not children or children[0].type in ("arguments", "anonymous_class"):
            return Opaque(self.start_of(leaf))
        return self.called(self.expression(children[0]), self._arguments(arguments), self.line(leaf), new=True)

    def _arguments(self, leaf: Leaf | None) -> list[Argument]:
        arguments = []
        for child in leaf.named_children if leaf is not None else ():
            if child.type == "argument":
                name = self.text_of(child, "name")
                arguments.append(Argument(self._inner(child), name))
            elif child.type == "variadic_unpacking":
                arguments.append(Argument(self.expression(child)))
        return arguments

    def _include(self, leaf: Leaf) -> Expression:
        return self.called(Name("__include__"), [Argument(self._inner(leaf))], self.line(leaf))

    def _subscript(self, leaf: Leaf) -> Expression:
        children = leaf.named_children
        index = self.expression(children[1]) if len(children) > 1 else Opaque("")
        return Item(self.expression(children[0]), index)

    def _binary(self, leaf: Leaf) -> Expression:
        operator = self.text_of(leaf, "operator")
        operands = [self.field(leaf, "left"), self.field(leaf, "right")]
        if operator == ".":
            return template(operands)
        return Choice(operands) if operator in ("??", "||", "or") else Operation(operator, operands)

    def _conditional(self, leaf: Leaf) -> Expression:
        body, alternative = leaf.child_by_field_name("body"), leaf.child_by_field_name("alternative")
        first = body or leaf.child_by_field_name("condition")
        return Choice([self.expression(first), self.expression(alternative)])

    def _match(self, leaf: Leaf) -> Expression:
        body = leaf.child_by_field_name("body")
        return Choice(
            [self._inner(arm) for arm in (body.named_children if body else ()) if arm.type.startswith("match_")]
        )


def _closing(text: str, start: int) -> int:
    """Return where the parenthesis that opened just before `start` closes."""
    depth, position = 1, start
    while position < len(text) and depth:
        depth += {"(": 1, ")": -1}.get(text[position], 0)
        position += 1
    return position
