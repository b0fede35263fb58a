"""Schemas that JavaScript code writes: JSON Schema, TypeBox, Zod, Valibot, Joi, Yup; as the parameters of a route."""

from __future__ import annotations

from collections.abc import Iterable

from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import (
    External,
    Kind,
    ListValue,
    MapValue,
    Native,
    Thing,
    Unknown,
    Value,
    entries_of,
    texts_of,
)
from github_connections.analysis.report import Parameter, ParameterPlace, Place

TYPEBOX = ("@sinclair/typebox.Type", "typebox.Type", "@fastify/type-provider-typebox.Type", "elysia.t")
ZOD = ("zod.z", "zod", "@hono/zod-openapi.z", "zod.default", "zod/v3.z", "zod/v3", "zod/v4.z", "zod/v4")
VALIBOT = ("valibot", "valibot.v")
# In these what is not said to be required may be left out.
JOI = ("joi", "joi.default", "@hapi/joi", "@hapi/joi.default", "celebrate.Joi", "yup")
_WRAPPING = ("optional", "nullish", "default", "catch")


def declare_schemas(registry: Registry) -> None:
    """Make what the libraries' functions return readable."""
    for module in TYPEBOX:
        registry.calls[f"{module}.Object"] = _object
        registry.calls[f"{module}.Optional"] = _optional
        registry.calls[f"{module}.*"] = _typebox
    for module in ZOD:
        registry.calls[f"{module}.object"] = _object
        registry.calls[f"{module}.*"] = registry.calls[f"{module}.coerce.*"] = _typebox
        registry.calls[f"{module}.optional"] = registry.calls[f"{module}.nullish"] = _optional
    for module in VALIBOT:
        registry.calls[f"{module}.*"] = _typebox
        for name in ("object", "strictObject", "looseObject"):
            registry.calls[f"{module}.{name}"] = _object
        for name in ("optional", "nullish", "exactOptional", "undefinedable"):
            registry.calls[f"{module}.{name}"] = _optional
        registry.calls[f"{module}.pipe"] = lambda call: call.value(0)
    for module in JOI:
        registry.calls[f"{module}.object"] = _object_of_joi
        registry.calls[f"{module}.*"] = _of_joi
    for name in ("BODY", "QUERY", "PARAMS", "HEADERS", "COOKIES"):
        registry.values[f"celebrate.Segments.{name}"] = name.lower()


def _object(call: Invocation) -> Value:
    fields = call.value(0)
    entries = dict(fields.entries) if isinstance(fields, MapValue) else {}
    required: list[Value] = [name for name, value in entries.items() if not _is_optional(value)]
    said = {"type": "object", "properties": MapValue(entries, call.place), "required": ListValue(required, call.place)}
    return Thing(SCHEMA, call.place, said)


def _typebox(call: Invocation) -> Value:
    return Thing(SCHEMA, call.place, {"type": call.name.rpartition(".")[2].lower()})


def _object_of_joi(call: Invocation) -> Value:
    made = _object(call)
    return Thing(SCHEMA, call.place, {**made.data, "optional": True}) if isinstance(made, Thing) else made


def _of_joi(call: Invocation) -> Value:
    return Thing(SCHEMA, call.place, {"type": call.name.rpartition(".")[2].lower(), "optional": True})


def _with_keys(call: Invocation) -> Value:
    """Joi's `object().keys({…})`, Zod's `object({…}).extend({…})` and `.merge(other)`: what was there, and more."""
    given = call.value(0)
    made, known = given if isinstance(given, Thing) and given.kind is SCHEMA else _object(call), call.receiver.data
    added = made.data if isinstance(made, Thing) else {}
    required = ListValue([*_names_required(known), *_names_required(added)], call.place)
    return Thing(SCHEMA, call.place, {**known, "properties": _joined(known, added, call.place), "required": required})


def _joined(known: dict[str, Value], added: dict[str, Value], place: Place) -> MapValue:
    both = [one for one in (known.get("properties"), added.get("properties")) if isinstance(one, MapValue)]
    return MapValue({name: value for one in both for name, value in one.entries.items()}, place)


def _shape(schema: Thing, name: str) -> Value:
    """Zod's `schema.shape` are its fields, Yup's `object().shape({…})` is given them."""
    fields = schema.data.get("properties")
    return fields if isinstance(fields, MapValue) and fields.entries else Native(name, _with_keys, schema)


def _picked(call: Invocation) -> Value:
    """Zod's `.pick({id: true})` and `.omit({id: true})`, Joi's and Yup's with names."""
    known, named = call.receiver.data.get("properties"), call.value(0)
    if not isinstance(known, MapValue):
        return call.receiver
    names = set(named.entries) if isinstance(named, MapValue) else set(texts_of(named))
    is_picked = call.name == "pick"
    kept = {name: value for name, value in known.entries.items() if (name in names) is is_picked}
    required: list[Value] = [name for name in _names_required(call.receiver.data) if name in kept]
    said = {"properties": MapValue(kept, known.place), "required": ListValue(required, call.place)}
    return Thing(SCHEMA, call.place, {**call.receiver.data, **said})


def _names_required(said: dict[str, Value]) -> list[Value]:
    listed = said.get("required")
    return list(listed.items) if isinstance(listed, ListValue) else []


def _all_optional(call: Invocation) -> Value:
    """Zod's `.partial()`: of an object, none of its fields must be there."""
    return Thing(SCHEMA, call.place, {**call.receiver.data, "required": ListValue([], call.place)})


def _made_required(call: Invocation) -> Value:
    return Thing(SCHEMA, call.place, {**call.receiver.data, "optional": False})


def _optional(call: Invocation) -> Value:
    inner = call.value(0)
    said = inner.data if isinstance(inner, Thing) else {}
    return Thing(SCHEMA, call.place, {**said, "optional": True})


def _made_optional(call: Invocation) -> Value:
    said = {**call.receiver.data, "optional": True}
    return Thing(SCHEMA, call.place, said | ({"default": call.value(0)} if call.name == "default" else {}))


def _parsed(call: Invocation) -> Value:
    """`z.object({PREFIX: z.string().default("/api")}).parse(process.env)`: what is given, else what it is without."""
    properties = call.receiver.data.get("properties")
    if not isinstance(properties, MapValue):
        return Unknown("parse()")
    return MapValue({name: _without(call, name, said) for name, said in properties.entries.items()}, call.place)


def _without(call: Invocation, name: str, said: Value) -> Value:
    given = call.interpreter.get(call.value(0), name, call.scope)
    default = said.data.get("default") if isinstance(said, Thing) else None
    return given if default is None or isinstance(given, str) else default


def _is_optional(value: Value) -> bool:
    return isinstance(value, Thing) and value.data.get("optional") is True


SCHEMA = Kind(
    "schema",
    methods={
        **dict.fromkeys(_WRAPPING, _made_optional),
        **dict.fromkeys(("keys", "extend", "append", "merge", "and", "concat"), _with_keys),
        **dict.fromkeys(("pick", "omit"), _picked),
        "partial": _all_optional,
        "parse": _parsed,
        "required": _made_required,
    },
    attributes={"shape": _shape},
    is_router=False,
)


def parameters_of(schemas: dict[str, Value], places: Iterable[tuple[str, ParameterPlace]]) -> list[Parameter]:
    """Return the fields of a route's schemas; those of its path are named there."""
    return [
        Parameter(name=name, place=place, type=kind, required=required)
        for key, place in places
        for name, kind, required in fields_of(schemas.get(key))
    ]


def fields_of(schema: Value) -> list[tuple[str, str, bool]]:
    """Return name, type and whether it is required of every property of an object's schema, or of a plain object of
    schemas: `{page: Joi.number()}`."""
    if isinstance(schema, MapValue) and any(isinstance(one, Thing) for one in schema.entries.values()):
        return [(name, _type_of(one), not _is_optional(one)) for name, one in schema.entries.items()]
    said = _said(schema)
    properties = said.get("properties")
    if not isinstance(properties, MapValue):
        return []
    listed = said.get("required")
    required = set(listed.items) if isinstance(listed, ListValue) and _all_text(listed.items) else set()
    return [(name, _type_of(value), name in required) for name, value in properties.entries.items()]


def _all_text(values: Iterable[Value]) -> bool:
    return all(isinstance(value, str) for value in values)


def _said(schema: Value) -> dict[str, Value]:
    if isinstance(schema, Thing):
        return schema.data
    return entries_of(schema)


def _type_of(schema: Value) -> str:
    kind = _said(schema).get("type", "")
    if isinstance(schema, External):
        kind = schema.name.rpartition(".")[2].removesuffix("()").lower()
    return kind if isinstance(kind, str) else ""
