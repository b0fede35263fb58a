"""Laravel: route files with what is implied for them, groups, resources, and files loaded inside groups."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from typing import Any

from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.inflection import singular
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.program import File
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.routing import Reached, Router, reached_in
from github_connections.analysis.linking.values import (
    Behaviour,
    FunctionValue,
    Kind,
    ListValue,
    MapValue,
    Thing,
    Value,
    is_known,
    text_of,
    texts_of,
)
from github_connections.analysis.report import ANY_METHOD, Auth, AuthSource, Place, Route, RouteKind
from github_connections.analysis.syntax import nodes

FACADES = (
    "Illuminate.Support.Facades.Route",
    "Route",
    "Illuminate.Routing.Router",
    "$router",  # what a file is given that is included in a group
    "Laravel.Lumen.Application()",
    "Laravel.Lumen.Application().router",
    "$app.router",
)
VERBS = ("get", "post", "put", "patch", "delete", "options")
ACTIONS = {
    "index": (("GET",), ""),
    "create": (("GET",), "create"),
    "store": (("POST",), ""),
    "show": (("GET",), "{}"),
    "edit": (("GET",), "{}/edit"),
    "update": (("PUT", "PATCH"), "{}"),
    "destroy": (("DELETE",), "{}"),
}
OF_ONE = ("show", "edit", "update", "destroy")
# https://laravel.com/docs: what `Auth::routes()` of laravel/ui registers
AUTH_ROUTES = (
    ("login", ("GET", "POST")), ("logout", ("POST",)), ("register", ("GET", "POST")),
    ("password/reset", ("GET", "POST")),
    ("password/email", ("POST",)), ("password/reset/{token}", ("GET",)), ("password/confirm", ("GET", "POST")),
)  # fmt: skip
_GUARD = re.compile(
    r"^(auth|auth\..*|auth:.*|can:.*|role:.*|permission:.*|verified|password\.confirm|jwt\..*|admin)\b|Authenticate|EnsureUser",
    re.IGNORECASE,
)
_FILE = "file"  # the file whose top-level calls a router collects


def declare(registry: Registry) -> None:
    """Add the facade, the application's builder and what loads route files."""
    for facade in FACADES:
        for name, behaviour in _STATIC.items():
            registry.calls[f"{facade}.{name}"] = behaviour
    registry.calls["Illuminate.Foundation.Application.configure"] = lambda call: Thing(BUILDER, call.place)
    registry.calls["__include__"] = _include
    for name in ("base_path", "app_path"):
        registry.calls[name] = lambda call: call.text(-1) if call.positional else ""
    registry.calls["module_path"] = lambda call: f"Modules/{call.text(0)}/{call.text(1).lstrip('/')}"
    _declare_configuration(registry)
    for facade in ("Auth", "Illuminate.Support.Facades.Auth"):
        registry.calls[f"{facade}.routes"] = _auth_routes
    for facade in ("Volt", "Livewire.Volt.Volt"):
        registry.calls[f"{facade}.route"] = lambda call: _add(call, ("GET",), call.text(0), None, page=True)
    registry.types["Illuminate.Routing.Router"] = PENDING
    registry.class_methods["loadRoutesFrom"] = _load


def _declare_configuration(registry: Registry) -> None:
    """`config("shop.prefix")` is what config/shop.php returns under that key, else the default."""
    otherwise = registry.calls["config"]

    def read(call: Invocation) -> Value:
        name, *keys = call.text(0).split(".")
        file = _file_of(call, f"config/{name}.php") if call.scope.file.family == "php" else None
        said = [item.value for item in file.module.body if isinstance(item, nodes.Return)] if file else []
        value = call.interpreter.evaluate(said[0], file.scope) if file and said else None
        for key in keys:
            value = value.entries.get(key) if isinstance(value, MapValue) else None
        return value if isinstance(value, str) and is_known(value) else otherwise(call)

    registry.calls["config"] = read


# --- where a call registers -----------------------------------------------------------------------------------------


def _state(call: Invocation) -> dict[str, Any]:
    state: dict[str, Any] = call.interpreter.state.setdefault("laravel", {"files": {}, "stack": []})
    return state


def _router_of_file(call: Invocation, file: File) -> Router:
    files = _state(call)["files"]
    if file.path not in files:
        made = call.interpreter.new_router(ROUTER, Place(file.path, 1), application=True, data={_FILE: file.path})
        files[file.path] = made
    router: Router = files[file.path]
    return router


def _current(call: Invocation) -> Router:
    """Return the group that runs in the file at hand, else the file's own router."""
    stack = _state(call)["stack"]
    if stack and stack[-1][0] == call.scope.file.path:
        router: Router = stack[-1][1]
        return router
    return _router_of_file(call, call.scope.file)


def _file_of(call: Invocation, value: Value) -> File | None:
    """Return the file that a path means, from the project's directory or from the checkout."""
    if not isinstance(value, str):
        return None
    by_path = call.interpreter.program.by_path
    for base in (call.scope.file.project_root, ""):
        found = by_path.get(posixpath.normpath(posixpath.join(base, value.lstrip("/"))).lstrip("/"))
        if found is not None:
            return found
    tail = posixpath.normpath(value).lstrip("./")
    tails = [f"/{tail}", f"/{tail.removeprefix('Modules/')}"]
    return next((by_path[path] for end in tails for path in sorted(by_path) if f"/{path}".endswith(end)), None)


def _mount_file(call: Invocation, router: Router, value: Value, prefix: str = "", **options: Value) -> None:
    file = _file_of(call, value)
    if file is not None:
        inner = _router_of_file(call, file)
        call.interpreter.run_file(file)
        if inner is not router:
            router.mount(prefix, inner, call.place, "group", **options)


def _include(call: Invocation) -> Value:
    file = _file_of(call, call.value(0))
    if file is not None and "route" in file.path.lower():
        _mount_file(call, _current(call), call.value(0))
    return None


def _load(call: Invocation) -> Value:
    _mount_file(call, _current(call), call.value(0))
    return None


# --- groups ---------------------------------------------------------------------------------------------------------


def _pending(call: Invocation) -> Thing:
    """Return what the facade's chain has said so far."""
    if isinstance(call.receiver, Thing) and call.receiver.kind is PENDING and call.receiver.data:
        return call.receiver
    return Thing(PENDING, call.place, {"prefix": [], "middleware": [], "controller": None})


def _say(name: str) -> Behaviour:
    def say(call: Invocation) -> Value:
        pending = _pending(call)
        if name == "prefix":
            pending.data["prefix"].append(call.text(0))
        elif name == "middleware":
            pending.data["middleware"] += _texts(call)
        elif name == "controller":
            pending.data["controller"] = call.value(0)
        return pending

    return say


def _texts(call: Invocation) -> list[str]:
    return [text for value in call.positional for text in texts_of(value)]


def _open(call: Invocation, pending: Thing) -> Router:
    said = pending.data
    prefix = "/".join(part.strip("/") for part in said["prefix"] if part)
    router = _current(call)
    if not prefix and not said["middleware"]:
        return router
    return router.group(prefix, call.place, "prefix", middleware=list(said["middleware"]))


def _group(call: Invocation) -> Value:
    """`->group(function)`, `->group(path)` and `Route::group(['prefix' => …], function)`."""
    pending = _pending(call)
    options = call.value(0)
    if isinstance(options, MapValue):
        for name, key in (("prefix", "prefix"), ("middleware", "middleware")):
            pending.data[key] += texts_of(options.entries.get(name))
        pending.data["controller"] = options.entries.get("controller") or pending.data["controller"]
    body = call.value(-1)
    router = _open(call, pending)
    if isinstance(body, FunctionValue):
        stack = _state(call)["stack"]
        stack.append((body.scope.file.path, router))
        router.data.setdefault("controller", pending.data["controller"])
        try:
            call.run(body, router)
        finally:
            stack.pop()
    elif isinstance(body, str):
        _mount_file(call, router, body)
    return None


# --- routes ---------------------------------------------------------------------------------------------------------


def _add(call: Invocation, methods: Iterable[str], path: str, handler: Value, **options: Value) -> Value:
    pending = call.receiver if isinstance(call.receiver, Thing) and call.receiver.kind is PENDING else None
    router = _open(call, pending) if pending is not None and pending.data else _current(call)
    registered = router.add(list(methods), path.strip("/"), call.place, handler, middleware=[], **options)
    controller = (pending.data.get("controller") if pending is not None else None) or router.data.get("controller")
    if controller is not None and isinstance(handler, str):
        registered.options["controller"] = controller
    return Thing(ROUTE, call.place, {"registered": registered})


def _verb(*methods: str) -> Behaviour:
    return lambda call: _add(call, methods, call.text(0), call.value(1))


def _match(call: Invocation) -> Value:
    methods = [method.upper() for method in call.texts(0)]
    return _add(call, methods, call.text(1), call.value(2))


def _redirect(call: Invocation) -> Value:
    return _add(call, (ANY_METHOD,), call.text(0), None, redirect=True)


def _view(call: Invocation) -> Value:
    return _add(call, ("GET",), call.text(0), None, page=True)


def _auth_routes(call: Invocation) -> Value:
    for path, methods in AUTH_ROUTES:
        _add(call, methods, path, None, page=True)
    return None


def _more_middleware(call: Invocation) -> Value:
    call.receiver.data["registered"].options["middleware"] += _texts(call)
    return call.receiver


def _route_prefix(call: Invocation) -> Value:
    registered = call.receiver.data["registered"]
    registered.path = f"{call.text(0).strip('/')}/{registered.path}"
    return call.receiver


def _resource(*left_out: str, single: bool = False) -> Behaviour:
    """Return the behaviour of `Route::resource(name, Controller)`: rows are made at the end, when the chain is
    known."""

    def register(call: Invocation) -> Value:
        pending = call.receiver if isinstance(call.receiver, Thing) and call.receiver.kind is PENDING else None
        router = _open(call, pending) if pending is not None and pending.data else _current(call)
        made = Thing(
            RESOURCE,
            call.place,
            {
                "left_out": set(left_out),
                "only": None,
                "single": single,
                "parameters": {},
                "shallow": False,
                "middleware": [],
            },
        )
        made.data.update(name=call.text(0), controller=call.value(1), router=router)
        options = call.value(2)
        if isinstance(options, MapValue):
            made.data["only"] = set(texts_of(options.entries.get("only"))) or None
            made.data["left_out"] |= set(texts_of(options.entries.get("except")))
            made.data["shallow"] = options.entries.get("shallow") is True
        call.interpreter.things.append(made)
        return made

    return register


def _resources(*left_out: str) -> Behaviour:
    def register(call: Invocation) -> Value:
        listed = call.value(0)
        for name, controller in listed.entries.items() if isinstance(listed, MapValue) else ():
            one = Invocation(
                call.interpreter,
                call.receiver,
                call.name,
                [name, controller, *call.positional[1:]],
                {},
                call.node,
                call.scope,
                call.line,
            )
            _resource(*left_out)(one)
        return None

    return register


def _only(call: Invocation) -> Value:
    call.receiver.data["only"] = set(_texts(call))
    return call.receiver


def _except(call: Invocation) -> Value:
    call.receiver.data["left_out"] |= set(_texts(call))
    return call.receiver


def _creatable(call: Invocation) -> Value:
    """A singleton that may be made, and then be removed again."""
    without_forms = "edit" in call.receiver.data["left_out"]
    call.receiver.data["left_out"] = {"index", *(("create", "edit") if without_forms else ())}
    return call.receiver


def _destroyable(call: Invocation) -> Value:
    call.receiver.data["left_out"] -= {"destroy"}
    return call.receiver


def _parameters(call: Invocation) -> Value:
    value = call.value(0)
    if isinstance(value, MapValue):
        call.receiver.data["parameters"].update({key: text_of(item) for key, item in value.entries.items()})
    elif isinstance(value, str) and call.name == "parameter":
        call.receiver.data["parameters"][value] = call.text(1)
    return call.receiver


def _shallow(call: Invocation) -> Value:
    call.receiver.data["shallow"] = True
    return call.receiver


def _resource_middleware(call: Invocation) -> Value:
    call.receiver.data["middleware"] += _texts(call)
    return call.receiver


def _with_routing(call: Invocation) -> Value:
    """Laravel 11: `->withRouting(web: …, api: …, apiPrefix: …, then: …)` in bootstrap/app.php."""
    router = _router_of_file(call, call.scope.file)
    prefix = call.named.get("apiPrefix")
    for value in _several(call.named.get("web")):
        _mount_file(call, router, value)
    for value in _several(call.named.get("api")):
        _mount_file(call, router, value, "api" if prefix is None else text_of(prefix))
    for name in ("then", "using"):
        if isinstance(call.named.get(name), FunctionValue):
            call.run(call.named[name])
    if isinstance(call.named.get("health"), str):
        router.add(["GET"], call.text(-1, "health").strip("/"), call.place, None)
    return call.receiver


def _several(value: Value) -> list[Value]:
    return list(value.items) if isinstance(value, ListValue) else [value]


_STATIC: dict[str, Behaviour] = {
    **{verb: _verb(verb.upper()) for verb in VERBS},
    "any": _verb(ANY_METHOD),
    "match": _match,
    "view": _view,
    "inertia": _view,
    "livewire": _view,
    "fallback": lambda call: _add(call, ("GET",), "{fallbackPlaceholder*}", call.value(0)),
    "redirect": _redirect,
    "permanentRedirect": _redirect,
    "resource": _resource(),
    "apiResource": _resource("create", "edit"),
    "resources": _resources(),
    "apiResources": _resources("create", "edit"),
    "singleton": _resource("index", "create", "store", "destroy", single=True),
    "apiSingleton": _resource("index", "create", "store", "edit", "destroy", single=True),
    "group": _group,
    "prefix": _say("prefix"),
    "middleware": _say("middleware"),
    "controller": _say("controller"),
    **{
        name: _say(name)
        for name in (
            "name",
            "as",
            "domain",
            "namespace",
            "scopeBindings",
            "withoutMiddleware",
            "where",
            "withoutScopedBindings",
        )
    },
}
PENDING = Kind("laravel routes to be", methods=_STATIC, is_router=False)
ROUTE = Kind("laravel route", methods={"middleware": _more_middleware, "prefix": _route_prefix}, is_router=False)
RESOURCE = Kind(
    "laravel resource",
    methods={
        "only": _only,
        "except": _except,
        "parameters": _parameters,
        "parameter": _parameters,
        "shallow": _shallow,
        "middleware": _resource_middleware,
        "creatable": _creatable,
        "destroyable": _destroyable,
    },
    is_router=False,
)
BUILDER = Kind("laravel application", methods={"withRouting": _with_routing}, is_router=False)
ROUTER = Kind("laravel", methods=_STATIC)


# --- rows -----------------------------------------------------------------------------------------------------------


def routes(interpreter: Interpreter) -> Iterable[Route]:
    """Yield a row for every verb of every route."""
    for thing in interpreter.things:
        if thing.kind is RESOURCE:
            _expand(thing)
    routers = [router for router in interpreter.routers if router.kind is ROUTER]
    for router in routers:
        file = router.data.get(_FILE, "")
        if not router.parents and re.search(r"(^|/)routes/api\.php$", file):
            router.prefix, router.how = "api", "routes/api.php"
    return rows.routes_of(reached_in(routers), "laravel", rewrite=_rewrite, join=_join, kind=_kind, auth=_auth)


def _rewrite(path: str) -> str:
    """`{post:slug}` and Lumen's `{id:[0-9]+}` are variables; what Lumen writes in brackets may be missing."""
    path = re.sub(r"\[(/?)\{(\w+)(?::[^{}]*)?\}\]", r"\1{\2?}", path)
    return paths.from_braces(path)


def _join(pieces: Iterable[str]) -> str:
    return paths.join((piece.strip("/") for piece in pieces), trailing_slash=False)


def _expand(resource: Thing) -> None:
    said = resource.data
    names = said["name"].strip("/").split(".")
    variables = [_variable(name, said["parameters"]) for name in names]
    above = "".join(f"{name}/{{{variable}}}/" for name, variable in zip(names[:-1], variables[:-1], strict=True))
    for action, (methods, tail) in ACTIONS.items():
        if action in said["left_out"] or (said["only"] is not None and action not in said["only"]):
            continue
        prefix = "" if said["shallow"] and action in OF_ONE else above
        if said["single"]:
            tail = tail.removeprefix("{}").strip("/")
        path = f"{prefix}{names[-1]}/{tail.replace('{}', '{' + variables[-1] + '}')}".rstrip("/")
        said["router"].add(
            list(methods), path, resource.place, said["controller"], action=action, middleware=said["middleware"]
        )


def _variable(name: str, parameters: dict[str, str]) -> str:
    last = name.rpartition("/")[2]
    return parameters.get(name) or parameters.get(last) or singular(last).replace("-", "_")


def _kind(item: Reached) -> RouteKind:
    if item.route.options.get("redirect"):
        return "redirect"
    if item.route.options.get("page"):
        return "page"
    file = item.route.place.file
    is_web = re.search(r"(^|/)routes/(web|auth|admin|settings|console)[^/]*\.php$", file) is not None
    return "page" if is_web and not any(step.value.strip("/").startswith("api") for step in item.steps) else "api"


def _auth(item: Reached) -> Auth:
    found = []
    named = [(step.place, step.options.get("middleware", [])) for step in item.steps]
    for place, middleware in [*named, (item.route.place, item.route.options.get("middleware", []))]:
        found += [AuthSource(name=name, file=place.file, line=place.line) for name in middleware if _GUARD.search(name)]
    return Auth(state="required", by=list(dict.fromkeys(found))) if found else Auth()


FRAMEWORK = Framework(
    name="laravel",
    language="php",
    family="php",
    kind="server",
    packages=("laravel/framework", "laravel/lumen-framework", "illuminate/routing"),
    imports=("Illuminate\\Support\\Facades", "Illuminate\\Routing", "Illuminate\\Foundation"),
    words=frozenset({"apiResource", "withRouting", "loadRoutesFrom", "base_path", "module_path"}),
    places=re.compile(r"(^|/)(routes/.*|bootstrap/app)\.php$"),
    declare=declare,
    routes=routes,
)
