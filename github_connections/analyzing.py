"""From cloned to analyzed: what the clone offers, worked out in processes of its own, and stored."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from github_connections import workspace
from github_connections.analysis import AnalysisFailed, Limits, Report, analyze
from github_connections.deadlines import HEARTBEAT_INTERVAL, expect_expiry, expect_heartbeat
from github_connections.errors import ClaimLost
from github_connections.history import Event, record
from github_connections.models import AnalysisRow, GithubConnection, RowKind, Stage
from github_connections.states import Status
from qualisys.redaction import forms
from qualisys.tenancy.context import current_tenant

logger = logging.getLogger(__name__)

# A worker that dies of one repository again and again must not take it up for ever.
MAXIMUM_ATTEMPTS = 3
SECONDS_BETWEEN_HEARTBEATS = 1.0
# How many rows of each kind the connection itself carries; all of them are in their own table.
SUMMARY_ROWS = 200
ROWS_PER_INSERT = 500


def analyze_connection(connection_id: uuid.UUID) -> None:
    """Analyse a cloned connection. May be called twice, late, or for one that is gone: then it does nothing."""
    connection = _claim(connection_id)
    if connection is None:
        logger.info("connection %s is not waiting to be analysed", connection_id)
        return
    tenant_id = current_tenant().pk
    # A name of its own: the attempt to clone may have left something under that attempt's.
    with workspace.incoming_directory(tenant_id, connection.pk, uuid.uuid4()) as findings:
        try:
            report = analyze(
                workspace.checkout_path(tenant_id, connection.pk),
                Limits(seconds=settings.ANALYSIS_TIMEOUT, files=settings.CLONE_MAX_FILES),
                known=workspace.analysis_path(tenant_id, connection.pk),
                keep=findings,
                progress=_Heartbeat(connection),
                commit=connection.commit_sha,
            )
            _refuse_leaked_token(connection, report)
        except ClaimLost:
            logger.info("connection %s was taken away during its analysis", connection_id)
        except AnalysisFailed as failed:
            fail(connection, str(failed))
        else:
            _store(connection, report, findings)


def fail(connection: GithubConnection, message: str, code: str = "ANALYSIS_FAILED") -> None:
    """End the analysis without a report; the clone stays for the rest of its time."""
    with transaction.atomic():
        moved = _same_clone(connection).move(
            Status.FAILED, error_code=code, error_message=message, progress_stage="", progress_percent=None
        )
        if moved and connection.expires_at:
            expect_expiry(connection.pk, connection.expires_at)
            record(connection, Event.FAILED, code=code, message=message)
    logger.warning("connection %s: %s: %s", connection.pk, code, message)


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


def _refuse_leaked_token(connection: GithubConnection, report: Report) -> None:
    """What is about to be stored is searched like the clone was: a file may hold the token in pieces."""
    stored = msgspec.json.encode(report)
    if any(form.encode() in stored for form in forms(connection.reveal_token())):
        fail(
            connection, "The analysis found the token itself in the repository, so nothing was stored.", "TOKEN_LEAKED"
        )
        raise ClaimLost


def _store(connection: GithubConnection, report: Report, findings: Path) -> None:
    """Move to analyzed with counts and summary, and put this report's rows in the place of an earlier one's."""
    with transaction.atomic():
        moved = _same_clone(connection).move(
            Status.ANALYZED,
            routes_count=len(report.routes),
            components_count=len(report.components),
            endpoints_count=len(report.endpoints),
            analysis_summary=summary_of(report),
            attempts=0,
            error_code="",
            error_message="",
            progress_stage="",
            progress_percent=None,
        )
        if not moved:
            return
        AnalysisRow.objects.filter(connection=connection).delete()
        AnalysisRow.objects.bulk_create(_rows(connection, report), batch_size=ROWS_PER_INSERT)
        if connection.expires_at:
            expect_expiry(connection.pk, connection.expires_at)
        record(
            connection,
            Event.ANALYZED,
            framework=report.framework,
            routes=len(report.routes),
            endpoints=len(report.endpoints),
            components=len(report.components),
        )
        workspace.keep_analysis(findings, current_tenant().pk, connection.pk)


def summary_of(report: Report) -> dict[str, Any]:
    """Return what the connection carries: the first rows of each kind, and everything that is short by itself."""
    plain = report.as_dict()
    return {
        "schema": plain["schema"],
        "framework": plain["framework"],
        "routes": _short(plain["routes"], "method", "path", "file"),
        "components": _short(plain["components"], "name", "file"),
        "endpoints": _short(plain["endpoints"], "method", "path", "file"),
        "truncated": max(len(report.routes), len(report.components)) > SUMMARY_ROWS,
        "frameworks": plain["frameworks"][:SUMMARY_ROWS],
        "languages": plain["languages"],
        "test_cases": sum(item.cases for item in report.test_files),
        "specs": plain["specs"][:SUMMARY_ROWS],
        "limits": {**plain["limits"], "skipped": plain["limits"]["skipped"][:SUMMARY_ROWS]},
        "analyzer": plain["analyzer"],
    }


def _short(rows: list[dict[str, Any]], *keys: str) -> list[dict[str, Any]]:
    return [{key: row[key] for key in keys} for row in rows[:SUMMARY_ROWS]]


def _rows(connection: GithubConnection, report: Report) -> Iterator[AnalysisRow]:
    endpoints = {row.id for row in report.endpoints}
    for position, route in enumerate(report.routes):
        yield AnalysisRow(
            connection=connection,
            kind=RowKind.ROUTE,
            is_endpoint=route.id in endpoints,
            position=position,
            framework=route.framework,
            method=route.method,
            path=route.path,
            name=route.handler,
            file=route.file,
            line=route.line,
            data=msgspec.to_builtins(route),
        )
    for kind, rows in ((RowKind.COMPONENT, report.components), (RowKind.MODEL, report.models)):
        for position, row in enumerate(rows):
            yield AnalysisRow(
                connection=connection,
                kind=kind,
                position=position,
                framework=getattr(row, "framework", ""),
                name=row.name,
                file=row.file,
                line=row.line,
                data=msgspec.to_builtins(row),
            )
    for position, test in enumerate(report.test_files):
        yield AnalysisRow(
            connection=connection,
            kind=RowKind.TEST_FILE,
            position=position,
            framework=test.framework,
            file=test.file,
            data=msgspec.to_builtins(test),
        )
