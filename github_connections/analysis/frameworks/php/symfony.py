"""Symfony: attributes and annotations of controllers, below the prefixes of routing files, and the routes of these."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct

from github_connections.analysis.frameworks import paths
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.php import easy_admin, fos_rest, mautic_bundles, symfony_defaults
from github_connections.analysis.frameworks.php.api_platform import Resources
from github_connections.analysis.frameworks.php.symfony_configuration import Configuration, Found
from github_connections.analysis.frameworks.php.symfony_requests import Methods, model_of
from github_connections.analysis.frameworks.php.symfony_routes import declare, method_of, paths_of
from github_connections.analysis.frameworks.php.symfony_security import Security
from github_connections.analysis.linking.classes import methods
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import classes_in
from github_connections.analysis.linking.values import ClassValue, MapValue, is_known, texts_of
from github_connections.analysis.report import ANY_METHOD, Prefix, Route
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import arguments_as, texts_written

_SAYING_A_PATH = frozenset({"Route", "Get", "Post", "Put", "Patch", "Delete"})
_PACKAGES = ("Symfony.", "FOS.", "Sensio.")
_MARKS = _SAYING_A_PATH | {"ApiResource", "GetCollection"}


class _Readers(Struct, frozen=True):
    """What reads the configuration of security and the methods of controllers, each once."""

    security: Security
    methods: Methods


def routes(interpreter: Interpreter) -> Iterable[Route]:
    """Yield the routes of controllers and of YAML files."""
    configuration, readers = Configuration(interpreter), _Readers(Security(interpreter.program), Methods(interpreter))
    resources = Resources(interpreter, configuration.of_resources)
    for cls in interpreter.program.classes_around("php", _MARKS):
        yield from resources.of_class(cls)
        if "abstract" not in cls.node.modifiers and cls.node.kind == "class":
            yield from _of_class(interpreter, cls, configuration, readers)
    yield from resources.of_files()
    yield from _of_files(interpreter, configuration, readers, [*configuration.found, *_of_libraries(interpreter)])
    yield from fos_rest.routes(interpreter, configuration)


def _of_class(
    interpreter: Interpreter, cls: ClassValue, configuration: Configuration, readers: _Readers
) -> Iterator[Route]:
    on_class = [
        _Said(interpreter, item, cls.scope, configuration)
        for item in _route_decorators(interpreter, cls, cls.node.decorators)
    ]
    on_methods = [
        (owner, method, _Said(interpreter, item, owner.scope, configuration))
        for owner, method in methods(interpreter, cls)
        for item in _route_decorators(interpreter, owner, method.decorators)
    ]
    for above in configuration.prefixes_of(cls.scope.file.path):
        if on_methods:
            for owner, method, said in on_methods:
                yield from _rows(cls, owner, method, said, on_class, list(above), readers)
            continue
        invoked = next((method for owner, method in methods(interpreter, cls) if method.name == "__invoke"), None)
        if invoked is not None:
            for said in on_class:
                yield from _rows(cls, cls, invoked, said, [], list(above), readers)


def _route_decorators(
    interpreter: Interpreter, cls: ClassValue, decorators: list[nodes.Expression]
) -> Iterator[nodes.Call]:
    """Yield what says a path; `OA\\Get` describes one that is said elsewhere, other libraries have a `Get` too."""
    for decorator in decorators:
        if not isinstance(decorator, nodes.Call) or not decorator.arguments:
            continue
        if nodes.bare_name(decorator).capitalize() in _SAYING_A_PATH:  # `@Rest\\POST` is `@Rest\\Post`
            package, _, name = interpreter.qualified_name(decorator, cls.scope).rpartition(".")
            if not name or not package or package.startswith(_PACKAGES):
                yield decorator


def _said_beside(declared: nodes.Function | nodes.Class) -> list[str]:
    """Return the verbs of `@Method("GET")`, as it was written before `methods=`: at a method, or for all of a class."""
    for decorator in declared.decorators:
        if isinstance(decorator, nodes.Call) and nodes.bare_name(decorator) == "Method" and decorator.arguments:
            return [method_of(text) for text in texts_written(decorator.arguments[0].value)]
    return []


class _Said:
    """What one `#[Route(…)]` says."""

    def __init__(
        self, interpreter: Interpreter, decorator: nodes.Call, scope: Any, configuration: Configuration
    ) -> None:
        self.line = decorator.line
        self.paths: list[str] = []
        self.methods: list[str] = []
        self.defaults: set[str] = set()
        name = nodes.bare_name(decorator)
        if name != "Route":
            self.methods = [name.upper()]
        for name, written in arguments_as(decorator, "path").items():
            value = interpreter.evaluate(written, scope)
            if name in ("path", "value"):
                self.paths = [configuration.parameters.filled(path) for path in paths_of(value)]
            elif name == "methods":
                self.methods = [method_of(method) for text in texts_of(value) for method in text.split("|")]
            elif name == "defaults" and isinstance(value, MapValue):
                self.defaults = set(value.entries)


def _joined(before: list[str], path: str) -> str:
    """Put a route's path behind its prefixes; an empty one adds no slash."""
    joined = paths.join([*before, path])
    return joined.rstrip("/") or "/" if not path and before else joined


def _rows(
    cls: ClassValue,
    owner: ClassValue,
    method: nodes.Function,
    said: _Said,
    on_class: list[_Said],
    above: list[Prefix],
    readers: _Readers,
) -> Iterator[Route]:
    on_classes: list[tuple[str, _Said | None]] = [(text, item) for item in on_class for text in item.paths]
    prefixes = on_classes or [("", None)]
    on_all = [verb for item in on_class for verb in item.methods]
    methods = said.methods or _said_beside(method) or on_all or _said_beside(cls.node) or [ANY_METHOD]
    defaults = said.defaults.union(symfony_defaults.of_method(method), *(item.defaults for item in on_class))
    for prefix, holder in prefixes:
        whole = list(above)
        if prefix and holder is not None:
            whole.append(Prefix(value=prefix, file=cls.scope.file.path, line=holder.line, how="class"))
        for path in said.paths or [""]:
            final = from_symfony(_joined([item.value for item in whole], path))
            in_path = symfony_defaults.path_parameters(final, path, defaults)
            for verb in methods:
                yield Route(
                    method=verb,
                    path=final,
                    file=owner.scope.file.path,
                    line=said.line,
                    framework="symfony",
                    kind=readers.methods.kind_of(owner, method, final),
                    handler=f"{cls.node.name}.{method.name}",
                    raw_path=path,
                    prefixes=whole,
                    params=readers.methods.parameters_of(owner, method, verb, in_path),
                    auth=readers.security.of_method(cls, method, verb, final),
                    request_model=model_of(method),
                    confidence="exact" if is_known(final) else "partial",
                )


def from_symfony(path: str) -> str:
    r"""`{id<\d+>}` and `{id?1}` → `{id}`; `{!page}` → `{page}`; `{post:slug}` → `{post}`; `{_locale}` stays."""
    path = re.sub(r"\{!?(\w+)(?::\w+)?(?:<[^>]*>)?(?:\?[^}]*)?\}", r"{\1}", path)
    return paths.from_braces(path)


def _of_libraries(interpreter: Interpreter) -> Iterator[Found]:
    yield from mautic_bundles.found_in(interpreter)
    yield from easy_admin.found_in(interpreter)


def _of_files(
    interpreter: Interpreter, configuration: Configuration, readers: _Readers, declared_in_files: list[Found]
) -> Iterator[Route]:
    """Yield the routes that routing files declare themselves."""
    for found in declared_in_files:
        declared = found.declared
        cls, answering = _answering(interpreter, declared.handler)
        for text in declared.paths:
            path = configuration.parameters.filled(text)
            final = from_symfony(_joined([prefix.value for prefix in found.prefixes], path))
            in_path = symfony_defaults.path_parameters(final, path, declared.defaults)
            for method in declared.methods:
                yield Route(
                    method=method,
                    path=final,
                    file=declared.place.file,
                    line=declared.place.line,
                    framework="symfony",
                    kind=readers.methods.kind_of(cls, answering, final, declared.handler),
                    handler=declared.handler,
                    raw_path=text,
                    prefixes=list(found.prefixes),
                    params=readers.methods.parameters_of(cls, answering, method, in_path),
                    auth=readers.security.of_path(method, final)
                    if cls is None or answering is None
                    else readers.security.of_method(cls, answering, method, final),
                    request_model=model_of(answering),
                    confidence="exact" if is_known(final) else "partial",
                )


def _answering(interpreter: Interpreter, handler: str) -> tuple[ClassValue | None, nodes.Function | None]:
    """Return the class and the method that a file names: `App\\Controller\\Pages::show`."""
    whole, _, name = handler.partition("::")
    package, _, last = whole.strip("\\").rpartition("\\")
    for file in interpreter.program.declaring("php", last) if last else ():
        for cls in classes_in(file.scope) if file.head.package == package else ():
            if cls.node.name == last:
                own = (item for _owner, item in methods(interpreter, cls))
                return cls, next((item for item in own if item.name == (name or "__invoke")), None)
    return None, None


FRAMEWORK = Framework(
    name="symfony",
    language="php",
    family="php",
    kind="server",
    packages=("symfony/framework-bundle", "symfony/routing", "symfony/symfony"),
    imports=("Symfony\\Component\\Routing", "Symfony\\Bundle\\FrameworkBundle", "Sensio\\Bundle"),
    words=frozenset({"RoutingConfigurator", "RouteCollection"}),
    marks=_MARKS | easy_admin.MARKS,
    places=re.compile(r"(^|/)([cC]onfig/config|config/.*)\.php$"),
    declare=declare,
    routes=routes,
)
