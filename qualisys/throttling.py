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
from redis import Redis
from redis.exceptions import RedisError
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
        limits = self.limits(request)
        counts = _count(list(limits))
        return all(count <= limit for count, limit in zip(counts, limits.values(), strict=True))

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
        # Redis need not know whose; and what is no address at all is counted too.
        address = hashlib.sha256(str(email).strip().lower().encode(errors="replace")).hexdigest()
        return {f"log-in:{current_tenant().pk}:{address}": settings.LOG_IN_ATTEMPTS_PER_HOUR}


def _of_person_and_tenant(what: str, request: Request, per_user: int, per_tenant: int) -> Mapping[str, int]:
    tenant = current_tenant().pk
    limits = {f"{what}:{tenant}": per_tenant}
    if request.user is not None:
        limits[f"{what}:{tenant}:{request.user.pk}"] = per_user
    return limits


def _count(names: list[str]) -> list[int]:
    """Add one to each counter of the running hour and return them; zeros while Redis does not answer."""
    hour = int(time.time() // HOUR)
    pipeline = _redis(settings.REDIS_URL).pipeline(transaction=False)
    for name in names:
        pipeline.incr(f"throttle:{hour}:{name}")
        pipeline.expire(f"throttle:{hour}:{name}", HOUR)
    try:
        answers: list[Any] = pipeline.execute()
    except RedisError as error:
        logger.warning("requests are not counted: %s", error)
        return [0] * len(names)
    return [int(count) for count in answers[::2]]


@cache
def _redis(url: str) -> Redis:
    """Return this process's connections; a Redis that hangs must not hold a request."""
    return Redis.from_url(url, socket_connect_timeout=0.25, socket_timeout=0.25)
