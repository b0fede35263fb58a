"""Carter's modules, whose `AddRoutes` maps minimal APIs of ASP.NET Core; in its early versions a module's constructor
says its routes, `Get("/x", handler)`."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis import http_verbs
from github_connections.analysis.linking.classes import library_bases
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.program import File, classes_in
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.routing import Router
from github_connections.analysis.linking.values import Behaviour, ClassValue, FunctionValue, Kind, Value
from github_connections.analysis.syntax import nodes

_BASES = frozenset({"ICarterModule", "CarterModule"})


def _verb(method: str) -> Behaviour:
    def register(call: Invocation) -> Value:
        call.receiver.add([method], call.text(0), call.place, call.value(1))
        return call.receiver

    return register


MODULE = Kind("carter module", methods={verb.capitalize(): _verb(verb.upper()) for verb in http_verbs.OF_BROWSERS})


def declare(registry: Registry) -> None:
    """Add the base of modules."""
    registry.bases["CarterModule"] = lambda call: call.router(MODULE)


def map_modules(call: Invocation) -> Value:
    """Run `AddRoutes` of every module; what its constructor hands to its base is a prefix."""
    for cls in _modules_for(call.interpreter, call.scope.file):
        made = call.interpreter.singleton(cls)
        method = call.interpreter.member(cls, "AddRoutes")
        prefix = _base_argument(call.interpreter, cls)
        if isinstance(method, FunctionValue):
            inner = call.receiver.group(prefix, cls.place, "CarterModule") if prefix else call.receiver
            call.run(method, inner, this=made)
        elif isinstance(made, Router):
            call.receiver.mount(prefix, made, cls.place, "CarterModule")
    return call.receiver


def _modules_for(interpreter: Interpreter, caller: File) -> list[ClassValue]:
    """Return the modules that a call maps: where several applications map theirs, those of libraries only for want of
    its own."""
    mapping = {file.project_root for file in interpreter.program.with_words("csharp", frozenset({"MapCarter"}))}
    others = mapping - {caller.project_root}
    found = [cls for cls in _derived(interpreter, _BASES) if cls.scope.file.project_root not in others]
    own = [cls for cls in found if cls.scope.file.project_root == caller.project_root]
    return own if others and own else found


def _derived(interpreter: Interpreter, names: frozenset[str]) -> Iterator[ClassValue]:
    for file in interpreter.program.with_words("csharp", names):
        for cls in classes_in(file.scope):
            if "abstract" not in cls.node.modifiers and not names.isdisjoint(library_bases(interpreter, cls)):
                yield cls


def _base_argument(interpreter: Interpreter, cls: ClassValue) -> str:
    """Return the text that a class's constructor hands to its base."""
    for member in cls.node.body:
        if isinstance(member, nodes.Function) and member.name == "constructor" and member.body:
            first = member.body[0]
            if isinstance(first, nodes.Call) and first.function == nodes.Name("super") and first.arguments:
                return interpreter.text(first.arguments[0].value, cls.scope)
    return ""
