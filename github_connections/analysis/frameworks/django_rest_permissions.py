"""Who may call a view of Django REST framework: permission classes of views, functions and settings."""

from __future__ import annotations

import re

from github_connections.analysis.linking.classes import lineage
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import (
    NOTHING,
    ClassValue,
    External,
    FunctionValue,
    ListValue,
    MapValue,
    ObjectValue,
    Value,
    source_of,
)
from github_connections.analysis.report import Auth, AuthSource, AuthState, Place
from github_connections.analysis.syntax import nodes

SAFE = ("GET", "HEAD", "OPTIONS")


def attribute_of(interpreter: Interpreter, cls: ClassValue, name: str) -> Value:
    """Return what a view says under a name; None where it says nothing."""
    value = interpreter.member(cls, name)
    return None if value is NOTHING else value


def default_permissions(interpreter: Interpreter) -> Auth:
    """Return what settings say for all API views: REST_FRAMEWORK's DEFAULT_PERMISSION_CLASSES."""
    for file in interpreter.program.declaring("python", "REST_FRAMEWORK"):
        value = interpreter.own_name(file, "REST_FRAMEWORK")
        classes = value.entries.get("DEFAULT_PERMISSION_CLASSES") if isinstance(value, MapValue) else None
        if classes is not None:
            return of_permissions(classes, "POST", _assigned(file.module.body, "REST_FRAMEWORK", file.path))
    return Auth()


def auth_of_view(interpreter: Interpreter, cls: ClassValue, method: str, default: Auth) -> Auth:
    """Return what a view's permission classes say, or the settings' where it has none; nothing where its own
    `get_permissions` decides."""
    if isinstance(interpreter.member(cls, "get_permissions"), FunctionValue):
        return Auth()
    classes = attribute_of(interpreter, cls, "permission_classes")
    return _usual(default, method) if classes is None else of_permissions(classes, method, _place_of(interpreter, cls))


def _usual(default: Auth, method: str) -> Auth:
    """Return what the settings say of a verb: nobody is asked to log in for reading where they only let others read."""
    reads = method in SAFE and default.by and all(one.name.endswith("ReadOnly") for one in default.by)
    return Auth(state="none", by=default.by) if reads else default


def auth_of_function(interpreter: Interpreter, view: FunctionValue, method: str, default: Auth) -> Auth:
    """Return what `@permission_classes([...])` says of a verb, or the settings where there is none."""
    for decorator in view.node.decorators:
        if isinstance(decorator, nodes.Call) and source_of(decorator.function).endswith("permission_classes"):
            for argument in decorator.arguments[:1]:
                place = Place(view.place.file, decorator.line)
                return of_permissions(interpreter.evaluate(argument.value, view.scope), method, place)
    return _usual(default, method)


def _place_of(interpreter: Interpreter, cls: ClassValue) -> Place:
    """Return where a view or a base of it says its permission classes; where it stands itself, if nobody is seen to."""
    for one in lineage(interpreter, cls):
        place = _assigned(one.node.body, "permission_classes", one.scope.file.path)
        if place.line:
            return place
    return cls.place


def _assigned(body: list[nodes.Statement], name: str, file: str) -> Place:
    """Return where a name is assigned to in a body; line 0 where it is not."""
    lines = (one.line for one in body if isinstance(one, nodes.Assign) and one.target == nodes.Name(name))
    return Place(file, next(lines, 0))


def of_permissions(classes: Value, method: str, place: Place) -> Auth:
    """Read a list of permission classes: IsAuthenticated and its kin, AllowAny, the read-only ones by the verb.

    `place` is where the list is said.
    """
    found: list[AuthSource] = []
    state: AuthState = "unknown"
    for item in classes.items if isinstance(classes, ListValue) else []:
        name = _permission_name(item)
        if name == "AllowAny":
            return Auth(state="none", by=[_source(name, place)])
        if name.endswith(("ReadOnly", "OrReadOnly")) and method in SAFE:
            state = "none" if state == "unknown" else state
            found.append(_source(name, place))
        elif re.search(r"Authenticated|Admin|Permission|Owner|Staff|Member|Token|Role|ReadOnly", name):
            state = "required"
            found.append(_source(name, place))
    return Auth(state=state, by=found)


def _permission_name(item: Value) -> str:
    if isinstance(item, External):
        return item.name.removesuffix("()").rpartition(".")[2]
    if isinstance(item, str):
        return item.rpartition(".")[2]
    node = item.node if isinstance(item, ClassValue) else getattr(getattr(item, "cls", None), "node", None)
    return getattr(node, "name", "") if not isinstance(item, ObjectValue) or node else ""


def _source(name: str, place: Place) -> AuthSource:
    return AuthSource(name=name, file=place.file, line=place.line)
