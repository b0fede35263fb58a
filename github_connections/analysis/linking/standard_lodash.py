"""What lodash and underscore do with lists and objects, as far as set-up code uses them."""

from __future__ import annotations

from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import ListValue, MapValue, ModuleValue, Unknown, Value

_LIBRARIES = ("lodash", "lodash-es", "underscore")
_ALIKE = {
    "each": "forEach",
    "forEach": "forEach",
    "forOwn": "forEach",
    "map": "forEach",
    "filter": "filter",
    "flatMap": "flatMap",
    "flatten": "flat",
    "flattenDeep": "flat",
    "reduce": "reduce",
}
_MERGING = ("assign", "defaults", "extend", "merge")


def declare(registry: Registry) -> None:
    """Add the functions that walk and merge; `_.each(routes, …)` is `routes.forEach(…)`."""
    for library in _LIBRARIES:
        for name in _ALIKE:
            registry.calls[f"{library}.{name}"] = registry.calls[f"{library}/{name}"] = _walked
        for name in _MERGING:
            registry.calls[f"{library}.{name}"] = registry.calls[f"{library}/{name}"] = registry.calls["Object.assign"]
        for name in ("keys", "values"):
            registry.calls[f"{library}.{name}"] = registry.calls[f"{library}/{name}"] = registry.calls[f"Object.{name}"]


def _walked(call: Invocation) -> Value:
    given, name = call.value(0), call.name.replace("/", ".").rpartition(".")[2]
    if isinstance(given, ListValue):
        return call.interpreter.call(
            call.interpreter.get(given, _ALIKE[name], call.scope), call.positional[1:], scope=call.scope, node=call.node
        )
    if isinstance(given, ModuleValue):
        given = call.interpreter.get(given, "default", call.scope)
    if not isinstance(given, MapValue):
        call.run_callbacks()
        return Unknown(f"{call.name}()")
    entries = list(given.entries.items())
    results = [call.run(call.value(1), value, key) for key, value in entries]
    return ListValue(results, call.place)
