"""Freeing what is stuck: messages that were lost, and claims of workers that died."""

import logging
import uuid

from django.utils import timezone

from github_connections import analyzing, workspace
from github_connections.cloning import end_attempt
from github_connections.deadlines import RECOVERY, expect_expiry
from github_connections.errors import CloneFailure
from github_connections.models import GithubConnection
from github_connections.publishing import publish_analysis, publish_clone
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
        _remove_expired_clone(connection)
        publish_clone(connection_id)
    elif connection.status == Status.CLONING:
        end_attempt(connection, WORKER_LOST)
        _discard_remains(connection)
    elif connection.status == Status.CLONED:
        _analyse_again(connection)
    elif connection.status in ON_DISK and connection.expires_at:
        expect_expiry(connection_id, connection.expires_at)
    else:
        clear_deadline(connection_id)


def _analyse_again(connection: GithubConnection) -> None:
    """The message was lost or the worker died in the middle; a clone that workers die of is not taken up for ever."""
    if connection.attempts < analyzing.MAXIMUM_ATTEMPTS:
        publish_analysis(connection.pk)
    else:
        analyzing.fail(connection, analyzing.given_up())
        analyzing.discard_remains(connection)


def _discard_remains(connection: GithubConnection) -> None:
    """Remove what the attempt left; what cannot be removed must not keep the connection from its next one."""
    try:
        workspace.discard_incoming(current_tenant().pk, connection.pk, connection.attempt_id)
    except OSError:
        logger.exception("what %s left of its attempt stays for the reconciliation", connection.pk)


def _remove_expired_clone(connection: GithubConnection) -> None:
    """A clone that serves until a fresh one takes its place serves no longer than its own time."""
    if connection.clone_path and connection.expires_at and connection.expires_at <= timezone.now():
        workspace.remove(current_tenant().pk, connection.pk)
        GithubConnection.objects.filter(pk=connection.pk).update(clone_path="")
