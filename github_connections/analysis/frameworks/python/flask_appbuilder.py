"""Flask-AppBuilder: views and APIs as classes whose methods are exposed, below a route of the class's own."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.linking.classes import library_bases, lineage
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.routing import Router
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import (
    NOTHING,
    ClassValue,
    FunctionValue,
    Kind,
    ObjectValue,
    Value,
    text_of,
    texts_of,
)
from github_connections.analysis.report import Place
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import arguments_as

Answers = dict[str, tuple[tuple[str, str], ...]]

MODEL_VIEW: Answers = {
    "list": (("GET", "/list/"),),
    "show": (("GET", "/show/<pk>"),),
    "add": (("GET", "/add"), ("POST", "/add")),
    "edit": (("GET", "/edit/<pk>"), ("POST", "/edit/<pk>")),
    "delete": (("GET", "/delete/<pk>"), ("POST", "/delete/<pk>")),
    "download": (("GET", "/download/<string:filename>"),),
    "action": (("GET", "/action/<string:name>/<pk>"), ("POST", "/action/<string:name>/<pk>")),
    "action_post": (("POST", "/action_post"),),
}
FORM_VIEW: Answers = {"this_form_get": (("GET", "/form"),), "this_form_post": (("POST", "/form"),)}
CHART_VIEW: Answers = {"chart": (("GET", "/chart/<group_by>"), ("GET", "/chart/"))}
# What the library's classes bring, by the last part of their name: verb and path by the method that answers.
BROUGHT: dict[str, Answers] = {
    "ModelView": MODEL_VIEW,
    "CompactCRUDMixin": {
        **MODEL_VIEW,
        "list": (("GET", "/list/"), ("POST", "/list/")),
        "add": (("GET", "/add/"), ("POST", "/add/")),
    },
    "MasterDetailView": {**MODEL_VIEW, "list": (("GET", "/list/"), ("GET", "/list/<pk>"))},
    "MultipleView": {"list": (("GET", "/list/"),)},
    "SimpleFormView": FORM_VIEW,
    "PublicFormView": FORM_VIEW,
    "IndexView": {"index": (("GET", "/"),)},
    **dict.fromkeys(
        ("ChartView", "TimeChartView", "DirectChartView", "GroupByChartView", "DirectByChartView"), CHART_VIEW
    ),
    "ModelRestApi": {
        "info": (("GET", "/_info"),),
        "get_list": (("GET", "/"),),
        "get": (("GET", "/<int:pk>"),),
        "post": (("POST", "/"),),
        "put": (("PUT", "/<pk>"),),
        "delete": (("DELETE", "/<pk>"),),
    },
}
APIS = frozenset({"BaseApi", "BaseModelApi", "ModelRestApi"})


def add_view(kind: Kind, call: Invocation) -> Value:
    """`appbuilder.add_view(Users, "Users")` and `add_api(UsersApi)`."""
    view = call.value(0, "baseview")
    cls = view.cls if isinstance(view, ObjectValue) else view
    if isinstance(cls, ClassValue):
        inner = Router(kind, cls.place)
        for method, path, place, handler in _exposed(call.interpreter, cls):
            inner.add([method], path, place, handler)
        call.receiver.mount(_route_base(call.interpreter, cls), inner, cls.place, call.name)
    return view


def _library_bases(interpreter: Interpreter, cls: ClassValue) -> list[str]:
    return [name.rpartition(".")[2] for name in library_bases(interpreter, cls)]


def _route_base(interpreter: Interpreter, cls: ClassValue) -> str:
    """Return what all routes of a class stand below: what it says, else its name or that of its resource."""
    said = interpreter.member(cls, "route_base")
    if said is not NOTHING and said is not None:
        return text_of(said)
    bases = _library_bases(interpreter, cls)
    if APIS.isdisjoint(bases):
        return "" if "IndexView" in bases else f"/{cls.node.name.lower()}"
    version, resource = (interpreter.member(cls, name) for name in ("version", "resource_name"))
    name = cls.node.name if resource is NOTHING or resource is None else text_of(resource)
    return f"/api/{'v1' if version is NOTHING else text_of(version)}/{name.lower()}"


def _exposed(interpreter: Interpreter, cls: ClassValue) -> Iterator[tuple[str, str, Place, Value]]:
    """Yield (verb, path, place, method) of the class, of its bases in the program, then of the library's."""
    known: set[str] = set()
    for function in methods_of(interpreter, cls):
        if function.node.name not in known and not _is_left_out(interpreter, cls, function.node.name):
            yield from exposed_by(interpreter, function)
        known.add(function.node.name)
    for name in _library_bases(interpreter, cls):
        for method_name, answers in BROUGHT.get(name, {}).items():
            if method_name not in known and not _is_left_out(interpreter, cls, method_name):
                known.add(method_name)
                yield from ((method, path, cls.place, f"{cls.node.name}.{method_name}") for method, path in answers)


def methods_of(interpreter: Interpreter, cls: ClassValue) -> Iterator[FunctionValue]:
    """Yield the methods of a class, then those of its bases in the program."""
    for owner in lineage(interpreter, cls):
        functions = (one for one in owner.node.body if isinstance(one, nodes.Function))
        yield from (FunctionValue(node, owner.scope, owner) for node in functions)


def exposed_by(interpreter: Interpreter, function: FunctionValue) -> Iterator[tuple[str, str, Place, Value]]:
    """Yield (verb, path, place, method) for each `@expose(path, methods=…)` on a method."""
    for decorator in (one for one in function.node.decorators if isinstance(one, nodes.Call)):
        name = interpreter.qualified_name(decorator, function.scope) or nodes.bare_name(decorator)
        if name.rpartition(".")[2] == "expose":
            place = Place(function.scope.file.path, decorator.line)
            for method, path in _said(interpreter, decorator, function.scope):
                yield method, path, place, function


def _said(interpreter: Interpreter, decorator: nodes.Call, scope: Scope) -> Iterator[tuple[str, str]]:
    said = arguments_as(decorator, "url", "methods")
    path = text_of(interpreter.evaluate(said.get("url", nodes.Text("/")), scope))
    methods = texts_of(interpreter.evaluate(said["methods"], scope)) if "methods" in said else ["GET"]
    yield from ((method.upper(), path) for method in methods)


def _is_left_out(interpreter: Interpreter, cls: ClassValue, name: str) -> bool:
    """Tell whether `include_route_methods` or `exclude_route_methods` of an API leaves a method out."""
    included, excluded = (interpreter.member(cls, f"{word}_route_methods") for word in ("include", "exclude"))
    if included is not NOTHING and included is not None and name not in texts_of(included):
        return True
    return excluded is not NOTHING and name in texts_of(excluded)
