"""What types of parameters and properties say in PHP."""

from __future__ import annotations

from github_connections.analysis.syntax import nodes

# What a part of a path or of a query may be made into.
SCALARS = frozenset({"int", "string", "bool", "float"})


def may_be_null(parameter: nodes.Parameter) -> bool:
    """Tell whether a parameter is `?User $user` or `User|null $user`."""
    return any(isinstance(item, nodes.Name) and item.id == "nullable" for item in parameter.decorators)
