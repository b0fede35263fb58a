"""Symfony's routes in PHP: `$routes->add(…)`, `$routes->import(…)`, and the route collections of before."""

from __future__ import annotations

import re
from typing import Any

from msgspec import Struct, field

from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import Kind, MapValue, Thing, Value, entries_of, text_of, texts_of
from github_connections.analysis.report import ANY_METHOD, Place

_CONFIGURATORS = "Symfony.Component.Routing.Loader.Configurator"
_METHOD = re.compile(r"METHOD_([A-Z]+)")
_CLASS = re.compile(r"\{\?(?:\w+\.)*(\w+)\.class\}")
_HOLE = re.compile(r"\{\?[^{}]*\}")
_CONFIGURATION_OF_KERNEL = re.compile(r"\{\?[^{}]*conf(ig)?_?dir[^{}]*\}/(?!config/)", re.IGNORECASE)


class Declared(Struct):
    """A route that a routing file declares: its path, or one for each language."""

    paths: list[str]
    methods: list[str]
    place: Place
    handler: str = ""
    defaults: list[str] = field(default_factory=list)  # the variables that have one


class Imported(Struct):
    """Routing files or controllers that a routing file takes in below a prefix, or one for each language."""

    resource: str
    prefixes: list[str]
    place: Place
    type: str = ""
    name: str = ""
    parent: str = ""  # the name of the import whose resources are above, of type `rest`
    exclude: list[str] = field(default_factory=list)  # patterns of files that are left out


def declare(registry: Registry) -> None:
    """Add the configurator's and the collection's types."""
    for name in (f"{_CONFIGURATORS}.RoutingConfigurator", "RoutingConfigurator"):  # written inside that namespace too
        registry.types[name] = CONFIGURATOR
    registry.types["Symfony.Component.Routing.RouteCollectionBuilder"] = BUILDER
    registry.calls["Symfony.Component.Routing.RouteCollection"] = lambda call: Thing(CONFIGURATOR, call.place)
    registry.calls["Symfony.Component.Routing.Route"] = _route


def method_of(text: str) -> str:
    """`Request::METHOD_GET` is GET."""
    match = _METHOD.search(text)
    return match.group(1) if match else text.upper()


def paths_of(value: Value) -> list[str]:
    """Return a path, or one for each language."""
    return [text_of(item) for item in value.entries.values()] if isinstance(value, MapValue) else texts_of(value)


def names_of(value: Value) -> list[str]:
    """Return the keys of an array."""
    return list(entries_of(value))


def _say(call: Invocation, item: Declared | Imported) -> None:
    written: dict[str, list[Any]] = call.interpreter.state.setdefault("symfony", {})
    items = written.setdefault(call.scope.file.path, [])
    if item not in items:
        items.append(item)


def _add(call: Invocation) -> Value:
    """`->add("name", "/path")`, or in a collection of before `->add("name", new Route("/path"))`."""
    given = call.value(1)
    if isinstance(given, Thing) and given.kind is ROUTE:
        declared = given.data["declared"]
    else:
        declared = Declared(paths_of(given), [ANY_METHOD], call.place)
    before = call.receiver.data.get("prefix", "") if isinstance(call.receiver, Thing) else ""
    declared.paths = [f"{before}{path}" for path in declared.paths]
    _say(call, declared)
    return Thing(ROUTE, call.place, {"declared": declared, "prefix": before})


def _route(call: Invocation) -> Value:
    """`new Route(path, defaults, requirements, options, host, schemes, methods)`."""
    methods = [method_of(text) for text in texts_of(call.value(6, "methods"))]
    defaults = names_of(call.value(1, "defaults"))
    declared = Declared(paths_of(call.value(0, "path")), methods or [ANY_METHOD], call.place, defaults=defaults)
    return Thing(ROUTE, call.place, {"declared": declared})


def _methods(call: Invocation) -> Value:
    call.receiver.data["declared"].methods = [method_of(text) for text in texts_of(call.value(0))]
    return call.receiver


def _defaults(call: Invocation) -> Value:
    call.receiver.data["declared"].defaults += names_of(call.value(0))
    return call.receiver


def _handler(call: Invocation) -> Value:
    given = call.value(0)
    parts = getattr(given, "items", [given])
    names = [getattr(getattr(part, "node", None), "name", "") or text_of(part) for part in parts]
    names = [_CLASS.sub(r"\1", name) for name in names]  # of a class that is not in the repository
    call.receiver.data["declared"].handler = "::".join(names)
    return call.receiver


def _import(call: Invocation) -> Value:
    given = call.value(0)
    resource = _resource(text_of(given.entries.get("path", "")) if isinstance(given, MapValue) else text_of(given))
    imported = Imported(_here(call, resource), [], call.place, text_of(call.value(1, "type")))
    imported.exclude = [_here(call, _resource(text)) for text in texts_of(call.value(3, "exclude"))]
    _say(call, imported)
    return Thing(IMPORT, call.place, {"imported": imported})


def _here(call: Invocation, resource: str) -> str:
    """`__DIR__ . "/more.php"` is written from where the file is."""
    directory = call.scope.file.directory
    return resource.removeprefix(directory).lstrip("/") if directory and resource.startswith(directory) else resource


def _resource(written: str) -> str:
    """A kernel names its directories by methods or by variables of its own: `$this->getConfigDir()."/{routes}/*.yaml"`;
    what is not known further on is any name."""
    start = "%kernel.project_dir%/config/" if _CONFIGURATION_OF_KERNEL.match(written) else "%kernel.project_dir%/"
    return _HOLE.sub("*", re.sub(r"^\{\?[^{}]*\}/", start, written))


def _import_prefix(call: Invocation) -> Value:
    call.receiver.data["imported"].prefixes = paths_of(call.value(0))
    return call.receiver


def _build(call: Invocation) -> Value:
    """`->add("/path", "controller", "name")` of a builder, as kernels had it before Symfony 5.1."""
    declared = Declared(paths_of(call.value(0)), [ANY_METHOD], call.place, text_of(call.value(1) or ""))
    _say(call, declared)
    return Thing(ROUTE, call.place, {"declared": declared})


def _import_below(call: Invocation) -> Value:
    """`->import("…/*.yaml", "/prefix", "glob")`."""
    prefix = call.value(1)
    _say(call, Imported(_resource(call.text(0)), [prefix] if isinstance(prefix, str) else [], call.place))
    return None


def _collection(call: Invocation) -> Value:
    return Thing(CONFIGURATOR, call.place, {"prefix": call.receiver.data.get("prefix", "")})


def _collection_prefix(call: Invocation) -> Value:
    call.receiver.data["prefix"] = call.text(0)
    return call.receiver


ROUTE = Kind(
    "symfony route",
    methods={
        "methods": _methods,
        "setMethods": _methods,
        "defaults": _defaults,
        "setDefaults": _defaults,
        "addDefaults": _defaults,
        "controller": _handler,
        "add": _add,
    },
    is_router=False,
)
IMPORT = Kind("symfony import", methods={"prefix": _import_prefix}, is_router=False)
BUILDER = Kind("symfony routes of before", methods={"add": _build, "import": _import_below}, is_router=False)
CONFIGURATOR = Kind(
    "symfony routes",
    methods={"add": _add, "import": _import, "collection": _collection, "prefix": _collection_prefix},
    is_router=False,
)
