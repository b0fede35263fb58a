"""What is so at this moment, read when Prometheus asks the web server: connections, queues, the disk."""

import logging
import shutil
import time
from collections.abc import Callable, Iterator

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from github_connections.figures import platform_figures

logger = logging.getLogger(__name__)

_AWAY = (DatabaseError, InterfaceError, RedisError, OSError)


class StateCollector(Collector):
    """One part that cannot be read is said to be so, and leaves the others to be read."""

    def collect(self) -> Iterator[Metric]:
        readable = GaugeMetricFamily("qualisys_readable", "1 where this could be read just now.", labels=["part"])
        for part, read in _PARTS.items():
            try:
                metrics = read()
            except _AWAY as error:
                logger.warning("metrics of the %s cannot be read: %s", part, error)
                readable.add_metric([part], 0)
            else:
                readable.add_metric([part], 1)
                yield from metrics
        yield readable


def _of_the_database() -> list[Metric]:
    figures = platform_figures()
    connections = GaugeMetricFamily("qualisys_connections", "Connections of all tenants.", labels=["status"])
    for status, count in figures.by_status().items():
        connections.add_metric([status.value], count)
    since = figures.oldest_pending_at()
    return [
        connections,
        GaugeMetricFamily("qualisys_tenants", "Tenants.", value=len(figures.tenants)),
        GaugeMetricFamily(
            "qualisys_oldest_pending_seconds",
            "For how long the connection has waited that waits the longest; 0 where none does.",
            value=max(0.0, time.time() - since.timestamp()) if since else 0.0,
        ),
        GaugeMetricFamily(
            "qualisys_connections_stuck",
            "Connections that no periodic task has looked after for five minutes longer than it should.",
            value=figures.total("stuck"),
        ),
        GaugeMetricFamily(
            "qualisys_tokens_ending",
            "Connections whose token ends within seven days, or has ended.",
            value=figures.total("tokens_ending"),
        ),
        GaugeMetricFamily(
            "qualisys_clones_bytes", "What all clones take, by the size of each.", value=figures.total("clone_bytes")
        ),
    ]


def _of_the_queues() -> list[Metric]:
    length = GaugeMetricFamily("qualisys_queue_length", "Tasks that no worker has taken yet.", labels=["queue"])
    once = Retry(NoBackoff(), 0)
    with Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1, retry=once) as redis:
        for queue in _queues():
            length.add_metric([queue], redis.llen(queue))
    return [length]


def _queues() -> list[str]:
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    return sorted(routed | {settings.CELERY_TASK_DEFAULT_QUEUE})


def _of_the_disk() -> list[Metric]:
    disk = shutil.disk_usage(settings.CLONE_ROOT)
    return [
        GaugeMetricFamily("qualisys_disk_bytes", "Size of the disk of the clones.", value=disk.total),
        GaugeMetricFamily("qualisys_disk_free_bytes", "What is free on the disk of the clones.", value=disk.free),
    ]


_PARTS: dict[str, Callable[[], list[Metric]]] = {
    "database": _of_the_database,
    "queues": _of_the_queues,
    "disk": _of_the_disk,
}
