"""Flask-Security: the pages that it adds for people's accounts, by what the application's configuration turns on."""

from __future__ import annotations

from github_connections.analysis.frameworks.python import flask_configuration
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.routing import Router
from github_connections.analysis.linking.values import Kind, Thing, Value, text_of

BOTH = ("GET", "POST")
# Which switch turns pages on, and these: the setting for the address, its default, what stands behind it, the verbs.
PAGES: dict[str, tuple[tuple[str, str, str, tuple[str, ...]], ...]] = {
    "": (
        ("LOGIN_URL", "/login", "", BOTH),
        ("LOGOUT_URL", "/logout", "", BOTH),
        ("VERIFY_URL", "/verify", "", BOTH),
    ),
    "REGISTERABLE": (("REGISTER_URL", "/register", "", BOTH),),
    "RECOVERABLE": (("RESET_URL", "/reset", "", BOTH), ("RESET_URL", "/reset", "/<token>", BOTH)),
    "CONFIRMABLE": (("CONFIRM_URL", "/confirm", "", BOTH), ("CONFIRM_URL", "/confirm", "/<token>", BOTH)),
    "CHANGEABLE": (("CHANGE_URL", "/change", "", BOTH),),
    "PASSWORDLESS": (("LOGIN_URL", "/login", "/<token>", ("GET",)),),
}


def declare(registry: Registry, kind: Kind) -> None:
    """Add the extension, whose pages are a blueprint of this kind."""
    for name in ("flask_security.Security", "flask_security.core.Security"):
        registry.calls[name] = lambda call: _security(kind, call)


def _security(kind: Kind, call: Invocation) -> Value:
    made = Thing(SECURITY, call.place, {"kind": kind, "named": call.named})
    _attach(made, call.value(0, "app"), call)
    return made


def _init_app(call: Invocation) -> Value:
    _attach(call.receiver, call.value(0, "app"), call)
    return None


def _attach(security: Thing, application: Value, call: Invocation) -> None:
    named = {**security.data["named"], **call.named}
    if not isinstance(application, Router) or named.get("register_blueprint") is False:
        return
    settings = flask_configuration.of_application(application, "config").data
    pages = Router(security.data["kind"], call.place)
    for switch, offered in PAGES.items():
        if not switch or settings.get(f"SECURITY_{switch}") is True:
            for setting, default, below, verbs in offered:
                address = settings.get(f"SECURITY_{setting}", default)
                pages.add(list(verbs), text_of(address) + below, call.place, page=True)
    application.mount(text_of(settings.get("SECURITY_URL_PREFIX") or ""), pages, call.place, "Security")


SECURITY: Kind = Kind("flask security", methods={"init_app": _init_app}, fluent=False, is_router=False)
