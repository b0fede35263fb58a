"""@fastify/autoload: every file of a folder is a plugin, below a prefix that its folders name, after their hooks."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator

from github_connections.analysis.frameworks import paths
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.names_javascript import CHECKOUT
from github_connections.analysis.linking.standard_javascript import required
from github_connections.analysis.linking.values import MapValue, ModuleValue, Thing, Value, entries_of, text_of

AUTOLOAD = frozenset(
    {"@fastify/autoload", "@fastify/autoload.default", "@fastify/autoload.fastifyAutoload", "fastify-autoload"}
)
SCRIPT = re.compile(r"(?<!\.d)\.[cm]?[jt]sx?$")
INDEX = re.compile(r"index\.[cm]?[jt]s$", re.IGNORECASE)
HOOKING = re.compile(r"[_.]?auto_?hooks\.[cm]?[jt]s", re.IGNORECASE)
# The files in folders that are loaded whole which are passed over there.
PASSED = "fastify passed over"
# Runs a plugin, below a prefix, with options, after what adds hooks.
PlugIn = Callable[[Invocation, Value, str, Value, list[Value]], None]


def prefix_in(options: Value) -> str:
    """Return the prefix that options name; empty where they name none."""
    prefix = entries_of(options).get("prefix")
    return "" if prefix is None else text_of(prefix)


def plugin_in(call: Invocation, value: Value) -> Value:
    """Return the plugin that a value is, or that a module hands out first."""
    if isinstance(value, ModuleValue):
        value = call.interpreter.get(value, "default", call.scope)
    return value.entries.get("default") if isinstance(value, MapValue) else value


def autoload(call: Invocation, options: Value, plug_in: PlugIn) -> None:
    """Plug in every file of a folder, under the names of the folders it is in."""
    said = entries_of(options)
    folder = text_of(said.get("dir", ""))
    if not folder.startswith(CHECKOUT):
        return
    inner = said.get("options")
    passed: set[str] = call.interpreter.state.setdefault(PASSED, set())
    plugins = list(_plugins_in(call, folder, said))
    place = folder.removeprefix(CHECKOUT).strip("/")
    passed.update(posixpath.join(place, name) for name in call.interpreter.program.inside(place))
    passed.difference_update(file.removeprefix(CHECKOUT).strip("/") for file, _ in plugins)
    hooks = _hooks_in(call, folder, said)
    for file, prefix in plugins:
        plugin = required(call, file)
        own, whole = _said_by(call, plugin, "autoPrefix"), _said_by(call, plugin, "prefixOverride")
        joined = paths.join([prefix_in(inner), prefix if own is None else own])
        plug_in(call, plugin, joined if whole is None else whole, inner, _hooks_for(file, hooks, said))


def _said_by(call: Invocation, plugin: Value, name: str) -> str | None:
    value = call.interpreter.get(plugin, name, call.scope) if not isinstance(plugin, Thing) else None
    return value if isinstance(value, str) else None


def _plugins_in(call: Invocation, folder: str, said: dict[str, Value]) -> Iterator[tuple[str, str]]:
    """Yield the files and their prefixes: beside an index file, the other files of its folder are left out."""
    names = call.interpreter.program.inside(folder.removeprefix(CHECKOUT).strip("/"))
    scripts = [name for name in names if SCRIPT.search(name) and not _adds_hooks(name, said)]
    indexed = {posixpath.dirname(name) for name in scripts if INDEX.fullmatch(posixpath.basename(name))}
    for name in scripts:
        within = posixpath.dirname(name)
        if within not in indexed or INDEX.fullmatch(posixpath.basename(name)):
            named = said.get("dirNameRoutePrefix", True) is not False
            yield f"{folder}/{name}", _prefix_of(within, said) if named else ""


def _adds_hooks(name: str, said: dict[str, Value]) -> bool:
    return said.get("autoHooks") is True and HOOKING.fullmatch(posixpath.basename(name)) is not None


def _hooks_in(call: Invocation, folder: str, said: dict[str, Value]) -> dict[str, Value]:
    """Return what adds hooks to the plugins of a folder, by the folder."""
    names = call.interpreter.program.inside(folder.removeprefix(CHECKOUT).strip("/"))
    files = (name for name in names if _adds_hooks(name, said))
    loaded = {f"{folder}/{posixpath.dirname(name)}".rstrip("/"): required(call, f"{folder}/{name}") for name in files}
    return {place: plugin_in(call, one) for place, one in loaded.items()}


def _hooks_for(file: str, hooks: dict[str, Value], said: dict[str, Value]) -> list[Value]:
    """Return the hooks of the folder that a plugin is in; where they cascade those of the folders around it too."""
    own = posixpath.dirname(file)
    if said.get("cascadeHooks") is not True:
        return [hooks[own]] if own in hooks else []
    return [hook for place, hook in sorted(hooks.items()) if own == place or own.startswith(f"{place}/")]


def _prefix_of(within: str, said: dict[str, Value]) -> str:
    """With `routeParams`, the folder `_id` is the variable `:id`, and `__a-__b` two of them."""
    if said.get("routeParams") is not True:
        return within
    parts = (part.replace("__", ":") if "__" in part else re.sub(r"^_", ":", part) for part in within.split("/"))
    return "/".join(parts)
