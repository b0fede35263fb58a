"""Django: from ROOT_URLCONF through every `include` to the views, with REST framework's routers and Ninja's APIs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from github_connections.analysis.frameworks import (
    django_libraries,
    django_ninja,
    django_rest,
    django_rest_permissions,
    django_views,
    paths,
    python_views,
    rows,
)
from github_connections.analysis.frameworks.django_patterns import from_regex
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.program import File
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import (
    NOTHING,
    External,
    Kind,
    ListValue,
    MapValue,
    ModuleValue,
    Native,
    Thing,
    Unknown,
    Value,
    hole,
    is_known,
    text_of,
)
from github_connections.analysis.report import ANY_METHOD, Place, Prefix, Route

PATTERN = Kind("url pattern", is_router=False)
INCLUDED = Kind("included urls", is_router=False)
MAXIMUM_INCLUDES_DEEP = 16
# The urlconf of a project, and that of the hosts that are no tenant's (django-tenants).
_URLCONF_SETTINGS = ("ROOT_URLCONF", "PUBLIC_SCHEMA_URLCONF")
# What is called with something else than the view, and gives what is called with it then.
_DECORATORS = (
    *("user_passes_test", "permission_required", "require_http_methods", "cache_control", "cache_page"),
    "vary_on_headers",
)


def declare(registry: Registry) -> None:
    """Add the functions that urlconfs are made of."""
    python_views.declare(registry)
    for module in ("django.urls", "django.conf.urls", "django.urls.conf"):
        registry.calls[f"{module}.path"] = lambda call: _pattern(call, is_regex=False)
        registry.calls[f"{module}.re_path"] = lambda call: _pattern(call, is_regex=True)
        registry.calls[f"{module}.url"] = lambda call: _pattern(call, is_regex=True)
        registry.calls[f"{module}.include"] = _include
        registry.calls[f"{module}.patterns"] = _patterns
        registry.calls[f"{module}.i18n.i18n_patterns"] = _localized
        registry.calls[f"{module}.static.static"] = lambda call: ListValue([], call.place)
    for name in ("gettext", "gettext_lazy", "ugettext", "ugettext_lazy", "gettext_noop"):
        registry.calls[f"django.utils.translation.{name}"] = lambda call: call.value(0, "message")
    for name in ("pgettext", "pgettext_lazy"):
        registry.calls[f"django.utils.translation.{name}"] = lambda call: call.value(1, "message")
    registry.calls["re.escape"] = lambda call: call.value(0, "pattern")
    registry.calls["django.contrib.staticfiles.urls.staticfiles_urlpatterns"] = lambda call: ListValue([], call.place)
    registry.calls["rest_framework.urlpatterns.format_suffix_patterns"] = lambda call: call.value(0, "urlpatterns")
    for name in ("csrf_exempt", "never_cache", "login_required", "staff_member_required", "xframe_options_exempt"):
        registry.calls[f"*.{name}"] = _wrapped
    registry.attributes["django.conf.settings"] = setting
    for name in _DECORATORS:
        registry.calls[f"*.{name}"] = lambda call: Native(call.name, _wrapped)
    django_rest.declare(registry)
    django_ninja.declare(registry)


def setting(interpreter: Interpreter, name: str) -> Value:
    """Return a setting of the project, from the modules that look like settings; NOTHING where none has it."""
    for file in interpreter.program.declaring("python", "INSTALLED_APPS"):
        if name in file.scope.names or file.star_imports:
            value = interpreter.exported(file, name)
            if value is not NOTHING and not isinstance(value, Unknown):
                return value
    return NOTHING


def _pattern(call: Invocation, *, is_regex: bool) -> Value:
    route, view = call.text(0, "route", call.text(99, "regex")), call.value(1, "view")
    if isinstance(view, str) and "." in view:  # as Django took it once: "shop.views.home"
        view = _view_by_name(call, view)
    view = django_views.answers_by_verb(call.value(2, "kwargs")) or view
    return Thing(PATTERN, call.place, {"route": route, "view": view, "regex": is_regex})


def _include(call: Invocation) -> Value:
    target = call.value(0, "arg")
    if isinstance(target, ListValue) and target.items and not isinstance(target.items[0], Thing):
        target = target.items[0]  # (patterns, app_name)
    elif isinstance(target, ListValue) and len(target.items) == 2 and isinstance(target.items[1], str):
        target = target.items[0]
    return Thing(INCLUDED, call.place, {"target": target, "scope": call.scope})


def _patterns(call: Invocation) -> Value:
    """`patterns("shop.views", url(r"^$", "home"), …)` of old: views by name, below a module that all share."""
    module = call.text(0)
    for pattern in call.positional[1:]:
        view = pattern.data["view"] if isinstance(pattern, Thing) and pattern.kind is PATTERN else None
        if isinstance(view, str):
            pattern.data["view"] = _view_by_name(call, f"{module}.{view}")
    return ListValue([pattern for pattern in call.positional[1:] if isinstance(pattern, Thing)], call.place)


def _view_by_name(call: Invocation, name: str) -> Value:
    module, _, attribute = name.rpartition(".")
    find = getattr(call.interpreter.names(call.scope.file), "find", None)
    file = find(module, call.scope.file) if find and module and is_known(name) else None
    return call.interpreter.get(ModuleValue(file), attribute, call.scope) if file is not None else External(name)


def _localized(call: Invocation) -> Value:
    inner = Thing(INCLUDED, call.place, {"target": ListValue(call.positional, call.place), "scope": call.scope})
    # The language stands first in the path; where the default one is left out, what everybody sees has none.
    route = "" if call.value(99, "prefix_default_language") is False else "<language>/"
    return ListValue([Thing(PATTERN, call.place, {"route": route, "view": inner, "regex": False})], call.place)


def _wrapped(call: Invocation) -> Value:
    """`login_required(view)` in a urlconf answers as the view does; without one it is a decorator to come."""
    return call.value(0, "view_func", call.value(99, "function", Native(call.name, _wrapped)))


# --- walking --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """One view with the whole path to it."""

    path: str
    view: Value
    place: Place
    prefixes: tuple[Prefix, ...]
    raw: str
    # The list of patterns it is in, where that was not named but is one of all modules whose name fits.
    guessed: int = 0


def _guessed(found: Iterable[Found], patterns: ListValue) -> Iterator[Found]:
    return (replace(item, guessed=item.guessed or id(patterns)) for item in found)


class Urlconfs:
    """Walks from the root urlconfs down."""

    def __init__(self, interpreter: Interpreter) -> None:
        self.interpreter = interpreter
        self.included: set[str] = set()
        self.walked: set[int] = set()

    def found(self) -> Iterator[Found]:
        """Yield every view that the root urlconfs lead to; of a repository of apps, those of its own urlconfs."""
        roots = self._roots()
        found = [item for root in roots for item in self._in_file(root, "", (), 0)]
        if found:
            yield from (item for item in found if item.guessed not in self.walked)
            return
        candidates = [file for file in self.interpreter.program.of_family("python") if file.declares("urlpatterns")]
        walked = [(file, list(self._in_file(file, "", (), 0))) for file in candidates]
        for file, found in walked:
            if file.path not in self.included:
                yield from found

    def _roots(self) -> list[File]:
        files: dict[str, File] = {}
        for setting_name in _URLCONF_SETTINGS:
            for file in self.interpreter.program.declaring("python", setting_name):
                name = self.interpreter.own_name(file, setting_name)
                root = self._module(text_of(name), file) if name is not NOTHING else None
                if root is not None:
                    files[root.path] = root
        return [files[path] for path in sorted(files)]

    def _module(self, name: str, near: File) -> File | None:
        find = getattr(self.interpreter.names(near), "find", None)
        return find(name, near) if find and is_known(name) else None

    def _in_file(self, file: File, path: str, prefixes: tuple[Prefix, ...], depth: int) -> Iterator[Found]:
        patterns = self.interpreter.exported(file, "urlpatterns")
        self.walked.add(id(patterns))
        yield from self._in(patterns, path, prefixes, depth, Place(file.path, 1))

    def _in(self, value: Value, path: str, prefixes: tuple[Prefix, ...], depth: int, place: Place) -> Iterator[Found]:
        """Yield what a list of patterns, a pattern, a router's urls lead to."""
        if depth > MAXIMUM_INCLUDES_DEEP:
            return
        if isinstance(value, ListValue):
            for item in value.items:
                found = self._in(item, path, prefixes, depth + 1, place)
                yield from _guessed(found, item) if isinstance(item, ListValue) else found
        elif isinstance(value, Thing) and value.kind is PATTERN:
            yield from self._pattern(value, path, prefixes, depth)
        elif isinstance(value, Thing) and value.kind in (django_rest.URLS, django_ninja.URLS):
            for route, view, where in value.data["routes"](self.interpreter):
                yield Found(path + route, view, where, prefixes, route)
        elif isinstance(value, ModuleValue):
            self.included.add(value.file.path)
            yield from self._in_file(value.file, path, prefixes, depth + 1)

    def _pattern(self, pattern: Thing, path: str, prefixes: tuple[Prefix, ...], depth: int) -> Iterator[Found]:
        raw = pattern.data["route"]
        route = from_regex(raw) if pattern.data["regex"] else raw
        view, whole = pattern.data["view"], path + route
        below = (*prefixes, Prefix(value=route, file=pattern.place.file, line=pattern.place.line, how="include"))
        if isinstance(view, ListValue) and view.items:  # path("x/", (patterns, app, namespace)), admin.site.urls
            view = Thing(
                INCLUDED, pattern.place, {"target": view.items[0] if isinstance(view.items[0], ListValue) else view}
            )
        if isinstance(view, Thing) and view.kind in (django_rest.URLS, django_ninja.URLS):
            yield from self._in(view, whole, below, depth + 1, pattern.place)
        elif isinstance(view, Thing) and view.kind is INCLUDED:
            yield from self._included(view, pattern.place, whole, below, depth)
        else:
            yield Found(whole, view, pattern.place, prefixes, raw)

    def _included(
        self, included: Thing, place: Place, path: str, prefixes: tuple[Prefix, ...], depth: int
    ) -> Iterator[Found]:
        target = included.data["target"]
        if isinstance(target, External | str):
            name = target if isinstance(target, str) else target.name
            file = self._module(name, self.interpreter.program.by_path[place.file])
            if file is None:
                yield from self._of_library(name, path, place, prefixes)
                return
            target = ModuleValue(file)
        if isinstance(target, Unknown):
            yield Found(path + hole(target.source), target, place, prefixes, target.source)
        yield from self._in(target, path, prefixes, depth + 1, place)

    @staticmethod
    def _of_library(name: str, path: str, place: Place, prefixes: tuple[Prefix, ...]) -> Iterator[Found]:
        """Yield what a well-known package adds; for any other one a row that says what is not known."""
        if name.endswith(".site.urls"):  # include(admin.site.urls), as it was written once
            yield Found(path, External(name), place, prefixes, "")
            return
        for route, methods in django_libraries.URLCONFS.get(name, {}).items():
            yield Found(path + route, MapValue(dict.fromkeys(methods), place), place, prefixes, route)
        if name not in django_libraries.URLCONFS:
            yield Found(path + hole(name), External(name), place, prefixes, name)


# --- rows -----------------------------------------------------------------------------------------------------------


def routes(interpreter: Interpreter) -> Iterable[Route]:
    """Yield a row for every verb of every view that the urlconfs lead to."""
    default = django_rest_permissions.default_permissions(interpreter)
    for found in Urlconfs(interpreter).found():
        written = "/" + found.path.lstrip("/")
        path = re.sub(r"/{2,}", "/", paths.from_angles(written))
        view = django_views.describe(interpreter, found.view, default)
        for method in view.methods:
            yield Route(
                method=method,
                path=path,
                file=found.place.file,
                line=found.place.line,
                framework="django",
                kind="api" if view.is_api else "page",
                handler=view.name,
                raw_path=found.raw,
                prefixes=[prefix for prefix in found.prefixes if prefix.value],
                params=rows.path_parameters(path, paths.angle_types(written)),
                auth=view.auth_of(method),
                confidence="exact" if is_known(path) and method != ANY_METHOD and view.is_said else "partial",
            )


FRAMEWORK = Framework(
    name="django",
    language="python",
    family="python",
    kind="server",
    packages=("django", "djangorestframework", "django-ninja", "django-ninja-extra"),
    imports=("django.urls", "django.conf.urls", "rest_framework", "ninja"),
    words=frozenset({"NinjaAPI", "add_router"}),
    marks=frozenset({"INSTALLED_APPS", "REST_FRAMEWORK", "urlpatterns", *_URLCONF_SETTINGS}),
    declare=declare,
    routes=routes,
)
