"""Laravel's `Route`: groups and routes, and the routers of the files in which they stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from github_connections.analysis import http_verbs
from github_connections.analysis.frameworks.php.laravel_files import file_of
from github_connections.analysis.frameworks.php.laravel_resources import add_resource, all_texts
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.program import File
from github_connections.analysis.linking.routing import Router
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import (
    Behaviour,
    FunctionValue,
    Kind,
    MapValue,
    Thing,
    Value,
    entries_of,
    text_of,
    texts_of,
)
from github_connections.analysis.report import ANY_METHOD, Place
from github_connections.analysis.syntax import nodes

VERBS = (*http_verbs.OF_APIS, "options")
VERBS_OF_RESOURCES = "laravel verbs of resources"
FILE = "file"  # the file whose top-level calls a router collects


# --- where a call registers -----------------------------------------------------------------------------------------


def _state(call: Invocation) -> dict[str, Any]:
    state: dict[str, Any] = call.interpreter.state.setdefault("laravel", {"files": {}, "stack": []})
    return state


def router_of_file(call: Invocation, file: File) -> Router:
    """Return the one router that collects the top-level calls of a file."""
    files = _state(call)["files"]
    if file.path not in files:
        made = call.interpreter.new_router(ROUTER, Place(file.path, 1), application=True, data={FILE: file.path})
        files[file.path] = made
    router: Router = files[file.path]
    return router


def current_router(call: Invocation) -> Router:
    """Return the group that runs in the file at hand or has called a function of another, else the file's own
    router."""
    stack = _state(call)["stack"]
    if stack and (stack[-1][0] == call.scope.file.path or _is_in_function(call.scope)):
        router: Router = stack[-1][1]
        return router
    return router_of_file(call, call.scope.file)


def _is_in_function(scope: Scope | None) -> bool:
    while scope is not None:
        if isinstance(scope.owner, nodes.Function) and scope.owner.name:
            return True
        scope = scope.parent
    return False


@contextmanager
def running_in(call: Invocation, file: str, router: Router) -> Iterator[None]:
    """While this lasts, what stands in the file registers with the router."""
    stack = _state(call)["stack"]
    stack.append((file, router))
    try:
        yield
    finally:
        stack.pop()


def mount_file(call: Invocation, router: Router, value: Value, prefix: str = "", **options: Value) -> None:
    """Run a route file below a router."""
    file = file_of(call, value)
    if file is not None:
        inner = router_of_file(call, file)
        call.interpreter.run_file(file)
        if inner is not router:
            router.mount(prefix, inner, call.place, "group", **options)


# --- groups ---------------------------------------------------------------------------------------------------------


def _pending(call: Invocation) -> Thing:
    """Return what the facade's chain has said so far."""
    if isinstance(call.receiver, Thing) and call.receiver.kind is PENDING and call.receiver.data:
        return call.receiver
    return Thing(PENDING, call.place, {"prefix": [], "middleware": [], "controller": None, "namespaces": []})


def _say(name: str) -> Behaviour:
    def say(call: Invocation) -> Value:
        pending = _pending(call)
        if name == "prefix":
            pending.data["prefix"].append(call.text(0))
        elif name == "middleware":
            pending.data["middleware"] += all_texts(call)
        elif name == "can":
            pending.data["middleware"].append(_ability(call))
        elif name == "controller":
            pending.data["controller"] = call.value(0)
        elif name == "namespace":
            pending.data["namespaces"].append(call.text(0))
        return pending

    return say


def _ability(call: Invocation) -> str:
    """`->can('update', 'post')` is the middleware `can:update,post`."""
    return f"can:{','.join(all_texts(call))}"


def _open(call: Invocation, pending: Thing) -> Router:
    said = pending.data
    prefix = "/".join(part.strip("/") for part in said["prefix"] if part)
    router = current_router(call)
    if not prefix and not said["middleware"] and not said["namespaces"] and said["controller"] is None:
        return router
    middleware, namespaces = list(said["middleware"]), list(said["namespaces"])
    return router.group(prefix, call.place, "prefix", middleware=middleware, namespaces=namespaces)


def _group(call: Invocation) -> Value:
    """`->group(function)`, `->group(path)` and `Route::group(['prefix' => …], function)`."""
    pending = _pending(call)
    options = call.value(0)
    if isinstance(options, MapValue):
        for name, key in (("prefix", "prefix"), ("middleware", "middleware"), ("namespace", "namespaces")):
            pending.data[key] += texts_of(options.entries.get(name))
        pending.data["controller"] = options.entries.get("controller") or pending.data["controller"]
    body = call.value(-1)
    around = current_router(call)
    router = _open(call, pending)
    if isinstance(body, FunctionValue):
        controller = pending.data["controller"] or around.data.get("controller")
        router.data.setdefault("controller", controller)
        with running_in(call, body.scope.file.path, router):
            call.run(body, router)
    elif isinstance(body, str):
        mount_file(call, router, body)
    return None


# --- routes ---------------------------------------------------------------------------------------------------------


def add_route(call: Invocation, methods: Iterable[str], path: str, handler: Value, **options: Value) -> Value:
    """Add a route where the call stands, with what the chain before it has said."""
    pending = call.receiver if isinstance(call.receiver, Thing) and call.receiver.kind is PENDING else None
    router = _open(call, pending) if pending is not None and pending.data else current_router(call)
    registered = router.add(list(methods), path.strip("/"), call.place, handler, middleware=[], **options)
    controller = (pending.data.get("controller") if pending is not None else None) or router.data.get("controller")
    if controller is not None and isinstance(handler, str):
        registered.options["controller"] = controller
    return Thing(ROUTE, call.place, {"registered": registered})


def _verb(*methods: str) -> Behaviour:
    return lambda call: add_route(call, methods, call.text(0), call.value(1))


def _match(call: Invocation) -> Value:
    methods = [method.upper() for method in call.texts(0)]
    return add_route(call, methods, call.text(1), call.value(2))


def _redirect(call: Invocation) -> Value:
    return add_route(call, (ANY_METHOD,), call.text(0), None, redirect=True)


def _view(call: Invocation) -> Value:
    return add_route(call, ("GET",), call.text(0), None, page=True)


def _more_middleware(call: Invocation) -> Value:
    call.receiver.data["registered"].options["middleware"] += all_texts(call)
    return call.receiver


def _can(call: Invocation) -> Value:
    call.receiver.data["registered"].options["middleware"].append(_ability(call))
    return call.receiver


def _without_middleware(call: Invocation) -> Value:
    call.receiver.data["registered"].options.setdefault("without", []).extend(all_texts(call))
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
        router = _open(call, pending) if pending is not None and pending.data else current_router(call)
        return add_resource(call, router, left_out, single=single)

    return register


def _resources(*left_out: str) -> Behaviour:
    def register(call: Invocation) -> Value:
        for name, controller in entries_of(call.value(0)).items():
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


def _verbs_of_resources(call: Invocation) -> Value:
    """`Route::resourceVerbs(['create' => 'crear'])`: how resources say their forms, everywhere."""
    said = call.value(0)
    if isinstance(said, MapValue):
        call.interpreter.state[VERBS_OF_RESOURCES] = {name: text_of(word) for name, word in said.entries.items()}
    return None


STATIC: dict[str, Behaviour] = {
    "resourceVerbs": _verbs_of_resources,
    **{verb: _verb(verb.upper()) for verb in VERBS},
    "any": _verb(ANY_METHOD),
    "match": _match,
    "view": _view,
    "inertia": _view,
    "livewire": _view,
    "fallback": lambda call: add_route(call, ("GET",), "{fallbackPlaceholder*}", call.value(0)),
    "redirect": _redirect,
    "permanentRedirect": _redirect,
    "resource": _resource(),
    "apiResource": _resource("create", "edit"),
    **dict.fromkeys(("resources", "softDeletableResources"), _resources()),
    "apiResources": _resources("create", "edit"),
    "singleton": _resource("index", "create", "store", "destroy", single=True),
    "apiSingleton": _resource("index", "create", "store", "edit", "destroy", single=True),
    "group": _group,
    "prefix": _say("prefix"),
    "middleware": _say("middleware"),
    "controller": _say("controller"),
    "can": _say("can"),
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
PENDING = Kind("laravel routes to be", methods=STATIC, is_router=False)
ROUTE = Kind(
    "laravel route",
    methods={
        "middleware": _more_middleware,
        "can": _can,
        "withoutMiddleware": _without_middleware,
        "prefix": _route_prefix,
    },
    is_router=False,
)
ROUTER = Kind("laravel", methods=STATIC)
