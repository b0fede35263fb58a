"""NestJS's settings: what `registerAs` and the factories that a ConfigModule loads say, by dotted names."""

from __future__ import annotations

import re

from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import (
    FunctionValue,
    Kind,
    MapValue,
    Unknown,
    Value,
    entries_of,
    hole,
    items_in,
    text_of,
)

# A setting whose file had not run when it was asked for.
_SETTING = re.compile(r"\{\?([\w.]+)\}")
_LOADED = "nest settings loaded"


def declare_settings(registry: Registry) -> None:
    """Add the service that settings are asked of, and what makes them known."""
    registry.types["@nestjs/config.ConfigService"] = SETTINGS
    registry.calls["@nestjs/config.registerAs"] = _configured
    registry.calls["@nestjs/config.ConfigModule.forRoot"] = _loaded


def with_settings(interpreter: Interpreter, value: Value) -> Value:
    """Return a text with the settings in it that are known by now; anything else as it is."""
    if not isinstance(value, str):
        return value
    return _SETTING.sub(lambda match: text_of(_known(interpreter, match.group(1)) or Unknown(match.group(1))), value)


def _known(interpreter: Interpreter, name: str) -> Value:
    """Return what the program configures under a name, which may go through objects; None where it does not."""
    beginning, value = name, interpreter.settings.get(name)
    while value is None and "." in beginning:
        beginning = beginning.rpartition(".")[0]
        value = interpreter.settings.get(beginning)
    for part in name[len(beginning) :].strip(".").split(".") if beginning != name else ():
        value = entries_of(value).get(part)
    return value


def _setting(call: Invocation) -> Value:
    """A setting is what the program configures, or an example of its environment says, or else its own default."""
    name, default = call.text(0), call.value(1)
    _load(call.interpreter)
    for known in (_known(call.interpreter, name), call.interpreter.environment(name, call.scope.file)):
        if isinstance(known, str | MapValue):
            return known
    return default if isinstance(default, str) else hole(name)


def _load(interpreter: Interpreter) -> None:
    """Work out, once, what the modules with a ConfigModule import: that loads their settings."""
    if interpreter.state.setdefault(_LOADED, False):
        return
    interpreter.state[_LOADED] = True
    for cls in interpreter.program.classes_with("javascript", frozenset({"forRoot"})):
        for decorator in cls.node.decorators if "@nestjs/config" in cls.scope.file.head.imports else ():
            interpreter.evaluate(decorator, cls.scope.parent or cls.scope)


def _configured(call: Invocation) -> Value:
    """`registerAs("app", () => ({prefix: "api"}))` makes `app.prefix` known."""
    made = call.run(call.value(1))
    for name, value in entries_of(made).items():
        call.interpreter.settings[f"{call.text(0)}.{name}"] = value
    return made


def _loaded(call: Invocation) -> Value:
    """`ConfigModule.forRoot({load: [() => ({app: {prefix: "api"}})]})` makes `app.prefix` known too."""
    for factory in items_in(entries_of(call.value(0)).get("load")):
        made = call.run(factory) if isinstance(factory, FunctionValue) else None
        call.interpreter.settings.update(entries_of(made))
    return Unknown("ConfigModule")


SETTINGS = Kind("nest settings", {"get": _setting, "getOrThrow": _setting}, fluent=False, is_router=False)
