"""NetBox and its kin: views that a decorator registers for a model, and urlconfs that include what a model has.

`@register_model_view(Site, "edit")` on a class, `include(get_model_urls("dcim", "site"))` in a urlconf.
"""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.frameworks.python import django_rest
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.names_python import module_parts
from github_connections.analysis.linking.program import classes_in
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import ClassValue, External, Thing, Value, is_known, text_of
from github_connections.analysis.report import Place
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import arguments_as, first_argument

DECORATOR = "register_model_view"
ASKED = "get_model_urls"


def included(call: Invocation) -> Value:
    """Return the urls of the model that `include(get_model_urls(…))` asks for; None where it asks for others."""
    asked = first_argument(call.node)
    if not isinstance(asked, nodes.Call) or nodes.bare_name(asked) != ASKED:
        return None
    said = _arguments(call.interpreter, asked, ("app_label", "model_name", "detail"), call.scope)
    app, model, detail = text_of(said.get("app_label")), text_of(said.get("model_name")), said.get("detail", True)
    found = [item for item in _registered(call.interpreter, app, model.lower()) if item[1] == detail]
    if not found or not is_known(model):
        return None
    routes = [(path, cls, place) for path, _, cls, place in found]
    return Thing(django_rest.URLS, call.place, {"routes": lambda _: iter(routes)})


def _arguments(interpreter: Interpreter, call: nodes.Call, names: tuple[str, ...], scope: Scope) -> dict[str, Value]:
    return {name: interpreter.evaluate(value, scope) for name, value in arguments_as(call, *names).items()}


def _registered(interpreter: Interpreter, app: str, model: str) -> Iterator[tuple[str, Value, ClassValue, Place]]:
    """Yield (path, whether of one object, class, place) of the views of a model, in the order of their files."""
    for file in interpreter.program.with_words("python", frozenset({DECORATOR})):
        for cls in classes_in(file.scope):
            for decorator in cls.node.decorators:
                if isinstance(decorator, nodes.Call) and nodes.bare_name(decorator) == DECORATOR:
                    said = _arguments(interpreter, decorator, ("model", "name", "path", "detail"), cls.scope)
                    if _is_of(said.get("model"), app, model):
                        name, path = said.get("name", ""), said.get("path")
                        written = text_of(name if path is None else path)
                        place = Place(file.path, getattr(decorator, "line", cls.node.line))
                        yield f"{written}/" if written else "", said.get("detail", True), cls, place


def _is_of(given: Value, app: str, model: str) -> bool:
    """Tell whether a class is the model of this name in this app; where its module does not say the app, the name
    decides."""
    if isinstance(given, ClassValue):
        name, parts = given.node.name, module_parts(given.scope.file.path)
    elif isinstance(given, External):
        *parts, name = given.name.split(".")
    else:
        return False
    label = parts[parts.index("models") - 1] if "models" in parts[1:] else app
    return name.lower() == model and label == app
