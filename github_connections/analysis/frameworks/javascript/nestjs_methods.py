"""What the parameters and decorators of a NestJS controller's method say: inputs, models, guards."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from github_connections.analysis import models
from github_connections.analysis.frameworks.javascript.javascript_guards import Guard, guard_of, guards_of
from github_connections.analysis.frameworks.javascript.javascript_servers import written
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import ClassValue, Thing, is_known, source_of, type_name
from github_connections.analysis.report import Parameter, ParameterPlace
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import callee, first_argument

PLACES: dict[str, ParameterPlace] = {
    "Param": "path",
    "Query": "query",
    "Body": "body",
    "Headers": "header",
    "UploadedFile": "file",
    "UploadedFiles": "file",
}
_UNDEFINED = re.compile(r"\s*\|\s*(undefined|null)\b")
_DEFAULT = "DefaultValuePipe"
_PLAIN = frozenset({"string", "number", "boolean", "any", "object", "Date", "unknown"})
_PUBLIC = re.compile(
    r"(Is|Jwt|Make)?Public(Route|Api|Endpoint|Access)?|(Skip|No|Ignore|Bypass|Disable|Without)(Jwt|Api)?_?Auth(Guard|entication|orization|Required)?"
    r"|(Allow)?(Anonymous|Unauthori[sz]ed(Request)?)|AllowAnon|Unprotected|Unauthenticated",
    re.IGNORECASE,
)
_WRAPPING = frozenset({"Promise", "Observable", "Array"})


# --- guards -------------------------------------------------------------------------------------------------------


def guards_among(decorators: Iterable[Thing]) -> list[Guard]:
    """Return the guards that decorators put before a method or a controller."""
    return [guard for decorator in decorators for guard in _guards(decorator)]


def _guards(decorator: Thing) -> Iterator[Guard]:
    name, call = decorator.data["name"], decorator.data["call"]
    if name == "UseGuards" and call is not None:
        yield from guards_of(written(call), call.place)
    elif not decorator.data["library"] and not name.startswith("Api"):
        guard = guard_of(None, decorator.data["node"], decorator.place)
        if guard is not None:
            yield guard


def is_for_everybody(decorator: str) -> bool:
    """Tell by the name of a decorator whether guards let everybody pass where it stands: `@Public()`, `@SkipAuth()`."""
    return _PUBLIC.fullmatch(decorator) is not None


# --- inputs -------------------------------------------------------------------------------------------------------


def parameters_of_method(
    interpreter: Interpreter,
    method: nodes.Function,
    owner: ClassValue,
    places: Mapping[str, ParameterPlace] = PLACES,
    *,
    by_own_name: bool = False,
) -> list[Parameter]:
    """Return what a method takes from its request; the fields of a query's class one by one.

    `places` are the decorators of its parameters; one that names nothing stands for a value called as the parameter
    is, where the library says so (`by_own_name`), unless it is of a class.
    """
    return [
        made
        for parameter in method.parameters
        for decorator in parameter.decorators
        for made in _parameter(interpreter, parameter, decorator, owner, places, by_own_name=by_own_name)
    ]


def _parameter(
    interpreter: Interpreter,
    parameter: nodes.Parameter,
    decorator: nodes.Expression,
    owner: ClassValue,
    places: Mapping[str, ParameterPlace],
    *,
    by_own_name: bool,
) -> Iterator[Parameter]:
    function = callee(decorator)
    place = places.get(source_of(function), places.get(getattr(function, "name", "")))
    if place is not None:
        required, kind = _required(parameter.type), without_undefined(parameter.type)
        name = _first_text(interpreter, decorator, owner)
        if by_own_name and not name and place not in ("body", "file") and type_name(kind) in _PLAIN:
            name = parameter.name
        if name or place == "file":
            yield Parameter(
                name=name or parameter.name,
                place=place,
                type=type_name(kind),
                required=required and parameter.default is None and not _fills_in(decorator),
            )
        elif place == "query":
            yield from fields_of_class(interpreter, kind, owner)
        elif place == "body":
            model = type_name(kind)
            named = "" if model in _PLAIN else model
            yield Parameter(name=parameter.name or "body", place=place, type=model, model=named)


def _fills_in(decorator: nodes.Expression) -> bool:
    """Tell whether a pipe gives a value to what is not sent: `new DefaultValuePipe(1)`, `{optional: true}`."""
    arguments = decorator.arguments if isinstance(decorator, nodes.Call) else []
    made = [one.value for one in arguments if isinstance(one.value, nodes.Call)]
    options = [one.value for pipe in made for one in pipe.arguments if isinstance(one.value, nodes.Mapping)]
    return any(nodes.last_name(pipe.function) == _DEFAULT for pipe in made) or any(
        nodes.entry_of(one, "optional") == nodes.Constant(True) for one in options
    )


def _first_text(interpreter: Interpreter, decorator: nodes.Expression, owner: ClassValue) -> str:
    """Return the name that a decorator is given, which may be a constant's: `@Headers(KEY.toLowerCase())`."""
    value = interpreter.evaluate(first_argument(decorator), owner.scope.parent or owner.scope)
    return value if isinstance(value, str) and is_known(value) else ""


def fields_of_class(interpreter: Interpreter, kind: nodes.Expression | None, owner: ClassValue) -> Iterator[Parameter]:
    """Yield the fields of a class that is written as a type, those of its bases among them."""
    if not isinstance(kind, nodes.Name | nodes.Member):
        return
    cls = interpreter.evaluate(kind, owner.scope)
    for field in models.fields_of(interpreter, cls) if isinstance(cls, ClassValue) else ():
        kind_of_field = _UNDEFINED.sub("", field.type)
        yield Parameter(name=field.name, place="query", type=kind_of_field, required=field.required)


def _required(kind: nodes.Expression | None) -> bool:
    operands = kind.operands if isinstance(kind, nodes.Operation) else []
    return not any(operand in (nodes.Name("undefined"), nodes.Constant(None)) for operand in operands)


def without_undefined(kind: nodes.Expression | None) -> nodes.Expression | None:
    """Return `string` for `string | undefined` and for `string | null`."""
    if not isinstance(kind, nodes.Operation) or kind.operator != "|":
        return kind
    left = [part for part in kind.operands if part not in (nodes.Name("undefined"), nodes.Constant(None))]
    return left[0] if len(left) == 1 else nodes.Operation("|", left)


def returned_model(method: nodes.Function) -> str:
    """Return the class that a method gives back: `User` for `Promise<User[]>`."""
    kind = method.returns
    while isinstance(kind, nodes.Item) and isinstance(kind.of, nodes.Name) and kind.of.id in _WRAPPING:
        kind = kind.index
    name = type_name(kind) if isinstance(kind, nodes.Name | nodes.Member | nodes.Item) else ""
    return "" if name in _PLAIN or name in ("void", "never") else name
