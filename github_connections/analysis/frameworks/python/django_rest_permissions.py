"""Who may call a view of Django REST framework: permission classes of views, functions and settings."""

from __future__ import annotations

from github_connections.analysis.frameworks.python.django_rest_choices import of_choice
from github_connections.analysis.frameworks.python.django_rest_lists import SAFE, of_expression, of_permissions
from github_connections.analysis.linking.classes import library_bases, lineage
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import (
    NOTHING,
    ClassValue,
    FunctionValue,
    Value,
    entries_of,
    source_of,
)
from github_connections.analysis.report import Auth, AuthSource, Place
from github_connections.analysis.syntax import nodes

# By which a view may ask for a log-in without permission classes.
_WAYS_OF_ITS_OWN = ("check_permissions", "dispatch", "has_permission", "initial", "perform_authentication")
# Views of libraries that whoever has no token yet comes to.
_FOR_STRANGERS = ("ObtainAuthToken", "TokenObtainPairView", "TokenRefreshView", "TokenVerifyView", "TokenViewBase")


def attribute_of(interpreter: Interpreter, cls: ClassValue, name: str) -> Value:
    """Return what a view says under a name; None where it says nothing."""
    value = interpreter.member(cls, name)
    return None if value is NOTHING else value


def default_permissions(interpreter: Interpreter) -> Auth:
    """Return what settings say for all API views: REST_FRAMEWORK's DEFAULT_PERMISSION_CLASSES."""
    for file in interpreter.program.declaring("python", "REST_FRAMEWORK"):
        classes = entries_of(interpreter.own_name(file, "REST_FRAMEWORK")).get("DEFAULT_PERMISSION_CLASSES")
        if classes is not None:
            return of_permissions(
                interpreter, classes, "POST", _assigned(file.module.body, "REST_FRAMEWORK", file.path)
            )
    return Auth()


def auth_of_view(interpreter: Interpreter, cls: ClassValue, method: str, default: Auth, action: str = "") -> Auth:
    """Return what a view's permission classes say, or the settings' where it has none; what its own `get_permissions`
    chooses, as far as that goes by the verb and the action."""
    own = _said(interpreter, cls, method, default)
    choosing = interpreter.member(cls, "get_permissions")
    return of_choice(interpreter, choosing, action, method, own) if isinstance(choosing, FunctionValue) else own


def _said(interpreter: Interpreter, cls: ClassValue, method: str, default: Auth) -> Auth:
    for one in lineage(interpreter, cls):
        for statement in one.node.body:
            if isinstance(statement, nodes.Assign) and statement.target == nodes.Name("permission_classes"):
                if _is_left_to_others(interpreter, cls, one, statement.value):
                    return Auth()
                place = Place(one.scope.file.path, statement.line)
                return (
                    of_expression(interpreter, statement.value, one.scope, method, place) if statement.value else Auth()
                )
    for name in library_bases(interpreter, cls):
        if name.rpartition(".")[2] in _FOR_STRANGERS:
            return Auth(
                state="none", by=[AuthSource(name=name.rpartition(".")[2], file=cls.place.file, line=cls.place.line)]
            )
    return _usual(default, method)


def _is_left_to_others(
    interpreter: Interpreter, cls: ClassValue, owner: ClassValue, said: nodes.Expression | None
) -> bool:
    """Tell whether an empty list only says that others ask: it is a base's, or the view has a way of its own."""
    if not isinstance(said, nodes.Sequence) or said.items:
        return False
    return owner is not cls or any(
        isinstance(interpreter.member(cls, name), FunctionValue) for name in _WAYS_OF_ITS_OWN
    )


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
                return of_expression(interpreter, argument.value, view.scope, method, place)
    return _usual(default, method)


def _assigned(body: list[nodes.Statement], name: str, file: str) -> Place:
    """Return where a name is assigned to in a body; line 0 where it is not."""
    lines = (one.line for one in body if isinstance(one, nodes.Assign) and one.target == nodes.Name(name))
    return Place(file, next(lines, 0))
