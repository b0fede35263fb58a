"""What the frameworks share whose routes are files: applications, configuration, what a file exports, one row."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from msgspec import Struct, field

from github_connections.analysis import http_verbs
from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.javascript.javascript_styles import Style
from github_connections.analysis.frameworks.javascript.page_routes import without_holes_before
from github_connections.analysis.frameworks.javascript.request_guards import asked_by_handler
from github_connections.analysis.frameworks.javascript.web_requests import read_of_request
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import File
from github_connections.analysis.linking.scopes import bound_names
from github_connections.analysis.linking.values import (
    External,
    FunctionValue,
    MapValue,
    Unknown,
    Value,
    entries_of,
    is_known,
    text_of,
)
from github_connections.analysis.report import Auth, Parameter, Prefix, Route, RouteKind
from github_connections.analysis.syntax import nodes

HTTP_VERBS = tuple(map(str.upper, http_verbs.OF_BROWSERS))
SCRIPTS = (".tsx", ".ts", ".jsx", ".js", ".mts", ".mjs", ".cjs")
# Between the names of folders where a file is named for all of them, `users.[id].tsx`; not those of `[...all]`.
DOTS = re.compile(r"(?<!\.)\.(?!\.|[^\[]*\])")
# Functions and wrappers around a configuration.
_MAXIMUM_AROUND = 6


class Exported(Struct, frozen=True):
    """A name that a file exports: the line of what is exported, what the file calls it, and its tree."""

    line: int
    local: str = ""
    node: nodes.Statement | None = None


class Application(Struct, dict=True):
    """A directory that a framework is told to serve."""

    interpreter: Interpreter
    framework: str
    root: str
    configurations: tuple[str, ...] = ()
    base: str = ""
    prefixes: list[Prefix] = field(default_factory=list)

    def paths(self, directory: str) -> list[str]:
        """Return what lies below a directory of the application, as seen from there."""
        place = posixpath.normpath(posixpath.join(self.root, directory))
        return self.interpreter.program.inside("" if place == "." else place)

    def has(self, directory: str) -> bool:
        """Tell whether the application has such a directory."""
        return bool(self.paths(directory))

    def place(self, *parts: str) -> str:
        """Return a path as seen from the checkout."""
        return posixpath.normpath(posixpath.join(self.root, *parts))

    def file(self, path: str) -> File | None:
        """Return a parsed file by its path in the checkout."""
        return self.interpreter.program.by_path.get(path)

    @cached_property
    def configuration_file(self) -> File | None:
        """The framework's own configuration."""
        places = (self.place(stem + ending) for stem in self.configurations for ending in SCRIPTS)
        return next((file for file in map(self.file, places) if file is not None), None)

    @cached_property
    def configuration(self) -> MapValue | None:
        """What the configuration says; None where there is none, or nothing is known of it."""
        file = self.configuration_file
        return object_in(self.interpreter, self.interpreter.exported(file, "default")) if file is not None else None

    def setting(self, *names: str) -> Value:
        """Return a setting by the names on the way to it; None where it is not made."""
        value: Value = self.configuration
        for name in names:
            value = entries_of(value).get(name)
        return value

    def serve_below(self, value: Value, how: str) -> None:
        """Put the whole application below a path that its configuration names, as far as it is known."""
        text = "" if value is None else text_of(value)
        file = self.configuration_file
        if file is not None and text.strip("/"):
            self.base = without_holes_before(text)
            line = self.configuration.lines.get(how, 1) if self.configuration else 1
            self.prefixes = [Prefix(value=text, file=file.path, line=line, how=how)]

    def asked(self, file: File | None, exported: Exported | None, path: str) -> Auth | None:
        """Return who may come to a path by what a file exports for it; None where that does not tell."""
        if file is None or exported is None:
            return None
        return asked_by_handler(self.interpreter, file, exported.node, exported.line, path)

    def read(
        self, file: File | None, exported: Exported | None, method: str, path: str, style: Style
    ) -> list[Parameter]:
        """Return what the code that a file exports for a path reads of a request."""
        if file is None or exported is None:
            return []
        return read_of_request(self.interpreter, file, exported.node, method, path, style)

    def route(
        self,
        method: str,
        path: str,
        file: str,
        line: int,
        kind: RouteKind = "page",
        handler: str = "",
        raw: str = "",
        auth: Auth | None = None,
        params: Iterable[Parameter] = (),
    ) -> Route:
        """Make a row; `path` has its variables in braces and lies below the application's own path."""
        whole = paths.join_trimmed([self.base, path])
        return Route(
            method=method,
            path=whole,
            file=file,
            line=line,
            framework=self.framework,
            kind=kind,
            handler=handler,
            raw_path=raw or path,
            prefixes=self.prefixes,
            params=[*rows.path_parameters(whole), *params],
            auth=auth or Auth(),
            confidence="exact" if is_known(whole) and all(map(_is_known, self.prefixes)) else "partial",
        )


def _is_known(prefix: Prefix) -> bool:
    return is_known(prefix.value)


def applications(
    interpreter: Interpreter, framework: str, packages: Iterable[str], configurations: tuple[str, ...]
) -> Iterator[Application]:
    """Yield the directories whose manifest names a package of the framework, or that hold its configuration."""
    program = interpreter.program
    names = {stem + ending for stem in configurations for ending in SCRIPTS}
    roots = {posixpath.dirname(path) for path in program.all_paths if posixpath.basename(path) in names}
    wanted = set(packages)
    for project in program.projects:
        if (
            project.ecosystem == "node"
            and wanted & project.dependencies.keys()
            and _depends_on(program.read(posixpath.join(project.root, "package.json")), wanted)
        ):
            roots.add(project.root)
    for root in sorted(roots):
        yield Application(interpreter, framework, root, configurations)


def _depends_on(manifest: bytes | None, wanted: set[str]) -> bool:
    """Tell whether a manifest depends on a package itself; a plugin expects it of whoever uses the plugin."""
    try:
        content = json.loads(manifest or b"{}")
    except (ValueError, RecursionError):
        return False
    expected = content.get("peerDependencies") if isinstance(content, dict) else None
    return isinstance(content, dict) and not (isinstance(expected, dict) and wanted & expected.keys())


def object_in(interpreter: Interpreter, value: Value, deep: int = 0) -> MapValue | None:
    """Return the object that a configuration comes to: itself, what a function returns, what a wrapper is given."""
    if isinstance(value, MapValue) or deep > _MAXIMUM_AROUND:
        return value if isinstance(value, MapValue) else None
    if isinstance(value, FunctionValue):
        return object_in(interpreter, interpreter.call(value, []), deep + 1)
    made_by = value.made_by if isinstance(value, External) else None
    found = (object_in(interpreter, given, deep + 1) for given in (made_by.positional if made_by else ()))
    return next((one for one in found if one is not None), None)


# --- what a file exports --------------------------------------------------------------------------------------------


def exports_of(interpreter: Interpreter, file: File) -> dict[str, Exported]:
    """Return the names that a file exports, also those that it hands on."""
    declared = _declared(file)
    found: dict[str, Exported] = {}
    for statement in file.module.body:
        match statement:
            case nodes.Export(name=name, value=nodes.Name(id=local)):
                found[name] = declared.get(local, Exported(1, local))
            case nodes.Export(name=name, value=value):
                found[name] = Exported(getattr(value, "line", 1), getattr(value, "name", ""), value)
            case nodes.Import(exported=True):
                found.update(_handed_on(interpreter, file, statement))
            case nodes.Assign(target=nodes.Member(of=nodes.Name(id="module"), name="exports"), value=value, line=line):
                found["default"] = declared.get(getattr(value, "id", ""), Exported(line, node=value))
    return found


def _declared(file: File) -> dict[str, Exported]:
    declared: dict[str, Exported] = {}
    for statement in file.module.body:
        match statement:
            case nodes.Function(name=name, line=line) | nodes.Class(name=name, line=line):
                declared[name] = Exported(line, name, statement)
            case nodes.Assign(target=target, value=value, line=line):
                declared |= {name: Exported(line, name, value) for name in bound_names(target)}
            case nodes.Import(local=local, line=line, exported=False):
                declared[local] = Exported(line, local)
    return declared


def _handed_on(interpreter: Interpreter, file: File, statement: nodes.Import) -> dict[str, Exported]:
    if statement.local:
        return {statement.local: Exported(statement.line, statement.name)}
    names = interpreter.names(file)
    found = names.find(statement.module, file)
    if found is None or found is file:
        return {}
    return {name: Exported(statement.line, name) for name in names.exported_names(found)}


def calls_of(body: Iterable[nodes.Statement], name: str) -> Iterator[nodes.Call]:
    """Yield the calls of a function by its name that stand at the top of a file, or are exported or assigned there."""
    for statement in body:
        value = statement.value if isinstance(statement, nodes.Assign | nodes.Export) else statement
        if isinstance(value, nodes.Call) and isinstance(value.function, nodes.Name) and value.function.id == name:
            yield value


def without_ending(path: str, endings: Iterable[str] = SCRIPTS) -> str | None:
    """Return a path without its ending; None where it has none of these."""
    for ending in sorted(endings, key=len, reverse=True):
        if path.endswith(ending) and len(posixpath.basename(path)) > len(ending):
            return path[: -len(ending)]
    return None


def known_text(value: Value) -> str:
    """Return a text; nothing for a value that is none."""
    return value if isinstance(value, str) else ""


def is_said(value: Value) -> bool:
    """Tell whether a setting is made at all."""
    return value is not None and not isinstance(value, Unknown)
