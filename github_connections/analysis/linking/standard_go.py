"""What functions of Go's standard library do, as far as set-up code uses them."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from github_connections.analysis.linking import sequences
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.names_go import GoNames
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import (
    Behaviour,
    ClassValue,
    External,
    FunctionValue,
    ListValue,
    MapValue,
    Unknown,
    Value,
    text_of,
)
from github_connections.analysis.linking.words import words_of
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import first_argument

if TYPE_CHECKING:
    from github_connections.analysis.linking.interpreter import Interpreter


# What the libraries of command lines begin a program with, and the fields that hold what is run.
COMMANDS = ("github.com/spf13/cobra.Command", "github.com/urfave/cli.Command", "github.com/urfave/cli.App")
_FUNCTIONS_ON_THE_WAY = 3
_RUNNING = frozenset({"Run", "RunE", "Action", "PreRun", "PreRunE", "PersistentPreRunE", "Before"})


def declare(registry: Registry) -> None:
    """Add the functions; a hole in a text goes through those of `strings`."""
    registry.calls["make"] = _made
    registry.calls["path.Join"] = registry.calls["path/filepath.Join"] = _path_joined
    registry.calls["net/url.JoinPath"] = _path_joined
    registry.calls["new"] = _new
    registry.calls["os.Getenv"] = _environment
    registry.calls["github.com/spf13/viper.SetDefault"] = _set_default
    registry.calls["github.com/spf13/viper.GetString"] = _setting
    for name in ("String", "StringP"):
        registry.calls[f"flag.{name}"] = registry.calls[f"github.com/spf13/pflag.{name}"] = _flag
    for command in COMMANDS:
        registry.calls[command] = _command
    changes: dict[str, Callable[[str, str], str]] = {
        "TrimSuffix": str.removesuffix,
        "TrimPrefix": str.removeprefix,
        "TrimRight": str.rstrip,
        "TrimLeft": str.lstrip,
        "Trim": str.strip,
    }
    for name, change in changes.items():
        registry.calls[f"strings.{name}"] = _changed(change)
    registry.calls["strings.TrimSpace"] = lambda call: call.text(0).strip()
    registry.calls["strings.ToLower"] = lambda call: call.text(0).lower()
    registry.calls["strings.ToUpper"] = lambda call: call.text(0).upper()
    registry.calls["strings.ReplaceAll"] = lambda call: call.text(0).replace(call.text(1), call.text(2))
    registry.calls["strings.Replace"] = registry.calls["strings.ReplaceAll"]
    registry.calls["strings.Join"] = _joined
    registry.calls["strings.Split"] = lambda call: ListValue(_parts(call), call.place)
    # What is gone through by one variable: parts, where a list's would be positions.
    registry.calls["strings.SplitSeq"] = lambda call: MapValue({str(part): part for part in _parts(call)}, call.place)


def _made(call: Invocation) -> Value:
    """`make(map[string]http.Handler)` is a map that is filled later."""
    kind = first_argument(call.node)
    is_map = isinstance(kind, nodes.Item) and kind.of == nodes.Name("map") and call.scope.file.family == "go"
    return MapValue({}, call.place) if is_map else Unknown("make()")


def _path_joined(call: Invocation) -> Value:
    pieces = [text_of(value) for value in call.positional]
    whole = "/".join(piece for piece in pieces if piece)
    return re.sub(r"/{2,}", "/", whole).rstrip("/") or ("/" if whole else "")


def _new(call: Invocation) -> Value:
    """`new(Routes)` is an object of that type in which nothing is set."""
    kind = call.value(0)
    if isinstance(kind, ClassValue) and kind.scope.file.family == "go":
        return call.interpreter.instantiate(kind, [], {}, None, kind.scope)
    return Unknown("new()")


def _environment(call: Invocation) -> Value:
    known = call.interpreter.environment(call.text(0), call.scope.file)
    return External(call.text(0)) if known is None else known


def _set_default(call: Invocation) -> Value:
    call.interpreter.settings[f"viper.{call.text(0).lower()}"] = call.value(1)
    return None


def _setting(call: Invocation) -> Value:
    """Return what viper's setting is by default; else its name, which a file of settings may have."""
    name = f"viper.{call.text(0)}"
    known = call.interpreter.settings.get(name.lower())
    return known if isinstance(known, str) else External(name)


def _flag(call: Invocation) -> Value:
    """`flag.String("prefix", "/api", "…")` is what it is where nobody says otherwise."""
    default = call.value(2 if call.name.endswith("P") else 1)
    return default if isinstance(default, str) and default else External(f"{call.name}()", call)


def _command(call: Invocation) -> Value:
    """`&cobra.Command{Use: "serve", RunE: …}`: of what a program begins with, what leads to a server is run."""
    interpreter = call.interpreter
    held = [value for name, value in call.named.items() if name in _RUNNING and isinstance(value, FunctionValue)]
    for value in held:
        if id(value.node) not in interpreter.called and _leads_to_a_server(interpreter, value, _FUNCTIONS_ON_THE_WAY):
            interpreter.within_limits(call.scope.file, partial(interpreter.call, value, []))
    return External(f"{call.name}()", call)


def _leads_to_a_server(interpreter: Interpreter, function: FunctionValue, deep: int) -> bool:
    """Tell whether a function's file, or that of a function that it calls in its package, leads to a router."""
    names, file = interpreter.registry.names.get("go"), function.scope.file
    if not isinstance(names, GoNames) or names.leads_to(file, interpreter.registry.speaking):
        return isinstance(names, GoNames)
    called = [names.beside(file, name) for name in sorted(words_of(function.node))] if deep else []
    inner = [found.scope.names.get(name) for found, name in called if found is not None]
    return any(isinstance(one, FunctionValue) and _leads_to_a_server(interpreter, one, deep - 1) for one in inner)


def _changed(change: Callable[[str, str], str]) -> Behaviour:
    return lambda call: change(call.text(0), call.text(1))


def _joined(call: Invocation) -> Value:
    return call.text(1).join(text_of(item) for item in sequences.items_of(call.value(0)) or [])


def _parts(call: Invocation) -> list[Value]:
    return list(call.text(0).split(call.text(1) or None))
