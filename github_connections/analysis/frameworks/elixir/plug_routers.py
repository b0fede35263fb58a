"""Plug.Router and Plug.Builder: routes of one verb each, routers that are forwarded to or plugged in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from github_connections.analysis import http_verbs
from github_connections.analysis.frameworks.elixir import plugs
from github_connections.analysis.frameworks.elixir.plugs import Plug
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.routing import Router
from github_connections.analysis.linking.standard_elixir import (
    WORDS,
    module_ending,
    module_named,
    module_of,
    name_of_module,
    options_of,
)
from github_connections.analysis.linking.values import (
    Behaviour,
    ClassValue,
    FunctionValue,
    Kind,
    ListValue,
    Value,
    is_known,
    text_of,
    texts_of,
)
from github_connections.analysis.report import ANY_METHOD


def path_text(value: Value) -> str:
    """Return a path as text; of several, the first."""
    return (texts_of(value) or [""])[0] if isinstance(value, ListValue) else text_of(value)


def listed(value: Value) -> list[Value]:
    """Return the items of a list, or one value as a list; nothing for None."""
    return value.items if isinstance(value, ListValue) else [] if value is None else [value]


def whole_name(router: Router, name: str) -> str:
    """Return a module's name below the aliases of the scopes around."""
    return ".".join(part for part in (router.data["alias"], name) if part)


def inner_alias(router: Router, alias: Value) -> str:
    """Return the alias inside a scope that says this one; `alias: false` leaves those around it."""
    if alias is False:
        return ""
    return whole_name(router, name_of_module(alias)) if alias is not None else router.data["alias"]


def open_block(call: Invocation, prefix: str, how: str, **data: Any) -> None:
    """Open a part of the router, and run the block in it."""
    outer: Router = call.receiver
    inner = outer.group(prefix, call.place, how)
    inner.data = {**outer.data, "plugs": [], **data}
    block = call.value(-1)
    if isinstance(block, FunctionValue):
        call.run(block, this=inner)


def add_route(
    call: Invocation, methods: Iterable[str], path: Value, plug: Value, action: Value, **options: Value
) -> None:
    """Register a route that a plug answers, with what it goes through; of a controller, with its action."""
    router: Router = call.receiver
    written = name_of_module(plug)
    said = options_of(call).get("alias")
    module = written if said is False else whole_name(router, written)
    name = action if isinstance(action, str) and is_known(action) else ""
    gap = " :" if options.get("live") else "."
    handler = f"{module}{gap}{name}" if name else module
    said_more = {"module": module, "action": name, "pipes": router.data["pipes"], **options}
    router.add(list(methods), path_text(path), call.place, handler, **said_more)


def router_in(call: Invocation, plug: Value, name: str) -> Router | None:
    """Return the program's router of this name; None where it is another plug."""
    owner = call.receiver.data["class"]
    known = plug if isinstance(plug, ClassValue) else None
    cls = module_named(call.interpreter, name, owner) or known
    cls = cls or module_ending(call.interpreter, name_of_module(plug), owner)
    if cls is None or cls.node is owner.node:
        return None
    found = module_of(call.interpreter, cls)
    return found if found.routes or found.mounts else None


# --- Plug.Router ----------------------------------------------------------------------------------------------------


def _plug_verb(*methods: str) -> Behaviour:
    """Return the behaviour of `get "/x", to: Plug` and `get "/x" do`; `match` is told its verbs by `via:`."""

    def register(call: Invocation) -> Value:
        options, path = options_of(call), call.value(0)
        to = options.get("to")
        if name_of_module(path) == "_":  # whatever else there is: an answer that nothing is there, or another router
            return _mount_rest(call, to)
        via = [name.upper() for name in texts_of(options.get("via"))]
        add_route(call, methods or via or [ANY_METHOD], path, to, None)
        return None

    return register


def _mount_rest(call: Invocation, to: Value) -> None:
    mounted = router_in(call, to, name_of_module(to)) if to is not None else None
    if mounted is not None:
        call.receiver.mount("", mounted, call.place, "match", pipes=[], owner=call.receiver)


def _plug_forward(call: Invocation) -> Value:
    to = options_of(call).get("to")
    mounted = router_in(call, to, name_of_module(to))
    if mounted is not None:
        call.receiver.mount(call.text(0), mounted, call.place, "forward", pipes=[], owner=call.receiver)
    else:
        add_route(call, [ANY_METHOD], call.value(0), to, None)
    return None


def _plug(call: Invocation) -> Value:
    """`plug Plug, options`: one that is a router is mounted."""
    plug = call.value(0)
    arguments = [text for value in call.positional[1:] for text in texts_of(value)]
    call.receiver.data["plugs"].append(Plug(plugs.named(plug), plug, call.place, tuple(arguments)))
    mounted = router_in(call, plug, name_of_module(plug)) if isinstance(plug, ClassValue) else None
    if mounted is not None:
        call.receiver.mount("", mounted, call.place, "plug", pipes=[], owner=call.receiver)
    return None


BUILDING: dict[str, Behaviour] = {**WORDS, "plug": _plug}
BUILDER = Kind("plug builder", methods=BUILDING, fluent=False)
PLUG_ROUTER = Kind(
    "plug",
    methods={
        **BUILDING,
        **{verb: _plug_verb(verb.upper()) for verb in http_verbs.OF_BROWSERS},
        "match": _plug_verb(),
        "forward": _plug_forward,
    },
    fluent=False,
)
