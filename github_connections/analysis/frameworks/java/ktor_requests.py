"""What a Ktor handler reads of a request: `call.receive<Order>()`, `call.parameters["page"]`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from github_connections.analysis.frameworks import rows
from github_connections.analysis.frameworks.java.annotations import is_optional, model_of
from github_connections.analysis.frameworks.java.jvm_handlers import function_of
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import FunctionValue, Value, is_known, type_name
from github_connections.analysis.report import Parameter, ParameterPlace
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import beginning_of, callee, named_arguments, positional_arguments
from github_connections.analysis.syntax.walking import nodes_in

_BODIES = frozenset({"receive", "receiveNullable", "receiveOrNull"})
# Of what a name is asked for, and where that then stands in the request; `parameters` are the path's and the query's.
_PLACES: dict[str, ParameterPlace] = {
    "parameters": "query",
    "pathParameters": "path",
    "queryParameters": "query",
    "rawQueryParameters": "query",
    "headers": "header",
    "header": "header",
    "cookies": "cookie",
    "receiveParameters": "form",
}
# What is asked by itself in an extension of a call.
_OF_CALLS = frozenset({"this", "call", "request", *_PLACES})
_CONTEXTS = ("RoutingContext", "PipelineContext")
_CALLS = ("ApplicationCall", "RoutingCall", *_CONTEXTS)
_GETTERS = frozenset({"get", "getAll", "getOrFail", "getValue"})
_GIVES_UP = ("return", "throw", "error(")
# `?: return 1` of a helper: what stands for what was not sent, and no refusal.
_INSTEAD = re.compile(r"""return(@\w+)?\s+(\d|"|[A-Z][A-Z\d_]*$)""")
_TYPE = "<>"
# Of the nodes of a helper that asks for the names that it is given: `fun ApplicationCall.number(name: String)`.
_MAXIMUM_OF_A_HELPER = 1_000
_MAXIMUM_HANDED_ON = 3  # a handler hands its call to a controller, and that to a helper


def inputs_of(interpreter: Interpreter, handler: Value, in_path: set[str]) -> list[Parameter]:
    """Return what a handler reads, each once; `in_path` are the variables of its path."""
    if not isinstance(handler, FunctionValue):
        return []
    read = _each_once(_Handler(interpreter, handler, "call").inputs())
    return [parameter for parameter in read if parameter.name not in in_path]


def _each_once(read: Iterable[Parameter]) -> list[Parameter]:
    found: dict[tuple[str, str], Parameter] = {}
    for parameter in read:
        known = found.get((parameter.place, parameter.name))
        if known is None or not known.required:
            found[parameter.place, parameter.name] = parameter
    return list(found.values())


def name_of(interpreter: Interpreter, handler: Value) -> str:
    """Return who answers: for a block that only hands on its call, `{ users.login(call) }`, what it hands it to."""
    name = rows.name_of(handler)
    if name or not isinstance(handler, FunctionValue) or len(handler.node.body) != 1:
        return name
    handed = _Handler(interpreter, handler, "call").handed_on()
    # An extension of the call, `call.respondPage(…)`, is one of its words, and answers nothing by itself.
    names = {rows.name_of(function) for node, function, name in handed if name and not _is_word(node)}
    return names.pop() if len(names) == 1 else ""


class _Body(Struct):
    """What stands in a function; each is looked through once."""

    inside: list[nodes.Node]
    assigned: list[nodes.Assign]
    variables: dict[str, nodes.Expression | None]
    # What stands before `?: return` and `?: throw …`: nothing goes on without it.
    needed: set[int]


def _body_of(interpreter: Interpreter, function: nodes.Function) -> _Body:
    known: dict[int, _Body] = interpreter.state.setdefault("ktor bodies", {})
    if id(function) not in known:
        inside = list(nodes_in(list(function.body)))
        assigned = [node for node in inside if isinstance(node, nodes.Assign)]
        variables = {item.target.id: item.value for item in assigned if isinstance(item.target, nodes.Name)}
        needed = {id(inner) for node in inside for inner in _needed_in(node)}
        known[id(function)] = _Body(inside, assigned, variables, needed)
    return known[id(function)]


def nodes_of(interpreter: Interpreter, handler: FunctionValue) -> list[nodes.Node]:
    """Return what stands in a function; each is looked through once."""
    return _body_of(interpreter, handler.node).inside


class _Handler:
    """A function that is given a call, under some name; empty for an extension of the call itself.

    With how far it is from the block of the route, and the texts that it was given.
    """

    def __init__(
        self,
        interpreter: Interpreter,
        handler: FunctionValue,
        name: str,
        depth: int = 0,
        given: dict[str, list[str]] | None = None,
    ) -> None:
        self.interpreter = interpreter
        self.name = name
        self.depth = depth
        # The texts that its parameters stand for, and those of a list of them under the name that a block has for each.
        self.given = given or {}
        self.scope = handler.scope
        body = _body_of(interpreter, handler.node)
        self.nodes, self.assigned, self.variables, self.needed = body.inside, body.assigned, body.variables, body.needed

    def inputs(self) -> Iterator[Parameter]:
        for item in self.assigned:
            yield from self._delegated(item)
        types = {id(item.value): item.type for item in self.assigned if item.type is not None}
        for node in self.nodes:
            if isinstance(node, nodes.Call) and nodes.last_name(node.function) in _BODIES:
                yield from self._body(node, types.get(id(node)))
            elif isinstance(node, nodes.Call) and nodes.last_name(node.function) == "receiveText":
                yield Parameter(name="body", place="body", type="String")
            else:
                yield from self._named(node)
        if self.depth < _MAXIMUM_HANDED_ON:
            for node, function, name in self.handed_on():
                yield from self._inputs_of(function, name, self._given(node, function))

    def _inputs_of(self, function: FunctionValue, name: str, given: dict[str, list[str]]) -> list[Parameter]:
        """Return what a function reads that the call is handed to; looked at once for what it is given."""
        if len(_body_of(self.interpreter, function.node).inside) > _MAXIMUM_OF_A_HELPER:
            given = {}
        known: dict[tuple[object, ...], list[Parameter]] = self.interpreter.state.setdefault("ktor helpers", {})
        key = (id(function.node), name, self.depth, *((one, *texts) for one, texts in given.items()))
        if key not in known:
            inner = _Handler(self.interpreter, function, name, self.depth + 1, given)
            known[key] = _each_once(inner.inputs())
        return known[key]

    def handed_on(self) -> Iterator[tuple[nodes.Call, FunctionValue, str]]:
        """Yield the functions of the program that are given the call, with where they are called and their name for
        it."""
        for node in self.nodes:
            if not isinstance(node, nodes.Call):
                continue
            of = node.function.of if isinstance(node.function, nodes.Member) else None
            position = next((at for at, item in enumerate(node.arguments) if self._is_call(item.value)), None)
            if self._is_call(of) and isinstance(node.function, nodes.Member):
                function, name = self._extension(node.function.name, _CALLS), ""
            elif position is None and isinstance(node.function, nodes.Name):
                function, name = self._extension(node.function.id, _CONTEXTS), "call"
            else:
                function = function_of(self.interpreter, node.function, self.scope) if position is not None else None
                takes = function.node.parameters if isinstance(function, FunctionValue) else []
                name = takes[position].name if position is not None and position < len(takes) else ""
                function = function if name else None
            if isinstance(function, FunctionValue):
                yield node, function, name

    def _given(self, node: nodes.Call, function: FunctionValue) -> dict[str, list[str]]:
        """`call.number("page")`, `call.texts("name", "place")`: the names that a helper of the program asks for."""
        found: dict[str, list[str]] = {}
        unnamed = positional_arguments(node)
        named = named_arguments(node)
        for position, parameter in enumerate(function.node.parameters):
            is_rest = parameter.kind == "*"
            values = unnamed[position:] if is_rest else unnamed[position : position + 1]
            if parameter.name in named:
                values = [named[parameter.name]]
            texts = [text for value in values for text in self._texts(value)]
            if texts:
                found[parameter.name] = texts
                found.update({"it": texts} if is_rest else {})
        return found

    def _texts(self, node: nodes.Expression) -> list[str]:
        """Return the texts that a name stands for, where they are known."""
        if isinstance(node, nodes.Name) and node.id in self.given:
            return self.given[node.id]
        value = self.interpreter.evaluate(node, self.scope)
        return [value] if isinstance(value, str) and is_known(value) else []

    def _is_call(self, node: nodes.Node | None) -> bool:
        if isinstance(node, nodes.Member) and isinstance(node.of, nodes.Name):
            return node.name == self.name == "call"  # `this.call`, `context.call`
        return isinstance(node, nodes.Name) and node.id == (self.name or "this")

    def _extension(self, name: str, owners: tuple[str, ...]) -> Value:
        found = (self.interpreter.extension(owner, name, self.scope.file) for owner in owners)
        return next((function for function in found if isinstance(function, FunctionValue)), None)

    @staticmethod
    def _body(node: nodes.Call, said: nodes.Expression | None) -> Iterator[Parameter]:
        kind = next((argument.value for argument in node.arguments if argument.name == _TYPE), said)
        if kind is not None:
            required = nodes.last_name(node.function) == "receive"
            yield Parameter(name="body", place="body", type=type_name(kind), required=required, model=model_of(kind))

    def _delegated(self, item: nodes.Assign) -> Iterator[Parameter]:
        """`val page: Int by call.queryParameters`: called like the variable."""
        if "by" in item.modifiers and item.value is not None and isinstance(item.target, nodes.Name):
            place = self._place(item.value)
            if place is not None:
                required = not is_optional(item.type)
                yield Parameter(name=item.target.id, place=place, type=type_name(item.type), required=required)

    def _named(self, node: nodes.Node) -> Iterator[Parameter]:
        asked = _asked(node)
        place = self._place(asked[0]) if asked else None
        if asked is None or place is None:
            return
        required = asked[2] or id(node) in self.needed
        for name in self._texts(asked[1]):
            yield Parameter(name=name, place=place, type=asked[3], required=required)

    def _place(self, of: nodes.Expression) -> ParameterPlace | None:
        if isinstance(of, nodes.Name) and of.id != self.name:
            value = self.variables.get(of.id)
            of = value if value is not None else of
        last = callee(of)
        inside = list(nodes_in(of))
        is_of_call = any(self._is_call(inner) for inner in inside) if self.name else beginning_of(of) in _OF_CALLS
        is_answer = any(nodes.last_name(inner) == "response" for inner in inside)
        return _PLACES.get(nodes.last_name(last)) if is_of_call and not is_answer else None


def _is_word(node: nodes.Call) -> bool:
    """`respondPage("x")` is a word of the context, `listUsers()` is who answers."""
    return isinstance(node.function, nodes.Name) and bool(node.arguments)


def _asked(node: nodes.Node) -> tuple[nodes.Expression, nodes.Expression, bool, str] | None:
    """Return what is asked for which name, whether it must be there, and of what type it is then made."""
    match node:
        case nodes.Item(of=of, index=index):
            return of, index, False, ""
        case nodes.Call(function=nodes.Member(of=of, name="header"), arguments=[nodes.Argument(value=index), *_]):
            return nodes.Member(of, "header"), index, False, ""
        case nodes.Call(function=nodes.Member(of=of, name=name), arguments=[nodes.Argument(value=index), *_]):
            return (of, index, name in ("getOrFail", "getValue"), "") if name in _GETTERS else None
        # `getOrFail<Int>("page")`, which the grammar takes for comparisons.
        case nodes.Operation(
            operator=">",
            operands=[
                nodes.Operation(operator="<", operands=[nodes.Member(of=of, name="getOrFail"), kind]),
                index,
            ],
        ):
            return of, index, True, type_name(kind)
    return None


def _needed_in(node: nodes.Node) -> Iterator[nodes.Node]:
    match node:
        case nodes.Choice(options=[first, nodes.Opaque(source=source), *_]) if source.startswith(_GIVES_UP):
            if not _INSTEAD.match(source):
                yield from nodes_in(first)
