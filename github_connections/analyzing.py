"""From cloned to analyzed: what the clone offers, worked out in processes of its own, and stored."""

from __future__ import annotations

import logging
import time
import uuid
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from github_connections import findings, metrics, workspace
from github_connections.analysis import AnalysisFailed, Limits, Report, analyze
from github_connections.deadlines import HEARTBEAT_INTERVAL, expect_expiry, expect_heartbeat
from github_connections.errors import ClaimLost, CloneFailure
from github_connections.history import Event, record
from github_connections.models import GithubConnection, Stage
from github_connections.states import Status
from qualisys.encryption import DecryptionError
from qualisys.redaction import forms, redact
from qualisys.tenancy.context import current_tenant

logger = logging.getLogger(__name__)

# A worker that dies of one repository again and again must not take it up for ever.
MAXIMUM_ATTEMPTS = 3
SECONDS_BETWEEN_HEARTBEATS = 1.0


def analyze_connection(connection_id: uuid.UUID) -> None:
    """Analyse a cloned connection. May be called twice, late, or for one that is gone: then it does nothing."""
    connection = _claim(connection_id)
    if connection is None:
        logger.info("connection %s is not waiting to be analysed", connection_id)
        return
    discard_remains(connection)
    with workspace.incoming_directory(
        current_tenant().pk, connection.pk, _name(connection, connection.attempts)
    ) as kept:
        try:
            with metrics.ANALYSIS_SECONDS.time():
                _store(connection, _report_on(connection, kept), kept)
        except ClaimLost:
            logger.info("connection %s was taken away during its analysis", connection_id)
        except CloneFailure as failure:
            fail(connection, failure)


def discard_remains(connection: GithubConnection) -> None:
    """Remove what attempts left whose workers died, none of which has a claim any more.

    What cannot be removed must keep no clone from being analysed.
    """
    for attempt in range(1, MAXIMUM_ATTEMPTS + 1):
        try:
            workspace.discard_incoming(current_tenant().pk, connection.pk, _name(connection, attempt))
        except OSError:
            logger.exception("what %s left of its analysis stays for the reconciliation", connection.pk)


def _name(connection: GithubConnection, attempt: int) -> uuid.UUID:
    """Return the name of an attempt to analyse: the attempt to clone may have left something under its own."""
    return uuid.uuid5(connection.attempt_id, f"analysis {attempt}")


def fail(connection: GithubConnection, failure: CloneFailure) -> None:
    """End the analysis without a report; the clone stays for the rest of its time."""
    with transaction.atomic():
        moved = _same_clone(connection).move(
            Status.FAILED,
            error_code=failure.code,
            error_message=failure.message,
            progress_stage="",
            progress_percent=None,
        )
        if moved and connection.expires_at:
            expect_expiry(connection.pk, connection.expires_at)
            record(connection, Event.FAILED, code=failure.code, message=failure.message)
    if moved:
        metrics.analysis_failed(failure.code)
    logger.warning("connection %s: %s", connection.pk, failure)


def given_up() -> CloneFailure:
    """Return the failure of an analysis that was begun as often as it may be and never came to an end."""
    return CloneFailure("ANALYSIS_FAILED", "The analysis did not come to its end, several times. The clone stays.")


def _limits() -> Limits:
    return Limits(
        seconds=settings.ANALYSIS_TIMEOUT,
        bytes=settings.ANALYSIS_MAX_BYTES,
        files=settings.CLONE_MAX_FILES,
        processes=settings.ANALYSIS_PROCESSES,
    )


def _report_on(connection: GithubConnection, kept: Path) -> Report:
    """Return what the clone offers, fit to be stored; CloneFailure with the reason where there is nothing to store."""
    tenant_id = current_tenant().pk
    try:
        token = connection.reveal_token()
        report = analyze(
            workspace.checkout_path(tenant_id, connection.pk),
            _limits(),
            known=workspace.analysis_path(tenant_id, connection.pk),
            keep=kept,
            progress=_Heartbeat(connection),
            commit=connection.commit_sha,
        )
    except DecryptionError as error:
        raise CloneFailure(
            "TOKEN_UNREADABLE", "The stored token can no longer be read. Send a new one, then refresh."
        ) from error
    except AnalysisFailed as failed:
        raise CloneFailure("ANALYSIS_FAILED", findings.storable_text(redact(str(failed), token))) from failed
    _refuse_leaked_token(token, report)
    return findings.storable(report)


def _claim(connection_id: uuid.UUID) -> GithubConnection | None:
    waiting = GithubConnection.objects.filter(pk=connection_id, status=Status.CLONED, attempts__lt=MAXIMUM_ATTEMPTS)
    with transaction.atomic():
        claimed = waiting.update(
            attempts=F("attempts") + 1,
            heartbeat_at=timezone.now(),
            progress_stage=Stage.ANALYZING,
            progress_percent=None,
            updated_at=timezone.now(),
        )
        if not claimed:
            return None
        expect_heartbeat(connection_id)
    return GithubConnection.objects.filter(pk=connection_id).first()


def _same_clone(connection: GithubConnection) -> Any:
    """Keep the connection's row only while the clone that was analysed is the one it has."""
    return GithubConnection.objects.filter(
        pk=connection.pk, attempt_id=connection.attempt_id, status=Status.CLONED, attempts=connection.attempts
    )


class _Heartbeat:
    """Writes how far the analysis is at most once a second; ClaimLost when nobody wants it any more."""

    def __init__(self, connection: GithubConnection) -> None:
        self._connection = connection
        self._written = self._extended = time.monotonic()

    def __call__(self, _stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._written < SECONDS_BETWEEN_HEARTBEATS:
            return
        self._written = now
        percent = min(100, done * 100 // total) if total else None
        at = timezone.now()
        if not _same_clone(self._connection).update(heartbeat_at=at, updated_at=at, progress_percent=percent):
            raise ClaimLost
        if now - self._extended >= HEARTBEAT_INTERVAL.total_seconds():
            self._extended = now
            expect_heartbeat(self._connection.pk)


def _refuse_leaked_token(token: str, report: Report) -> None:
    """What is about to be stored is searched like the clone was: a file may hold the token in pieces."""
    stored = msgspec.json.encode(report)
    if any(msgspec.json.encode(form)[1:-1] in stored for form in forms(token)):
        raise CloneFailure(
            "TOKEN_LEAKED", "The analysis found the token itself in the repository, so nothing of it was stored."
        )


def _store(connection: GithubConnection, report: Report, kept: Path) -> None:
    """Move to analyzed with counts and summary, and put this report's rows in the place of an earlier one's."""
    counts: dict[str, Any] = {
        "routes_count": len(report.routes),
        "components_count": len(report.components),
        "endpoints_count": len(report.endpoints),
    }
    with transaction.atomic():
        moved = _same_clone(connection).move(
            Status.ANALYZED,
            **counts,
            analysis_summary=findings.summary_of(report),
            attempts=0,
            error_code="",
            error_message="",
            progress_stage="",
            progress_percent=None,
        )
        if not moved:
            return
        findings.replace_rows(connection, report)
        if connection.expires_at:
            expect_expiry(connection.pk, connection.expires_at)
        record(connection, Event.ANALYZED, framework=report.framework, **counts)
        workspace.keep_analysis(kept, current_tenant().pk, connection.pk)
    metrics.analysis_succeeded()
