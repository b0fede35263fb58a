"""Django's registry of apps, which a urlconf goes through for what each of them adds to it.

`for app in apps.get_app_configs(): urlpatterns += app.extra_urls()`.
"""

from __future__ import annotations

from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.program import classes_in
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import ClassValue, External, ListValue, ObjectValue, Unknown, Value

BASE = "AppConfig"


def declare(registry: Registry) -> None:
    """Add the registry."""
    registry.calls["django.apps.apps.get_app_configs"] = _configs


def _configs(call: Invocation) -> Value:
    """Return an object for each app of the program, with the name by which it is known; last one of which nothing is
    known, for those that have no class of their own."""
    interpreter = call.interpreter
    classes = [
        cls
        for file in interpreter.program.deriving("python", BASE)
        for cls in classes_in(file.scope)
        if _is_of_an_app(interpreter, cls)
    ]
    return ListValue([*(_config(interpreter, cls) for cls in classes), Unknown("app")], call.place)


def _is_of_an_app(interpreter: Interpreter, cls: ClassValue) -> bool:
    return any(isinstance(base, External) and base.name.endswith(f".{BASE}") for base in interpreter.bases(cls))


def _config(interpreter: Interpreter, cls: ClassValue) -> Value:
    name = interpreter.member(cls, "name")
    given: dict[str, Value] = {"label": name.rpartition(".")[2]} if isinstance(name, str) else {}
    said = interpreter.member(cls, "label")
    return ObjectValue(cls, {"label": said} if isinstance(said, str) else given, cls.place)
