"""Rails: the routing DSL of config/routes.rb and of engines, as https://guides.rubyonrails.org/routing.html has it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.inflection import singular
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.routing import Reached, Router, reached_in
from github_connections.analysis.linking.values import (
    Behaviour,
    External,
    FunctionValue,
    Kind,
    MapValue,
    Value,
    text_of,
    texts_of,
)
from github_connections.analysis.report import ANY_METHOD, Auth, AuthSource, Place, Route, RouteKind
from github_connections.analysis.syntax import nodes

MANY = {
    "index": (("GET",), ""), "create": (("POST",), ""), "new": (("GET",), "new"), "edit": (("GET",), ":id/edit"),
    "show": (("GET",), ":id"), "update": (("PATCH", "PUT"), ":id"), "destroy": (("DELETE",), ":id"),
}  # fmt: skip
ONE = {
    "new": (("GET",), "new"), "edit": (("GET",), "edit"), "show": (("GET",), ""), "update": (("PATCH", "PUT"), ""),
    "destroy": (("DELETE",), ""), "create": (("POST",), ""),
}  # fmt: skip
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
_OPTIONAL = re.compile(r"\(([^()]*)\)")
_LOG_IN = re.compile(
    r"authenticat|require_(user|login|admin|sign)|login_required|ensure_(logged|signed)|doorkeeper_authorize|authorize_request"
)


def declare(registry: Registry) -> None:
    """Add the ways to begin a set of routes."""
    for name in (
        "Rails.application.routes.draw",
        "*.routes.draw",
        "Rails.application.routes.append",
        "*.routes.prepend",
    ):
        registry.calls[name] = _draw
    registry.calls["Rails.application.routes"] = lambda _call: External("Rails.application.routes")
    for name in ("lambda", "proc"):
        registry.calls.setdefault(name, lambda call: call.value(-1))
    registry.class_methods["routes"] = lambda _call: External("Engine.routes")


def _draw(call: Invocation) -> Value:
    """`X.routes.draw do … end`: the application's, or an engine's, by what stands before."""
    engine = _engine(call)
    made = _set_of(call, engine)
    call.run(call.value(-1), this=made)
    return made


def _engine(call: Invocation) -> str:
    """Return the engine's name; empty for the application."""
    node = call.node.function if call.node is not None else None
    parts: list[str] = []
    while isinstance(node, nodes.Member):
        node = node.of
        parts.append(node.name if isinstance(node, nodes.Member) else getattr(node, "id", ""))
    names = [part for part in reversed(parts) if part not in ("routes", "application", "")]
    return "" if not names or names[0] == "Rails" else "::".join(names)


def _set_of(call: Invocation, engine: str) -> Router:
    """Return the one set of routes of the application, or of an engine: several files may draw into it."""
    sets: dict[tuple[str, str], Router] = call.interpreter.state.setdefault("rails", {})
    key = (call.scope.file.project_root if not engine else "", engine)
    if key not in sets:
        sets[key] = call.router(ROUTER, application=not engine, data={"context": "top", "concerns": {}})
    return sets[key]


# --- blocks ---------------------------------------------------------------------------------------------------------


def _inside(call: Invocation, prefix: str, how: str, **data: Any) -> Router:
    """Open a part of the tree, and run the block in it."""
    outer: Router = call.receiver
    inner = outer.group(prefix, call.place, how, **({"auth": data.pop("auth")} if "auth" in data else {}))
    inner.data = {"concerns": outer.data["concerns"], "context": "scope", **_kept(outer), **data}
    if outer.data.get("context") in ("resources", "resource", "member", "collection"):
        inner.data = {**outer.data, **inner.data, "context": outer.data["context"]}
        if outer.data.get("single") is outer:
            inner.data["single"] = inner
    function = call.value(-1)
    if isinstance(function, FunctionValue):
        call.run(function, inner, this=inner)
    return inner


def _kept(outer: Router) -> dict[str, Any]:
    return {
        key: outer.data[key]
        for key in ("module", "shallow", "shallow_path", "json", "only", "except", "controller")
        if key in outer.data
    }


def _scope(call: Invocation) -> Value:
    said = call.named
    texts = [text_of(value) for value in call.positional if isinstance(value, str)]
    path = said.get("path")
    written = "/".join(texts) if path is None else text_of(path)
    return _inside(call, written if path is not False else "", "scope", **_defaults(call), **_filters(call))


def _defaults(call: Invocation) -> dict[str, Any]:
    said: dict[str, Any] = {}
    defaults = call.named.get("defaults")
    if isinstance(defaults, MapValue) and defaults.entries.get("format") == "json":
        said["json"] = True
    if call.named.get("format") == "json":
        said["json"] = True
    if call.named.get("shallow") is True:
        said["shallow"] = True
    if call.named.get("shallow_path") is not None:
        said["shallow_path"] = "/".join(
            [call.receiver.data.get("shallow_path", ""), text_of(call.named["shallow_path"])]
        )
    if call.named.get("controller") is not None:
        said["controller"] = text_of(call.named["controller"])
    module = call.named.get("module")
    if module is not None:
        said["module"] = "/".join(part for part in (call.receiver.data.get("module", ""), text_of(module)) if part)
    return said


def _filters(call: Invocation) -> dict[str, Any]:
    return {name: texts_of(call.named[name]) for name in ("only", "except") if name in call.named}


def _namespace(call: Invocation) -> Value:
    name = call.text(0)
    path = call.named.get("path")
    module = "/".join(part for part in (call.receiver.data.get("module", ""), name) if part)
    json = {"json": True} if name == "api" else {}
    said = {**json, **_defaults(call), **_filters(call)}
    said.setdefault("module", module)
    if call.receiver.data.get("context") == "resources":
        call = _on(call, _member_of(call, call.receiver), context="scope")
    return _inside(call, name if path is None else text_of(path), "namespace", **said)


def _plain_block(call: Invocation) -> Value:
    """`constraints`, `defaults`, `with_options`, `concern`'s like: a block that changes no path."""
    data = _defaults(call)
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
        _use_concern(call, call.receiver, name, MapValue(dict(call.named), call.place))
    return None


def _use_concern(call: Invocation, router: Router, name: str, options: MapValue) -> None:
    """Run a concern's block, which may take the options that stand beside its name."""
    block = router.data["concerns"].get(name)
    if isinstance(block, FunctionValue):
        call.run(block, options, this=router)


def _on(call: Invocation, router: Router, **data: Any) -> Invocation:
    """Return the same call on another part of the tree."""
    router.data.update(data)
    return replace(call, receiver=router)


# --- resources ------------------------------------------------------------------------------------------------------


def _resources(*, many: bool) -> Behaviour:
    def declare_resources(call: Invocation) -> Value:
        options = [value.entries for value in call.positional if isinstance(value, MapValue)]
        said = replace(
            call, named={name: value for entries in [*options, call.named] for name, value in entries.items()}
        )
        for name in [text_of(value) for value in call.positional if isinstance(value, str)]:
            _resource(said, name, many=many)
        return None

    return declare_resources


def _resource(call: Invocation, name: str, *, many: bool) -> None:
    outer, said = call.receiver, call.named
    path = text_of(said["path"]) if said.get("path") is not None else name
    shallow = said.get("shallow") is True or bool(outer.data.get("shallow"))
    nested = outer.data.get("context") == "resources"
    above = outer
    if nested:  # below one of the outer
        above = _member_of(call, outer)
    controller = text_of(said["controller"]) if said.get("controller") is not None else (name if many else f"{name}s")
    param = text_of(said["param"]) if said.get("param") is not None else "id"
    inner = above.group(path, call.place, "resources" if many else "resource")
    inner.data = {
        "concerns": outer.data["concerns"],
        **{key: value for key, value in _kept(outer).items() if key not in ("only", "except")},
        "context": "resources" if many else "resource",
        "name": singular(name).replace("-", "_") if many else name,
        "param": param,
        "controller": controller,
        **_defaults(call),
        "shallow": shallow,
    }
    root: Router = outer.data["outside"] if nested else outer
    inner.data["outside"] = root  # where the outermost resource stands
    single = inner
    if shallow and nested:  # members of a shallow resource stand at the top
        single = root.group(f"{outer.data.get('shallow_path', '')}/{path}".lstrip("/"), call.place, "resources")
        single.data = dict(inner.data)
    inner.data["single"] = single
    names = said.get("path_names")
    renamed = {key: text_of(value) for key, value in names.entries.items()} if isinstance(names, MapValue) else {}
    _actions(call, inner, single, MANY if many else ONE, renamed)
    for concern in texts_of(said.get("concerns")):
        _use_concern(call, inner, concern, MapValue({}, call.place))
    block = call.value(-1)
    if isinstance(block, FunctionValue):
        call.run(block, inner, this=inner)


def _member_of(call: Invocation, outer: Router) -> Router:
    """Return the part of the tree below one object of a resource."""
    single = outer.data.get("single") or outer
    variable = f"{outer.data['name']}_{outer.data['param']}"
    inner: Router = single.group(f":{variable}", call.place, "resources")
    inner.data = dict(outer.data)
    return inner


def _actions(call: Invocation, inner: Router, single: Router, table: dict[str, Any], renamed: dict[str, str]) -> None:
    only, left_out = call.named.get("only"), call.named.get("except")
    wanted = texts_of(only) if only is not None else call.receiver.data.get("only")
    unwanted = texts_of(left_out) if left_out is not None else call.receiver.data.get("except", [])
    api = _is_api_only(call)
    for action, (methods, tail) in table.items():
        if (wanted is not None and action not in wanted) or action in unwanted:
            continue
        if api and action in ("new", "edit") and wanted is None:
            continue
        for name, other in renamed.items():
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
            re.search(rb"^\s*config\.api_only\s*=\s*true", program.read(path) or b"", re.MULTILINE) for path in files
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
    inner = _member_of(call, call.receiver)
    call.run(call.value(-1), inner, this=inner)
    return None


def _shallow_block(call: Invocation) -> Value:
    inner = call.receiver.group("", call.place, "shallow")
    inner.data = {**call.receiver.data, "shallow": True}
    call.run(call.value(-1), inner, this=inner)
    return None


# --- single routes --------------------------------------------------------------------------------------------------


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
    return _member_of(call, router)


def _target(value: Value) -> Value:
    return text_of(value) if isinstance(value, str) else value if isinstance(value, External) else None


def _redirects(value: Value) -> bool:
    return isinstance(value, External) and value.name.startswith("redirect")


def _root(call: Invocation) -> Value:
    target = call.named.get("to", call.value(0))
    call.receiver.add(["GET"], "", call.place, _target(target), redirect=_redirects(target))
    return None


def _mount(call: Invocation) -> Value:
    """`mount Engine => "/at"`, `mount Engine, at: "/at"`: an engine of the repository is followed, another is one
    row."""
    for value in call.positional:
        if isinstance(value, MapValue):
            for name, at in value.entries.items():
                _mount_at(call, name.strip("{?}"), text_of(at))
        elif "at" in call.named:
            _mount_at(call, _engine_name(call), text_of(call.named["at"]))
    return None


def _engine_name(call: Invocation) -> str:
    first = call.node.arguments[0].value if call.node is not None and call.node.arguments else None
    parts: list[str] = []
    while isinstance(first, nodes.Member):
        parts.append(first.name)
        first = first.of
    parts.append(getattr(first, "id", ""))
    return "::".join(part for part in reversed(parts) if part)


def _mount_at(call: Invocation, engine: str, at: str) -> None:
    sets = call.interpreter.state.setdefault("rails", {})
    name = engine.replace(".", "::").removesuffix("::new")
    key = ("", name if name.endswith("Engine") else f"{name}::Engine")
    known = sets.get(key) or sets.get(("", name))
    if known is None:
        known = sets[key] = call.interpreter.new_router(
            ROUTER, Place(call.place.file, call.place.line), data={"context": "top", "concerns": {}}
        )
        known.data["mounted"] = (call.place, name)
    call.receiver.mount(at, known, call.place, "mount")


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


def _draw_file(call: Invocation) -> Value:
    """`draw(:admin)` runs config/routes/admin.rb here."""
    wanted = f"config/routes/{call.text(0)}.rb"
    for path in call.interpreter.program.all_paths:
        file = call.interpreter.program.by_path.get(path)
        if file is not None and (path == wanted or path.endswith(f"/{wanted}")):
            block = FunctionValue(nodes.Function("", [], file.module.body, 1), file.scope)
            file.ran = True
            call.run(block, this=call.receiver)
            return None
    return None


def _optional_format(path: str) -> str:
    return path.replace("(.:format)", "")


_METHODS: dict[str, Behaviour] = {
    "resources": _resources(many=True),
    "resource": _resources(many=False),
    "namespace": _namespace,
    "scope": _scope,
    "root": _root,
    "mount": _mount,
    "match": _match,
    "member": _member,
    "collection": _collection,
    "new": _new,
    "nested": _nested,
    "shallow": _shallow_block,
    "concern": _concern,
    "concerns": _concerns,
    "controller": _controller,
    "devise_for": _devise,
    "draw": _draw_file,
    "direct": lambda _call: None,
    "resolve": lambda _call: None,
    **dict.fromkeys(
        ("constraints", "defaults", "with_options", "devise_scope", "as", "localized", "unauthenticated"),
        _plain_block,
    ),
    **dict.fromkeys(("authenticate", "authenticated"), _authenticated),
    **{verb: _verb(verb.upper()) for verb in VERBS},
}
ROUTER = Kind("rails", methods=_METHODS, fluent=False)


# --- rows -----------------------------------------------------------------------------------------------------------


def routes(interpreter: Interpreter) -> Iterable[Route]:
    """Yield a row for every verb of every route."""
    routers = [router for router in interpreter.routers if router.kind is ROUTER]
    for router in routers:
        if "mounted" in router.data and not router.routes and not router.mounts:
            place, name = router.data["mounted"]
            router.add([ANY_METHOD], "", place, name, mounted=True)
    controllers = _Controllers(interpreter)
    reached = reached_in(routers)
    return rows.routes_of(reached, "rails", rewrite=_rewrite, join=_join, kind=_kind, auth=controllers.auth_of)


def _join(pieces: Iterable[str]) -> str:
    return paths.join((piece.strip("/") for piece in pieces), trailing_slash=False)


def _rewrite(path: str) -> str:
    """`/(:locale)/about` → `/{locale?}/about`; other parts in parentheses may be there."""
    while _OPTIONAL.search(path):
        path = _OPTIONAL.sub(lambda match: _in_parentheses(match.group(1)), path)
    return paths.join([paths.from_colons(path)], trailing_slash=False)


def _in_parentheses(part: str) -> str:
    variable = re.fullmatch(r"/?([:*])(\w+)/?", part)
    if variable is None:
        return ""
    return f"/:{variable.group(2)}?/" if variable.group(1) == ":" else f"/*{variable.group(2)}/"


def _kind(item: Reached) -> RouteKind:
    if item.route.options.get("redirect"):
        return "redirect"
    routers = [item.root, *(step.router for step in item.steps), item.router]
    return "api" if any(router.data.get("json") for router in routers) else "page"


class _Controllers:
    """What controllers ask for before their actions."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._asking: dict[str, list[tuple[AuthSource, set[str], set[str]]]] = {}
        for cls in interpreter.program.classes("ruby"):
            name = cls.node.name
            if name.endswith("Controller"):
                found = list(_asked(cls.node, cls.scope.file.path))
                if found:
                    self._asking.setdefault(_underscored(name.removesuffix("Controller")), []).extend(found)

    def auth_of(self, item: Reached) -> Auth:
        """Return what a block of the routes, or the action's controller, says."""
        sources = [step.options["auth"] for step in item.steps if "auth" in step.options]
        handler = item.route.handler
        if isinstance(handler, str) and "#" in handler:
            controller, _, action = handler.rpartition("#")
            for source, only, left_out in self._asking.get(controller.rpartition("/")[2], []):
                if (not only or action in only) and action not in left_out:
                    sources.append(source)
        return Auth(state="required", by=list(dict.fromkeys(sources))) if sources else Auth()


def _asked(node: nodes.Class, file: str) -> Iterator[tuple[AuthSource, set[str], set[str]]]:
    for statement in node.body:
        match statement:
            case nodes.Call(function=nodes.Name(id="before_action" | "before_filter"), arguments=arguments, line=line):
                names = [item.value.value for item in arguments if not item.name and isinstance(item.value, nodes.Text)]
                for name in names:
                    if _LOG_IN.search(name):
                        yield (
                            AuthSource(name=name, file=file, line=line),
                            _listed(arguments, "only"),
                            _listed(arguments, "except"),
                        )


def _listed(arguments: list[nodes.Argument], name: str) -> set[str]:
    for argument in arguments:
        if argument.name == name:
            items = argument.value.items if isinstance(argument.value, nodes.Sequence) else [argument.value]
            return {item.value for item in items if isinstance(item, nodes.Text)}
    return set()


def _underscored(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


FRAMEWORK = Framework(
    name="rails",
    language="ruby",
    family="ruby",
    kind="server",
    packages=("rails", "railties", "actionpack"),
    places=re.compile(r"(^|/)config/routes\.rb$"),
    words=frozenset({"draw"}),
    declare=declare,
    routes=routes,
)
