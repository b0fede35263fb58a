"""The blocks of Rails' routes that hold others: scopes, namespaces, constraints, concerns."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.routing import Router
from github_connections.analysis.linking.values import (
    Behaviour,
    External,
    FunctionValue,
    MapValue,
    Unknown,
    Value,
    entries_of,
    text_of,
    texts_of,
)
from github_connections.analysis.report import AuthSource
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import first_argument


def _inside(call: Invocation, prefix: str, how: str, **data: Any) -> Router:
    """Open a part of the tree, and run the block in it."""
    outer: Router = call.receiver
    inner = outer.group(prefix, call.place, how, **({"auth": data.pop("auth")} if "auth" in data else {}))
    inner.data = {"concerns": outer.data["concerns"], "context": "scope", **kept(outer), **data}
    if outer.data.get("context") in ("resources", "resource", "member", "collection"):
        inner.data = {**outer.data, **inner.data, "context": outer.data["context"]}
        if outer.data.get("single") is outer:
            inner.data["single"] = inner
    function = call.value(-1)
    if isinstance(function, FunctionValue):
        call.run(function, inner, this=inner)
    return inner


def kept(outer: Router) -> dict[str, Any]:
    """Return what a block takes over from the one around it."""
    return {
        key: outer.data[key]
        for key in ("module", "shallow", "shallow_path", "json", "only", "except", "controller", "path_names", "via")
        if key in outer.data
    }


def _scope(call: Invocation) -> Value:
    said = call.named
    texts = [text_of(value) for value in call.positional if isinstance(value, str)]
    if isinstance(call.value(0), External | Unknown) and not _is_spread(call):
        texts.insert(0, text_of(call.value(0)))
    path = said.get("path")
    written = "/".join(texts) if path is None else text_of(path)
    options = defaults_of(call)
    if text_of(said.get("shallow_path") or "").strip("/") == written.strip("/"):
        options.pop("shallow_path", None)  # shallow routes have the paths of all scopes around them anyway
    return _inside(call, written if path is not False else "", "scope", **options, **_filters(call))


def _is_spread(call: Invocation) -> bool:
    """Tell whether a call begins with options that are kept elsewhere: `scope(**options)`."""
    first = first_argument(call.node)
    return isinstance(first, nodes.Spread)


def defaults_of(call: Invocation) -> dict[str, Any]:
    """Return what the options of a call set for all that is inside."""
    said: dict[str, Any] = {}
    implied = entries_of(call.named.get("defaults")).get("format")
    if "json" in (implied, call.named.get("format")):
        said["json"] = True
    if call.named.get("shallow") is True:
        said["shallow"] = True
    if call.named.get("shallow_path") is not None:
        said["shallow_path"] = "/".join(
            [call.receiver.data.get("shallow_path", ""), text_of(call.named["shallow_path"])]
        )
    if call.named.get("controller") is not None:
        said["controller"] = text_of(call.named["controller"])
    if call.named.get("via") is not None:
        said["via"] = call.named["via"]
    names = call.named.get("path_names")
    if isinstance(names, MapValue):
        renamed = {name: text_of(value) for name, value in names.entries.items()}
        said["path_names"] = {**call.receiver.data.get("path_names", {}), **renamed}
    module = call.named.get("module")
    if module is not None:
        said["module"] = "/".join(part for part in (call.receiver.data.get("module", ""), text_of(module)) if part)
    return said


def _filters(call: Invocation) -> dict[str, Any]:
    return {name: texts_of(call.named[name]) for name in ("only", "except") if name in call.named}


def _namespace(call: Invocation) -> Value:
    name = call.text(0)
    path = call.named.get("path") or "" if "path" in call.named else name
    module = "/".join(part for part in (call.receiver.data.get("module", ""), name) if part)
    json = {"json": True} if name == "api" else {}
    said = {**json, **defaults_of(call), **_filters(call)}
    said.setdefault("module", module)
    if call.receiver.data.get("context") == "resources":
        call = _on(call, member_of(call, call.receiver), context="scope")
    return _inside(call, text_of(path), "namespace", **said)


def _plain_block(call: Invocation) -> Value:
    """`constraints`, `defaults`, `with_options`, `concern`'s like: a block that changes no path."""
    data = defaults_of(call)
    if call.name == "defaults" and call.named.get("format") == "json":
        data["json"] = True
    if call.name == "with_options":
        data.update(_filters(call))
    return _inside(call, "", call.name, **data)


def _authenticated(call: Invocation) -> Value:
    source = AuthSource(name=call.name, file=call.place.file, line=call.place.line)
    return _inside(call, "", call.name, auth=source)


def _controller(call: Invocation) -> Value:
    return _inside(call, "", "controller", controller=call.text(0))


def _concern(call: Invocation) -> Value:
    call.receiver.data["concerns"][call.text(0)] = call.value(-1)
    return None


def _concerns(call: Invocation) -> Value:
    for name in (text for value in call.positional for text in texts_of(value)):
        use_concern(call, call.receiver, name, MapValue(dict(call.named), call.place))
    return None


def use_concern(call: Invocation, router: Router, name: str, options: MapValue) -> None:
    """Run a concern's block, which may take the options that stand beside its name."""
    block = router.data["concerns"].get(name)
    if isinstance(block, FunctionValue):
        call.run(block, options, this=router)


def _on(call: Invocation, router: Router, **data: Any) -> Invocation:
    """Return the same call on another part of the tree."""
    router.data.update(data)
    return replace(call, receiver=router)


def member_of(call: Invocation, outer: Router) -> Router:
    """Return the part of the tree below one object of a resource."""
    single = outer.data.get("single") or outer
    variable = f"{outer.data['name']}_{outer.data['param']}"
    inner: Router = single.group(f":{variable}", call.place, "resources")
    inner.data = dict(outer.data)
    return inner


BLOCKS: dict[str, Behaviour] = {
    "namespace": _namespace,
    "scope": _scope,
    "concern": _concern,
    "concerns": _concerns,
    "controller": _controller,
    **dict.fromkeys(
        ("constraints", "defaults", "with_options", "devise_scope", "as", "localized", "unauthenticated"),
        _plain_block,
    ),
    **dict.fromkeys(("authenticate", "authenticated"), _authenticated),
}
