"""What a project's webhooks are told of its connection."""

import uuid
from typing import Any

from github_connections.models import GithubConnection
from qualisys.webhooks.events import EventType
from qualisys.webhooks.outbox import tell


def announce(connection: GithubConnection, event: EventType, **more: Any) -> None:
    """Tell whoever wants to know, in the caller's transaction, with the connection as it is now."""
    tell(connection.project_id, event, lambda: {**_facts(connection.pk), **more})


def _facts(connection_id: uuid.UUID) -> dict[str, Any]:
    """Return what may leave the service: neither the token nor where the clone lies."""
    connection = GithubConnection.objects.get(pk=connection_id)
    return {
        "connection_id": connection.pk,
        "project_id": connection.project_id,
        "repo_url": connection.repo_url,
        "branch": connection.branch,
        "status": connection.status,
        "commit_sha": connection.commit_sha,
        "size_bytes": connection.size_bytes,
        "routes_count": connection.routes_count,
        "components_count": connection.components_count,
        "endpoints_count": connection.endpoints_count,
        "error_code": connection.error_code,
        "error_message": connection.error_message,
        "token_expires_at": connection.token_expires_at,
        "expires_at": connection.expires_at,
    }
