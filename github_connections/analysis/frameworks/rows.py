"""From what a router reached to the report's rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from msgspec.structs import replace

from github_connections.analysis.frameworks import paths
from github_connections.analysis.linking.routing import Reached
from github_connections.analysis.linking.values import (
    ClassValue,
    External,
    FunctionValue,
    ModuleValue,
    ObjectValue,
    Unknown,
    Value,
    is_known,
)
from github_connections.analysis.report import ANY_METHOD, Auth, Confidence, Parameter, Prefix, Route, RouteKind

# Requests that send nothing but their address.
READING = frozenset({"GET", "HEAD"})
# Requests that bring something new, and where in a request it is.
BRINGING = frozenset({"POST", "PUT", "PATCH"})
BROUGHT = frozenset({"body", "form", "file"})
# A handler with more was made by nobody; thousands of rows may share one.
MAXIMUM_PARAMETERS = 300
# Those that bring what they have in the query, as clients have it: a body may be sent with DELETE, and seldom is.
WITHOUT_BODY = READING | {"DELETE"}


def as_read(row: Route) -> Route:
    """Return the row of a verb that sends nothing, whose route has others too: what they are sent stands in its
    query."""
    if row.method not in READING or not any(one.place in BROUGHT for one in row.params):
        return row
    kept = (one for one in row.params if one.place != "file")
    return replace(row, params=[replace(one, place="query") if one.place in ("form", "body") else one for one in kept])


def routes_of(
    reached: Iterable[Reached],
    framework: str,
    *,
    rewrite: Callable[[str], str] = paths.from_braces,
    join: Callable[[Iterable[str]], str] = paths.join,
    kind: Callable[[Reached], RouteKind] = lambda _: "api",
    auth: Callable[[Reached], Auth] = lambda _: Auth(),
    params: Callable[[Reached, str], list[Parameter]] | None = None,
    types: Callable[[str], dict[str, str]] = lambda _: {},
    named: Callable[[Value], str] | None = None,
    answers: Callable[[Reached], str] = lambda _: "",
    statuses: Callable[[Reached], list[int]] = lambda _: [],
) -> Iterator[Route]:
    """Yield one row a verb for each route that was reached.

    `rewrite` turns the framework's variables into braces, `join` puts the pieces together, `types` reads the variables'
    types from the path as it is written, `named` says who answers, `answers` with what, and `statuses` how.
    """
    for item in reached:
        joined = join(item.pieces)
        path = rewrite(joined)
        taken = together(path_parameters(path, types(joined)), params(item, path) if params else [])
        row = Route(
            method=ANY_METHOD,
            path=path,
            file=item.route.place.file,
            line=item.route.place.line,
            framework=framework,
            kind=kind(item),
            handler=(named or name_of)(item.route.handler),
            raw_path=item.route.path,
            prefixes=prefixes_of(item),
            params=taken,
            auth=auth(item),
            request_model=next((one.model for one in taken if one.place == "body"), ""),
            response_model=answers(item),
            status_codes=statuses(item),
            confidence=confidence_of(item, path),
        )
        yield from (replace(row, method=method) for method in item.route.methods)


def together(in_path: list[Parameter], others: list[Parameter]) -> list[Parameter]:
    """Return all parameters, or as many as a row has; what a framework knows of a variable of the path stands in for
    the path's own."""
    named = {one.name: one for one in others if one.place == "path"}
    own = {one.name for one in in_path}
    rest = [one for one in others if one.place != "path" or one.name not in own]
    return [named.get(one.name, one) for one in in_path] + rest[:MAXIMUM_PARAMETERS]


def each_once(found: Iterable[Parameter]) -> list[Parameter]:
    """Return parameters without those of which one with the same place and name came before, as headers have it."""
    kept: dict[tuple[str, str], Parameter] = {}
    for one in found:
        kept.setdefault((one.place, one.name.lower() if one.place == "header" else one.name), one)
    return list(kept.values())


def model_in(parameters: Iterable[Parameter]) -> str:
    """Return the first model that parameters are of; empty where none has one."""
    return next((one.model for one in parameters if one.model), "")


def path_below(prefixes: Iterable[Prefix], *pieces: str) -> str:
    """Return the path of pieces below prefixes, outermost first, without a slash at its end."""
    return paths.join_trimmed([*(prefix.value for prefix in prefixes), *pieces])


def prefixes_of(item: Reached) -> list[Prefix]:
    """Return where each prefix of a route came from, outermost first."""
    return [
        Prefix(value=step.value, file=step.place.file, line=step.place.line, how=step.how)
        for step in item.steps
        if step.value
    ]


def confidence_of(item: Reached, path: str) -> Confidence:
    """A path is exact when it has no holes and hangs below an application that is seen."""
    return "exact" if is_known(path) and item.root.application and not item.root.assumed else "partial"


def path_parameters(path: str, types: dict[str, str] | None = None) -> list[Parameter]:
    """Return the variables of a path as parameters."""
    return [
        Parameter(name=name, place="path", type=(types or {}).get(name, ""), required=required)
        for name, required in paths.variables(path)
    ]


def name_of(handler: Value) -> str:
    """Return the name of what answers: a function's, `Class.method`, a library's; empty where it has none."""
    match handler:
        case FunctionValue(node=node, this=this):
            owner = getattr(this if isinstance(this, ClassValue) else getattr(this, "cls", None), "node", None)
            return f"{owner.name}.{node.name}" if owner is not None and node.name else node.name
        case ClassValue(node=node):
            return node.name
        case External(name=name):
            return name
        case ObjectValue(cls=ClassValue(node=node)):
            return node.name
        case ModuleValue(file=file):
            return file.path
        case Unknown(source=source):
            return source
        case str():
            return handler
    return ""
