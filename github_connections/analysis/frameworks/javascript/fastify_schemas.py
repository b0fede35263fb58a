"""Schemas that Fastify's applications keep by name: `addSchema({$id: "pager"})`, fastify-zod's `buildJsonSchemas`."""

from __future__ import annotations

from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.values import (
    ListValue,
    MapValue,
    Native,
    Thing,
    Unknown,
    Value,
    entries_of,
    text_of,
)

_KEPT = "fastify schemas"
# Where the parts of a kept schema are, in `pager#/properties/page` and `#/definitions/Crew`.
_STEPS = ("properties", "definitions", "$defs")


def add_schema(call: Invocation) -> Value:
    """`fastify.addSchema({$id: "pager", …})`."""
    said = call.value(0)
    name = entries_of(said).get("$id")
    if isinstance(name, str):
        _kept(call.interpreter)[name.rstrip("#")] = said
    return call.receiver


def built(call: Invocation) -> Value:
    """`const { schemas, $ref } = buildJsonSchemas({crew})`: what is asked for by name is the schema itself."""
    entries = entries_of(call.value(0))

    def named(inner: Invocation) -> Value:
        return entries.get(text_of(inner.value(0)), Unknown("$ref()"))

    return MapValue({"schemas": ListValue([], call.place), "$ref": Native("$ref", named)}, call.place)


def resolved(interpreter: Interpreter, schema: Value) -> Value:
    """Return the schema that `{$ref: "pager#"}` names; any other as it is, a plain list of fields as their object."""
    if not isinstance(schema, MapValue):
        return schema
    name = schema.entries.get("$ref")
    if isinstance(name, str):
        kept, _, rest = name.partition("#")
        found = _kept(interpreter).get(kept, schema)
        for step in rest.strip("/").split("/") if rest.strip("/") else ():
            found = entries_of(found).get(step)
        return found
    said = schema.entries.values()
    is_of_fields = bool(said) and all(isinstance(one, MapValue | Thing) for one in said)
    is_of_fields = is_of_fields and not any(step in schema.entries for step in _STEPS)
    return MapValue({"type": "object", "properties": schema}, schema.place) if is_of_fields else schema


def _kept(interpreter: Interpreter) -> dict[str, Value]:
    kept: dict[str, Value] = interpreter.state.setdefault(_KEPT, {})
    return kept
