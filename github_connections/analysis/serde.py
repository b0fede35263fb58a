"""The names and defaults that serde's attributes give the fields of a Rust struct."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from msgspec import Struct

from github_connections.analysis.linking.values import type_name
from github_connections.analysis.syntax import nodes

_SKIPPED = frozenset({"skip", "skip_deserializing"})


class Field(Struct, frozen=True):
    """A field as callers write it. `flattened` where its own fields stand in its place."""

    name: str
    type: nodes.Expression | None
    required: bool
    flattened: bool


def fields_of(struct: nodes.Class) -> Iterator[Field]:
    """Yield the fields that are read, under the names that they have outside of the program."""
    of_struct = _said(struct.decorators)
    rename = _RENAMED.get(of_struct.get("rename_all", ""), _as_written)
    for one in struct.parameters:
        said = _said(one.decorators)
        if not _SKIPPED.isdisjoint(said):
            continue
        is_optional = type_name(one.type).startswith("Option[") or "default" in said or "default" in of_struct
        yield Field(said.get("rename") or rename(one.name), one.type, not is_optional, "flatten" in said)


def _said(decorators: list[nodes.Expression]) -> dict[str, str]:
    """Return what `#[serde(rename = "x", default)]` says; of a word alone, nothing behind it."""
    found: dict[str, str] = {}
    for one in decorators:
        if isinstance(one, nodes.Call) and one.function == nodes.Name("serde"):
            for argument in one.arguments:
                # `default` is a word of the language.
                name = argument.name or getattr(argument.value, "id", "") or getattr(argument.value, "source", "")
                found[name] = argument.value.value if isinstance(argument.value, nodes.Text) else ""
    return found


def _as_written(name: str) -> str:
    return name.removeprefix("r#")


def _pascal(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def _camel(name: str) -> str:
    return re.sub(r"_+([a-z0-9])", lambda match: match.group(1).upper(), name)


_RENAMED: dict[str, Callable[[str], str]] = {
    "camelCase": _camel,
    "PascalCase": _pascal,
    "kebab-case": lambda name: name.replace("_", "-"),
    "SCREAMING_SNAKE_CASE": str.upper,
    "SCREAMING-KEBAB-CASE": lambda name: name.replace("_", "-").upper(),
    "UPPERCASE": str.upper,
    "lowercase": str.lower,
}
