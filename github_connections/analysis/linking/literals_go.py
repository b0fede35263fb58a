"""Go's literals of named lists and maps, `Routes{…}`, whose elements need not say their type; and conversions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from github_connections.analysis.linking.values import (
    ClassValue,
    FunctionValue,
    ListValue,
    MapValue,
    ObjectValue,
    Unknown,
    Value,
)
from github_connections.analysis.syntax import nodes

if TYPE_CHECKING:
    from github_connections.analysis.linking.interpreter import Interpreter


def held(
    interpreter: Interpreter, cls: ClassValue, positional: list[Value], named: dict[str, Value]
) -> ListValue | MapValue | None:
    """Return the list or map that a literal of the type is; None where the type is of neither sort."""
    base = cls.node.bases[0] if cls.node.bases else None
    if not isinstance(base, nodes.Item):
        return None
    if base.of == nodes.Name("[]"):
        return ListValue([_element(interpreter, base.index, cls, item) for item in positional], cls.place)
    if base.of == nodes.Name("map") and isinstance(base.index, nodes.Sequence):
        kind = base.index.items[-1]
        entries = {key.strip('"`'): _element(interpreter, kind, cls, item) for key, item in named.items()}
        return MapValue(entries, cls.place)
    return None


def converted(positional: list[Value]) -> str | FunctionValue | None:
    """Return what a conversion to a type of the program leaves as it is: `Handler(show)`, `Prefix("/api")`."""
    [value] = positional if len(positional) == 1 else [None]
    return value if isinstance(value, str | FunctionValue) else None


def _element(interpreter: Interpreter, kind: nodes.Expression, cls: ClassValue, item: Value) -> Value:
    """Return an element as its type says: braces alone are fields by their positions or names."""
    if not isinstance(item, ObjectValue) or item.cls is not None:
        return item
    of = interpreter.evaluate(kind, cls.scope)
    if not isinstance(of, ClassValue):
        return Unknown("element")
    positional = [value for key, value in item.fields.items() if key.isdigit()]
    named = {key: value for key, value in item.fields.items() if not key.isdigit()}
    return interpreter.instantiate(of, positional, named, None, cls.scope)


def braces(positional: list[Value], named: dict[str, Value], made: ObjectValue) -> ObjectValue:
    """Return what braces without a type hold, until somebody knows the type."""
    made.fields.update({str(position): value for position, value in enumerate(positional)}, **named)
    return made
