"""Django Ninja: APIs and routers inside a urlconf."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import structs
from msgspec.structs import replace

from github_connections.analysis import http_verbs
from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.python import django_ninja_extra, fastapi_answers, fastapi_parameters
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.names import written_out
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.routing import Reached, Router, reach
from github_connections.analysis.linking.values import (
    NOTHING,
    Behaviour,
    External,
    FunctionValue,
    Kind,
    Native,
    Thing,
    Value,
    items_or_itself,
)
from github_connections.analysis.report import Auth, AuthSource, Parameter, Place
from github_connections.analysis.syntax import nodes

URLS = Kind("urls of a Ninja API", is_router=False)
_OF_PAGING = {"LimitOffsetPagination": ("limit", "offset"), "PageNumberPagination": ("page", "page_size")}
# Routers of ninja-jwt, with what each answers to.
OF_TOKENS = {
    "ninja_jwt.routers.obtain.obtain_pair_router": ("/pair", "/refresh"),
    "ninja_jwt.routers.obtain.sliding_router": ("/sliding", "/sliding/refresh"),
    "ninja_jwt.routers.verify.verify_router": ("/verify",),
    "ninja_jwt.routers.blacklist.blacklist_router": ("/blacklist",),
}


def declare(registry: Registry) -> None:
    """Add APIs and routers."""
    for name in ("ninja.NinjaAPI", "ninja.main.NinjaAPI", "ninja_extra.NinjaExtraAPI"):
        registry.calls[name] = lambda call: call.router(ROUTER, application=True, options={"arguments": call})
        registry.types[name] = ROUTER
    for name in ("ninja.Router", "ninja.router.Router", "ninja_extra.Router"):
        registry.calls[name] = lambda call: call.router(ROUTER, options={"arguments": call})
        registry.types[name] = ROUTER


def _verb(*methods: str) -> Behaviour:
    def decorate(call: Invocation) -> Value:
        def register(applied: Invocation) -> Value:
            names = list(methods) or [method.upper() for method in call.texts(0, "methods")]
            path = call.text(0 if methods else 1, "path")
            call.receiver.add(names, path, call.place, applied.value(0), arguments=call)
            return applied.value(0)

        return Native(call.name, register)

    return decorate


def _add_router(call: Invocation) -> Value:
    inner = call.value(1, "router")
    if isinstance(inner, str):
        inner = _by_name(call, inner)
    if isinstance(inner, External) and inner.name in OF_TOKENS:
        made = Router(ROUTER, call.place)
        for path in OF_TOKENS[inner.name]:
            made.add(["POST"], path, call.place)
        inner = made
    if isinstance(inner, Router):
        call.receiver.mount(call.text(0, "prefix"), inner, call.place, "add_router", arguments=call)
    return None


def _by_name(call: Invocation, name: str) -> Value:
    """`add_router("/events/", "events.api.router")` names a router by its module."""
    found = written_out(call.interpreter, name, call.scope)
    return None if found is NOTHING else found


def _urls(router: Router, _name: str) -> Value:
    return Thing(URLS, router.place, {"routes": lambda interpreter: _routes(interpreter, router)})


ROUTER: Kind = Kind(
    "ninja",
    methods={
        **{verb: _verb(verb.upper()) for verb in http_verbs.OF_APIS},
        "api_operation": _verb(),
        "add_router": _add_router,
        "register_controllers": lambda call: django_ninja_extra.register(ROUTER, call),
        "auto_discover_controllers": lambda call: django_ninja_extra.discover(ROUTER, call),
    },
    attributes={"urls": _urls},
    fluent=False,
)


def _routes(_interpreter: Interpreter, api: Router) -> Iterator[tuple[str, Value, Place]]:
    """Yield (path, view, place) for every operation of an API; the path has Django's angle brackets."""
    for item in reach(api):
        route = paths.join(item.pieces).lstrip("/").replace("{", "<").replace("}", ">")
        yield route, Operation(item), item.route.place


class Operation:
    """One operation as a view of the urlconf."""

    def __init__(self, item: Reached) -> None:
        self.verbs = item.route.methods
        self.name = rows.name_of(item.route.handler)
        self._item = item

    def parameters(self, interpreter: Interpreter) -> list[Parameter]:
        """Return what the function takes beside the request, which stands first."""
        handler = self._item.route.handler
        if not isinstance(handler, FunctionValue):
            return []
        node = structs.replace(handler.node, parameters=handler.node.parameters[1:])
        route = replace(self._item.route, handler=FunctionValue(node, handler.scope))
        path = "".join(self._item.pieces)
        variables = re.sub(r"\{\w+:(\w+)\}", r"{\1}", path)
        taken = fastapi_parameters.parameters_of(interpreter, replace(self._item, route=route), variables)
        return [*taken, *_paging(handler)]

    def bodies(self, interpreter: Interpreter) -> tuple[str, str]:
        """Return the schemas of the body and of `response=`."""
        taken = [one.model for one in self.parameters(interpreter) if one.place == "body"]
        call = self._item.route.options.get("arguments")
        arguments = call.node.arguments if isinstance(call, Invocation) and call.node is not None else []
        said = next((one.value for one in arguments if one.name == "response"), None)
        given = fastapi_answers.model_in(interpreter, said, call.scope) if isinstance(call, Invocation) else ""
        return taken[0] if len(taken) == 1 else "", given

    def auth(self) -> Auth:
        """Return what `auth=` says on the operation, or on what it hangs below: where a router is added, where it is
        made."""
        around = [one for step in reversed(self._item.steps) for one in (step.options, step.router.options)]
        for options in (self._item.route.options, *around, self._item.router.options, self._item.root.options):
            call = options.get("arguments")
            value = call.named.get("auth", _NOT_SAID) if isinstance(call, Invocation) else _NOT_SAID
            if value is None:
                return Auth(state="none")
            if value is not _NOT_SAID and isinstance(call, Invocation):
                several = items_or_itself(value)
                by = [AuthSource(name=_name_of(one), file=call.place.file, line=call.place.line) for one in several]
                return Auth(state="required", by=by)
        return Auth()


_NOT_SAID = object()


def _name_of(authenticator: Value) -> str:
    if isinstance(authenticator, External):
        return authenticator.name
    return rows.name_of(authenticator).removesuffix("()")


def _paging(handler: FunctionValue) -> Iterator[Parameter]:
    """Yield what `@paginate` takes of the query: the library's two usual ways of paging."""
    for decorator in handler.node.decorators:
        if nodes.bare_name(decorator) == "paginate":
            given = decorator.arguments[:1] if isinstance(decorator, nodes.Call) else []
            way = nodes.bare_name(given[0].value) if given else "LimitOffsetPagination"
            for name in _OF_PAGING.get(way, ()):
                yield Parameter(name=name, place="query", type="int", required=False)
