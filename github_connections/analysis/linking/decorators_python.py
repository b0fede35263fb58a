"""Files of Python that add routes by nothing but decorators, by what stands in another file.

`@app.get("/users")` is of a router that was imported, `@endpoint(USERS)` one that the program has for its own routes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from github_connections.analysis import http_verbs
from github_connections.analysis.linking.names_python import PythonNames
from github_connections.analysis.linking.program import File, Program
from github_connections.analysis.linking.scopes import functions_of
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

# What adds a route to a router that is asked for it by name.
_ADDING = frozenset({"add_api_route", "add_resource", "add_route", "add_url_rule", "api_route", "route"})
# What adds one where the result is called, or decorates: other objects have methods of these names.
_DECORATING = frozenset(http_verbs.OF_APIS)

_OF_ROUTERS = _ADDING | _DECORATING
# What a router's decorators are called where nothing but its own name tells that it is one.
_OF_IMPORTED_ROUTERS = _DECORATING | {"websocket", "api_route"}


def decorated_by_routers(program: Program, names: PythonNames, speaking: set[str]) -> set[str]:
    """Return the files, parsed for what they say, that decorate with what they import from one that speaks."""
    files = [
        file
        for file in program.of_family("python")
        if file.is_parsed and file.path not in speaking and not _OF_IMPORTED_ROUTERS.isdisjoint(file.head.words)
    ]
    found = names.importers(speaking, files)
    return {path for path in found if any(map(_is_decorated_by_a_router, program.by_path[path].module.body))}


def _is_decorated_by_a_router(statement: nodes.Statement) -> bool:
    return any(_is_of_a_router(one, _OF_IMPORTED_ROUTERS) for one in _decorators_of(statement))


def decorated_by_own(program: Program, names: PythonNames, files: Iterable[File]) -> set[str]:
    """Return the files that decorate with what one of these, which import a framework, registers routes by."""
    registering: dict[str, set[str]] = defaultdict(set)
    for file in files:
        for name in _registering(file):
            registering[file.path].add(name)
    decorators = frozenset(name for found in registering.values() for name in found)
    if not decorators:
        return set()
    spelt = frozenset(f"@{name}" for name in decorators)
    using = [file for file in program.of_family("python") if file.is_parsed or file.parsed.mentions(spelt)]
    program.parse(using)
    using = [file for file in using if any(_is_decorated(one, decorators) for one in file.module.body)]
    return names.importers(registering, using)


def _is_decorated(statement: nodes.Statement, decorators: frozenset[str]) -> bool:
    return any(nodes.bare_name(one) in decorators for one in _decorators_of(statement))


def _decorators_of(statement: nodes.Statement) -> list[nodes.Expression]:
    return statement.decorators if isinstance(statement, nodes.Function | nodes.Class) else []


def _registering(file: File) -> Iterator[str]:
    """Yield the names of functions and methods that register what they are handed, or give back what does.

    What is called as a router's own methods are has a file parsed by that."""
    for function, _ in functions_of(file.scope):
        node = function.node
        if (
            node.parameters
            and node.name not in _OF_ROUTERS
            and _gives_back(node)
            and any(map(_adds_a_route, nodes_in(node.body)))
        ):
            yield node.name


def _gives_back(function: nodes.Function) -> bool:
    """Tell whether a function may decorate: it gives back a function, a call's result or what it was handed."""
    names = {parameter.name for parameter in function.parameters}
    names |= {one.name for one in function.body if isinstance(one, nodes.Function)}
    returned = (one.value for one in function.body if isinstance(one, nodes.Return))
    return any(isinstance(value, nodes.Call | nodes.Function) or nodes.last_name(value) in names for value in returned)


def _adds_a_route(node: nodes.Node) -> bool:
    """`bp.add_url_rule(…)`, `router.get(path)(view)`, `@bp.get(path)` of a function inside."""
    if isinstance(node, nodes.Function):
        return any(_is_of_a_router(one, _OF_ROUTERS) for one in node.decorators)
    return _is_of_a_router(node, _ADDING) or (
        isinstance(node, nodes.Call) and _is_of_a_router(node.function, _DECORATING)
    )


def _is_of_a_router(node: nodes.Node, methods: frozenset[str]) -> bool:
    return isinstance(node, nodes.Call) and isinstance(node.function, nodes.Member) and node.function.name in methods
