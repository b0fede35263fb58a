"""What React Router's routes are made of: functions that take route objects, and elements."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec.structs import replace

from github_connections.analysis.frameworks.javascript import react_values
from github_connections.analysis.frameworks.javascript.page_guards import asked_by
from github_connections.analysis.frameworks.javascript.page_routes import Page, flattened, given_to, pages_in
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import (
    ELEMENT,
    Kind,
    ListValue,
    MapValue,
    Thing,
    Unknown,
    Value,
    entries_of,
    is_known,
    text_of,
    texts_of,
)
from github_connections.analysis.syntax import nodes

MODULES = (
    "react-router-dom",
    "react-router",
    "react-router/dom",
    "react-router-dom-v5-compat",
    "react-router-native",
    "wouter",
    "inferno-router",
)
# Where routers come from that others have wrapped.
OTHER_MODULES = (
    "@sentry/react",
    "connected-react-router",
    "react-router-config",
    "@ionic/react-router",
    "@ionic/react",
)
ROUTERS = (
    "BrowserRouter", "HashRouter", "MemoryRouter", "NativeRouter", "Router", "StaticRouter", "ConnectedRouter",
    "HistoryRouter", "unstable_HistoryRouter", "CompatRouter", "IonReactRouter",
)  # fmt: skip
# Where every route object stands that was read.
READ = "react routes read"
CREATORS = ("createBrowserRouter", "createHashRouter", "createMemoryRouter", "createStaticRouter")
_SHOWS = ("element", "Component", "component", "lazy", "render", "loader", "action")
# What version 5 gives for the path of the route around; `react_router_trees` puts that path in its place.
_MATCH = "{?match.path}"
# Set by the tool that builds the application; it is empty unless somebody wants otherwise.
_BUILT_IN_BASE = re.compile(r"BASE_URL|PUBLIC_URL")


def declare(registry: Registry) -> None:
    """Add the functions and elements that routes are made of."""
    for module in (*MODULES, *OTHER_MODULES):
        calls = {
            **dict.fromkeys(CREATORS, _created),
            **dict.fromkeys(ROUTERS, _router_element),
            **dict.fromkeys(
                ("Routes", "Switch", "AnimatedRoutes", "IonRouterOutlet", "SentryRoutes"), _tree_of_elements
            ),
            **dict.fromkeys(("createRoutesFromElements", "createRoutesFromChildren"), _elements),
            "useRoutes": _used,
            "renderRoutes": _used,
            "Route": _route_element,
            "SentryRoute": _route_element,
            "Redirect": _redirect_element,
            "IndexRoute": _index_element,
            "IndexRedirect": _index_element,
            "useRouteMatch": lambda call: MapValue({"path": _MATCH, "url": _MATCH}, call.place),
        }
        for name, behaviour in calls.items():
            registry.calls[f"{module}.{name}"] = behaviour
    react_values.declare(registry)
    for name in ("withSentryReactRouterV6Routing", "withSentryRouting", "wrapUseRoutes", "wrapUseRoutesV6"):
        registry.calls[f"@sentry/react.{name}"] = lambda call: call.value(0)
    for name in ("wrapCreateBrowserRouter", "wrapCreateBrowserRouterV6", "wrapCreateBrowserRouterV7"):
        registry.calls[f"@sentry/react.{name}"] = lambda call: call.value(0)


# --- objects --------------------------------------------------------------------------------------------------------


def _created(call: Invocation) -> Value:
    options = call.value(1)
    base = entries_of(options).get("basename")
    return tree_of(call, pages_among(call, call.positional[:1]), base=_base(base), is_application=True)


def _used(call: Invocation) -> Value:
    return tree_of(call, pages_among(call, call.positional[:1]))


def _elements(call: Invocation) -> Value:
    return ListValue(list(call.positional), call.place)


def _base(value: Value) -> str:
    text = "" if value is None else text_of(value)
    return "" if _BUILT_IN_BASE.search(text) and not is_known(text) else text


def pages_among(call: Invocation, values: Iterable[Value]) -> list[Page]:
    """Return the routes among objects, elements, lists and what stands around them."""
    found: list[Page] = []
    for value in flattened(values):
        if isinstance(value, MapValue):
            found += pages_in(value, lambda one: _page(call, one))
        elif isinstance(value, Thing) and value.kind is NODE:
            value.data["taken"] = True
            found += value.data["pages"]
        elif isinstance(value, Thing) and value.kind is ELEMENT:
            found += _of_another(call, value)
        elif inner := given_to(value):
            found += pages_among(call, inner)
    return found


def _of_another(call: Invocation, value: Thing) -> list[Page]:
    """Read `<PrivateRoute path="/x" …/>`, a component of the program's own, as a route; others for what is inside."""
    said = value.data["attributes"]
    if said.get("path") is None and "index" not in said:
        return pages_among(call, value.data["children"])
    made = Invocation(call.interpreter, None, "Route", value.data["children"], said, None, call.scope, value.place.line)
    node = _route_element(made)
    pages: list[Page] = node.data["pages"]
    node.data["taken"] = True
    auth = asked_by([value.data["name"]], value.place)
    return [replace(page, place=value.place, shows=_shown_by(page, value), auth=page.auth or auth) for page in pages]


def _shown_by(page: Page, element: Thing) -> Value:
    """Return what a route of the program's own shows: itself, if it is given nothing to show."""
    return element if page.shows is None and not page.children else page.shows


def _page(call: Invocation, value: MapValue) -> Page | None:
    """Read a route object; one without a path, an index or children is none."""
    entries = value.entries
    if not entries.keys() & {"path", "index", "children", "routes", "element"}:
        return None
    path = entries.get("path")
    call.interpreter.state.setdefault(READ, set()).add(value.place)
    shows = next((entries[name] for name in _SHOWS if entries.get(name) is not None), None)
    is_last = path is not None and entries.keys().isdisjoint(("children", "routes"))
    written = [] if path is None else texts_of(path)
    return Page(
        path=written[0] if written else None,
        aliases=written[1:],
        place=value.place,
        # What is shown may be put in later, by a key of the program's own: `{path: "/users", page: "users/List"}`.
        shows=Unknown("") if shows is None and is_last else shows,
        index=entries.get("index") is True,
        redirects=_leads_elsewhere(entries.get("element")) or isinstance(entries.get("redirect"), str),
        children=pages_among(call, [entries.get("children"), entries.get("routes")]),
        alone=path is not None,
    )


# --- elements -------------------------------------------------------------------------------------------------------


def _tree_of_elements(call: Invocation) -> Value:
    return tree_of(call, pages_among(call, call.positional), is_absolute=not call.name.endswith("Routes"))


def _route_element(call: Invocation) -> Value:
    """`<Route path="…" element={…}>children</Route>`; in version 5 what is shown may stand between the tags.

    One whose path is that of an object without any, in a list of objects, is none.
    """
    named = call.named
    if "path" in named and named["path"] is None:
        return None
    inner = pages_among(call, call.positional)
    if named.get("nest") is True:  # wouter's: what is inside goes on from there, whatever it begins with
        inner = [page if page.path is None else replace(page, path=page.path.lstrip("/")) for page in inner]
    shows = next((named[name] for name in _SHOWS if named.get(name) is not None), None)
    if shows is None and not inner:
        shows = named.get("children", next(iter(call.positional), None))
    written = texts_of(named["path"]) if named.get("path") is not None else [None]
    pages = [
        Page(
            path, call.place, shows, named.get("index") is True, _leads_elsewhere(shows), inner, alone=path is not None
        )
        for path in written
    ]
    is_relative = not named.keys().isdisjoint(("element", "Component", "lazy", "index"))
    is_relative = is_relative or any(one.data["is_relative"] for one in flattened(call.positional) if is_route(one))
    return route_node(call, pages, is_relative=is_relative)


def route_node(call: Invocation, pages: list[Page], *, is_relative: bool) -> Thing:
    """Make the element that one or several routes are, until it has its place in a tree."""
    said: dict[str, Value] = {"pages": pages, "taken": False, "is_relative": is_relative, "owner": _owner(call.scope)}
    return remembered(call, NODE, said)


def _redirect_element(call: Invocation) -> Value:
    """`<Redirect from="/old" to="/new"/>` of version 5, which takes `path` for the same."""
    said = call.named.get("from", call.named.get("path"))
    written = [] if said is None else texts_of(said)
    pages = [Page(path, call.place, redirects=True) for path in written]
    return route_node(call, pages, is_relative=False)


def _router_element(call: Invocation) -> Value:
    base = _base(call.named.get("basename", call.named.get("base")))
    if base.strip("/"):
        remembered(call, BASE, {"base": base})
    said: dict[str, Value] = {"component": None, "name": call.name, "attributes": {}, "children": call.positional}
    return Thing(ELEMENT, call.place, said)


def _index_element(call: Invocation) -> Value:
    """`<IndexRoute component={Users}/>` and `<IndexRedirect to="/users"/>` of version 3."""
    redirects = call.name.endswith("Redirect")
    return route_node(
        call, [Page("", call.place, call.named.get("component"), index=True, redirects=redirects)], is_relative=True
    )


def _leads_elsewhere(element: Value) -> bool:
    if not isinstance(element, Thing) or element.kind is not ELEMENT:
        return isinstance(element, Thing) and element.kind is NODE
    return str(element.data["name"]).rpartition(".")[2] in ("Navigate", "Redirect")


def is_route(value: Value) -> bool:
    """Tell whether a value is the element of a route."""
    return isinstance(value, Thing) and value.kind is NODE


# --- trees ----------------------------------------------------------------------------------------------------------


def tree_of(
    call: Invocation, pages: list[Page], *, base: str = "", is_application: bool = False, is_absolute: bool = False
) -> Thing:
    """Make a tree of routes, shown by the component that it is written in."""
    said: dict[str, Value] = {"pages": pages, "base": base, "is_application": is_application}
    said["is_absolute"] = is_absolute
    return remembered(call, TREE, {**said, "owner": _owner(call.scope)})


def remembered(call: Invocation, kind: Kind, said: dict[str, Value]) -> Thing:
    """Make a thing, and remember it for when everything has run."""
    made = Thing(kind, call.place, said)
    call.interpreter.things.append(made)
    return made


def _owner(scope: Scope | None) -> int:
    """Return which component a tree is shown by: the outermost function or class that it is written in."""
    owner = 0
    while scope is not None:
        if isinstance(scope.owner, nodes.Function | nodes.Class):
            owner = id(scope.owner)
        scope = scope.parent
    return owner


TREE = Kind("tree of routes", is_router=False)
NODE = Kind("route element", is_router=False)
BASE = Kind("router element", is_router=False)
