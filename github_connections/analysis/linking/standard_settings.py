"""Settings of JavaScript's programs that say their own defaults: envalid, T3's environments, convict."""

from __future__ import annotations

from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import Kind, MapValue, Thing, Unknown, Value, entries_of

_ENVALID = ("str", "url", "host", "makeValidator", "port", "num", "bool")


def declare(registry: Registry) -> None:
    """Add what makes settings of a description."""
    for name in _ENVALID:
        registry.calls[f"envalid.{name}"] = lambda call: call.value(0)
    registry.calls["envalid.cleanEnv"] = _clean
    registry.calls["convict"] = registry.calls["convict.default"] = _described


def _clean(call: Invocation) -> Value:
    """`cleanEnv(process.env, {BASE_PATH: str({default: "/api"})})`."""
    fields = entries_of(call.value(1))
    return MapValue({name: _default_of(call, name, said) for name, said in fields.items()}, call.place)


def _default_of(call: Invocation, name: str, said: Value) -> Value:
    """Return what an example of the environment says, else the default, else that it is of the environment."""
    given = call.interpreter.get(call.value(0), name, call.scope)
    default = entries_of(said).get("default")
    return default if default is not None and not isinstance(given, str) else given


def _described(call: Invocation) -> Value:
    return Thing(_CONVICT, call.place, {"said": call.value(0)})


def _asked(call: Invocation) -> Value:
    """`config.get("api.prefix")` where `{api: {prefix: {default: "/api"}}}` was described."""
    value = call.receiver.data["said"]
    for name in call.text(0).split("."):
        value = entries_of(value).get(name)
    default = entries_of(value).get("default")
    return Unknown(f"config.get({call.text(0)})") if default is None else default


_CONVICT = Kind("convict settings", {"get": _asked}, is_router=False)
