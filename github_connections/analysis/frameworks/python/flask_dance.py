"""Flask-Dance: blueprints by which people log in with an account elsewhere."""

from __future__ import annotations

from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import Behaviour, Kind, Value

PROVIDERS = ("azure", "discord", "dropbox", "facebook", "github", "gitlab", "google", "linkedin", "slack", "twitter")


def declare(registry: Registry, kind: Kind) -> None:
    """Add what makes the blueprints, which are of this kind."""
    for provider in PROVIDERS:
        for module in ("", f".{provider}"):
            registry.calls[f"flask_dance.contrib{module}.make_{provider}_blueprint"] = _made(kind, provider)


def _made(kind: Kind, provider: str) -> Behaviour:
    def make(call: Invocation) -> Value:
        blueprint = call.router(kind)
        for name, usual in (("login_url", f"/{provider}"), ("authorized_url", f"/{provider}/authorized")):
            blueprint.add(["GET"], call.text(99, name, usual), call.place, page=True)
        return blueprint

    return make
