"""Django REST framework: routers, what a view set answers to, extra actions, nested routers, permissions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import (
    NOTHING,
    ClassValue,
    External,
    FunctionValue,
    Kind,
    ListValue,
    MapValue,
    ObjectValue,
    Thing,
    Value,
    source_of,
    text_of,
    texts_of,
)
from github_connections.analysis.report import Auth, AuthSource, AuthState, Place
from github_connections.analysis.syntax import nodes

URLS = Kind("urls of a REST router", is_router=False)
LIST = {"list": "GET", "create": "POST"}
DETAIL = {"retrieve": "GET", "update": "PUT", "partial_update": "PATCH", "destroy": "DELETE"}
# What the mixins and view sets of the library bring, by the last part of their name.
BROUGHT = {
    "ModelViewSet": (*LIST, *DETAIL),
    "ReadOnlyModelViewSet": ("list", "retrieve"),
    "ListModelMixin": ("list",),
    "CreateModelMixin": ("create",),
    "RetrieveModelMixin": ("retrieve",),
    "UpdateModelMixin": ("update", "partial_update"),
    "DestroyModelMixin": ("destroy",),
}
SAFE = ("GET", "HEAD", "OPTIONS")


def declare(registry: Registry) -> None:
    """Add the routers, also those of drf-nested-routers and drf-extensions."""
    for module in ("rest_framework.routers", "rest_framework_extensions.routers", "rest_framework_nested.routers"):
        for name in ("DefaultRouter", "SimpleRouter", "ExtendedSimpleRouter", "ExtendedDefaultRouter"):
            registry.calls[f"{module}.{name}"] = _router
    for name in ("NestedSimpleRouter", "NestedDefaultRouter"):
        registry.calls[f"rest_framework_nested.routers.{name}"] = _nested_router


def _router(call: Invocation) -> Value:
    slash = call.value(99, "trailing_slash", call.value(0))
    return Thing(ROUTER, call.place, {"registered": [], "slash": "" if slash is False else "/", "prefix": ""})


def _nested_router(call: Invocation) -> Value:
    made = _router(Invocation(call.interpreter, None, call.name, [], call.named, call.node, call.scope, call.line))
    parent, prefix = call.value(0, "parent_router"), call.text(1, "parent_prefix")
    lookup = call.text(99, "lookup", "nested")
    above = parent.data["prefix"] if isinstance(parent, Thing) and parent.kind is ROUTER else ""
    viewset = _registered_class(parent, prefix)
    field = _lookup(call.interpreter, viewset) if viewset else "pk"
    made.data["prefix"] = f"{above}{prefix}/<{lookup}_{field}>/"
    return made


def _registered_class(router: Value, prefix: str) -> ClassValue | None:
    if not isinstance(router, Thing) or router.kind is not ROUTER:
        return None
    return next((cls for known, cls, _ in router.data["registered"] if known == prefix), None)


def _register(call: Invocation) -> Value:
    viewset = call.value(1, "viewset")
    call.receiver.data["registered"].append((call.text(0, "prefix"), viewset, call.place))
    return Thing(
        REGISTERED, call.place, {"router": call.receiver, "prefix": call.text(0, "prefix"), "viewset": viewset}
    )


def _register_below(call: Invocation) -> Value:
    """drf-extensions: `router.register("a", A).register("b", B, parents_query_lookups=["a"])`."""
    above: Thing = call.receiver
    lookups = call.texts(99, "parents_query_lookups")
    variable = lookups[-1] if lookups else "parent"
    prefix = f"{above.data['prefix']}/<parent_lookup_{variable}>/{call.text(0, 'prefix')}"
    above.data["router"].data["registered"].append((prefix, call.value(1, "viewset"), call.place))
    return Thing(REGISTERED, call.place, {"router": above.data["router"], "prefix": prefix, "viewset": call.value(1)})


def _urls(router: Thing, _name: str) -> Value:
    """Return the router's urls; what is registered later counts too, so they are worked out at the end."""
    return Thing(URLS, router.place, {"routes": lambda interpreter: _routes(interpreter, router)})


def _registry(router: Thing, _name: str) -> Value:
    return ListValue(
        [ListValue([prefix, viewset, prefix], place) for prefix, viewset, place in router.data["registered"]],
        router.place,
    )


def _extend(call: Invocation) -> Value:
    """`router.registry.extend(other.registry)` is written as `router.extend(other)` by some."""
    other = call.value(0)
    if isinstance(other, Thing) and other.kind is ROUTER:
        call.receiver.data["registered"].extend(other.data["registered"])
    return None


REGISTERED = Kind("registered view set", methods={"register": _register_below}, is_router=False)
ROUTER = Kind(
    "REST router",
    methods={"register": _register, "extend": _extend},
    attributes={"urls": _urls, "registry": _registry, "get_urls": lambda router, name: _urls(router, name)},
    is_router=False,
)


# --- what a view set answers to -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ViewSetView:
    """The part of a view set that one path leads to: verbs and the method that answers each."""

    cls: ClassValue | None
    answers: dict[str, str]
    label: str

    @property
    def verbs(self) -> list[str]:
        """The verbs, in the order of the router's table."""
        return list(self.answers)

    @property
    def name(self) -> str:
        """The class, with the method where one method answers all."""
        methods = set(self.answers.values())
        return f"{self.label}.{methods.pop()}" if len(methods) == 1 else self.label

    def auth_of(self, interpreter: Interpreter, method: str, default: Auth) -> Auth:
        """Return what the permission classes of the action, the view set or the settings say."""
        if self.cls is None:
            return Auth()
        action = interpreter.member(self.cls, self.answers[method])
        own = _action_keyword(interpreter, action, "permission_classes") if isinstance(action, FunctionValue) else None
        if own is not None:
            return of_permissions(own, method)
        return auth_of_view(interpreter, self.cls, method, default)


def _routes(interpreter: Interpreter, router: Thing) -> Iterator[tuple[str, ViewSetView, Place]]:
    """Yield (path, view, place) for everything registered with a router."""
    slash = router.data["slash"]
    for prefix, viewset, place in router.data["registered"]:
        base = f"{router.data['prefix']}{_regex_free(prefix)}"
        if not isinstance(viewset, ClassValue):
            yield f"{base}{slash}", ViewSetView(None, {"ANY": ""}, text_of(viewset)), place
            continue
        for route, view in _of_viewset(interpreter, viewset):
            whole = f"{base}{route}" if base else route.lstrip("/")
            yield f"{whole}{slash}", view, place


def _regex_free(prefix: str) -> str:
    return re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", r"<\1>", prefix)


def _of_viewset(interpreter: Interpreter, cls: ClassValue) -> Iterator[tuple[str, ViewSetView]]:
    present = _present(interpreter, cls)
    allowed = {name.upper() for name in texts_of(_attribute(interpreter, cls, "http_method_names"))}
    variable = f"/<{_lookup(interpreter, cls)}>"
    label = cls.node.name

    def view(answers: dict[str, str]) -> ViewSetView | None:
        kept = {verb: name for verb, name in answers.items() if not allowed or verb in allowed}
        return ViewSetView(cls, kept, label) if kept else None

    actions = list(_actions(interpreter, cls))
    candidates = [("", view({verb: name for name, verb in LIST.items() if name in present}))]
    candidates += [(f"/{path}", view(answers)) for path, detail, answers in actions if not detail]
    candidates.append((variable, view({verb: name for name, verb in DETAIL.items() if name in present})))
    candidates += [(f"{variable}/{path}", view(answers)) for path, detail, answers in actions if detail]
    for route, made in candidates:
        if made is not None:
            yield route, made


def _present(interpreter: Interpreter, cls: ClassValue) -> set[str]:
    present = {name for name in (*LIST, *DETAIL) if isinstance(interpreter.member(cls, name), FunctionValue)}
    for base in interpreter.bases(cls):
        if isinstance(base, External):
            present.update(BROUGHT.get(base.name.rpartition(".")[2], ()))
    return present


def _attribute(interpreter: Interpreter, cls: ClassValue, name: str) -> Value:
    value = interpreter.member(cls, name)
    return None if value is NOTHING else value


def _lookup(interpreter: Interpreter, cls: ClassValue) -> str:
    for name in ("lookup_url_kwarg", "lookup_field"):
        value = _attribute(interpreter, cls, name)
        if isinstance(value, str):
            return value
    return "pk"


def _actions(interpreter: Interpreter, cls: ClassValue) -> Iterator[tuple[str, bool, dict[str, str]]]:
    """Yield (path, whether of one object, verbs) of the extra actions, those of base classes too."""
    seen: set[str] = set()
    for owner in [cls, *interpreter.bases(cls)]:
        for statement in owner.node.body if isinstance(owner, ClassValue) else ():
            if isinstance(statement, nodes.Function) and statement.name not in seen:
                seen.add(statement.name)
                function = FunctionValue(statement, owner.scope)
                found = _action(interpreter, function)
                if found is not None:
                    path, detail, verbs = found
                    answers = dict.fromkeys(verbs, statement.name)
                    answers.update(_mapped_verbs(owner, statement.name))
                    yield path, detail, answers


def _action(interpreter: Interpreter, function: FunctionValue) -> tuple[str, bool, list[str]] | None:
    for decorator in function.node.decorators:
        name = source_of(decorator).removesuffix("()").rpartition(".")[2]
        if name in ("action", "detail_route", "list_route"):
            methods = _action_keyword(interpreter, function, "methods")
            path = _action_keyword(interpreter, function, "url_path")
            detail = _action_keyword(interpreter, function, "detail")
            verbs = [method.upper() for method in texts_of(methods)] or ["GET"]
            written = _regex_free(text_of(path)) if path is not None else function.node.name
            return written, name == "detail_route" or detail is True, verbs
    return None


def _action_keyword(interpreter: Interpreter, function: FunctionValue, name: str) -> Value:
    for decorator in function.node.decorators:
        if isinstance(decorator, nodes.Call) and source_of(decorator.function).rpartition(".")[2].endswith(
            ("action", "_route")
        ):
            positions = {"methods": 0, "detail": 1}
            for position, argument in enumerate(decorator.arguments):
                if argument.name == name or (not argument.name and positions.get(name) == position):
                    return interpreter.evaluate(argument.value, function.scope)
    return None


def _mapped_verbs(owner: ClassValue, name: str) -> dict[str, str]:
    """Return the verbs added by `@name.mapping.delete`."""
    found = {}
    for function in (statement for statement in owner.node.body if isinstance(statement, nodes.Function)):
        for decorator in function.decorators:
            match decorator:
                case nodes.Member(of=nodes.Member(of=nodes.Name(id=known), name="mapping"), name=verb) if known == name:
                    found[verb.upper()] = function.name
    return found


# --- permissions ----------------------------------------------------------------------------------------------------


def default_permissions(interpreter: Interpreter) -> Auth:
    """Return what settings say for all API views: REST_FRAMEWORK's DEFAULT_PERMISSION_CLASSES."""
    for file in interpreter.program.declaring("python", "REST_FRAMEWORK"):
        value = interpreter.own_name(file, "REST_FRAMEWORK")
        classes = value.entries.get("DEFAULT_PERMISSION_CLASSES") if isinstance(value, MapValue) else None
        if classes is not None:
            return of_permissions(classes, "POST")
    return Auth()


def auth_of_view(interpreter: Interpreter, cls: ClassValue, method: str, default: Auth) -> Auth:
    """Return what a view's permission classes say, or the settings' where it has none."""
    classes = _attribute(interpreter, cls, "permission_classes")
    return default if classes is None else of_permissions(classes, method)


def auth_of_function(interpreter: Interpreter, view: FunctionValue, default: Auth) -> Auth:
    """Return what `@permission_classes([...])` says, or the settings where there is none."""
    for decorator in view.node.decorators:
        if isinstance(decorator, nodes.Call) and source_of(decorator.function).endswith("permission_classes"):
            for argument in decorator.arguments[:1]:
                return of_permissions(interpreter.evaluate(argument.value, view.scope), "POST")
    return default


def of_permissions(classes: Value, method: str) -> Auth:
    """Read a list of permission classes: IsAuthenticated and its kin, AllowAny, the read-only ones by the verb."""
    found: list[AuthSource] = []
    state: AuthState = "unknown"
    for item in classes.items if isinstance(classes, ListValue) else []:
        name = _permission_name(item)
        if name == "AllowAny":
            return Auth(state="none", by=[_source(name, classes.place)])
        if name.endswith(("ReadOnly", "OrReadOnly")) and method in SAFE:
            state = "none" if state == "unknown" else state
            found.append(_source(name, classes.place))
        elif re.search(r"Authenticated|Admin|Permission|Owner|Staff|Member|Token|Role|ReadOnly", name):
            state = "required"
            found.append(_source(name, classes.place))
    return Auth(state=state, by=found)


def _permission_name(item: Value) -> str:
    if isinstance(item, External):
        return item.name.removesuffix("()").rpartition(".")[2]
    if isinstance(item, str):
        return item.rpartition(".")[2]
    node = item.node if isinstance(item, ClassValue) else getattr(getattr(item, "cls", None), "node", None)
    return getattr(node, "name", "") if not isinstance(item, ObjectValue) or node else ""


def _source(name: str, place: Place) -> AuthSource:
    return AuthSource(name=name, file=place.file, line=place.line)
