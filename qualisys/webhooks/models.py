"""Where a project's events are sent, and each message that is or was sent there."""

import uuid

from django.conf import settings
from django.db import models

from qualisys.encryption import decrypt
from qualisys.projects.models import Project
from qualisys.webhooks.events import EventType

LONGEST_URL = 500  # characters


class WebhookQuerySet(models.QuerySet["Webhook"]):
    """Webhooks in the domain's words."""

    def that_want(self, project_id: uuid.UUID, event: EventType) -> "WebhookQuerySet":
        """Keep a project's webhooks that are told of this, unless they were switched off."""
        return self.filter(project_id=project_id, disabled_at=None, events__contains=[event.value])


class Webhook(models.Model):
    """An address outside, and the secret by which it knows us."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="webhooks")
    url = models.CharField("URL", max_length=LONGEST_URL)
    events = models.JSONField()
    encrypted_secret = models.TextField(editable=False)
    # Since when no message has arrived; a message that arrives clears it.
    failing_since = models.DateTimeField(null=True, blank=True)
    disabled_at = models.DateTimeField("switched off", null=True, blank=True)
    disabled_reason = models.TextField("because", blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        db_table = "webhooks"
        ordering = ("created_at", "id")

    def __str__(self) -> str:
        return self.url

    def reveal_secret(self) -> str:
        """Return the secret in clear text: only for the moment in which a message is signed."""
        return decrypt(self.encrypted_secret)


class DeliveryStatus(models.TextChoices):
    """Where a message is in its life."""

    PENDING = "pending", "Pending"
    DELIVERED = "delivered", "Delivered"
    FAILED = "failed", "Failed"


class Delivery(models.Model):
    """One message to one webhook: written with what it tells of, sent afterwards, kept for a while."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    event = models.CharField(max_length=32, choices=EventType.choices)
    # As it is signed and sent, the same in every attempt.
    body = models.TextField()
    status = models.CharField(max_length=16, choices=DeliveryStatus.choices, default=DeliveryStatus.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    attempted_at = models.DateTimeField("last attempt", null=True)
    # Null: a worker may take it at once. While one is at it: when it is taken for dead.
    next_attempt_at = models.DateTimeField("next attempt", null=True)
    response_status = models.PositiveSmallIntegerField(null=True)
    response_excerpt = models.TextField(blank=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "webhook_deliveries"
        ordering = ("-created_at", "id")
        verbose_name_plural = "deliveries"
        indexes = (models.Index(fields=["webhook", "-created_at"], name="idx_webhook_deliveries_log"),)

    def __str__(self) -> str:
        return f"{self.event} ({self.status})"
