"""Statuses of HTTP as source code writes them."""

from __future__ import annotations

import re
from http import HTTPStatus

from github_connections.analysis.linking.values import source_of
from github_connections.analysis.syntax import nodes

# All went well.
SUCCESSFUL = range(200, 300)
_ALL = frozenset(one.value for one in HTTPStatus)
# `NO_CONTENT` and `NoContent`.
_BY_NAME = {one.name.replace("_", ""): one.value for one in HTTPStatus}
# `Status201Created`, `HTTP_201_CREATED`.
_NUMBER = re.compile(r"(?:\A|[A-Za-z_])([1-5]\d\d)(?!\d)")


def status_written(expression: nodes.Expression | None) -> int | None:
    """Return the status of `201`, `"201"`, `HttpStatus.CREATED` and `Status201Created`; None of anything else."""
    if isinstance(expression, nodes.Constant):
        return expression.value if isinstance(expression.value, int) and expression.value in _ALL else None
    if not isinstance(expression, nodes.Text | nodes.Name | nodes.Member):
        return None
    last = source_of(expression).rpartition(".")[2]
    number = _NUMBER.match(last) if isinstance(expression, nodes.Text) else _NUMBER.search(last)
    said = int(number.group(1)) if number else _BY_NAME.get(last.upper().replace("_", ""))
    return said if said in _ALL else None
