"""Python."""

from __future__ import annotations

from collections.abc import Iterable

import tree_sitter_python
from tree_sitter import Language
from tree_sitter import Node as Leaf

from github_connections.analysis.syntax import python_set_up
from github_connections.analysis.syntax.lowering import SHORT_FUNCTION
from github_connections.analysis.syntax.nodes import (
    Assign,
    Choice,
    Class,
    Constant,
    Expression,
    Function,
    Import,
    Item,
    Loop,
    Member,
    Name,
    Return,
    Statement,
)
from github_connections.analysis.syntax.python_expressions import PythonExpressions


class PythonLowering(PythonExpressions):
    """Reads Python 3; decorators are kept on what they decorate, docstrings stay the first statement of a body."""

    language = "python"
    grammar = Language(tree_sitter_python.language())

    def __init__(self) -> None:
        super().__init__()
        self.statements.update(
            {
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
                "elif_clause": self._if,
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
        )

    def _begin(self, source: bytes) -> None:
        super()._begin(source)
        self._set_up: list[int] | None = None

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

    def may_matter(self, start: int, end: int) -> bool:
        """Tell whether something of set-up stands between two places of the source."""
        if self._set_up is None:
            self._set_up = python_set_up.places(self.source)
        return python_set_up.is_between(self._set_up, start, end)

    def function_body(self, leaf: Leaf | None) -> list[Statement]:
        """Lower a function's body; how long it is says the code, not the text that describes it."""
        first = leaf.named_children[0] if leaf is not None and leaf.named_children else None
        if leaf is not None and first is not None and first.type == "expression_statement":
            described = first.named_children[:1]
            if described and described[0].type == "string" and leaf.end_byte - first.end_byte <= SHORT_FUNCTION:
                return self.body(leaf)
        return super().function_body(leaf)

    def _class(self, leaf: Leaf, decorators: list[Expression] | None = None) -> Iterable[Statement]:
        arguments = leaf.child_by_field_name("superclasses")
        bases = []
        for base in arguments.named_children if arguments else ():
            if base.type != "keyword_argument" and base.type not in self.ignored:
                bases.append(self.expression(base))
                self.note(bases[-1].of if isinstance(bases[-1], Item) else bases[-1])
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
        missing, first = self._asked_for(condition), leaf.child_by_field_name("consequence")
        yield from kept
        for statement in self.run(child for child in leaf.named_children if child == first):
            match statement:
                case Assign(target=Name() as target, value=value, operator="=") if (
                    target == missing and value is not None
                ):
                    yield Assign(target, Choice([target, value]), statement.line, statement.type)
                case _:
                    yield statement
        yield from self.run(child for child in leaf.named_children if child not in (condition, first))

    def _asked_for(self, condition: Leaf | None) -> Name | None:
        """Return the variable that holds nothing by a condition: `if not pages: pages = ALL` is `pages or ALL`."""
        kind = condition.type if condition is not None else ""
        is_none = kind == "comparison_operator" and condition is not None and self.text(condition).endswith(" is None")
        if condition is None or not (kind == "not_operator" or is_none):
            return None
        asked = self.expression(condition.named_children[0]) if condition.named_children else None
        return asked if isinstance(asked, Name) else None
