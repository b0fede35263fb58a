"""From pending to cloned: claim, fetch into a private directory, publish whole, have it analysed."""

import logging
import time
import uuid
from pathlib import Path

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F
from django.utils import timezone

from github_connections import metrics, quotas, workspace
from github_connections.deadlines import (
    HEARTBEAT_INTERVAL,
    expect_expiry,
    expect_heartbeat,
    expect_retry,
)
from github_connections.errors import BytesExceeded, ClaimLost, CloneFailure
from github_connections.history import Event, record
from github_connections.models import GithubConnection, Stage
from github_connections.notices import expect_notice
from github_connections.publishing import publish_analysis
from github_connections.remote.git_clone import Cloned, CloneLimits, Progress, clone
from github_connections.states import Status
from qualisys.encryption import DecryptionError
from qualisys.tenancy.context import current_tenant
from qualisys.tenancy.deadlines import clear_deadline

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_PROGRESS_WRITES = 1.0


def clone_connection(connection_id: uuid.UUID) -> None:
    """Clone a pending connection. May be called twice, late, or for one that is gone: then it does nothing."""
    connection = claim(connection_id)
    if connection is None:
        logger.info("connection %s is not pending: nothing to clone", connection_id)
        return
    with metrics.CLONE_SECONDS.time():
        _carry_out(connection)


def _carry_out(connection: GithubConnection) -> None:
    """Clone for the claim in force, and give the claim back or end it where that fails."""
    try:
        _fetch_and_publish(connection)
    except ClaimLost:
        logger.info("connection %s was taken away during its clone", connection.pk)
    except CloneFailure as failure:
        end_attempt(connection, failure)
    except Exception:
        end_attempt(connection, CloneFailure("INTERNAL_ERROR", "The clone failed for a reason of the service's own."))
        raise


def claim(connection_id: uuid.UUID) -> GithubConnection | None:
    """Move pending to cloning for a new attempt; None where another worker was first, the row is gone,
    or the tenant has as many clones running as it may.
    """
    with transaction.atomic():
        if not quotas.may_start_a_clone():
            quotas.wait_for_a_turn(connection_id)
            return None
        moved = GithubConnection.objects.filter(pk=connection_id).move(
            Status.CLONING,
            attempt_id=uuid.uuid4(),
            attempts=F("attempts") + 1,
            heartbeat_at=timezone.now(),
            progress_stage=Stage.CONNECTING,
            progress_percent=None,
            received_bytes=None,
        )
        if not moved:
            return None
        connection = GithubConnection.objects.get(pk=connection_id)
        expect_heartbeat(connection_id)
        record(connection, Event.CLONING, attempt=connection.attempts)
    return connection


def end_attempt(connection: GithubConnection, failure: CloneFailure) -> None:
    """Give the connection back to be tried again, or end it as failed; a lost claim changes nothing."""
    again = failure.transient and connection.attempts < settings.CLONE_MAX_ATTEMPTS
    with transaction.atomic():
        moved = GithubConnection.objects.of_attempt(connection).move(
            Status.PENDING if again else Status.FAILED,
            error_code=failure.code,
            error_message=failure.message,
            progress_stage="",
            progress_percent=None,
        )
        if not moved:
            return
        if again:
            expect_retry(connection.pk, connection.attempts)
        elif connection.clone_path and connection.expires_at:
            # A fresh clone failed; the one before it lies there for the rest of its time.
            expect_expiry(connection.pk, connection.expires_at)
        else:
            clear_deadline(connection.pk)
        record(
            connection,
            Event.RETRYING if again else Event.FAILED,
            attempt=connection.attempts,
            code=failure.code,
            message=failure.message,
        )
    metrics.clone_failed(failure.code, again=again)
    logger.warning("connection %s: %s", connection.pk, failure)


def clone_limits(replaced: uuid.UUID | None = None) -> CloneLimits:
    """Return what one clone may take: the settings' limits, and no more than the tenant has left
    once it has taken the place of the connection's present one.
    """
    return CloneLimits(
        seconds=settings.CLONE_TIMEOUT,
        stall_seconds=settings.CLONE_STALL_TIMEOUT,
        max_bytes=min(settings.CLONE_MAX_BYTES, quotas.bytes_left(replaced)),
        max_files=settings.CLONE_MAX_FILES,
        max_memory_bytes=settings.CLONE_MAX_MEMORY_BYTES,
        minimum_free_bytes=settings.CLONE_MINIMUM_FREE_BYTES,
        checkout_workers=settings.CLONE_CHECKOUT_WORKERS,
    )


class _Heartbeat:
    """Writes the progress at most once a second, and learns from the same statement that the claim is lost."""

    def __init__(self, connection: GithubConnection) -> None:
        self._connection = connection
        self._written = self._extended = time.monotonic()

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if now - self._written < SECONDS_BETWEEN_PROGRESS_WRITES:
            return
        self._written = now
        self._write(progress)
        if now - self._extended >= HEARTBEAT_INTERVAL.total_seconds():
            self._extended = now
            expect_heartbeat(self._connection.pk)

    def _write(self, progress: Progress) -> None:
        at = timezone.now()
        attempt = GithubConnection.objects.of_attempt(self._connection)
        if not attempt.update(
            heartbeat_at=at,
            updated_at=at,
            progress_stage=progress.stage,
            progress_percent=progress.percent,
            received_bytes=progress.received_bytes,
        ):
            raise ClaimLost


def _fetch_and_publish(connection: GithubConnection) -> None:
    tenant_id = current_tenant().pk
    try:
        limits = clone_limits(connection.pk)
        token = connection.reveal_token()
        with workspace.incoming_directory(tenant_id, connection.pk, connection.attempt_id) as incoming:
            cloned = clone(
                f"{settings.GITHUB_CLONE_URL}/{connection.full_name}.git",
                incoming,
                branch=connection.branch,
                token=token,
                limits=limits,
                watch=_Heartbeat(connection),
            )
            _publish(connection, incoming, cloned)
    except BytesExceeded as error:
        if limits.max_bytes < settings.CLONE_MAX_BYTES:
            raise quotas.exceeded() from error
        raise
    except DecryptionError as error:
        raise CloneFailure(
            "TOKEN_UNREADABLE", "The stored token can no longer be read. Send a new one, then refresh."
        ) from error
    except (InterfaceError, OperationalError) as error:
        raise CloneFailure(
            "DATABASE_UNAVAILABLE",
            "The service's database went away during the clone. It is tried again.",
            transient=True,
        ) from error
    except OSError as error:
        raise CloneFailure(
            "STORAGE",
            f"The clone could not be stored{_reason(error)}. An operator has to look at it.",
            transient=True,
        ) from error


def _reason(error: OSError) -> str:
    """Return the system's own word for it; the place, which is nobody's business but the operator's, is logged."""
    logger.warning("a clone could not be stored: %s", error)
    return f" ({error.strerror})" if error.strerror else ""


def _publish(connection: GithubConnection, incoming: Path, cloned: Cloned) -> None:
    """Move the clone to its readers while the row is held, so that a disconnect comes before or after."""
    tenant_id = current_tenant().pk
    expires_at = timezone.now() + settings.CLONE_LIFETIME
    with transaction.atomic():
        moved = GithubConnection.objects.of_attempt(connection).move(
            Status.CLONED,
            clone_path=str(workspace.checkout_path(tenant_id, connection.pk)),
            commit_sha=cloned.commit_sha,
            size_bytes=cloned.size.bytes,
            expires_at=expires_at,
            attempts=0,
            error_code="",
            error_message="",
            progress_stage="",
            progress_percent=None,
        )
        if not moved:
            raise ClaimLost
        # Its expiry is expected once the analysis has ended, one way or the other.
        publish_analysis(connection.pk)
        expect_notice(GithubConnection.objects.get(pk=connection.pk))
        quotas.refuse_too_many_bytes()
        record(connection, Event.CLONED, commit=cloned.commit_sha, bytes=cloned.size.bytes)
        workspace.publish(incoming, tenant_id, connection.pk)
    metrics.clone_succeeded(cloned.size.bytes)
