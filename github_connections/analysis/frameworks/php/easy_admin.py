"""EasyAdmin: the routes of each dashboard for the controllers that edit entities.

https://symfony.com/bundles/EasyAdminBundle/current/dashboards.html#dashboard-route
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from github_connections.analysis.frameworks.php.symfony_configuration import Found
from github_connections.analysis.frameworks.php.symfony_routes import Declared, method_of
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import (
    ClassValue,
    External,
    ListValue,
    MapValue,
    Value,
    entries_of,
    text_of,
    texts_of,
)
from github_connections.analysis.report import ANY_METHOD, Place, Prefix
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import arguments_as

_LIBRARY = "EasyCorp.Bundle.EasyAdminBundle."
_BASE = "AbstractCrudController"
MARKS = frozenset({"AdminDashboard", "AdminRoute", "AdminCrud", "AdminAction", _BASE})
ACTIONS = {
    "index": (("GET",), ""), "new": (("GET", "POST"), "new"), "batchDelete": (("POST",), "batch-delete"),
    "autocomplete": (("GET",), "autocomplete"), "renderFilters": (("GET",), "render-filters"),
    "edit": (("GET", "POST", "PATCH"), "{entityId}/edit"), "delete": (("POST",), "{entityId}/delete"),
    "detail": (("GET",), "{entityId}"),
}  # fmt: skip


class _Attribute:
    """An attribute of the library, its arguments by their names."""

    def __init__(self, interpreter: Interpreter, cls: ClassValue, written: nodes.Call, order: tuple[str, ...]) -> None:
        self.place = Place(cls.scope.file.path, written.line)
        said = arguments_as(written, *order).items()
        self.said = {name: interpreter.evaluate(value, cls.scope) for name, value in said}

    def text(self, *names: str) -> str | None:
        """Return the first of these that is said."""
        return next((text_of(self.said[name]) for name in names if isinstance(self.said.get(name), str)), None)

    def classes(self, name: str) -> list[str] | None:
        """Return the names of the classes of a list, if it is said."""
        value = self.said.get(name)
        return [_name_of(item) for item in value.items] if isinstance(value, ListValue) else None


def found_in(interpreter: Interpreter) -> Iterator[Found]:
    """Yield the routes of all dashboards that say where they are: `#[AdminDashboard(routePath: "/admin")]`."""
    classes = [cls for cls in interpreter.program.classes_around("php", MARKS) if "abstract" not in cls.node.modifiers]
    said = [
        (cls, item)
        for cls in classes
        for item in _attributes(interpreter, cls, cls.node.decorators, ("AdminDashboard",))
    ]
    editing = [cls for cls in classes if _edits(interpreter, cls)] if said else []
    for dashboard, attribute in said:
        path = attribute.text("routePath")
        if path is not None:
            before = Prefix(
                value=path.rstrip("/"), file=attribute.place.file, line=attribute.place.line, how="easyadmin"
            )
            yield Found(Declared([path], [ANY_METHOD], attribute.place, f"{dashboard.node.name}.index"), ())
            for cls in editing:
                if _is_allowed(attribute, cls.node.name):
                    for declared in _of_controller(interpreter, attribute, cls):
                        yield Found(declared, (before,))


def _attributes(
    interpreter: Interpreter, cls: ClassValue, decorators: list[nodes.Expression], names: tuple[str, ...]
) -> Iterator[_Attribute]:
    order = ("routePath", "routeName") if "AdminRoute" not in names else ("path", "name", "options")
    for decorator in decorators:
        if isinstance(decorator, nodes.Call):
            whole = interpreter.qualified_name(decorator, cls.scope)
            if whole.startswith(_LIBRARY) and whole.rpartition(".")[2] in names:
                yield _Attribute(interpreter, cls, decorator, order)


def _edits(interpreter: Interpreter, cls: ClassValue) -> bool:
    return any(isinstance(base, External) and base.name.endswith(f".{_BASE}") for base in interpreter.bases(cls))


def _is_allowed(dashboard: _Attribute, name: str) -> bool:
    allowed, denied = dashboard.classes("allowedControllers"), dashboard.classes("deniedControllers")
    return (allowed is None or name in allowed) and name not in (denied or [])


def _name_of(value: Value) -> str:
    if isinstance(value, ClassValue):
        return value.node.name
    return text_of(value).strip("{?}").removesuffix(".class").replace("\\", ".").rpartition(".")[2]


def _of_controller(interpreter: Interpreter, dashboard: _Attribute, cls: ClassValue) -> Iterator[Declared]:
    own = next(_attributes(interpreter, cls, cls.node.decorators, ("AdminRoute", "AdminCrud")), None)
    named = re.sub(r"(Crud)?Controller$", "", cls.node.name)
    dashed = re.sub(r"(?<!^)(?=[A-Z])", "-", named).lower()
    root = (own.text("path", "routePath") if own is not None else None) or dashed
    custom = list(_of_methods(interpreter, cls))
    replaced = {declared.handler.rpartition(".")[2] for declared in custom}
    paths = dashboard.said.get("routes")
    for action, (methods, tail) in ACTIONS.items():
        if action not in replaced:
            changed = entries_of(entries_of(paths).get(action)).get("routePath")
            path = _below(root, tail if changed is None else text_of(changed))
            yield Declared([path], list(methods), cls.place, f"{cls.node.name}.{action}")
    for declared in custom:
        declared.paths = [_below(root, path) for path in declared.paths]
        yield declared


def _of_methods(interpreter: Interpreter, cls: ClassValue) -> Iterator[Declared]:
    for method in cls.node.body:
        if isinstance(method, nodes.Function):
            for said in _attributes(interpreter, cls, method.decorators, ("AdminRoute", "AdminAction")):
                options = said.said.get("options")
                listed = options.entries.get("methods") if isinstance(options, MapValue) else said.said.get("methods")
                methods = [method_of(text) for text in texts_of(listed)] or ["GET", "POST"]
                path = said.text("path", "routePath")
                dashed = re.sub(r"(?=[A-Z])", "-", method.name).lower()
                yield Declared(
                    [dashed if path is None else path], methods, said.place, f"{cls.node.name}.{method.name}"
                )


def _below(root: str, tail: str) -> str:
    return f"/{root.strip('/')}/{tail.strip('/')}".rstrip("/")
