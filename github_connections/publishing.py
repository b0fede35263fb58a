"""Sending a connection to the workers."""

import uuid

from github_connections.deadlines import expect_claim
from qualisys.celery import publish_on_commit


def publish_analysis(connection_id: uuid.UUID) -> None:
    """Have a worker analyse this connection's clone once the present transaction is committed."""
    expect_claim(connection_id)
    publish_on_commit("github_connections.tasks.analyze_repository", str(connection_id))


def publish_clone(connection_id: uuid.UUID) -> None:
    """Have a worker clone this connection once the present transaction is committed."""
    expect_claim(connection_id)
    publish_on_commit("github_connections.tasks.clone_repository", str(connection_id))
