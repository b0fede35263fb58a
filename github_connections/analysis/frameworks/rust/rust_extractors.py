"""What a Rust handler's parameters ask for: `Path<u32>`, `Query<Filter>`, `Json<NewUser>`, `AuthUser`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Literal

from github_connections.analysis import serde
from github_connections.analysis.frameworks import guards, paths, rows
from github_connections.analysis.linking import extensions
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.routing import Reached
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import ClassValue, FunctionValue, Value, source_of, type_name
from github_connections.analysis.report import Auth, AuthSource, Parameter
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import items_written
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
_WRAPPERS = frozenset(
    {"Option", "Result", "Either", "Valid", "Validated", "Garde", "WithRejection", "Cached", "Unvalidated"}
)
# What hands on what a middleware found out about the caller.
_HANDING_ON = frozenset({"Extension", "ReqData", "TypedHeader"})
# Types that speak of logging in and are there for callers who are not, too.
_MAYBE = re.compile(r"(?:^|(?<=[a-z]))(?:Maybe|Opt(?:ional)?)(?=[A-Z]|$)")
# Methods of a handler that put layers around it.
_LAYERING = frozenset({"layer", "route_layer", "with_state", "clone", "boxed"})
# Fields of fields that stand in the place of one.
MAXIMUM_FLATTENED = 3
# Extractors that are made of others.
_MAXIMUM_EXTRACTORS = 3
_LONGEST_HEADER = 40
_HTML = re.compile(r"\b(\w*Html|Markup|RawHtml|[A-Z]\w*Template|Template)\b")
# What a handler is given of a body as it is.
_BODIES = frozenset({"Bytes", "BytesMut", "String", "Payload", "Body", "BodyDataStream"})
# What takes whatever callers send, under names of their own.
_MAPS = re.compile(r"(?:^|\.)(?:\w*Map\[|Vec\[|Value$)")
_NAMED = frozenset({"query", "path"})
_EXTRACTING = ("from_request_parts", "from_request")
# What an extractor names that turns callers away who are not logged in.
_REFUSED = re.compile(
    r"unauthori[sz]ed|not_?(?:logged|authenticated)|auth_?(?:error|redirect|required)|invalid_?(?:token|session)"
    r"|missing_?(?:token|credentials)|login_?(?:required|redirect)",
    re.IGNORECASE,
)
# What refuses somebody, whatever for.
_REFUSING = re.compile(r"Err|Error|Failure|err\w*!|bail!")
_AUTHORIZATION = re.compile(r"authorization", re.IGNORECASE)
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
    """Return what reads a handler's parameters, with the fields of what stands in the query and in the path."""

    def read(item: Reached, path: str) -> list[Parameter]:
        found = [one for one in parameters(item, path) if one.place not in _NAMED or not _MAPS.search(one.type)]
        made = [made for one in found for made in _of_a_query(one, item.route.handler, interpreter) or [one]]
        named = {one.name: one for one in _of_a_path(item.route.handler, path, interpreter)}
        others = [one for one in made if one.place != "path" or one.name not in named]
        return [*named.values(), *others, *_bodies(item)]

    return read


def _of_a_query(parameter: Parameter, handler: Value, interpreter: Interpreter) -> list[Parameter]:
    """`Query<Filter>` is what the fields of `Filter` are called outside of the program."""
    if parameter.place != "query" or not isinstance(handler, FunctionValue):
        return []
    kinds = [_extractor(one)[0] for one in _indexes(handler, "Query")]
    kind = next((one for one in kinds if type_name(one) == parameter.model), None)
    fields = _fields_of(kind, handler.scope, interpreter, 0)
    return [
        Parameter(name=one.name, place="query", type=type_name(one.type), required=one.required and parameter.required)
        for one in fields
    ]


def _of_a_path(handler: Value, path: str, interpreter: Interpreter) -> Iterator[Parameter]:
    """`Path<Place>` has a field for every variable of the path."""
    variables = dict(paths.variables(path))
    for kind in _indexes(handler, "Path") if isinstance(handler, FunctionValue) else ():
        for one in _fields_of(kind, handler.scope, interpreter, 0):
            if one.name in variables:
                yield Parameter(
                    name=one.name, place="path", type=type_name(one.type), required=variables[one.name] and one.required
                )


def _indexes(handler: FunctionValue, ending: str) -> Iterator[nodes.Expression | None]:
    """Yield what the handler's extractors of a name are of: of `Query<Filter>`, `Filter`."""
    extractors = (_extractor(one.type)[0] for one in parameters_of(handler))
    return (_first(one.index) for one in extractors if isinstance(one, nodes.Item) and _last(one).endswith(ending))


def _bodies(item: Reached) -> Iterator[Parameter]:
    """`body: Bytes`, `text: String`: a body as it is, where callers may send one."""
    for one in parameters_of(item.route.handler) if not rows.READING.issuperset(item.route.methods) else ():
        kind, is_optional = _extractor(one.type)
        if not isinstance(kind, nodes.Item) and _last(kind) in _BODIES:
            name = one.name if one.name not in ("", "_") else "body"
            yield Parameter(name=name, place="body", type=_last(kind), required=not is_optional)


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
        types = items_written(kind.index)
        if len(types) == len(variables):
            for (variable, required), one in zip(variables, types, strict=True):
                yield Parameter(name=variable, place="path", type=type_name(one), required=required)
        return
    place = next((place for ending, place in _PLACES if name.endswith(ending)), None)
    if place == "header" and not isinstance(kind, nodes.Item):
        return  # what reads one of its own
    if place is not None and not name.endswith("TypedHeader"):
        inner, may_be_missing = _extractor(_first(kind.index)) if isinstance(kind, nodes.Item) else (None, False)
        is_optional = is_optional or may_be_missing
        model = type_name(inner) if inner is not None else ""  # another is the error's
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


def _refuses_callers(interpreter: Interpreter, name: str, handler: FunctionValue, depth: int = 0) -> bool:
    """Tell whether an extractor of the program's own, `User`, is made of a log-in: by what its `from_request` names."""
    file = handler.scope.file
    made = (extensions.find(interpreter, name, method, file) for method in _EXTRACTING) if name else ()
    inside = [node for one in made if isinstance(one, FunctionValue) for node in nodes_in(one.node.body)]
    if any(_REFUSED.search(nodes.last_name(node)) is not None for node in inside) or _asks_for_a_header(inside):
        return True
    others = {nodes.last_name(one.of) for one in inside if isinstance(one, nodes.Member) and one.name in _EXTRACTING}
    return depth < _MAXIMUM_EXTRACTORS and any(
        _refuses_callers(interpreter, other.removesuffix("::"), handler, depth + 1) for other in sorted(others - {name})
    )


def _asks_for_a_header(inside: list[nodes.Node]) -> bool:
    """Tell whether an extractor reads `Authorization`, refuses, and never is of nobody: `Ok(Viewer(None))`."""
    reads = refuses = False
    for one in inside:
        said = one.value if isinstance(one, nodes.Text) else nodes.last_name(one) or getattr(one, "source", "")
        reads = reads or (len(said) < _LONGEST_HEADER and _AUTHORIZATION.search(said) is not None)
        refuses = refuses or _REFUSING.fullmatch(said) is not None
        if isinstance(one, nodes.Call) and any(given.value == nodes.Name("None") for given in one.arguments):
            return False
    return reads and refuses


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
