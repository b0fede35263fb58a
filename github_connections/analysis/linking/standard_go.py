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
from github_connections.analysis.linking.routing import Router
from github_connections.analysis.linking.values import (
    Behaviour,
    ClassValue,
    External,
    FunctionValue,
    ListValue,
    MapValue,
    Unknown,
    Value,
    is_known,
    is_only_a_hole,
    source_of,
    text_of,
)
from github_connections.analysis.linking.words import words_of
from github_connections.analysis.syntax import nodes

if TYPE_CHECKING:
    from github_connections.analysis.linking.interpreter import Interpreter


# What the libraries of command lines begin a program with, and the fields that hold what is run.
COMMANDS = ("github.com/spf13/cobra.Command", "github.com/urfave/cli.Command", "github.com/urfave/cli.App")
_FUNCTIONS_ON_THE_WAY = 3
_RUNNING = frozenset({"Run", "RunE", "Action", "PreRun", "PreRunE", "PersistentPreRunE", "Before"})


def declare(registry: Registry) -> None:
    """Add the functions of `strings`; a hole in a text goes through them."""
    registry.calls["make"] = _made
    registry.calls["if_true"] = registry.calls["if_false"] = _branch
    registry.calls["if_is"] = registry.calls["if_is_not"] = _comparison
    registry.calls["if_nil"] = _without
    registry.calls["if_said"] = _said
    registry.calls["case_if"] = lambda call: ListValue([None], call.place)
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
    registry.calls["case_of"] = registry.calls["case_else"] = _case
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
    kind = call.node.arguments[0].value if call.node is not None and call.node.arguments else None
    is_map = isinstance(kind, nodes.Item) and kind.of == nodes.Name("map") and call.scope.file.family == "go"
    return MapValue({}, call.place) if is_map else Unknown("make()")


def _branch(call: Invocation) -> Value:
    """Return a list that is empty where the caller handed over the other truth value; nobody knows of a variable's."""
    asked = call.value(0)
    is_other = isinstance(asked, bool) and asked is (call.name == "if_false")
    return ListValue([] if is_other and _is_handed_over(call) else [asked], call.place)


def _comparison(call: Invocation) -> Value:
    """Return a list that is empty where the caller handed over a text that is known to decide otherwise."""
    asked, other = call.value(0), call.value(1)
    is_told = isinstance(asked, str) and is_known(asked) and isinstance(other, str)
    is_other = is_told and (asked == other) is (call.name == "if_is_not")
    return ListValue([] if is_other and _is_handed_over(call) else [asked], call.place)


def _said(call: Invocation) -> Value:
    """Return a list that is empty where nothing is known of a prefix, or where it is empty: nobody sets it."""
    asked = call.value(0)
    return ListValue([asked] if isinstance(asked, str) and asked and not is_only_a_hole(asked) else [], call.place)


def _is_handed_over(call: Invocation) -> bool:
    """Tell whether what is asked about is a parameter of the function at hand, or a field of one."""
    asked = call.node.arguments[0].value if call.node is not None else None
    while isinstance(asked, nodes.Member):
        asked = asked.of
    holder = call.scope.holder_of(asked.id) if isinstance(asked, nodes.Name) else None
    owner = holder.owner if holder is not None else None
    return isinstance(owner, nodes.Function) and any(_takes(one, source_of(asked)) for one in owner.parameters)


def _takes(parameter: nodes.Parameter, name: str) -> bool:
    """Tell whether a parameter gives a variable its value: `x`, JavaScript's `{x}`."""
    parts = parameter.pattern.entries if isinstance(parameter.pattern, nodes.Mapping) else []
    return parameter.name == name or any(one.value == nodes.Name(name) for one in parts)


def _without(call: Invocation) -> Value:
    """Return a list that is empty where a router or map is known to be there: `if r == nil { r = chi.NewRouter() }`."""
    return ListValue([] if isinstance(call.value(0), Router | MapValue) else [call.value(0)], call.place)


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


def _case(call: Invocation) -> Value:
    """Return a list that is empty where a switch is known to go another way."""
    tag, *cases = call.positional
    is_known_text = isinstance(tag, str) and tag and is_known(tag)
    known = [value for value in cases if isinstance(value, str) and is_known(value)]
    if call.name == "case_else":
        is_another = is_known_text and tag in known
    else:
        is_another = is_known_text and len(known) == len(cases) and tag not in known
    return ListValue([] if is_another else [tag], call.place)


def _changed(change: Callable[[str, str], str]) -> Behaviour:
    return lambda call: change(call.text(0), call.text(1))


def _joined(call: Invocation) -> Value:
    return call.text(1).join(text_of(item) for item in sequences.items_of(call.value(0)) or [])


def _parts(call: Invocation) -> list[Value]:
    return list(call.text(0).split(call.text(1) or None))
