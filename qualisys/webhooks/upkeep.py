"""Forgetting messages that were kept for long enough, once a day for each webhook."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from qualisys.tenancy.deadlines import Sweep, clear_deadline, handle_due, set_deadline
from qualisys.webhooks.models import Delivery, DeliveryStatus, Webhook

# The messages of a webhook that are old enough are forgotten.
LOG = "webhook.log"
EVERY = timedelta(days=1)


def expect_forgetting(webhook_id: uuid.UUID) -> None:
    """Look at the webhook's messages again in a day."""
    set_deadline(webhook_id, LOG, timezone.now() + EVERY)


def forget_due() -> Sweep:
    """Forget what is old enough of every webhook whose day has passed, over all tenants."""
    return handle_due(LOG, _forget)


def _forget(webhook_id: uuid.UUID) -> None:
    if not Webhook.objects.filter(pk=webhook_id).exists():
        clear_deadline(webhook_id)
        return
    old = Delivery.objects.filter(webhook_id=webhook_id, created_at__lt=timezone.now() - settings.WEBHOOK_LOG_LIFETIME)
    old.exclude(status=DeliveryStatus.PENDING).delete()
    expect_forgetting(webhook_id)
