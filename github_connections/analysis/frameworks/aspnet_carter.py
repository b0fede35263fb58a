"""Carter's modules, whose `AddRoutes` maps minimal APIs of ASP.NET Core."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.values import ClassValue, External, FunctionValue, Value
from github_connections.analysis.syntax import nodes


def map_modules(call: Invocation) -> Value:
    """Run `AddRoutes` of every module; what its constructor hands to its base is a prefix."""
    for cls in _derived(call.interpreter, ("ICarterModule", "CarterModule")):
        method = call.interpreter.member(cls, "AddRoutes")
        if isinstance(method, FunctionValue):
            prefix = _base_argument(call.interpreter, cls)
            inner = call.receiver.group(prefix, cls.place, "CarterModule") if prefix else call.receiver
            call.run(method, inner, this=call.interpreter.singleton(cls))
    return call.receiver


def _derived(interpreter: Interpreter, names: tuple[str, ...]) -> Iterator[ClassValue]:
    for file in interpreter.program.with_words("csharp", frozenset(names)):
        for cls in file.scope.names.values():
            if isinstance(cls, ClassValue) and "abstract" not in cls.node.modifiers:
                bases = {base.name for base in interpreter.bases(cls) if isinstance(base, External)}
                if not bases.isdisjoint(names):
                    yield cls


def _base_argument(interpreter: Interpreter, cls: ClassValue) -> str:
    """Return the text that a class's constructor hands to its base."""
    for member in cls.node.body:
        if isinstance(member, nodes.Function) and member.name == "constructor" and member.body:
            first = member.body[0]
            if isinstance(first, nodes.Call) and first.function == nodes.Name("super") and first.arguments:
                return interpreter.text(first.arguments[0].value, cls.scope)
    return ""
