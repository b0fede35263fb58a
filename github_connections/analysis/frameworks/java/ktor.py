"""Ktor: nested blocks of routes, extension functions on `Route` and `Application`, typed resources."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace

from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.java.jvm_settings import AllSettings, module_of
from github_connections.analysis.frameworks.java.ktor_blocks import KTOR, declare
from github_connections.analysis.frameworks.java.ktor_guards import auth_of
from github_connections.analysis.frameworks.java.ktor_requests import inputs_of, name_of
from github_connections.analysis.frameworks.java.ktor_resources import is_resource
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.routing import Reached, reached_in, routers_of
from github_connections.analysis.linking.values import ClassValue, Value, is_known, type_name
from github_connections.analysis.report import Parameter, Prefix, Route

_REST_OF_REST = re.compile(r"(/\{\w+\*\})/\{path\*\}$")
_ROOT_PATH = re.compile(r"^[ \t]*rootPath\s*=\s*\"?([^\"\s]+)", re.MULTILINE)


def routes(interpreter: Interpreter) -> Iterator[Route]:
    """Yield the rows of every application, below the root path that its configuration says."""
    settings = AllSettings(interpreter.program)
    routers = routers_of(interpreter, KTOR)
    made = rows.routes_of(
        reached_in(routers),
        "ktor",
        rewrite=as_braces,
        join=paths.join_trimmed,
        kind=lambda item: item.route.options.get("kind", "api"),
        auth=lambda item: auth_of(interpreter, item),
        params=lambda item, path: _inputs(interpreter, item, path),
        named=lambda handler: name_of(interpreter, handler),
    )
    for row in made:
        before = list(_root_path(interpreter, settings, row.file))
        path = rows.path_below(before, row.path)
        confidence = "exact" if is_known(path) else "partial"
        body = next((parameter.model for parameter in row.params if parameter.place == "body"), "")
        prefixes = [*before, *row.prefixes]
        yield replace(row, path=path, prefixes=prefixes, request_model=body, confidence=confidence)


def as_braces(path: str) -> str:
    """`{id...}` → `{id*}`, `{...}` → `{path*}`, `*` → `{path}`; `{id?}` stays."""
    path = path.replace("{...}", "{path*}")
    made = paths.from_braces(re.sub(r"(?<=/)\*(?=/|$)", "{path}", path))
    return _REST_OF_REST.sub(r"\1", made)  # `static("/pages/{path...}") { resources("web") }`


def _root_path(interpreter: Interpreter, settings: AllSettings, file: str) -> Iterator[Prefix]:
    found = settings.of(interpreter.program.by_path[file]).text("ktor.deployment.rootPath")
    if found is not None:
        yield Prefix(value=found.value, file=found.place.file, line=found.place.line, how="rootPath")
        return
    home = module_of(file)
    for path in interpreter.program.all_paths:
        if path.endswith("/application.conf") and module_of(path) == home:
            text = interpreter.program.text(path)
            match = _ROOT_PATH.search(text)
            if match and not match.group(1).startswith("$"):
                yield Prefix(
                    value=match.group(1), file=path, line=text.count("\n", 0, match.start(1)) + 1, how="rootPath"
                )
                return


def _inputs(interpreter: Interpreter, item: Reached, path: str) -> list[Parameter]:
    """What the handler reads; the properties of a resource that its path does not name are taken from the query."""
    named = paths.names(path)
    read = inputs_of(interpreter, item.route.handler, named)
    resource = item.route.options.get("resource")
    if not isinstance(resource, ClassValue):
        return read
    if not is_resource(resource):
        return read + _received(item.route.options.get("type"), item.route.methods)
    return read + [
        Parameter(
            name=parameter.name, place="query", type=type_name(parameter.type), required=parameter.default is None
        )
        for parameter in resource.node.parameters
        if parameter.name not in named and parameter.name != "parent"
    ]


def _received(cls: Value, methods: list[str]) -> list[Parameter]:
    """`post<Order> { order -> … }`: a class that is no resource is what the body is made into."""
    if not isinstance(cls, ClassValue) or not rows.WITHOUT_BODY.isdisjoint(methods):
        return []
    return [Parameter(name="body", place="body", type=cls.node.name, model=cls.node.name)]


FRAMEWORK = Framework(
    name="ktor",
    language="kotlin",
    family="java",
    kind="server",
    packages=(
        "io.ktor:ktor-server-core",
        "io.ktor:ktor-server-netty",
        "io.ktor.plugin",
        "io.ktor:ktor-server-core-jvm",
    ),
    imports=(
        "io.ktor.server",
        "io.ktor.routing",
        "io.ktor.application",
        "io.ktor.locations",
        "com.papsign.ktor.openapigen",
    ),
    words=frozenset({"embeddedServer"}),
    declare=declare,
    routes=routes,
)
