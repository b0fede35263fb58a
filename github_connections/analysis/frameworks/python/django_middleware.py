"""Django's `LoginRequiredMiddleware`: all views ask for a log-in but those that say that they do not."""

from __future__ import annotations

from github_connections.analysis.frameworks.python import python_views
from github_connections.analysis.linking.classes import library_bases
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import ClassValue, FunctionValue, ListValue, Value
from github_connections.analysis.report import Auth, AuthSource
from github_connections.analysis.syntax import nodes

MIDDLEWARE = "django.contrib.auth.middleware.LoginRequiredMiddleware"
_LETTING_IN = "login_not_required"
_SETTING = "MIDDLEWARE"
# The library's own views for those who are not logged in say so themselves.
_OF_LOG_INS = "django.contrib.auth"


def asked_of_all(interpreter: Interpreter) -> Auth:
    """Return what the settings ask of all views; nothing where they have no such middleware."""
    for file in interpreter.program.declaring("python", _SETTING):
        listed = interpreter.own_name(file, _SETTING)
        if isinstance(listed, ListValue) and MIDDLEWARE in listed.items:
            name = MIDDLEWARE.rpartition(".")[2]
            return Auth(state="required", by=[AuthSource(name=name, file=file.path, line=listed.place.line or 1)])
    return Auth()


def lets_in(interpreter: Interpreter, view: Value) -> bool:
    """Tell whether the middleware lets everybody through to a view, or nobody can tell."""
    view = python_views.unwrapped(view)
    owner = python_views.view_class(view) or view
    if not isinstance(owner, FunctionValue | ClassValue):
        return True
    named = [name for decorator, _ in python_views.decorators_of(owner) for name in _names(decorator)]
    of_library = isinstance(owner, ClassValue) and any(
        name.startswith(_OF_LOG_INS) for name in library_bases(interpreter, owner)
    )
    return _LETTING_IN in named or of_library


def _names(decorator: nodes.Expression) -> list[str]:
    """Return the name of a decorator, and of what `method_decorator` is given."""
    given = decorator.arguments[:1] if isinstance(decorator, nodes.Call) else []
    return [nodes.bare_name(decorator), *(nodes.bare_name(one.value) for one in given)]
