"""Phoenix's resources: the routes of each action, in the order of its documentation."""

from __future__ import annotations

from github_connections.analysis.frameworks.elixir.plug_routers import add_route, inner_alias, open_block
from github_connections.analysis.frameworks.inflection import underscored
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.standard_elixir import name_of_module, options_of
from github_connections.analysis.linking.values import FunctionValue, Unknown, Value, text_of, texts_of

# https://hexdocs.pm/phoenix/Phoenix.Router.html#resources/4, in the order of its routes
ACTIONS = {
    "index": (("GET",), ""), "edit": (("GET",), ":id/edit"), "new": (("GET",), "new"), "show": (("GET",), ":id"),
    "create": (("POST",), ""), "update": (("PATCH", "PUT"), ":id"), "delete": (("DELETE",), ":id"),
}  # fmt: skip


def resources(call: Invocation) -> Value:
    """`resources "/posts", PostController, only: [:index] do`."""
    options = options_of(call)
    path, single = call.text(0), options.get("singleton") is True
    param = text_of(options.get("param", "id"))
    for action in _actions(options, single=single):
        methods, tail = ACTIONS[action]
        below = tail.removeprefix(":id").strip("/") if single else tail.replace(":id", f":{param}")
        add_route(call, methods, f"{path}/{below}", call.value(1), action)
    if isinstance(call.value(-1), FunctionValue):
        name = text_of(options["name"]) if "name" in options else _resource_name(name_of_module(call.value(1)))
        inside = path if single else f"{path}/:{name}_{param}"
        open_block(call, inside, "resources", alias=inner_alias(call.receiver, options.get("alias")))
    return None


def _actions(options: dict[str, Value], *, single: bool) -> list[str]:
    only, left_out = options.get("only"), options.get("except")
    wanted = list(ACTIONS) if only is None or isinstance(only, Unknown) else texts_of(only)
    unwanted = [*texts_of(left_out), *(["index"] if single else [])]
    return [action for action in ACTIONS if action in wanted and action not in unwanted]


def _resource_name(controller: str) -> str:
    """`ShopWeb.LineItemController` is a `line_item`."""
    return underscored(controller.rpartition(".")[2].removesuffix("Controller"))
