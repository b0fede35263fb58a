"""Dingo's router for Laravel and Lumen: https://github.com/dingo/api/wiki/Creating-API-Endpoints.

Its routes lie below the prefix of its settings, and not below that of the file that they stand in.
"""

from __future__ import annotations

import re

from msgspec.structs import replace

from github_connections.analysis.frameworks.php.laravel_facade import ROUTER, STATIC, running_in
from github_connections.analysis.frameworks.php.laravel_resources import RESOURCE
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import FunctionValue, Kind, Value, entries_of, text_of

LIBRARY = "Dingo\\Api"
ROUTER_OF_DINGO = "Dingo.Api.Routing.Router"
_SETTING = re.compile(rb"(?m)^API_PREFIX=[\"']?([^\s\"'#]+)")


def declare(registry: Registry) -> None:
    """Add the router as it is handed to functions."""
    registry.types[ROUTER_OF_DINGO] = DINGO


def _version(call: Invocation) -> Value:
    """`$api->version('v1', ['prefix' => '…'], function ($api) { … })`."""
    options, body = call.value(1), call.value(-1)
    said = entries_of(options).get("prefix")
    prefix = text_of(_prefix(call) if said is None else said)
    root = call.interpreter.new_router(ROUTER, call.place, application=True)
    if isinstance(body, FunctionValue):
        router, things = root.group(prefix, call.place, "version"), call.interpreter.things
        already = len(things)
        with running_in(call, body.scope.file.path, router):
            call.run(body, router)
        for resource in (thing for thing in things[already:] if thing.kind is RESOURCE):
            resource.data["left_out"] |= {"create", "edit"}  # an API has no forms
    return call.receiver


def _prefix(call: Invocation) -> Value:
    """Return what config/api.php says, else what the example of the environment does."""
    program = call.interpreter.program
    for path in program.all_paths:
        found = _SETTING.search(program.read(path) or b"") if path.endswith(".env.example") else None
        if found is not None:
            return found.group(1).decode("utf-8", "replace")
    return call.interpreter.registry.calls["config"](replace(call, name="config", positional=["api.prefix"], named={}))


DINGO = Kind("dingo", methods={**STATIC, "version": _version}, is_router=False)
