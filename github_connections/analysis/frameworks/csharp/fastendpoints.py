"""FastEndpoints: classes whose `Configure` says verb, path and group."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace

from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.csharp.aspnet_attributes import Attributes, model_of, texts
from github_connections.analysis.frameworks.csharp.aspnet_models import fields_of
from github_connections.analysis.linking.classes import library_bases
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.values import (
    ClassValue,
    FunctionValue,
    Kind,
    Thing,
    Value,
    is_known,
    text_of,
)
from github_connections.analysis.report import ANY_METHOD, Auth, AuthSource, Parameter, Place, Prefix, Route
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import items_written, without_return

_BASES = frozenset(
    {
        "Endpoint",
        "EndpointWithoutRequest",
        "EndpointWithMapper",
        "EndpointWithMapping",
        "EndpointWithoutRequestWithMapper",
    }
)
# Whose second type is what they answer, and not what maps it.
_ANSWERING = frozenset({"Endpoint", "EndpointWithMapping"})
_BOUND = re.compile(r"\{@")
_ATTRIBUTES = {f"Http{name.capitalize()}": name for name in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")}
_VERBS = {"Get": "GET", "Post": "POST", "Put": "PUT", "Patch": "PATCH", "Delete": "DELETE", "Head": "HEAD"}
_SETTINGS = "fastendpoints settings"
SETTINGS = Kind(
    "fastendpoints settings",
    attributes=dict.fromkeys(("Endpoints", "Versioning"), lambda thing, _name: thing),
    is_router=False,
    fluent=True,
)


def use(call: Invocation) -> Value:
    """`UseFastEndpoints(settings => …)`: keep the prefix and the way of versions that it sets."""
    settings = Thing(SETTINGS, call.place)
    for function in call.functions():
        call.run(function, settings)
    call.receiver.data[_SETTINGS] = settings
    return call.receiver


def routes_of_classes(interpreter: Interpreter) -> Iterator[Route]:
    """Yield the rows of every class that is an end point."""
    said = [router.data[_SETTINGS] for router in interpreter.routers if _SETTINGS in router.data]
    settings = next((thing for thing in said if thing.data), Thing(SETTINGS, Place("", 0)))
    words = _BASES | {"Configure", "Verbs", "Routes"}
    for cls in interpreter.program.classes_with("csharp", words):
        if "abstract" not in cls.node.modifiers and _is_endpoint(interpreter, cls):
            yield from _rows(interpreter, cls, settings)


def _is_endpoint(interpreter: Interpreter, cls: ClassValue) -> bool:
    names = library_bases(interpreter, cls)
    return any(name.removeprefix("FastEndpoints.") in _BASES or name.startswith("Ep.") for name in names)


class _Configured(Struct):
    """What `Configure()` says; every end point is closed unless it says otherwise."""

    line: int
    verbs: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    groups: list[Prefix] = field(default_factory=list)
    auth: Literal["required", "none"] = "required"
    prefix: str | None = None  # in the place of the application's
    version: int = 0


def _rows(interpreter: Interpreter, cls: ClassValue, settings: Thing) -> Iterator[Route]:
    said = _Configured(cls.node.line)
    for attribute in cls.node.decorators:
        if isinstance(attribute, nodes.Call):
            _read_attribute(interpreter, cls, attribute, said)
    for call in _calls(cls):
        _read(interpreter, cls, call, said)
    before, after = _around(settings, said)
    for path in said.paths:
        for method in said.verbs or [ANY_METHOD]:
            whole = paths.join([path, after]) if after else path
            yield _with_models(interpreter, cls, _row(cls, [*before, *said.groups], whole, method, said))


def _with_models(interpreter: Interpreter, cls: ClassValue, row: Route) -> Route:
    """`Endpoint<Request, Response>`, `EndpointWithoutRequest<Response>`: properties that the path does not name are the
    query's, or the whole request is the body."""
    base = next((item for item in cls.node.bases if isinstance(item, nodes.Item)), None)
    if base is None:
        return row
    given = items_written(base.index)
    name = getattr(base.of, "id", "")
    request = None if name.startswith("EndpointWithoutRequest") else given[0]
    answers = given[:1] if request is None else given[1:2] if name in _ANSWERING else []
    model = _named(request)
    if row.method in ("GET", "HEAD", "DELETE"):
        named = {one.name.lower() for one in row.params}
        fields = fields_of(Attributes(interpreter), request, cls.scope)
        others, model = [one for one in fields if one.name.lower() not in named], ""
    else:
        others = [Parameter(name="req", place="body", type=model, model=model)] if model else []
    answered = next(map(_named, answers), "")
    return replace(row, params=[*row.params, *others], request_model=model, response_model=answered)


def _named(kind: nodes.Expression | None) -> str:
    name = model_of(kind)
    return "" if name in ("EmptyRequest", "EmptyResponse") else name


def _around(settings: Thing, said: _Configured) -> tuple[list[Prefix], str]:
    """Return what stands before the path of an end point, and its version where that stands behind."""
    prefix = said.prefix if said.prefix is not None else settings.data.get("RoutePrefix")
    place = settings.place
    version = said.version or settings.data.get("DefaultVersion")
    named = settings.data.get("Prefix")
    text = f"{named if isinstance(named, str) else 'v'}{version}" if isinstance(version, int) and version else ""
    texts = [(prefix, "RoutePrefix")] if isinstance(prefix, str) and prefix else []
    if settings.data.get("PrependToRoute") is True and text:
        texts.append((text, "Version"))
        text = ""
    return [Prefix(value=value, file=place.file, line=place.line, how=how) for value, how in texts], text


def _read_attribute(interpreter: Interpreter, cls: ClassValue, node: nodes.Call, said: _Configured) -> None:
    """`[HttpPost("login"), Group<Administration>, AllowAnonymous]` in the place of `Configure`."""
    name = nodes.last_name(node.function)
    if name in _ATTRIBUTES:
        values = [interpreter.evaluate(item.value, cls.scope) for item in node.arguments if not item.name]
        said.line, said.verbs, said.paths = node.line, [_ATTRIBUTES[name]], _paths(values)
    elif name == "AllowAnonymous":
        said.auth = "none"
    elif name == "Group":
        said.groups = _group_named(interpreter, cls, node)


def _group_named(interpreter: Interpreter, cls: ClassValue, node: nodes.Call) -> list[Prefix]:
    kind = next((item.value for item in node.arguments if item.name == "<>"), None)
    return _group(interpreter, interpreter.evaluate(kind, cls.scope))


def _read(interpreter: Interpreter, cls: ClassValue, call: nodes.Call, said: _Configured) -> None:
    name = nodes.last_name(call.function)
    values = [interpreter.evaluate(item.value, cls.scope) for item in call.arguments if item.name != "<>"]
    if name in _VERBS or name in ("Verbs", "Routes"):
        said.line = call.line
    if name in _VERBS:
        said.verbs, said.paths = [_VERBS[name]], _paths(values)
    elif name == "Verbs":
        said.verbs = [text_of(value).strip("{?}").rpartition(".")[2].upper() for value in values]
    elif name == "Routes":
        said.paths = _paths(values)
    elif name == "Group":
        said.groups = _group_named(interpreter, cls, call)
    else:
        _read_setting(name, values, said)


def _read_setting(name: str, values: list[Value], said: _Configured) -> None:
    if name == "AllowAnonymous":
        said.auth = "none"
    elif name == "RoutePrefixOverride" and values and isinstance(values[0], str | None):
        said.prefix = values[0] or ""
    elif name == "Version" and values and isinstance(values[0], int):
        said.version = values[0]


def _paths(values: list[Value]) -> list[str]:
    """Return the paths among these; `r => new { r.Id }` beside one says what its `{@a}` are."""
    found = [text for value in values if not isinstance(value, FunctionValue) for text in texts(value)]
    return [_BOUND.sub("{", text) for text in found]


def _calls(cls: ClassValue) -> list[nodes.Call]:
    for member in cls.node.body:
        if isinstance(member, nodes.Function) and member.name == "Configure":
            said = [without_return(item) for item in member.body]
            return [item for item in said if isinstance(item, nodes.Call)]
    return []


def _group(interpreter: Interpreter, value: Value, depth: int = 0) -> list[Prefix]:
    """A group is a class whose constructor says its prefix; `SubGroup<Outer>` lies in another."""
    if not isinstance(value, ClassValue) or depth > 5:
        return []
    found: list[Prefix] = []
    for base in value.node.bases:
        if isinstance(base, nodes.Item) and getattr(base.of, "id", "") == "SubGroup":
            found = _group(interpreter, interpreter.evaluate(base.index, value.scope), depth + 1)
    for member in value.node.body:
        body = member.body if isinstance(member, nodes.Function) and member.name == "constructor" else []
        for call in [without_return(item) for item in body]:
            if isinstance(call, nodes.Call) and getattr(call.function, "id", "") == "Configure" and call.arguments:
                text = interpreter.text(call.arguments[0].value, value.scope)
                found.append(Prefix(value=text, file=value.scope.file.path, line=call.line, how="Group"))
    return found


def _row(cls: ClassValue, prefixes: list[Prefix], last: str, method: str, said: _Configured) -> Route:
    path = paths.from_braces(rows.path_below(prefixes, last))
    place = Place(cls.scope.file.path, said.line)
    by = [AuthSource(name="FastEndpoints", file=place.file, line=place.line)] if said.auth == "required" else []
    return Route(
        method=method,
        path=path,
        file=place.file,
        line=place.line,
        framework="aspnet",
        handler=f"{cls.node.name}.HandleAsync",
        raw_path=last,
        prefixes=prefixes,
        params=rows.path_parameters(path),
        auth=Auth(state=said.auth, by=by),
        confidence="exact" if is_known(path) else "partial",
    )
