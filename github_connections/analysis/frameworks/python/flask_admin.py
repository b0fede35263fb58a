"""Flask-Admin: views as classes whose methods are exposed, below the address of the view in that of the admin."""

from __future__ import annotations

from github_connections.analysis.frameworks.python import flask_appbuilder
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.routing import Router
from github_connections.analysis.linking.values import (
    Behaviour,
    ClassValue,
    External,
    Kind,
    Thing,
    Value,
    items_or_itself,
    text_of,
)

Answers = dict[str, tuple[tuple[tuple[str, ...], str], ...]]

BOTH = ("GET", "POST")
RECORDS: Answers = {
    "index_view": ((("GET",), "/"),),
    "create_view": ((BOTH, "/new/"),),
    "edit_view": ((BOTH, "/edit/"),),
    "details_view": ((("GET",), "/details/"),),
    "delete_view": ((("POST",), "/delete/"),),
    "action_view": ((("POST",), "/action/"),),
    "export": ((("GET",), "/export/<export_type>/"),),
    "ajax_lookup": ((("GET",), "/ajax/lookup/"),),
    "ajax_update": ((("POST",), "/ajax/update/"),),
}
FILES: Answers = {
    "index": ((("GET",), "/old_index"), (("GET",), "/old_b/<path:path>")),
    "index_view": ((("GET",), "/"), (("GET",), "/b/<path:path>")),
    "upload": ((BOTH, "/upload/"), (BOTH, "/upload/<path:path>")),
    "download": ((("GET",), "/download/<path:path>"),),
    "mkdir": ((BOTH, "/mkdir/"), (BOTH, "/mkdir/<path:path>")),
    "delete": ((("POST",), "/delete/"),),
    "rename": ((BOTH, "/rename/"),),
    "edit": ((BOTH, "/edit/"),),
    "action_view": ((("POST",), "/action/"),),
}
# What the library's classes bring, by the method that answers.
VIEWS: dict[str, Answers] = {
    "BaseView": {},
    "AdminIndexView": {"index": ((("GET",), "/"),)},
    "BaseModelView": RECORDS,
    "ModelView": RECORDS,
    "BaseFileAdmin": FILES,
    "FileAdmin": FILES,
}
MODULES = (
    *("flask_admin", "flask_admin.base", "flask_admin.model", "flask_admin.model.base"),
    *(
        f"flask_admin.contrib.{name}{module}"
        for name in ("sqla", "sqlamodel", "peewee", "mongoengine", "pymongo", "fileadmin")
        for module in ("", ".view")
    ),
)
INDEX = "AdminIndexView"


def declare(registry: Registry) -> None:
    """Add the admin and the classes that its views are derived from."""
    for module in MODULES[:2]:
        registry.calls[f"{module}.Admin"] = _admin
    for module in MODULES:
        for name in VIEWS:
            registry.calls[f"{module}.{name}"] = _view(name)


def _view(name: str) -> Behaviour:
    """Return what makes a view: of the library's class itself, or of a class of the program derived from it."""

    def make(call: Invocation) -> Value:
        cls = call.receiver if isinstance(call.receiver, ClassValue) else None
        made = Thing(VIEW, call.place, {"class": cls, "brought": name})
        _say(made, call)
        return made

    return make


def _say(view: Thing, call: Invocation) -> None:
    """Take what a constructor is told, by the program or by a derived class."""
    view.data.update({name: call.named[name] for name in ("endpoint", "url") if call.named.get(name) is not None})
    if VIEWS[view.data["brought"]] is RECORDS:
        view.data["model"] = call.value(0, "model", view.data.get("model"))


def _said_by_derived(call: Invocation) -> Value:
    _say(call.receiver, call)
    return None


def _admin(call: Invocation) -> Value:
    made = call.router(ADMIN, data={"said": {name: call.named.get(name) for name in ("endpoint", "url")}})
    _put_index(made, call, call.value(4, "index_view"))
    _attach(made, call.value(0, "app"), call)
    return made


def _init_app(call: Invocation) -> Value:
    index = call.value(1, "index_view")
    if index is not None:
        _put_index(call.receiver, call, index)
    if not call.receiver.parents:
        _attach(call.receiver, call.value(0, "app"), call)
    return None


def _attach(admin: Router, application: Value, call: Invocation) -> None:
    if isinstance(application, Router):
        application.mount("", admin, call.place, "Admin")


def _put_index(admin: Router, call: Invocation, view: Value) -> None:
    """Show the front page of the admin, whose address all others stand below; a later one takes its place."""
    index = view if _is_view(view) else Thing(VIEW, call.place, {"class": None, "brought": INDEX})
    said = admin.data["said"]
    endpoint = index.data.get("endpoint", "admin" if said["endpoint"] is None else said["endpoint"])
    address = said["url"] or index.data.get("url") or "/admin"
    admin.data.update(url=text_of(address), endpoint=text_of(endpoint))
    for earlier in [one for one in admin.mounts if one.how == INDEX]:
        admin.unmount(earlier)
    admin.mount(admin.data["url"], _routes_of(index, call), call.place, INDEX)


def _is_view(value: Value) -> bool:
    return isinstance(value, Thing) and value.kind is VIEW


def _add_view(call: Invocation) -> Value:
    for given in call.positional or call.named.values():
        for view in items_or_itself(given):
            if _is_view(view):
                address = _address(call.receiver, view)
                call.receiver.mount(address, _routes_of(view, call), call.place, call.name)
    return None


def _address(admin: Router, view: Thing) -> str:
    """Return the address of a view: what it says, else its endpoint, below the admin's own."""
    base = admin.data["url"].rstrip("/")
    said = view.data.get("url")
    written = _endpoint(view) if said is None else text_of(said)
    return written if written.startswith("/") else f"{base}/{written}"


def _endpoint(view: Thing) -> str:
    if "endpoint" in view.data:
        return text_of(view.data["endpoint"])
    named = view.data.get("model")
    if named is None:
        named = view.data["class"]
    if isinstance(named, ClassValue):
        return named.node.name.lower()
    if isinstance(named, External):
        return named.name.rpartition(".")[2].lower()
    return text_of(named) if named is not None else str(view.data["brought"]).lower()


def _routes_of(view: Thing, call: Invocation) -> Router:
    """Return a router with what a view exposes: its own methods, then what the library's class brings."""
    inner = Router(ADMIN, view.place)
    cls: ClassValue | None = view.data["class"]
    methods = flask_appbuilder.methods_of(call.interpreter, cls) if cls is not None else []
    known: set[str] = set()
    for function in methods:
        if function.node.name not in known:
            known.add(function.node.name)
            for method, path, place, handler in flask_appbuilder.exposed_by(call.interpreter, function):
                inner.add([method], path, place, handler, page=True)
    label, place = (cls.node.name, cls.place) if cls is not None else (view.data["brought"], view.place)
    for name, answers in VIEWS[view.data["brought"]].items():
        for verbs, path in answers if name not in known else ():
            inner.add(list(verbs), path, place, f"{label}.{name}", page=True)
    return inner


ADMIN: Kind = Kind(
    "flask admin",
    methods={"add_view": _add_view, "add_views": _add_view, "init_app": _init_app},
    fluent=False,
)
VIEW: Kind = Kind("flask admin view", methods={"__init__": _said_by_derived}, fluent=False, is_router=False)
