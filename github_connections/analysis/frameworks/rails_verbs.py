"""Single routes of Rails: verbs, `match`, `root`, and what Devise adds."""

from __future__ import annotations

from github_connections.analysis.frameworks.rails_blocks import member_of
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.routing import Router
from github_connections.analysis.linking.values import Behaviour, External, MapValue, Value, text_of, texts_of
from github_connections.analysis.report import ANY_METHOD

DEVISE = {
    "sessions": (("GET", "sign_in"), ("POST", "sign_in"), ("DELETE", "sign_out")),
    "passwords": (("GET", "password/new"), ("GET", "password/edit"), ("PATCH", "password"), ("PUT", "password"),
    ("POST", "password")),
    "registrations": (
        ("GET", "cancel"), ("GET", "sign_up"), ("GET", "edit"), ("PATCH", ""), ("PUT", ""), ("DELETE", ""),
        ("POST", ""),
    ),
}  # fmt: skip
VERBS = ("get", "post", "put", "patch", "delete", "options")


def _verb(method: str) -> Behaviour:
    return lambda call: _map(call, [method])


def _match(call: Invocation) -> Value:
    via = [name.upper() for name in texts_of(call.named.get("via"))]
    return _map(call, [ANY_METHOD] if not via or "ALL" in via else via)


def _map(call: Invocation, methods: list[str]) -> Value:
    written: list[tuple[str, Value]] = []
    for value in call.positional:
        if isinstance(value, MapValue):
            written += [(path, target) for path, target in value.entries.items()]
        elif isinstance(value, str):
            written.append((value, call.named.get("to", call.named.get("action"))))
    at = call.named.get("path")
    for path, target in written:
        router = _router_for(call)
        path = text_of(at) if isinstance(at, str) else path
        router.add(methods, _optional_format(path), call.place, _target(target), redirect=_redirects(target))
    return None


def _router_for(call: Invocation) -> Router:
    """`on: :member` and `on: :collection` put a route beside the block it stands in; else a nested one is below one
    object."""
    router: Router = call.receiver
    on = call.named.get("on")
    if on == "member":
        single = router.data.get("single") or router
        return single.group(f":{router.data.get('param', 'id')}", call.place, "member")
    if on in ("collection", "new") or router.data.get("context") != "resources":
        return router.group("new", call.place, "new") if on == "new" else router
    return member_of(call, router)


def _target(value: Value) -> Value:
    return text_of(value) if isinstance(value, str) else value if isinstance(value, External) else None


def _redirects(value: Value) -> bool:
    return isinstance(value, External) and value.name.startswith("redirect")


def _root(call: Invocation) -> Value:
    target = call.named.get("to", call.value(0))
    call.receiver.add(["GET"], "", call.place, _target(target), redirect=_redirects(target))
    return None


def _devise(call: Invocation) -> Value:
    for name in [text_of(value) for value in call.positional if isinstance(value, str)]:
        path = text_of(call.named["path"]) if call.named.get("path") is not None else name
        skipped = set(texts_of(call.named.get("skip")))
        only = set(texts_of(call.named.get("only")))
        names = call.named.get("path_names")
        renamed = {key: text_of(value) for key, value in names.entries.items()} if isinstance(names, MapValue) else {}
        group = call.receiver.group(path, call.place, "devise_for")
        for controller, listed in DEVISE.items():
            if controller in skipped or "all" in skipped or (only and controller not in only):
                continue
            for method, tail in listed:
                written = "/".join(renamed.get(part, part) for part in tail.split("/"))
                group.add([method], written, call.place, f"devise/{controller}")
    return None


def _optional_format(path: str) -> str:
    return path.replace("(.:format)", "")


SINGLE_ROUTES: dict[str, Behaviour] = {
    "root": _root,
    "match": _match,
    "devise_for": _devise,
    **{verb: _verb(verb.upper()) for verb in VERBS},
}
