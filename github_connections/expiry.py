"""Removing clones whose time is over: the directory first, then the status."""

import logging
import uuid

from django.utils import timezone

from github_connections import workspace
from github_connections.deadlines import EXPIRY, expect_expiry
from github_connections.history import Event, record
from github_connections.models import GithubConnection
from github_connections.states import Status
from qualisys.tenancy.context import current_tenant
from qualisys.tenancy.deadlines import Sweep, clear_deadline, handle_due

logger = logging.getLogger(__name__)


def expire_due() -> Sweep:
    """Expire every clone past its time, over all tenants, at a cost that grows with their number alone."""
    sweep = handle_due(EXPIRY, _expire_if_due)
    logger.info("expired %d clones, %d failed", sweep.handled, sweep.failed)
    return sweep


def _expire_if_due(connection_id: uuid.UUID) -> None:
    connection = GithubConnection.objects.select_for_update().filter(pk=connection_id).first()
    if connection is None or not connection.clone_path or connection.expires_at is None:
        clear_deadline(connection_id)
    elif connection.expires_at > timezone.now():
        expect_expiry(connection_id, connection.expires_at)
    else:
        expire(connection)


def expire(connection: GithubConnection, *, actor_id: uuid.UUID | None = None) -> None:
    """Remove the clone and say so; the caller holds the row. OSError where the directory cannot be removed.

    A failed connection, whose clone served until now, stays failed.
    """
    # Before the directory, which may take a while: a sweep passes by what is held, and waits for nobody.
    clear_deadline(connection.pk)
    workspace.remove(current_tenant().pk, connection.pk)
    row = GithubConnection.objects.filter(pk=connection.pk)
    row.update(clone_path="")
    row.move(Status.EXPIRED)
    record(connection, Event.EXPIRED, actor_id=actor_id)
