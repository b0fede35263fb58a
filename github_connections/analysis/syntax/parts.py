"""Parts of nodes that many ask for: of a call, of what may be a list, of a chain, of a body's last expression."""

from __future__ import annotations

from github_connections.analysis.syntax import nodes


def callee(node: nodes.Expression) -> nodes.Expression:
    """Return what a call calls; the node itself where it is none, as a decorator with or without arguments."""
    return node.function if isinstance(node, nodes.Call) else node


def first_argument(node: nodes.Node | None) -> nodes.Expression | None:
    """Return what a call is given first, by name or not; None where that is nothing, and of what is no call."""
    return node.arguments[0].value if isinstance(node, nodes.Call) and node.arguments else None


def positional_arguments(call: nodes.Call) -> list[nodes.Expression]:
    """Return what a call is given without a name, in order."""
    return [argument.value for argument in call.arguments if not argument.name]


def named_arguments(node: nodes.Node | None) -> dict[str, nodes.Expression]:
    """Return what a call is given by name; nothing of what is no call."""
    return arguments_as(node)


def arguments_as(node: nodes.Node | None, *names: str) -> dict[str, nodes.Expression]:
    """Return what a call is given, by its names; `names` are those that the first of its arguments have without being
    called so. Nothing of what is no call."""
    given = node.arguments if isinstance(node, nodes.Call) else []
    named = ((one.name or "".join(names[place : place + 1]), one.value) for place, one in enumerate(given))
    return {name: value for name, value in named if name}


def items_written(node: nodes.Expression | None) -> list[nodes.Expression]:
    """Return what is in a list that is written down; the node itself where it is none."""
    if node is None:
        return []
    return node.items if isinstance(node, nodes.Sequence) else [node]


def text_written(node: nodes.Expression | None) -> str:
    """Return a text that is written down; empty for anything else."""
    return node.value if isinstance(node, nodes.Text) else ""


def texts_written(node: nodes.Expression | None) -> list[str]:
    """Return the texts in a list that is written down, or the one that stands alone."""
    return [item.value for item in items_written(node) if isinstance(item, nodes.Text)]


def beginning_of(node: nodes.Expression) -> str:
    """Return the name that a chain begins with: `request` of `request.headers()["X-Trace"]`; empty where none does."""
    while isinstance(node, nodes.Call | nodes.Item | nodes.Member):
        node = node.function if isinstance(node, nodes.Call) else node.of
    return node.id if isinstance(node, nodes.Name) else ""


def without_return(statement: nodes.Statement | None) -> nodes.Statement | None:
    """Return the expression that a body gives back; any other statement as it is."""
    return statement.value if isinstance(statement, nodes.Return) else statement
