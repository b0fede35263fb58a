"""What Flask's views answer to, verb by verb: functions, class views and the resources of its REST extensions."""

from __future__ import annotations

from github_connections.analysis.frameworks import rows
from github_connections.analysis.frameworks.python import flask_bodies, python_guards, python_requests, python_views
from github_connections.analysis.linking.classes import library_bases, lineage
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.routing import Reached
from github_connections.analysis.linking.values import (
    ClassValue,
    FunctionValue,
    ListValue,
    Value,
    texts_of,
)
from github_connections.analysis.linking.words import words_of
from github_connections.analysis.report import ANY_METHOD, Auth, Parameter, RouteKind
from github_connections.analysis.syntax import nodes

PAGES = frozenset({"render", "redirect", "flash"})


def verbs_of(interpreter: Interpreter, view: Value) -> list[str]:
    """Return the verbs of a view of which its rule says none."""
    cls = python_views.view_class(view)
    if cls is None:
        return ["GET", "POST"] if rows.name_of(view).removesuffix("()").endswith("GraphQLView.as_view") else ["GET"]
    found = python_views.own_verbs(interpreter, cls)
    declared = [method.upper() for method in texts_of(_methods_attribute(interpreter, cls))]
    return found or declared or [ANY_METHOD if _may_have_more_verbs(interpreter, cls) else "GET"]


def _methods_attribute(interpreter: Interpreter, cls: ClassValue) -> Value:
    value = interpreter.member(cls, "methods")
    return value if not callable(value) and hasattr(value, "items") else None


def _may_have_more_verbs(interpreter: Interpreter, cls: ClassValue) -> bool:
    """Tell whether a class may have methods for verbs from a library's view; without any, GET is what Flask takes."""
    endings = ("View", "Resource", "Controller")
    return any(name != "flask.views.View" and name.endswith(endings) for name in library_bases(interpreter, cls))


def kind_of(item: Reached) -> RouteKind:
    """Tell a page, which shows something or leads to it, from a part of an API."""
    handler = item.route.handler
    if item.route.options.get("page") or python_views.uses(handler, PAGES):
        return "page"
    words = words_of(handler.node) if isinstance(handler, FunctionValue) else ()
    # `render_template`, or a program's own `render_title_template`
    return "page" if any(word.startswith("render_") and "template" in word for word in words) else "api"


def parameters_of(interpreter: Interpreter, item: Reached) -> list[Parameter]:
    """Return what a view reads of its request, by itself or through parsers of arguments."""
    handler = item.route.handler
    if not isinstance(handler, FunctionValue):
        return []
    method = item.route.methods[0]
    said = flask_bodies.parsed(interpreter, handler, method) or flask_bodies.listed(interpreter, handler, method)
    return said or python_requests.parameters_of(handler, method)


def auth_of(interpreter: Interpreter, item: Reached) -> Auth:
    """Return what decorators of the method, of its class, the class's own lists of decorators, then what a blueprint
    does before each request say of a log-in."""
    cls = item.route.options.get("class")
    found = python_guards.auth_of(interpreter, [cls, item.route.handler])
    if not found.by and isinstance(cls, ClassValue):
        found = _listed_decorators(interpreter, cls, item.route.methods[0])
    return found if found.by else _asked_first(interpreter, item)


def _asked_first(interpreter: Interpreter, item: Reached) -> Auth:
    """`@blueprint.before_request` on what asks for a log-in. An application's own lets some pages through, as a rule:
    it says nothing of one."""
    routers = {id(router): router for router in (*(step.router for step in item.steps), item.router)}
    for router in routers.values():
        functions = router.data.get("before")
        if isinstance(functions, ListValue) and not router.application:
            found = python_guards.of_first(interpreter, functions.items)
            if found.by:
                return found
    return Auth()


def _listed_decorators(interpreter: Interpreter, cls: ClassValue, method: str) -> Auth:
    """`decorators = [login_required]` in the class body, or in that of a base; `method_decorators = {"put": […]}`."""
    for owner in lineage(interpreter, cls):
        for statement in owner.node.body:
            match statement:
                case nodes.Assign(target=nodes.Name(id="decorators" | "method_decorators"), value=value):
                    listed = _of_verb(value, method) if isinstance(value, nodes.Mapping) else value
                    items = listed.items if isinstance(listed, nodes.Sequence) else []
                    stand_in = nodes.Class(owner.node.name, [], [], statement.line, decorators=items)
                    return python_guards.auth_of(interpreter, [ClassValue(stand_in, owner.scope)])
    return python_views.auth_of_bases(interpreter, cls)


def _of_verb(said: nodes.Mapping, method: str) -> nodes.Expression | None:
    return next((one.value for one in said.entries if one.key == nodes.Text(method.lower())), None)
