"""Functions of the program are run: how often, how deep, and what they give back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from github_connections.analysis import http_verbs
from github_connections.analysis.linking import parameters, routing
from github_connections.analysis.linking.routing import Router
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import (
    HOLE,
    ClassValue,
    External,
    FunctionValue,
    ListValue,
    MapValue,
    ObjectValue,
    Thing,
    Unknown,
    Value,
    is_known,
    is_only_a_hole,
)
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

if TYPE_CHECKING:
    from github_connections.analysis.linking.interpreter import Interpreter

# Functions that call functions.
MAXIMUM_CALLS_DEEP = 25
# A function that walks a tree of routes calls itself once a level, and so does one that opens a group for a block.
MAXIMUM_TREE_DEEP = 8
# A helper that everybody calls says nothing new the hundredth time.
MAXIMUM_RUNS_OF_A_FUNCTION = 100
# In a file that has nothing to do with a server, what is longer than a helper is business and no set-up.
SHORT_BODY = 3
# Of a value and a default the last is taken, and not of more.
A_CHOICE = 3
MAXIMUM_RUNS_BESIDE_SET_UP = 3
# What an object that describes a route has: `route({method: "get", path: "/users", handler})`.
_PATHS = frozenset({"path", "url"})
# What Go's own library calls that which serves.
_SERVING = frozenset({"Handler", "HandlerFunc"})


def call(
    interpreter: Interpreter, function: FunctionValue, positional: list[Value], named: dict[str, Value], this: Value
) -> Value:
    """Run a function for the last of the interpreter's calls, which is over then."""
    node = interpreter.calls[-1][1]
    try:
        if node is not None and node.new and function.scope.file.family == "javascript":
            return build(interpreter, function, positional, named)
        return run(interpreter, function, positional, named, this)
    finally:
        interpreter.calls.pop()


def build(interpreter: Interpreter, function: FunctionValue, positional: list[Value], named: dict[str, Value]) -> Value:
    """`new App()` of a plain function: the object it fills, unless it returns another."""
    made = ObjectValue(None, {}, function.place)
    returned = run(interpreter, function, positional, named, made)
    return returned if isinstance(returned, ObjectValue | MapValue | Thing) else made


def run(
    interpreter: Interpreter, function: FunctionValue, positional: list[Value], named: dict[str, Value], this: Value
) -> Value:
    """Run a function's body and return what it gives back; Unknown where it has run often enough."""
    node = function.node
    interpreter.note_call(node)
    before = interpreter.alone.pop(id(node), [])
    there = list(interpreter.routers) if before else []
    if len(interpreter.stack) >= MAXIMUM_CALLS_DEEP or _is_tired_of(interpreter, function, [this, *positional]):
        return Unknown(node.name or "function")
    if node.receiver is not None and function.scope.file.family == "csharp":
        this, positional = _extended_statically(this, positional)
    if function.scope.file.language == "kotlin" and not node.parameters and positional[:1]:
        this = positional[0] if isinstance(positional[0], Router) else this  # of a block `Route.() -> Unit`
    scope = Scope(function.scope.file, function.scope, node, this)
    if node.receiver is not None:
        scope.names[node.receiver_name] = parameters.receiver(interpreter, node, this, function.scope)
        if scope.file.family == "java":
            scope.this = scope.names[node.receiver_name]
    parameters.bind_all(interpreter, function, positional, named, scope)
    if "<>" in named:
        parameters.bind_type_parameters(node, named["<>"], scope)
    scope.declare(node.body, lazily=False)
    interpreter.stack.append(node)
    interpreter.returned.append([])
    try:
        interpreter.run_function(node, scope)
    finally:
        interpreter.stack.pop()
        returned = interpreter.returned.pop()
        _supersede(interpreter, before, interpreter.made_since(there) if before else [])
    if function.scope.file.family == "elixir" and isinstance(scope.this, Thing):
        _run_blocks(interpreter, positional, scope.this)
    return _last_known(returned, node.name)


def _run_blocks(interpreter: Interpreter, given: list[Value], this: Thing) -> None:
    """Run the block that a macro was given and did not put anywhere: whether it does is decided when it is built."""
    for value in given:
        is_block = isinstance(value, FunctionValue) and not value.node.name and not value.node.parameters
        if isinstance(value, FunctionValue) and is_block and id(value.node) not in interpreter.called:
            interpreter.call(value, [], this=this)


def _supersede(interpreter: Interpreter, before: list[Router], after: list[Router]) -> None:
    """Forget the routers of a function that ran alone: somebody calls it after all, and makes or hands over others.

    One of its own stays where the call, of which less was known, found less.
    """
    found = sum(_held_by(router) for router in after)
    for router in before:
        if router in interpreter.routers and (router.assumed or found >= _held_by(router)):
            interpreter.routers.remove(router)


def _held_by(router: Router) -> int:
    return len(router.routes) + len(router.mounts)


def _is_tired_of(interpreter: Interpreter, function: FunctionValue, given: list[Value]) -> bool:
    """Tell whether a function has run often enough, or calls itself; one that registers routes may run longer."""
    node, file = function.node, function.scope.file
    is_route = any(_describes_a_route(value) for value in given)
    count = interpreter.called[id(node)]
    if (
        is_route
        or _serves_decorators(interpreter, function, given)
        or (count > MAXIMUM_RUNS_BESIDE_SET_UP and any(_leads_to_routes(value) for value in given))
    ):
        runs = 10 * MAXIMUM_RUNS_OF_A_FUNCTION
    elif _is_business(interpreter, function, given):
        runs = MAXIMUM_RUNS_BESIDE_SET_UP
    else:
        runs = MAXIMUM_RUNS_OF_A_FUNCTION
    is_group = file.family == "go" and any(isinstance(value, FunctionValue) and not value.node.name for value in given)
    is_tree = any(isinstance(value, MapValue) and (is_route or _is_table(value)) for value in given)
    deep = MAXIMUM_TREE_DEEP if is_tree or is_group else 1
    return count > runs or interpreter.stack.count(node) > deep


def _serves_decorators(interpreter: Interpreter, function: FunctionValue, given: list[Value]) -> bool:
    """Tell whether a function inside another of Python is handed what it decorates, which may be every view of a
    program; or is as short as what such a one asks."""
    if function.scope.file.family != "python":
        return False
    is_inner = isinstance(function.scope.owner, nodes.Function)
    is_asked = len(function.node.body) <= SHORT_BODY and bool(interpreter.stack)
    return is_asked or (is_inner and any(isinstance(value, FunctionValue | ClassValue) for value in given))


def _is_business(interpreter: Interpreter, function: FunctionValue, given: list[Value]) -> bool:
    """Tell whether a function is longer than a helper and has nothing to do with set-up: in JavaScript by its file, in
    Go, whose servers are set up among all the rest, by what it says and is given."""
    node, file = function.node, function.scope.file
    if len(node.body) <= SHORT_BODY:
        return False
    if file.family == "javascript":
        return file.path not in interpreter.registry.serving
    return file.family == "go" and not (_is_given_a_route(node, given) or _speaks_of_routes(interpreter, node))


def _speaks_of_routes(interpreter: Interpreter, node: nodes.Function) -> bool:
    """Tell whether a path stands in a function, or what registers one, or whether it gives back what serves."""
    known = interpreter.speaking.get(id(node))
    if known is None:
        registry = interpreter.registry
        names = registry.words | _SERVING | {name.rpartition(".")[2] for name in (*registry.makers, *registry.types)}
        known = interpreter.speaking[id(node)] = any(
            one.value.startswith("/") if isinstance(one, nodes.Text) else nodes.last_name(one) in names
            for one in nodes_in([node.body, node.returns])
        )
    return known


def _is_given_a_route(node: nodes.Function, given: list[Value]) -> bool:
    """Tell whether a function is given a handler, or makes a text of one that is known: `path("users")`."""
    if node.returns == nodes.Name("string") and any(isinstance(value, str) for value in given):
        return True
    held = [one for value in given for one in (value.items if isinstance(value, ListValue) else [value])]
    return any(isinstance(value, FunctionValue) for value in held)


def _is_table(said: MapValue) -> bool:
    """Tell whether an object has paths or verbs for keys: `{"/users": {get: list, "/:id": {get: show}}}`."""
    return any(name.startswith("/") or name in http_verbs.OF_APIS for name in said.entries if isinstance(name, str))


def _describes_a_route(value: Value) -> bool:
    said = value.entries if isinstance(value, MapValue) else value.fields if isinstance(value, ObjectValue) else {}
    return not _PATHS.isdisjoint(said)


def _leads_to_routes(value: Value, deep: int = 2) -> bool:
    """Tell whether a value is a router or a path, or an object of Go that holds a router."""
    if isinstance(value, Thing) or (isinstance(value, str) and value[:1] == "/"):
        return True
    is_go = isinstance(value, ObjectValue) and value.cls is not None and value.cls.scope.file.family == "go"
    held = [one for one in value.fields.values() if not isinstance(one, str)] if is_go and deep else []
    return any(_leads_to_routes(one, deep - 1) for one in held)


def _last_known(values: list[Value], name: str) -> Value:
    """Return the last value of which something is known, else the last one that is there at all.

    A function that returns one of many texts chooses by what nobody knows here: none of them is taken for the one.
    """
    said = [value for value in values if value is not None]
    known = [value for value in said if not isinstance(value, Unknown | External)]
    if len({value for value in known if isinstance(value, str)}) >= A_CHOICE:
        return Unknown(f"{name}()")
    found = routing.without_a_prefix(known) or (known or said or [None])[-1]
    better = (_is_without_a_prefix, _is_without_what_is_asked, _is_otherwise, _is_filled)
    return next((value for value in known if any(one(value, found) for one in better)), found)


def _is_filled(value: Value, found: Value) -> bool:
    """`return []` where something is switched off, beside what there is."""
    return isinstance(value, ListValue) and isinstance(found, ListValue) and bool(value.items) and not found.items


def _is_without_a_prefix(value: Value, found: Value) -> bool:
    """`return os.environ["PREFIX"] + route` beside `return route`: a prefix that nobody sets is none."""
    if not isinstance(value, str) or not isinstance(found, str) or is_known(found):
        return False
    return bool(value) and is_known(value) and is_only_a_hole(found.removesuffix(value))


def _is_without_what_is_asked(value: Value, found: Value) -> bool:
    """`return path` beside `return path + "#" + hash`, or with what is asked for: the path is the same."""
    return (
        isinstance(value, str) and isinstance(found, str) and found.startswith((f"{value}#{HOLE}", f"{value}?{HOLE}"))
    )


def _is_otherwise(value: Value, found: Value) -> bool:
    """`if given == "" { return "/api" }` before `return clean(given) + "/"`: a path that is known beside one of which
    nothing is."""
    if isinstance(value, ListValue) and isinstance(found, ListValue) and value.items and found.items:
        value, found = value.items[0], found.items[0]  # Go's `return "/api", nil`
    is_path = isinstance(value, str) and value.startswith("/") and is_known(value)
    is_not_told = isinstance(found, External | Unknown) or (
        isinstance(found, str) and is_only_a_hole(found.rstrip("/"))
    )
    return is_path and is_not_told


def _extended_statically(this: Value, positional: list[Value]) -> tuple[Value, list[Value]]:
    """C#'s `Endpoints.MapUsers(app)` is `app.MapUsers()`."""
    if isinstance(this, ClassValue | None) and positional:
        return positional[0], positional[1:]
    return this if not isinstance(this, ClassValue) else None, positional
