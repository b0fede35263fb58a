"""The parameters of FastAPI's functions: where each is taken from, what it is, whether it must be given."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct, field
from msgspec.structs import replace

from github_connections.analysis import models
from github_connections.analysis.frameworks import paths
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.routing import Reached
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import (
    ClassValue,
    External,
    FunctionValue,
    ObjectValue,
    Value,
    is_known,
    items_in,
    text_of,
    type_name,
)
from github_connections.analysis.report import Parameter, ParameterPlace
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import named_arguments

PLACES: dict[str, ParameterPlace] = {
    "Query": "query",
    "Path": "path",
    "Body": "body",
    "Header": "header",
    "Cookie": "cookie",
    "Form": "form",
    "File": "file",
}
# What FastAPI reads from the body, whatever they hold.
CONTAINERS = frozenset(
    {"dict", "Dict", "list", "List", "set", "Set", "tuple", "Tuple", "Sequence", "Mapping", "PatchDict"}
)
MAXIMUM_DEPENDENCIES_DEEP = 20
_LOG_IN_FORM = ("username", "password", "grant_type", "scope", "client_id", "client_secret")
# What models are called, also those of libraries.
_OF_A_BODY = re.compile(r"[a-z](?:Request|Schema|Model|Create|Update|Payload|Dto|DTO|Body|Input|In)$")
_UPLOADED = re.compile(r"\bUpload(?:ed)?File\b")


class _Asked(Struct, frozen=True):
    """The variables of a route's path, and whose parameters it has so far: what two depend on is asked once."""

    in_path: set[str]
    seen: set[int] = field(default_factory=set)


def parameters_of(interpreter: Interpreter, item: Reached, path: str) -> list[Parameter]:
    """Return what a route takes: the path's variables with their types, query, body, header, form.

    What its dependencies take, and those of all that it hangs below, is asked of whoever calls it too.
    """
    asked = _Asked(paths.names(path))
    found: dict[tuple[str, str], Parameter] = {}
    handler = item.route.handler
    own = list(_taken(interpreter, handler, asked, 0)) if isinstance(handler, FunctionValue) else []
    for one in (*own, *_of_dependencies_around(interpreter, item, asked)):
        found.setdefault((one.place, one.name), one)
    return list(found.values())


def _of_dependencies_around(interpreter: Interpreter, item: Reached, asked: _Asked) -> Iterator[Parameter]:
    for options in (item.route.options, *(step.options for step in reversed(item.steps)), item.root.options):
        call = options.get("arguments")
        listed = call.value(99, "dependencies") if isinstance(call, Invocation) else None
        for value in items_in(listed):
            target = value.made_by.value(0, "dependency") if isinstance(value, External) and value.made_by else None
            yield from _taken(interpreter, target, asked, 1)


def _taken(interpreter: Interpreter, target: Value, asked: _Asked, depth: int) -> Iterator[Parameter]:
    """Yield what a function takes, a class as it is made, or an object as it is called."""
    function = target
    if isinstance(target, External):
        yield from _of_a_form(target.name.rpartition(".")[2])
    if isinstance(target, ObjectValue) and isinstance(target.cls, ClassValue):
        function = interpreter.get(target, "__call__", target.cls.scope)
    if isinstance(target, ClassValue):
        function = interpreter.get(target, "__init__", target.scope)
        if not isinstance(function, FunctionValue):
            yield from _fields(interpreter, target, "query", hyphens=False)
            return
    if not isinstance(function, FunctionValue) or id(function.node) in asked.seen or depth > MAXIMUM_DEPENDENCIES_DEEP:
        return
    asked.seen.add(id(function.node))
    for index, parameter in enumerate(function.node.parameters):
        if parameter.kind or (index == 0 and parameter.name in ("self", "cls")):
            continue
        yield from _parameters(interpreter, parameter, function.scope, asked, depth)


def _of_a_form(name: str) -> Iterator[Parameter]:
    """Yield the fields of FastAPI's own form of a log-in, all of which are texts."""
    for field_name in _LOG_IN_FORM if name in ("OAuth2PasswordRequestForm", "OAuth2PasswordRequestFormStrict") else ():
        wanted = field_name in ("username", "password") or (field_name == "grant_type" and name.endswith("Strict"))
        yield Parameter(name=field_name, place="form", type="str", required=wanted)


def _parameters(
    interpreter: Interpreter, parameter: nodes.Parameter, around: Scope, asked: _Asked, depth: int
) -> Iterator[Parameter]:
    kind, said, scope = annotation_of(interpreter, parameter, around)
    written = said or parameter.default
    name = interpreter.qualified_name(written, scope) if isinstance(written, nodes.Call) else ""
    function = name.rpartition(".")[2]
    if function in ("Depends", "Security") and isinstance(written, nodes.Call):
        given = next((one.value for one in written.arguments if one.name in ("", "dependency")), kind)
        yield from _taken(interpreter, interpreter.evaluate(given, scope), asked, depth + 1)
        return
    if _is_framework_type(interpreter, kind, scope):
        return
    text = type_name(kind)
    if parameter.name in asked.in_path:
        yield Parameter(name=parameter.name, place="path", type=text)
        return
    place = "file" if _UPLOADED.search(text) else PLACES.get(function) or _place(interpreter, kind, scope)
    kind = _inside_maybe(kind)
    required = _is_required(parameter.default) if said is None else parameter.default is None
    cls = _class_of(interpreter, kind, scope) if place != "body" and place != "file" else None
    if cls is not None and isinstance(kind, nodes.Name | nodes.Member):
        for one in _fields(interpreter, cls, place, hyphens=place == "header"):
            yield replace(one, required=one.required and required)
        return
    yield Parameter(
        name=_name(interpreter, parameter.name, written if function in PLACES else None, place, scope),
        place=place,
        type=text,
        required=required,
        model=type_name(kind) if place == "body" else "",
    )


def _name(
    interpreter: Interpreter, name: str, said: nodes.Expression | None, place: ParameterPlace, scope: Scope
) -> str:
    """Return the name that callers write: the alias; in a header hyphens for underscores."""
    arguments = named_arguments(said) if isinstance(said, nodes.Call) else {}
    alias = arguments.get("alias")
    text = "" if alias is None else text_of(interpreter.evaluate(alias, scope))
    if text and is_known(text):
        return text
    return name.replace("_", "-") if place == "header" and "convert_underscores" not in arguments else name


def _fields(interpreter: Interpreter, cls: ClassValue, place: ParameterPlace, *, hyphens: bool) -> Iterator[Parameter]:
    for one in models.fields_of(interpreter, cls):
        name = one.name.replace("_", "-") if hyphens else one.name
        if not one.type.startswith("ClassVar"):
            yield Parameter(name=name, place=place, type=one.type, required=one.required)


def annotation_of(
    interpreter: Interpreter, parameter: nodes.Parameter, scope: Scope
) -> tuple[nodes.Expression | None, nodes.Expression | None, Scope]:
    """Return the type, what `Annotated[type, Query()]` says of it, also by another name, and where that is written."""
    match parameter.type:
        case nodes.Item(of=nodes.Name(id="Annotated"), index=index):
            return *_annotated(index), scope
        case nodes.Item(of=nodes.Name(id=place) as of, index=index) if place in PLACES:  # Ninja's `Query[Filters]`
            first = index.items[0] if isinstance(index, nodes.Sequence) and index.items else index
            return first, nodes.Call(of, [], 0), scope
        case nodes.Name() | nodes.Member():
            value = interpreter.evaluate(parameter.type, scope)
            if isinstance(value, External) and value.index and value.name.endswith(".Annotated"):
                return *_annotated(value.index[0]), value.index[1]
    return parameter.type, None, scope


def _annotated(index: nodes.Expression) -> tuple[nodes.Expression | None, nodes.Expression | None]:
    if not isinstance(index, nodes.Sequence) or not index.items:
        return index, None
    return index.items[0], next((item for item in index.items[1:] if isinstance(item, nodes.Call)), None)


def _is_required(default: nodes.Expression | None) -> bool:
    """`Query(...)` and `Query()` want a value; `Query(None)` and `Query(default=1)` bring one."""
    if not isinstance(default, nodes.Call):
        return default is None
    first = next((argument.value for argument in default.arguments if argument.name in ("", "default")), None)
    return first is None or (isinstance(first, nodes.Opaque) and first.source == "...")


def _is_framework_type(interpreter: Interpreter, kind: nodes.Expression | None, scope: Scope) -> bool:
    name = interpreter.qualified_name(kind, scope) if isinstance(kind, nodes.Name | nodes.Member) else ""
    return name.startswith(("fastapi.", "starlette.")) and not name.endswith("UploadFile")


def _place(interpreter: Interpreter, kind: nodes.Expression | None, scope: Scope) -> ParameterPlace:
    """Return where a parameter is taken from that does not say it: classes of the program and containers are read
    from the body."""
    kind = _inside_maybe(kind)
    name = type_name(kind.of if isinstance(kind, nodes.Item) else kind).rpartition(".")[2]
    is_class = _class_of(interpreter, kind, scope) is not None
    return "body" if is_class or name in CONTAINERS or _OF_A_BODY.search(name) else "query"


def _inside_maybe(kind: nodes.Expression | None) -> nodes.Expression | None:
    """Return the first type of `User | None`, `Optional[User]`, `Union[User, Team]`; any other as it is."""
    if isinstance(kind, nodes.Operation):
        return next((one for one in kind.operands if type_name(one) != "None"), None)
    if isinstance(kind, nodes.Item) and type_name(kind.of).rpartition(".")[2] in ("Optional", "Union"):
        return next(iter(kind.index.items), None) if isinstance(kind.index, nodes.Sequence) else kind.index
    return kind


def _class_of(interpreter: Interpreter, kind: nodes.Expression | None, scope: Scope) -> ClassValue | None:
    """Return the class of the program that a type is, of whatever it holds; None for one that names constants."""
    of = kind.of if isinstance(kind, nodes.Item) else kind
    value = interpreter.evaluate(of, scope) if isinstance(of, nodes.Name | nodes.Member) else None
    return value if isinstance(value, ClassValue) and not _is_enum(interpreter, value) else None


def _is_enum(interpreter: Interpreter, cls: ClassValue) -> bool:
    return any(isinstance(base, External) and "Enum" in base.name for base in interpreter.bases(cls))
