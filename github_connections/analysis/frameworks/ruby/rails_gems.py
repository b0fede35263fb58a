"""What gems add to Rails' routes by one call: Devise and its token authentication, Doorkeeper, griddler, Avo."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.frameworks.inflection import plural, singular
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.routing import Router
from github_connections.analysis.linking.values import Behaviour, FunctionValue, MapValue, Value, text_of, texts_of
from github_connections.analysis.report import ANY_METHOD, Place
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import texts_written

_FORMS = (("GET", "new"), ("GET", ""), ("POST", ""))
# By controller: the module of the model that brings it, and its routes; the first part of a path may be renamed.
DEVISE: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "sessions": ("database_authenticatable", (("GET", "sign_in"), ("POST", "sign_in"), ("DELETE", "sign_out"))),
    "passwords": ("recoverable", (
        ("GET", "password/new"), ("GET", "password/edit"), ("PATCH", "password"), ("PUT", "password"),
        ("POST", "password"),
    )),
    "registrations": ("registerable", (
        ("GET", "cancel"), ("GET", "sign_up"), ("GET", "edit"), ("PATCH", ""), ("PUT", ""), ("DELETE", ""),
        ("POST", ""),
    )),
    "confirmations": ("confirmable", tuple((method, f"confirmation/{tail}") for method, tail in _FORMS)),
    "unlocks": ("lockable", tuple((method, f"unlock/{tail}") for method, tail in _FORMS)),
}  # fmt: skip
# Without a model to read, these are what its generator writes.
_USUAL = {"database_authenticatable", "recoverable", "registerable"}
DOORKEEPER: dict[str, tuple[tuple[str, str], ...]] = {
    "authorizations": (
        ("GET", "authorize/native"), ("GET", "authorize"), ("POST", "authorize"), ("DELETE", "authorize"),
    ),
    "tokens": (("POST", "token"), ("POST", "revoke"), ("POST", "introspect")),
    "applications": (
        ("GET", "applications"), ("POST", "applications"), ("GET", "applications/new"),
        ("GET", "applications/:id/edit"), ("GET", "applications/:id"), ("PATCH", "applications/:id"),
        ("PUT", "applications/:id"), ("DELETE", "applications/:id"),
    ),
    "authorized_applications": (("GET", "authorized_applications"), ("DELETE", "authorized_applications/:id")),
    "token_info": (("GET", "token/info"),),
}  # fmt: skip


def _devise(call: Invocation) -> Value:
    """`devise_for :users, path: …`: what the modules of the model ask for."""
    for name in [text_of(value) for value in call.positional if isinstance(value, str)]:
        path = _said(call).get("path")
        before = _said(call).get("path_prefix")
        whole = "/".join(
            text_of(part).strip("/") for part in (before, name if path is None else path) if part is not None
        )
        group = call.receiver.group(whole, call.place, "devise_for")
        _accounts(call, group, _model(call, name))
    return None


def _token_auth(call: Invocation) -> Value:
    """`mount_devise_token_auth_for "User", at: "auth"`: Devise's routes, and the check of a token."""
    at = text_of(call.named["at"]) if call.named.get("at") is not None else "auth"
    group = call.receiver.group(at, call.place, call.name)
    _accounts(call, group, call.text(0))
    controllers = _said(call).get("controllers")
    own = controllers.entries.get("token_validations") if isinstance(controllers, MapValue) else None
    checking = "devise_token_auth/token_validations" if own is None else text_of(own)
    group.add(["GET"], "validate_token", call.place, f"{checking}#validate_token")
    return None


def _model(call: Invocation, resource: str) -> str:
    if call.named.get("class_name") is not None:
        return text_of(call.named["class_name"])
    return "".join(part.capitalize() for part in singular(resource).split("_"))


def _accounts(call: Invocation, group: Router, model: str) -> None:
    said = _said(call)
    skipped, only = _controllers(said.get("skip")), _controllers(said.get("only"))
    names, controllers = said.get("path_names"), said.get("controllers")
    renamed = {key: text_of(value) for key, value in names.entries.items()} if isinstance(names, MapValue) else {}
    own = (
        {key: text_of(value) for key, value in controllers.entries.items()} if isinstance(controllers, MapValue) else {}
    )
    modules, providers = _modules(call, model)
    for controller, (module, listed) in DEVISE.items():
        if controller in skipped or "all" in skipped or (only and controller not in only):
            continue
        if not (module in modules or (modules is _USUAL and controller in own) or controller == "sessions"):
            continue
        before = renamed.get("registration", "") if controller == "registrations" else ""
        for method, tail in listed:
            written = "/".join(renamed.get(part, part) for part in (before, *tail.split("/")) if part)
            methods = texts_of(said.get("sign_out_via")) if tail == "sign_out" else []
            handler = f"{own.get(controller, f'devise/{controller}')}#{_action(method, tail)}"
            group.add([name.upper() for name in methods] or [method], written, call.place, handler)
    if "omniauth_callbacks" not in skipped and "all" not in skipped:
        for provider in providers:
            handler = own.get("omniauth_callbacks", "devise/omniauth_callbacks")
            group.add(["GET", "POST"], f"auth/{provider}", call.place, f"{handler}#passthru")
            group.add(["GET", "POST"], f"auth/{provider}/callback", call.place, f"{handler}#{provider}")


def _action(method: str, tail: str) -> str:
    last = tail.rpartition("/")[2]
    if last in ("new", "edit", "cancel"):
        return last
    by_method = {"GET": "new" if last in ("sign_in", "sign_up") else "show", "POST": "create", "DELETE": "destroy"}
    return by_method.get(method, "update")


def _controllers(said: Value) -> set[str]:
    """Devise takes `:registration` and `:registrations` for the same."""
    return {plural(name) if name != "all" else name for name in map(singular, texts_of(said))}


def _said(call: Invocation) -> dict[str, Value]:
    """Return the options, also those that are handed on as a hash."""
    maps = [value.entries for value in call.positional if isinstance(value, MapValue)]
    return {name: value for entries in [*maps, call.named] for name, value in entries.items()}


def _modules(call: Invocation, model: str) -> tuple[set[str], list[str]]:
    """Return the modules of the model's `devise` calls, and the providers that it names."""
    modules: set[str] = set()
    providers: list[str] = []
    for file in call.interpreter.program.declaring("ruby", model.rpartition("::")[2]):
        for node in _calls(file.module.body, "devise"):
            for argument in node.arguments:
                if not argument.name:
                    modules.update(texts_written(argument.value))
                elif argument.name == "omniauth_providers":
                    providers += texts_written(argument.value)
    return modules or _USUAL, providers if "omniauthable" in modules else []


def _calls(body: list[nodes.Statement], name: str) -> Iterator[nodes.Call]:
    """Yield the calls of a name, in classes too, not in methods."""
    for statement in body:
        match statement:
            case (nodes.Call() as call) | nodes.Return(value=nodes.Call() as call):
                if getattr(call.function, "id", "") == name:
                    yield call
            case nodes.Class(body=inner):
                yield from _calls(inner, name)


def _doorkeeper(call: Invocation) -> Value:
    """`use_doorkeeper do skip_controllers :applications end`: an authorization server below /oauth."""
    scope = call.named.get("scope")
    group = call.receiver.group("oauth" if scope is None else text_of(scope), call.place, call.name)
    block = call.value(-1)
    body = block.node.body if isinstance(block, FunctionValue) else []
    left_out = [item.value for node in _calls(body, "skip_controllers") for item in node.arguments]
    skipped = {text for value in left_out for text in texts_written(value)}
    for controller, listed in DOORKEEPER.items():
        if controller not in skipped:
            for method, path in listed:
                group.add([method], path, call.place, f"doorkeeper/{controller}")
    return None


def _openid_connect(call: Invocation) -> Value:
    """`use_doorkeeper_openid_connect`: https://github.com/doorkeeper-gem/doorkeeper-openid_connect#routes."""
    scope = call.named.get("scope")
    group = call.receiver.group("oauth" if scope is None else text_of(scope), call.place, call.name)
    group.add(["GET", "POST"], "userinfo", call.place, "doorkeeper/openid_connect/userinfo#show")
    group.add(["GET"], "discovery/keys", call.place, "doorkeeper/openid_connect/discovery#keys")
    for path, action in (("openid-configuration", "provider"), ("webfinger", "webfinger")):
        call.receiver.add(["GET"], f".well-known/{path}", call.place, f"doorkeeper/openid_connect/discovery#{action}")
    return None


def _one_route(methods: list[str], path: str, handler: str) -> Behaviour:
    def declare(call: Invocation) -> Value:
        """`mount_griddler`, `mount_griddler("/incoming")`, `mount_avo at: "/office"`: one route of a gem."""
        said = call.named.get("at", call.value(0))
        call.receiver.add(methods, path if said is None else text_of(said).strip("/"), call.place, handler)
        return None

    return declare


# What ActiveAdmin hands Devise: `devise_for :admin_users, ActiveAdmin::Devise.config`.
_OF_ADMINS = MapValue({"sign_in": "login", "sign_out": "logout"}, Place("", 0))
SETTINGS: dict[str, Value] = {
    "ActiveAdmin.Devise.config": MapValue({"path": "admin", "path_names": _OF_ADMINS}, Place("", 0))
}
GEMS: dict[str, Behaviour] = {
    "devise_for": _devise,
    "mount_devise_token_auth_for": _token_auth,
    "use_doorkeeper": _doorkeeper,
    "use_doorkeeper_openid_connect": _openid_connect,
    # https://github.com/thoughtbot/griddler, https://docs.avohq.io
    "mount_griddler": _one_route(["POST"], "email_processor", "griddler/emails#create"),
    "mount_avo": _one_route([ANY_METHOD], "avo", "Avo::Engine"),
}
