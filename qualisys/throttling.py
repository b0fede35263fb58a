"""Counting what a person and a tenant ask for, an hour at a time, in Redis.

REST framework's own throttles keep a list of every request's time, which at 10,000 an hour costs more than
the request does; these are counters of the running hour.
"""

import hashlib
import logging
import time
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection
from redis import ConnectionPool, Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from qualisys.tenancy.context import current_tenant

if TYPE_CHECKING:  # REST framework's views import the throttles
    from rest_framework.views import APIView

logger = logging.getLogger(__name__)

HOUR = 3600  # seconds


class HourlyThrottle(BaseThrottle):
    """Refuses what goes beyond a number of requests in the running hour. Without Redis nothing is refused."""

    def limits(self, request: Request) -> Mapping[str, int]:
        """Return how many requests may be made in an hour, by the name of the counter."""
        raise NotImplementedError

    def allow_request(self, request: Request, view: "APIView") -> bool:
        return is_within(self.limits(request))

    def wait(self) -> float:
        """Return the seconds until the next hour begins."""
        return HOUR - time.time() % HOUR


class ApiRequests(HourlyThrottle):
    """Every request of a person, and of a tenant."""

    def limits(self, request: Request) -> Mapping[str, int]:
        return _of_person_and_tenant(
            "api",
            request,
            settings.API_REQUESTS_PER_HOUR_PER_USER,
            settings.API_REQUESTS_PER_HOUR_PER_TENANT,
        )


class TokenAttempts(HourlyThrottle):
    """Tokens that are put before GitHub, which locks an account out after several bad ones."""

    def limits(self, request: Request) -> Mapping[str, int]:
        return _of_person_and_tenant(
            "token",
            request,
            settings.TOKEN_ATTEMPTS_PER_HOUR_PER_USER,
            settings.TOKEN_ATTEMPTS_PER_HOUR_PER_TENANT,
        )


class LogInAttempts(HourlyThrottle):
    """Passwords that are tried for one e-mail address."""

    def limits(self, request: Request) -> Mapping[str, int]:
        email = request.data.get("email", "") if isinstance(request.data, dict) else ""
        return log_in_limit(str(email))


def log_in_limit(email: str) -> Mapping[str, int]:
    """Return the limit of passwords for this address on this host, for the API and the admin together."""
    # Redis need not know whose; and what is no address at all is counted too.
    address = hashlib.sha256(email.strip().lower().encode(errors="replace")).hexdigest()
    schema = connection.schema_name  # type: ignore[attr-defined]  # django-tenants' connection has it
    return {f"log-in:{schema}:{address}": settings.LOG_IN_ATTEMPTS_PER_HOUR}


def is_within(limits: Mapping[str, int]) -> bool:
    """Count one request and return whether it may be made; one that may not counts for nobody else."""
    counts = dict(zip(limits, _count(list(limits)), strict=True))
    exceeded = [name for name, limit in limits.items() if counts[name] > limit]
    if exceeded:
        _take_back([name for name in limits if name not in exceeded])
    return not exceeded


def _of_person_and_tenant(what: str, request: Request, per_user: int, per_tenant: int) -> Mapping[str, int]:
    """Return the limits of the one who asks; who is not logged in cannot use up a tenant's."""
    if request.user is None:
        return {}
    tenant = current_tenant().pk
    return {f"{what}:{tenant}:{request.user.pk}": per_user, f"{what}:{tenant}": per_tenant}


def _count(names: list[str]) -> list[int]:
    """Add one to each counter of the running hour and return them; zeros while Redis does not answer."""
    pipeline = _redis(settings.REDIS_URL).pipeline(transaction=False)
    for key in map(_key, names):
        pipeline.incr(key)
        pipeline.expire(key, HOUR)
    try:
        answers: list[Any] = pipeline.execute()
    except RedisError as error:
        logger.warning("requests are not counted: %s", error)
        return [0] * len(names)
    return [int(count) for count in answers[::2]]


def _take_back(names: list[str]) -> None:
    pipeline = _redis(settings.REDIS_URL).pipeline(transaction=False)
    for key in map(_key, names):
        pipeline.decr(key)
    try:
        pipeline.execute()
    except RedisError as error:
        logger.warning("a refused request stays counted: %s", error)


def _key(name: str) -> str:
    return f"throttle:{int(time.time() // HOUR)}:{name}"


def _redis(url: str) -> Redis:
    return Redis(connection_pool=_connections(url))


@cache
def _connections(url: str) -> ConnectionPool:
    """Return this process's connections; a Redis that hangs must not hold a request, which attempts of its own do."""
    once = Retry(NoBackoff(), 0)
    # Not a client: of two that the first two threads make, the one that is dropped closes its connections in use.
    return ConnectionPool.from_url(url, socket_connect_timeout=0.25, socket_timeout=0.25, retry=once)
