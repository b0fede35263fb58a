"""What validators before a handler say of a request: express-validator's chains, schemas of Joi, Zod and Yup that are
handed to a middleware, uploads of multer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from github_connections.analysis.frameworks import rows
from github_connections.analysis.frameworks.javascript.javascript_servers import Argued
from github_connections.analysis.frameworks.javascript.schemas import SCHEMA, fields_of
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import External, Thing, Value, entries_of
from github_connections.analysis.report import Parameter, ParameterPlace
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import first_argument, texts_written

CHAINS = "express-validator"
_CHAINED: dict[str, ParameterPlace] = {
    "body": "body",
    "query": "query",
    "header": "header",
    "cookie": "cookie",
    "buildCheckFunction": "body",
}
_TYPES = {"isInt": "integer", "isNumeric": "number", "isFloat": "number", "isBoolean": "boolean", "isArray": "array"}
_PLACES: dict[str, ParameterPlace] = {
    "body": "body",
    "json": "body",
    "form": "form",
    "query": "query",
    "querystring": "query",
    "headers": "header",
    "header": "header",
    "cookies": "cookie",
    "cookie": "cookie",
}
_OF_THE_PATH = frozenset({"params", "param", "path"})
_VALIDATES = re.compile(r"(?i)valid|schema|celebrate|check|parse")
_NAMED_PLACE = re.compile(r"(?i)(body|querystring|query|headers?|params?)")
_UPLOADS = frozenset({"single", "array"})


def validated_by(
    interpreter: Interpreter, arguments: Iterable[Argued], scope: Scope, methods: list[str]
) -> list[Parameter]:
    """Return the parameters that the arguments before a handler check, or take."""
    otherwise: ParameterPlace = "query" if rows.WITHOUT_BODY.issuperset(methods) else "body"
    found: dict[tuple[str, str], Parameter] = {}
    for value, expression in arguments:
        for made in _validated(interpreter, value, expression, scope, otherwise):
            found.setdefault((made.place, made.name), made)
    return list(found.values())


def _validated(
    interpreter: Interpreter,
    value: Value,
    expression: nodes.Expression | None,
    scope: Scope,
    otherwise: ParameterPlace,
) -> Iterator[Parameter]:
    made_by = value.made_by if isinstance(value, External) else None
    call = expression if isinstance(expression, nodes.Call) else made_by.node if made_by is not None else None
    if isinstance(value, External) and value.name.startswith(CHAINS) and call is not None:
        yield from _chained(call, otherwise)
    elif call is not None and isinstance(call.function, nodes.Member) and call.function.name in _UPLOADS:
        yield from (Parameter(name=name, place="file") for name in _texts(call))
    elif call is not None and made_by is not None and made_by.node is call:
        yield from _by_schemas(call, made_by.positional, otherwise)
    elif call is not None:
        said = [interpreter.evaluate(argument.value, scope) for argument in call.arguments]
        yield from _by_schemas(call, said, otherwise)


# --- express-validator --------------------------------------------------------------------------------------------


def _chained(call: nodes.Call, otherwise: ParameterPlace) -> Iterator[Parameter]:
    """`body("age").optional().isInt()`: the innermost call names the field and where it is."""
    said: list[str] = []
    while isinstance(call.function, nodes.Member) and isinstance(call.function.of, nodes.Call):
        said.append(call.function.name)
        call = call.function.of
    name = nodes.last_name(call.function)
    if name in ("param", "oneOf", "checkSchema", "validationResult"):
        return
    kind = next((_TYPES[one] for one in said if one in _TYPES), "")
    for text in _texts(call):
        place = _CHAINED.get(name, otherwise)
        yield Parameter(name=text, place=place, type=kind, required="optional" not in said and place != "query")


def _texts(call: nodes.Call) -> Iterator[str]:
    return (text for text in texts_written(first_argument(call)) if text != "*")


# --- schemas ------------------------------------------------------------------------------------------------------


def _by_schemas(call: nodes.Call, said: list[Value], otherwise: ParameterPlace) -> Iterator[Parameter]:
    """`validate({body: schema})`, `celebrate({[Segments.QUERY]: schema})`, `zValidator("json", schema)`,
    `validateBody(schema)`."""
    name = nodes.last_name(call.function)
    for value in said:
        parts = _parts_of(value)
        if any(key in _PLACES or key in _OF_THE_PATH for key in parts):
            for key, schema in parts.items():
                if key in _PLACES:
                    yield from _fields(schema, _PLACES[key])
        elif isinstance(value, Thing) and value.kind is SCHEMA and _VALIDATES.search(name):
            place = _place_said(name, said)
            if place not in _OF_THE_PATH:
                yield from _fields(value, _PLACES.get(place, otherwise))


def _parts_of(value: Value) -> dict[str, Value]:
    if isinstance(value, Thing) and value.kind is SCHEMA:
        value = value.data.get("properties")
    return entries_of(value)


def _place_said(name: str, said: list[Value]) -> str:
    texts = [text for text in said if isinstance(text, str) and (text in _PLACES or text in _OF_THE_PATH)]
    named = _NAMED_PLACE.search(name)
    return texts[0] if texts else named.group().lower() if named else ""


def _fields(schema: Value, place: ParameterPlace) -> Iterator[Parameter]:
    for name, kind, required in fields_of(schema):
        yield Parameter(name=name, place=place, type=kind, required=required)
