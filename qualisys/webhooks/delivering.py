"""From pending to delivered: take, send, write down what came of it, try again later."""

import logging
import random
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from qualisys.encryption import DecryptionError
from qualisys.tenancy.deadlines import Sweep, clear_deadline, handle_due, set_deadline
from qualisys.webhooks.events import EventType
from qualisys.webhooks.models import Delivery, DeliveryStatus, Webhook
from qualisys.webhooks.outbox import DELIVERY, publish
from qualisys.webhooks.sending import GONE, Outcome, send
from qualisys.webhooks.signing import signed_headers

logger = logging.getLogger(__name__)

# Beyond the time for sending, after which a worker that has said nothing is taken for dead.
SILENCE = timedelta(seconds=90)
SWITCHED_OFF = Outcome(error="The webhook is switched off, so nothing was sent.")
UNREADABLE = Outcome(error="The webhook's secret can no longer be read: delete the webhook and make it again.")
WORKERS_LOST = Outcome(error="The worker stopped in the middle of the last attempt. The message may have arrived.")


def deliver(delivery_id: uuid.UUID) -> None:
    """Send a pending message. May be called twice, late, or for one that is gone: then it does nothing."""
    delivery = _take(delivery_id)
    if delivery is None:
        logger.info("message %s is not waiting to be sent", delivery_id)
        return
    _write_down(delivery, _attempt(delivery))


def deliver_due() -> Sweep:
    """Publish again every message whose turn has come, that was lost, or whose worker died, over all tenants."""
    sweep = handle_due(DELIVERY, _take_up_again)
    if sweep.handled or sweep.failed:
        logger.info("published %d webhook messages again, %d failed", sweep.handled, sweep.failed)
    return sweep


def _take_up_again(delivery_id: uuid.UUID) -> None:
    delivery = _pending().filter(pk=delivery_id).first()
    if delivery is None:
        clear_deadline(delivery_id)
        return
    if delivery.attempts > len(settings.WEBHOOK_RETRY_SECONDS):
        _end(delivery, DeliveryStatus.FAILED, WORKERS_LOST)
        return
    Delivery.objects.filter(pk=delivery_id).update(next_attempt_at=None)
    publish(delivery)


def _pending() -> QuerySet[Delivery]:
    """Return the messages that are not at their end, each to be held until the commit."""
    return Delivery.objects.select_for_update(of=("self",)).filter(status=DeliveryStatus.PENDING)


def _take(delivery_id: uuid.UUID) -> Delivery | None:
    """Take a message for this worker alone, until it should have been heard of; None where there is nothing to do."""
    now = timezone.now()
    with transaction.atomic():
        waiting = _pending().select_related("webhook").filter(pk=delivery_id, next_attempt_at=None)
        delivery = waiting.first()
        if delivery is None:
            return None
        if delivery.webhook.disabled_at and delivery.event != EventType.PING:
            _end(delivery, DeliveryStatus.FAILED, SWITCHED_OFF)
            return None
        delivery.attempts += 1
        delivery.attempted_at = now
        _wait_until(delivery, now + timedelta(seconds=settings.WEBHOOK_TIMEOUT) + SILENCE)
    return delivery


def _attempt(delivery: Delivery) -> Outcome:
    try:
        secret = delivery.webhook.reveal_secret()
    except DecryptionError:
        logger.exception("the secret of webhook %s cannot be read", delivery.webhook_id)
        return UNREADABLE
    return send(
        delivery.webhook.url, signed_headers(secret, str(delivery.pk), timezone.now(), delivery.body), delivery.body
    )


def _write_down(taken: Delivery, outcome: Outcome) -> None:
    """Store what came of an attempt, if it is still the one in force."""
    with transaction.atomic():
        # The webhook before its message: two of its messages come one after the other here.
        webhook = Webhook.objects.select_for_update().filter(pk=taken.webhook_id).first()
        delivery = _pending().filter(pk=taken.pk, attempts=taken.attempts).first()
        if webhook is None or delivery is None:
            logger.info("message %s was taken away while it was sent", taken.pk)
            return
        if not outcome.error:
            _note_success(webhook)
            _end(delivery, DeliveryStatus.DELIVERED, outcome)
            return
        logger.warning("message %s to webhook %s: %s", delivery.pk, webhook.pk, outcome.error)
        _note_failure(webhook, outcome)
        delay = _delay_after(delivery)
        if delay is None or webhook.disabled_at:
            _end(delivery, DeliveryStatus.FAILED, outcome)
        else:
            _note_outcome(delivery, outcome)
            _wait_until(delivery, timezone.now() + delay)


def _delay_after(delivery: Delivery) -> timedelta | None:
    """Return how long to wait before the next attempt, give or take a fifth; None after the last, and for a ping."""
    delays = settings.WEBHOOK_RETRY_SECONDS
    if delivery.event == EventType.PING or delivery.attempts > len(delays):
        return None
    return timedelta(seconds=delays[delivery.attempts - 1] * random.uniform(0.8, 1.2))  # noqa: S311  # no secret


def _wait_until(delivery: Delivery, at: datetime) -> None:
    delivery.next_attempt_at = at
    delivery.save()
    set_deadline(delivery.pk, DELIVERY, at)


def _end(delivery: Delivery, status: DeliveryStatus, outcome: Outcome) -> None:
    delivery.status = status
    delivery.next_attempt_at = None
    _note_outcome(delivery, outcome)
    delivery.save()
    clear_deadline(delivery.pk)


def _note_outcome(delivery: Delivery, outcome: Outcome) -> None:
    delivery.response_status = outcome.status
    delivery.response_excerpt = outcome.excerpt
    delivery.error = outcome.error


def _note_success(webhook: Webhook) -> None:
    """A message arrived, so the address is good: also of a webhook that was switched off and is tried with a ping."""
    if webhook.failing_since or webhook.disabled_at:
        webhook.failing_since = webhook.disabled_at = None
        webhook.disabled_reason = ""
        webhook.save()


def _note_failure(webhook: Webhook, outcome: Outcome) -> None:
    """Remember since when nothing has arrived, and switch off what is gone or has failed for too long."""
    now = timezone.now()
    webhook.failing_since = webhook.failing_since or now
    if webhook.disabled_at is None:
        if outcome.status == GONE:
            _switch_off(webhook, "The receiver answered 410: it wants no more messages.")
        elif now - webhook.failing_since >= settings.WEBHOOK_DISABLE_AFTER:
            _switch_off(webhook, f"No message has arrived for {settings.WEBHOOK_DISABLE_AFTER.days} days.")
    webhook.save()


def _switch_off(webhook: Webhook, reason: str) -> None:
    webhook.disabled_at = timezone.now()
    webhook.disabled_reason = reason
    logger.warning("webhook %s is switched off: %s", webhook.pk, reason)
