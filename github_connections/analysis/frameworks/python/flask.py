"""Flask and Quart: applications, blueprints, class views, and the REST extensions restful, restx and smorest."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from github_connections.analysis import http_verbs
from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.python import (
    flask_admin,
    flask_appbuilder,
    flask_bodies,
    flask_classful,
    flask_configuration,
    flask_dance,
    flask_restx_models,
    flask_security,
    flask_views,
    python_views,
)
from github_connections.analysis.linking import things
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.routing import Router, reached_in, routers_of
from github_connections.analysis.linking.values import (
    Behaviour,
    ClassValue,
    FunctionValue,
    Kind,
    ListValue,
    Native,
    Value,
    entries_of,
    items_in,
    items_or_itself,
    text_of,
    texts_of,
)
from github_connections.analysis.report import Route

APPLICATIONS = ("flask.Flask", "quart.Quart", "apiflask.APIFlask", "flask_openapi3.OpenAPI", "connexion.FlaskApp")
BLUEPRINTS = (
    "flask.Blueprint",
    "flask.blueprints.Blueprint",
    "quart.Blueprint",
    "flask_smorest.Blueprint",
    "apiflask.APIBlueprint",
    "flask_openapi3.APIBlueprint",
)
# They register with what they are given too, and have a prefix of their own or none.
APIS = (
    "flask_appbuilder.AppBuilder",
    "flask_appbuilder.base.AppBuilder",
    "flask_restful.Api",
    "flask_restx.Api",
    "flask_restplus.Api",
    "flask_smorest.Api",
)
NAMESPACES = ("flask_restx.Namespace", "flask_restplus.Namespace", "flask_restx.namespace.Namespace")
# What a blueprint or API says of its own prefix, until it is known whether its registration says otherwise.
OWN_PREFIX = "url_prefix"


def declare(registry: Registry) -> None:
    """Add applications, blueprints and the extensions' APIs."""
    python_views.declare(registry)
    flask_classful.declare(registry)
    flask_admin.declare(registry)
    flask_security.declare(registry, ROUTER)
    flask_dance.declare(registry, ROUTER)
    registry.of_unknown["register_blueprint"] = python_views.on_unknown(ROUTER, "register_blueprint")
    for name in APPLICATIONS:
        registry.calls[name] = lambda call: call.router(ROUTER, application=True)
        registry.types[name] = ROUTER
    for name in BLUEPRINTS:
        registry.calls[name] = _blueprint
        registry.types[name] = ROUTER
    for name in APIS:
        registry.calls[name] = _api
    for module in ("werkzeug.middleware.dispatcher", "werkzeug.wsgi"):
        registry.calls[f"{module}.DispatcherMiddleware"] = _dispatch
    for name in NAMESPACES:
        registry.calls[name] = _namespace
        registry.types[name] = ROUTER


def _dispatch(call: Invocation) -> Value:
    """`DispatcherMiddleware(app, {"/api": api})`: other applications below the first one's addresses."""
    outer, mounts = call.value(0, "app"), call.value(1, "mounts")
    for prefix, inner in entries_of(mounts).items():
        if isinstance(inner, Router) and isinstance(outer, Router):
            outer.mount(prefix, inner, call.place, "DispatcherMiddleware")
        elif isinstance(inner, Router):
            inner.prefix, inner.how = prefix, "DispatcherMiddleware"
    return outer


def _blueprint(call: Invocation) -> Value:
    return call.router(ROUTER, data={OWN_PREFIX: call.named.get(OWN_PREFIX), "name": call.value(0, "name")})


def _said_by_derived(call: Invocation) -> Value:
    """`super().__init__("sites", __name__, url_prefix="/sites")` in a class derived from one of the library's."""
    for name in (OWN_PREFIX, "prefix", "path"):
        if name in call.named:
            call.receiver.data[OWN_PREFIX] = call.named[name]
    return None


def _namespace(call: Invocation) -> Value:
    path = call.value(99, "path") or f"/{call.text(0, 'name')}"
    return call.router(ROUTER, data={OWN_PREFIX: path, "name": call.value(0, "name")})


def _api(call: Invocation) -> Value:
    """`Api(app)` and `Api(blueprint)` register with what they are given, now or by `init_app`."""
    made = call.router(ROUTER, data={OWN_PREFIX: call.named.get("prefix")})
    _attach(made, call.value(0, "app"), call)
    return made


def _attach(api: Router, holder: Value, call: Invocation) -> None:
    if isinstance(holder, Router):
        own = api.data.get(OWN_PREFIX)
        holder.mount("" if own is None else text_of(own), api, call.place, "Api")


def _init_app(call: Invocation) -> Value:
    holder = call.value(0, "app")
    if not call.receiver.parents:
        _attach(call.receiver, holder, call)
    return None


def _register(name: str) -> Behaviour:
    """Return the behaviour of `register_blueprint`, whose prefix takes the place of the blueprint's own."""

    def register(call: Invocation) -> Value:
        given = call.value(0, "blueprint")
        said = call.value(1 if name == "path" else 99, name)
        for value in items_or_itself(given):  # a list: of a directory's modules
            inner = python_views.of_library(value, ROUTER, call.place)
            if isinstance(inner, Router):
                prefix = inner.data.get(OWN_PREFIX) if said is None else said
                call.receiver.mount("" if prefix is None else text_of(prefix), inner, call.place, call.name)
        return None

    return register


def _route(*methods: str) -> Behaviour:
    """Return the behaviour of `@app.route(rule)`: on a function, or on a class of views (restx, smorest)."""

    def decorate(call: Invocation) -> Value:
        own = things.of_derived(call.interpreter, call.receiver, "route") if call.name in http_verbs.OF_APIS else None
        if isinstance(own, FunctionValue):  # which Flask's `get` asks, too
            said = {**call.named, "methods": ListValue([*methods], call.place)}
            return call.interpreter.call(own, call.positional, said, node=call.node, scope=call.scope)
        rules = [text_of(value) for value in call.positional if not isinstance(value, ClassValue)]
        rules = rules or texts_of(call.value(99, "rule"))

        def register(applied: Invocation) -> Value:
            _add(call, rules, applied.value(0), list(methods))
            return applied.value(0)

        return Native(call.name, register)

    return decorate


def _add(call: Invocation, rules: list[str], view: Value, methods: list[str]) -> None:
    view = python_views.unwrapped(view)
    verbs = methods or python_views.said_methods(call) or flask_views.verbs_of(call.interpreter, view)
    for rule in rules:
        call.receiver.add(verbs, rule, call.place, python_views.view_class(view) or view)


def _before_request(call: Invocation) -> Value:
    """Keep what every request below a blueprint goes through first."""
    function = call.value(0, "f")
    if isinstance(function, FunctionValue):
        call.receiver.data["before"] = ListValue([*_before(call.receiver), function], call.place)
    return function


def _before(router: Router) -> list[Value]:
    return items_in(router.data.get("before"))


def _add_url_rule(call: Invocation) -> Value:
    view = call.value(2, "view_func")
    _add(call, [call.text(0, "rule")], view, [])
    return None


def _add_resource(call: Invocation) -> Value:
    """`api.add_resource(Users, "/users", "/people")`."""
    resource = call.value(0, "resource")
    _add(call, [text_of(value) for value in call.positional[1:]] or call.texts(99, "urls"), resource, [])
    return None


ROUTER: Kind = Kind(
    "flask",
    methods={
        "__init__": _said_by_derived,
        "route": _route(),
        "websocket": _route("GET"),
        **{verb: _route(verb.upper()) for verb in http_verbs.OF_APIS},
        "add_url_rule": _add_url_rule,
        "before_request": _before_request,
        "add_resource": _add_resource,
        "register_blueprint": _register(OWN_PREFIX),
        "register_api": _register(OWN_PREFIX),
        "add_namespace": _register("path"),
        "init_app": _init_app,
        **dict.fromkeys(
            ("add_view", "add_view_no_menu", "add_api"), lambda call: flask_appbuilder.add_view(ROUTER, call)
        ),
        "namespace": lambda call: _made_namespace(call),
        **flask_restx_models.METHODS,
    },
    attributes={"config": flask_configuration.of_application, "wsgi_app": lambda router, _: router},
    fluent=False,
)


def _made_namespace(call: Invocation) -> Value:
    """`ns = api.namespace("users", path=…)` makes a namespace and adds it at once."""
    made = _namespace(call)
    call.receiver.mount(text_of(made.data[OWN_PREFIX]), made, call.place, "namespace")
    return made


# --- rows -----------------------------------------------------------------------------------------------------------


def routes(interpreter: Interpreter) -> Iterable[Route]:
    """Yield a row for every rule of every application."""
    routers = routers_of(interpreter, ROUTER, flask_admin.ADMIN)
    python_views.settle_unknown(routers)
    for router in routers:
        if not router.parents and not router.application:
            own = router.data.get(OWN_PREFIX)
            router.prefix = "" if own is None else text_of(own)
    for item in python_views.by_verb(interpreter, reached_in(routers)):
        taken, given = flask_bodies.models_of(interpreter, item.route.handler)
        for row in rows.routes_of(
            [item],
            "flask",
            rewrite=paths.from_angles,
            join=paths.join,
            kind=flask_views.kind_of,
            auth=lambda item: flask_views.auth_of(interpreter, item),
            params=lambda item, _: flask_views.parameters_of(interpreter, item),
            types=paths.angle_types,
        ):
            yield replace(row, request_model=taken, response_model=given)


FRAMEWORK = Framework(
    name="flask",
    language="python",
    family="python",
    kind="server",
    packages=("flask", "quart", "flask-restful", "flask-restx", "flask-smorest", "flask-appbuilder", "apiflask"),
    imports=("flask", "quart", "apiflask"),
    words=frozenset(
        {
            "Flask",
            "Quart",
            "Blueprint",
            "register_blueprint",
            "add_url_rule",
            "add_resource",
            "add_namespace",
            "AppBuilder",
            "add_api",
            # `@app.route("/")` in a file that imports the application alone, and nothing of the library's.
            "route",
            # What Flask's own command line looks for: who calls it says what it is made with.
            "create_app",
            "make_app",
        }
    ),
    # `@bp.get("/crates")` in a file that imports the blueprint alone; others decorate with `patch`, too.
    marks=frozenset({"@get", "@post", "@put", "@delete", "bp.patch", "blueprint.patch"}),
    signs=python_views.signs_of(ROUTER) - {f"{name}(" for name in flask_restx_models.METHODS},
    declare=declare,
    routes=routes,
)
