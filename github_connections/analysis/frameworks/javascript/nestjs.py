"""NestJS: controllers below the prefix, the version and the module's path that their application gives them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from msgspec import Struct, field

from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.javascript import nestjs_documented
from github_connections.analysis.frameworks.javascript.javascript_guards import auth_of
from github_connections.analysis.frameworks.javascript.javascript_servers import from_colons, texts_in
from github_connections.analysis.frameworks.javascript.nestjs_applications import (
    CONTROLLER_WORDS,
    Placed,
    placed_controllers,
)
from github_connections.analysis.frameworks.javascript.nestjs_crud import declare_crud, usual_routes
from github_connections.analysis.frameworks.javascript.nestjs_declarations import (
    declare_applications,
    decorators_of,
    said_of,
)
from github_connections.analysis.frameworks.javascript.nestjs_methods import (
    guards_among,
    is_for_everybody,
    parameters_of_method,
    returned_model,
)
from github_connections.analysis.frameworks.javascript.nestjs_paths import verb_of
from github_connections.analysis.linking.classes import methods
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import HOLE, ClassValue, Thing, Value, entries_of
from github_connections.analysis.report import ANY_METHOD, Auth, Prefix, Route
from github_connections.analysis.syntax import nodes

METHODS = {
    "Get": "GET",
    "Post": "POST",
    "Put": "PUT",
    "Patch": "PATCH",
    "Delete": "DELETE",
    "Options": "OPTIONS",
    "Head": "HEAD",
    "Search": "SEARCH",
    "Sse": "GET",
    "All": ANY_METHOD,
}

_GLOBAL = "setGlobalPrefix"


def declare(registry: Registry) -> None:
    """Add the decorators and the applications."""
    declare_applications(registry)
    declare_crud(registry)


class Action(Struct):
    """One method of a controller with what its decorators say."""

    function: nodes.Function
    method: str
    path: Value
    decorators: list[Thing]
    owner: ClassValue
    line: int


def routes(interpreter: Interpreter) -> Iterator[Route]:
    """Yield a row for every method of every controller, as often as applications and versions serve it."""
    for placed in placed_controllers(interpreter):
        for action in chain(_actions(interpreter, placed.controller), _usual_actions(placed)):
            for way in _ways(placed, action):
                yield _row(interpreter, placed, action, way)


def _actions(interpreter: Interpreter, controller: ClassValue) -> Iterator[Action]:
    """Yield the methods that answer, those of the bases too unless the controller has its own."""
    for owner, method in methods(interpreter, controller):
        yield from _verbs_of(interpreter, method, owner)


def _verbs_of(interpreter: Interpreter, method: nodes.Function, owner: ClassValue) -> Iterator[Action]:
    decorators = decorators_of(interpreter, method.decorators, owner)
    for decorator in decorators:
        name, call, line = decorator.data["name"], decorator.data["call"], decorator.data["line"]
        if name in METHODS and decorator.data["library"]:
            yield Action(method, METHODS[name], call.value(0), decorators, owner, line)
        elif name == "RequestMapping" and decorator.data["library"]:
            entries = entries_of(call.value(0))
            verb = verb_of(entries.get("method", "GET"))
            yield Action(method, verb, entries.get("path"), decorators, owner, line)


def _usual_actions(placed: Placed) -> Iterator[Action]:
    """Yield what answers on a class by its `@Crud`, without a method of its own."""
    owner = placed.controller
    for decorator, usual in usual_routes(placed.decorators):
        line = decorator.data["line"]
        yield Action(nodes.Function(usual.name, [], [], line), usual.method, usual.path, [], owner, line)


class Way(Struct):
    """One path of an action, and what it is put together from."""

    prefixes: list[Prefix] = field(default_factory=list)
    last: str = ""

    @property
    def path(self) -> str:
        return from_colons(rows.path_below(self.prefixes, self.last))


def _ways(placed: Placed, action: Action) -> Iterator[Way]:
    own = _paths(action.path)
    versions = said_of(action.decorators, "Version") or placed.versions
    for version in placed.application.version_prefixes(versions):
        for base in _paths(placed.path):
            for last in own:
                yield _way(placed, version, base, last, action.method)


def _paths(value: Value) -> list[str]:
    found = [] if value is None else texts_in(value)
    return found or [""]


def _way(placed: Placed, version: str, base: str, last: str, method: str) -> Way:
    application = placed.application
    below = paths.join_trimmed([placed.module_path, base, last])
    parts = [
        (version, application.version_place, "enableVersioning"),
        (placed.module_path, placed.module_place, "RouterModule"),
        (base, placed.place, "Controller"),
    ]
    if not application.excludes(below, method) and not application.excludes(
        paths.join_trimmed([version, below]), method
    ):
        parts.insert(0, (application.prefix, application.prefix_place, _GLOBAL))
    prefixes = [
        Prefix(value=value, file=place.file, line=place.line, how=how)
        for value, place, how in parts
        if value.strip("/")
    ]
    return Way(prefixes, last)


def _row(interpreter: Interpreter, placed: Placed, action: Action, way: Way) -> Route:
    path, owner = way.path, placed.controller
    own = parameters_of_method(interpreter, action.function, action.owner)
    named = {parameter.name: parameter.type for parameter in own if parameter.place == "path"}
    others = [parameter for parameter in own if parameter.place != "path"]
    others = rows.each_once([*others, *nestjs_documented.parameters(action.decorators)])
    body = next((parameter.model for parameter in others if parameter.place == "body" and parameter.model), "")
    known = HOLE not in path and placed.certain
    return Route(
        method=action.method,
        path=path,
        file=action.owner.scope.file.path,
        line=action.line,
        framework="nestjs",
        kind="page" if said_of(action.decorators, "Render") is not None else "api",
        handler=f"{owner.node.name}.{action.function.name}",
        raw_path=way.last,
        prefixes=way.prefixes,
        params=[*rows.path_parameters(path, named), *others],
        auth=_auth(placed, action, way),
        request_model=body or nestjs_documented.sent(action.decorators),
        response_model=returned_model(action.function) or nestjs_documented.answered(action.decorators),
        status_codes=nestjs_documented.status_codes(action.decorators),
        confidence="exact" if known else "partial",
    )


def _auth(placed: Placed, action: Action, way: Way) -> Auth:
    if any(is_for_everybody(decorator.data["name"]) for decorator in (*action.decorators, *placed.decorators)):
        return Auth(state="none")
    below = from_colons(paths.join_trimmed([*(one.value for one in way.prefixes if one.how != _GLOBAL), way.last]))
    guards = [
        *placed.application.guards,
        *guards_among(placed.decorators),
        *guards_among(action.decorators),
        *(one.guard for one in placed.application.middleware if one.is_before(placed.controller, below, action.method)),
    ]
    return auth_of(guards, way.path)


FRAMEWORK = Framework(
    name="nestjs",
    language="typescript",
    family="javascript",
    kind="server",
    packages=("@nestjs/core", "@nestjs/common"),
    imports=("@nestjs/core", "@nestjs/config"),
    common_imports=("@nestjs/common",),
    words=CONTROLLER_WORDS | {"setGlobalPrefix", "enableVersioning"},
    marks=frozenset({"applyDecorators"}),
    declare=declare,
    routes=routes,
)
