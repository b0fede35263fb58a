"""What all connections of the platform come to, tenant by tenant, in a few statements whatever their number.

A statement asks SCHEMAS_PER_STATEMENT schemas at once. For a thousand tenants that is a third of a second, so what
is shown to several people and machines is read once in SECONDS_KEPT.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Count, QuerySet
from django.utils import timezone
from psycopg import sql

from github_connections.deadlines import EXPIRY, RECOVERY
from github_connections.history import Event
from github_connections.states import Status
from qualisys.tenancy.models import Deadline, Tenant

Known = TypeVar("Known")

# PostgreSQL locks every table a statement names; a batch stays well below its lock table.
SCHEMAS_PER_STATEMENT = 200
SECONDS_KEPT = 15.0
# A token that ends within so long is worth a word, and so is what nobody has looked after for so long.
TOKEN_ENDS_SOON = timedelta(days=7)
STUCK_AFTER = timedelta(minutes=5)
DAYS = 14  # of history


@dataclass
class TenantFigures:
    """One tenant's connections in numbers."""

    tenant: Tenant
    by_status: dict[str, int] = field(default_factory=dict)
    clone_bytes: int = 0
    oldest_pending_at: datetime | None = None
    tokens_ending: int = 0
    stuck: int = 0

    @property
    def failed(self) -> int:
        return self.by_status.get(Status.FAILED, 0)

    @property
    def needs_attention(self) -> int:
        return self.failed + self.tokens_ending + self.stuck


@dataclass
class Figures:
    """All tenants' figures, and when they were read."""

    tenants: list[TenantFigures]
    read_at: datetime

    def by_status(self) -> dict[Status, int]:
        """Return how many connections are in each status, those that none is in included."""
        return {status: sum(each.by_status.get(status, 0) for each in self.tenants) for status in Status}

    def total(self, name: str) -> int:
        return sum(getattr(each, name) for each in self.tenants)

    def oldest_pending_at(self) -> datetime | None:
        waiting = [each.oldest_pending_at for each in self.tenants if each.oldest_pending_at]
        return min(waiting, default=None)


def read_figures(tenants: Iterable[Tenant]) -> Figures:
    """Return the figures of these tenants as they are now."""
    found = {tenant.schema_name: TenantFigures(tenant) for tenant in tenants}
    for schema, status, count, taken, since, ending in _union(_CONNECTIONS, list(found), {"soon": _soon()}):
        figures = found[schema]
        figures.by_status[status] = count
        figures.clone_bytes += taken
        figures.tokens_ending += ending
        if status == Status.PENDING:
            figures.oldest_pending_at = since
    for schema, stuck in _stuck():
        if schema in found:
            found[schema].stuck = stuck
    return Figures(list(found.values()), timezone.now())


def overdue() -> QuerySet[Deadline]:
    """Return, over all tenants, the connections that should have been looked after five minutes ago and more."""
    ours = Deadline.objects.filter(kind__in=[RECOVERY, EXPIRY])
    late: QuerySet[Deadline] = ours.filter(due_at__lt=timezone.now() - STUCK_AFTER)
    return late


def platform_figures() -> Figures:
    """Return all tenants' figures, at most SECONDS_KEPT old."""
    return _FIGURES.get()


def platform_clones_by_day() -> dict[date, dict[str, int]]:
    """Return `clones_by_day` of all tenants, at most SECONDS_KEPT old."""
    return _CLONES.get()


def forget_platform_figures() -> None:
    """Have the next one who asks for the platform's figures read them anew."""
    _FIGURES.forget()
    _CLONES.forget()


def clones_by_day(schemas: Sequence[str]) -> dict[date, dict[str, int]]:
    """Return how many clones succeeded and failed on each of the last DAYS days (UTC), all schemas together."""
    today = timezone.now().date()
    days = {today - timedelta(days=ago): {"cloned": 0, "failed": 0} for ago in reversed(range(DAYS))}
    values = {"since": min(days), "cloned": Event.CLONED.value, "failed": Event.FAILED.value}
    for _schema, day, event, count in _union(_HISTORY, schemas, values):
        days[day][event] += count
    return days


class _Kept(Generic[Known]):
    """What is known of the platform, read by one at a time; whoever comes meanwhile waits for the same."""

    def __init__(self, read: Callable[[], Known]) -> None:
        self._read = read
        self._lock = threading.Lock()
        self._known: Known | None = None
        self._until = 0.0

    def get(self) -> Known:
        with self._lock:
            if self._known is None or time.monotonic() > self._until:
                self._known = self._read()
                self._until = time.monotonic() + SECONDS_KEPT
            return self._known

    def forget(self) -> None:
        self._until = 0.0


def _all_schemas() -> list[str]:
    return list(Tenant.objects.values_list("schema_name", flat=True))


_FIGURES = _Kept(lambda: read_figures(Tenant.objects.all()))
_CLONES = _Kept(lambda: clones_by_day(_all_schemas()))

_CONNECTIONS = """
    SELECT {name}, status, count(*), coalesce(sum(size_bytes) FILTER (WHERE clone_path <> ''), 0)::bigint,
           min(updated_at), count(*) FILTER (WHERE token_expires_at < {soon} AND status <> 'expired')
    FROM {schema}.github_connections GROUP BY status
"""
_HISTORY = """
    SELECT {name}, (timestamp AT TIME ZONE 'UTC')::date, additional_data->>'event', count(*)
    FROM {schema}.auditlog_logentry
    WHERE timestamp >= {since} AND additional_data->>'event' IN ({cloned}, {failed}) GROUP BY 2, 3
"""


def _soon() -> datetime:
    return timezone.now() + TOKEN_ENDS_SOON


def _union(statement: str, schemas: Sequence[str], values: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a statement that is asked of each schema."""
    literals = {name: sql.Literal(value) for name, value in values.items()}
    for start in range(0, len(schemas), SCHEMAS_PER_STATEMENT):
        parts = [
            sql.SQL(statement).format(name=sql.Literal(schema), schema=sql.Identifier(schema), **literals)
            for schema in schemas[start : start + SCHEMAS_PER_STATEMENT]
        ]
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL(" UNION ALL ").join(parts).as_string(cursor.connection))
            yield from cursor.fetchall()


def _stuck() -> list[tuple[str, int]]:
    """Return, for each schema that has any, how many connections nobody has looked after in time."""
    by_schema = overdue().values("tenant__schema_name").annotate(count=Count("pk"))
    return list(by_schema.values_list("tenant__schema_name", "count"))
