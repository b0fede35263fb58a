"""What a handler of Go reads of its request beside the path: `c.Query("page")`, `c.ShouldBindJSON(&order)`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from github_connections.analysis import go_tags
from github_connections.analysis.frameworks import go_verbs, rows
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.routing import Reached
from github_connections.analysis.linking.values import ClassValue, FunctionValue, type_name
from github_connections.analysis.report import Parameter, ParameterPlace
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

# A method that is given a name → where what it reads stands, in Gin, Echo, Fiber and net/http.
_BY_NAME: dict[str, ParameterPlace] = {
    **dict.fromkeys(("Query", "DefaultQuery", "GetQuery", "QueryArray", "GetQueryArray", "QueryMap"), "query"),
    **dict.fromkeys(("QueryParam", "QueryInt", "QueryBool", "QueryFloat"), "query"),
    **dict.fromkeys(("PostForm", "DefaultPostForm", "GetPostForm", "PostFormArray"), "form"),
    **dict.fromkeys(("FormValue", "PostFormValue"), "form"),
    "FormFile": "file",
    "GetHeader": "header",
    **dict.fromkeys(("Cookie", "Cookies"), "cookie"),
}
# What functions of the program are called that read it: `queryInt(r, "page", 1)`.
_BY_WORD: tuple[tuple[str, ParameterPlace], ...] = (
    ("query", "query"),
    ("formfile", "file"),
    ("form", "form"),
    ("header", "header"),
    ("cookie", "cookie"),
)
_TYPES = {"QueryInt": "int", "QueryBool": "bool", "QueryFloat": "float64"}
# A method that fills a variable → where from; one of a query says its fields.
_FILLING: dict[str, ParameterPlace] = {
    **dict.fromkeys(("ShouldBindJSON", "BindJSON", "ShouldBind", "Bind", "ShouldBindBodyWith", "BodyParser"), "body"),
    **dict.fromkeys(("DecodeJSON", "Decode", "ReadJSON", "MustBindWith", "ShouldBindXML"), "body"),
    **dict.fromkeys(("ShouldBindQuery", "BindQuery", "QueryParser"), "query"),
}
_MAPS: dict[str, ParameterPlace] = {"Header": "header", "Form": "form", "PostForm": "form"}
# A struct that the handler declares where it needs it: its fields are what the route takes.
_UNNAMED = re.compile(r"struct_\d")
_NAME = re.compile(r"[\w.\[\]-]+")
_OF_BODIES = re.compile(
    r"(?:decode|bind|read|parse|unmarshal)_?(?:and_?validate_?)?(?:json|body|request|payload)\w*\Z", re.IGNORECASE
)
_OF_A_BODY = frozenset({"body", "form", "file"})
_WITHOUT_A_BODY = rows.WITHOUT_BODY | {"OPTIONS"}
# `Query` of a database is given more than a name and a default.
_MOST_GIVEN = 2


def parameters(interpreter: Interpreter, item: Reached) -> list[Parameter]:
    """Return what a route's handler reads by name, and what it fills variables with, in the order it does."""
    handler = item.route.handler
    if not isinstance(handler, FunctionValue):
        return []
    reader = _Reader(interpreter, handler, item.route.methods)
    found: dict[tuple[str, str], Parameter] = {}
    for one in reader.read():
        found.setdefault((one.name, one.place), one)
    may_send = not rows.READING.issuperset(item.route.methods)
    return [one for one in found.values() if may_send or one.place not in _OF_A_BODY]


class _Reader:
    """Reads the calls of one handler."""

    def __init__(self, interpreter: Interpreter, handler: FunctionValue, methods: list[str]) -> None:
        self._interpreter = interpreter
        self._handler = handler
        typed = [(one.name, type_name(one.type)) for one in handler.node.parameters]
        self._requests = {name for name, kind in typed if kind.endswith("http.Request")}
        self._contexts = {name for name, kind in typed if kind.endswith("fiber.Ctx")}
        self._handed = {name for name, kind in typed if kind.endswith(("http.Request", "Context", ".Ctx"))}
        self._has_body = not set(methods) <= _WITHOUT_A_BODY
        self._assigned: dict[str, nodes.Assign] = {}
        self._calls: list[nodes.Call] = []
        for one in nodes_in(go_verbs.body_for(handler.node, methods)):
            if isinstance(one, nodes.Call):
                self._calls.append(one)
            elif isinstance(one, nodes.Assign) and isinstance(one.target, nodes.Name):
                self._assigned.setdefault(one.target.id, one)

    def read(self) -> Iterator[Parameter]:
        """Yield what the calls read of the request, in their order."""
        for call in self._calls:
            yield from self._read(call)

    def _read(self, call: nodes.Call) -> Iterator[Parameter]:
        name = nodes.last_name(call.function)
        given = [one.value for one in call.arguments]
        of = call.function.of if isinstance(call.function, nodes.Member) else None
        is_handed_on = bool(given) and isinstance(given[0], nodes.Name) and given[0].id in self._handed
        # `order.Bind(c)` and `order.bind(c, &stored)` are the program's own, and fill what they are called on.
        is_binding = name.lower() == "bind"
        is_own = len(given) == 1 or (is_binding and isinstance(of, nodes.Name) and of.id in self._assigned)
        itself = of if is_handed_on and is_own else None
        if len(given) > 1 and is_handed_on:
            given, place = given[1:], next((place for word, place in _BY_WORD if word in name.lower()), None)
        else:
            place = self._place(name, of, len(given))
        if place is not None and given and isinstance(given[0], nodes.Text) and _NAME.fullmatch(given[0].value):
            # A second value is what is taken where nobody sends one.
            yield Parameter(name=given[0].value, place=place, type=_TYPES.get(name, ""), required=False)
        elif itself is not None:
            yield from self._filled("Bind" if is_binding else name, itself)
        elif given:
            yield from self._filled(name, given[0 if name == "ShouldBindBodyWith" else -1])

    def _place(self, name: str, of: nodes.Expression | None, given: int) -> ParameterPlace | None:
        if name != "Get":
            return _BY_NAME.get(name) if given <= _MOST_GIVEN else None
        if isinstance(of, nodes.Name) and of.id in self._assigned:
            of = self._assigned[of.id].value
        if isinstance(of, nodes.Name):  # Fiber's context has the headers; those of others have what was set before
            return "header" if of.id in self._contexts else None
        return self._of_a_map(of)

    def _of_a_map(self, of: nodes.Expression | None) -> ParameterPlace | None:
        """`r.URL.Query().Get("page")`, `r.Header.Get("X-Token")`, `c.Request().Form.Get("name")`."""
        if isinstance(of, nodes.Call):
            made = of.function
            inner = made.of if isinstance(made, nodes.Member) else None
            is_query = getattr(made, "name", "") == "Query" and getattr(inner, "name", "") == "URL"
            return "query" if is_query or getattr(made, "name", "") == "QueryParams" else None
        if not isinstance(of, nodes.Member) or not self._is_request(of.of):
            return None
        return _MAPS.get(of.name)

    def _is_request(self, of: nodes.Expression) -> bool:
        """Tell whether something is the request at hand, and not one to, or an answer of, another server."""
        last = of.function if isinstance(of, nodes.Call) else of
        return (isinstance(of, nodes.Name) and of.id in self._requests) or getattr(last, "name", "") == "Request"

    def _filled(self, name: str, given: nodes.Expression) -> list[Parameter]:
        place = _FILLING.get(name) or ("body" if _OF_BODIES.search(name) else None)
        if place is None or not isinstance(given, nodes.Name):
            return []
        kind = self._type_of(given.id)
        if kind is None:
            return []
        if place == "query" or (name in ("ShouldBind", "Bind") and not self._has_body):
            return list(self._fields(kind, ("form", "query")))
        written = type_name(kind)
        if _UNNAMED.match(written):
            return list(self._fields(kind, ("json", "form"), "body"))
        return [Parameter(name=given.id, place="body", type=written, model=written)]

    def _type_of(self, name: str) -> nodes.Expression | None:
        """`var order Order`, `order := Order{}`, `order := new(Order)`, `order := NewOrder()`."""
        assigned = self._assigned.get(name)
        if assigned is None:
            return None
        made = assigned.value
        if assigned.type is not None or not isinstance(made, nodes.Call):
            return assigned.type
        if made.function == nodes.Name("new") and made.arguments:
            return made.arguments[0].value
        if not isinstance(made.function, nodes.Name | nodes.Member):
            return None
        return made.function if made.new else self._returned_by(made.function)

    def _returned_by(self, function: nodes.Expression) -> nodes.Expression | None:
        """`order := NewOrder()`, of a function of the program."""
        called = self._interpreter.evaluate(function, self._handler.scope)
        returned = called.node.returns if isinstance(called, FunctionValue) else None
        if isinstance(returned, nodes.Sequence) and returned.items:
            returned = returned.items[0]
        return returned if isinstance(returned, nodes.Name | nodes.Member) else None

    def _fields(
        self, kind: nodes.Expression, tags: tuple[str, ...], place: ParameterPlace = "query"
    ) -> Iterator[Parameter]:
        cls = self._interpreter.evaluate(kind, self._handler.scope)
        for one in cls.node.parameters if isinstance(cls, ClassValue) else ():
            written = go_tags.tag_of(one)
            named = go_tags.names_in(written)
            name = next((named[tag] for tag in tags if named.get(tag)), "" if place == "query" else one.name)
            if name and name != "-":
                required = go_tags.is_required(written)
                yield Parameter(name=name, place=place, type=type_name(one.type), required=required)
