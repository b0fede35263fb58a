"""Routes that Laravel's controllers say themselves, with https://github.com/spatie/laravel-route-attributes."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.frameworks.php.laravel_facade import FILE, ROUTER, VERBS
from github_connections.analysis.frameworks.php.laravel_resources import resource_of
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import File
from github_connections.analysis.linking.routing import Router
from github_connections.analysis.linking.values import ClassValue, MapValue, Value, entries_of, text_of, texts_of
from github_connections.analysis.report import ANY_METHOD, Place
from github_connections.analysis.syntax import nodes

LIBRARY = "Spatie\\RouteAttributes"
_ATTRIBUTES = "Spatie.RouteAttributes.Attributes."
_WORDS = frozenset({*(verb.capitalize() for verb in VERBS), "Any", "Route", "Resource", "ApiResource"})
_WITHOUT_FORMS = ("create", "edit")


def register(interpreter: Interpreter) -> None:
    """Add what the attributes of controllers say."""
    directories: list[tuple[str, str]] | None = None
    for cls in interpreter.program.classes_with("php", _WORDS):
        on_class = list(_attributes(interpreter, cls, cls.node.decorators))
        methods = [item for item in cls.node.body if isinstance(item, nodes.Function)]
        on_methods = [(item, list(_attributes(interpreter, cls, item.decorators))) for item in methods]
        if not on_class and not any(said for _, said in on_methods):
            continue
        directories = _directories(interpreter) if directories is None else directories
        for router in _routers(interpreter, cls, on_class, directories):
            for attribute in on_class:
                _add_resource(interpreter, cls, router, attribute)
            for method, said in on_methods:
                for attribute in said:
                    _add(cls, router, method, attribute)


class _Attribute:
    """One attribute of the library, its arguments evaluated."""

    def __init__(self, interpreter: Interpreter, cls: ClassValue, name: str, written: nodes.Call) -> None:
        self.name = name
        self.place = Place(cls.scope.file.path, written.line)
        self._said = {
            item.name or str(at): interpreter.evaluate(item.value, cls.scope)
            for at, item in enumerate(written.arguments)
        }

    def value(self, position: int, name: str) -> Value:
        return self._said.get(name, self._said.get(str(position)))


def _attributes(interpreter: Interpreter, cls: ClassValue, decorators: list[nodes.Expression]) -> Iterator[_Attribute]:
    for decorator in decorators:
        if isinstance(decorator, nodes.Call):
            whole = interpreter.qualified_name(decorator, cls.scope)
            if whole.startswith(_ATTRIBUTES):
                yield _Attribute(interpreter, cls, whole.removeprefix(_ATTRIBUTES), decorator)


def _directories(interpreter: Interpreter) -> list[tuple[str, str]]:
    """Return the directories that config/route-attributes.php gives a prefix, with it."""
    found = []
    for path, file in interpreter.program.by_path.items():
        if path.endswith("config/route-attributes.php"):
            said = [item.value for item in file.module.body if isinstance(item, nodes.Return)]
            whole = interpreter.evaluate(said[0], file.scope) if said else None
            listed = entries_of(whole).get("directories")
            found += list(_prefixes(listed, file)) if isinstance(listed, MapValue) else []
    return found


def _prefixes(listed: MapValue, file: File) -> Iterator[tuple[str, str]]:
    for directory, options in listed.entries.items():
        if isinstance(options, MapValue) and "prefix" in options.entries:
            parts = [file.project_root, "app", directory.strip("/"), ""]
            yield "/".join(part for part in parts if part) + "/", text_of(options.entries["prefix"])


def _routers(
    interpreter: Interpreter, cls: ClassValue, on_class: list[_Attribute], directories: list[tuple[str, str]]
) -> list[Router]:
    """Return where the routes of a class hang: below its prefix, or below each of its groups."""
    path = cls.scope.file.path
    root = interpreter.new_router(ROUTER, cls.place, application=True, data={FILE: path})
    above = [item for item in directories if path.startswith(item[0])]
    if above:
        root.prefix, root.how = max(above)[1], "config/route-attributes.php"
    middleware = [
        text for item in on_class if item.name == "Middleware" for text in texts_of(item.value(0, "middleware"))
    ]
    groups = [item for item in on_class if item.name == "Group"] or [item for item in on_class if item.name == "Prefix"]
    return [
        root.group(text_of(item.value(0, "prefix")), item.place, "attribute", middleware=middleware) for item in groups
    ] or [root.group("", cls.place, "class", middleware=middleware)]


def _add(cls: ClassValue, router: Router, method: nodes.Function, attribute: _Attribute) -> None:
    if attribute.name == "Route":
        methods, path = texts_of(attribute.value(0, "methods")), attribute.value(1, "uri")
    elif attribute.name in _WORDS:
        methods, path = [ANY_METHOD if attribute.name == "Any" else attribute.name], attribute.value(0, "uri")
    else:
        return
    handler = f"{cls.node.name}.{method.name}"
    middleware = texts_of(attribute.value(2, "middleware"))
    verbs = [verb.upper() for verb in methods]
    router.add(verbs, text_of(path or "").strip("/"), attribute.place, handler, middleware=middleware)


def _add_resource(interpreter: Interpreter, cls: ClassValue, router: Router, attribute: _Attribute) -> None:
    if attribute.name not in ("Resource", "ApiResource"):
        return
    is_api = attribute.name == "ApiResource" or attribute.value(1, "apiResource") is True
    made = resource_of(router, text_of(attribute.value(0, "resource")), cls, attribute.place)
    made.data["left_out"] = {*(_WITHOUT_FORMS if is_api else ()), *texts_of(attribute.value(2, "except"))}
    made.data["only"] = set(texts_of(attribute.value(3, "only"))) or None
    made.data["shallow"] = attribute.value(6, "shallow") is True
    parameters = attribute.value(5, "parameters")
    if isinstance(parameters, MapValue):
        made.data["parameters"] = {name: text_of(value) for name, value in parameters.entries.items()}
    interpreter.things.append(made)
