"""The periodic jobs with ten connections due, among few and many tenants."""

import os
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import psycopg
from django.db import connection
from django.utils import timezone
from django_tenants.utils import tenant_context
from psycopg import sql

from github_connections import workspace
from github_connections.deadlines import EXPIRY, RECOVERY
from github_connections.expiry import expire_due
from github_connections.figures import read_figures
from github_connections.models import GithubConnection
from github_connections.recovery import recover_due
from github_connections.states import Status
from qualisys.accounts.models import User
from qualisys.dev.bench.figures import BenchmarkError, Figure, at_most, milliseconds, ratios, spread
from qualisys.dev.bench.progress import tell
from qualisys.dev.bench.rounds import take_turns
from qualisys.dev.bench.rows import make_connection, make_owner, make_tenant
from qualisys.tenancy.deadlines import Sweep, set_deadline
from qualisys.tenancy.models import Tenant

_TENANTS = (10, 100, 1_000)
_DUE = 10
_ROUNDS = 15
_FILES_IN_CLONE = 20
_GROWTH_AIM = at_most(1.5)
_LATER = timedelta(days=6)
_PAST = timedelta(minutes=-1)

# A connection and the tenant that it is in.
_Placed = tuple[Tenant, GithubConnection]


def measure(_place: Path) -> list[Figure]:
    """Return how the time of both jobs grows from the fewest to the most tenants."""
    owner = make_owner()
    migrated = str(connection.settings_dict["NAME"])
    crowds = [_Crowd(tenants, migrated, owner) for tenants in _TENANTS]
    expiring = {crowd.name: crowd.expire for crowd in crowds}
    recovering = {crowd.name: crowd.recover for crowd in crowds}
    return [_figure("expire_due", expiring), _figure("recover_due", recovering), _all_figures(crowds)]


def _all_figures(crowds: Sequence["_Crowd"]) -> Figure:
    """Return what it takes to read the figures of all tenants, which grows with them: metrics and the start page."""
    ways = {crowd.name: crowd.read for crowd in crowds}
    take_turns(ways, 1)
    seconds = take_turns(ways, _ROUNDS)
    each = ", ".join(f"{milliseconds(taken)} {name}" for name, taken in seconds.items())
    *_, many = ways
    return Figure(f"figures of all tenants, {many}", 1000 * statistics.median(seconds[many]), "ms", note=each)


def _figure(job: str, ways: dict[str, Callable[[], float]]) -> Figure:
    take_turns(ways, 1)
    seconds = take_turns(ways, _ROUNDS)
    few, *_, many = ways
    growth = ratios(seconds[many], seconds[few])
    each = ", ".join(f"{milliseconds(taken)} {name}" for name, taken in seconds.items())
    name = f"{job}, {_DUE} due: {many} / {few}"
    return Figure(name, statistics.median(growth), aim=_GROWTH_AIM, note=f"{spread(growth)}; {each}")


class _Crowd:
    """A database of its own with so many tenants, each with one clone, ten of which are due when it is asked."""

    def __init__(self, tenants: int, migrated: str, owner: User) -> None:
        self.name = f"among {tenants:,}"
        self._database = f"among_{tenants}"
        tell(f"  {tenants:,} tenants")
        _copy_database(migrated, self._database)
        _use_database(self._database)
        placed = [_tenant_with_clone(number, owner) for number in range(tenants)]
        self._due = placed[:: tenants // _DUE]

    def expire(self) -> float:
        """Return the seconds that removing the ten clones takes."""
        _use_database(self._database)
        _make_due(self._due, EXPIRY, status=Status.CLONED, clone_path="there", expires_at=timezone.now() + _PAST)
        for tenant, placed in self._due:
            _fill(workspace.checkout_path(tenant.pk, placed.pk))
        return _timed(self._database, expire_due)

    def read(self) -> float:
        """Return the seconds that reading the figures of all its tenants takes."""
        _use_database(self._database)
        connection.ensure_connection()
        began = time.perf_counter()
        read_figures(Tenant.objects.all())
        return time.perf_counter() - began

    def recover(self) -> float:
        """Return the seconds that publishing the ten connections again takes."""
        _use_database(self._database)
        _make_due(self._due, RECOVERY, status=Status.PENDING)
        return _timed(self._database, recover_due)


def _copy_database(source: str, target: str) -> None:
    _use_database(source)
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(target), sql.Identifier(source))
    with psycopg.connect(os.environ["DATABASE_URL"], dbname="postgres", autocommit=True) as server:
        server.execute(statement)


def _use_database(name: str) -> None:
    """Have the next statement make a new connection, which knows no tenant yet, to this database."""
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's own
    connection.settings_dict["NAME"] = name


def _tenant_with_clone(number: int, owner: User) -> _Placed:
    """Make a tenant with one clone whose time is far from over."""
    later = timezone.now() + _LATER
    tenant = make_tenant(f"tenant_{number}", owner)
    with tenant_context(tenant):
        made = make_connection(owner, status=Status.CLONED, clone_path="there", expires_at=later)
        set_deadline(made.pk, EXPIRY, later)
    return tenant, made


def _make_due(due: Sequence[_Placed], kind: str, **fields: object) -> None:
    for tenant, placed in due:
        with tenant_context(tenant):
            GithubConnection.objects.filter(pk=placed.pk).update(**fields)
            set_deadline(placed.pk, kind, timezone.now() + _PAST)


def _fill(clone: Path) -> None:
    """Make a small clone."""
    clone.mkdir(parents=True)
    for number in range(_FILES_IN_CLONE):
        (clone / f"file_{number}.py").write_text("x = 1\n" * 100)


def _timed(database: str, job: Callable[[], Sweep]) -> float:
    _use_database(database)
    connection.ensure_connection()
    began = time.perf_counter()
    sweep = job()
    seconds = time.perf_counter() - began
    if sweep != Sweep(handled=_DUE):
        raise BenchmarkError(f"Of {_DUE} that were due, {sweep.handled} were handled and {sweep.failed} failed.")
    return seconds
