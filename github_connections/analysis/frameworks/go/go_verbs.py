"""The verbs that a handler of Go tells apart by itself.

`mux.HandleFunc("/users", users)` answers every verb, and its function says which: `switch r.Method`, or
`if r.Method != http.MethodPost { http.Error(…) }`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct, field

from github_connections.analysis import http_verbs
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import FunctionValue, ObjectValue, Value, items_or_itself
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

VERBS = tuple(map(str.upper, http_verbs.ALL))
# Of what refuses a verb beside the handler's own errors: nothing but that.
_SHORT = 3
_NOT_ALLOWED = re.compile(r"not_?\s?allowed|not supported|invalid.?method|unsupported.?method", re.IGNORECASE)
_VERB_NOT_ALLOWED = re.compile(r"method_?\s?not_?\s?allowed", re.IGNORECASE)
_REFUSED = re.compile(
    r"not_?\s?(allowed|found|supported)|bad_?request|invalid|unsupported|(?:\b|_)error", re.IGNORECASE
)
_REFUSING = frozenset({400, 404, 405, 501})
_READING = frozenset({"ParseForm", "ParseMultipartForm", "FormValue", "PostFormValue", "FormFile", "Decode", "ReadAll"})
_METHODS = re.compile(r"(?:http)?_?(?:method|verb)s?", re.IGNORECASE)
_BRANCHES = frozenset({"case_of", "case_else", "if_is", "if_is_not"})


def taken_by(interpreter: Interpreter, handler: Value) -> list[str]:
    """Return the verbs that a handler tells apart; none where it takes them all, or nothing is known of it."""
    if isinstance(handler, ObjectValue):
        if verbs := _verbs_held_by(handler):
            return verbs
        cls = handler.cls
        handler = interpreter.extension(cls.node.name, "ServeHTTP", cls.scope.file) if cls is not None else None
    return _told_apart(interpreter, handler) if isinstance(handler, FunctionValue) else []


def let_through(layer: Value) -> list[str]:
    """Return the verbs that what stands around a handler lets through: `onlyPost(save)`, `only("POST", save)`.

    Nothing of what looks at the verb for another reason, as what checks a form's token does. Of an object that holds
    a handler, `Route{methods: []string{"GET"}, handler: list}`, the verbs that it holds beside.
    """
    if isinstance(layer, ObjectValue):
        held = [inner for name, inner in layer.fields.items() if _METHODS.fullmatch(name)]
        said = [one for inner in held for one in items_or_itself(inner)]
        return [one.upper() for one in said if isinstance(one, str) and one.upper() in VERBS]
    is_closure = isinstance(layer, FunctionValue) and not layer.node.name
    return _Dispatch.of(layer) if is_closure and _says(layer.node.body, _VERB_NOT_ALLOWED, 405) else []


def body_for(node: nodes.Function, methods: list[str]) -> list[nodes.Statement]:
    """Return what a function does for these verbs, without the branches that are for others."""
    return list(_Dispatch.reading(node).kept(node.body, set(methods)))


def _told_apart(interpreter: Interpreter, handler: FunctionValue) -> list[str]:
    """Return the verbs of a function's tests; of a table's entry at hand, those that it has something for."""
    taken = _Dispatch.of(handler) or _checked_first(interpreter, handler)
    entries = [one for one in handler.scope.names.values() if isinstance(one, ObjectValue)] if taken else []
    held = {verb for one in entries for verb in _verbs_held_by(one)}
    return [verb for verb in taken if verb in held] or taken


def _checked_first(interpreter: Interpreter, handler: FunctionValue) -> list[str]:
    """`if !requirePOST(w, r) { return }`: the verbs that a function which is asked first lets through."""
    for statement in handler.node.body[:_SHORT]:
        name = statement.function if isinstance(statement, nodes.Call) else None
        checked = interpreter.evaluate(name, handler.scope) if isinstance(name, nodes.Name | nodes.Member) else None
        if isinstance(checked, FunctionValue) and checked.node.returns == nodes.Name("bool"):
            return _Dispatch.of(checked)
    return []


def _verbs_held_by(value: ObjectValue) -> list[str]:
    """`Command{Path: "/users", GET: list, POST: create}`, and with objects that have the functions.

    An object that is not written in the entry stands in for what the entry does not say.
    """
    fields = {name.upper(): inner for name, inner in value.fields.items()}
    seen: set[int] = set()
    held: list[str] = []
    for verb in VERBS:
        inner = fields.get(verb)
        is_own = not isinstance(inner, ObjectValue) or (
            inner.place.file == value.place.file and inner.place.line >= value.place.line
        )
        if inner is not None and is_own and id(inner) not in seen and _has_a_function(inner):
            held.append(verb)
        seen.add(id(inner))
    return held


def _has_a_function(value: Value) -> bool:
    inner = value.fields.values() if isinstance(value, ObjectValue) else [value]
    return any(isinstance(one, FunctionValue) for one in inner)


class _Dispatch(Struct):
    """What a function's tests of the verb come to."""

    # Names that stand for the verb: `method := r.Method`.
    names: set[str]
    scope: Scope | None = None
    taken: list[str] = field(default_factory=list)
    refused: bool = False
    served: bool = False
    has_cases: bool = False

    @classmethod
    def of(cls, function: FunctionValue) -> list[str]:
        made = cls.reading(function.node)
        made.scope = function.scope
        made.look_at(function.node.body)
        return made.result(function.node)

    @classmethod
    def reading(cls, node: nodes.Function) -> _Dispatch:
        made = cls(set())
        assigned = [one for one in node.body if isinstance(one, nodes.Assign) and one.value is not None]
        made.names = {
            one.target.id for one in assigned if isinstance(one.target, nodes.Name) and made.is_verb(one.value)
        }
        return made

    def is_verb(self, value: nodes.Expression | None) -> bool:
        """Tell whether an expression is the request's verb: `r.Method`, `c.Request().Method`, `c.Method()`."""
        if isinstance(value, nodes.Call):
            given = [one.value for one in value.arguments]
            value = given[0] if len(given) == 1 else value.function
        return getattr(value, "name", "") == "Method" or (isinstance(value, nodes.Name) and value.id in self.names)

    def kept(self, body: list[nodes.Statement], methods: set[str]) -> Iterator[nodes.Statement]:
        """Yield the statements of a body that are for these verbs, too."""
        for statement in body:
            if not isinstance(statement, nodes.Loop):
                yield statement
            elif not self._is_for_others(statement, methods):
                yield nodes.Loop(statement.target, statement.iterable, list(self.kept(statement.body, methods)))

    def _is_for_others(self, loop: nodes.Loop, methods: set[str]) -> bool:
        name, given = _asked_before(loop)
        if name == "case_if":
            verbs = {verb for one in given for operator, verb in self.comparisons(one) if operator == "=="}
        elif name in _BRANCHES and given and self.is_verb(given[0]):
            verbs = {verb for one in given[1:] if (verb := _verb_of(one))}
        else:
            return False
        others = name in ("case_else", "if_is_not")
        return bool(verbs) and (methods <= verbs if others else methods.isdisjoint(verbs))

    def look_at(self, body: list[nodes.Statement]) -> None:
        before: nodes.Statement | None = None
        for position, statement in enumerate(body):
            if isinstance(statement, nodes.Loop):
                self._branch(statement, before)
            elif isinstance(statement, nodes.Operation):
                self._compared(statement, body[position + 1 : position + 1 + _SHORT])
            before = statement

    def _branch(self, loop: nodes.Loop, before: nodes.Statement | None) -> None:
        name, given = _asked_before(loop)
        if name == "case_if":
            self._case(given, loop.body)
            return
        if name not in _BRANCHES or not given or not self.is_verb(given[0]):
            self.look_at(loop.body)
            return
        verbs = [verb for value in given[1:] if (verb := _verb_of(value))]
        if name in ("case_of", "if_is"):
            if not _only_refuses(loop.body):
                self.taken += verbs
        elif name == "case_else" or _is_otherwise(loop, before):
            self._others(loop.body)
        elif _refuses(loop.body):
            self.taken += verbs
            self.refused = True

    def _case(self, conditions: list[nodes.Expression], body: list[nodes.Statement]) -> None:
        """`switch { case r.Method == "GET": … default: … }`."""
        self.has_cases = True
        if not conditions:
            self._others(body)
        elif not _only_refuses(body):
            self.taken += [verb for one in conditions for operator, verb in self.comparisons(one) if operator == "=="]

    def _others(self, body: list[nodes.Statement]) -> None:
        known = len(self.taken)
        self.look_at(body)
        if len(self.taken) == known:
            self.refused = self.refused or _refuses(body)
            self.served = self.served or not _refuses(body)

    def comparisons(self, condition: nodes.Expression) -> list[tuple[str, str]]:
        """Return the operators and verbs with which the request's is compared."""
        return [
            (node.operator, verb)
            for node in nodes_in(condition)
            if isinstance(node, nodes.Operation) and len(node.operands) == 2  # left and right
            for of, other in (node.operands, node.operands[::-1])
            if self.is_verb(of) and (verb := _verb_of(other) or self._handed(other))
        ]

    def _handed(self, value: nodes.Expression) -> str:
        """Return the verb that a closure's maker was given: `func only(verb string, next http.HandlerFunc) …`."""
        holder = self.scope.holder_of(value.id) if self.scope is not None and isinstance(value, nodes.Name) else None
        held = holder.names[value.id] if holder is not None and isinstance(value, nodes.Name) else None
        return held if isinstance(held, str) and held in VERBS else ""

    def _compared(self, condition: nodes.Operation, after: list[nodes.Statement]) -> None:
        """`if r.Method != "GET" && r.Method != "POST" {…}`, and the cases of a switch over nothing."""
        compared = self.comparisons(condition)
        is_refusal = any(operator == "!=" for operator, _ in compared)
        if not is_refusal or _refuses(after):
            self.taken += [verb for _, verb in compared]
            self.refused = self.refused or is_refusal

    def result(self, node: nodes.Function) -> list[str]:
        # `OPTIONS` is what is asked before the request proper.
        taken = [verb for verb in dict.fromkeys(self.taken) if verb != "OPTIONS"]
        if set(taken) <= {"HEAD"}:
            return []
        is_all = self.refused or self.has_cases or _says(node.body, _NOT_ALLOWED)
        if is_all and not (self.served and not self.refused):
            return taken
        if "GET" not in taken:
            return ["GET", *taken] if self.served or _goes_on(node) else taken
        if taken != ["GET"]:
            return taken
        called = {
            one.function.name
            for one in nodes_in(node.body)
            if isinstance(one, nodes.Call) and hasattr(one.function, "name")
        }
        return ["GET", "POST"] if self.served or not _READING.isdisjoint(called) else []


def _asked_before(branch: nodes.Loop) -> tuple[str, list[nodes.Expression]]:
    """Return what a branch was lowered to, `case_of`, with what is asked; nothing for a loop of the program."""
    match branch.iterable:
        case nodes.Call(function=nodes.Name(id=name), arguments=arguments):
            return name, [one.value for one in arguments]
    return "", []


def _verb_of(value: nodes.Expression) -> str:
    """`"GET"`, `http.MethodGet`."""
    said = value.value if isinstance(value, nodes.Text) else nodes.last_name(value)
    verb = said.removeprefix("Method").upper() if isinstance(said, str) else ""
    return verb if verb in VERBS else ""


def _is_otherwise(loop: nodes.Loop, before: nodes.Statement | None) -> bool:
    """Tell whether this is what a test before it leaves: `if r.Method == "GET" {…} else {…}`."""
    if not isinstance(before, nodes.Loop) or not isinstance(before.iterable, nodes.Call):
        return False
    return isinstance(loop.iterable, nodes.Call) and before.iterable.arguments == loop.iterable.arguments


def _goes_on(node: nodes.Function) -> bool:
    """Tell whether something is done after the tests of the verb."""
    last = node.body[-1] if node.body else None
    return last is not None and not isinstance(last, nodes.Loop)


def _only_refuses(body: list[nodes.Statement]) -> bool:
    return len(body) <= _SHORT and _says(body, _NOT_ALLOWED)


def _refuses(body: list[nodes.Statement]) -> bool:
    return _says(body, _REFUSED)


def _says(body: list[nodes.Statement], words: re.Pattern[str], *statuses: int) -> bool:
    """Tell whether a name, a text or a status in a body is of these words, or one of these that refuse."""
    for node in nodes_in(body):
        if isinstance(node, nodes.Constant) and node.value in (statuses or _REFUSING):
            return True
        said = nodes.last_name(node) or getattr(node, "value", "")
        if isinstance(said, str) and words.search(said):
            return True
    return False
