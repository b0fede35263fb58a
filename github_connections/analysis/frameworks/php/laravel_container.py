"""What Laravel's container gives under a name: `app('router')`, `app()->get('router')`, `resolve(Router::class)`."""

from __future__ import annotations

from github_connections.analysis.frameworks.php.laravel_dingo import DINGO, ROUTER_OF_DINGO
from github_connections.analysis.frameworks.php.laravel_directories import of_php
from github_connections.analysis.frameworks.php.laravel_facade import PENDING
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import External, Kind, Thing, Value, text_of

_KINDS: dict[str, Kind] = {
    ROUTER_OF_DINGO: DINGO,
    **dict.fromkeys(("router", "Illuminate.Routing.Router", "Illuminate.Contracts.Routing.Registrar"), PENDING),
}


def declare(registry: Registry) -> None:
    """Add the ways to ask the container."""
    for name in ("app", "resolve"):
        registry.calls[name] = of_php(_made, registry.calls.get(name))
    for name in ("app().get", "app().make", "App.make", "Illuminate.Support.Facades.App.make"):
        registry.calls[name] = _made


def _made(call: Invocation) -> Value:
    wanted = call.value(0)
    name = wanted.name.removesuffix(".class") if isinstance(wanted, External) else text_of(wanted or "")
    kind = _KINDS.get(name.replace("\\", ".").lstrip("."))
    return External(f"{call.name}()", call) if kind is None else Thing(kind, call.place)
