"""TanStack Router and Start: routes of files, by the path that the library's tool writes into them, and those of code.

A layout without a path of its own (`/_auth`) has no row. The splat is `{path*}`.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.javascript.file_routes import HTTP_VERBS, object_in, without_ending
from github_connections.analysis.frameworks.javascript.page_components import shown_name
from github_connections.analysis.frameworks.javascript.schemas import fields_of
from github_connections.analysis.frameworks.javascript.tanstack_guards import Guards
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.routing import itself
from github_connections.analysis.linking.values import (
    FunctionValue,
    Kind,
    MapValue,
    Native,
    Thing,
    Value,
    entries_of,
    is_known,
    text_of,
)
from github_connections.analysis.report import Auth, Parameter, Prefix, Route, RouteKind

PACKAGES = (
    "@tanstack/react-router",
    "@tanstack/solid-router",
    "@tanstack/vue-router",
    "@tanstack/react-start",
    "@tanstack/solid-start",
    "@tanstack/start",
)
MODULES = (*PACKAGES, "@tanstack/react-start/server", "@tanstack/react-start/api", "@tanstack/start/api")
OF_A_FILE = ("createFileRoute", "createLazyFileRoute", "FileRoute", "createServerFileRoute", "createAPIFileRoute")
OF_CODE = ("createRoute", "createRootRoute", "createRootRouteWithContext", "RootRoute", "Route")
MAXIMUM_DEPTH = 20
_SHOWN = ("component", "lazy")
_VARIABLE = re.compile(r"\{(-?)\$(\w*)\}|^\$(\w*)")
_DOTS = re.compile(r"\.(?![^\[]*\])")
_BASE = "tanstack bases"


def declare(registry: Registry) -> None:
    """Add the functions that make routes and routers."""
    for module in MODULES:
        for name in OF_A_FILE:
            registry.calls[f"{module}.{name}"] = _of_a_file
        for name in OF_CODE:
            registry.calls[f"{module}.{name}"] = _of_code
        registry.calls[f"{module}.createRouter"] = _router


def _of_a_file(call: Invocation) -> Value:
    """`createFileRoute("/posts/$postId")({component: Post})`, also with `.createRoute({…})` and `.methods({…})`."""
    path = call.text(0) or _path_of_file(call.scope.file.path)
    made = Thing(ROUTE, call.place, {"path": path, "options": None, "is_of_a_file": True})
    call.interpreter.things.append(made)
    if call.name.endswith("createServerFileRoute"):
        return made
    return Native(call.name, _with_options, made) if call.name.rpartition(".")[2] != "FileRoute" else made


def _with_options(call: Invocation) -> Value:
    call.receiver.data["options"] = object_in(call.interpreter, call.value(0))
    return call.receiver


def _with_methods(call: Invocation) -> Value:
    """`createServerFileRoute("/api/users").methods({GET: …})`."""
    call.receiver.data["handlers"] = object_in(call.interpreter, call.value(0))
    return call.receiver


def _of_code(call: Invocation) -> Value:
    """`createRoute({getParentRoute: () => root, path: "users", component: Users})`."""
    options = call.value(0)
    said = entries_of(options).get("path")
    path = None if said is None else text_of(said)
    made = Thing(ROUTE, call.place, {"path": path, "options": options, "is_of_a_file": False})
    call.interpreter.things.append(made)
    return Native(call.name, lambda _: made) if call.name.endswith("WithContext") else made


def _updated(call: Invocation) -> Value:
    """`createRoute({…}).update({component: Users})`."""
    said, more = call.receiver.data["options"], object_in(call.interpreter, call.value(0))
    known = entries_of(said)
    if more is not None:
        call.receiver.data["options"] = MapValue({**known, **more.entries}, call.place)
    return call.receiver


def _lazily(call: Invocation) -> Value:
    call.receiver.data["lazy"] = call.value(0)
    return call.receiver


def _router(call: Invocation) -> Value:
    base = entries_of(call.value(0)).get("basepath")
    if isinstance(base, str) and base.strip("/"):
        prefix = Prefix(value=base, file=call.scope.file.path, line=call.line, how="basepath")
        call.interpreter.state.setdefault(_BASE, {})[call.scope.file.project_root] = prefix
    return None


# --- rows -----------------------------------------------------------------------------------------------------------


def routes(interpreter: Interpreter) -> Iterator[Route]:
    """Yield the rows; of several with the same path the one that shows something stands for them."""
    things = [thing for thing in interpreter.things if thing.kind is ROUTE]
    guards = Guards(interpreter, things)
    found = [row for thing in things for row in _rows(interpreter, guards, thing)]
    served: set[tuple[str, str, str]] = set()
    for row in sorted(found, key=lambda one: one.kind == "redirect"):
        project = _project(interpreter, row.file)
        if (project, row.method, row.path) not in served:
            served.add((project, row.method, row.path))
            yield row


def _project(interpreter: Interpreter, path: str) -> str:
    return interpreter.program.by_path[path].project_root


def _rows(interpreter: Interpreter, guards: Guards, thing: Thing) -> Iterator[Route]:
    options = entries_of(thing.data["options"])
    for method in _methods(interpreter, thing, options):
        yield _row(interpreter, guards, thing, method, "api", "")
    if _is_a_layout(thing):
        return
    shown = next((one for one in (*map(options.get, _SHOWN), thing.data.get("lazy")) if one is not None), None)
    if shown is not None:
        yield _row(interpreter, guards, thing, "GET", "page", shown_name(shown))
    elif _leads_elsewhere(interpreter, thing, options):
        yield _row(interpreter, guards, thing, "GET", "redirect", "")


def _methods(interpreter: Interpreter, thing: Thing, options: dict[str, Value]) -> list[str]:
    server = options.get("server")
    handlers = server.entries.get("handlers") if isinstance(server, MapValue) else thing.data.get("handlers")
    said = object_in(interpreter, handlers)
    return [name for name in (said.entries if said else options) if name in HTTP_VERBS]


def _is_a_layout(thing: Thing) -> bool:
    """Tell whether a route has no path of its own: `/_auth`, `/(shop)`, or one of code with an `id` alone."""
    path = thing.data["path"]
    last = (path or "").rpartition("/")[2]
    return path is None or (thing.data["is_of_a_file"] and (last.startswith("_") or _is_a_group(last)))


def _leads_elsewhere(interpreter: Interpreter, thing: Thing, options: dict[str, Value]) -> bool:
    """`beforeLoad: () => { throw redirect({to: "/login"}) }`, and nothing that is shown."""
    before = any(isinstance(options.get(name), FunctionValue) for name in ("beforeLoad", "loader"))
    return before and "redirect" in interpreter.program.by_path[thing.place.file].scope.names


def _row(interpreter: Interpreter, guards: Guards, thing: Thing, method: str, kind: RouteKind, handler: str) -> Route:
    base = interpreter.state.get(_BASE, {}).get(_project(interpreter, thing.place.file))
    path = paths.join_trimmed([base.value if base else "", *_segments(interpreter, thing)])
    return Route(
        method=method,
        path=path,
        file=thing.place.file,
        line=thing.place.line,
        framework=FRAMEWORK.name,
        kind=kind,
        handler=handler,
        raw_path=thing.data["path"] or "",
        prefixes=[base] if base else [],
        params=[*rows.path_parameters(path), *(_searched(interpreter, thing) if kind == "page" else ())],
        auth=guards.of(thing, path) or Auth(),
        confidence="exact" if is_known(path) else "partial",
    )


def _searched(interpreter: Interpreter, thing: Thing) -> Iterator[Parameter]:
    """`validateSearch: z.object({page: z.number()})`, or a function that gives back an object."""
    said = entries_of(thing.data["options"]).get("validateSearch")
    said = interpreter.call(said, []) if isinstance(said, FunctionValue) else said
    named = [(name, "") for name in said.entries] if isinstance(said, MapValue) else []
    for name, kind in named or [(name, kind) for name, kind, _ in fields_of(said)]:
        yield Parameter(name=name, place="query", type=kind, required=False)


def _segments(interpreter: Interpreter, thing: Thing, depth: int = 0) -> list[str]:
    written = (thing.data["path"] or "").split("/")
    if thing.data["is_of_a_file"]:
        return [
            _segment(part.removesuffix("_")) for part in written if not part.startswith("_") and not _is_a_group(part)
        ]
    parent = entries_of(thing.data["options"]).get("getParentRoute")
    above = interpreter.call(parent, []) if isinstance(parent, FunctionValue) and depth < MAXIMUM_DEPTH else None
    inherited = _segments(interpreter, above, depth + 1) if isinstance(above, Thing) and above.kind is ROUTE else []
    return [*inherited, *map(_segment, written)]


def _is_a_group(segment: str) -> bool:
    return segment.startswith("(") and segment.endswith(")")


def _segment(written: str) -> str:
    """`$postId` → `{postId}`, `$` → `{path*}`, `{-$locale}` → `{locale?}`, `post-{$id}` → `post-{id}`, `[x]` → `x`."""

    def variable(match: re.Match[str]) -> str:
        optional, inner, alone = match.groups()
        name = inner or alone
        return "{" + (name or "path") + ("?" if optional else "" if name else "*") + "}"

    return _VARIABLE.sub(variable, re.sub(r"\[([^\]]*)\]", r"\1", written))


def _path_of_file(path: str) -> str:
    """Return what the library's tool writes into a file: `src/routes/api/users.$userId.ts` → `/api/users/$userId`."""
    inside = path.rpartition("/routes/")[2]
    stem = (without_ending(inside) or posixpath.splitext(inside)[0]).removesuffix(".lazy")
    parts = [part for folder in stem.split("/") for part in _DOTS.split(folder)]
    if parts[-1] == "route":
        parts.pop()
    return "/" + "/".join([*parts[:-1], ""] if parts and parts[-1] == "index" else parts)


ROUTE = Kind(
    "TanStack route",
    methods={
        "createRoute": _with_options,
        "methods": _with_methods,
        "lazy": _lazily,
        "update": _updated,
        **dict.fromkeys(("addChildren", "server", "middleware"), itself),
    },
    is_router=False,
)

FRAMEWORK = Framework(
    name="tanstack-router",
    language="typescript",
    family="javascript",
    kind="client",
    packages=PACKAGES,
    common_imports=("@tanstack/react-router", "@tanstack/solid-router", "@tanstack/vue-router"),
    words=frozenset({*OF_A_FILE, "createRootRoute", "createRootRouteWithContext", "createRoute", "createRouter"}),
    declare=declare,
    routes=routes,
)
