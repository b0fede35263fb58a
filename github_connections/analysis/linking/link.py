"""The second phase: run the program's set-up once for all frameworks, then let each of them make its rows."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import partial

from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.linking import (
    command_lines_python,
    decorators_javascript,
    decorators_python,
    reflection_csharp,
    standard,
    standard_branches,
    standard_bundlers,
    standard_directories,
    standard_elixir,
    standard_globs,
    standard_go,
    standard_javascript,
    standard_jvm,
    standard_lodash,
    standard_python,
    standard_rust,
    standard_settings,
    uncalled,
)
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.names import Names
from github_connections.analysis.linking.names_csharp import CSharpNames
from github_connections.analysis.linking.names_elixir import ElixirNames
from github_connections.analysis.linking.names_go import GoNames
from github_connections.analysis.linking.names_java import JavaNames
from github_connections.analysis.linking.names_javascript import JavaScriptNames
from github_connections.analysis.linking.names_php import PhpNames
from github_connections.analysis.linking.names_python import PythonNames
from github_connections.analysis.linking.names_rust import RustNames
from github_connections.analysis.linking.program import File, Program
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.scopes import functions_of
from github_connections.analysis.linking.words import uses
from github_connections.analysis.linking.wrappers_go import Wrappers
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

NAMES: dict[str, Callable[[Program], Names]] = {
    "csharp": CSharpNames,
    "elixir": ElixirNames,
    "go": GoNames,
    "java": JavaNames,
    "javascript": JavaScriptNames,
    "php": PhpNames,
    "python": PythonNames,
    "rust": RustNames,
}


def _importers(program: Program, frameworks: list[Framework], registry: Registry) -> set[str]:
    """Return the JavaScript files worth running for what they hand to those that import a server's, and decide its
    paths by: they need not name it."""
    names = registry.names.get("javascript")
    if not isinstance(names, JavaScriptNames):
        return set()
    servers = [framework for framework in frameworks if framework.kind == "server" and framework.imports]
    serving = {file.path for file in _importing(program, servers, "javascript")}
    files = program.of_family("javascript")
    at_hand = {file.path for file in files if any(framework.is_at_hand_in(file) for framework in servers)}
    importers = names.importers(serving)
    found = set().union(*importers.values())
    registry.serving = frozenset(at_hand | found)
    words = frozenset({*registry.parameters, *(f"{word}(" for word in uncalled.WORDS_OF_SET_UP)})
    sets_up = {path for path in found if _may_set_up(program.by_path[path], words)}
    return sets_up | _entries(importers, found)


def _importing(program: Program, frameworks: Iterable[Framework], family: str) -> list[File]:
    """Return the files of a family that import one of these frameworks."""
    chosen = (framework for framework in frameworks if framework.family == family)
    modules = tuple(module for framework in chosen for module in framework.imports)
    return [file for file in program.of_family(family) if file.imports(modules)]


def _may_set_up(file: File, words: frozenset[str]) -> bool:
    """Tell whether a function of a file that nobody calls may be worth running."""
    return file.is_parsed or file.parsed.mentions(words)


def _entries(importers: dict[str, set[str]], found: set[str]) -> set[str]:
    """Return those of some files that none of the others needs: what they import is read when they run.

    Where files import each other and no other begins with one of them, all of them are."""
    imported: dict[str, list[str]] = defaultdict(list)
    for path, by in importers.items():
        for one in by:
            imported[one].append(path)
    entries = {path for path in found if not importers[path]}
    reached, waiting = set(entries), list(entries)
    while waiting:
        new = [path for path in imported[waiting.pop()] if path not in reached]
        reached.update(new)
        waiting += new
    return entries | (found - reached)


def _decorated(program: Program, frameworks: list[Framework], registry: Registry, speaking: set[str]) -> set[str]:
    """Return the Python files that add routes by nothing but decorators: of a router that is imported from a file that
    speaks of a framework, or that the program has for it."""
    names = registry.names.get("python")
    if not isinstance(names, PythonNames):
        return set()
    # Those whose routes are decorated functions: Django's are lists.
    routing = [framework for framework in frameworks if "route(" in framework.signs]
    files = _importing(program, routing, "python")
    by_routers = decorators_python.decorated_by_routers(program, names, speaking)
    return by_routers | decorators_python.decorated_by_own(program, names, files)


def _for_tests(registry: Registry) -> set[str]:
    names = registry.names.get("rust")
    return names.for_tests() if isinstance(names, RustNames) else set()


# What a file of Go's own library does that serves; others that import it ask.
_SERVING = frozenset({"NewServeMux", "HandleFunc", "Handle"})
_SERVES = _SERVING | {"FileServer", "HandlerFunc", "ListenAndServe", "ListenAndServeTLS", "ServeHTTP", "StripPrefix"}


def _serving(program: Program, frameworks: list[Framework], words: frozenset[str]) -> list[File]:
    """Return the Go files that import a server's library; of those that import Go's own, the ones that use a word."""
    chosen = [framework for framework in frameworks if framework.family == "go"]
    return [
        file
        for file in program.of_family("go")
        if any(
            framework.is_imported_in(file) and (framework.name != "net/http" or _uses(file, words))
            for framework in chosen
        )
    ]


def _uses(file: File, words: frozenset[str]) -> bool:
    return file.may_have(words) and not words.isdisjoint(file.head.words)


def _directories_of_routers(program: Program, frameworks: list[Framework], registry: Registry) -> frozenset[str]:
    """Return the directories of those Go files that import a server's library and use what makes one of its routers."""
    makers = {maker.rpartition(".")[2] for maker in registry.makers}
    files = _serving(program, frameworks, _SERVING)
    return frozenset(file.directory for file in files if _uses(file, frozenset(makers)))


def _aside(program: Program, frameworks: list[Framework], registry: Registry) -> frozenset[str]:
    """Return the Go files of packages from which no server's library is reached, by whatever they import."""
    names = registry.names.get("go")
    if not isinstance(names, GoNames):
        return frozenset()
    reaching = names.importers(file.directory for file in _serving(program, frameworks, _SERVES))
    return frozenset(file.path for file in program.of_family("go") if file.directory not in reaching)


def _run_inits(interpreter: Interpreter, worth: list[str], frameworks: list[Framework]) -> None:
    """Run Go's `init` functions that add to a list or name a path, before all others: who goes through it is next.

    A package whose handlers are put into another's table imports a server's library only for their types."""
    near = {file.directory for file in _importing(interpreter.program, frameworks, "go")}
    directories = near | {posixpath.dirname(path) for path in worth if path.endswith(".go")}
    for file in interpreter.program.of_family("go"):
        if "init" not in file.sketch.names:
            continue
        adds = file.path not in interpreter.registry.aside and _uses(file, frozenset({"append"}))
        for function, owner in functions_of(file.scope) if adds or file.directory in directories else ():
            if owner is None and function.node.name == "init" and _fills_a_table(function.node):
                interpreter.within_limits(file, partial(interpreter.call, function, []))


def _fills_a_table(function: nodes.Function) -> bool:
    """`Apps = append(Apps, admin.Routes)`, `register("/v1/agents", …)`."""
    return uses(function, frozenset({"append"})) or any(
        isinstance(node, nodes.Text) and node.value.startswith("/") for node in nodes_in(function.body)
    )


def _run_mains(interpreter: Interpreter, worth: list[str]) -> None:
    """Run where programs of Go and Rust begin before functions that nobody called so far: most are called from
    there."""
    commands = tuple(name.rpartition(".")[0] for name in standard_go.COMMANDS)
    for file in interpreter.program.of_family("go"):
        if file.imports(commands):
            interpreter.run_file(file)
    mains = {path for path in interpreter.program.by_path if posixpath.basename(path) in ("main.go", "main.rs")}
    for path in sorted(mains | {path for path in worth if path.endswith((".go", ".rs"))}):
        file = interpreter.program.by_path[path]
        for function, owner in functions_of(file.scope):
            if owner is None and function.node.name == "main" and id(function.node) not in interpreter.called:
                interpreter.within_limits(file, partial(interpreter.call, function, []))


def link(program: Program, frameworks: Iterable[Framework]) -> Interpreter:
    """Run every file that speaks of a framework; return the interpreter with what it found."""
    chosen = list(frameworks)
    families = {file.family for file in program.files}
    registry = Registry(names={family: names(program) for family, names in NAMES.items() if family in families})
    standard.declare(registry)
    standard_javascript.declare(registry)
    standard_lodash.declare(registry)
    decorators_javascript.declare(registry)
    standard_python.declare(registry)
    command_lines_python.declare(registry)
    standard_rust.declare(registry)
    standard_settings.declare(registry)
    reflection_csharp.declare(registry)
    standard_jvm.declare(registry)
    standard_elixir.declare(registry)
    standard_go.declare(registry)
    standard_branches.declare(registry)
    standard_bundlers.declare(registry)
    standard_directories.declare(registry)
    standard_globs.declare(registry)
    for framework in chosen:
        framework.declare(registry)
        registry.words |= framework.words
    interpreter = Interpreter(program, registry)
    speaking = {file.path for framework in chosen for file in framework.files(program)}
    registry.speaking = _directories_of_routers(program, chosen, registry)
    registry.aside = _aside(program, chosen, registry)
    wrappers = Wrappers(interpreter, sorted(speaking))
    importers = _importers(program, chosen, registry) | wrappers.importers()
    importers |= _decorated(program, chosen, registry, speaking)
    worth = sorted((speaking | importers) - _for_tests(registry))
    for path in worth:
        interpreter.run_file(program.by_path[path])
    _run_inits(interpreter, worth, chosen)
    _run_mains(interpreter, worth)
    wrappers.run_makers(worth)
    for path in worth:
        uncalled.run_all(interpreter, program.by_path[path])
    for path in worth:
        uncalled.run_dispatchers(interpreter, program.by_path[path])
    interpreter.finish()
    return interpreter
