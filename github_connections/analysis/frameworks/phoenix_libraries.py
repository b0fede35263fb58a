"""What libraries put into Phoenix's routers: pages of their own, log-in, administration."""

from __future__ import annotations

from github_connections.analysis.frameworks import plugs
from github_connections.analysis.frameworks.phoenix_resources import ACTIONS
from github_connections.analysis.frameworks.plug_routers import listed, path_text
from github_connections.analysis.frameworks.plugs import Plug
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.standard_elixir import options_of
from github_connections.analysis.linking.values import Behaviour, Value

# Pages that libraries bring, each by a word of its own with a path.
PAGES = (
    "live_dashboard", "oban_dashboard", "error_tracker_dashboard", "live_storybook", "live_admin", "ash_admin",
)  # fmt: skip
# What the words of Pow stand for: https://hexdocs.pm/pow/Pow.Phoenix.Router.html
POW = {
    "session": ("new", "create", "delete"),
    "registration": ("edit", "new", "create", "update", "delete"),
}


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


def kaffy(call: Invocation) -> Value:
    """`use Kaffy.Routes, scope: "/admin"`: an administration of every model, below one path."""
    if "pipes" in call.receiver.data:
        options = options_of(call)
        pipes = [Plug(plugs.named(value), value, call.place) for value in listed(options.get("pipe_through"))]
        path = path_text(options.get("scope", "/admin"))
        call.receiver.add(["GET"], path, call.place, "Kaffy.Routes", page=True, pipes=pipes)
    return None
