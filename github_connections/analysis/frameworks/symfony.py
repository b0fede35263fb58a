"""Symfony: attributes and annotations of controllers, and routes in YAML."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from typing import Any

import yaml

from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import ClassValue, MapValue, Value, is_known, text_of, texts_of
from github_connections.analysis.report import ANY_METHOD, Auth, AuthSource, Prefix, Route
from github_connections.analysis.syntax import nodes

_CONFIGURATION = re.compile(
    r"(^|/)config/(routes|routing)([._-]\w+)?\.ya?ml$|(^|/)config/routes/.*\.ya?ml$|(^|/)Resources/config/routing.*\.ya?ml$"
)
MAXIMUM_YAML_BYTES = 200_000


def routes(interpreter: Interpreter) -> Iterable[Route]:
    """Yield the routes of controllers and of YAML files."""
    configuration = _Configuration(interpreter)
    for cls in interpreter.program.classes("php"):
        yield from _of_class(interpreter, cls, configuration)
    yield from configuration.routes()


def _of_class(interpreter: Interpreter, cls: ClassValue, configuration: _Configuration) -> Iterator[Route]:
    scope = cls.scope
    on_class = [_Said(interpreter, item, scope) for item in _route_decorators(cls.node.decorators)]
    methods = [item for item in cls.node.body if isinstance(item, nodes.Function)]
    on_methods = [(method, item) for method in methods for item in _route_decorators(method.decorators)]
    above = configuration.prefix_of(cls.scope.file.path)
    if not on_methods:
        invoked = next((method for method in methods if method.name == "__invoke"), None)
        if invoked is not None:
            for said in on_class:
                yield from _rows(cls, invoked, said, [], above)
        return
    for method, item in on_methods:
        yield from _rows(cls, method, _Said(interpreter, item, scope), on_class, above)


def _route_decorators(decorators: list[nodes.Expression]) -> Iterator[nodes.Call]:
    for decorator in decorators:
        if isinstance(decorator, nodes.Call):
            name = getattr(decorator.function, "name", "") or getattr(decorator.function, "id", "")
            if name in ("Route", "Get", "Post", "Put", "Patch", "Delete") and decorator.arguments:
                yield decorator


class _Said:
    """What one `#[Route(…)]` says."""

    def __init__(self, interpreter: Interpreter, decorator: nodes.Call, scope: Any) -> None:
        self.line = decorator.line
        self.paths: list[str] = []
        self.methods: list[str] = []
        name = getattr(decorator.function, "name", "") or getattr(decorator.function, "id", "")
        if name != "Route":
            self.methods = [name.upper()]
        for position, argument in enumerate(decorator.arguments):
            value = interpreter.evaluate(argument.value, scope)
            if argument.name in ("path", "value") or (not argument.name and position == 0):
                self.paths = _texts(value)
            elif argument.name == "methods":
                self.methods = [method.upper() for method in texts_of(value)]


def _texts(value: Value) -> list[str]:
    """A path, or one for each language."""
    if isinstance(value, MapValue):
        return [text_of(item) for item in value.entries.values()]
    return texts_of(value)


def _rows(
    cls: ClassValue, method: nodes.Function, said: _Said, on_class: list[_Said], above: list[Prefix]
) -> Iterator[Route]:
    on_classes: list[tuple[str, _Said | None]] = [(text, item) for item in on_class for text in item.paths]
    prefixes = on_classes or [("", None)]
    methods = said.methods or [method_ for item in on_class for method_ in item.methods] or [ANY_METHOD]
    file = cls.scope.file.path
    for prefix, holder in prefixes:
        whole = list(above)
        if prefix and holder is not None:
            whole.append(Prefix(value=prefix, file=file, line=holder.line, how="class"))
        for path in said.paths or [""]:
            joined = paths.join([*(item.value for item in whole), path])
            final = from_symfony(joined)
            if path in ("", "/") and joined != "/":
                final = final.rstrip("/") if not path else final
            for verb in methods:
                yield Route(
                    method=verb,
                    path=final,
                    file=file,
                    line=said.line,
                    framework="symfony",
                    handler=f"{cls.node.name}.{method.name}",
                    raw_path=path,
                    prefixes=whole,
                    params=rows.path_parameters(final),
                    auth=_auth(cls, method),
                    confidence="exact" if is_known(final) else "partial",
                )


def from_symfony(path: str) -> str:
    r"""`{id<\d+>}` and `{id?1}` → `{id}`; `{!page}` → `{page}`; `{post:slug}` → `{post}`; `{_locale}` stays."""
    path = re.sub(r"\{!?(\w+)(?::\w+)?(?:<[^>]*>)?(?:\?[^}]*)?\}", r"{\1}", path)
    return paths.from_braces(path)


def _auth(cls: ClassValue, method: nodes.Function) -> Auth:
    found = []
    for decorator in [*cls.node.decorators, *method.decorators]:
        if isinstance(decorator, nodes.Call):
            name = getattr(decorator.function, "name", "") or getattr(decorator.function, "id", "")
            first = decorator.arguments[0].value if decorator.arguments else None
            if name in ("IsGranted", "Security") and not (isinstance(first, nodes.Text) and "PUBLIC" in first.value):
                found.append(AuthSource(name=name, file=cls.scope.file.path, line=decorator.line))
    return Auth(state="required", by=found) if found else Auth()


class _Configuration:
    """The routing files: prefixes for directories of controllers, and routes of their own."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter
        self._prefixes: list[tuple[str, Prefix]] = []
        self._routes: list[Route] = []
        for path in interpreter.program.all_paths:
            if _CONFIGURATION.search(path):
                self._read(path)

    def prefix_of(self, path: str) -> list[Prefix]:
        """Return the prefix that a file's directory has by configuration; the longest directory decides."""
        fitting = [(directory, prefix) for directory, prefix in self._prefixes if path.startswith(directory)]
        return [max(fitting, key=lambda item: len(item[0]))[1]] if fitting else []

    def routes(self) -> Iterator[Route]:
        """Yield the routes that YAML declares itself."""
        yield from self._routes

    def _read(self, path: str) -> None:
        content = self._interpreter.program.read(path) or b""
        if len(content) > MAXIMUM_YAML_BYTES or b"&" in content:  # anchors may be made to multiply
            return
        try:
            said = yaml.load(content, yaml.CSafeLoader)  # the safe loader, in C
        except yaml.YAMLError:
            return
        for name, entry in said.items() if isinstance(said, dict) else ():
            if isinstance(entry, dict):
                self._entry(path, str(name), entry, content)

    def _entry(self, path: str, name: str, entry: dict[str, Any], content: bytes) -> None:
        line = content.count(b"\n", 0, max(content.find(name.encode()), 0)) + 1
        prefix = entry.get("prefix")
        resource = entry.get("resource")
        if isinstance(resource, dict):
            resource = resource.get("path")
        if isinstance(resource, str) and isinstance(prefix, str) and prefix.strip("/"):
            directory = posixpath.normpath(posixpath.join(posixpath.dirname(path), resource.lstrip("@")))
            self._prefixes.append((directory, Prefix(value=prefix, file=path, line=line, how="resource")))
        written = entry.get("path")
        for text in written.values() if isinstance(written, dict) else [written]:
            if isinstance(text, str):
                self._add(path, line, text, entry)

    def _add(self, path: str, line: int, text: str, entry: dict[str, Any]) -> None:
        methods = entry.get("methods") or [ANY_METHOD]
        listed = re.split(r"[|,\s]+", methods) if isinstance(methods, str) else methods
        final = from_symfony(paths.join([text]))
        for method in listed:
            self._routes.append(
                Route(
                    method=str(method).upper(),
                    path=final,
                    file=path,
                    line=line,
                    framework="symfony",
                    handler=str(entry.get("controller") or (entry.get("defaults") or {}).get("_controller") or ""),
                    raw_path=text,
                    params=rows.path_parameters(final),
                )
            )


FRAMEWORK = Framework(
    name="symfony",
    language="php",
    family="php",
    kind="server",
    packages=("symfony/framework-bundle", "symfony/routing", "symfony/symfony"),
    imports=("Symfony\\Component\\Routing", "Symfony\\Bundle\\FrameworkBundle", "Sensio\\Bundle"),
    routes=routes,
)
