"""Flask's `app.config`: what objects, modules, mappings and assignments put into it, for prefixes that come out of
it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from github_connections.analysis.linking.classes import lineage
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.names import written_out
from github_connections.analysis.linking.routing import Router
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import (
    NOTHING,
    ClassValue,
    Kind,
    MapValue,
    ModuleValue,
    ObjectValue,
    Thing,
    Unknown,
    Value,
)


def of_application(router: Router, _name: str) -> Value:
    """Return the configuration of an application, the same one each time."""
    if "configuration" not in router.data:
        router.data["configuration"] = Thing(CONFIGURATION, router.place)
    return router.data["configuration"]


def _get(call: Invocation) -> Value:
    name, default = call.text(0), call.value(1, "default")
    return call.receiver.data.get(name, Unknown(f"config.get({name})") if default is None else default)


def _from_object(call: Invocation) -> Value:
    source = call.value(0, "obj")
    if isinstance(source, str):
        source = _named(call, source)
    call.receiver.data.update(_entries(call.interpreter, source))
    return None


def _from_file(call: Invocation) -> Value:
    """`app.config.from_pyfile("config.py")`: a module beside the application, read as it is."""
    name = posixpath.basename(call.text(0, "filename")).removesuffix(".py")
    call.receiver.data.update(_entries(call.interpreter, _named(call, name)))
    return None


def _from_mapping(call: Invocation) -> Value:
    for mapping in call.positional:
        if isinstance(mapping, MapValue):
            call.receiver.data.update(mapping.entries)
    call.receiver.data.update(call.named)
    return None


def _named(call: Invocation, name: str) -> Value:
    """Return the module, or the class of a module, that a dotted name means."""
    file = call.interpreter.names(call.scope.file).find(name, call.scope.file)
    found = written_out(call.interpreter, name, call.scope) if file is None else ModuleValue(file)
    return None if found is NOTHING else found


def _entries(interpreter: Interpreter, source: Value) -> dict[str, Value]:
    """Return the names in capitals of a class with its bases, of an object or of a module, as Flask takes them."""
    entries: dict[str, Value] = {}
    for scope in _scopes(interpreter, source):
        entries.update({name: interpreter.force(scope, name) for name in list(scope.names) if name.isupper()})
    if isinstance(source, ObjectValue):
        entries.update({name: value for name, value in source.fields.items() if name.isupper()})
    return entries


def _scopes(interpreter: Interpreter, source: Value) -> Iterator[Scope]:
    """Yield the scopes that hold a source's names, those of bases first."""
    if isinstance(source, ModuleValue):
        interpreter.run_file(source.file)
        yield source.file.scope
    cls = source.cls if isinstance(source, ObjectValue) else source
    if isinstance(cls, ClassValue):
        owners = lineage(interpreter, cls)
        yield from (owner.scope for owner in reversed(owners))


CONFIGURATION = Kind(
    "flask configuration",
    methods={
        "get": _get,
        "from_object": _from_object,
        "from_pyfile": _from_file,
        "from_mapping": _from_mapping,
        "update": _from_mapping,
    },
    fluent=False,
    is_router=False,
)
