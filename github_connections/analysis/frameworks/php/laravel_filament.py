"""Filament: the pages of a Laravel application's panels, those of its resources and of their own.

https://filamentphp.com/docs/panel-configuration
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from github_connections.analysis.frameworks.inflection import hyphenated, plural
from github_connections.analysis.frameworks.php.laravel_facade import FILE, ROUTER
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import classes_in
from github_connections.analysis.linking.routing import Router
from github_connections.analysis.linking.values import ClassValue, External, Value, items_in, text_of
from github_connections.analysis.report import Place
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import beginning_of
from github_connections.analysis.syntax.walking import nodes_in

MARKS = frozenset({"PanelProvider"})
# What a panel turns on, with the routes of it that strangers may ask for, and those for people who are logged in.
_FOR_STRANGERS = {
    "login": (("GET", "login"),), "registration": (("GET", "register"),),
    "passwordReset": (("GET", "password-reset/request"), ("GET", "password-reset/reset")),
}  # fmt: skip
_FOR_KNOWN = {
    "id": (("POST", "logout"),), "profile": (("GET", "profile"),), "tenant": (("GET", ""),),
    "tenantRegistration": (("GET", "new"),),
    "emailVerification": (("GET", "email-verification/prompt"), ("GET", "email-verification/verify/{id}/{hash}")),
}  # fmt: skip
_LISTED = ("resources", "pages")
_LOOKED_THROUGH = ("discoverResources", "discoverPages", "discoverClusters")
_PAGES = frozenset({"Filament.Pages.Page", "Filament.Pages.SettingsPage"})
_DASHBOARD, _RESOURCE, _CLUSTER = "Filament.Pages.Dashboard", "Filament.Resources.Resource", "Filament.Clusters.Cluster"


class _Said(Struct):
    """One call that sets up a panel: `->path('admin')`."""

    place: Place
    values: dict[str, Value]

    def first(self) -> Value:
        """Return the argument that stands first."""
        return next(iter(self.values.values()), None)


def register(interpreter: Interpreter) -> None:
    """Add the pages of all panels."""
    for cls in interpreter.program.classes_with("php", MARKS):
        method = next((one for one in cls.node.body if isinstance(one, nodes.Function) and one.name == "panel"), None)
        if method is not None:
            _panel(interpreter, cls, _set_up(interpreter, cls, method))


def _set_up(interpreter: Interpreter, cls: ClassValue, method: nodes.Function) -> dict[str, list[_Said]]:
    """Return what a panel is told, by the names of the methods."""
    said: dict[str, list[_Said]] = {}
    panels = {parameter.name for parameter in method.parameters}
    for call in nodes_in(method.body):
        if isinstance(call, nodes.Call) and isinstance(call.function, nodes.Member) and beginning_of(call) in panels:
            values = {
                one.name or str(at): interpreter.evaluate(one.value, cls.scope) for at, one in enumerate(call.arguments)
            }
            place = Place(cls.scope.file.path, call.line)
            said.setdefault(call.function.name, []).insert(0, _Said(place, values))
    return said


def _panel(interpreter: Interpreter, cls: ClassValue, said: dict[str, list[_Said]]) -> None:
    place = Place(cls.scope.file.path, cls.node.line)
    root = interpreter.new_router(ROUTER, place, application=True, data={FILE: place.file})
    path = said["path"][-1] if "path" in said else _Said(place, {})
    panel = root.group(text_of(path.first() or "").strip("/"), path.place, "filament")
    asks: list[Value] = ["auth"] if "authMiddleware" in said or "login" in said else []
    _add_turned_on(panel, said, asks)
    tenant = said.get("tenant")
    below = panel if tenant is None else panel.group("{tenant}", tenant[0].place, "filament")
    for page in _classes(interpreter, said):
        if isinstance(page, ClassValue):
            _add(interpreter, below, page, asks)
        elif text_of(page).strip("{?}").removesuffix(".class").endswith("Dashboard"):  # the library's own
            below.add(["GET"], "", said["pages"][0].place, "Dashboard", page=True, middleware=asks)
    if not any(route.path == "" for route in below.routes):
        below.add(["GET"], "", path.place, None, redirect=True, middleware=asks)


def _add_turned_on(panel: Router, said: dict[str, list[_Said]], asks: list[Value]) -> None:
    """Add the routes of the library's own that a panel turns on."""
    for names, middleware in ((_FOR_STRANGERS, []), (_FOR_KNOWN, asks)):
        for name, listed in names.items():
            for verb, tail in listed if name in said else ():
                panel.add([verb], tail, said[name][0].place, None, page=True, middleware=middleware)


def _classes(interpreter: Interpreter, said: dict[str, list[_Said]]) -> list[Value]:
    """Return the classes that a panel lists, and those of the directories that it looks through, each once."""
    found: dict[int, Value] = {}
    for one in (one for name in _LISTED for one in said.get(name, ())):
        value = one.first()
        for item in items_in(value):
            found[id(item.node) if isinstance(item, ClassValue) else id(item)] = item
    for one in (one for name in _LOOKED_THROUGH for one in said.get(name, ())):
        directory = text_of(one.values.get("in", one.first())).strip("/")
        for cls in _declared_in(interpreter, directory) if directory else ():
            if _set(cls, "isDiscovered") != nodes.Constant(False):
                found.setdefault(id(cls.node), cls)
    return list(found.values())


def _declared_in(interpreter: Interpreter, directory: str) -> Iterator[ClassValue]:
    program = interpreter.program
    files = [file for file in program.of_family("php") if f"/{directory}/" in f"/{file.path}"]
    program.parse(files)
    for file in files:
        yield from classes_in(file.scope)


def _add(interpreter: Interpreter, panel: Router, cls: ClassValue, middleware: list[Value]) -> None:
    """Add the pages of a resource, or a page that is one itself; nothing for any other class."""
    if "abstract" in cls.node.modifiers:
        return
    bases = {base.name for base in interpreter.bases(cls) if isinstance(base, External)}
    place = Place(cls.scope.file.path, cls.node.line)
    cluster = _set(cls, "cluster")
    above = panel
    if isinstance(cluster, nodes.Member):  # of `Products::class`
        found = interpreter.evaluate(cluster.of, cls.scope)
        above = panel.group(_path_of_cluster(found, nodes.bare_name(cluster.of)), place, "filament")
    if _RESOURCE in bases:
        _add_resource(above.group(_slug(cls) or _path_of_resource(cls), place, "filament"), cls, middleware)
        return
    path = None
    if _DASHBOARD in bases:
        said = _set(cls, "routePath")
        path = said.value.strip("/") if isinstance(said, nodes.Text) else ""
    elif _CLUSTER in bases:
        path = _path_of_cluster(cls, "")
    elif bases & _PAGES:
        path = _slug(cls) or hyphenated(cls.node.name)
    if path is not None:
        above.add(["GET"], path, place, cls.node.name, page=True, middleware=middleware)


def _add_resource(group: Router, cls: ClassValue, middleware: list[Value]) -> None:
    """`getPages()` names the pages of a resource: `'edit' => Pages\\EditBoat::route('/{record}/edit')`."""
    pages = [one for one in cls.node.body if isinstance(one, nodes.Function) and one.name == "getPages"]
    for item in nodes_in([method.body for method in pages]):
        match item:
            case nodes.Entry(
                value=nodes.Call(
                    function=nodes.Member(of=page, name="route"),
                    arguments=[nodes.Argument(value=nodes.Text(value=path)), *_],
                    line=line,
                )
            ):
                place = Place(cls.scope.file.path, line)
                group.add(["GET"], path.strip("/"), place, nodes.bare_name(page), page=True, middleware=middleware)


def _path_of_cluster(cls: Value, name: str) -> str:
    own = _slug(cls) if isinstance(cls, ClassValue) else ""
    return own or hyphenated((cls.node.name if isinstance(cls, ClassValue) else name).removesuffix("Cluster"))


def _path_of_resource(cls: ClassValue) -> str:
    r"""`App\Filament\Resources\Fleet\BoatResource` is at `fleet/boats`; `Boats\BoatResource` at `boats`."""
    inside = cls.scope.file.head.package.partition("\\Resources")[2].strip("\\")
    parts = [part for part in inside.split("\\") if part]
    last = plural(cls.node.name.removesuffix("Resource"))
    return "/".join(hyphenated(part) for part in ([*parts[:-1], last] if parts[-1:] == [last] else [*parts, last]))


def _slug(cls: ClassValue) -> str:
    said = _set(cls, "slug")
    return said.value.strip("/") if isinstance(said, nodes.Text) else ""


def _set(cls: ClassValue, name: str) -> nodes.Expression | None:
    """Return what a class sets its property to: `protected static ?string $slug = 'boats';`."""
    for item in cls.node.body:
        match item:
            case nodes.Assign(target=nodes.Name(id=own), value=value) if own == name:
                return value
    return None
