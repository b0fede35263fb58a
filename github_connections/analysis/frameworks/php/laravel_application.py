"""What a Laravel application sets up: the files that routes are read from, and the routes that its libraries add."""

from __future__ import annotations

from github_connections.analysis.frameworks.php import (
    laravel_container,
    laravel_controllers,
    laravel_dingo,
    laravel_directories,
)
from github_connections.analysis.frameworks.php.laravel_facade import (
    PENDING,
    STATIC,
    VERBS,
    add_route,
    current_router,
    mount_file,
    router_of_file,
)
from github_connections.analysis.frameworks.php.laravel_files import declare_configuration, file_of
from github_connections.analysis.frameworks.php.laravel_macros import call_macro
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import (
    FunctionValue,
    Kind,
    ListValue,
    MapValue,
    Thing,
    Value,
    entries_of,
    text_of,
)

FACADES = (
    "Illuminate.Support.Facades.Route",
    "Route",
    "Illuminate.Routing.Router",
    "$router",  # what a file is given that is included in a group
    "Laravel.Lumen.Application()",
    "Laravel.Lumen.Application().router",
    "$app.router",
)
# https://github.com/laravel/ui: what `Auth::routes()` registers, by the option that takes it in or leaves it out, and
# the controllers that its generator writes.
AUTH_ROUTES = (
    ("login", "GET", "login", "LoginController@showLoginForm"), ("login", "POST", "login", "LoginController@login"),
    ("logout", "POST", "logout", "LoginController@logout"),
    ("register", "GET", "register", "RegisterController@showRegistrationForm"),
    ("register", "POST", "register", "RegisterController@register"),
    ("reset", "GET", "password/reset", "ForgotPasswordController@showLinkRequestForm"),
    ("reset", "POST", "password/email", "ForgotPasswordController@sendResetLinkEmail"),
    ("reset", "GET", "password/reset/{token}", "ResetPasswordController@showResetForm"),
    ("reset", "POST", "password/reset", "ResetPasswordController@reset"),
    ("confirm", "GET", "password/confirm", "ConfirmPasswordController@showConfirmForm"),
    ("confirm", "POST", "password/confirm", "ConfirmPasswordController@confirm"),
    ("verify", "GET", "email/verify", "VerificationController@show"),
    ("verify", "GET", "email/verify/{id}/{hash}", "VerificationController@verify"),
    ("verify", "POST", "email/resend", "VerificationController@resend"),
)  # fmt: skip

# https://github.com/mcamara/laravel-localization: a prefix that is there for addresses in another language alone
PREFIXES_OF_LANGUAGES = (
    "LaravelLocalization.setLocale", "Mcamara.LaravelLocalization.Facades.LaravelLocalization.setLocale",
)  # fmt: skip


def declare(registry: Registry) -> None:
    """Add the facade, the application's builder and what loads route files."""
    for facade in FACADES:
        for name, behaviour in STATIC.items():
            registry.calls[f"{facade}.{name}"] = behaviour
        registry.calls[f"{facade}.controllers"] = laravel_controllers.controllers
    for facade in FACADES[:2]:
        registry.calls[f"{facade}.*"] = call_macro
        registry.calls[f"{facade}.controller"] = _controller
        registry.calls[f"{facade}.auth"] = _auth_of_file
    for verb in (*VERBS, "group"):  # Lumen's application, in a file that it requires
        registry.calls[f"$app.{verb}"] = _of_application
    registry.calls["array_merge"] = _merged
    registry.calls["Illuminate.Foundation.Application.configure"] = lambda call: Thing(BUILDER, call.place)
    registry.calls["__include__"] = _include
    for name in ("base_path", "app_path"):
        registry.calls[name] = lambda call: call.text(-1) if call.positional else ""
    registry.calls["module_path"] = lambda call: f"Modules/{call.text(0)}/{call.text(1).lstrip('/')}"
    declare_configuration(registry)
    laravel_container.declare(registry)
    laravel_dingo.declare(registry)
    laravel_directories.declare(registry)
    for facade in ("Auth", "Illuminate.Support.Facades.Auth"):
        registry.calls[f"{facade}.routes"] = _auth_routes
    for facade in ("Volt", "Livewire.Volt.Volt"):
        registry.calls[f"{facade}.route"] = lambda call: add_route(call, ("GET",), call.text(0), None, page=True)
    registry.calls.update(dict.fromkeys(PREFIXES_OF_LANGUAGES, lambda _call: ""))
    registry.types["Illuminate.Routing.Router"] = PENDING
    registry.class_methods["loadRoutesFrom"] = _load


def _merged(call: Invocation) -> Value:
    maps = [value.entries for value in call.positional if isinstance(value, MapValue)]
    return MapValue({name: value for entries in maps for name, value in entries.items()}, call.place)


def _include(call: Invocation) -> Value:
    for value in _several(call.value(0)):
        file = file_of(call, value)
        if file is not None and "route" in file.path.lower():
            mount_file(call, current_router(call), value)
    return None


def _load(call: Invocation) -> Value:
    mount_file(call, current_router(call), call.value(0))
    return None


def _auth_routes(call: Invocation) -> Value:
    options = call.value(0)
    said = entries_of(options)
    for option, method, path, handler in AUTH_ROUTES:
        if said.get(option, option != "verify") is not False:
            add_route(call, (method,), path, f"Auth\\{handler}", page=True)
    return None


def _auth_of_file(call: Invocation) -> Value:
    if call.scope.file.path.endswith("app/Http/routes.php"):
        laravel_controllers.add_auth_routes(call)
        return None
    return _auth_routes(call)


def _controller(call: Invocation) -> Value:
    """`Route::controller('users', 'UserController')` of before 5.3; now one controller for a group of routes."""
    if len(call.positional) < 2:
        return STATIC["controller"](call)
    laravel_controllers.add_methods(call, call.text(0), call.value(1))
    return None


def _of_application(call: Invocation) -> Value:
    return STATIC[call.name.rpartition(".")[2]](call) if len(call.positional) > 1 else None


def _with_routing(call: Invocation) -> Value:
    """Laravel 11: `->withRouting(web: …, api: …, apiPrefix: …, then: …)` in bootstrap/app.php."""
    router = router_of_file(call, call.scope.file)
    prefix = call.named.get("apiPrefix")
    for value in _several(call.named.get("web")):
        mount_file(call, router, value)
    for value in _several(call.named.get("api")):
        mount_file(call, router, value, "api" if prefix is None else text_of(prefix))
    for name in ("then", "using"):
        if isinstance(call.named.get(name), FunctionValue):
            call.run(call.named[name])
    if isinstance(call.named.get("health"), str):
        router.add(["GET"], call.text(-1, "health").strip("/"), call.place, None)
    return call.receiver


def _several(value: Value) -> list[Value]:
    return list(value.items) if isinstance(value, ListValue) else [value]


BUILDER = Kind("laravel application", methods={"withRouting": _with_routing}, is_router=False)
