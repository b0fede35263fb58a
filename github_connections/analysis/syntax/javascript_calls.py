"""JavaScript's calls, `new`, and the members that are called."""

from __future__ import annotations

from collections.abc import Iterable

from tree_sitter import Node as Leaf

from github_connections.analysis.syntax.javascript_literals import LiteralLowering
from github_connections.analysis.syntax.nodes import Argument, Expression, Member, Name, Sequence, Template, Text

TYPE_ARGUMENTS = "<>"
# A file's own place; one name each, as `__dirname` is in CommonJS.
_TYPED = frozenset({"as_expression", "satisfies_expression"})
_OWN_PLACE = frozenset({"url", "filename", "dirname"})


class CallLowering(LiteralLowering):
    """Lowers calls and their arguments."""

    def __init__(self) -> None:
        super().__init__()
        self.expressions.update(
            {
                "call_expression": self._call,
                "member_expression": self._member,
                "meta_property": self._meta_property,
                "new_expression": self._new,
            }
        )

    def _call(self, leaf: Leaf) -> Expression:
        function = leaf.child_by_field_name("function")
        given = leaf.child_by_field_name("arguments")
        if function is None or given is None:
            return self.opaque(leaf)
        if function.type == "member_expression":
            # Not by `expression`: one link of a chain is one level deep.
            called: Expression = self._member(function)
            line = self.line(function.named_children[-1])
        else:
            called = self.expression(function)
            line = self.line(leaf)
        arguments = [Argument(self.expression(given))] if given.type == "template_string" else self.arguments(given)
        if isinstance(called, Name) and called.id in {"require", "import"}:
            self.required.update(first.value.value for first in arguments[:1] if isinstance(first.value, Text))
        if isinstance(called, Member) and arguments and _begins_a_path(arguments[0].value):
            owner = called.of
            self.words.add(f"{getattr(owner, 'id', '') or getattr(owner, 'name', '')}.{called.name}")
        return self.called(called, [*arguments, *self._type_arguments(leaf)], line)

    def _new(self, leaf: Leaf) -> Expression:
        given = leaf.child_by_field_name("arguments")
        arguments = [] if given is None else self.arguments(given)
        return self.called(self.field(leaf, "constructor"), arguments, self.line(leaf), new=True)

    def arguments(self, leaf: Leaf) -> list[Argument]:
        """Lower the arguments of a call."""
        return [Argument(self.expression(child)) for child in leaf.named_children if child.type != "comment"]

    def _type_arguments(self, leaf: Leaf) -> Iterable[Argument]:
        if leaf.named_child_count > 2:  # the function and its arguments
            types = leaf.child_by_field_name("type_arguments")
            if types is not None:
                yield Argument(Sequence(self.types(types.named_children)), TYPE_ARGUMENTS)

    def _member(self, leaf: Leaf) -> Expression:
        children = leaf.named_children
        of, name = children[0], self.text(children[-1])
        if of.type in _TYPED:  # `memo(Row) as (row: Props) => React.JSX.Element`: the name is the type's
            return self.expression(of)
        if of.type == "meta_property" and name in _OWN_PLACE:
            return Name(f"import.meta.{name}")
        return Member(self.expression(of), name)

    def _meta_property(self, leaf: Leaf) -> Expression:
        of, _, name = self.text(leaf).partition(".")
        return Member(Name(of), name)


def _begins_a_path(value: Expression) -> bool:
    """`"/users"`, `` `/users/${id}` ``, `` `${PREFIX}/users` ``."""
    parts = value.parts[:2] if isinstance(value, Template) else [value]
    return any(isinstance(part, Text) and part.value.startswith("/") for part in parts)
