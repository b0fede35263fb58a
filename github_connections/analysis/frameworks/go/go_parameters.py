"""What a handler of Go takes beside its path: what it reads by name, and what it fills variables with.

What it hands its request to is read with it: `page, size := paginate(c)`, `decode[Order](r)`.
"""

from __future__ import annotations

import re

from msgspec import Struct
from msgspec.structs import replace

from github_connections.analysis.frameworks import rows
from github_connections.analysis.frameworks.go import go_fields
from github_connections.analysis.frameworks.go.go_reads import Reads, is_handed
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.parameters import receiver
from github_connections.analysis.linking.routing import Reached
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import FunctionValue, type_name
from github_connections.analysis.report import Parameter, ParameterPlace
from github_connections.analysis.syntax import nodes

# A method that fills a variable → where from; one of a query says its fields.
_FILLING: dict[str, ParameterPlace] = {
    **dict.fromkeys(("ShouldBindJSON", "BindJSON", "ShouldBind", "Bind", "ShouldBindBodyWith", "BodyParser"), "body"),
    **dict.fromkeys(("DecodeJSON", "Decode", "ReadJSON", "MustBindWith", "ShouldBindXML"), "body"),
    **dict.fromkeys(("ShouldBindBodyWithJSON", "BindXML", "BindYAML", "ShouldBindYAML"), "body"),
    **dict.fromkeys(("ShouldBindQuery", "BindQuery", "QueryParser"), "query"),
    **dict.fromkeys(("ShouldBindHeader", "BindHeader", "BindHeaders", "ReqHeaderParser"), "header"),
    **dict.fromkeys(("ShouldBindUri", "BindUri", "ParamsParser", "BindPathParams"), "path"),
}
# What is called on `c.Bind()` in Fiber.
_BOUND: dict[str, ParameterPlace] = {
    **dict.fromkeys(("Body", "JSON", "XML", "CBOR", "Form", "All", "Custom"), "body"),
    "Query": "query",
    "Header": "header",
    "URI": "path",
    "Cookie": "cookie",
}
# A struct that the handler declares where it needs it: its fields are what the route takes.
_UNNAMED = re.compile(r"struct_\d")
# What stands for the type that a function is given: `func decode[T any](r *http.Request) (T, error)`.
_TYPE_PARAMETER = re.compile(r"[A-Z][A-Za-z]?|(?:Req|Request|Body|In|Input|Data|Model|Payload)T?|T[A-Z]\w*")
_OF_BODIES = re.compile(
    r"(?:decode|bind|read|parse|unmarshal)_?(?:and_?validate_?)?(?:json|body|request|payload)\w*\Z", re.IGNORECASE
)
_WITHOUT_A_BODY = rows.WITHOUT_BODY | {"OPTIONS"}
# Functions that hand the request on to each other; each is read once for what it is given.
_MAXIMUM_DEPTH = 3
_TO_AND_FROM = 2


def parameters(interpreter: Interpreter, item: Reached) -> list[Parameter]:
    """Return what a route's handler reads by name, and what it fills variables with, in the order it does."""
    handler = item.route.handler
    if not isinstance(handler, FunctionValue):
        return []
    known: dict[_Key, tuple[FunctionValue, list[Parameter]]] = interpreter.state.setdefault("go parameters", {})
    key = (id(handler.node), id(handler.scope), id(handler.this), *item.route.methods)
    if key not in known:
        known[key] = handler, _Reader(interpreter, handler, item.route.methods).read()
    may_send = not rows.READING.issuperset(item.route.methods)
    return [one for one in known[key][1] if may_send or one.place not in rows.BROUGHT]


# What a function is read for: itself, the verbs, and what it is given.
_Key = tuple[object, ...]


class _Type(Struct):
    """A type as it is written, and where; what is filled is called as it is where somebody declared it."""

    written: nodes.Expression
    scope: Scope
    variable: str = ""


def _inside(interpreter: Interpreter, function: FunctionValue) -> Scope:
    """Return the names that a function sees, that of what it is a method of with them."""
    scope, node = Scope(function.scope.file, function.scope, function.node), function.node
    if node.receiver is not None:
        scope.names[node.receiver_name] = receiver(interpreter, node, function.this, function.scope)
    return scope


class _Reader:
    """Reads the calls of one function: a handler, or what one hands its request on to."""

    def __init__(
        self,
        interpreter: Interpreter,
        function: FunctionValue,
        methods: list[str],
        given: dict[str, _Type] | None = None,
        argument: _Type | None = None,
        depth: int = 0,
    ) -> None:
        self._interpreter = interpreter
        self._methods = methods
        self._scope = _inside(interpreter, function)
        # The types of what the function is given to fill, and the one that it is made for.
        self._given = given or {}
        self._argument = argument
        self._depth = depth
        self._has_body = not set(methods) <= _WITHOUT_A_BODY
        self._reads = Reads(function.node, methods)

    def read(self) -> list[Parameter]:
        """Return what the calls read of the request, in their order, each once."""
        read: dict[tuple[str, str], Parameter] = {}
        for asked in self._reads.asked:
            found = list(self._reads.named(asked))
            if not found and isinstance(asked, nodes.Call):
                found = self._filled_by(asked) or self._handed_on(asked)
            for one in found:
                read.setdefault((one.name, one.place), one)
        return list(read.values())

    def _filled_by(self, call: nodes.Call) -> list[Parameter]:
        name = nodes.last_name(call.function)
        given = [one.value for one in call.arguments]
        of = call.function.of if isinstance(call.function, nodes.Member) else None
        if not given:
            return []
        is_first = isinstance(given[0], nodes.Name) and given[0].id in self._reads.handed
        # `order.Bind(c)` and `order.bind(c, &stored)` are the program's own, and fill what they are called on.
        is_binding = name.lower() == "bind"
        is_own = len(given) == 1 or (is_binding and isinstance(of, nodes.Name) and of.id in self._reads.assigned)
        if is_first and is_own and of is not None:
            return self._filled("Bind" if is_binding else name, of)
        values = self._reads.values_in(given[1]) if name == "Decode" and len(given) == _TO_AND_FROM else None
        if values is not None:  # `schema.NewDecoder().Decode(&order, r.PostForm)`
            return self._filled(name, given[0], values)
        if name == "Unmarshal":
            return self._filled("Decode", given[-1]) if self._reads.is_body(given[0]) else []
        if isinstance(of, nodes.Call) and nodes.last_name(of.function) == "Bind" and name in _BOUND:
            return self._filled(name, given[0], _BOUND[name])
        return self._filled(name, given[0 if name == "ShouldBindBodyWith" else -1])

    def _filled(self, name: str, given: nodes.Expression, place: ParameterPlace | None = None) -> list[Parameter]:
        place = place or _FILLING.get(name) or ("body" if _OF_BODIES.search(name) else None)
        if place is None or not isinstance(given, nodes.Name):
            return []
        kind = self._type_of(given.id)
        if kind is None:
            return []
        if place == "body" and name in ("ShouldBind", "Bind") and not self._has_body:
            place = "query"
        written = type_name(kind.written)
        if place != "body" or _UNNAMED.match(written):
            struct = self._interpreter.evaluate(kind.written, kind.scope)
            return list(go_fields.of_struct(self._interpreter, struct, place))
        return [Parameter(name=kind.variable or given.id, place="body", type=written, model=written)]

    def _type_of(self, name: str) -> _Type | None:
        """`var order Order`, `order := Order{}`, `order := new(Order)`, `order := NewOrder()`; what a caller has."""
        if name in self._given:
            return self._given[name]
        assigned = self._reads.assigned.get(name)
        if assigned is None:
            return None
        made = assigned.value
        if assigned.type is not None or not isinstance(made, nodes.Call):
            return self._told(assigned.type)
        if made.function == nodes.Name("new") and made.arguments:
            return self._told(made.arguments[0].value)
        if not isinstance(made.function, nodes.Name | nodes.Member):
            return None
        return self._told(made.function) if made.new else self._returned_by(made.function)

    def _told(self, written: nodes.Expression | None) -> _Type | None:
        """Return a type, or the one that stands for it: `T` of `decode[Order](r)`."""
        if written is None:
            return None
        stands_for_another = isinstance(written, nodes.Name) and _TYPE_PARAMETER.fullmatch(written.id)
        if self._argument is not None and stands_for_another:
            return self._argument
        return _Type(written, self._scope)

    def _returned_by(self, function: nodes.Expression) -> _Type | None:
        """`order := NewOrder()`, of a function of the program."""
        called = self._interpreter.evaluate(function, self._scope)
        if not isinstance(called, FunctionValue):
            return None
        returned = called.node.returns
        if isinstance(returned, nodes.Sequence) and returned.items:
            returned = returned.items[0]
        return _Type(returned, called.scope) if isinstance(returned, nodes.Name | nodes.Member) else None

    def _handed_on(self, call: nodes.Call) -> list[Parameter]:
        """Return what a function of the program reads that is handed the request."""
        if self._depth >= _MAXIMUM_DEPTH or not self._reads.is_handed_on(call):
            return []
        made_for = call.function.index if isinstance(call.function, nodes.Item) else None
        function = call.function.of if isinstance(call.function, nodes.Item) else call.function
        if not isinstance(function, nodes.Name | nodes.Member):
            return []
        called = self._called(function)
        if called is None:
            return []
        argument = None if made_for is None else _Type(made_for, self._scope)
        given = self._types_given(called.node, call)
        types = [part for name, kind in given.items() for part in (name, id(kind.written), kind.variable)]
        key = (id(called.node), id(made_for), self._depth, *types, *self._methods)
        known: dict[_Key, list[Parameter]] = self._interpreter.state.setdefault("go helpers", {})
        if key not in known:
            inner = _Reader(self._interpreter, called, self._methods, given, argument, self._depth + 1)
            known[key] = inner.read()
        return known[key]

    def _called(self, function: nodes.Name | nodes.Member) -> FunctionValue | None:
        """Return a function of the program; of what the body makes by `action := NewAction(…)`, its type's method."""
        of = function.of if isinstance(function, nodes.Member) else None
        made = self._type_of(of.id) if isinstance(of, nodes.Name) and of.id in self._reads.assigned else None
        if made is None:
            called = self._interpreter.evaluate(function, self._scope)
        else:
            kind = nodes.last_name(made.written)
            called = self._interpreter.extension(kind, nodes.last_name(function), made.scope.file)
        return called if isinstance(called, FunctionValue) else None

    def _types_given(self, node: nodes.Function, call: nodes.Call) -> dict[str, _Type]:
        told: dict[str, _Type] = {}
        for one, given in zip(node.parameters, call.arguments, strict=False):
            if isinstance(given.value, nodes.Name) and not is_handed(type_name(one.type)):
                kind = self._type_of(given.value.id)
                if kind is not None:
                    told[one.name] = replace(kind, variable=kind.variable or given.value.id)
        return told
