"""Rails' resources: the actions of many objects or of one, and the blocks inside them."""

from __future__ import annotations

import posixpath
import re
from typing import Any

from msgspec.structs import replace

from github_connections.analysis.frameworks.inflection import plural, singular
from github_connections.analysis.frameworks.ruby.rails_blocks import defaults_of, kept, member_of, use_concern
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.routing import Router
from github_connections.analysis.linking.values import (
    Behaviour,
    FunctionValue,
    MapValue,
    Value,
    text_of,
    texts_of,
)

MANY = {
    "index": (("GET",), ""), "create": (("POST",), ""), "new": (("GET",), "new"), "edit": (("GET",), ":id/edit"),
    "show": (("GET",), ":id"), "update": (("PATCH", "PUT"), ":id"), "destroy": (("DELETE",), ":id"),
}  # fmt: skip
ONE = {
    "new": (("GET",), "new"), "edit": (("GET",), "edit"), "show": (("GET",), ""), "update": (("PATCH", "PUT"), ""),
    "destroy": (("DELETE",), ""), "create": (("POST",), ""),
}  # fmt: skip


def _resources(*, many: bool) -> Behaviour:
    def declare_resources(call: Invocation) -> Value:
        options = [value.entries for value in call.positional if isinstance(value, MapValue)]
        said = replace(
            call, named={name: value for entries in [*options, call.named] for name, value in entries.items()}
        )
        for name in [text_of(value) for value in call.positional if isinstance(value, str)]:
            declare_resource(said, name, many=many)
        return None

    return declare_resources


def declare_resource(call: Invocation, name: str, *, many: bool) -> Router:
    """Add the actions of a resource, and what a block says below it; return the part of the tree that it is."""
    outer, said = call.receiver, call.named
    path = text_of(said["path"]) if said.get("path") is not None else name
    shallow = said.get("shallow") is True or bool(outer.data.get("shallow"))
    nested = outer.data.get("context") == "resources"
    above = outer
    if nested:  # below one of the outer
        above = member_of(call, outer)
    controller = text_of(said["controller"]) if said.get("controller") is not None else (name if many else plural(name))
    param = text_of(said["param"]) if said.get("param") is not None else "id"
    inner: Router = above.group(path, call.place, "resources" if many else "resource")
    inner.data = {
        "concerns": outer.data["concerns"],
        **{key: value for key, value in kept(outer).items() if key not in ("only", "except")},
        "context": "resources" if many else "resource",
        "name": singular(name).replace("-", "_") if many else name,
        "param": param,
        "controller": controller,
        **defaults_of(call),
        "shallow": shallow,
    }
    root: Router = outer.data["outside"] if nested else outer
    inner.data["outside"] = root  # where the outermost resource stands
    single = inner
    if shallow and nested:  # members of a shallow resource stand at the top
        single = root.group(f"{outer.data.get('shallow_path', '')}/{path}".lstrip("/"), call.place, "resources")
        single.data = dict(inner.data)
    inner.data["single"] = single
    _actions(call, inner, single, MANY if many else ONE)
    for concern in texts_of(said.get("concerns")):
        use_concern(call, inner, concern, MapValue({}, call.place))
    block = call.value(-1)
    if isinstance(block, FunctionValue):
        call.run(block, inner, this=inner)
    return inner


def _actions(call: Invocation, inner: Router, single: Router, table: dict[str, Any]) -> None:
    only, left_out = call.named.get("only"), call.named.get("except")
    wanted = texts_of(only) if only is not None else call.receiver.data.get("only")
    unwanted = texts_of(left_out) if left_out is not None else call.receiver.data.get("except", [])
    api = _is_api_only(call)
    for action, (methods, tail) in table.items():
        if (wanted is not None and action not in wanted) or action in unwanted:
            continue
        if api and action in ("new", "edit") and wanted is None:
            continue
        for name, other in inner.data.get("path_names", {}).items():
            tail = re.sub(rf"(^|/){name}$", rf"\1{other}", tail)
        path = tail.replace(":id", f":{inner.data['param']}")
        target = single if ":" in path else inner
        target.add(list(methods), path, call.place, _handler(inner, action))


def _is_api_only(call: Invocation) -> bool:
    """`config.api_only = true` leaves out the two forms."""
    known = call.interpreter.state.get("rails api")
    if known is None:
        program = call.interpreter.program
        files = [path for path in program.all_paths if posixpath.basename(path) == "application.rb"]
        known = any(
            re.search(rb"^[ \t]*config\.api_only\s*=\s*true", program.read(path) or b"", re.MULTILINE) for path in files
        )
        call.interpreter.state["rails api"] = known
    return bool(known)


def _handler(router: Router, action: str) -> str:
    module = router.data.get("module", "")
    controller = router.data.get("controller", "")
    return f"{module}/{controller}#{action}" if module else f"{controller}#{action}"


def _member(call: Invocation) -> Value:
    outer = call.receiver
    single = outer.data.get("single") or outer
    prefix = f":{outer.data.get('param', 'id')}" if outer.data.get("context") == "resources" else ""
    inner = single.group(prefix, call.place, "member")
    inner.data = {**outer.data, "context": "member"}
    call.run(call.value(-1), inner, this=inner)
    return None


def _collection(call: Invocation) -> Value:
    inner = call.receiver.group("", call.place, "collection")
    inner.data = {**call.receiver.data, "context": "collection"}
    call.run(call.value(-1), inner, this=inner)
    return None


def _new(call: Invocation) -> Value:
    inner = call.receiver.group("new", call.place, "new")
    inner.data = {**call.receiver.data, "context": "collection"}
    call.run(call.value(-1), inner, this=inner)
    return None


def _nested(call: Invocation) -> Value:
    inner = member_of(call, call.receiver)
    call.run(call.value(-1), inner, this=inner)
    return None


def _shallow_block(call: Invocation) -> Value:
    inner = call.receiver.group("", call.place, "shallow")
    inner.data = {**call.receiver.data, "shallow": True}
    call.run(call.value(-1), inner, this=inner)
    return None


RESOURCES: dict[str, Behaviour] = {
    "resources": _resources(many=True),
    "resource": _resources(many=False),
    "member": _member,
    "collection": _collection,
    "new": _new,
    "nested": _nested,
    "shallow": _shallow_block,
}
