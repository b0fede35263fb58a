"""The parameters of FastAPI's functions: where each is taken from, what it is, whether it must be given."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.frameworks import paths
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.routing import Registered
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import ClassValue, External, FunctionValue, type_name
from github_connections.analysis.report import Parameter, ParameterPlace
from github_connections.analysis.syntax import nodes

PLACES: dict[str, ParameterPlace] = {
    "Query": "query",
    "Path": "path",
    "Body": "body",
    "Header": "header",
    "Cookie": "cookie",
    "Form": "form",
    "File": "file",
}


def parameters_of(interpreter: Interpreter, route: Registered, path: str) -> Iterator[Parameter]:
    """Yield what the handler takes: the path's variables with their types, query, body, header, form."""
    if not isinstance(route.handler, FunctionValue):
        return
    in_path = {name for name, _ in paths.variables(path)}
    for parameter in route.handler.node.parameters:
        made = _parameter(interpreter, parameter, route.handler, in_path)
        if made is not None:
            yield made


def _parameter(
    interpreter: Interpreter, parameter: nodes.Parameter, handler: FunctionValue, in_path: set[str]
) -> Parameter | None:
    kind, said, scope = annotation_of(interpreter, parameter, handler.scope)
    text = type_name(kind)
    if parameter.name in in_path:
        return Parameter(name=parameter.name, place="path", type=text)
    written = said or parameter.default
    name = interpreter.qualified_name(written, scope) if isinstance(written, nodes.Call) else ""
    function = name.rpartition(".")[2]
    if function in ("Depends", "Security") or _is_framework_type(interpreter, kind, scope):
        return None
    place = PLACES.get(function) or ("body" if _is_model(interpreter, kind, scope) else "query")
    required = _is_required(parameter.default) if said is None else parameter.default is None
    model = text if place == "body" else ""
    return Parameter(name=parameter.name, place=place, type=text, required=required and "None" not in text, model=model)


def annotation_of(
    interpreter: Interpreter, parameter: nodes.Parameter, scope: Scope
) -> tuple[nodes.Expression | None, nodes.Expression | None, Scope]:
    """Return the type, what `Annotated[type, Query()]` says of it, also by another name, and where that is written."""
    match parameter.type:
        case nodes.Item(of=nodes.Name(id="Annotated"), index=index):
            return *_annotated(index), scope
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


def _is_model(interpreter: Interpreter, kind: nodes.Expression | None, scope: Scope) -> bool:
    """Tell whether a type is a class of the program, or a list of one: those are read from the body."""
    inner = kind.index if isinstance(kind, nodes.Item) else kind
    if isinstance(kind, nodes.Name) and kind.id in ("dict", "list"):
        return True
    if isinstance(inner, nodes.Operation):
        inner = inner.operands[0]
    if not isinstance(inner, nodes.Name | nodes.Member):
        return False
    value = interpreter.evaluate(inner, scope)
    return isinstance(value, ClassValue) and not _is_enum(interpreter, value)


def _is_enum(interpreter: Interpreter, cls: ClassValue) -> bool:
    return any(isinstance(base, External) and "Enum" in base.name for base in interpreter.bases(cls))
