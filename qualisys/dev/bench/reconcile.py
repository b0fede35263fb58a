"""The comparison of rows and directories among few and many tenants, of which ten or all have a clone."""

import statistics
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from github_connections import workspace
from github_connections.deadlines import EXPIRY
from github_connections.models import GithubConnection
from github_connections.reconciliation import reconcile
from github_connections.states import Status
from qualisys.accounts.models import User
from qualisys.dev.bench.figures import BenchmarkError, Figure, at_most, milliseconds, number, spread
from qualisys.dev.bench.progress import tell
from qualisys.dev.bench.rows import make_connection, make_owner, make_tenant
from qualisys.tenancy.deadlines import set_deadline
from qualisys.tenancy.models import Deadline, Tenant

_TENANTS = (10, 100, 1_000)
_WITH_CLONES = 10
_ROUNDS = 5
# From the fewest to the most tenants, with as many clones.
_GROWTH_AIM = at_most(1.5)
_LATER = timedelta(days=6)


def measure(_place: Path) -> list[Figure]:
    """Return the figures; the tenants are made between the measurements, in one database."""
    owner = make_owner()
    few: dict[int, list[float]] = {}
    every: dict[int, list[float]] = {}
    tenants: list[Tenant] = []
    for count in _TENANTS:
        tell(f"  {count:,} tenants")
        tenants += [make_tenant(f"tenant_{number}", owner) for number in range(len(tenants), count)]
        _analyse()
        few[count] = _timed_with_clones(tenants[:_WITH_CLONES], owner)
        every[count] = _timed_with_clones(tenants, owner)
    return [
        _growth(f"reconcile, {_WITH_CLONES} tenants with a clone", few),
        *(_each(count, seconds) for count, seconds in every.items()),
    ]


def _growth(job: str, seconds: dict[int, list[float]]) -> Figure:
    medians = [statistics.median(taken) for taken in seconds.values()]
    each = ", ".join(f"{milliseconds(taken)} among {count:,}" for count, taken in seconds.items())
    name = f"{job}: among {_TENANTS[-1]:,} / among {_TENANTS[0]}"
    return Figure(name, medians[-1] / medians[0], aim=_GROWTH_AIM, note=each)


def _each(count: int, seconds: Sequence[float]) -> Figure:
    each = [1000 * taken / count for taken in seconds]
    note = f"{milliseconds(seconds)} for all; {spread(each)}"
    return Figure(f"reconcile, each of {number(count)} tenants with a clone", statistics.median(each), "ms", note=note)


def _timed_with_clones(tenants: Sequence[Tenant], owner: User) -> list[float]:
    """Return the seconds of each round with these tenants' clones, and take the clones away again."""
    for tenant in tenants:
        _add_clone(tenant, owner)
    try:
        return [_timed() for _ in range(_ROUNDS)]
    finally:
        for tenant in tenants:
            _remove_clones(tenant)


def _add_clone(tenant: Tenant, owner: User) -> None:
    later = timezone.now() + _LATER
    with tenant_context(tenant):
        made = make_connection(owner, status=Status.CLONED, clone_path="there", expires_at=later)
        set_deadline(made.pk, EXPIRY, later)
        workspace.checkout_path(tenant.pk, made.pk).mkdir(parents=True)


def _remove_clones(tenant: Tenant) -> None:
    with tenant_context(tenant):
        for made in GithubConnection.objects.all():
            workspace.remove(tenant.pk, made.pk)
        GithubConnection.objects.all().delete()
    Deadline.objects.filter(tenant=tenant).delete()
    # A tenant with a directory, were it empty, would be looked at.
    directory = Path(settings.CLONE_ROOT) / str(tenant.pk)
    for part in (*directory.iterdir(), directory):
        part.rmdir()


def _analyse() -> None:
    """As the operations guide asks for after many tenants were made."""
    with schema_context("public"), connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _timed() -> float:
    began = time.perf_counter()
    found = reconcile().findings
    seconds = time.perf_counter() - began
    if found:
        raise BenchmarkError(f"Nothing was wrong, and {len(found)} things were found, such as {found[0]}.")
    return seconds
