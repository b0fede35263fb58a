"""What `routes.ts` of Remix and React Router is made of: `route`, `index`, `layout`, `prefix`, and lists of files."""

from __future__ import annotations

from github_connections.analysis.frameworks.javascript.file_routes import known_text
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import (
    FunctionValue,
    Kind,
    ListValue,
    MapValue,
    Native,
    Thing,
    Value,
    entries_of,
)

CONFIG_MODULES = ("@react-router/dev/routes", "@remix-run/route-config")
FILE_MODULES = ("@react-router/fs-routes", "@remix-run/fs-routes")


def declare(registry: Registry) -> None:
    """Add the functions that routes.ts is made of."""
    for module in CONFIG_MODULES:
        for name, behaviour in _BUILDERS.items():
            registry.calls[f"{module}.{name}"] = behaviour
        registry.calls[f"{module}.relative"] = _relative
    for module in FILE_MODULES:
        registry.calls[f"{module}.flatRoutes"] = _flat_routes
    for name in ("vitePlugin", "unstable_vitePlugin"):
        registry.calls[f"@remix-run/dev.{name}"] = _plugin
    registry.calls["remix-flat-routes.flatRoutes"] = _hybrid_routes
    registry.calls["react-router-auto-routes.autoRoutes"] = _auto_routes


def _entry(call: Invocation, path: str, file: str, children: list[Value]) -> Thing:
    base = call.receiver if isinstance(call.receiver, str) else ""
    return Thing(ENTRY, call.place, {"path": path, "file": file, "base": base, "children": children})


def _route(call: Invocation) -> Value:
    path = call.value(0)
    return _entry(call, path if isinstance(path, str) else "", call.text(1), list(call.positional[2:]))


def _index(call: Invocation) -> Value:
    made = _entry(call, "", call.text(0), [])
    made.data["index"] = True
    return made


def _layout(call: Invocation) -> Value:
    return _entry(call, "", "", list(call.positional[1:]))


def _prefix(call: Invocation) -> Value:
    return _entry(call, call.text(0), "", [call.value(1)])


def _relative(call: Invocation) -> Value:
    """`relative(import.meta.dirname)`: the same functions, for files of another directory."""
    base = call.text(0)
    functions: dict[str, Value] = {name: Native(name, behaviour, base) for name, behaviour in _BUILDERS.items()}
    return MapValue(functions, call.place)


def _flat_routes(call: Invocation) -> Value:
    said = entries_of(call.value(0)).get("rootDirectory")
    return Thing(FLAT, call.place, {"directory": known_text(said) or "routes"})


def _hybrid_routes(call: Invocation) -> Value:
    """`flatRoutes(directories, defineRoutes)` of remix-flat-routes."""
    return ListValue([Thing(FLAT, call.place, {"directory": text}) for text in call.texts(0)], call.place)


def _auto_routes(call: Invocation) -> Value:
    """`autoRoutes({routesDir: {"/shop": "packages/shop/routes"}})`: folders nest, and `+` marks what is no route."""
    said = entries_of(call.value(0)).get("routesDir")
    folders = {"": known_text(said) or "routes"}
    if isinstance(said, MapValue):
        folders = {prefix: f"../{known_text(directory)}" for prefix, directory in said.entries.items()}
    made = ({"directory": directory, "prefix": prefix, "nests": True} for prefix, directory in folders.items())
    return ListValue([Thing(FLAT, call.place, one) for one in made], call.place)


# --- a function that defines routes ---------------------------------------------------------------------------------


def _plugin(call: Invocation) -> Value:
    """`remix({ routes(defineRoutes) { … } })` in vite.config."""
    made = Thing(PLUGIN, call.place, {"options": call.value(0)})
    call.interpreter.things.append(made)
    return made


def defined_by(interpreter: Interpreter, function: Value) -> Value:
    """Return the routes of `routes(defineRoutes) { return defineRoutes((route) => { route("/x", "x.tsx"); }); }`."""
    return (
        interpreter.call(function, [Native("defineRoutes", _define)]) if isinstance(function, FunctionValue) else None
    )


def _define(call: Invocation) -> Value:
    levels: list[list[Value]] = [[]]

    def add(inner: Invocation) -> Value:
        options = next((one for one in inner.positional[2:] if isinstance(one, MapValue)), None)
        below: list[Value] = []
        made = _entry(inner, known_text(inner.value(0)), inner.text(1), [ListValue(below, inner.place)])
        made.data["index"] = options is not None and options.entries.get("index") is True
        levels[-1].append(made)
        levels.append(below)
        for function in inner.functions():
            inner.run(function)
        levels.pop()
        return made

    call.run(call.value(0), Native("route", add))
    return ListValue(levels[0], call.place)


PLUGIN = Kind("Remix plugin", is_router=False)
ENTRY = Kind("route of routes.ts", is_router=False)
FLAT = Kind("routes by their files", is_router=False)
_BUILDERS = {"route": _route, "index": _index, "layout": _layout, "prefix": _prefix}
