"""The statuses that a handler of the JVM is said to answer with: `@ResponseStatus(CREATED)`, `@ApiResponse(…)`."""

from __future__ import annotations

from github_connections.analysis.http_statuses import status_written
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

# Of Spring and Micronaut; of Swagger and OpenAPI; of MicroProfile.
_SAYING = frozenset({"ResponseStatus", "Status", "ApiResponse", "APIResponse"})
_STATUS = frozenset({"", "value", "code", "responseCode"})


def status_codes(handler: nodes.Function) -> list[int]:
    """Return them, also of annotations that stand inside of others."""
    said = (node for node in nodes_in(handler.decorators) if isinstance(node, nodes.Call))
    given = [one for call in said if nodes.last_name(call.function) in _SAYING for one in call.arguments]
    found = (status_written(one.value) for one in given if one.name in _STATUS)
    return sorted({status for status in found if status is not None})
