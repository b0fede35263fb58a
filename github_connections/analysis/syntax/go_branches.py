"""Go's branches.

A case of a switch is one over `case_of(tag, values…)`, which is empty where the tag is known to be another, and
the default's one over `case_else(tag, values of all…)`; the branches of `if flag` and `if !flag` are loops over
`if_true(flag)` and `if_false(flag)`, which are empty where a call is known to have handed over the other; what
follows `if x == nil` is one over `if_nil(x)`, which is empty where there is a router. `if x == "y"` is told apart by
`if_is(x, "y")` and `if_is_not(x, "y")`; `if x != "" { r = r.Group(x) }` and `if len(x) > 0 { r = app.Group(x) }` are
ones over `if_said(x)`, which is empty where nothing is known of the prefix; `if !strings.HasSuffix(x, "/")` is one over
`if_has_no_suffix(x, "/")`. Conditions that compare a request's verb are kept, others are not: in a switch over nothing
each case is a loop over `case_if(conditions…)`, the default over one without any.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from tree_sitter import Node as Leaf

from github_connections.analysis.syntax.go_expressions import GoExpressions
from github_connections.analysis.syntax.nodes import (
    Argument,
    Assign,
    Call,
    Expression,
    Loop,
    Member,
    Name,
    Operation,
    Statement,
    Template,
    Text,
)
from github_connections.analysis.syntax.walking import nodes_in

# `http.MethodPost`, with which a request's verb is compared.
_VERB = re.compile(rb"\w+\.Method[A-Z]\w+|(?:\w+\.)?(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)")
# With which a program asks whether a slash is there before it puts one.
_OF_TEXTS = re.compile(r"strings\.Has(Prefix|Suffix)")
_TWO = 2
# `if len(x) > 0`: there is something.
_NOT_EMPTY = frozenset({(">", "0"), ("!=", "0"), (">=", "1")})
# What a prefix is given to.
_GROUPING = frozenset({"Group", "PathPrefix", "Route"})
# `r.Method != http.MethodPost`, `m != method`.
_OF_VERBS = re.compile(rb"\.Method|\bmethod\b")


class GoBranches(GoExpressions):
    """Lowers `switch` and `if`."""

    def __init__(self) -> None:
        super().__init__()
        self.statements.update({"expression_switch_statement": self._switch, "if_statement": self._if})

    def _switch(self, leaf: Leaf) -> Iterable[Statement]:
        tag = leaf.child_by_field_name("value")
        first = leaf.child_by_field_name("initializer")
        lowered = [] if first is None else list(self.statement(first))
        of = None if tag is None else self.expression(tag)
        cases = [child for child in leaf.named_children if child.type in ("expression_case", "default_case")]
        told = [self._told(case) for case in cases]
        tests_verbs = of is None and any(b".Method" in (case.text or b"") for case in cases)
        for case, values in zip(cases, told, strict=True):
            body = self.run(child for child in case.named_children if child.type != "expression_list")
            if of is None and tests_verbs:
                call = Call(Name("case_if"), [Argument(value) for value in values], self.line(case), False)
                lowered.append(Loop(Name("_"), call, body))
                continue
            if of is None or not body:
                lowered += body
                continue
            name, asked = ("case_of", values) if values else ("case_else", [value for one in told for value in one])
            call = Call(Name(name), [Argument(of), *map(Argument, asked)], self.line(case), False)
            lowered.append(Loop(Name("_"), call, body))
        return lowered

    def _if(self, leaf: Leaf) -> Iterable[Statement]:
        first = leaf.child_by_field_name("initializer")
        if first is None:
            return self._tested(leaf, leaf.named_children)
        others = [child for child in leaf.named_children if child.id != first.id]
        return [*self.statement(first), *self._tested(leaf, others)]

    def _tested(self, leaf: Leaf, inside: list[Leaf]) -> Iterable[Statement]:
        condition = leaf.child_by_field_name("condition")
        asked, is_negated = condition, False
        if asked is not None and asked.type == "unary_expression" and self.text_of(asked, "operator") == "!":
            asked, is_negated = asked.child_by_field_name("operand"), True
        if asked is None:
            return self.run(inside)
        if asked.type == "identifier":
            words = ["if_false", "if_true"] if is_negated else ["if_true", "if_false"]
            return self._branches(leaf, asked, words)
        beginning = _OF_TEXTS.fullmatch(self.text_of(asked, "function"))
        given = asked.child_by_field_name("arguments")
        if beginning is not None and given is not None and len(given.named_children) == _TWO:
            words = [f"if_has_{beginning[1].lower()}", f"if_has_no_{beginning[1].lower()}"]
            text, part = given.named_children
            return self._branches(leaf, text, words[::-1] if is_negated else words, self.expression(part))
        return self._compared(leaf, asked, inside)

    def _compared(self, leaf: Leaf, asked: Leaf, inside: list[Leaf]) -> Iterable[Statement]:
        operator = self.text_of(asked, "operator")
        of, other = asked.child_by_field_name("left"), asked.child_by_field_name("right")
        if asked.type != "binary_expression" or of is None or other is None:
            return [*(self._called([asked]) or self._of_verbs([asked])), *self.run(inside)]
        if (measured := self._measured(of)) is not None and (operator, self.text(other)) in _NOT_EMPTY:
            return self._branches(leaf, measured, ["if_is_not", "if_is"], Text(""))
        if operator in ("==", "!="):
            if other.type == "nil" and operator == "==":
                return self._branches(leaf, of, ["if_nil", ""])
            if other.type == "interpreted_string_literal" or self._is_verb(other):
                words = ["if_is", "if_is_not"]
                return self._branches(leaf, of, words if operator == "==" else words[::-1], self.expression(other))
        called = self._called([of]) if other.type in ("nil", "true", "false") else []
        return [*called, *self._of_verbs([asked]), *self.run(inside)]

    def _called(self, conditions: Iterable[Leaf]) -> list[Statement]:
        """Return what is called with something: `if !decode(w, r, &order) {` is done whatever it gives back."""
        given = [(one, one.child_by_field_name("arguments")) for one in conditions if one.type == "call_expression"]
        return [self.expression(one) for one, arguments in given if arguments is not None and arguments.named_children]

    def _of_verbs(self, conditions: Iterable[Leaf]) -> list[Statement]:
        """Return those conditions that compare a request's verb; the others say nothing of a route."""
        return [self.expression(one) for one in conditions if _OF_VERBS.search(one.text or b"")]

    def _measured(self, leaf: Leaf) -> Leaf | None:
        """Return what is measured by `len(x)`."""
        given = leaf.child_by_field_name("arguments")
        is_length = given is not None and self.text_of(leaf, "function") == "len"
        return given.named_children[0] if is_length and given is not None and given.named_children else None

    @staticmethod
    def _is_verb(leaf: Leaf) -> bool:
        return leaf.type == "selector_expression" and _VERB.fullmatch(leaf.text or b"") is not None

    def _branches(
        self, leaf: Leaf, asked: Leaf, words: list[str], other: Expression | None = None
    ) -> Iterable[Statement]:
        lowered: list[Statement] = []
        for field, word in zip(("consequence", "alternative"), words, strict=True):
            branch = leaf.child_by_field_name(field)
            body = [] if branch is None else list(self.statement(branch))
            if body and word:
                given = [self.expression(asked), *([] if other is None else [other])]
                if other == Text("") and word == "if_is_not":
                    word = "if_said" if _puts_around(body, given[0]) else word
                call = Call(Name(word), [Argument(value) for value in given], self.line(leaf), False)
                lowered.append(Loop(Name("_"), call, body))
            else:
                lowered += body
        return lowered

    def _told(self, case: Leaf) -> list[Expression]:
        listed = case.child_by_field_name("value")
        return [] if listed is None else self._listed(listed)


def _puts_around(body: list[Statement], prefix: Expression) -> bool:
    """`router = router.PathPrefix(base).Subrouter()`, `group = app.Group(base)`, `at = "/" + base`: nothing else."""
    only = body[0] if len(body) == 1 else None
    if not isinstance(only, Assign) or not isinstance(only.target, Name):
        return False
    made: Expression | None = only.value
    while isinstance(made, Call | Member):
        given = made.arguments if isinstance(made, Call) else []
        named = getattr(made.function, "name", "") if isinstance(made, Call) else ""
        if named in _GROUPING and prefix in nodes_in([one.value for one in given]):
            return True
        made = made.function if isinstance(made, Call) else made.of
    return made == only.target or (isinstance(made, Operation | Template) and prefix in nodes_in(made))
