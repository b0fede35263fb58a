"""The operations and schemas of one OpenAPI document, as rows; what is not as it should be is passed by."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Any, get_args

from github_connections.analysis import http_verbs
from github_connections.analysis.report import Auth, AuthSource, Model, ModelField, Parameter, ParameterPlace, Route

Json = dict[str, Any]
FRAMEWORK = "openapi"
_PLACES: tuple[str, ...] = get_args(ParameterPlace)
_CONSTRAINTS = ("minLength", "maxLength", "minimum", "maximum", "pattern", "enum", "format", "minItems", "maxItems")


def as_object(value: object) -> Json:
    """Return a value that is an object; an empty one in the place of anything else."""
    return value if isinstance(value, dict) else {}


def _as_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def routes(file: str, line: int, base: str, path: str, operations: Json, document: Json) -> Iterator[Route]:
    """Yield a row for each method of a path."""
    shared = _as_list(operations.get("parameters"))
    for method in http_verbs.OF_DOCUMENTS:
        said = operations.get(method)
        if not isinstance(said, dict):
            continue
        declared = [_resolved(one, document) for one in [*shared, *_as_list(said.get("parameters"))]]
        yield Route(
            method=method.upper(),
            path=f"{base}{path}",
            file=file,
            line=line,
            framework=FRAMEWORK,
            handler=_text(said.get("operationId")),
            raw_path=path,
            params=list({(one.place, one.name): one for one in _parameters(declared)}.values()),
            auth=_auth(said.get("security", document.get("security")), file, line),
            request_model=_request_model(said, declared, document),
            response_model=_response_model(said, document),
            status_codes=_status_codes(said),
            deprecated=said.get("deprecated") is True,
            summary=_text(said.get("summary")),
            source="spec",
            confidence="partial",
        )


def models(file: str, document: Json) -> Iterator[Model]:
    """Yield the named schemas of a document."""
    named = as_object(as_object(document.get("components")).get("schemas")) or as_object(document.get("definitions"))
    for name, schema in named.items():
        known = as_object(schema)
        required = _as_list(known.get("required"))
        fields = [
            ModelField(
                name=str(field),
                type=_type(as_object(one)),
                required=field in required,
                constraints={key: as_object(one)[key] for key in _CONSTRAINTS if key in as_object(one)},
            )
            for field, one in as_object(known.get("properties")).items()
        ]
        yield Model(name=str(name), file=file, line=1, kind="schema", fields=fields)


# --- references -----------------------------------------------------------------------------------------------------


def at_pointer(document: Json, pointer: str) -> Json:
    """Return the object that a JSON pointer leads to (RFC 6901); the whole document for an empty one."""
    value: object = document
    for part in pointer.strip("/").split("/") if pointer.strip("/") else ():
        value = as_object(value).get(part.replace("~1", "/").replace("~0", "~"))
    return as_object(value)


def relative(path: str, file: str) -> str:
    """Return where a file beside another lies in the checkout; nothing for one outside of it."""
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(path), file))
    return "" if ":" in file or joined.startswith(("../", "/")) else joined


def _resolved(value: object, document: Json) -> Json:
    reference = as_object(value).get("$ref")
    if isinstance(reference, str) and reference.startswith("#"):
        return at_pointer(document, reference[1:])
    return as_object(value)


# --- parts of an operation ------------------------------------------------------------------------------------------


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _parameters(declared: list[Json]) -> Iterator[Parameter]:
    for one in declared:
        place = {"formData": "form"}.get(_text(one.get("in")), _text(one.get("in")))
        if place in _PLACES and one.get("name"):
            kind = _type(as_object(one.get("schema")) or one)
            required = one.get("required") is True
            yield Parameter(name=str(one["name"]), place=place, type=kind, required=required)  # type: ignore[arg-type]


def _auth(security: object, file: str, line: int) -> Auth:
    if not isinstance(security, list):
        return Auth()
    names = sorted({str(name) for one in security for name in as_object(one)})
    by = [AuthSource(name=name, file=file, line=line) for name in names]
    if not names:
        return Auth(state="none")
    return Auth(state="optional" if {} in security else "required", by=by)


def _status_codes(said: Json) -> list[int]:
    return sorted(
        int(code) for code in map(str, as_object(said.get("responses"))) if re.fullmatch(r"[1-5][0-9]{2}", code)
    )


def _request_model(said: Json, declared: list[Json], document: Json) -> str:
    in_body = next((one for one in declared if one.get("in") == "body"), {})
    body = _resolved(said.get("requestBody"), document)
    return _named(_schema(body)) or _named(as_object(in_body.get("schema")))


def _response_model(said: Json, document: Json) -> str:
    for code, answer in as_object(said.get("responses")).items():
        if str(code).startswith("2"):
            known = _resolved(answer, document)
            return _named(_schema(known)) or _named(as_object(known.get("schema")))
    return ""


def _schema(holder: Json) -> Json:
    """Return the schema of the first media type."""
    return next((as_object(as_object(one).get("schema")) for one in as_object(holder.get("content")).values()), {})


def _named(schema: Json) -> str:
    """Return the name of a schema's model, as a list where it is one of them."""
    if schema.get("type") == "array":
        inner = _named(as_object(schema.get("items")))
        return f"{inner}[]" if inner else ""
    return _text(schema.get("$ref")).rpartition("/")[2]


def _type(schema: Json) -> str:
    kind = schema.get("type")
    written = " | ".join(map(str, kind)) if isinstance(kind, list) else _text(kind)
    return _named(schema) or (f"{_type(as_object(schema.get('items')))}[]" if written == "array" else written)
