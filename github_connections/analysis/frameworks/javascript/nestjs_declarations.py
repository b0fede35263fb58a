"""What NestJS gives to a program: applications, what they are told, and decorators."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from github_connections.analysis.frameworks.javascript.javascript_guards import guards_of
from github_connections.analysis.frameworks.javascript.javascript_servers import written
from github_connections.analysis.frameworks.javascript.nestjs_crud import LIBRARIES as CRUD_LIBRARIES
from github_connections.analysis.frameworks.javascript.nestjs_settings import SETTINGS, declare_settings
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import (
    ClassValue,
    External,
    Kind,
    ListValue,
    Thing,
    Unknown,
    Value,
    entries_of,
    items_or_itself,
    source_of,
)
from github_connections.analysis.report import Place
from github_connections.analysis.syntax import nodes

# --- what the set-up says -----------------------------------------------------------------------------------------


def declare_applications(registry: Registry) -> None:
    """Add applications, decorators, and what modules are put together with."""
    for name in ("@nestjs/core.NestFactory.create", "@nestjs/core.NestFactory.createApplicationContext"):
        registry.calls[name] = _application
    for name in ("@nestjs/common.INestApplication", "@nestjs/platform-express.NestExpressApplication"):
        registry.types[name] = APPLICATION
    registry.types["@nestjs/platform-fastify.NestFastifyApplication"] = APPLICATION
    declare_settings(registry)
    for library in ("@nestjs/common", *CRUD_LIBRARIES):
        registry.calls[f"{library}.*"] = _decorator
    registry.calls["@nestjs/common.applyDecorators"] = lambda call: ListValue(list(call.positional), call.place)
    registry.calls["@nestjs/common.forwardRef"] = lambda call: call.run(call.value(0))
    for name in ("@nestjs/core.RouterModule.register", "nest-router.RouterModule.forRoutes"):
        registry.calls[name] = lambda call: Thing(MODULE_PATHS, call.place, {"tree": call.value(0)})


def _application(call: Invocation) -> Value:
    serves = not call.name.endswith("Context")
    return call.router(APPLICATION, application=serves, options={"module": call.value(0)})


def _decorator(call: Invocation) -> Value:
    said = {"name": call.name.rpartition(".")[2], "call": call, "line": call.line, "library": True}
    return Thing(DECORATOR, call.place, said)


def _set_prefix(call: Invocation) -> Value:
    options = call.value(1)
    call.receiver.prefix, call.receiver.how = call.text(0), "setGlobalPrefix"
    call.receiver.data["prefix_place"] = call.place
    call.receiver.data["exclude"] = entries_of(options).get("exclude")
    return call.receiver


def _enable_versions(call: Invocation) -> Value:
    call.receiver.data["versioning"] = entries_of(call.value(0))
    call.receiver.data["version_place"] = call.place
    return call.receiver


def _use_guards(call: Invocation) -> Value:
    known = call.receiver.data.get("guards", [])
    call.receiver.data["guards"] = [*known, *guards_of(written(call), call.place)]
    return call.receiver


def _provided(call: Invocation) -> Value:
    """`app.get(ConfigService)`."""
    wanted = call.value(0)
    if isinstance(wanted, External) and wanted.name.endswith("ConfigService"):
        return Thing(SETTINGS, call.place)
    return call.interpreter.singleton(wanted) if isinstance(wanted, ClassValue) else Unknown("app.get()")


DECORATOR = Kind("nest decorator", is_router=False)
MODULE_PATHS = Kind("nest module paths", is_router=False)
APPLICATION = Kind(
    "nest application",
    methods={
        "setGlobalPrefix": _set_prefix,
        "enableVersioning": _enable_versions,
        "useGlobalGuards": _use_guards,
        "get": _provided,
        "resolve": _provided,
        "select": lambda call: call.receiver,
    },
)


# --- decorators ---------------------------------------------------------------------------------------------------


def decorators_of(interpreter: Interpreter, expressions: Iterable[nodes.Expression], owner: ClassValue) -> list[Thing]:
    """Return decorators with their arguments, those that a function of the program puts together among them."""
    found: list[Thing] = []
    for expression in expressions:
        value = interpreter.evaluate(expression, owner.scope.parent or owner.scope)
        line = getattr(expression, "line", owner.node.line)
        found.extend(_applied(value, expression, owner, line))
    return found


def _applied(value: Value, expression: nodes.Expression, owner: ClassValue, line: int) -> Iterator[Thing]:
    """Yield what a decorator applies; one that is not known stands for itself, by its name."""
    items = items_or_itself(value)
    known = [item for item in items if isinstance(item, Thing) and item.kind is DECORATOR]
    for item in known:
        said = item.data if item.place.file == owner.scope.file.path else {**item.data, "line": line}
        yield Thing(DECORATOR, item.place, said)
    name = source_of(expression).removesuffix("()").rpartition(".")[2]
    if all(item.data["name"] != name for item in known):
        place = Place(owner.scope.file.path, line)
        yield Thing(DECORATOR, place, {"name": name, "call": None, "line": line, "library": False, "node": expression})


def said_of(decorators: Iterable[Thing], name: str) -> Value:
    """Return the first argument of a decorator of this name; None where it is not there."""
    for decorator in decorators:
        if decorator.data["name"] == name and decorator.data["call"] is not None:
            value = decorator.data["call"].value(0)
            return "" if value is None else value
    return None
