"""Django REST framework: routers, what a view set answers to, extra actions, nested routers, permissions."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.frameworks.python import django_rest_tables
from github_connections.analysis.frameworks.python.django_rest_viewsets import (
    ViewSetView,
    lookup_of,
    regex_free,
    views_of,
)
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import ClassValue, Kind, ListValue, Thing, Value, items_in, text_of
from github_connections.analysis.report import Place

URLS = Kind("urls of a REST router", is_router=False)


def declare(registry: Registry) -> None:
    """Add the routers, also those of drf-nested-routers and drf-extensions."""
    for module in ("rest_framework.routers", "rest_framework_extensions.routers", "rest_framework_nested.routers"):
        for name in ("SimpleRouter", "ExtendedSimpleRouter"):
            registry.calls[f"{module}.{name}"] = _router
        for name in ("DefaultRouter", "ExtendedDefaultRouter"):
            registry.calls[f"{module}.{name}"] = _router_with_root
    for name in ("NestedSimpleRouter", "NestedDefaultRouter"):
        registry.calls[f"rest_framework_nested.routers.{name}"] = _nested_router


def _router(call: Invocation) -> Thing:
    slash = call.value(99, "trailing_slash", call.value(0))
    return Thing(
        ROUTER, call.place, {"registry": ListValue([], call.place), "trailing_slash": slash is not False, "prefix": ""}
    )


def _router_with_root(call: Invocation) -> Value:
    """A DefaultRouter also shows what it has at its own root."""
    made = _router(call)
    made.data["include_root_view"] = True
    return made


def _nested_router(call: Invocation) -> Value:
    made = _router(Invocation(call.interpreter, None, call.name, [], call.named, call.node, call.scope, call.line))
    parent, prefix = call.value(0, "parent_router"), call.text(1, "parent_prefix")
    lookup = call.text(99, "lookup", "nested")
    above = parent.data["prefix"] if isinstance(parent, Thing) and parent.kind is ROUTER else ""
    viewset = _registered_class(parent, prefix)
    field = lookup_of(call.interpreter, viewset) if viewset else "pk"
    made.data["prefix"] = f"{above}{prefix}/<{lookup}_{field}>/"
    return made


def _registered_class(router: Value, prefix: str) -> ClassValue | None:
    if not isinstance(router, Thing) or router.kind is not ROUTER:
        return None
    registered = (cls for known, cls, _ in _registered(router) if known == prefix)
    return next((cls for cls in registered if isinstance(cls, ClassValue)), None)


def _registered(router: Thing) -> Iterator[tuple[str, Value, Place]]:
    """Yield (prefix, view set, place) for everything in a router's registry, which the program may change itself."""
    for entry in items_in(router.data["registry"]):
        if isinstance(entry, ListValue) and len(entry.items) > 1:
            yield text_of(entry.items[0]), entry.items[1], entry.place


def _register(call: Invocation) -> Value:
    viewset = call.value(1, "viewset")
    _add(call.receiver, call.text(0, "prefix"), viewset, call.place)
    return Thing(
        REGISTERED, call.place, {"router": call.receiver, "prefix": call.text(0, "prefix"), "viewset": viewset}
    )


def _add(router: Thing, prefix: str, viewset: Value, place: Place) -> None:
    registry = router.data["registry"]
    if isinstance(registry, ListValue):
        registry.items.append(ListValue([prefix, viewset, prefix], place))


def _register_below(call: Invocation) -> Value:
    """drf-extensions: `router.register("a", A).register("b", B, parents_query_lookups=["a"])`."""
    above: Thing = call.receiver
    lookups = call.texts(3, "parents_query_lookups")
    variable = lookups[-1] if lookups else "parent"
    prefix = f"{above.data['prefix']}/<parent_lookup_{variable}>/{call.text(0, 'prefix')}"
    _add(above.data["router"], prefix, call.value(1, "viewset"), call.place)
    return Thing(REGISTERED, call.place, {"router": above.data["router"], "prefix": prefix, "viewset": call.value(1)})


def _urls(router: Thing, _name: str) -> Value:
    """Return the router's urls; what is registered later counts too, so they are worked out at the end."""
    urls = Thing(URLS, router.place, {"routes": lambda interpreter: _routes(interpreter, router)})
    return ListValue([urls], router.place)  # a list, that others are added to


def _said_by_derived(call: Invocation) -> Value:
    """`super().__init__(trailing_slash=False)` in a class derived from a router."""
    if "trailing_slash" in call.named:
        call.receiver.data["trailing_slash"] = call.named["trailing_slash"] is not False
    return None


REGISTERED = Kind("registered view set", methods={"register": _register_below}, is_router=False)
ROUTER = Kind(
    "REST router",
    methods={"__init__": _said_by_derived, "register": _register},
    attributes={"urls": _urls, "get_urls": lambda router, name: _urls(router, name)},
    is_router=False,
)


def _routes(interpreter: Interpreter, router: Thing) -> Iterator[tuple[str, ViewSetView, Place]]:
    """Yield (path, view, place) for everything registered with a router."""
    slash = "/" if router.data["trailing_slash"] else ""
    if router.data.get("include_root_view") is True and not router.data["prefix"]:
        yield "", ViewSetView(None, {"GET": ""}, "APIRootView"), router.place
    table = django_rest_tables.table_of(interpreter, router.cls)
    for prefix, viewset, place in _registered(router):
        base = f"{router.data['prefix']}{regex_free(prefix)}"
        if not isinstance(viewset, ClassValue):
            yield f"{base}{slash}", ViewSetView(None, {"ANY": ""}, text_of(viewset)), place
            continue
        if table:
            for route, view in django_rest_tables.views_by(interpreter, table, viewset, base, slash):
                yield route, view, place
            continue
        for route, view in views_of(interpreter, viewset):
            whole = f"{base}{route}" if base else route.lstrip("/")
            yield f"{whole}{slash}", view, place
