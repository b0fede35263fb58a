"""Phoenix and Plug: routers with their scopes, resources and live views, endpoints, and what is forwarded where.

The rows are those of `mix phx.routes` (https://hexdocs.pm/phoenix/Phoenix.Router.html), in the report's words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from github_connections.analysis import http_verbs
from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.elixir import phoenix_requests, plugs
from github_connections.analysis.frameworks.elixir.phoenix_libraries import LIBRARIES, ash, kaffy
from github_connections.analysis.frameworks.elixir.phoenix_resources import resources
from github_connections.analysis.frameworks.elixir.plug_routers import (
    BUILDER,
    BUILDING,
    PLUG_ROUTER,
    add_route,
    inner_alias,
    listed,
    open_block,
    path_text,
    router_in,
    whole_name,
)
from github_connections.analysis.frameworks.elixir.plugs import Plug
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.routing import Reached, Router, reached_in, routers_of
from github_connections.analysis.linking.standard_elixir import (
    become,
    name_of_module,
    options_of,
)
from github_connections.analysis.linking.values import (
    Behaviour,
    ClassValue,
    FunctionValue,
    Kind,
    ListValue,
    MapValue,
    Value,
)
from github_connections.analysis.report import ANY_METHOD, Parameter, Route, RouteKind

# A plug that sends elsewhere, and no controller with several actions.
_REDIRECT = re.compile(r"Redirect(or|er|To)?(Plug)?$")
# What serves while a program is written, and `mix phx.routes` leaves out.
RELOADER = "Phoenix.LiveReloader.Socket"
_REST = re.compile(r"(?<=[\w.-])\*([a-z_]\w*)\Z")
_BROWSER = frozenset({"fetch_session", "protect_from_forgery", "put_root_layout", "fetch_live_flash", "put_layout"})


def declare(registry: Registry) -> None:
    """Add what a module can become by using a library."""
    registry.calls["use Phoenix.Router"] = _becomes(ROUTER)
    registry.calls["use :router"] = _becomes(ROUTER)  # of a module that is not in sight
    registry.calls["use Plug.Router"] = _becomes(PLUG_ROUTER)
    registry.calls["use Phoenix.Endpoint"] = _becomes(ENDPOINT)
    for name in ("Plug.Builder", "Guardian.Plug.Pipeline"):
        registry.calls[f"use {name}"] = _becomes(BUILDER)
    registry.calls["use Kaffy.Routes"] = kaffy
    registry.calls["use AshAuthentication.Phoenix.Router"] = ash
    registry.alone["elixir"] = _somebodys_router


def _becomes(kind: Kind) -> Behaviour:
    def become_it(call: Invocation) -> Value:
        if "class" in call.receiver.data and call.receiver.kind is not kind:
            become(call.receiver, kind, **_nothing_yet())
        return None

    return become_it


def _nothing_yet() -> dict[str, Any]:
    return {"plugs": [], "pipelines": {}, "alias": "", "pipes": []}


def _somebodys_router(interpreter: Interpreter, owner: ClassValue) -> Value:
    """Make up the router that a macro writes into: an extension brings its routes so, and nobody here uses them."""
    return interpreter.new_router(ROUTER, owner.place, assumed=True, data={"class": owner, **_nothing_yet()})


# --- scopes ---------------------------------------------------------------------------------------------------------


def _scope(call: Invocation) -> Value:
    """`scope "/x", Alias, options do`, each of the three left out at will."""
    options = options_of(call)
    first = call.value(0)
    written = options.get("path") if isinstance(first, MapValue | FunctionValue) else first
    second = call.value(1)
    alias = options.get("alias") if isinstance(second, MapValue | FunctionValue | None) else second
    open_block(call, "" if written is None else path_text(written), "scope", alias=inner_alias(call.receiver, alias))
    return None


def _pipe_through(call: Invocation) -> Value:
    values = [item for value in call.positional for item in listed(value)]
    found = [Plug(plugs.named(value), value, call.place) for value in values]
    call.receiver.data["pipes"] = [*call.receiver.data["pipes"], *found]
    return None


def _pipeline(call: Invocation) -> Value:
    line = Router(PIPELINE, call.place, data={**call.receiver.data, "plugs": []})
    block = call.value(-1)
    if isinstance(block, FunctionValue):
        call.run(block, this=line)
    call.receiver.data["pipelines"][call.text(0)] = line.data["plugs"]
    return None


def _live_session(call: Invocation) -> Value:
    """A group of live views; its hooks may ask for a log-in."""
    hooks = options_of(call).get("on_mount")
    listed = hooks.items if isinstance(hooks, ListValue) and not plugs.is_hook(hooks) else [hooks]
    found = [Plug(plugs.named(hook), hook, call.place) for hook in listed if hook is not None]
    open_block(call, "", "live_session", pipes=[*call.receiver.data["pipes"], *found])
    return None


# --- routes ---------------------------------------------------------------------------------------------------------


def _verb(method: str) -> Behaviour:
    def register(call: Invocation) -> Value:
        if len(call.positional) > 1:
            add_route(call, [method], call.value(0), call.value(1), call.value(2))
        return None

    return register


def _match(call: Invocation) -> Value:
    """`match :get, "/x", Plug, :action`; `:*` is any verb."""
    methods = [name.upper() for name in call.texts(0)]
    known = [name for name in methods if name.lower() in http_verbs.ALL]
    start, glob, _ = call.text(1).partition("*")
    mounted = router_in(call, call.value(2), whole_name(call.receiver, name_of_module(call.value(2)))) if glob else None
    if mounted is not None:  # it answers the same paths, of those below this one
        router: Router = call.receiver
        router.mount("", mounted, call.place, "match", pipes=router.data["pipes"], owner=router, below=start)
        return None
    add_route(call, known or [ANY_METHOD], call.value(1), call.value(2), call.value(3))
    return None


def _live(call: Invocation) -> Value:
    add_route(call, ["GET"], call.value(0), call.value(1), call.value(2), live=True, page=True)
    return None


def _forward(call: Invocation) -> Value:
    router: Router = call.receiver
    plug = call.value(1)
    mounted = router_in(call, plug, whole_name(router, name_of_module(plug)))
    if mounted is not None:
        router.mount(call.text(0), mounted, call.place, "forward", pipes=router.data["pipes"], owner=router)
    else:
        add_route(call, [ANY_METHOD], call.value(0), plug, None)
    return None


# --- endpoints ------------------------------------------------------------------------------------------------------


def _socket(call: Invocation) -> Value:
    options, handler = options_of(call), name_of_module(call.value(1))
    if handler == RELOADER:
        return None
    path = call.text(0).rstrip("/")
    if options.get("websocket") is not False:
        call.receiver.add(["GET"], f"{path}/websocket", call.place, handler, websocket=True, pipes=[])
    if options.get("longpoll") not in (None, False):
        call.receiver.add(["GET", "POST"], f"{path}/longpoll", call.place, handler, pipes=[])
    return None


PIPELINE = Kind("phoenix pipeline", methods=BUILDING, fluent=False)
ROUTER = Kind(
    "phoenix",
    methods={
        **BUILDING,
        **{verb: _verb(verb.upper()) for verb in http_verbs.ALL},
        **LIBRARIES,
        "match": _match,
        "resources": resources,
        "scope": _scope,
        "pipeline": _pipeline,
        "pipe_through": _pipe_through,
        "forward": _forward,
        "live": _live,
        "live_session": _live_session,
    },
    fluent=False,
)
ENDPOINT = Kind("phoenix endpoint", methods={**BUILDING, "socket": _socket}, fluent=False)


# --- rows -----------------------------------------------------------------------------------------------------------


def routes(interpreter: Interpreter) -> Iterable[Route]:
    """Yield a row for every verb of every route."""
    guards = plugs.Guards(interpreter)
    routers = routers_of(interpreter, ROUTER, PLUG_ROUTER, BUILDER, ENDPOINT)

    def parameters(item: Reached, path: str) -> list[Parameter]:
        return phoenix_requests.parameters(interpreter, item, path)

    return rows.routes_of(
        (item for item in reached_in(routers) if _is_let_through(item)),
        "phoenix",
        rewrite=_rewrite,
        join=paths.join_trimmed,
        kind=_kind,
        auth=guards.auth_of,
        params=parameters,
    )


def _is_let_through(item: Reached) -> bool:
    """Tell whether a route lies where the routers around it hand requests on from."""
    return all(
        paths.join_trimmed(item.pieces[position:]).startswith(step.options.get("below", ""))
        for position, step in enumerate(item.steps)
    )


def _rewrite(path: str) -> str:
    """`/users/:id` and `/files/*path`; a rest may begin inside of a segment, `/app*path`."""
    return paths.from_colons(_REST.sub(r"{\1*}", path))


def _kind(item: Reached) -> RouteKind:
    options = item.route.options
    if options.get("websocket"):
        return "websocket"
    if options.get("module", "").partition(".")[0] == "Absinthe" and "GraphiQL" not in options["module"]:
        return "graphql"
    if _REDIRECT.search(options.get("module", "")) and not options.get("action"):
        return "redirect"
    return "page" if options.get("page") or _is_browsed(item) else "api"


def _is_browsed(item: Reached) -> bool:
    """Tell whether a pipeline on the way takes HTML, or does what only browsers need."""
    for plug in plugs.on_the_way(item):
        if plug.name == "accepts":
            return plug.arguments[:1] == ("html",) or "html" in plug.arguments
        if plug.name in _BROWSER:
            return True
    return False


FRAMEWORK = Framework(
    name="phoenix",
    language="elixir",
    family="elixir",
    kind="server",
    packages=("phoenix",),
    words=frozenset(
        {"use Phoenix.Router", "use Plug.Router", "use Phoenix.Endpoint", "use :router", "pipe_through", "live_session"}
    ),
    declare=declare,
    routes=routes,
)
