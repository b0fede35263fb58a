"""react-admin: the pages that a `<Resource>` has by what it is given, and routes of an application's own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.javascript import element_routes
from github_connections.analysis.frameworks.javascript.page_routes import Page, flattened
from github_connections.analysis.frameworks.javascript.react_router_declarations import pages_among, route_node
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import FunctionValue, Unknown, Value, text_of
from github_connections.analysis.report import Route

NAME = "react-admin"
MODULES = ("react-admin", "ra-core", "ra-ui-materialui", "@api-platform/admin")
APPLICATIONS = ("Admin", "AdminUI", "CoreAdmin", "CoreAdminUI", "HydraAdmin", "OpenApiAdmin", "AdminGuesser")
# What a resource is given, and where it is shown below the resource's name.
_VIEWS = {"list": "", "create": "create", "edit": ":id", "show": ":id/show"}


def declare(registry: Registry) -> None:
    """Add the applications and their resources."""
    for module in MODULES:
        for name in APPLICATIONS:
            registry.calls[f"{module}.{name}"] = _application
        registry.calls[f"{module}.Resource"] = _resource
        registry.calls[f"{module}.ResourceGuesser"] = _guessed


def _application(call: Invocation) -> Value:
    pages = pages_among(call, _with_results(call, call.positional))
    own = {"": call.named.get("dashboard"), "login": call.named.get("loginPage")}
    pages += [Page(path, call.place, shows, alone=True) for path, shows in own.items() if shows not in (None, False)]
    return element_routes.tree(call, NAME, pages, base="basename")


def _with_results(call: Invocation, children: Iterable[Value]) -> Iterator[Value]:
    """`{permissions => [<Resource …/>]}`: what is inside an application may depend on who looks at it."""
    for child in flattened(children):
        is_asked = isinstance(child, FunctionValue)
        yield call.interpreter.call(child, [Unknown("permissions")]) if is_asked else child


def _resource(call: Invocation) -> Value:
    given = {view: call.named[view] for view in _VIEWS if call.named.get(view) not in (None, False)}
    return _node(call, given)


def _guessed(call: Invocation) -> Value:
    """What nobody gives a page for has one that is made from the description of the API."""
    given = {view: call.named.get(view, Unknown("guessed")) for view in _VIEWS}
    return _node(call, {view: shows for view, shows in given.items() if shows not in (None, False)})


def _node(call: Invocation, given: dict[str, Value]) -> Value:
    inner = element_routes.relative(pages_among(call, call.positional))
    views = [Page(_VIEWS[view], call.place, shows, alone=True) for view, shows in given.items()]
    name = text_of(call.named.get("name"))
    return route_node(call, [Page(name, call.place, children=[*views, *inner])], is_relative=True)


def routes(interpreter: Interpreter) -> Iterator[Route]:
    """Yield the pages of every application."""
    yield from element_routes.rows(interpreter, NAME, MODULES, APPLICATIONS)


FRAMEWORK = Framework(
    name=NAME,
    language="typescript",
    family="javascript",
    kind="client",
    packages=("react-admin", "ra-core", "@api-platform/admin"),
    imports=MODULES,
    declare=declare,
    routes=routes,
)
