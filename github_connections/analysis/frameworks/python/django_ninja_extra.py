"""Django Ninja Extra: operations as methods of controllers, which an API is given or finds by itself."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis import http_verbs
from github_connections.analysis.linking.classes import lineage
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.routing import Router
from github_connections.analysis.linking.values import (
    ClassValue,
    External,
    FunctionValue,
    Kind,
    Value,
    text_of,
    texts_of,
)
from github_connections.analysis.report import Place
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import arguments_as

CONTROLLER = "api_controller"
# Controllers of ninja-jwt, by the end of their name: what each answers to, below `/token`.
OF_TOKENS = {
    "TokenObtainPairController": ("/pair", "/refresh"),
    "TokenVerificationController": ("/verify",),
    "NinjaJWTSlidingController": ("/sliding", "/sliding/refresh"),
    "NinjaJWTDefaultController": ("/pair", "/refresh", "/verify"),
}


def register(kind: Kind, call: Invocation) -> Value:
    """`api.register_controllers(Users, Orders)`."""
    for controller in call.positional:
        _mount(kind, call, controller)
    return None


def discover(kind: Kind, call: Invocation) -> Value:
    """`api.auto_discover_controllers()` takes every controller of the project."""
    for cls in call.interpreter.program.classes_with("python", frozenset({CONTROLLER})):
        if _declared(cls) is not None:
            _mount(kind, call, cls)
    return None


def _mount(kind: Kind, call: Invocation, controller: Value) -> None:
    inner = Router(kind, call.place)
    if isinstance(controller, External):
        paths = OF_TOKENS.get(controller.name.rpartition(".")[2], ())
        for path in paths:
            inner.add(["POST"], path, call.place)
        call.receiver.mount("/token", inner, call.place, "controller")
    if not isinstance(controller, ClassValue):
        return
    said = _arguments(call.interpreter, _declared(controller), controller, "prefix_or_class")
    for method, path, function, line in _operations(call.interpreter, controller):
        inner.add(method, path, Place(function.scope.file.path, line), function)
    prefix = said.get("prefix_or_class")
    call.receiver.mount("" if prefix is None else text_of(prefix), inner, controller.place, "controller")


def _declared(cls: ClassValue) -> nodes.Expression | None:
    return next((one for one in cls.node.decorators if nodes.bare_name(one) == CONTROLLER), None)


def _operations(interpreter: Interpreter, cls: ClassValue) -> Iterator[tuple[list[str], str, FunctionValue, int]]:
    """Yield (verbs, path, method, line) of a controller and of its bases in the program."""
    for owner in lineage(interpreter, cls):
        for node in (statement for statement in owner.node.body if isinstance(statement, nodes.Function)):
            for decorator in (one for one in node.decorators if isinstance(one, nodes.Call)):
                name = nodes.bare_name(decorator).removeprefix("http_")
                said = _arguments(interpreter, decorator, owner, "path")
                verbs = [name.upper()] if name in http_verbs.OF_APIS else []
                if name == "generic":
                    verbs = [method.upper() for method in texts_of(said.get("methods"))]
                if verbs:
                    path = text_of(said.get("path", ""))
                    yield verbs, path, FunctionValue(node, owner.scope, owner), decorator.line


def _arguments(
    interpreter: Interpreter, decorator: nodes.Expression | None, owner: ClassValue, first: str
) -> dict[str, Value]:
    """Return what a decorator says, by keyword; `first` is that of its first argument."""
    said = arguments_as(decorator, first).items()
    return {name: interpreter.evaluate(value, owner.scope) for name, value in said}
