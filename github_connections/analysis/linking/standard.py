"""What functions of the languages themselves do, as far as set-up code uses them."""

from __future__ import annotations

from github_connections.analysis.linking import sequences
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.standard_javascript import joined_path
from github_connections.analysis.linking.values import (
    NOTHING,
    ListValue,
    MapValue,
    Thing,
    Unknown,
    Value,
    text_of,
)


def declare(registry: Registry) -> None:
    """Add the functions that every program may use."""
    for name in (
        "os.getenv",
        "os.environ.get",
        "environ.get",
        "config",
        "env",
        "decouple.config",
        "ENV.fetch",
        "getenv",
        "environ.Env()",
        "environ.Env().*",
        "environs.Env()",
        "environs.Env().*",
        "starlette.config.Config()",
        "dynaconf.LazySettings().get",
        "dynaconf.Dynaconf().get",
    ):
        registry.calls[name] = _setting
    of_fields = ("pydantic.Field", "pydantic.fields.Field", "dataclasses.field", "attrs.field", "attr.field", "attr.ib")
    for name in of_fields:
        registry.calls[name] = _field
    for name in ("attr.Factory", "attrs.Factory"):
        registry.calls[name] = lambda call: call.run(call.value(0, "factory"))
    for name in ("list", "tuple", "set", "sorted", "str", "reversed", "copy", "append"):
        registry.calls[name] = _first
    for name in (
        "posixpath.join",
        "os.path.join",
        "path.join",
        "path.posix.join",
        "path.Join",
        "url.JoinPath",
        "urljoin",
    ):
        registry.calls[name] = joined_path
    for name in ("fmt.Sprintf", "sprintf", "String.format", "string.Format", "util.format"):
        registry.calls[name] = _formatted
    registry.calls["append"] = _appended
    registry.calls["enumerate"] = _enumerated
    registry.calls["values_of"] = _values_of


def _setting(call: Invocation) -> Value:
    """Return the default of a setting that the environment may change; a hole where it has none."""
    default = call.value(1, "default", call.named.get("cast_default", NOTHING))
    return Unknown(call.text(0)) if default is NOTHING or default is None else default


def _field(call: Invocation) -> Value:
    """Return what a field of a class holds where nobody sets it: `prefix: str = Field("/api", env="PREFIX")`."""
    factory = call.value(99, "default_factory", call.value(99, "factory"))
    if factory is not None:
        return call.run(factory)
    default = call.value(0 if "pydantic" in call.name else 99, "default")
    return Unknown(f"{call.name}()") if default is None or isinstance(default, Unknown) else default


def _first(call: Invocation) -> Value:
    return call.value(0, default=ListValue([], call.place))


def _formatted(call: Invocation) -> Value:
    text = call.text(0)
    for position, value in enumerate(call.positional[1:]):
        for mark in ("%s", "%v", "%d", "{" + str(position) + "}"):
            if mark in text:
                text = text.replace(mark, text_of(value), 1)
                break
    return text


def _appended(call: Invocation) -> Value:
    """Go's `append(list, more…)`."""
    items = sequences.items_of(call.value(0)) or []
    return sequences.joined(items, call.positional[1:], call.place)


def _enumerated(call: Invocation) -> Value:
    value = call.value(0)
    if isinstance(value, MapValue) and not value.entries:  # filled where nobody saw it
        return Unknown("enumerate()")
    if isinstance(value, MapValue):  # Go's `for key, value := range`
        return ListValue([ListValue([key, item], call.place) for key, item in value.entries.items()], call.place)
    items = sequences.items_of(value)
    if items is None:
        return Unknown("enumerate()")
    return ListValue([ListValue([index, item], call.place) for index, item in enumerate(items)], call.place)


def _values_of(call: Invocation) -> Value:
    """PHP's `foreach` without keys goes over the values, of a keyed array too, and what an object goes over."""
    value = call.value(0)
    if isinstance(value, Thing):
        return value.data.get("items", value)
    return ListValue(list(value.entries.values()), call.place) if isinstance(value, MapValue) else value
