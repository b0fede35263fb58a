"""Controllers by decorators: routing-controllers, inversify, tsoa, Ts.ED, OvernightJS, Midway, LoopBack."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator

from msgspec import Struct

from github_connections.analysis import http_verbs
from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.javascript.javascript_guards import auth_of, guard_of, guards_of
from github_connections.analysis.frameworks.javascript.javascript_requests import read_by
from github_connections.analysis.frameworks.javascript.javascript_servers import from_colons, text_in
from github_connections.analysis.frameworks.javascript.javascript_styles import EXPRESS
from github_connections.analysis.frameworks.javascript.nestjs_methods import (
    PLACES,
    parameters_of_method,
    returned_model,
)
from github_connections.analysis.frameworks.javascript.own_decorators import MARKS, VERBS, routes_by_own_decorators
from github_connections.analysis.linking.classes import lineage
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.program import File, classes_in
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import (
    ClassValue,
    FunctionValue,
    MapValue,
    Unknown,
    Value,
    entries_of,
    is_known,
    text_of,
)
from github_connections.analysis.report import ANY_METHOD, ParameterPlace, Place, Prefix, Route
from github_connections.analysis.syntax import nodes

_LOWER = {verb: verb.upper() for verb in http_verbs.OF_BROWSERS} | {"del": "DELETE"}
_HTTP = {f"http{verb.capitalize()}": verb.upper() for verb in http_verbs.OF_BROWSERS} | {
    "all": ANY_METHOD,
    "httpMethod": "",
}


class Dialect(Struct, frozen=True):
    """One library: its modules, the decorators of its controllers, and those of their methods with the verbs.

    A decorator without a verb is given one, before the path. `places` are the decorators of a method's parameters.
    """

    name: str
    modules: tuple[str, ...]
    controllers: tuple[str, ...]
    verbs: dict[str, str]
    places: dict[str, ParameterPlace]


_ROUTING_CONTROLLERS: dict[str, ParameterPlace] = {
    "Param": "path",
    "QueryParam": "query",
    "QueryParams": "query",
    "Body": "body",
    "BodyParam": "body",
    "HeaderParam": "header",
    "CookieParam": "cookie",
    "UploadedFile": "file",
    "UploadedFiles": "file",
}
_INVERSIFY: dict[str, ParameterPlace] = {
    "requestParam": "path",
    "queryParam": "query",
    "requestBody": "body",
    "requestHeaders": "header",
    "cookies": "cookie",
}
_TSOA: dict[str, ParameterPlace] = {
    "Path": "path",
    "Query": "query",
    "Queries": "query",
    "Body": "body",
    "BodyProp": "body",
    "Header": "header",
    "FormField": "form",
    "UploadedFile": "file",
    "UploadedFiles": "file",
}
_TSED: dict[str, ParameterPlace] = {
    "PathParams": "path",
    "QueryParams": "query",
    "BodyParams": "body",
    "HeaderParams": "header",
    "CookiesParams": "cookie",
    "MultipartFile": "file",
}
_LOOPBACK: dict[str, ParameterPlace] = {
    f"param.{place}.{kind}": place
    for place in ("path", "query", "header", "cookie")
    for kind in ("string", "number", "integer", "boolean", "array", "object", "date", "dateTime")
} | {"requestBody": "body"}
DIALECTS = (
    Dialect(
        "routing-controllers",
        ("routing-controllers",),
        ("JsonController", "Controller"),
        VERBS,
        _ROUTING_CONTROLLERS,
    ),
    Dialect("inversify", ("inversify-express-utils",), ("controller",), _HTTP, _INVERSIFY),
    Dialect("tsoa", ("tsoa", "@tsoa/runtime"), ("Route",), VERBS, _TSOA),
    Dialect("tsed", ("@tsed/di", "@tsed/common", "@tsed/schema"), ("Controller",), VERBS, _TSED),
    Dialect("overnight", ("@overnightjs/core",), ("Controller",), VERBS, {}),
    Dialect("midway", ("@midwayjs/core", "@midwayjs/decorator"), ("Controller",), VERBS, PLACES),
    Dialect("loopback", ("@loopback/rest", "@loopback/openapi-v3"), ("api",), _LOWER, _LOOPBACK),
)
_SERVERS = ("createExpressServer", "useExpressServer", "createKoaServer", "useKoaServer")
# The names under which a server's prefix is remembered, by the library.
PREFIXES = {"routing-controllers": "routing-controllers", "inversify": "inversify-express-utils"}


def declare(registry: Registry) -> None:
    """Add the servers, which may put a prefix before all paths."""
    for name in _SERVERS:
        registry.calls[f"routing-controllers.{name}"] = _served
    registry.calls["inversify-express-utils.InversifyExpressServer"] = _built


def _served(call: Invocation) -> Value:
    _remember_prefix(call, "routing-controllers", call.value(-1), "routePrefix")
    return Unknown(call.name) if call.name.rpartition(".")[2].startswith("create") else call.value(0)


def _built(call: Invocation) -> Value:
    """`new InversifyExpressServer(container, router, {rootPath})`."""
    _remember_prefix(call, "inversify", call.value(2), "rootPath")
    return Unknown(call.name)


def _remember_prefix(call: Invocation, library: str, options: Value, name: str) -> None:
    prefix = entries_of(options).get(name)
    if prefix is not None:
        said = Prefix(value=text_of(prefix), file=call.place.file, line=call.line, how=name)
        call.interpreter.settings.setdefault(PREFIXES[library], said)


def routes(interpreter: Interpreter) -> Iterator[Route]:
    """Yield a row for every decorated method of every decorated class; decorators of a program's own come last."""
    modules = tuple(module for dialect in DIALECTS for module in dialect.modules)
    for file in interpreter.program.of_family("javascript"):
        if any(module in modules for module in file.sketch.imports):
            for cls in classes_in(file.scope):
                for dialect in DIALECTS:
                    yield from _routes_of(interpreter, cls, dialect)
    yield from routes_by_own_decorators(interpreter)


def _routes_of(interpreter: Interpreter, cls: ClassValue, dialect: Dialect) -> Iterator[Route]:
    found = next(_applied(interpreter, cls.node.decorators, cls, dialect, dialect.controllers), None)
    if found is None and dialect.name != "loopback":
        return
    prefixes = list(_prefixes(interpreter, cls.scope.file, dialect))
    base, line = (_path(interpreter, found[1], cls), found[1].line) if found else ("", cls.node.line)
    if base:
        prefixes.append(Prefix(value=base, file=cls.scope.file.path, line=line, how="controller"))
    for owner in lineage(interpreter, cls):
        for method in owner.node.body:
            if isinstance(method, nodes.Function):
                for name, call in _applied(interpreter, method.decorators, owner, dialect, tuple(dialect.verbs)):
                    yield _row(interpreter, cls, owner, method, dialect, name, call, prefixes)


def _applied(
    interpreter: Interpreter,
    decorators: list[nodes.Expression],
    cls: ClassValue,
    dialect: Dialect,
    names: tuple[str, ...],
) -> Iterator[tuple[str, nodes.Call]]:
    for decorator in decorators:
        if isinstance(decorator, nodes.Call):
            whole = interpreter.qualified_name(decorator, cls.scope.parent or cls.scope)
            module, _, name = whole.rpartition(".")
            if module in dialect.modules and name in names:
                yield name, decorator


def _path(interpreter: Interpreter, call: nodes.Call, cls: ClassValue, position: int = 0) -> str:
    value = _argument(interpreter, call, cls, position)
    if isinstance(value, MapValue):
        value = value.entries.get("path", value.entries.get("basePath", ""))
    return text_in(value)


def _argument(interpreter: Interpreter, call: nodes.Call, cls: ClassValue, position: int) -> Value:
    if position >= len(call.arguments):
        return ""
    return interpreter.evaluate(call.arguments[position].value, cls.scope.parent or cls.scope)


def _prefixes(interpreter: Interpreter, file: File, dialect: Dialect) -> Iterator[Prefix]:
    said = interpreter.settings.get(PREFIXES.get(dialect.name, ""))
    if isinstance(said, Prefix):
        yield said
    if dialect.name == "tsoa":
        place = posixpath.join(file.project_root, "tsoa.json")
        value = _base_path(interpreter.program.read(place) if place in interpreter.program.all_paths else None)
        if value:
            yield Prefix(value=value, file=place, line=1, how="basePath")


def _base_path(content: bytes | None) -> str:
    try:
        said = json.loads(content or b"{}")
    except (ValueError, RecursionError):
        return ""
    routes_said = said.get("routes") if isinstance(said, dict) else None
    value = routes_said.get("basePath") if isinstance(routes_said, dict) else ""
    return value if isinstance(value, str) and value != "/" else ""


def _row(
    interpreter: Interpreter,
    cls: ClassValue,
    owner: ClassValue,
    method: nodes.Function,
    dialect: Dialect,
    name: str,
    call: nodes.Call,
    prefixes: list[Prefix],
) -> Route:
    verb = dialect.verbs[name]
    last = _path(interpreter, call, owner, 0 if verb else 1)
    path = paths.from_braces(from_colons(rows.path_below(prefixes, last)))
    place = Place(owner.scope.file.path, call.line)
    guards = [guard_of(None, decorator, place) for decorator in (*cls.node.decorators, *method.decorators)]
    guards += guards_of(((None, argument.value) for argument in call.arguments[1:]), place)
    own = parameters_of_method(interpreter, method, owner, dialect.places, by_own_name=dialect.name == "tsoa")
    if not own and method.parameters and method.parameters[0].name.startswith("req"):
        own = read_by(interpreter, [(FunctionValue(method, owner.scope), None)], owner.scope, EXPRESS)
    types = {one.name: one.type for one in own if one.place == "path"}
    return Route(
        method=verb or text_of(_argument(interpreter, call, owner, 0)).upper(),
        path=path,
        file=place.file,
        line=place.line,
        framework=dialect.name,
        handler=f"{cls.node.name}.{method.name}",
        raw_path=last,
        prefixes=prefixes,
        params=[*rows.path_parameters(path, types), *(one for one in own if one.place != "path")],
        auth=auth_of((guard for guard in guards if guard), path),
        request_model=next((one.model for one in own if one.place == "body" and one.model), ""),
        response_model=returned_model(method),
        confidence="exact" if is_known(path) else "partial",
    )


FRAMEWORK = Framework(
    name="routing-controllers",
    language="typescript",
    family="javascript",
    kind="server",
    packages=(
        "routing-controllers",
        "inversify-express-utils",
        "tsoa",
        "@overnightjs/core",
        "@loopback/rest",
        "@tsed/common",
    ),
    imports=tuple(module for dialect in DIALECTS for module in dialect.modules),
    words=frozenset({"createExpressServer", "useExpressServer", "createKoaServer"}),
    marks=frozenset(f"{verb}(" for verb in MARKS),
    declare=declare,
    routes=routes,
)
