"""Python."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

import tree_sitter_python
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

_BINARY_CHOICES = frozenset({"or", "and"})


class PythonLowering(Lowering):
    """Reads Python 3; decorators are kept on what they decorate, docstrings stay the first statement of a body."""

    language = "python"
    grammar = Language(tree_sitter_python.language())
    matters = re.compile(
        rb"(?:[Rr]outer?s?|[Bb]lueprints?|\bapi|\bapp|\bbp|add_(?:url|route|api|resource|namespace|web|router)\w*|include\w*|mount"
        rb"|FastAPI|Flask|Starlette|Quart|Namespace|NinjaAPI|Api|register\w*|as_view|render\w*|JsonResponse)(?:\.\w+)*\("
        rb"|\.method\b|url_prefix|urlpatterns|APIRouter|[Ww]ebSocketRoute|\bRoute\(|\benviron\b|\bgetenv\b"
    )

    def __init__(self) -> None:
        super().__init__()
        self.expressions = {
            "identifier": lambda leaf: Name(self.text(leaf)),
            "attribute": self._attribute,
            "call": self._call,
            "string": self._string,
            "concatenated_string": lambda leaf: template([self.expression(part) for part in leaf.named_children]),
            "integer": self._number,
            "float": self._number,
            "true": lambda _leaf: Constant(True),
            "false": lambda _leaf: Constant(False),
            "none": lambda _leaf: Constant(None),
            "list": self._sequence,
            "tuple": self._sequence,
            "set": self._sequence,
            "expression_list": self._sequence,
            "pattern_list": self._sequence,
            "tuple_pattern": self._sequence,
            "list_pattern": self._sequence,
            "dictionary": self._mapping,
            "subscript": self._subscript,
            "binary_operator": self._binary,
            "boolean_operator": self._boolean,
            "comparison_operator": self._comparison,
            "conditional_expression": self._conditional,
            "parenthesized_expression": self._first_child,
            "await": self._first_child,
            "type": self._first_child,
            "lambda": self._lambda,
            "list_splat": self._spread,
            "dictionary_splat": self._spread,
            "list_splat_pattern": self._spread,
            "generic_type": self._generic,
            "union_type": self._union,
            "named_expression": lambda leaf: self.field(leaf, "value"),
            "list_comprehension": self._comprehension,
        }
        self.statements = {
            "expression_statement": lambda leaf: self.run(leaf.named_children),
            "assignment": self._assignment,
            "augmented_assignment": self._augmented,
            "import_statement": self._import,
            "import_from_statement": self._import_from,
            "function_definition": self._function,
            "class_definition": self._class,
            "decorated_definition": self._decorated,
            "return_statement": self._return,
            "for_statement": self._for,
            "if_statement": self._if,
            "string": self._docstring,
            "global_statement": self._nothing,
            "nonlocal_statement": self._nothing,
            "pass_statement": self._nothing,
            "assert_statement": self._nothing,
            "delete_statement": self._nothing,
            "comparison_operator": self._nothing,
            "identifier": self._nothing,
            "integer": self._nothing,
            "ellipsis": self._nothing,
            "raise_statement": self._nothing,
            "as_pattern_target": self._nothing,
            "as_pattern": self._with_item,
        }

    # --- statements ---------------------------------------------------------------------------------------------

    def _nothing(self, leaf: Leaf) -> Iterable[Statement]:
        return ()

    def _docstring(self, leaf: Leaf) -> Iterable[Statement]:
        return (self._string(leaf),)

    def _with_item(self, leaf: Leaf) -> Iterable[Statement]:
        """`with App() as app:` binds app."""
        value, *target = leaf.named_children
        if not target or not target[0].named_children:
            return (self.expression(value),)
        return (Assign(self.expression(target[0].named_children[0]), self.expression(value), self.line(leaf)),)

    def _assignment(self, leaf: Leaf) -> Iterable[Statement]:
        right = leaf.child_by_field_name("right")
        if right is not None and right.type == "assignment":  # a = b = value
            inner = list(self._assignment(right))
            first = inner[-1]
            return [*inner, Assign(self.field(leaf, "left"), getattr(first, "target", None), self.line(leaf))]
        target = self.field(leaf, "left")
        value = None if right is None else self.expression(right)
        return (Assign(target, value, self.line(leaf), self.optional(leaf, "type")),)

    def _augmented(self, leaf: Leaf) -> Iterable[Statement]:
        if self.text_of(leaf, "operator") != "+=":
            return ()
        return (Assign(self.field(leaf, "left"), self.field(leaf, "right"), self.line(leaf), operator="+="),)

    def _import(self, leaf: Leaf) -> Iterable[Statement]:
        for name in leaf.named_children:
            if name.type == "aliased_import":
                yield Import(self.text_of(name, "name"), "", self.text_of(name, "alias"), self.line(leaf))
                continue
            module = self.text(name)
            # `import a.b` binds `a`; what is asked of it then is found by its longer name.
            yield Import(module.split(".", 1)[0], "", module.split(".", 1)[0], self.line(leaf))

    def _import_from(self, leaf: Leaf) -> Iterable[Statement]:
        module, *names = leaf.named_children
        source = self.text(module).replace(" ", "")
        for name in names:
            if name.type == "wildcard_import":
                yield Import(source, "*", "", self.line(leaf))
            elif name.type == "aliased_import":
                yield Import(source, self.text_of(name, "name"), self.text_of(name, "alias"), self.line(leaf))
            elif name.type == "dotted_name":
                yield Import(source, self.text(name), self.text(name), self.line(leaf))

    def _function(self, leaf: Leaf, decorators: list[Expression] | None = None) -> Iterable[Statement]:
        modifiers = ["async"] if leaf.children[0].type == "async" else []
        return (
            Function(
                self.text_of(leaf, "name"),
                self._parameters(leaf.child_by_field_name("parameters")),
                self.function_body(leaf.child_by_field_name("body")),
                self.line(leaf),
                decorators or [],
                self.optional(leaf, "return_type"),
                modifiers,
            ),
        )

    def _class(self, leaf: Leaf, decorators: list[Expression] | None = None) -> Iterable[Statement]:
        arguments = leaf.child_by_field_name("superclasses")
        bases = []
        for base in arguments.named_children if arguments else ():
            if base.type != "keyword_argument" and base.type not in self.ignored:
                bases.append(self.expression(base))
                self.note(bases[-1])
        body = self.body(leaf.child_by_field_name("body"))
        return (Class(self.text_of(leaf, "name"), bases, body, self.line(leaf), decorators=decorators or []),)

    def _decorated(self, leaf: Leaf) -> Iterable[Statement]:
        decorators = []
        for child in leaf.named_children:
            if child.type == "decorator":
                decorators.append(self.expression(child.named_children[0]))
                self.note(decorators[-1])
        definition = leaf.child_by_field_name("definition")
        if definition is None:
            return ()
        read = self._class if definition.type == "class_definition" else self._function
        return read(definition, decorators)

    def _return(self, leaf: Leaf) -> Iterable[Statement]:
        return [Return(self.expression(value)) for value in leaf.named_children[:1]]

    def _for(self, leaf: Leaf) -> Iterable[Statement]:
        body = self.body(leaf.child_by_field_name("body"))
        return (Loop(self.field(leaf, "left"), self.field(leaf, "right"), body),)

    def _if(self, leaf: Leaf) -> Iterable[Statement]:
        """Keep both arms, and of the question what compares (`request.method == "POST"`)."""
        condition = leaf.child_by_field_name("condition")
        asked = [] if condition is None else [self.expression(condition)]
        kept: list[Statement] = [question for question in asked if not isinstance(question, Name | Constant | Member)]
        return [*kept, *self.run(child for child in leaf.named_children if child != condition)]

    # --- expressions --------------------------------------------------------------------------------------------

    def _first_child(self, leaf: Leaf) -> Expression:
        inner = [child for child in leaf.named_children if child.type not in self.ignored]
        return self.expression(inner[0]) if inner else Opaque(self.start_of(leaf))

    def _attribute(self, leaf: Leaf) -> Expression:
        return Member(self.expression(leaf.children[0]), self.text(leaf.children[-1]))

    def _call(self, leaf: Leaf) -> Expression:
        function, arguments = leaf.children[0], leaf.children[-1]
        called = self.expression(function)
        if arguments.type != "argument_list":  # f(x for x in y)
            return self.called(called, [], self.line(leaf))
        # The line a person looks for is that of the last name: chains are written over several lines.
        return self.called(called, self._arguments(arguments), function.end_point[0] + 1)

    def _arguments(self, leaf: Leaf) -> list[Argument]:
        arguments = []
        for child in leaf.named_children:
            if child.type == "keyword_argument":
                arguments.append(Argument(self.field(child, "value"), self.text_of(child, "name")))
            elif child.type not in self.ignored:
                arguments.append(Argument(self.expression(child)))
        return arguments

    def _string(self, leaf: Leaf) -> Expression:
        start = self.text(leaf.children[0]) if leaf.children else ""
        if "{" in self.text(leaf) and "f" in start.lower().rstrip("\"'"):
            return self._formatted(leaf, raw="r" in start.lower())
        content = "".join(self.text(child) for child in leaf.named_children if child.type == "string_content")
        return Text(content if "r" in start.lower().rstrip("\"'") else _unescaped(content))

    def _formatted(self, leaf: Leaf, *, raw: bool) -> Expression:
        parts: list[Expression] = []
        for child in leaf.named_children:
            if child.type == "interpolation":
                parts.append(self.expression(child.named_children[0]) if child.named_children else Opaque(""))
            elif child.type == "string_content":
                content = self.text(child).replace("{{", "{").replace("}}", "}")
                parts.append(Text(content if raw else _unescaped(content)))
        return template(parts)

    def _number(self, leaf: Leaf) -> Expression:
        try:
            value = ast.literal_eval(self.text(leaf))
        except (ValueError, SyntaxError):
            return Opaque(self.start_of(leaf))
        return (
            Constant(value)
            if isinstance(value, float) or (isinstance(value, int) and abs(value) < 2**62)
            else Opaque("")
        )

    def _sequence(self, leaf: Leaf) -> Expression:
        return Sequence([self.expression(child) for child in leaf.named_children if child.type not in self.ignored])

    def _mapping(self, leaf: Leaf) -> Expression:
        entries = []
        for child in leaf.named_children:
            if child.type == "pair":
                entries.append(Entry(self.field(child, "key"), self.field(child, "value")))
            elif child.type == "dictionary_splat":
                entries.append(Entry(self._spread(child), Constant(None)))
        return Mapping(entries, self.line(leaf))

    def _subscript(self, leaf: Leaf) -> Expression:
        of, *indexes = (child for child in leaf.named_children if child.type not in self.ignored)
        items = [self.expression(index) for index in indexes]
        return Item(self.expression(of), items[0] if len(items) == 1 else Sequence(items))

    def _generic(self, leaf: Leaf) -> Expression:
        name, *rest = leaf.named_children
        items = [self.expression(item) for parameters in rest for item in parameters.named_children]
        return Item(self.expression(name), items[0] if len(items) == 1 else Sequence(items))

    def _union(self, leaf: Leaf) -> Expression:
        return Operation("|", [self.expression(child) for child in leaf.named_children])

    def _binary(self, leaf: Leaf) -> Expression:
        operator = self.text_of(leaf, "operator")
        operands = [self.field(leaf, "left"), self.field(leaf, "right")]
        return template(operands) if operator == "+" else Operation(operator, operands)

    def _boolean(self, leaf: Leaf) -> Expression:
        operands = [self.field(leaf, "left"), self.field(leaf, "right")]
        return Choice(operands) if self.text_of(leaf, "operator") == "or" else Operation("and", operands)

    def _comparison(self, leaf: Leaf) -> Expression:
        operators = [self.text(child) for child in leaf.children if not child.is_named]
        operands = [self.expression(child) for child in leaf.named_children]
        return Operation(" ".join(operators) or "==", operands)

    def _conditional(self, leaf: Leaf) -> Expression:
        value, _, otherwise = [child for child in leaf.named_children if child.type not in self.ignored][:3]
        return Choice([self.expression(value), self.expression(otherwise)])

    def _spread(self, leaf: Leaf) -> Expression:
        return Spread(self._first_child(leaf))

    def _lambda(self, leaf: Leaf) -> Expression:
        body = leaf.child_by_field_name("body")
        returned = [] if body is None else [Return(self.expression(body))]
        return Function("", self._parameters(leaf.child_by_field_name("parameters")), [*returned], self.line(leaf))

    def _comprehension(self, leaf: Leaf) -> Expression:
        """`[f(x) for x in items]` is `items.map(lambda x: f(x))`."""
        body = leaf.child_by_field_name("body")
        clause = next((child for child in leaf.named_children if child.type == "for_in_clause"), None)
        if body is None or clause is None:
            return self.opaque(leaf)
        target = clause.child_by_field_name("left")
        pattern = None if target is None or target.type == "identifier" else self.expression(target)
        parameter = Parameter(self.text(target) if pattern is None else "item", pattern=pattern)
        function = Function("", [parameter], [Return(self.expression(body))], self.line(leaf))
        return self.called(Member(self.field(clause, "right"), "map"), [Argument(function)], self.line(leaf))

    # --- parameters ---------------------------------------------------------------------------------------------

    def _parameters(self, leaf: Leaf | None) -> list[Parameter]:
        made = [self._parameter(child) for child in leaf.named_children] if leaf is not None else []
        return [parameter for parameter in made if parameter is not None]

    def _parameter(self, leaf: Leaf) -> Parameter | None:
        kind = leaf.type
        if kind == "identifier":
            return Parameter(self.text(leaf))
        if kind in ("default_parameter", "typed_default_parameter"):
            return Parameter(self.text_of(leaf, "name"), self.optional(leaf, "type"), self.optional(leaf, "value"))
        if kind == "typed_parameter":
            name = self.text(leaf.named_children[0])
            return Parameter(
                name.lstrip("*"), self.optional(leaf, "type"), kind=name[: len(name) - len(name.lstrip("*"))]
            )
        if kind in ("list_splat_pattern", "dictionary_splat_pattern"):
            name = self.text(leaf)
            return Parameter(name.lstrip("*"), kind=name[: len(name) - len(name.lstrip("*"))])
        return None


def _unescaped(content: str) -> str:
    if "\\" not in content:
        return content
    try:
        return str(ast.literal_eval(f'"""{content}"""')) if '"""' not in content else content
    except (ValueError, SyntaxError):
        return content
