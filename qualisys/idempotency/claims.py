"""Claiming a key for a request, and keeping its answer."""

import uuid
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from qualisys.idempotency.errors import IdempotencyKeyReused, RequestInProgress
from qualisys.idempotency.models import KeyedRequest

KEPT = timedelta(hours=24)
# Longer than any request takes: whoever claimed the key is dead, and what became of the request is not known.
ABANDONED = timedelta(minutes=2)


def claim(user_id: str | uuid.UUID, key: str, request: str) -> KeyedRequest:
    """Return the request that has this person's key: one to be carried out, or one that has its answer.

    Raises IdempotencyKeyReused where the key was for another request, RequestInProgress while the first is under way.
    """
    now = timezone.now()
    KeyedRequest.objects.filter(user_id=user_id, claimed_at__lte=now - KEPT).delete()
    claimed, made = KeyedRequest.objects.get_or_create(
        user_id=user_id, key=key, defaults={"request": request, "claimed_at": now}
    )
    if made:
        return claimed
    if claimed.request != request:
        raise IdempotencyKeyReused
    if claimed.status is None:
        _take_over(claimed)
    return claimed


def _take_over(claimed: KeyedRequest) -> None:
    """Claim what a dead process left; of two that try, one may."""
    now = timezone.now()
    abandoned = KeyedRequest.objects.filter(
        pk=claimed.pk, claimed_at=claimed.claimed_at, claimed_at__lte=now - ABANDONED, status=None
    )
    if not abandoned.update(claimed_at=now):
        raise RequestInProgress
    claimed.claimed_at = now


def keep(claimed: KeyedRequest, *, status: int, body: str, location: str) -> None:
    """Keep the answer for as long as the key is known."""
    _own(claimed).update(status=status, body=body, location=location)


def release(claimed: KeyedRequest) -> None:
    """Forget a request that failed: nothing was done, so that it may be tried again with the same key."""
    _own(claimed).delete()


def _own(claimed: KeyedRequest) -> QuerySet[KeyedRequest]:
    """The row, unless another took it over."""
    return KeyedRequest.objects.filter(pk=claimed.pk, claimed_at=claimed.claimed_at)
