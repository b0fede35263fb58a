"""Prometheus' metrics: what happened in any process of this machine, and what is so at this moment.

What happened is counted in the process where it happens. Where PROMETHEUS_MULTIPROC_DIR names a directory, every
process keeps its counts in a file there, and whoever is asked answers for all of them. What is so is read from the
database and Redis when it is asked for: the features register their collectors in `STATE`.
"""

import hmac
import ipaddress
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port, validate_host
from prometheus_client import REGISTRY as OF_THIS_PROCESS
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

if settings.PROMETHEUS_MULTIPROC_DIR:
    # Before the first metric opens its file there: on a file system in memory the directory is gone after each start.
    Path(settings.PROMETHEUS_MULTIPROC_DIR).mkdir(mode=0o700, parents=True, exist_ok=True)

# Collectors that read what is so. Asked by the web server alone: it is the same for every process.
STATE = CollectorRegistry()

REQUESTS = Histogram(
    "qualisys_http_request_duration_seconds",
    "Requests by the name of the address that answered, and how long they took.",
    ["method", "route", "status"],
    buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10),
)
# What beat has done, everywhere in the service.
SWEPT = Counter(
    "qualisys_janitor_handled",
    "What was due and a periodic task dealt with, or could not, by the kind of its deadline.",
    ["kind", "outcome"],
)
LAST_RUN = Gauge(
    "qualisys_janitor_last_run_timestamp_seconds",
    "When a periodic task last came to its end, in seconds since 1970.",
    ["task"],
    multiprocess_mode="max",
)

_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Real-Ip")


def counted() -> CollectorRegistry:
    """Return what was counted, of all processes that share the directory or of this one alone."""
    if not settings.PROMETHEUS_MULTIPROC_DIR:
        return OF_THIS_PROCESS
    registry = CollectorRegistry()
    MultiProcessCollector(registry, settings.PROMETHEUS_MULTIPROC_DIR)
    return registry


def exposition() -> bytes:
    """Return everything in Prometheus' text format."""
    return generate_latest(counted()) + generate_latest(STATE)


def is_tenants_host(request: HttpRequest) -> bool:
    """Return whether the request was sent to a host name below which tenants are found."""
    host, _port = split_domain_port(request.META.get("HTTP_HOST", ""))
    return host != settings.PUBLIC_HOST and validate_host(host, settings.ALLOWED_HOSTS)


def may_read(request: HttpRequest) -> bool:
    """Return whether whoever asks gave the token, or is in a network that needs none.

    What a proxy passed on comes from the proxy's address, whoever sent it: that takes the token.
    """
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    if settings.METRICS_TOKEN and hmac.compare_digest(given, settings.METRICS_TOKEN.encode()):
        return True
    if any(name in request.headers for name in _FORWARDED):
        return False
    return _is_in_a_network(request.META.get("REMOTE_ADDR", ""))


def _is_in_a_network(address: str) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:  # a socket of the file system has no address
        return False
    return any(parsed in network for network in settings.METRICS_NETWORKS)
