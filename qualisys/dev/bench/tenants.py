"""New tenants against migrating them, many made at once, and migrating many that are up to date."""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django_tenants.utils import schema_context

from qualisys.accounts.models import User
from qualisys.dev.bench.figures import Figure, at_most, milliseconds, ratios, spread
from qualisys.dev.bench.progress import tell
from qualisys.dev.bench.rounds import take_turns
from qualisys.dev.bench.rows import make_owner, make_tenant
from qualisys.dev.stack import PROJECT
from qualisys.tenancy.models import Tenant

_ROUNDS = 9
_AT_ONCE = 16
_MANY = 500
_MIGRATIONS = 7
_RATIO_AIM = at_most(0.25)
_FAILURES_AIM = at_most(0)
_MANY_AIM = at_most(2)  # seconds


def measure(_place: Path) -> list[Figure]:
    """Return the figures; the tenants made on the way are among the many of the last one."""
    owner = make_owner()
    return [_against_migrating(owner), _at_once(owner), *_up_to_date(owner)]


def _against_migrating(owner: User) -> Figure:
    numbers = count()

    def provision() -> None:
        make_tenant(f"provisioned_{next(numbers)}", owner)

    def migrate() -> None:
        # The schema alone, as django-tenants makes one: without the tenant's row, host and owner.
        Tenant(schema_name=f"migrated_{next(numbers)}").create_schema(verbosity=0)

    ways = {"provision": partial(_timed, provision), "migrate": partial(_timed, migrate)}
    take_turns(ways, 1)
    seconds = take_turns(ways, _ROUNDS)
    shares = ratios(seconds["provision"], seconds["migrate"])
    medians = f"provisioned {milliseconds(seconds['provision'])}, migrated {milliseconds(seconds['migrate'])}"
    return Figure(
        "new tenant / migrating its schema",
        statistics.median(shares),
        aim=_RATIO_AIM,
        note=f"{spread(shares)}; {medians}",
    )


def _at_once(owner: User) -> Figure:
    """Return how many of those made at the same time failed."""
    # The connection of this thread is one of the pool's sixteen.
    connection.close()
    began = time.perf_counter()
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        making = [threads.submit(_make_in_thread, f"at_once_{number}", owner) for number in range(_AT_ONCE)]
    failures = [error for each in making if (error := each.exception())]
    first = f"; the first: {failures[0]}" if failures else ""
    note = f"{1000 * (time.perf_counter() - began):,.0f} ms for all{first}"
    return Figure(f"failures among {_AT_ONCE} tenants made at once", len(failures), aim=_FAILURES_AIM, note=note)


def _make_in_thread(name: str, owner: User) -> None:
    try:
        make_tenant(name, owner)
    finally:
        connection.close()


def _up_to_date(owner: User) -> list[Figure]:
    tell(f"  {_MANY} tenants")
    for number in range(_MANY - Tenant.objects.count()):
        make_tenant(f"many_{number}", owner)
    with schema_context("public"), connection.cursor() as cursor:
        # As the operations guide asks for after many tenants were made.
        cursor.execute("ANALYZE")
    inside = [_timed(partial(call_command, "migrate_schemas", verbosity=0)) for _ in range(_MIGRATIONS)]
    whole = [_timed(_migrate_in_a_process) for _ in range(_MIGRATIONS)]
    return [
        Figure(
            f"migrate_schemas over {_MANY} tenants that are up to date",
            statistics.median(inside),
            "s",
            _MANY_AIM,
            note=spread(inside),
        ),
        Figure("the same as a command, with Python's start", statistics.median(whole), "s", note=spread(whole)),
    ]


def _migrate_in_a_process() -> None:
    command = [sys.executable, "manage.py", "migrate_schemas", "--verbosity", "0"]
    subprocess.run(command, cwd=PROJECT, capture_output=True, check=True)


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
