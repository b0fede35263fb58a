"""The two reasons to look at a connection again, of which one is in force, and when."""

import random
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from qualisys.tenancy.deadlines import set_deadline

# A pending connection is published again, a silent worker's claim is taken back.
RECOVERY = "github.recovery"
# The clone is removed.
EXPIRY = "github.expiry"
KINDS = (RECOVERY, EXPIRY)

# A message may be lost with the broker's memory; a second one does no harm.
REPUBLISH_AFTER = timedelta(seconds=90)
HEARTBEAT_INTERVAL = timedelta(seconds=10)
# A worker that has not been heard of for so long is taken for dead.
SILENCE = timedelta(seconds=60)


def expect_claim(connection_id: uuid.UUID) -> None:
    """A message was sent: a worker should claim the connection before long."""
    set_deadline(connection_id, RECOVERY, timezone.now() + REPUBLISH_AFTER)


def expect_heartbeat(connection_id: uuid.UUID) -> None:
    """A worker is at it: it should be heard of again before long."""
    set_deadline(connection_id, RECOVERY, timezone.now() + SILENCE)


def expect_retry(connection_id: uuid.UUID, attempts: int) -> None:
    """An attempt failed: the next one after twice as long as the last, give or take a half."""
    seconds = settings.CLONE_RETRY_DELAY * 2 ** (attempts - 1) * random.uniform(0.5, 1.5)  # noqa: S311  # no secret
    set_deadline(connection_id, RECOVERY, timezone.now() + timedelta(seconds=seconds))


def expect_expiry(connection_id: uuid.UUID, expires_at: datetime) -> None:
    """The clone lies on disk until then."""
    set_deadline(connection_id, EXPIRY, expires_at)
