"""Spring's path prefixes: what `addPathPrefix` of an application's configuration puts before controllers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from github_connections.analysis.frameworks.java.annotations import simple_name
from github_connections.analysis.frameworks.java.jvm_settings import Settings
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.routing import routers_of
from github_connections.analysis.linking.values import ClassValue, Kind, Value, is_known, text_of
from github_connections.analysis.report import Place, Prefix
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

PACKAGES = ("org.springframework.web.servlet.config.annotation", "org.springframework.web.reactive.config")
WORDS = frozenset({"addPathPrefix"})
_ANNOTATED = re.compile(r"^(forAnnotation|isAnnotationPresent|hasAnnotation)$")


class PathPrefix(Struct):
    """What `addPathPrefix` puts before the paths of some controllers."""

    value: str
    place: Place
    root: str
    is_shared: bool  # it stands in a library of the program, and holds for every application
    annotations: frozenset[str]
    packages: tuple[str, ...]
    patterns: tuple[str, ...]
    handlers: frozenset[str]

    def holds_for(self, cls: ClassValue, names: set[str]) -> bool:
        """Tell whether a controller with these annotations is meant."""
        file = cls.scope.file
        if file.project_root != self.root and not self.is_shared:
            return False
        if self.annotations and self.annotations.isdisjoint(names):
            return False
        if self.handlers and cls.node.name not in self.handlers:
            return False
        if self.patterns and not any(re.fullmatch(pattern, f"{file.head.package}.") for pattern in self.patterns):
            return False
        return not self.packages or file.head.package.startswith(self.packages)

    def row(self, settings: Settings) -> Prefix:
        """Return it as the report's rows have it."""
        value = settings.resolve(self.value)
        return Prefix(value=value, file=self.place.file, line=self.place.line, how="addPathPrefix")


def _add_prefix(call: Invocation) -> Value:
    call.receiver.add([], call.text(0), call.place, None, condition=call)
    return call.receiver


CONFIGURER = Kind("spring path configurer", methods={"addPathPrefix": _add_prefix})


def declare(registry: Registry) -> None:
    """Add what an application's configuration says its paths to."""
    for package in PACKAGES:
        registry.types[f"{package}.PathMatchConfigurer"] = CONFIGURER


def path_prefixes(interpreter: Interpreter) -> list[PathPrefix]:
    """Return every `addPathPrefix` of the program."""
    routers = routers_of(interpreter, CONFIGURER)
    return [_path_prefix(route.path, route.options["condition"]) for router in routers for route in router.routes]


def _path_prefix(path: str, call: Invocation) -> PathPrefix:
    annotations: set[str] = set()
    packages: list[str] = []
    patterns: list[str] = []
    handlers: set[str] = set()
    for inner in _calls_in([argument.value for argument in call.node.arguments[1:]] if call.node else []):
        name = nodes.last_name(inner.function)
        values = [call.interpreter.evaluate(argument.value, call.scope) for argument in inner.arguments]
        if _ANNOTATED.match(name):
            annotations.update(simple_name(value) for value in values)
            if name != "isAnnotationPresent" and "Controller" in annotations:
                annotations.update(("RestController", "RepositoryRestController"))  # they carry it themselves
        elif name in ("forBasePackage", "startsWith"):
            packages.extend(text_of(value) for value in values)
        elif name in ("match", "matches"):
            patterns.extend(_pattern(value) for value in values if isinstance(value, str) and is_known(value))
        elif name == "forBasePackageClass":
            packages.extend(value.scope.file.head.package for value in values if isinstance(value, ClassValue))
        elif name in ("forAssignableType", "equals"):
            handlers.update(simple_name(value) for value in values)
    root = call.scope.file.project_root
    started = call.interpreter.program.with_words("java", frozenset({"SpringBootApplication"}))
    return PathPrefix(
        path,
        call.place,
        root,
        is_shared=all(file.project_root != root for file in started),
        annotations=frozenset(annotations),
        packages=tuple(packages),
        patterns=tuple(patterns),
        handlers=frozenset(handlers),
    )


def _pattern(written: str) -> str:
    """Return the regular expression of an Ant pattern over packages, `**.controller.admin.**`, each part with its dot
    behind it."""
    parts = re.split(r"[./]", written.strip("./"))
    return "".join(
        r"(?:[^.]+\.)*" if part == "**" else re.escape(part).replace(r"\*", "[^.]*") + r"\." for part in parts
    )


def _calls_in(expressions: Iterable[object]) -> Iterator[nodes.Call]:
    return (node for node in nodes_in(list(expressions)) if isinstance(node, nodes.Call))
