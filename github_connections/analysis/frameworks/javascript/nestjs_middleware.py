"""Middleware that modules of NestJS put before routes: `consumer.apply(Known).exclude("health").forRoutes("crew")`."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from github_connections.analysis.frameworks.javascript.javascript_guards import Guard, guard_of
from github_connections.analysis.frameworks.javascript.javascript_middleware import turning_of
from github_connections.analysis.frameworks.javascript.nestjs_paths import Pattern, matches, patterns_of
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import ClassValue, FunctionValue, ListValue, Value, items_or_itself
from github_connections.analysis.report import Place
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in


class Middleware(Struct):
    """A guard, and the routes that it stands before; without a controller and a pattern, before none."""

    guard: Guard
    controllers: set[int]
    patterns: list[Pattern]
    excluded: list[Pattern]

    def is_before(self, controller: ClassValue, path: str, method: str) -> bool:
        """Tell whether it stands before a route; the path is without the application's prefix."""
        if matches(self.excluded, path, method):
            return False
        return id(controller.node) in self.controllers or matches(self.patterns, path, method)


def middleware_of(interpreter: Interpreter, module: ClassValue) -> Iterator[Middleware]:
    """Yield what a module's `configure(consumer)` applies and what asks who is calling."""
    for method in module.node.body:
        if isinstance(method, nodes.Function) and method.name == "configure":
            for node in nodes_in(method.body):
                if isinstance(node, nodes.Call) and getattr(node.function, "name", "") == "forRoutes":
                    yield from _applied(interpreter, module, node)


def _applied(interpreter: Interpreter, module: ClassValue, call: nodes.Call) -> Iterator[Middleware]:
    scope = module.scope
    place = Place(scope.file.path, call.line)
    said: dict[str, list[nodes.Expression]] = {}
    current: nodes.Expression = call
    while isinstance(current, nodes.Call) and isinstance(current.function, nodes.Member):
        if current.function.name == "forRoutes" and current is not call:
            break  # what is before it in the chain was for those routes
        said.setdefault(current.function.name, []).extend(argument.value for argument in current.arguments)
        current = current.function.of
    routes, excluded = (
        ListValue(list(_values(interpreter, module, said.get(name, []))), place) for name in ("forRoutes", "exclude")
    )
    for written in said.get("apply", []):
        guard = _guard(interpreter, interpreter.evaluate(written, scope), written, place)
        if guard is not None:
            controllers = {id(one.node) for one in routes.items if isinstance(one, ClassValue)}
            yield Middleware(guard, controllers, list(patterns_of(routes, below=True)), list(patterns_of(excluded)))


def _values(interpreter: Interpreter, module: ClassValue, written: list[nodes.Expression]) -> Iterator[Value]:
    for one in written:
        value = interpreter.evaluate(one.value if isinstance(one, nodes.Spread) else one, module.scope)
        yield from items_or_itself(value)


def _guard(interpreter: Interpreter, value: Value, written: nodes.Expression, place: Place) -> Guard | None:
    """Return the guard that a class with a method `use` is, or a function; only where its source tells."""
    if isinstance(value, ClassValue):
        methods = (one for one in value.node.body if isinstance(one, nodes.Function) and one.name == "use")
        value = next((FunctionValue(one, value.scope) for one in methods), None)
    if not isinstance(value, FunctionValue) or turning_of(interpreter, value) is None:
        return None
    return guard_of(value, written, place, interpreter)
