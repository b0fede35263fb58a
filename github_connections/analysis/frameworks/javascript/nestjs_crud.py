"""`@Crud({model})` of @nestjsx/crud and its successors: the usual routes of a resource, on a NestJS controller."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import ListValue, MapValue, Thing, Unknown, Value, entries_of

LIBRARIES = ("@nestjsx/crud", "@dataui/crud", "@rewiko/crud", "@n4it/crud")
# The routes by the names of their methods: the verb, what follows the controller's path, and whether one is meant.
ROUTES = {
    "getManyBase": ("GET", "", False),
    "getOneBase": ("GET", "", True),
    "createOneBase": ("POST", "", False),
    "createManyBase": ("POST", "bulk", False),
    "updateOneBase": ("PATCH", "", True),
    "replaceOneBase": ("PUT", "", True),
    "deleteOneBase": ("DELETE", "", True),
    "recoverOneBase": ("PATCH", "recover", True),
}
# What is said once for all controllers is remembered under this name.
_FOR_ALL = "nest crud options"


class Usual(Struct, frozen=True):
    """One of the usual routes: its method's name, the verb, and what follows the controller's path."""

    name: str
    method: str
    path: str


def declare_crud(registry: Registry) -> None:
    """Add what is said once for all controllers."""
    for library in LIBRARIES:
        registry.calls[f"{library}.CrudConfigService.load"] = _load


def _load(call: Invocation) -> Value:
    call.interpreter.settings[_FOR_ALL] = call.value(0)
    return Unknown(call.name)


def usual_routes(decorators: Iterable[Thing]) -> Iterator[tuple[Thing, Usual]]:
    """Yield the routes that a class has by its `@Crud`, with the decorator."""
    for decorator in decorators:
        call = decorator.data["call"]
        if decorator.data["name"] == "Crud" and call is not None and call.name.rpartition(".")[0] in LIBRARIES:
            own = call.value(0)
            for_all = call.interpreter.settings.get(_FOR_ALL)
            for name in _chosen(own, for_all):
                method, last, is_of_one = ROUTES[name]
                pieces = [_variables(own, for_all) if is_of_one else "", last]
                yield decorator, Usual(name, method, "/".join(piece for piece in pieces if piece))


def _chosen(own: Value, for_all: Value) -> list[str]:
    """Return the names of the routes that there are: one that was deleted can be taken back where it is only marked."""
    only, exclude = (_texts(_option(own, for_all, "routes", name)) for name in ("only", "exclude"))
    softly = _option(own, for_all, "query", "softDelete") is True
    names = [name for name in ROUTES if softly or name != "recoverOneBase"]
    return [name for name in names if (name in only if only else name not in exclude)]


def _option(own: Value, for_all: Value, group: str, name: str) -> Value:
    for options in (own, for_all):
        value = entries_of(entries_of(options).get(group)).get(name)
        if value is not None:
            return value
    return None


def _texts(value: Value) -> list[str]:
    return [item for item in value.items if isinstance(item, str)] if isinstance(value, ListValue) else []


def _variables(own: Value, for_all: Value) -> str:
    """Return the variables that say which one is meant: the primary ones of `params`, `:id` without any."""
    for options in (own, for_all):
        said = entries_of(entries_of(options).get("params")).items()
        primary = [
            (name, one.entries) for name, one in said if isinstance(one, MapValue) and one.entries.get("primary")
        ]
        if primary:
            return "/".join(f":{name}" for name, entries in primary if entries.get("disabled") is not True)
    return ":id"
