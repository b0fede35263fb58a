"""Elixir: modules whose bodies are run, what they use and import, and functions that set-up code asks for values."""

from __future__ import annotations

import re
from collections.abc import Iterator

from github_connections.analysis.linking import sequences
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.names_elixir import ElixirNames
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.routing import Router
from github_connections.analysis.linking.standard_javascript import joined_path
from github_connections.analysis.linking.values import (
    Behaviour,
    ClassValue,
    External,
    FunctionValue,
    Kind,
    ListValue,
    MapValue,
    Unknown,
    Value,
    entries_of,
    text_of,
)
from github_connections.analysis.report import Place
from github_connections.analysis.syntax import nodes

MODULES = "elixir modules"
# Functions that give their argument back, in another type at most.
_AS_IT_IS = (
    "Atom.to_string", "String.to_atom", "String.to_existing_atom", "to_string", "List.wrap", "Enum.uniq", "Enum.sort",
    "Enum.reverse", "Enum.to_list", "Macro.expand",
)  # fmt: skip


def declare(registry: Registry) -> None:
    """Add `defmodule`, and the functions of the standard library."""
    registry.calls["defmodule"] = _define
    for name in _AS_IT_IS:
        registry.calls[name] = lambda call: call.value(0)
    registry.calls["items_of"] = lambda call: _items(call.value(0), call.place)
    for name in ("Enum.each", "Enum.map", "Enum.flat_map"):
        registry.calls[name] = _each
    for name in ("get_env", "compile_env", "compile_env!", "fetch_env!"):
        registry.calls[f"Application.{name}"] = _setting
    for name in ("get_env", "fetch_env!"):
        registry.calls[f"System.{name}"] = _variable
    for name in ("Keyword.get", "Map.get", "Keyword.fetch!", "Map.fetch!", "Keyword.pop"):
        registry.calls[name] = _entry
    registry.calls["Path.join"] = joined_path
    registry.calls["Module.concat"] = _concatenated


# --- modules --------------------------------------------------------------------------------------------------------


def module_of(interpreter: Interpreter, cls: ClassValue) -> Router:
    """Return what the body of a module has set up, once it has run; `data["class"]` is the module itself."""
    interpreter.run_file(cls.scope.file)
    modules: dict[int, Router] = interpreter.state.setdefault(MODULES, {})
    if id(cls.node) not in modules:  # asked for further up in its own file
        made = interpreter.new_router(MODULE, cls.place, application=True, data={"class": cls, "shared": True})
        modules[id(cls.node)] = made
        # The functions are there from the start: bound anew they would hide the words of a library.
        body: list[nodes.Statement] = [item for item in cls.node.body if not isinstance(item, nodes.Function)]
        interpreter.call(FunctionValue(nodes.Function("", [], body, cls.node.line), cls.scope), [], this=made)
    return modules[id(cls.node)]


def module_named(interpreter: Interpreter, name: str, near: ClassValue) -> ClassValue | None:
    """Return the program's module of this name, of several the nearest; None where there is none."""
    names = interpreter.names(near.scope.file)
    return names.module(name, near.scope.file) if isinstance(names, ElixirNames) else None


def module_ending(interpreter: Interpreter, name: str, near: ClassValue) -> ClassValue | None:
    """Return the only module of the program whose name ends so; None where there is none, or several."""
    names = interpreter.names(near.scope.file)
    return names.module_ending(name, near.scope.file) if isinstance(names, ElixirNames) and name else None


def name_of_module(value: Value) -> str:
    """Return a module's whole name, of the program's or of a library's; empty for what is none."""
    if isinstance(value, ClassValue):
        return value.node.name
    return value.name if isinstance(value, External) else ""


def options_of(call: Invocation) -> dict[str, Value]:
    """Return the keywords of a call, which are its last argument before a block."""
    found = [value for value in call.positional[-2:] if isinstance(value, MapValue)]
    return found[-1].entries if found else {}


def _define(call: Invocation) -> Value:
    if isinstance(call.value(0), ClassValue):
        module_of(call.interpreter, call.value(0))
    return None


def become(module: Router, kind: Kind, **data: Value) -> None:
    """Make a module one of a library's kind: its words go before functions of the same name."""
    module.kind = kind
    module.data = {**data, **module.data}
    names = module.data["class"].scope.names
    for word in kind.methods:
        if isinstance(names.get(word), FunctionValue):
            del names[word]


def _use(call: Invocation) -> Value:
    """`use Library` does what its framework says; `use ShopWeb, :router` runs what is quoted there."""
    used = call.value(0)
    if isinstance(used, ClassValue):
        module_of(call.interpreter, used)
        for clause in _using(used, call.value(1)):
            call.run(FunctionValue(clause, used.scope), *call.positional[1:], this=call.receiver)
    names = [f"use {used.name}"] if isinstance(used, External) else []
    asked = call.value(1)
    if call.receiver.kind is MODULE and isinstance(asked, str):
        names.append(f"use :{asked}")
    behaviour = next((found for name in names if (found := call.interpreter.registry.calls.get(name))), None)
    return behaviour(call) if behaviour else None


def _using(used: ClassValue, asked: Value) -> Iterator[nodes.Function]:
    """Yield the clauses of `__using__` that take what is asked for, the first of those only."""
    for statement in used.node.body:
        if isinstance(statement, nodes.Function) and statement.name == "__using__":
            pattern = statement.parameters[0].pattern if statement.parameters else None
            if not isinstance(pattern, nodes.Text) or pattern.value == asked:
                yield statement
                return


def _import(call: Invocation) -> Value:
    imported = call.value(0)
    if isinstance(imported, ClassValue) and "class" in call.receiver.data:
        module_of(call.interpreter, imported)
        names = call.receiver.data["class"].scope.names
        for statement in imported.node.body:
            if isinstance(statement, nodes.Function) and statement.name not in call.receiver.kind.methods:
                names.setdefault(statement.name, FunctionValue(statement, imported.scope))
    return None


def _apply(call: Invocation) -> Value:
    """`apply(__MODULE__, which, [])`."""
    of, arguments = call.value(0), sequences.items_of(call.value(2)) or []
    found = call.interpreter.member(of, call.text(1)) if isinstance(of, ClassValue) else None
    if not isinstance(found, FunctionValue):
        return Unknown("apply()")
    return call.run(FunctionValue(found.node, found.scope), *arguments, this=call.receiver)


def _unquote(call: Invocation) -> Value:
    """Put a value in; a block, or what was quoted earlier, is run here, and of a list each."""
    value = call.value(0)
    waiting = [value]
    while waiting:
        item = waiting.pop(0)
        if isinstance(item, FunctionValue) and not item.node.name:
            call.run(item, this=call.receiver)
        elif isinstance(item, ListValue):
            waiting[:0] = item.items
    return value


WORDS: dict[str, Behaviour] = {
    "use": _use,
    "import": _import,
    "apply": _apply,
    "unquote": _unquote,
    "unquote_splicing": _unquote,
}
MODULE = Kind("elixir module", methods=dict(WORDS), fluent=False)


# --- values ---------------------------------------------------------------------------------------------------------


def _each(call: Invocation) -> Value:
    items = _items(call.value(0), call.place)
    given = items.items if isinstance(items, ListValue) else [Unknown("item")]
    return ListValue([call.run(call.value(1), item, this=call.scope.this) for item in given], call.place)


def _items(value: Value, place: Place) -> Value:
    """Return what a walk over a value meets: of a map, or a list of keywords, the pairs."""
    if isinstance(value, MapValue):
        return ListValue([ListValue([key, item], place) for key, item in value.entries.items()], place)
    return value


def _setting(call: Invocation) -> Value:
    """Return what the program's configuration says, else the default of the call; a hole where there is neither."""
    app, (name, *inner) = call.text(0), _keys(call.value(1)) or [""]
    value = _configuration(call.interpreter).get((app, name))
    for key in inner:
        value = entries_of(value).get(key)
    found = call.value(2) if value is None else value
    return Unknown(name) if found is None else found


def _keys(value: Value) -> list[str]:
    """Return the keys that a setting is asked for by, modules by their names."""
    items = sequences.items_of(value)
    return [name_of_module(item) or text_of(item) for item in ([value] if items is None else items)]


def _configuration(interpreter: Interpreter) -> dict[tuple[str, str], Value]:
    """Return what the files of `config/` say for every environment, by application and key."""
    known: dict[tuple[str, str], Value] | None = interpreter.state.get("elixir configuration")
    if known is None:
        known = interpreter.state["elixir configuration"] = {}
        files = [file for file in interpreter.program.of_family("elixir") if _CONFIGURATION.search(file.path)]
        for file in sorted(files, key=lambda file: (file.path.count("/"), file.path)):
            for statement in file.module.body:
                if isinstance(statement, nodes.Call) and statement.function == nodes.Name("config"):
                    values = [interpreter.evaluate(item.value, file.scope) for item in statement.arguments]
                    for key, value in _configured(values):
                        known.setdefault(key, value)
    return known


_CONFIGURATION = re.compile(r"(^|/)config/(config|runtime)\.exs$")


def _configured(values: list[Value]) -> Iterator[tuple[tuple[str, str], Value]]:
    """Read `config :shop, prefix: "/x"` and `config :shop, ShopWeb.Router, prefix: "/x"`."""
    match values:
        case [str(app), MapValue(entries=entries)]:
            yield from (((app, key), value) for key, value in entries.items())
        case [str(app), key, value]:
            yield (app, name_of_module(key) or text_of(key)), value


def _variable(call: Invocation) -> Value:
    """Return the default of a variable of the environment; a hole where it has none."""
    default = call.value(1)
    return Unknown(call.text(0)) if default is None else default


def _entry(call: Invocation) -> Value:
    """`Keyword.get(options, :path, "/admin")`."""
    known = entries_of(call.value(0)).get(call.text(1))
    default = call.value(2)
    found = default if known is None else known
    return Unknown(call.text(1)) if found is None else found


def _concatenated(call: Invocation) -> Value:
    values = sequences.items_of(call.value(0)) or call.positional
    name = ".".join(name_of_module(value) or text_of(value) for value in values)
    return call.interpreter.names(call.scope.file).missing(call.interpreter, call.scope.file, name)
