"""Writing messages in the transaction that does what they tell of; they leave after its commit."""

import json
import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone
from rest_framework.utils.encoders import JSONEncoder

from qualisys.celery import publish_on_commit
from qualisys.tenancy.deadlines import set_deadline
from qualisys.webhooks.events import EventType
from qualisys.webhooks.models import Delivery, Webhook

# A delivery is taken up again: its turn has come, its message was lost, or its worker died.
DELIVERY = "webhook.delivery"
# A message may be lost with the broker's memory; a second one does no harm.
REPUBLISH_AFTER = timedelta(seconds=90)


def tell(project_id: uuid.UUID, event: EventType, facts: Callable[[], Mapping[str, Any]]) -> None:
    """Write a message for each of the project's webhooks that want this event; `facts` is asked if there is one.

    Nothing in the facts may be secret.
    """
    # Held, as one that was deleted before the caller's commit would take everything with it that the caller did.
    webhooks = list(Webhook.objects.that_want(project_id, event).select_for_update(no_key=True))
    if not webhooks:
        return
    told = dict(facts())
    for webhook in webhooks:
        write(webhook, event, told)


def write(webhook: Webhook, event: EventType, facts: Mapping[str, Any]) -> Delivery:
    """Write one message, to be sent once the present transaction is committed."""
    message = {"type": event.value, "timestamp": timezone.now(), "data": dict(facts)}
    body = json.dumps(message, cls=JSONEncoder, ensure_ascii=False, separators=(",", ":"))
    delivery = Delivery.objects.create(webhook=webhook, event=event, body=body)
    publish(delivery)
    return delivery


def publish(delivery: Delivery) -> None:
    """Have a worker send this message once the present transaction is committed."""
    set_deadline(delivery.pk, DELIVERY, timezone.now() + REPUBLISH_AFTER)
    publish_on_commit("qualisys.webhooks.tasks.deliver", str(delivery.pk))
