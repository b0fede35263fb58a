"""Celery's doors: ids in, one call each. Every task may be delivered twice without harm."""

import uuid

from celery import shared_task
from django.conf import settings

from qualisys.webhooks import delivering, upkeep


# The soft limit is what ends a receiver that trickles; the hard one a look-up of a name that hangs.
@shared_task(soft_time_limit=settings.WEBHOOK_TIMEOUT + 2, time_limit=settings.WEBHOOK_TIMEOUT + 60)
def deliver(delivery_id: str) -> None:
    """Send a message to its webhook."""
    delivering.deliver(uuid.UUID(delivery_id))


@shared_task
def deliver_due() -> None:
    """Publish again the messages whose turn has come, in all tenants."""
    delivering.deliver_due()


@shared_task
def forget_old_deliveries() -> None:
    """Remove what was kept of messages for long enough, in all tenants."""
    upkeep.forget_due()
