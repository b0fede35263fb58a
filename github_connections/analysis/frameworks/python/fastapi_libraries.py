"""Routers that libraries beside FastAPI hand out: ready-made ones for accounts, records and GraphQL, and kin of
APIRouter."""

from __future__ import annotations

from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.routing import Router
from github_connections.analysis.linking.values import Behaviour, ClassValue, External, Kind, Value

# What a router of fastapi-users answers to, by the method that makes it.
ACCOUNTS = {
    "get_auth_router": (("POST", "/login"), ("POST", "/logout")),
    "get_register_router": (("POST", "/register"),),
    "get_reset_password_router": (("POST", "/forgot-password"), ("POST", "/reset-password")),
    "get_verify_router": (("POST", "/request-verify-token"), ("POST", "/verify")),
    "get_users_router": (
        ("GET", "/me"),
        ("PATCH", "/me"),
        ("GET", "/{id}"),
        ("PATCH", "/{id}"),
        ("DELETE", "/{id}"),
    ),
    "get_oauth_router": (("GET", "/authorize"), ("GET", "/callback")),
    "get_oauth_associate_router": (("GET", "/authorize"), ("GET", "/callback")),
}
RECORDS = (
    ("GET", ""),
    ("POST", ""),
    ("DELETE", ""),
    ("GET", "/{item_id}"),
    ("PUT", "/{item_id}"),
    ("DELETE", "/{item_id}"),
)
RECORD_ROUTERS = (
    "MemoryCRUDRouter",
    "SQLAlchemyCRUDRouter",
    "DatabasesCRUDRouter",
    "GinoCRUDRouter",
    "OrmarCRUDRouter",
    "TortoiseCRUDRouter",
)
# Classes of other libraries that are derived from FastAPI's own.
ROUTERS = ("*.InferringRouter", "cadwyn.VersionedAPIRouter", "fastapi_versionizer.VersionedAPIRouter")
APPLICATIONS = ("cadwyn.Cadwyn", "fastapi_offline.FastAPIOffline")
GRAPHQL = ("strawberry.fastapi.GraphQLRouter", "strawberry.fastapi.router.GraphQLRouter")


def declare(registry: Registry, kind: Kind, make_router: Behaviour, make_application: Behaviour) -> None:
    """Add the libraries' routers as routers of this kind; `make_router` is what `APIRouter(…)` does, and
    `make_application` what `FastAPI(…)` does."""
    for name, answers in ACCOUNTS.items():
        registry.calls[f"fastapi_users.FastAPIUsers().{name}"] = _ready_made(kind, answers)
    for name in ROUTERS:
        registry.calls[name] = make_router
    for name in APPLICATIONS:
        registry.calls[name] = make_application
    for name in RECORD_ROUTERS:
        registry.calls[f"fastapi_crudrouter.{name}"] = _records(kind)
    for name in GRAPHQL:
        registry.calls[name] = _graphql(kind)


def application_in(value: Value) -> Value:
    """Return the router inside what a library makes around one (`add_pagination(app)`), else the value."""
    made_by = value.made_by if isinstance(value, External) and value.name.endswith("()") else None
    inner = made_by.value(0, "app") if made_by is not None else None
    return inner if isinstance(inner, Router) else value


def _ready_made(kind: Kind, answers: tuple[tuple[str, str], ...]) -> Behaviour:
    def make(call: Invocation) -> Value:
        return _answering(call, call.router(kind, options={"arguments": call}), answers)

    return make


def _answering(call: Invocation, router: Router, answers: tuple[tuple[str, str], ...]) -> Router:
    for method, path in answers:
        router.add([method], path, call.place)
    return router


def _records(kind: Kind) -> Behaviour:
    """fastapi-crudrouter: `MemoryCRUDRouter(schema=Potato)` answers below `/potato`."""

    def make(call: Invocation) -> Value:
        schema = call.value(0, "schema")
        name = schema.node.name.lower() if isinstance(schema, ClassValue) else ""
        prefix = call.text(99, "prefix", name).strip("/")
        made = call.router(kind, prefix=f"/{prefix}", how="CRUDRouter", options={"arguments": call})
        return _answering(call, made, RECORDS)

    return make


def _graphql(kind: Kind) -> Behaviour:
    def make(call: Invocation) -> Value:
        made = call.router(kind, prefix=call.text(99, "prefix"), how="GraphQLRouter", options={"arguments": call})
        made.add(["GET", "POST"], call.text(99, "path"), call.place)
        return made

    return make
