"""What a class of Django's says in its `class Meta`, and the fields of its model that it names there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from github_connections.analysis.linking.classes import lineage
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import ClassValue, ListValue, Value, is_known, texts_of
from github_connections.analysis.report import ModelField
from github_connections.analysis.syntax import nodes

_ALL = "__all__"
_READ_ONLY = {"read_only": True}
# Every model has it unless a field of its own is the key, and the database gives it.
_KEY = ModelField(name="id", required=False, constraints=_READ_ONLY)

Fields = Callable[[Interpreter, ClassValue], Iterable[ModelField]]


class Meta(Struct, frozen=True):
    """The classes `Meta` inside a class and those that it is derived from, as one; the nearest decides."""

    interpreter: Interpreter
    said: dict[str, tuple[nodes.Expression, Scope]]

    def value(self, name: str) -> Value:
        """Return what is said under a name; None where nothing is."""
        return self.interpreter.evaluate(*self.said[name]) if name in self.said else None

    def names(self, name: str) -> list[str]:
        """Return the names that are listed under a name, as far as they are known."""
        value = self.value(name)
        return [text for text in texts_of(value) if is_known(text)] if isinstance(value, ListValue) else []


def meta_of(interpreter: Interpreter, cls: ClassValue) -> Meta:
    """Return what a class says of itself."""
    said: dict[str, tuple[nodes.Expression, Scope]] = {}
    for owner in lineage(interpreter, cls):
        for statement in owner.node.body:
            for one in statement.body if isinstance(statement, nodes.Class) and statement.name == "Meta" else ():
                if isinstance(one, nodes.Assign) and isinstance(one.target, nodes.Name) and one.value is not None:
                    said.setdefault(one.target.id, (one.value, owner.scope))
    return Meta(interpreter, said)


def fields_named(interpreter: Interpreter, cls: ClassValue, fields_of: Fields) -> Iterator[ModelField]:
    """Yield the fields that a serializer or a form takes over from its model; `fields_of` tells what that has."""
    meta = meta_of(interpreter, cls)
    own = _fields_of_model(interpreter, cls, meta.value("model"), fields_of)
    takes_all = meta.value("fields") == _ALL or "fields" not in meta.said
    left_out, read_only = set(meta.names("exclude")), set(meta.names("read_only_fields"))
    for name in own if takes_all else meta.names("fields"):
        if name not in left_out:
            field = own.get(name, ModelField(name=name, required=False))
            only_read = replace(field, required=False, constraints=field.constraints | _READ_ONLY)
            yield only_read if name in read_only else field


def _fields_of_model(
    interpreter: Interpreter, cls: ClassValue, model: Value, fields_of: Fields
) -> dict[str, ModelField]:
    if not isinstance(model, ClassValue) or model.node is cls.node:
        return {}
    own = {field.name: field for field in fields_of(interpreter, model)}
    has_key = any(field.constraints.get("primary_key") is True for field in own.values())
    return own if has_key else {_KEY.name: _KEY} | own
