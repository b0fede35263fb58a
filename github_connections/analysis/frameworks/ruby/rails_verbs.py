"""Single routes of Rails: verbs, `match`, `root`."""

from __future__ import annotations

import re

from github_connections.analysis import http_verbs
from github_connections.analysis.frameworks.ruby.rails_blocks import member_of
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.routing import Router
from github_connections.analysis.linking.values import (
    Behaviour,
    External,
    MapValue,
    Unknown,
    Value,
    is_known,
    text_of,
    texts_of,
)
from github_connections.analysis.report import ANY_METHOD

# The actions of a resource itself: said by symbol in one of its blocks, they add nothing to its path.
_OWN = frozenset({"index", "create", "new", "show", "update", "destroy"})
# What stands in a hash of paths and is none: `get({"/x" => "pages#x", as: :x})`.
_OPTIONS = frozenset({"as", "via", "to", "on", "action", "controller", "constraints", "defaults", "format", "anchor"})
VERBS = (*http_verbs.OF_APIS, "options")


def _verb(method: str) -> Behaviour:
    return lambda call: _map(call, [method])


def _match(call: Invocation) -> Value:
    via = [name.upper() for name in texts_of(call.named.get("via", call.receiver.data.get("via")))]
    return _map(call, [ANY_METHOD] if not via or "ALL" in via else via)


def _map(call: Invocation, methods: list[str]) -> Value:
    written: list[tuple[str, Value]] = []
    for value in call.positional:
        if isinstance(value, MapValue):
            written += [(path, target) for path, target in value.entries.items() if path not in _OPTIONS]
        elif isinstance(value, str | Unknown) or (isinstance(value, External) and not _redirects(value)):
            written.append((text_of(value), call.named.get("to", call.named.get("action"))))
    at = call.named.get("path")
    for path, target in written:
        router, handler = _router_for(call), _handler(call, path, target)
        path = text_of(at) if isinstance(at, str) else "" if _is_own(call, path) else path
        router.add(methods, _optional_format(path), call.place, handler, redirect=_redirects(target))
    return None


def _is_own(call: Invocation, path: str) -> bool:
    """`patch :update` in a block of members is the resource's own path; `patch "update"` is one below it."""
    context = call.receiver.data.get("context")
    if path not in _OWN or not (context in ("member", "collection", "resource") or "on" in call.named):
        return False
    [written] = call.interpreter.program.lines(call.place.file)[call.place.line - 1 : call.place.line] or [""]
    return re.search(rf"\b\w+[ (]+:{path}\b", written) is not None


def _router_for(call: Invocation) -> Router:
    """`on: :member` and `on: :collection` put a route beside the block it stands in; else a nested one is below one
    object."""
    router: Router = call.receiver
    on = call.named.get("on")
    if on == "member" and router.data.get("context") == "resources":
        single = router.data.get("single") or router
        return single.group(f":{router.data.get('param', 'id')}", call.place, "member")
    if on in ("collection", "new") or router.data.get("context") != "resources":
        return router.group("new", call.place, "new") if on == "new" else router
    return member_of(call, router)


def _handler(call: Invocation, path: str, target: Value) -> Value:
    """Return who answers: `module/controller#action`. What is not said is the block's controller, and the path's last
    part."""
    if isinstance(target, External):
        return target
    data, written = call.receiver.data, text_of(target) if isinstance(target, str) else ""
    if not is_known(written):
        return written
    controller, mark, action = written.rpartition("#")
    if not mark:
        controller, action = _said(call, "controller") or data.get("controller", ""), written or _said(call, "action")
    if not action or not controller:
        before, _, last = path.strip("/").replace("-", "_").rpartition("/")
        controller, action = controller or before, action or last
    if not controller or not re.fullmatch(r"/?\w+(/\w+)*", controller) or not re.fullmatch(r"\w+[?!]?", action):
        return written or None
    module = "" if controller.startswith("/") else data.get("module", "")
    return f"{module}/{controller.lstrip('/')}#{action}".lstrip("/")


def _said(call: Invocation, option: str) -> str:
    value = call.named.get(option)
    return value if isinstance(value, str) else ""


def _redirects(value: Value) -> bool:
    return isinstance(value, External) and value.name.startswith("redirect")


def _root(call: Invocation) -> Value:
    target = call.named.get("to", call.value(0))
    methods = [name.upper() for name in texts_of(call.named.get("via"))] or ["GET"]
    call.receiver.add(methods, "", call.place, _handler(call, "", target), redirect=_redirects(target))
    return None


def _optional_format(path: str) -> str:
    return path.replace("(.:format)", "")


SINGLE_ROUTES: dict[str, Behaviour] = {
    "root": _root,
    "match": _match,
    **{verb: _verb(verb.upper()) for verb in VERBS},
}
