"""Comparing what the database says with what lies on disk, both ways, and putting right what is wrong.

Looks at the tenants that have a clone or a deadline, so its cost grows with what there is. It skips what
changed lately, and deletes nothing when the database does not look like the one these clones belong to.
"""

import logging
import time
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django_tenants.utils import tenant_context

from github_connections import metrics, workspace
from github_connections.deadlines import KINDS, RECOVERY, expect_expiry
from github_connections.history import Event, record
from github_connections.models import GithubConnection
from github_connections.states import Status
from qualisys.tenancy.deadlines import clear_deadline, set_deadline
from qualisys.tenancy.models import Deadline, Tenant

logger = logging.getLogger(__name__)

# A clone comes and goes in the middle of a comparison; what is younger is left to the next one.
SETTLED_AFTER = timedelta(minutes=2)
# So many clones that are gone, and more than half of all, look like a volume that is not mounted.
MANY = 3
UNDER_WAY = frozenset({Status.PENDING, Status.CLONING})


class Kind(StrEnum):
    """What can be found wrong."""

    ROW_WITHOUT_DIRECTORY = "row_without_directory"
    DIRECTORY_WITHOUT_ROW = "directory_without_row"
    ANALYSIS_WITHOUT_CLONE = "analysis_without_clone"
    ABANDONED_ATTEMPT = "abandoned_attempt"
    MISSING_DEADLINE = "missing_deadline"
    DEADLINE_WITHOUT_ROW = "deadline_without_row"
    UNKNOWN_TENANT = "unknown_tenant"
    NOT_COMPARED = "not_compared"


@dataclass(frozen=True)
class Finding:
    """One thing that was wrong: where, and what it was about."""

    kind: Kind
    tenant: str
    subject: str


@dataclass
class Reconciliation:
    """What was found, and, where nothing was put right, why."""

    findings: list[Finding] = field(default_factory=list)
    refused: str | None = None


def reconcile(*, dry_run: bool = False, accept_loss: bool = False) -> Reconciliation:
    """Return what was wrong; it has been put right unless `dry_run`, or `refused` says why not.

    `accept_loss` is an operator's word that clones which are missing in numbers are indeed lost.
    """
    on_disk = workspace.tenant_directories()
    tenants = {tenant.pk: tenant for tenant in _tenants_with_something(on_disk)}
    strangers = sorted(str(tenant_id) for tenant_id in on_disk if tenant_id not in tenants)
    reconciliation = Reconciliation([Finding(Kind.UNKNOWN_TENANT, stranger, stranger) for stranger in strangers])
    if on_disk and len(strangers) == len(on_disk):
        reconciliation.refused = "No clone on disk belongs to a tenant of this database: is it the right one?"
    elif not accept_loss and _many_are_missing(tenants.values()):
        reconciliation.refused = (
            "Most of the clones are missing at once: is the volume mounted at CLONE_ROOT? If they are lost indeed, "
            "say so with --accept-loss."
        )
    for tenant in tenants.values():
        _compare(tenant, reconciliation, dry_run=dry_run or reconciliation.refused is not None)
    for finding in reconciliation.findings:
        metrics.FOUND.labels(finding.kind.value).inc()
        logger.warning("%s in %s: %s", finding.kind, finding.tenant, finding.subject)
    return reconciliation


def _many_are_missing(tenants: Iterable[Tenant]) -> bool:
    claimed = missing = 0
    for tenant in tenants:
        with tenant_context(tenant):
            clones = workspace.complete_clones(tenant.pk)
            at_rest = GithubConnection.objects.exclude(clone_path="").exclude(status__in=UNDER_WAY)
            claims = set(at_rest.values_list("pk", flat=True))
        claimed += len(claims)
        missing += len(claims - clones.keys())
    return missing >= MANY and missing * 2 > claimed


def _compare(tenant: Tenant, reconciliation: Reconciliation, *, dry_run: bool) -> None:
    """Add one tenant's findings; its trouble stops no other's."""
    try:
        with tenant_context(tenant):
            reconciliation.findings += _Comparison(tenant, dry_run=dry_run).run()
    except Exception as error:
        logger.exception("the clones of %s could not be compared", tenant.schema_name)
        reconciliation.findings.append(Finding(Kind.NOT_COMPARED, tenant.schema_name, str(error)))


def _tenants_with_something(on_disk: set[uuid.UUID]) -> QuerySet[Tenant]:
    due = Deadline.objects.filter(kind__in=KINDS).values_list("tenant_id", flat=True).distinct()
    found: QuerySet[Tenant] = Tenant.objects.filter(pk__in=on_disk | set(due))
    return found


class _Comparison:
    """One tenant's directories against its rows."""

    def __init__(self, tenant: Tenant, *, dry_run: bool) -> None:
        self.tenant = tenant
        self.dry_run = dry_run
        # The directories first: a clone that is published meanwhile is then missed, and not taken for lost.
        self.clones = workspace.complete_clones(tenant.pk)
        self.analyses = workspace.kept_analyses(tenant.pk)
        self.attempts = workspace.incoming_directories(tenant.pk)
        self.rows = {row.pk: row for row in GithubConnection.objects.all()}
        deadlines = Deadline.objects.filter(tenant=tenant, kind__in=KINDS).values_list("pk", flat=True)
        self.deadlines = set(deadlines)

    def run(self) -> Iterator[Finding]:
        yield from self._rows_without_directories()
        yield from self._directories_without_rows()
        yield from self._analyses_without_clones()
        yield from self._abandoned_attempts()
        yield from self._missing_deadlines()
        yield from self._deadlines_without_rows()

    def _rows_without_directories(self) -> Iterator[Finding]:
        for row in self.rows.values():
            if row.clone_path and row.pk not in self.clones and row.status not in UNDER_WAY:
                if not self.dry_run and not _say_missing(self.tenant, row.pk):
                    continue
                yield self._finding(Kind.ROW_WITHOUT_DIRECTORY, row.pk)

    def _directories_without_rows(self) -> Iterator[Finding]:
        for connection_id, path in self.clones.items():
            row = self.rows.get(connection_id)
            if (row is None or not row.clone_path) and _is_settled(path):
                if not self.dry_run and not _remove_unclaimed(self.tenant, connection_id):
                    continue
                yield self._finding(Kind.DIRECTORY_WITHOUT_ROW, path)

    def _analyses_without_clones(self) -> Iterator[Finding]:
        """What an analysis kept goes with its clone; the directory of one that has a clone is left to that one."""
        for connection_id, path in self.analyses.items():
            row = self.rows.get(connection_id)
            if (row is None or not row.clone_path) and connection_id not in self.clones and _is_settled(path):
                if not self.dry_run and not _remove_unclaimed_analysis(self.tenant, connection_id):
                    continue
                yield self._finding(Kind.ANALYSIS_WITHOUT_CLONE, path)

    def _abandoned_attempts(self) -> Iterator[Finding]:
        current = {str(row.attempt_id) for row in self.rows.values() if row.status == Status.CLONING}
        for path in self.attempts:
            if not current.intersection(path.name.split(".")) and _is_settled(path):
                if not self.dry_run:
                    workspace.discard(self.tenant.pk, path)
                yield self._finding(Kind.ABANDONED_ATTEMPT, path)

    def _missing_deadlines(self) -> Iterator[Finding]:
        for row in self.rows.values():
            waits = row.status in UNDER_WAY or bool(row.clone_path and row.expires_at)
            if waits and row.pk not in self.deadlines:
                if not self.dry_run:
                    _set_missing_deadline(row)
                yield self._finding(Kind.MISSING_DEADLINE, row.pk)

    def _deadlines_without_rows(self) -> Iterator[Finding]:
        for object_id in self.deadlines - self.rows.keys():
            if not self.dry_run:
                clear_deadline(object_id)
            yield self._finding(Kind.DEADLINE_WITHOUT_ROW, object_id)

    def _finding(self, kind: Kind, subject: object) -> Finding:
        return Finding(kind, self.tenant.schema_name, str(subject))


def _is_settled(path: Path) -> bool:
    try:
        status = path.lstat()
    except FileNotFoundError:
        return False
    return time.time() - max(status.st_mtime, status.st_ctime) > SETTLED_AFTER.total_seconds()


def _say_missing(tenant: Tenant, connection_id: uuid.UUID) -> bool:
    """Move a connection whose clone is gone to failed; False where it is there after all, or on its way."""
    with transaction.atomic():
        row = GithubConnection.objects.select_for_update().filter(pk=connection_id).first()
        if row is None or row.status in UNDER_WAY or connection_id in workspace.complete_clones(tenant.pk):
            return False
        message = "The clone was removed by something other than this service. Refresh the connection."
        held = GithubConnection.objects.filter(pk=connection_id)
        held.move(Status.FAILED, error_code="CLONE_MISSING", error_message=message)
        held.update(clone_path="")
        clear_deadline(connection_id)
        record(row, Event.FAILED, code="CLONE_MISSING", message=message)
    return True


def _remove_unclaimed(tenant: Tenant, connection_id: uuid.UUID) -> bool:
    """Remove a directory that no row claims; False where one claims it by now."""
    with transaction.atomic():
        row = GithubConnection.objects.select_for_update().filter(pk=connection_id).first()
        return (row is None or not row.clone_path) and workspace.remove(tenant.pk, connection_id)


def _remove_unclaimed_analysis(tenant: Tenant, connection_id: uuid.UUID) -> bool:
    """Remove what an analysis kept and no clone claims; False where one claims it by now."""
    with transaction.atomic():
        row = GithubConnection.objects.select_for_update().filter(pk=connection_id).first()
        return (row is None or not row.clone_path) and workspace.forget_analysis(tenant.pk, connection_id)


def _set_missing_deadline(row: GithubConnection) -> None:
    # A clone that is not analysed yet is looked at for that first.
    if row.status in UNDER_WAY or row.status == Status.CLONED:
        set_deadline(row.pk, RECOVERY, timezone.now())
    elif row.expires_at:
        expect_expiry(row.pk, row.expires_at)
