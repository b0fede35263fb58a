"""What a method of PHP does whatever its conditions say."""

from __future__ import annotations

from github_connections.analysis.syntax import nodes


def unconditional(body: list[nodes.Statement]) -> list[nodes.Statement]:
    """Leave out the branches that ask for a permission: they do so in one case only."""
    return [item for item in body if not (isinstance(item, nodes.Loop) and nodes.bare_name(item.iterable) == "case_if")]
