"""The periodic jobs with ten connections due, among few and many tenants."""

import statistics
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path

from django.db import connection
from django.utils import timezone
from django_tenants.utils import tenant_context

from github_connections import workspace
from github_connections.deadlines import EXPIRY, RECOVERY
from github_connections.expiry import expire_due
from github_connections.models import GithubConnection
from github_connections.recovery import recover_due
from github_connections.states import Status
from qualisys.accounts.models import User
from qualisys.dev.bench.figures import BenchmarkError, Figure, at_most, milliseconds
from qualisys.dev.bench.progress import tell
from qualisys.dev.bench.rounds import take_turns
from qualisys.dev.bench.rows import make_connection, make_owner, make_tenant
from qualisys.tenancy.deadlines import Sweep, set_deadline
from qualisys.tenancy.models import Deadline, Tenant

_TENANTS = (10, 100, 1_000)
_DUE = 10
_ROUNDS = 21
_FILES_IN_CLONE = 20
_GROWTH_AIM = at_most(1.5)
_LATER = timedelta(days=6)
_PAST = timedelta(minutes=-1)

# A connection and the tenant that it is in.
_Placed = tuple[Tenant, GithubConnection]


def measure(_place: Path) -> list[Figure]:
    """Return the time of both jobs at each number of tenants, and how it grows from the least to the greatest."""
    owner = make_owner()
    placed: list[_Placed] = []
    seconds: dict[str, dict[int, list[float]]] = {"expire_due": {}, "recover_due": {}}
    for tenants in _TENANTS:
        tell(f"  {tenants:,} tenants")
        placed += [_tenant_with_connection(number, owner) for number in range(len(placed), tenants)]
        _postpone_all()
        due = placed[:: tenants // _DUE]
        ways = {"expire_due": partial(_expire, due), "recover_due": partial(_recover, due)}
        take_turns(ways, 1)
        for job, measured in take_turns(ways, _ROUNDS).items():
            seconds[job][tenants] = measured
    return [_figure(job, by_tenants) for job, by_tenants in seconds.items()]


def _figure(job: str, seconds: dict[int, list[float]]) -> Figure:
    medians = {tenants: statistics.median(measured) for tenants, measured in seconds.items()}
    few, many = min(medians), max(medians)
    each = ", ".join(f"{milliseconds(measured)} among {tenants:,}" for tenants, measured in seconds.items())
    name = f"{job}: {_DUE} due among {many:,} tenants / among {few:,}"
    return Figure(name, medians[many] / medians[few], aim=_GROWTH_AIM, note=f"{each}, median of {_ROUNDS} rounds")


def _postpone_all() -> None:
    """Let nothing become due by itself that an earlier round has left."""
    Deadline.objects.update(kind=EXPIRY, due_at=timezone.now() + _LATER)


def _tenant_with_connection(number: int, owner: User) -> _Placed:
    """Make a tenant with one clone whose time is far from over."""
    later = timezone.now() + _LATER
    tenant = make_tenant(f"tenant_{number}", owner)
    with tenant_context(tenant):
        made = make_connection(owner, status=Status.CLONED, clone_path="there", expires_at=later)
        set_deadline(made.pk, EXPIRY, later)
    return tenant, made


def _expire(due: Sequence[_Placed]) -> float:
    """Return the seconds that removing these clones takes."""
    past = timezone.now() + _PAST
    for tenant, placed in due:
        with tenant_context(tenant):
            row = GithubConnection.objects.filter(pk=placed.pk)
            row.update(status=Status.CLONED, clone_path="there", expires_at=past)
            set_deadline(placed.pk, EXPIRY, past)
        _fill(workspace.checkout_path(tenant.pk, placed.pk))
    return _sweep(expire_due)


def _fill(clone: Path) -> None:
    """Make a small clone."""
    clone.mkdir(parents=True)
    for number in range(_FILES_IN_CLONE):
        (clone / f"file_{number}.py").write_text("x = 1\n" * 100)


def _recover(due: Sequence[_Placed]) -> float:
    """Return the seconds that publishing these connections again takes."""
    past = timezone.now() + _PAST
    for tenant, placed in due:
        with tenant_context(tenant):
            GithubConnection.objects.filter(pk=placed.pk).update(status=Status.PENDING)
            set_deadline(placed.pk, RECOVERY, past)
    return _sweep(recover_due)


def _sweep(job: Callable[[], Sweep]) -> float:
    """Return the seconds of one sweep on a connection that knows none of the tenants yet."""
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's own
    connection.ensure_connection()
    began = time.perf_counter()
    sweep = job()
    seconds = time.perf_counter() - began
    if sweep != Sweep(handled=_DUE):
        raise BenchmarkError(f"Of {_DUE} that were due, {sweep.handled} were handled and {sweep.failed} failed.")
    return seconds
