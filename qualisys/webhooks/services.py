"""What a person asks for: webhooks of a project, and whether one works."""

import uuid

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from qualisys.encryption import encrypt
from qualisys.errors import Conflict, NotFound
from qualisys.projects.access import ProjectNotFound
from qualisys.projects.models import Project
from qualisys.tenancy.deadlines import clear_deadlines
from qualisys.webhooks.events import EventType
from qualisys.webhooks.models import Delivery, DeliveryStatus, Webhook
from qualisys.webhooks.outbox import write
from qualisys.webhooks.signing import new_secret
from qualisys.webhooks.upkeep import expect_forgetting


class WebhookNotFound(NotFound):
    code = "WEBHOOK_NOT_FOUND"
    message = "The project has no such webhook."


class TooManyWebhooks(Conflict):
    code = "TOO_MANY_WEBHOOKS"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"This project has {limit} webhooks, which is as many as it may. Delete one first.",
            details={"limit": limit},
        )


def create_webhook(project_id: uuid.UUID, *, actor_id: uuid.UUID, url: str, events: list[str]) -> tuple[Webhook, str]:
    """Return the new webhook and its secret, which is not shown again.

    Raises TooManyWebhooks, and ProjectNotFound for one that was deleted meanwhile.
    """
    secret = new_secret()
    with transaction.atomic():
        # Held, so that two who ask at once are counted one after the other.
        if Project.objects.select_for_update().filter(pk=project_id).first() is None:
            raise ProjectNotFound
        if Webhook.objects.filter(project_id=project_id).count() >= settings.WEBHOOKS_PER_PROJECT:
            raise TooManyWebhooks(settings.WEBHOOKS_PER_PROJECT)
        webhook = Webhook.objects.create(
            project_id=project_id, url=url, events=events, encrypted_secret=encrypt(secret), created_by_id=actor_id
        )
        expect_forgetting(webhook.pk)
    return webhook, secret


def webhook_of(project_id: uuid.UUID, webhook_id: str) -> Webhook:
    """Return this webhook of the project; WebhookNotFound where it has none such."""
    return _existing(Webhook.objects.all(), project_id, webhook_id)


def delete_webhook(project_id: uuid.UUID, webhook_id: str) -> None:
    """Delete a webhook with its log; what was not sent yet is not sent any more. Raises WebhookNotFound."""
    with transaction.atomic():
        webhook = _existing(Webhook.objects.select_for_update(), project_id, webhook_id)
        # Held before their deadlines are touched, as a worker that takes one does it.
        pending = webhook.deliveries.select_for_update().filter(status=DeliveryStatus.PENDING)
        clear_deadlines([webhook.pk, *pending.values_list("pk", flat=True)])
        webhook.delete()


def ping(project_id: uuid.UUID, webhook_id: str, *, actor_id: uuid.UUID) -> Delivery:
    """Send a message that says nothing to a webhook, also to one that is switched off, and return it.

    While one is under way it is that one: whoever asks again and again fills no line in which others wait. Raises
    WebhookNotFound.
    """
    with transaction.atomic():
        webhook = _existing(Webhook.objects.select_for_update(), project_id, webhook_id)
        under_way = webhook.deliveries.filter(event=EventType.PING, status=DeliveryStatus.PENDING).first()
        if under_way is not None:
            return under_way
        facts = {"project_id": project_id, "webhook_id": webhook.pk, "asked_for_by": actor_id}
        return write(webhook, EventType.PING, facts)


def _existing(webhooks: QuerySet[Webhook], project_id: uuid.UUID, webhook_id: str) -> Webhook:
    try:
        key = uuid.UUID(webhook_id)
    except ValueError as error:
        raise WebhookNotFound from error
    webhook = webhooks.filter(pk=key, project_id=project_id).first()
    if webhook is None:
        raise WebhookNotFound
    return webhook
