"""Where a program writes the routes that a helper of its own registers: `route("get", "/crew", [known], crew.list)`."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.frameworks.javascript.javascript_servers import Argued, handed_to, handler_name
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import FunctionValue
from github_connections.analysis.report import Place
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

# Helpers that call helpers.
_MAXIMUM_HELPERS = 4


def place_and_name(call: Invocation, handler: Argued, position: int = 0) -> tuple[Place, str]:
    """Return where a route is written, and who answers it.

    Of one whose path a helper is handed as a whole, that is where the helper is called; `position` is that of the path.
    """
    place, name, node, scope = call.place, handler_name(*handler), call.node, call.scope
    value, said = handler
    said = value.node if said is None and isinstance(value, FunctionValue) else said
    said = (handed_to(said) or said) if isinstance(said, nodes.Function) else said
    for running, called, outside in call.interpreter.calls[: -_MAXIMUM_HELPERS - 1 : -1]:
        function, path = _function_around(scope), _argument(node, position)
        if function is not running or called is None or outside is None or not _is_handed(path, function, called):
            break
        position = _position_of(path, function)
        handed = _handed_handler(said, function, called) if not name or isinstance(said, nodes.Name) else None
        if handed is not None:
            said, name = handed, handler_name(None, handed)
        place, node, scope = Place(outside.file.path, called.line), called, outside
    return place, name


def _argument(node: nodes.Call | None, position: int) -> nodes.Expression | None:
    return node.arguments[position].value if node is not None and position < len(node.arguments) else None


def _function_around(scope: Scope) -> nodes.Function | None:
    around: Scope | None = scope
    while around is not None and not isinstance(around.owner, nodes.Function):
        around = around.parent
    return around.owner if around is not None and isinstance(around.owner, nodes.Function) else None


def _is_handed(path: nodes.Expression | None, function: nodes.Function, called: nodes.Call) -> bool:
    """Tell whether a path is what a helper is handed and nothing else: `path`, `base + path`; not `/${name}/:id`.

    What a class registers, a loop over paths, or a helper that makes several routes of one path is written there.
    """
    pieces = list(_pieces(path))
    is_plain = all(isinstance(piece, nodes.Name | nodes.Member | nodes.Item) for piece in pieces)
    is_in_a_loop = any(argument.value is function for argument in called.arguments)
    handed = _names_in(path) & {parameter.name for parameter in function.parameters}
    return is_plain and bool(handed) and not called.new and not is_in_a_loop and not _makes_several(function, handed)


def _makes_several(function: nodes.Function, handed: set[str]) -> bool:
    """Tell whether a helper does more than one thing with a path: `app.get(path, list); app.post(path, create)`."""
    calls = (node for node in nodes_in(function.body) if isinstance(node, nodes.Call) and node.arguments)
    methods = (node for node in calls if isinstance(node.function, nodes.Member | nodes.Item))
    return sum(bool(_names_in(node.arguments[0].value) & handed) for node in methods) > 1


def _names_in(path: nodes.Expression | None) -> set[str]:
    return {piece.id for piece in _pieces(path) if isinstance(piece, nodes.Name)}


def _pieces(path: nodes.Expression | None) -> Iterator[nodes.Expression]:
    if isinstance(path, nodes.Template):
        yield from path.parts
    elif path is not None:
        yield path


def _position_of(path: nodes.Expression | None, function: nodes.Function) -> int:
    """Return as which of its arguments a function is handed a path, or the end of it."""
    taken = [parameter.name for parameter in function.parameters]
    return max((taken.index(name) for name in _names_in(path) if name in taken), default=0)


def _handed_handler(
    said: nodes.Expression | None, function: nodes.Function, called: nodes.Call
) -> nodes.Expression | None:
    """Return the argument of a helper's call that is what answers, or that the function calls which does."""
    calls = (node.function for node in nodes_in(getattr(said, "body", [])) if isinstance(node, nodes.Call))
    names = [one.id for one in ([said] if isinstance(said, nodes.Name) else calls) if isinstance(one, nodes.Name)]
    handed = (
        argument.value
        for parameter, argument in zip(function.parameters, called.arguments, strict=False)
        if parameter.name in names
    )
    return next(handed, None)
