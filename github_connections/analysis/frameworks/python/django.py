"""Django: from ROOT_URLCONF through every `include` to the views, with REST framework's routers and Ninja's APIs."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec.structs import replace

from github_connections.analysis import http_verbs
from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.python import (
    django_apps,
    django_channels,
    django_middleware,
    django_model_views,
    django_ninja,
    django_rest,
    django_rest_permissions,
    django_views,
    python_views,
)
from github_connections.analysis.frameworks.python.django_urlconfs import (
    INCLUDED,
    PATTERN,
    URLCONF_SETTINGS,
    Found,
    Urlconfs,
)
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.names import written_out
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import (
    NOTHING,
    External,
    ListValue,
    Native,
    Thing,
    Unknown,
    Value,
    is_known,
)
from github_connections.analysis.report import ANY_METHOD, Route, RouteKind

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
    django_channels.declare(registry)


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
    if isinstance(view, Thing) and view.kind is django_channels.SOCKETS:
        view.data["is_inside"] = True
    view = django_views.answers_by_verb(call.value(2, "kwargs")) or view
    return Thing(PATTERN, call.place, {"route": route, "view": view, "regex": is_regex})


def _include(call: Invocation) -> Value:
    of_model = django_model_views.included(call)
    if of_model is not None:
        return Thing(INCLUDED, call.place, {"target": of_model, "scope": call.scope})
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
    found = written_out(call.interpreter, name, call.scope)
    return External(name) if found is NOTHING else found


def _localized(call: Invocation) -> Value:
    inner = Thing(INCLUDED, call.place, {"target": ListValue(call.positional, call.place), "scope": call.scope})
    # The language stands first in the path; where the default one is left out, what everybody sees has none.
    route = "" if call.value(99, "prefix_default_language") is False else "<language>/"
    return ListValue([Thing(PATTERN, call.place, {"route": route, "view": inner, "regex": False})], call.place)


def _wrapped(call: Invocation) -> Value:
    """`login_required(view)` in a urlconf answers as the view does; without one it is a decorator to come."""
    return call.value(0, "view_func", call.value(99, "function", Native(call.name, _wrapped)))


# --- rows -----------------------------------------------------------------------------------------------------------


def routes(interpreter: Interpreter) -> Iterable[Route]:
    """Yield a row for every verb of every view that the urlconfs lead to, and for every web socket."""
    django_apps.run(interpreter)
    default = django_rest_permissions.default_permissions(interpreter)
    of_all = django_middleware.asked_of_all(interpreter)
    urlconfs = Urlconfs(interpreter)
    for found in urlconfs.found():
        view = django_views.describe(interpreter, found.view, default)
        if of_all.by and not view.is_api and not django_middleware.lets_in(interpreter, found.view):
            view = replace(view, auth_of=lambda method, own=view.auth_of: said if (said := own(method)).by else of_all)
        for method in view.methods:
            yield _row(found, view, method, "api" if view.is_api else "page")
    for found in urlconfs.sockets():
        view = django_views.describe(interpreter, found.view, default)
        yield _row(found, view, "GET", "websocket")


def _row(found: Found, view: django_views.View, method: str, kind: RouteKind) -> Route:
    written = "/" + found.path.lstrip("/")
    path = re.sub(r"/{2,}", "/", paths.from_angles(written))
    taken, given = view.bodies(method)
    return Route(
        method=method,
        path=path,
        file=found.place.file,
        line=found.place.line,
        framework="django",
        kind=kind,
        handler=view.name,
        raw_path=found.raw,
        prefixes=[prefix for prefix in found.prefixes if prefix.value],
        params=rows.together(rows.path_parameters(path, paths.angle_types(written)), view.parameters(method)),
        auth=view.auth_of(method),
        request_model=taken,
        response_model=given,
        confidence="exact" if is_known(path) and method != ANY_METHOD and view.is_said else "partial",
    )


# Urlconfs, also those that an object makes (`get_urls` of an admin's), routers of REST framework's, and Ninja's.
_SIGNS = frozenset(
    {
        *("path(", "re_path(", "url(", "include(", "get_urls(", "i18n_patterns(", "patterns("),
        *("register(", "registry", "Router(", "URLRouter(", "api_controller"),
        *(f"@{verb}" for verb in http_verbs.OF_APIS),
    }
)
FRAMEWORK = Framework(
    name="django",
    language="python",
    family="python",
    kind="server",
    packages=("django", "djangorestframework", "django-ninja", "django-ninja-extra"),
    imports=("django.urls", "django.conf.urls", django_apps.MODULE, "rest_framework", "ninja", "channels.routing"),
    words=frozenset({"NinjaAPI", "add_router", django_model_views.DECORATOR}),
    marks=frozenset({"INSTALLED_APPS", "REST_FRAMEWORK", "urlpatterns", *URLCONF_SETTINGS}),
    signs=_SIGNS,
    declare=declare,
    routes=routes,
)
