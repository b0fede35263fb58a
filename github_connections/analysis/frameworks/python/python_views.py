"""Views written as classes, in Flask and in Django: `View.as_view()`, the verbs of a class, and who must be logged
in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from github_connections.analysis import http_verbs
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.program import classes_in
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.routing import MAXIMUM_WRAPPERS, Reached, Router
from github_connections.analysis.linking.values import (
    NOTHING,
    Behaviour,
    ClassValue,
    External,
    FunctionValue,
    Kind,
    ObjectValue,
    Thing,
    Value,
    hole,
    is_known,
    items_or_itself,
    texts_of,
)
from github_connections.analysis.linking.words import words_of
from github_connections.analysis.report import ANY_METHOD, Auth, AuthSource, Place
from github_connections.analysis.syntax import nodes

_DECORATING = frozenset(http_verbs.OF_DOCUMENTS)
_IS_UNKNOWN = "nothing is known of it"
VIEW = Kind("view", is_router=False, fluent=True)

# Decorators, mixins and permission classes by what their names say.
REQUIRED = re.compile(
    r"login_?required|^(jwt|token|auth|authentication|api_?key|roles?|permissions?|scopes?|admin)s?_?(is_)?required$"
    r"|_(login|jwt|token|auth|authentication|api_?key|role|permission|scope|admin|superuser|staff)s?_required$"
    r"|fresh_jwt_required|^requires$|require_?(s|d)?_?(o?auth|login|token|api_?key|user|admin|role|permission|scope)"
    r"|permission_?required|user_passes_test|staff_member_required|superuser_required|LoginRequired|PermissionRequired"
    r"|UserPassesTest|roles_accepted|auth_required|authenticated_only|protected$"
    r"|(login|jwt|token|auth)_optional$|^authenticated?$|^optional_(login|jwt|token|auth)",
    re.IGNORECASE,
)
# `login_required_if_no_guests`: it depends.
OPTIONAL = re.compile(r"optional|maybe|_(if|unless|or_anonymous)(_|$)", re.IGNORECASE)


def declare(registry: Registry) -> None:
    """Let every class of the program be asked for `as_view`."""
    registry.class_methods["as_view"] = _as_view
    registry.alone["python"] = object_of_derived


def object_of_derived(interpreter: Interpreter, owner: ClassValue) -> Value:
    """Return an object for a method that nobody calls: of a class derived from its own, which fills in what the method
    leaves open, where there is one."""
    made = interpreter.made.get(id(owner.node))
    if made is not None:
        return made
    for file in interpreter.program.deriving("python", owner.node.name):
        for cls in classes_in(file.scope):
            if any(isinstance(base, ClassValue) and base.node is owner.node for base in interpreter.bases(cls)):
                return interpreter.singleton(cls)
    return interpreter.singleton(owner)


def _as_view(call: Invocation) -> Value:
    cls = call.receiver.cls if isinstance(call.receiver, ObjectValue) else call.receiver  # View().as_view() works too
    return Thing(VIEW, call.place, {"class": cls, "arguments": call})


def unwrapped(view: Value) -> Value:
    """Return the view inside what decorators made of it, where a program says `protected(view)`: a function that they
    returned, or something of a library's that was handed nothing but a view."""
    for _ in range(MAXIMUM_WRAPPERS):
        if isinstance(view, External) and view.made_by is not None and view.name.endswith("()"):
            inside = [value for value in view.made_by.positional[:1] if is_view(value)]
        elif isinstance(view, FunctionValue) and isinstance(view.scope.owner, nodes.Function):
            called = words_of(view.node)
            names = [one.name for one in view.scope.owner.parameters if one.name in called]
            values = (view.scope.names.get(name) for name in names)
            inside = [value for value in values if isinstance(value, ClassValue) or is_view(value)]
        else:
            return view
        if not inside:
            return view
        view = inside[0]
    return view


def is_view(value: Value) -> bool:
    """Tell whether something may answer a request: a function, an object that is called, `X.as_view()`, or one of
    these that a decorator was handed."""
    if isinstance(value, External) and value.made_by is not None and value.name.endswith("()"):
        return any(is_view(inner) for inner in value.made_by.positional[:1])
    if isinstance(value, FunctionValue):
        return bool(value.node.name)
    return isinstance(value, ObjectValue) or (isinstance(value, Thing) and value.kind is VIEW)


def of_library(value: Value, kind: Kind, place: Place) -> Value:
    """Return a router that says what is not known, in the place of one that a library hands out; else the value."""
    if not isinstance(value, External) or "." not in value.name:
        return value
    made = Router(kind, place)
    made.add([ANY_METHOD], f"/{hole(value.name)}", place)
    return made


def on_unknown(kind: Kind, name: str) -> Behaviour:
    """Return what a method of a router does that mounts others, where nothing is known of the router: it stands for an
    application, as long as no other one has what it mounts (`settle_unknown`).

    Only where that is known: a bot's `dispatcher.include_router(commands)` has nothing to do with requests.
    """

    def mount(call: Invocation) -> Value:
        given = (one for value in (*call.positional[:1], *call.named.values()) for one in items_or_itself(value))
        if not any(isinstance(one, Router) for one in given):
            return None
        outer = call.router(kind, options={_IS_UNKNOWN: True})
        said = Invocation(
            call.interpreter, outer, name, call.positional, call.named, call.node, call.scope, call.place.line
        )
        return kind.methods[name](said)

    return mount


def settle_unknown(routers: list[Router]) -> None:
    """Take what is mounted in something unknown out of it where a known router has it, too."""
    unknown = [router for router in routers if router.options.get(_IS_UNKNOWN)]
    times = Counter(id(one.router) for router in unknown for one in router.mounts)
    for router in unknown:
        for one in [one for one in router.mounts if one.router.parents > times[id(one.router)]]:
            router.unmount(one)
            times[id(one.router)] -= 1


def view_class(value: Value) -> ClassValue | None:
    """Return the class behind `X.as_view()` or the class itself; None for anything else."""
    if isinstance(value, Thing) and value.kind is VIEW:
        value = value.data["class"]
    return value if isinstance(value, ClassValue) else None


def by_verb(interpreter: Interpreter, reached: Iterable[Reached]) -> Iterator[Reached]:
    """Yield one item a verb, each with the method of the class that answers it."""
    for item in reached:
        cls = view_class(item.route.handler)
        for method in item.route.methods:
            options = {**item.route.options, "class": cls}
            handler = item.route.handler if cls is None else _method(interpreter, cls, method)
            yield replace(item, route=replace(item.route, methods=[method], handler=handler, options=options))


def _method(interpreter: Interpreter, cls: ClassValue, method: str) -> Value:
    for name in (method.lower(), "dispatch_request"):
        found = interpreter.member(cls, name)
        if isinstance(found, FunctionValue):
            return FunctionValue(found.node, found.scope, ObjectValue(cls, {}, cls.place))
    return cls


def said_methods(call: Invocation) -> list[str]:
    """Return the verbs of `methods=`; ANY where they are not known, nothing where none are said."""
    said = [method.upper() for method in call.texts(99, "methods")]
    return said if all(is_known(method) for method in said) else [ANY_METHOD]


def signs_of(kind: Kind) -> frozenset[str]:
    """Return how it is spelt that something is done to a router: of verbs as decorators alone, as other objects have
    methods of these names."""
    return frozenset(f"@{name}" if name in _DECORATING else f"{name}(" for name in kind.methods if name != "__init__")


def own_verbs(interpreter: Interpreter, cls: ClassValue) -> list[str]:
    """Return the verbs that a class or its bases in the program have a method for, in a fixed order."""
    return [verb.upper() for verb in http_verbs.OF_APIS if isinstance(interpreter.member(cls, verb), FunctionValue)]


def allowed(interpreter: Interpreter, cls: ClassValue, attribute: str, verbs: list[str]) -> list[str]:
    """Keep the verbs that `methods` or `http_method_names` of the class allows."""
    value = interpreter.member(cls, attribute)
    names = {name.upper() for name in texts_of(value)} if value is not NOTHING and value is not None else set()
    return [verb for verb in verbs if verb in names] if names else verbs


def decorators_of(value: Value) -> Iterable[tuple[nodes.Expression, ClassValue | FunctionValue]]:
    """Yield the decorators of a function or class, with what carries them."""
    if isinstance(value, FunctionValue | ClassValue):
        for decorator in value.node.decorators:
            yield decorator, value


def auth_of_decorators(values: Iterable[Value]) -> Auth:
    """Return what the decorators of these functions and classes say of a log-in."""
    found: list[AuthSource] = []
    optional = True
    for value in values:
        for decorator, owner in decorators_of(value):
            name = nodes.bare_name(decorator)
            if name == "method_decorator" and isinstance(decorator, nodes.Call) and decorator.arguments:
                name = nodes.bare_name(decorator.arguments[0].value)
            if REQUIRED.search(name):
                line = getattr(decorator, "line", owner.node.line)
                found.append(AuthSource(name=name, file=owner.place.file, line=line))
                optional = optional and (_is_optional(decorator) or OPTIONAL.search(name) is not None)
    return Auth(state="optional" if optional else "required", by=found) if found else Auth()


def _is_optional(decorator: nodes.Expression) -> bool:
    return isinstance(decorator, nodes.Call) and any(
        "optional" in argument.name and argument.value != nodes.Constant(False) for argument in decorator.arguments
    )


def auth_of_bases(interpreter: Interpreter, cls: ClassValue) -> Auth:
    """Return what the mixins of a class say of a log-in."""
    for base in interpreter.bases(cls):
        name = base.name.rpartition(".")[2] if isinstance(base, External) else base.node.name
        if REQUIRED.search(name):
            return Auth(state="required", by=[AuthSource(name=name, file=cls.place.file, line=cls.place.line)])
    return Auth()


def uses(value: Value, words: frozenset[str]) -> bool:
    """Tell whether a function calls one of these names."""
    return isinstance(value, FunctionValue) and not words.isdisjoint(words_of(value.node))
