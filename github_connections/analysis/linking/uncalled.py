"""Functions that nobody calls are run when they speak of a framework, with made-up arguments."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from github_connections.analysis.linking import parameters
from github_connections.analysis.linking.program import File
from github_connections.analysis.linking.scopes import functions_of
from github_connections.analysis.linking.values import ClassValue, External, FunctionValue, MapValue, ObjectValue, Value
from github_connections.analysis.linking.words import uses
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

if TYPE_CHECKING:
    from github_connections.analysis.linking.interpreter import Interpreter

# What a server is set up with, in a file that imports its library.
WORDS_OF_SET_UP = frozenset({"Router", "express", "listen", "register", "route", "use"})
# What registers a route, or hands on who does.
WORDS_OF_ROUTES = WORDS_OF_SET_UP | {"all", "delete", "get", "patch", "post", "put"}
# What a handler is given, of Go's own library and of its frameworks.
_OF_A_REQUEST = frozenset({"Context", "Ctx", "Request", "ResponseWriter"})
_PACKAGES_OF_REQUESTS = frozenset({"echo", "fiber", "gin", "http"})
WORDS_OF_SET_UP_IN_RUST = frozenset(
    {
        *("route", "routes", "route_service", "route_layer", "api_route", "nest", "nest_service", "merge", "serve"),
        *("service", "scope", "resource", "configure", "mount", "attach", "at"),
    }
)


def run_all(interpreter: Interpreter, file: File) -> None:
    """Run those functions of a file that nobody called and that speak of a framework, with made-up arguments."""
    for function, owner in functions_of(file.scope) if file.path not in interpreter.registry.aside else ():
        is_called = id(function.node) in interpreter.called or _dispatches(function)
        if (
            not is_called
            and not _answers_requests(interpreter, function)
            and speaks_of_a_framework(interpreter, function)
            and not _overrides(interpreter, function, owner)
        ):
            interpreter.within_limits(file, partial(_run_alone, interpreter, function, owner))


def run_unless_called(interpreter: Interpreter, function: FunctionValue, owner: ClassValue | None) -> None:
    """Run a function if nobody called it so far; a method on the one object of its class."""
    if id(function.node) not in interpreter.called:
        this = interpreter.singleton(owner) if owner is not None else None
        interpreter.within_limits(function.scope.file, partial(interpreter.call, function, [], this=this))


def _overrides(interpreter: Interpreter, function: FunctionValue, owner: ClassValue | None) -> bool:
    """Tell whether a method stands in for one of a library's router, in a class derived from it: what it registers is
    what others ask it to."""
    name, types = function.node.name, interpreter.registry.types
    derived = owner is not None and owner.node.bases and name != "__init__"
    bases = interpreter.bases(owner) if owner is not None and derived else []
    kinds = (types.get(base.name) for base in bases if isinstance(base, External))
    return any(kind is not None and name in kind.methods for kind in kinds)


def run_dispatchers(interpreter: Interpreter, file: File) -> None:
    """Run Go's handlers that tell others apart by the path, last: those are made by then."""
    for function, owner in functions_of(file.scope) if file.family == "go" else ():
        if _dispatches(function) and _makes_a_router(interpreter, function):
            interpreter.within_limits(file, partial(_run_alone, interpreter, function, owner))


def _dispatches(function: FunctionValue) -> bool:
    return (
        function.node.name == "ServeHTTP" and function.node.receiver is not None and function.scope.file.family == "go"
    )


def _answers_requests(interpreter: Interpreter, function: FunctionValue) -> bool:
    """Tell whether a function of Go is a handler, by what it takes: when it runs, routes were registered long ago, but
    those of a router of its own."""
    types = [parameter.type for parameter in function.node.parameters] if function.scope.file.family == "go" else []
    is_given_one = any(isinstance(kind, nodes.Member) and _is_of_a_request(kind) for kind in types)
    return is_given_one and not _makes_a_router(interpreter, function)


def _is_of_a_request(kind: nodes.Member) -> bool:
    return kind.name in _OF_A_REQUEST and isinstance(kind.of, nodes.Name) and kind.of.id in _PACKAGES_OF_REQUESTS


def speaks_of_a_framework(interpreter: Interpreter, function: FunctionValue) -> bool:
    """Tell whether a function has to do with set-up, by its words or by what it takes and gives."""
    node, file = function.node, function.scope.file
    if node.name == "main" or _uses_a_word_of(words_of_set_up(interpreter, file), node):
        return True
    if file.family == "rust":
        return _takes_a_router(interpreter, function)
    if file.family == "go" and (_makes_a_router(interpreter, function) or _groups(function)):
        return True
    if any(parameters.is_known_by_convention(interpreter, parameter, function) for parameter in node.parameters):
        return True
    typed = [parameter.type for parameter in node.parameters] + [node.receiver]
    if file.family == "java":
        typed.append(node.returns)  # a bean's method: what it returns is what it is for
    return any(
        parameters.made_for_type(interpreter, kind, function.scope, node.line) is not None for kind in typed if kind
    )


def _groups(function: FunctionValue) -> bool:
    """Tell whether a function of Go puts routes below a path of a router that somebody's library may have made."""
    if "Group" not in function.scope.file.head.words:
        return False
    calls = (one for one in nodes_in(function.node.body) if isinstance(one, nodes.Call) and one.arguments)
    return any(
        nodes.last_name(one.function) == "Group" and isinstance(one.arguments[0].value, nodes.Text) for one in calls
    )


def words_of_set_up(interpreter: Interpreter, file: File) -> frozenset[str]:
    """Return those names used in a file that are words of a framework, or of set-up where one is imported."""
    known = interpreter.words_of_set_up.get(file.path)
    if known is None:
        registry = interpreter.registry
        words = set(registry.words)
        if file.path in registry.serving:
            words |= WORDS_OF_SET_UP
        if file.family == "rust":
            words |= WORDS_OF_SET_UP_IN_RUST
        known = interpreter.words_of_set_up[file.path] = frozenset(words.intersection(file.head.words))
    return known


def _uses_a_word_of(words: frozenset[str], node: nodes.Function) -> bool:
    # What is not in the whole file need not be looked for in a function.
    return bool(words) and uses(node, words)


def _takes_a_router(interpreter: Interpreter, function: FunctionValue) -> bool:
    """Tell whether a parameter's type, or the type that is extended, is one of a framework's."""
    typed = [parameter.type for parameter in function.node.parameters] + [function.node.receiver]
    kinds = (nodes.without_arguments(kind) for kind in typed)
    named = (
        interpreter.qualified_name(kind, function.scope)
        for kind in kinds
        if isinstance(kind, nodes.Name | nodes.Member)
    )
    return any(name in interpreter.registry.types for name in named)


def _makes_a_router(interpreter: Interpreter, function: FunctionValue) -> bool:
    """Tell whether a function of Go calls what makes a library's router: `r := chi.NewRouter()`."""
    makers = interpreter.registry.makers
    words = {maker.rpartition(".")[2] for maker in makers}.intersection(function.scope.file.head.words)
    return any(
        isinstance(node, nodes.Call)
        and isinstance(node.function, nodes.Member)
        and node.function.name in words
        and interpreter.qualified_name(node.function, function.scope) in makers
        for node in (nodes_in(function.node.body) if words else ())
    )


def _run_alone(interpreter: Interpreter, function: FunctionValue, owner: ClassValue | None) -> None:
    before = list(interpreter.routers)
    alone = interpreter.registry.alone.get(function.scope.file.family, _object_at_hand)
    this = alone(interpreter, owner) if owner is not None and function.node.name != "constructor" else None
    made = interpreter.call(function, [], this=this)
    if function.scope.file.family == "javascript":
        _run_held(interpreter, made)
    interpreter.alone[id(function.node)] = [
        router for router in interpreter.made_since(before) if not router.data.get("shared")
    ]


def _run_held(interpreter: Interpreter, made: Value) -> None:
    """Run what an uncalled function gives back to be called: `(app) => ({ start() { app.get("/") } })`."""
    held = made.entries if isinstance(made, MapValue) else made.fields if isinstance(made, ObjectValue) else {}
    for function in [value for value in held.values() if isinstance(value, FunctionValue)]:
        if id(function.node) not in interpreter.called and uses(function.node, WORDS_OF_ROUTES):
            interpreter.call(function, [], this=made)


def _object_at_hand(interpreter: Interpreter, owner: ClassValue) -> Value:
    """Return an object of a class that the program made with what it gave, else the one made of nothing known."""
    return interpreter.made.get(id(owner.node)) or interpreter.singleton(owner)
