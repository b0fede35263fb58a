"""Types as source code writes them, and models, as JSON Schema; what is not known is left open."""

from __future__ import annotations

import re
from typing import Any

from github_connections.analysis.report import Model, ModelField

Json = dict[str, Any]

_WORDS: tuple[tuple[str, Json], ...] = (
    ("int integer long short byte biginteger bigint usize uint int32 int64 uint32 uint64", {"type": "integer"}),
    ("i32 i64 u32 u64 integerfield positiveintegerfield", {"type": "integer"}),
    ("float double decimal number bigdecimal f32 f64 float32 float64", {"type": "number"}),
    ("bool boolean booleanfield", {"type": "boolean"}),
    ("str string text char slug path charfield textfield", {"type": "string"}),
    ("uuid guid uuidfield", {"type": "string", "format": "uuid"}),
    ("date localdate dateonly", {"type": "string", "format": "date"}),
    ("datetime localdatetime instant offsetdatetime", {"type": "string", "format": "date-time"}),
    ("email emailstr", {"type": "string", "format": "email"}),
    ("url httpurl anyurl", {"type": "string", "format": "uri"}),
    ("dict object map record", {"type": "object"}),
    ("list array set tuple", {"type": "array"}),
)
_BY_TYPE = {word: schema for words, schema in _WORDS for word in words.split()}
_LIST = re.compile(
    r"(?:list|array|set|sequence|iterable|collection|ienumerable|vec|arraylist)\s*[\[<](.+)[\]>]", re.IGNORECASE
)
_MAYBE = re.compile(r"(?:optional|option|nullable|maybe)\s*[\[<](.+)[\]>]", re.IGNORECASE)
_WRAPPED = re.compile(
    r"(?:promise|annotated|mono|responseentity|task|actionresult|observable)\s*[\[<](.+)[\]>]", re.IGNORECASE
)
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9._-]+")
LONGEST_TYPE = 200
DEEPEST = 5

# Constraints by the names that validators give them: the keyword of JSON Schema, and what its value must be.
_CONSTRAINTS: tuple[tuple[str, str, type], ...] = (
    ("max_length maxLength max_len", "maxLength", int),
    ("min_length minLength min_len", "minLength", int),
    ("ge min_value minimum", "minimum", float),
    ("le max_value maximum", "maximum", float),
    ("gt", "exclusiveMinimum", float),
    ("lt", "exclusiveMaximum", float),
    ("min_items minItems", "minItems", int),
    ("max_items maxItems", "maxItems", int),
    ("enum choices", "enum", list),
)
_KEYWORDS = {name: (keyword, kind) for names, keyword, kind in _CONSTRAINTS for name in names.split()}


class Schemas:
    """The models of a report under names that OpenAPI allows, and references to them."""

    def __init__(self, models: list[Model]) -> None:
        self._named: dict[str, Model] = {}
        self._keys: dict[str, str] = {}  # the name in the code → the first model of that name
        for model in models:
            key = self._free_key(_NOT_IN_A_NAME.sub("_", model.name) or "Model")
            self._named[key] = model
            self._keys.setdefault(model.name, key)

    def _free_key(self, name: str) -> str:
        number, key = 1, name
        while key in self._named:
            number += 1
            key = f"{name}_{number}"
        return key

    def as_dict(self) -> Json:
        return {key: self._schema(model) for key, model in self._named.items()}

    def is_empty(self, written: str) -> bool:
        """Tell whether a name is a model of which no fields are known: a class that holds rules in place of them."""
        return written in self._keys and not self._named[self._keys[written]].fields

    def of_type(self, written: str, depth: int = 0) -> Json:
        """Return the schema of a type as the code writes it; empty, which allows everything, where it is not known."""
        written = written[:LONGEST_TYPE].strip().strip("\"'")
        if not written or depth > DEEPEST:
            return {}
        if written in self._keys:
            return {"$ref": f"#/components/schemas/{self._keys[written]}"}
        known = _BY_TYPE.get(written.rpartition(".")[2].lower())
        return dict(known) if known else self._composed(written, depth)

    def _composed(self, written: str, depth: int) -> Json:
        if written.endswith("[]"):
            return {"type": "array", "items": self.of_type(written[:-2], depth + 1)}
        if written.startswith("[]"):
            return {"type": "array", "items": self.of_type(written[2:], depth + 1)}
        if found := _LIST.fullmatch(written):
            return {"type": "array", "items": self.of_type(found[1], depth + 1)}
        if found := _WRAPPED.fullmatch(written):
            return self.of_type(found[1], depth + 1)
        if (inner := _nullable(written)) is not None:
            known = self.of_type(inner, depth + 1)
            return {"anyOf": [known, {"type": "null"}]} if known else {}
        return {}

    def _schema(self, model: Model) -> Json:
        required = sorted({field.name for field in model.fields if field.required})
        schema: Json = {"type": "object"} if model.fields else {}
        if model.fields:
            schema["properties"] = {field.name: self._property(field) for field in model.fields}
        if required:
            schema["required"] = required
        return schema | {"x-source": {"file": model.file, "line": model.line, "kind": model.kind}}

    def _property(self, field: ModelField) -> Json:
        schema = self.of_type(field.type)
        remarks = {}
        for name, value in field.constraints.items():
            keyword, kind = _KEYWORDS.get(name, ("", object))
            if keyword and _fits(value, kind):
                schema[keyword] = value
            else:
                remarks[name] = value
        if field.type and not schema:
            remarks["type"] = field.type
        return schema | ({"x-declared": remarks} if remarks else {})


def _nullable(written: str) -> str | None:
    """Return what a type is apart from being allowed to be missing; None where it is not of that form."""
    if found := _MAYBE.fullmatch(written):
        return found[1]
    if written.endswith("?"):
        return written[:-1]
    parts = [part.strip() for part in written.split("|")]
    others = [part for part in parts if part.lower() not in {"none", "null", "undefined"}]
    return others[0] if len(others) == 1 and len(parts) == 2 else None


def _fits(value: Any, kind: type) -> bool:
    """Return whether JSON Schema takes the value; true and false are no numbers, and lengths are not below none."""
    if isinstance(value, bool):
        return False
    if kind is int:
        return isinstance(value, int) and value >= 0
    if kind is float:
        return isinstance(value, int | float)
    return isinstance(value, kind) and bool(value)
