"""The sets of routes of a Rails application and of its engines: where they are drawn, and mounted in each other."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator

from github_connections.analysis.frameworks.ruby import rails_active_admin, rails_settings
from github_connections.analysis.frameworks.ruby.rails_blocks import BLOCKS
from github_connections.analysis.frameworks.ruby.rails_gems import GEMS, SETTINGS
from github_connections.analysis.frameworks.ruby.rails_json_api import JSON_API
from github_connections.analysis.frameworks.ruby.rails_resources import RESOURCES
from github_connections.analysis.frameworks.ruby.rails_verbs import SINGLE_ROUTES
from github_connections.analysis.frameworks.ruby.ruby_classes import written_name
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.routing import Router, routers_of
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import (
    Behaviour,
    ClassValue,
    External,
    FunctionValue,
    Kind,
    MapValue,
    Value,
    text_of,
)
from github_connections.analysis.report import ANY_METHOD, Place
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import first_argument, without_return

_FILES = re.compile(r"config/routes/[\w/*.-]{1,200}\.rb\b")
# The lines that speak of files of routes, and the files that a pattern means, as `instance_eval` asks for them.
_LINES = "rails lines with files"
_MEANT = "rails files meant"
_IS_DRAWN = re.compile(r"\.(routes\.(draw|append|prepend)|add_routes)$")


def declare(registry: Registry) -> None:
    """Add the ways to begin a set of routes."""
    for name in ("draw", "append", "prepend"):
        registry.calls[f"Rails.application.routes.{name}"] = registry.calls[f"Engine.routes.{name}"] = _draw
        registry.calls[f"*.{name}"] = _draw_somewhere
    registry.calls["*.add_routes"] = _draw_somewhere  # Spree's engine, and its extensions
    registry.calls["Rails.application.routes"] = lambda _call: External("Rails.application.routes")
    for name in ("lambda", "proc"):
        registry.calls.setdefault(name, lambda call: call.value(-1))
    rails_settings.declare(registry)
    registry.calls["ActiveAdmin.routes"] = rails_active_admin.routes
    registry.values.update(SETTINGS)
    registry.class_methods["routes"] = lambda _call: External("Engine.routes")


def _draw(call: Invocation) -> Value:
    """`X.routes.draw do … end`: the application's, or an engine's, by what stands before."""
    engine = _engine(call)
    made = _set_of(call, engine)
    call.run(call.value(-1), this=made)
    return made


def _draw_somewhere(call: Invocation) -> Value:
    """An engine that a library has is drawn into all the same; what else can be drawn has no routes."""
    if call.scope.file.family == "ruby" and _IS_DRAWN.search(call.name):
        return _draw(call)
    call.run_callbacks()
    return External(f"{call.name}()", call)


def _engine(call: Invocation) -> str:
    """Return the engine's name; empty for the application."""
    node = call.node.function if call.node is not None else None
    parts: list[str] = []
    while isinstance(node, nodes.Member):
        node = node.of
        parts.append(node.name if isinstance(node, nodes.Member) else getattr(node, "id", ""))
    names = [part for part in reversed(parts) if part not in ("routes", "application", "")]
    return "" if not names or names[0] == "Rails" or names[-1] == "Application" else "::".join(names)


def _set_of(call: Invocation, engine: str) -> Router:
    """Return the one set of routes of the application, or of an engine: several files may draw into it."""
    return _set_named(call.interpreter, engine, call.place, call.scope.file.project_root)


def _set_named(interpreter: Interpreter, engine: str, place: Place, root: str) -> Router:
    sets: dict[tuple[str, str], Router] = interpreter.state.setdefault("rails", {})
    key = (root if not engine else "", engine)
    if key not in sets:
        sets[key] = interpreter.new_router(
            ROUTER, place, application=not engine, data={"context": "top", "concerns": {}}
        )
    return sets[key]


def with_what_is_mounted(interpreter: Interpreter) -> list[Router]:
    """Return all sets of routes; in each that stands for what a library serves, one route for whatever it answers."""
    routers = routers_of(interpreter, ROUTER)
    for router in routers:
        if "mounted" in router.data and not router.routes and not router.mounts:
            place, name = router.data["mounted"]
            router.add([ANY_METHOD], "", place, name, mounted=True)
    return routers


def draw_in_classes(interpreter: Interpreter) -> None:
    """`class Engine < Rails::Engine; routes do … end; end`: an engine may draw its routes where it is declared."""
    for file in interpreter.program.with_words("ruby", frozenset({"routes"})):
        for name, cls in _named_classes(file.scope, ""):
            for node in cls.node.body:
                block = _block_of_routes(node)
                if block is not None:
                    made = _set_named(interpreter, name, Place(file.path, block.line), file.project_root)
                    interpreter.call(FunctionValue(block, cls.scope), [], this=made, scope=cls.scope)


def _named_classes(scope: Scope, before: str) -> Iterator[tuple[str, ClassValue]]:
    """Yield the classes of a scope with their whole names: `Shop::Engine`."""
    for value in list(scope.names.values()):
        if isinstance(value, ClassValue) and value.scope.parent is scope:
            name = f"{before}::{value.node.name}".removeprefix("::")
            yield name, value
            yield from _named_classes(value.scope, name)


def _block_of_routes(node: nodes.Statement) -> nodes.Function | None:
    written = without_return(node)
    if not isinstance(written, nodes.Call) or getattr(written.function, "id", "") != "routes":
        return None
    last = written.arguments[-1].value if written.arguments else None
    return last if isinstance(last, nodes.Function) else None


def _draw_file(call: Invocation) -> Value:
    """`draw(:admin)` runs config/routes/admin.rb here."""
    wanted = f"config/routes/{call.text(0)}.rb"
    for path in call.interpreter.program.all_paths:
        if (path == wanted or path.endswith(f"/{wanted}")) and _run_here(call, path):
            return None
    return None


def _run_here(call: Invocation, path: str) -> bool:
    file = call.interpreter.program.by_path.get(path)
    if file is not None:
        block = FunctionValue(nodes.Function("", [], file.module.body, 1), file.scope)
        file.ran = True
        call.run(block, this=call.receiver)
    return file is not None


def _extend(call: Invocation) -> Value:
    """`extend ApiRoutes`: the methods of a module can be called from here on, and one is told of it at once."""
    for module in call.positional:
        for method in module.node.body if isinstance(module, ClassValue) else ():
            if isinstance(method, nodes.Function) and isinstance(module, ClassValue):
                function = FunctionValue(method, module.scope)
                call.scope.names[method.name] = function
                if method.name == "extended":
                    call.run(function, call.receiver, this=call.receiver)
    return None


def _run_inside(call: Invocation) -> Value:
    """`router.instance_exec do … end`; `instance_eval(File.read(Rails.root.join("config/routes/admin.rb")))`."""
    if isinstance(call.value(-1), FunctionValue):
        call.run(call.value(-1), this=call.receiver)
        return None
    pattern = _files_named(call.interpreter, call.place.file).get(call.place.line)
    for path in _files_meant(call.interpreter, pattern) if pattern is not None else ():
        _run_here(call, path)
    return None


def _files_named(interpreter: Interpreter, path: str) -> dict[int, str]:
    """Return the files that a file names, by the lines."""
    known: dict[str, dict[int, str]] = interpreter.state.setdefault(_LINES, {})
    if path not in known:
        lines = enumerate(interpreter.program.lines(path), 1)
        found = ((number, _FILES.search(line)) for number, line in lines)
        known[path] = {number: match.group() for number, match in found if match is not None}
    return known[path]


def _files_meant(interpreter: Interpreter, pattern: str) -> list[str]:
    known: dict[str, list[str]] = interpreter.state.setdefault(_MEANT, {})
    if pattern not in known:
        known[pattern] = [path for path in interpreter.program.all_paths if fnmatch.fnmatch(f"/{path}", f"*/{pattern}")]
    return known[pattern]


def _mount(call: Invocation) -> Value:
    """`mount Engine => "/at"`, `mount Engine, at: "/at"`: an engine of the repository is followed, another is one
    row."""
    written = {text: name for text, name in _engines_in_hashes(call) if name}
    for value in call.positional:
        if isinstance(value, MapValue):
            for name, at in value.entries.items():
                _mount_at(call, written.get(text_of(at), name.strip("{?}")), text_of(at))
        elif "at" in call.named:
            _mount_at(call, _engine_name(call), text_of(call.named["at"]))
    return None


def _engines_in_hashes(call: Invocation) -> Iterator[tuple[str, str]]:
    """Yield where `mount Shop::V2 => "/shop"` puts an engine, with its name as it is written there: what the program
    knows under it says less."""
    for argument in call.node.arguments if call.node is not None else ():
        for entry in argument.value.entries if isinstance(argument.value, nodes.Mapping) else ():
            if isinstance(entry.value, nodes.Text) and isinstance(entry.key, nodes.Name | nodes.Member):
                name = written_name(entry.key)
                yield entry.value.value, name if name[:1].isupper() or name.startswith("::") else ""


def _engine_name(call: Invocation) -> str:
    first = first_argument(call.node)
    first = first.function if isinstance(first, nodes.Call) else first  # `Flipper::UI.app(Flipper)`
    return written_name(first).removeprefix("::")


def _mount_at(call: Invocation, engine: str, at: str) -> None:
    sets = call.interpreter.state.setdefault("rails", {})
    name = engine.replace(".", "::").removesuffix("::new")
    key = ("", name if name.endswith("Engine") else f"{name}::Engine")
    known = sets.get(key) or (sets.get(("", name)) if name else None)  # without a name it is a lambda
    if known is None or not name:
        known = sets[key] = call.interpreter.new_router(
            ROUTER, Place(call.place.file, call.place.line), data={"context": "top", "concerns": {}}
        )
        known.data["mounted"] = (call.place, name)
    call.receiver.mount(at, known, call.place, "mount")


_METHODS: dict[str, Behaviour] = {
    **BLOCKS,
    **RESOURCES,
    **JSON_API,
    **SINGLE_ROUTES,
    **GEMS,
    "mount": _mount,
    "draw": _draw_file,
    "extend": _extend,
    **dict.fromkeys(("instance_exec", "instance_eval"), _run_inside),
    "direct": lambda _call: None,
    "resolve": lambda _call: None,
}
ROUTER = Kind("rails", methods=_METHODS, fluent=False)
