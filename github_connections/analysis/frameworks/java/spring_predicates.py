"""Predicates of Spring's functional end points: `GET("/x").and(accept(JSON))`, `path("/x").or(path("/y"))`."""

from __future__ import annotations

from github_connections.analysis.frameworks import paths
from github_connections.analysis.frameworks.java.annotations import simple_name
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.routing import Router
from github_connections.analysis.linking.values import Behaviour, FunctionValue, Kind, Thing, Value
from github_connections.analysis.report import ANY_METHOD, Place

NEUTRAL = ("accept", "all", "contentType", "headers", "param", "pathExtension", "queryParam", "version")
Way = tuple[list[str], str]  # the verbs and the path that a predicate asks for; it holds where one of its ways does


def predicate(call: Invocation, ways: list[Way]) -> Thing:
    """Return a predicate that holds where one of these ways does."""
    return Thing(PREDICATE, call.place, {"ways": ways})


def verb_predicate(method: str) -> Behaviour:
    """Return the behaviour of `GET("/x")`."""
    return lambda call: predicate(call, [([method], call.text(0))])


def path_predicate(call: Invocation) -> Value:
    """Return `path("/x")`."""
    return predicate(call, [([], call.text(0))])


def method_predicate(call: Invocation) -> Value:
    """Return `method(HttpMethod.GET)`."""
    return predicate(call, [([simple_name(value) for value in call.positional], "")])


def neutral(call: Invocation) -> Value:
    """Return a predicate that says nothing of verbs and paths: `accept(JSON)`."""
    return predicate(call, [([], "")])


def _both(call: Invocation) -> Value:
    """`GET("/x").and(accept(JSON))`: what either says of verbs and of the path."""
    return predicate(call, [joined(one, other) for one in ways_of(call.receiver) for other in ways_of(call.value(0))])


def joined(one: Way, other: Way) -> Way:
    """Return the way on which both hold."""
    return one[0] or other[0], paths.join([one[1], other[1]]) if one[1] and other[1] else one[1] or other[1]


def _either(call: Invocation) -> Value:
    return predicate(call, [*ways_of(call.receiver), *ways_of(call.value(0))])


def ways_of(value: Value) -> list[Way]:
    """Return the ways of a predicate; a text is a path."""
    if isinstance(value, Thing) and value.kind is PREDICATE:
        ways: list[Way] = value.data["ways"]
        return ways
    return [([], value if isinstance(value, str) else "")]


def registered(router: Router, value: Value, place: Place, handler: Value) -> None:
    """Register what a predicate, or a path alone, leads to."""
    for methods, path in ways_of(value):
        router.add(methods or [ANY_METHOD], path, place, handler)


def _applied(call: Invocation) -> Value:
    """Kotlin's `(GET("/x") and accept(JSON))(handler)`, and `accept(JSON).nest { … }`."""
    router = call.scope.this
    if isinstance(router, Router):
        registered(router, call.receiver, call.receiver.place, call.value(-1))
    return call.receiver


def _nested_predicate(call: Invocation) -> Value:
    router = call.scope.this
    if isinstance(router, Router):
        opened(call, router, call.receiver, call.value(-1))
    return call.receiver


def opened(call: Invocation, router: Router, condition: Value, inside: Value) -> None:
    """Put a router function, or what a block builds, below each path of a predicate."""
    for prefix in dict.fromkeys(path for _, path in ways_of(condition)):
        if isinstance(inside, Router):
            router.mount(prefix, inside, call.place, "nest")
            continue
        inner = router.group(prefix, call.place, "nest")
        if isinstance(inside, FunctionValue):
            returned = call.run(inside, inner, this=inner)
            if isinstance(returned, Router) and returned is not inner and not returned.parents:
                inner.mount("", returned, call.place, "nest")


PREDICATE = Kind(
    "spring predicate",
    methods={
        "and": _both,
        "or": _either,
        "invoke": _applied,
        "__call__": _applied,
        "nest": _nested_predicate,
        "negate": neutral,
        "not": neutral,
    },
    is_router=False,
)
