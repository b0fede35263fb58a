"""What libraries put into Phoenix's routers: pages of their own, log-in, administration."""

from __future__ import annotations

from msgspec.structs import replace

from github_connections.analysis.frameworks.elixir import plugs
from github_connections.analysis.frameworks.elixir.phoenix_resources import ACTIONS
from github_connections.analysis.frameworks.elixir.plug_routers import add_route, listed, path_text
from github_connections.analysis.frameworks.elixir.plugs import Plug
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.routing import Router
from github_connections.analysis.linking.standard_elixir import options_of
from github_connections.analysis.linking.values import Behaviour, Native, Value
from github_connections.analysis.report import ANY_METHOD

# Pages that libraries bring, each by a word of its own with a path.
PAGES = (
    "live_dashboard", "oban_dashboard", "error_tracker_dashboard", "live_storybook", "live_admin", "ash_admin",
)  # fmt: skip
# What the words of Pow stand for: https://hexdocs.pm/pow/Pow.Phoenix.Router.html
POW = {
    "session": ("new", "create", "delete"),
    "registration": ("edit", "new", "create", "update", "delete"),
}

# The pages of https://hexdocs.pm/ash_authentication_phoenix, each by its word: where it is, and what follows.
ASH_PAGES = {
    "sign_in_route": ("/sign-in", ""), "reset_route": ("/password-reset", "/:token"),
    "confirm_route": ("", "/:token"),
    "magic_sign_in_route": ("", "/:token"),
}  # fmt: skip


def page(call: Invocation) -> Value:
    """`live_dashboard "/dashboard"`: a page, whatever lies below it."""
    call.receiver.add(["GET"], call.text(0), call.place, call.name, page=True, pipes=call.receiver.data["pipes"])
    return None


def pow_routes(*names: str) -> Behaviour:
    """Return the behaviour of a word of Pow's."""

    def register(call: Invocation) -> Value:
        for name in names:
            for action in POW[name]:
                methods, tail = ACTIONS[action]
                path = f"/{name}/{tail.removeprefix(':id').strip('/')}"
                handler = f"Pow.Phoenix.{name.capitalize()}Controller.{action}"
                call.receiver.add(list(methods), path, call.place, handler, pipes=call.receiver.data["pipes"])
        return None

    return register


def ash_page(call: Invocation) -> Value:
    """`sign_in_route register_path: "/register"`, `confirm_route User, :by_mail`: pages that one logs in by."""
    options, (usual, tail) = options_of(call), ASH_PAGES[call.name.rpartition(".")[2]]
    path = path_text(options.get("path", usual or f"/{call.text(1)}"))
    written = [
        f"{path}{tail}",
        *(path_text(options[name]) for name in ("register_path", "reset_path") if name in options),
    ]
    for one in written:
        call.receiver.add(["GET"], one, call.place, call.name, page=True, pipes=call.receiver.data["pipes"])
    return None


def ash_strategies(call: Invocation) -> Value:
    """`auth_routes AuthController, User, path: "/auth"`: whatever the strategies of the resource answer below it."""
    path = path_text(options_of(call).get("path", "/auth"))
    call.receiver.add([ANY_METHOD], path, call.place, call.name, pipes=call.receiver.data["pipes"])
    return None


def ash_sign_out(call: Invocation) -> Value:
    """`sign_out_route AuthController, "/sign-out"`."""
    said = call.value(1)
    add_route(call, ["GET"], said if isinstance(said, str) else "/sign-out", call.value(0), "sign_out")
    return None


def kaffy(call: Invocation) -> Value:
    """`use Kaffy.Routes, scope: "/admin"`: an administration of every model, below one path."""
    if "pipes" in call.receiver.data:
        options = options_of(call)
        pipes = [Plug(plugs.named(value), value, call.place) for value in listed(options.get("pipe_through"))]
        path = path_text(options.get("scope", "/admin"))
        call.receiver.add(["GET"], path, call.place, "Kaffy.Routes", page=True, pipes=pipes)
    return None


def ash(call: Invocation) -> Value:
    """`use AshAuthentication.Phoenix.Router` brings its words, which go behind functions of the same name."""
    names = call.receiver.data["class"].scope.names if "class" in call.receiver.data else {}
    for word, behaviour in ASH.items():
        names.setdefault(word, Native(word, _where_it_stands(behaviour)))
    return None


def _where_it_stands(behaviour: Behaviour) -> Behaviour:
    return lambda call: behaviour(replace(call, receiver=call.scope.this)) if _is_router(call.scope.this) else None


def _is_router(value: Value) -> bool:
    return isinstance(value, Router) and "pipes" in value.data


LIBRARIES: dict[str, Behaviour] = {
    **dict.fromkeys(PAGES, page),
    "pow_routes": pow_routes(*POW),
    **{f"pow_{name}_routes": pow_routes(name) for name in POW},
}
ASH: dict[str, Behaviour] = {
    **dict.fromkeys(ASH_PAGES, ash_page),
    **dict.fromkeys(("auth_routes", "auth_routes_for"), ash_strategies),
    "sign_out_route": ash_sign_out,
}
