"""FastEndpoints: classes whose `Configure` says verb, path and group."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.aspnet_attributes import texts
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.program import classes_in
from github_connections.analysis.linking.values import ClassValue, External, Kind, Thing, Value, is_known, text_of
from github_connections.analysis.report import ANY_METHOD, Auth, AuthSource, Place, Prefix, Route
from github_connections.analysis.syntax import nodes

_BASES = frozenset(
    {
        "Endpoint",
        "EndpointWithoutRequest",
        "EndpointWithMapper",
        "EndpointWithMapping",
        "EndpointWithoutRequestWithMapper",
    }
)
_GROUPS = frozenset({"Group", "SubGroup"})
_VERBS = {"Get": "GET", "Post": "POST", "Put": "PUT", "Patch": "PATCH", "Delete": "DELETE", "Head": "HEAD"}
_PREFIXES = "fastendpoints prefixes"
SETTINGS = Kind(
    "fastendpoints settings", attributes={"Endpoints": lambda thing, _name: thing}, is_router=False, fluent=True
)


def use(call: Invocation) -> Value:
    """`UseFastEndpoints(settings => …)`: keep the prefix that it sets, if it does."""
    settings = Thing(SETTINGS, call.place)
    for function in call.functions():
        call.run(function, settings)
    prefix = settings.data.get("RoutePrefix")
    if isinstance(prefix, str):
        call.receiver.data[_PREFIXES] = (prefix, call.place)
    return call.receiver


def routes_of_classes(interpreter: Interpreter) -> Iterator[Route]:
    """Yield the rows of every class that is an end point."""
    said = [router.data[_PREFIXES] for router in interpreter.routers if _PREFIXES in router.data]
    before = [Prefix(value=text, file=place.file, line=place.line, how="RoutePrefix") for text, place in said[:1]]
    for file in interpreter.program.with_words("csharp", _BASES | {"Configure", "Verbs", "Routes"}):
        for cls in classes_in(file.scope):
            if "abstract" not in cls.node.modifiers and _is_endpoint(interpreter, cls):
                yield from _rows(interpreter, cls, before)


def _is_endpoint(interpreter: Interpreter, cls: ClassValue) -> bool:
    names = [base.name for base in interpreter.bases(cls) if isinstance(base, External)]
    return any(name in _BASES or name.startswith("Ep.") for name in names)


@dataclass
class _Configured:
    """What `Configure()` says; every end point is closed unless it says otherwise."""

    line: int
    verbs: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    groups: list[Prefix] = field(default_factory=list)
    auth: Literal["required", "none"] = "required"


def _rows(interpreter: Interpreter, cls: ClassValue, before: list[Prefix]) -> Iterator[Route]:
    said = _Configured(cls.node.line)
    for call in _calls(cls):
        _read(interpreter, cls, call, said)
    for path in said.paths:
        for method in said.verbs or [ANY_METHOD]:
            yield _row(cls, [*before, *said.groups], path, method, said)


def _read(interpreter: Interpreter, cls: ClassValue, call: nodes.Call, said: _Configured) -> None:
    name = getattr(call.function, "id", "") or getattr(call.function, "name", "")
    values = [interpreter.evaluate(item.value, cls.scope) for item in call.arguments if item.name != "<>"]
    if name in _VERBS or name in ("Verbs", "Routes"):
        said.line = call.line
    if name in _VERBS:
        said.verbs, said.paths = [_VERBS[name]], _paths(values)
    elif name == "Verbs":
        said.verbs = [text_of(value).strip("{?}").rpartition(".")[2].upper() for value in values]
    elif name == "Routes":
        said.paths = _paths(values)
    elif name == "AllowAnonymous":
        said.auth = "none"
    elif name == "Group":
        kind = next((item.value for item in call.arguments if item.name == "<>"), None)
        said.groups = _group(interpreter, interpreter.evaluate(kind, cls.scope))


def _paths(values: list[Value]) -> list[str]:
    return [text for value in values for text in texts(value)]


def _calls(cls: ClassValue) -> list[nodes.Call]:
    for member in cls.node.body:
        if isinstance(member, nodes.Function) and member.name == "Configure":
            return [statement for statement in member.body if isinstance(statement, nodes.Call)]
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
        for call in member.body if isinstance(member, nodes.Function) and member.name == "constructor" else ():
            if isinstance(call, nodes.Call) and getattr(call.function, "id", "") == "Configure" and call.arguments:
                text = interpreter.text(call.arguments[0].value, value.scope)
                found.append(Prefix(value=text, file=value.scope.file.path, line=call.line, how="Group"))
    return found


def _row(cls: ClassValue, prefixes: list[Prefix], last: str, method: str, said: _Configured) -> Route:
    path = paths.from_braces(paths.join([*(prefix.value for prefix in prefixes), last], trailing_slash=False))
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
