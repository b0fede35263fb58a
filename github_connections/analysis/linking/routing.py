"""Routers, what is registered with them and what they are mounted in; whole paths with where each prefix came from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from msgspec import Struct, field

from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.values import (
    Behaviour,
    Kind,
    Thing,
    Value,
    is_known,
    is_only_a_hole,
    texts_of,
)
from github_connections.analysis.report import Place

if TYPE_CHECKING:
    from github_connections.analysis.linking.interpreter import Interpreter

# A router mounted in itself, or ever new ones in each other, must end.
MAXIMUM_MOUNTS_DEEP = 16
# One router in one other: in each place all its routes are told again.
MAXIMUM_MOUNTS_OF_ONE = 1_000
# Routes and routers on all ways from those that nothing mounts: each may be mounted in many, and those again.
MAXIMUM_REACHED = 200_000
# Routers, to see whether one is mounted in what is mounted in itself.
MAXIMUM_IN_A_CIRCLE = 1_000
# A handler may be wrapped in what is wrapped in something else; servers of ACME have eight around each of theirs.
MAXIMUM_WRAPPERS = 10


class Registered(Struct, eq=False):
    """One route as it was registered: the verbs, its own part of the path, who answers, and whatever else was said."""

    methods: list[str]
    path: str
    place: Place
    handler: Value = None
    options: dict[str, Value] = field(default_factory=dict)


class Mounted(Struct, eq=False):
    """A router inside another, under a prefix. `options` hold what applies to everything below (guards, tags)."""

    prefix: str
    router: Router
    place: Place
    how: str
    options: dict[str, Value] = field(default_factory=dict)
    closes_circle: bool = False  # no reason to look for the router below another


class Router(Thing, eq=False):
    """Anything that routes are registered with: an application, a blueprint, a group, a block of a DSL.

    `prefix` is the router's own (`APIRouter(prefix=…)`), said at `place` by `how`; `application` where it serves by
    itself.
    """

    prefix: str = ""
    how: str = ""
    application: bool = False
    # Made up for a parameter of this type: who calls with which router is not known.
    assumed: bool = False
    routes: list[Registered] = field(default_factory=list)
    mounts: list[Mounted] = field(default_factory=list)
    parents: int = 0
    options: dict[str, Value] = field(default_factory=dict)
    # More lies below it than is told.
    cut: bool = False
    # The same by what they were registered and mounted as: a router may have tens of thousands.
    _added: dict[tuple[Place, str, tuple[str, ...]], Registered] = field(default_factory=dict)
    _mounted: dict[int, dict[tuple[Place, str], Mounted]] = field(default_factory=dict)

    def add(self, methods: list[str], path: str, place: Place, handler: Value = None, **options: Value) -> Registered:
        """Register a route; the same one registered twice at one place is kept once."""
        key = (place, path, tuple(methods))
        known = self._added.get(key)
        if known is not None and known.path == path and known.methods == methods:  # they may have changed since
            return known
        made = self._added[key] = Registered(methods, path, place, handler, dict(options))
        self.routes.append(made)
        return made

    def mount(self, prefix: str, router: Router, place: Place, how: str, **options: Value) -> None:
        """Put a router under a prefix; the same mount made twice at one place is kept once."""
        known = self._mounted.setdefault(id(router), {})
        if (place, prefix) in known:
            return
        if len(known) >= MAXIMUM_MOUNTS_OF_ONE:
            self.cut = True
            return
        closes_circle = router.holds(self)
        if closes_circle and self.application and router is not self:
            self.parents, closes_circle = 0, False  # of a circle it is the one that serves
        router.parents += not closes_circle
        made = known[place, prefix] = Mounted(prefix, router, place, how, options, closes_circle)
        self.mounts.append(made)

    def holds(self, router: Router) -> bool:
        """Tell whether a router is this one, or mounted in it or in what it holds."""
        waiting, seen = [self], {id(self)}
        while waiting and len(seen) < MAXIMUM_IN_A_CIRCLE:
            one = waiting.pop()
            if one is router:
                return True
            new = {id(mounted.router): mounted.router for mounted in one.mounts if id(mounted.router) not in seen}
            seen.update(new)
            waiting += new.values()
        return False

    def mounts_of(self, router: Router) -> list[Mounted]:
        """Return where a router is mounted in this one."""
        return [*self._mounted.get(id(router), {}).values()]

    def unmount(self, mounted: Mounted) -> None:
        """Take one mount away."""
        self.mounts.remove(mounted)
        del self._mounted[id(mounted.router)][mounted.place, mounted.prefix]

    def group(self, prefix: str, place: Place, how: str, kind: Kind | None = None, **options: Value) -> Router:
        """Return a router of its own that is mounted here at once."""
        inner = Router(kind or self.kind, place)
        self.mount(prefix, inner, place, how, **options)
        return inner


def without_a_prefix(values: list[Value]) -> Router | None:
    """Return the router among these that another is there for, to put it below a prefix of which nothing is known.

    `if path.is_empty() { routes } else { Router::new().nest(path, routes) }`: a prefix that nobody sets is none. The
    other router is emptied.
    """
    routers = [value for value in values if isinstance(value, Router)]
    for outer in routers:
        inner = outer.mounts[0] if len(outer.mounts) == 1 and not outer.routes else None
        if inner is not None and inner.router in routers and is_only_a_hole(inner.prefix.removesuffix("/")):
            outer.unmount(inner)
            inner.router.parents -= not inner.closes_circle
            return inner.router
    return None


class Step(Struct, frozen=True):
    """One prefix on the way from an application to a route."""

    value: str
    place: Place
    how: str
    router: Router
    options: dict[str, Value]


class Reached(Struct, frozen=True):
    """A route and the way to it from a router that nothing mounts."""

    root: Router
    steps: tuple[Step, ...]
    route: Registered
    router: Router

    @property
    def pieces(self) -> list[str]:
        """The prefixes and the route's own path, outermost first."""
        return [step.value for step in self.steps] + [self.route.path]


def routers_of(interpreter: Interpreter, *kinds: Kind) -> list[Router]:
    """Return the routers of these kinds, in the order in which they were made."""
    return [router for router in interpreter.routers if router.kind in kinds]


def reached_in(routers: list[Router]) -> Iterator[Reached]:
    """Yield every route of these routers with the way to it.

    Applications and what they mount come first. A router that nothing mounts, or one made up for a parameter, follows
    only with what nothing else reached, by its path or, where that is not wholly known, by its place: the way to it is
    not known.
    """
    roots = sorted((router for router in routers if not router.parents), key=_certain_first)
    seen: set[tuple[Place, str]] = set()
    left = MAXIMUM_REACHED
    for certain in (True, False):
        found: list[Reached] = []
        for root in (root for root in roots if _is_certain(root) is certain):
            below = _Below(root, left - left // 2)  # one that has ever more must leave something to the others
            found += below.all()
            left -= below.looked_at
        found = [item for item in found if certain or not _told(item.route) & seen]
        seen.update((item.route.place, path) for item in found for path in (item.route.path, ""))
        yield from found


def _told(route: Registered) -> set[tuple[Place, str]]:
    return {(route.place, route.path if is_known(route.path) else "")}


def _is_certain(router: Router) -> bool:
    return router.application and not router.assumed


def _certain_first(router: Router) -> tuple[bool, Place]:
    return not _is_certain(router), router.place


def reach(root: Router) -> Iterator[Reached]:
    """Yield every route below a router with the prefixes on its way."""
    return _Below(root, MAXIMUM_REACHED).all()


class _Below(Struct):
    """What lies below a router, up to so many routes and routers."""

    root: Router
    most: int
    looked_at: int = 0

    def all(self) -> Iterator[Reached]:
        """Yield every route; the root is `cut` where there are more."""
        return self._of(self.root, (), [])

    def _of(self, router: Router, steps: tuple[Step, ...], path: list[Router]) -> Iterator[Reached]:
        if router in path or len(path) > MAXIMUM_MOUNTS_DEEP:
            return
        if router.prefix:
            steps = (*steps, Step(router.prefix, router.place, router.how, router, router.options))
        self.looked_at += 1
        for route in router.routes:
            if self._is_enough():
                return
            self.looked_at += 1
            yield Reached(self.root, steps, route, router)
        for mounted in router.mounts:
            if self._is_enough():
                return
            step = Step(mounted.prefix, mounted.place, mounted.how, mounted.router, mounted.options)
            yield from self._of(mounted.router, (*steps, step), [*path, router])

    def _is_enough(self) -> bool:
        is_enough = self.looked_at >= self.most
        self.root.cut = self.root.cut or is_enough
        return is_enough


# --- behaviours that most frameworks share ------------------------------------------------------------------------


def verb(*methods: str, path: int = 0, path_name: str = "path", handler: int = -1) -> Behaviour:
    """Return the behaviour of `router.get(path, …, handler)`: one route a path, and the router for the chain."""

    def register(call: Invocation) -> Value:
        for text in texts_of(call.value(path, path_name)):
            call.receiver.add(list(methods), text, call.place, call.value(handler), arguments=call)
        return call.receiver

    return register


def itself(call: Invocation) -> Value:
    """Change nothing that matters to routes, and go on with the chain."""
    return call.receiver


def verbs(names: dict[str, str], make: Callable[[str], Behaviour]) -> dict[str, Behaviour]:
    """Return a table of methods: `verbs({"get": "GET"}, verb)`."""
    return {name: make(method) for name, method in names.items()}
