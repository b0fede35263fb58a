"""What a Rust handler's parameters ask for: `Path<u32>`, `Query<Filter>`, `Json<NewUser>`, `AuthUser`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Literal

from github_connections.analysis import serde
from github_connections.analysis.frameworks import guards, paths
from github_connections.analysis.linking import extensions
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.routing import Reached
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import ClassValue, FunctionValue, Value, source_of, type_name
from github_connections.analysis.report import Auth, AuthSource, Parameter
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

Place = Literal["query", "body", "form", "header", "cookie"]

# The end of an extractor's name → where it reads from; `ValidatedJson`, `QsQuery` and `AppForm` are people's own.
_PLACES: tuple[tuple[str, Place], ...] = (
    ("Query", "query"),
    ("Json", "body"),
    ("Protobuf", "body"),
    ("Form", "form"),
    ("Multipart", "form"),
    ("TypedHeader", "header"),
    ("Header", "header"),
)
# What stands around an extractor and asks for nothing itself.
_WRAPPERS = frozenset({"Option", "Result", "Valid", "Validated", "Garde", "WithRejection", "Cached", "Unvalidated"})
# What hands on what a middleware found out about the caller.
_HANDING_ON = frozenset({"Extension", "ReqData", "TypedHeader"})
# Types that speak of logging in and are there for callers who are not, too.
_MAYBE = re.compile(r"(?:^|(?<=[a-z]))(?:Maybe|Opt(?:ional)?)(?=[A-Z]|$)")
# Methods of a handler that put layers around it.
_LAYERING = frozenset({"layer", "route_layer", "with_state", "clone", "boxed"})
# Fields of fields that stand in the place of one.
MAXIMUM_FLATTENED = 3
_HTML = re.compile(r"\b(Html|Markup|RawHtml|[A-Z]\w*Template|Template)\b")
_EXTRACTING = ("from_request_parts", "from_request")
# What an extractor names that turns callers away who are not logged in.
_REFUSED = re.compile(
    r"unauthori[sz]ed|not_?(?:logged|authenticated)|auth_?(?:error|redirect|required)|invalid_?(?:token|session)"
    r"|missing_?(?:token|credentials)|login_?(?:required|redirect)",
    re.IGNORECASE,
)
_NO_CALLER = re.compile(
    r"(?:Session|State|Service|Config|Request|Form|Query|Payload|Params|Repository|Store|Backend|Client|Manager|Data)$"
)


def answering(call: Invocation, position: int = 0) -> Value:
    """Return the handler that a call is given, out of what is around it: `get(show.layer(…))`, `to(Logged(show))`."""
    given = call.value(position)
    arguments = call.node.arguments if call.node is not None else []
    inner = arguments[position].value if len(arguments) > position else None
    while not isinstance(given, FunctionValue) and isinstance(inner, nodes.Call):
        called = inner.function
        if isinstance(called, nodes.Member) and called.name in _LAYERING:
            inner = called.of
        else:
            inner = inner.arguments[0].value if len(inner.arguments) == 1 else None
        if isinstance(inner, nodes.Name | nodes.Member):
            found = call.interpreter.evaluate(inner, call.scope)
            return found if isinstance(found, FunctionValue) else given
    return given


def is_page(item: Reached) -> bool:
    """Tell whether a handler gives back HTML: `Html<String>`, a template of its own."""
    handler = item.route.handler
    written = type_name(handler.node.returns) if isinstance(handler, FunctionValue) else ""
    return item.route.methods == ["GET"] and _HTML.search(written) is not None


def answer_of(item: Reached) -> str:
    """Return the type that a handler gives back as JSON: of `Result<Json<User>>`, `User`."""
    handler = item.route.handler
    returned = handler.node.returns if isinstance(handler, FunctionValue) else None
    if isinstance(returned, nodes.Item) and _last(returned).endswith("Result"):
        returned = _first(returned.index)
    made = (node for node in nodes_in(returned) if isinstance(node, nodes.Item) and _last(node).endswith("Json"))
    named = next((type_name(node.index) for node in made), "")
    return "" if named.endswith("Value") else named  # any JSON


def takes(handler: Value, name: str) -> bool:
    """Tell whether a handler has a parameter of this type."""
    return any(_last(parameter.type) == name for parameter in parameters_of(handler))


def reading(interpreter: Interpreter) -> Callable[[Reached, str], list[Parameter]]:
    """Return what reads a handler's parameters, with the fields of what stands in the query."""

    def read(item: Reached, path: str) -> list[Parameter]:
        found = parameters(item, path)
        return [made for one in found for made in _of_a_query(one, item.route.handler, interpreter) or [one]]

    return read


def _of_a_query(parameter: Parameter, handler: Value, interpreter: Interpreter) -> list[Parameter]:
    """`Query<Filter>` is what the fields of `Filter` are called outside of the program."""
    if parameter.place != "query" or not isinstance(handler, FunctionValue):
        return []
    extractors = (_extractor(one.type)[0] for one in parameters_of(handler))
    kinds = (one.index for one in extractors if isinstance(one, nodes.Item) and _last(one).endswith("Query"))
    kind = next((one for one in kinds if type_name(one) == parameter.model), None)
    fields = _fields_of(kind, handler.scope, interpreter, 0)
    return [
        Parameter(name=one.name, place="query", type=type_name(one.type), required=one.required and parameter.required)
        for one in fields
    ]


def _fields_of(
    kind: nodes.Expression | None, scope: Scope, interpreter: Interpreter, depth: int
) -> Iterator[serde.Field]:
    struct = interpreter.evaluate(kind, scope) if isinstance(kind, nodes.Name | nodes.Member) else None
    if not isinstance(struct, ClassValue) or struct.node.kind != "struct" or depth > MAXIMUM_FLATTENED:
        return
    for one in serde.fields_of(struct.node):
        inner = list(_fields_of(one.type, struct.scope, interpreter, depth + 1)) if one.flattened else []
        yield from inner or [one]


def parameters(item: Reached, path: str) -> list[Parameter]:
    """Return the parameters that a handler's extractors take, those of the path with their types."""
    return [
        made for parameter in parameters_of(item.route.handler) for made in _taken_by(parameter, paths.variables(path))
    ]


def _taken_by(parameter: nodes.Parameter, variables: list[tuple[str, bool]]) -> Iterator[Parameter]:
    kind, is_optional = _extractor(parameter.type)
    name = _last(kind)
    if name.endswith("Path") and isinstance(kind, nodes.Item):
        types = kind.index.items if isinstance(kind.index, nodes.Sequence) else [kind.index]
        if len(types) == len(variables):
            for (variable, required), one in zip(variables, types, strict=True):
                yield Parameter(name=variable, place="path", type=type_name(one), required=required)
        return
    place = next((place for ending, place in _PLACES if name.endswith(ending)), None)
    if place is not None and not name.endswith("TypedHeader"):
        model = type_name(_first(kind.index)) if isinstance(kind, nodes.Item) else ""  # another is the error's
        called = parameter.name if parameter.name != "_" else model or place
        yield Parameter(name=called, place=place, type=model, model=model, required=not is_optional)
    elif place is not None and isinstance(kind, nodes.Item):
        yield Parameter(name=_last(kind.index), place=place, type=type_name(kind.index), required=not is_optional)


def _extractor(kind: nodes.Expression | None) -> tuple[nodes.Expression | None, bool]:
    """Return what is inside of `Option`, `Valid` and their like, and whether it may be missing."""
    is_optional = False
    while isinstance(kind, nodes.Item) and _last(kind) in _WRAPPERS:
        is_optional = is_optional or _last(kind) == "Option"
        kind = _first(kind.index)
    return kind, is_optional


def _first(index: nodes.Expression) -> nodes.Expression | None:
    if isinstance(index, nodes.Sequence):
        return index.items[0] if index.items else None
    return index


def auth(interpreter: Interpreter, found: list[AuthSource], handler: Value) -> Auth:
    """Return what was found before a handler, or else what its parameters ask for."""
    if found:
        return Auth(state="required", by=list(dict.fromkeys(found)))
    for parameter in parameters_of(handler):
        kind, is_optional = _extractor(parameter.type)
        if _last(kind) in _HANDING_ON and isinstance(kind, nodes.Item):
            kind, may_be_missing = _extractor(_first(kind.index))
            is_optional = is_optional or may_be_missing
        name = _last(kind)
        if not isinstance(handler, FunctionValue):
            continue
        speaks = guards.speaks_of_logging_in(name) and not _NO_CALLER.search(name)
        if speaks or _refuses_callers(interpreter, name, handler):
            by = [AuthSource(name=name, file=handler.place.file, line=handler.place.line)]
            return Auth(state="optional" if is_optional or _MAYBE.search(name) else "required", by=by)
    return Auth()


def _refuses_callers(interpreter: Interpreter, name: str, handler: FunctionValue) -> bool:
    """Tell whether an extractor of the program's own, `User`, is made of a log-in: by what its `from_request` names."""
    file = handler.scope.file
    made = (extensions.find(interpreter, name, method, file) for method in _EXTRACTING) if name else ()
    bodies = (one.node.body for one in made if isinstance(one, FunctionValue))
    named = (node for node in nodes_in(list(bodies)) if isinstance(node, nodes.Name | nodes.Member))
    return any(_REFUSED.search(nodes.last_name(node)) is not None for node in named)


def parameters_of(handler: Value) -> list[nodes.Parameter]:
    """Return the parameters of a handler that is a function of the program."""
    return handler.node.parameters if isinstance(handler, FunctionValue) else []


def type_of(parameter: nodes.Parameter) -> str:
    """Return a parameter's type as it is written."""
    return type_name(parameter.type)


def _last(kind: nodes.Expression | None) -> str:
    """Return the last name of a type, without its arguments."""
    while isinstance(kind, nodes.Item):
        kind = kind.of
    return source_of(kind).rpartition(".")[2] if kind is not None else ""
