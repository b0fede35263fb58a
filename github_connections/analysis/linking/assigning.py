"""`holder.name = value`, for every sort of holder that remembers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from github_connections.analysis.linking.values import (
    ClassValue,
    External,
    FunctionValue,
    MapValue,
    ModuleValue,
    ObjectValue,
    PackageValue,
    Thing,
    Unknown,
    Value,
)


def assign(holder: Value, name: str, value: Value) -> None:
    """Carry out `holder.name = value`, or `holder[name] = value`, where the holder remembers."""
    write = _WRITERS.get(type(holder)) or (_to_thing if isinstance(holder, Thing) else None)
    if write is not None:
        write(holder, name, value)


def _to_object(holder: ObjectValue, name: str, value: Value) -> None:
    holder.fields[name] = value


def _to_map(holder: MapValue, name: str, value: Value) -> None:
    holder.entries[name] = value


def _to_thing(holder: Thing, name: str, value: Value) -> None:
    holder.data[name] = value


def _beside(holder: FunctionValue | External, name: str, value: Value) -> None:
    holder.fields = {**(holder.fields or {}), name: value}


def _to_class(holder: ClassValue, name: str, value: Value) -> None:
    """`if (!App.router) App.router = Router()`: there is one, which is made where nobody knows that it is there."""
    known = holder.scope.names.get(name)
    is_made_again = isinstance(known, Thing) and isinstance(value, Thing) and known.place == value.place
    holder.scope.names[name] = known if is_made_again else value


def _to_module(holder: ModuleValue, name: str, value: Value) -> None:
    holder.file.scope.names[name] = value


def _to_package(holder: PackageValue, name: str, value: Value) -> None:
    """Go's `routes.Router = gin.New()`: in the file of the package that declares the variable."""
    file = next((file for file in holder.files if file.declares(name)), None)
    if file is not None and not isinstance(value, Unknown):
        file.scope.names[name] = value


_WRITERS: dict[type, Callable[[Any, str, Value], None]] = {
    ObjectValue: _to_object,
    MapValue: _to_map,
    FunctionValue: _beside,
    External: _beside,
    ClassValue: _to_class,
    ModuleValue: _to_module,
    PackageValue: _to_package,
}
