"""Freeing what is stuck: messages that were lost, and claims of workers that died."""

import logging
import uuid

from github_connections import workspace
from github_connections.cloning import end_attempt
from github_connections.deadlines import RECOVERY, expect_expiry
from github_connections.errors import CloneFailure
from github_connections.models import GithubConnection
from github_connections.publishing import publish_clone
from github_connections.states import ON_DISK, Status
from qualisys.tenancy.context import current_tenant
from qualisys.tenancy.deadlines import Sweep, clear_deadline, handle_due

logger = logging.getLogger(__name__)

WORKER_LOST = CloneFailure(
    "WORKER_LOST",
    "The worker stopped in the middle of the clone. It is tried again by itself.",
    transient=True,
)


def recover_due() -> Sweep:
    """Look at every connection that should have been heard of by now, over all tenants."""
    sweep = handle_due(RECOVERY, _recover)
    if sweep.handled or sweep.failed:
        logger.info("looked after %d connections, %d failed", sweep.handled, sweep.failed)
    return sweep


def _recover(connection_id: uuid.UUID) -> None:
    connection = GithubConnection.objects.select_for_update().filter(pk=connection_id).first()
    if connection is None:
        clear_deadline(connection_id)
    elif connection.status == Status.PENDING:
        publish_clone(connection_id)
    elif connection.status == Status.CLONING:
        end_attempt(connection, WORKER_LOST)
        workspace.discard_incoming(current_tenant().pk, connection_id, connection.attempt_id)
    elif connection.status in ON_DISK and connection.expires_at:
        expect_expiry(connection_id, connection.expires_at)
    else:
        clear_deadline(connection_id)
