"""Webhooks and their messages, as sent and as answered."""

import json
from typing import Any

from rest_framework import serializers

from qualisys.fields import ChoiceField, TextField
from qualisys.webhooks.addresses import check_address
from qualisys.webhooks.events import CHOSEN_FROM, EventType
from qualisys.webhooks.models import LONGEST_URL, Delivery, DeliveryStatus, Webhook


class NewWebhookSerializer(serializers.Serializer[None]):
    """Where to send, and what."""

    url = TextField(
        max_length=LONGEST_URL,
        help_text="`https://` and a host on the public internet; port 443 or one from 1024 on.",
    )
    events = serializers.ListField(
        child=ChoiceField([(event.value, event.label) for event in CHOSEN_FROM]),
        required=False,
        allow_empty=False,
        max_length=50,
        help_text="Left out: all there are.",
    )

    def validate_url(self, value: str) -> str:
        check_address(value)
        return value

    def validate_events(self, value: list[str]) -> list[str]:
        return list(dict.fromkeys(value))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {"events": [event.value for event in CHOSEN_FROM], **attrs}


class WebhookSerializer(serializers.ModelSerializer[Webhook]):
    """A webhook: never its secret."""

    events = serializers.ListField(child=ChoiceField([(event.value, event.label) for event in CHOSEN_FROM]))
    failing_since = serializers.DateTimeField(
        allow_null=True, help_text="Since when no message has arrived; null: the last one did, or there was none."
    )
    disabled_at = serializers.DateTimeField(
        allow_null=True, help_text="When it was switched off. A ping that arrives switches it on again."
    )
    disabled_reason = serializers.CharField(help_text="Why, in a sentence; empty where it is on.")

    class Meta:
        model = Webhook
        fields: tuple[str, ...] = (
            "id",
            "url",
            "events",
            "failing_since",
            "disabled_at",
            "disabled_reason",
            "created_at",
        )


class CreatedWebhookSerializer(WebhookSerializer):
    """A new webhook, with the secret that checks its messages: this once, and never again."""

    secret = serializers.CharField(help_text="For a library of Standard Webhooks. It is not shown again.")

    class Meta(WebhookSerializer.Meta):
        fields = (*WebhookSerializer.Meta.fields, "secret")


class DeliverySerializer(serializers.ModelSerializer[Delivery]):
    """A message and what became of it."""

    id = serializers.UUIDField(help_text="The header `webhook-id` of every attempt.")
    event = serializers.ChoiceField(EventType.choices)
    status = serializers.ChoiceField(
        DeliveryStatus.choices,
        help_text="`pending`: not sent yet, or tried again at `next_attempt_at`. `delivered`: answered with 2xx. "
        "`failed`: given up, see `error`.",
    )
    next_attempt_at = serializers.DateTimeField(allow_null=True, help_text="Null: at once, or never again.")
    response_status = serializers.IntegerField(allow_null=True, help_text="Of the last attempt; null: no answer.")
    response_excerpt = serializers.CharField(help_text="The first bytes of an answer that was not 2xx.")
    error = serializers.CharField(help_text="Why the last attempt failed, in a sentence; empty where it did not.")
    payload = serializers.SerializerMethodField(help_text="What is sent.")

    class Meta:
        model = Delivery
        fields = (
            *("id", "event", "status", "attempts", "attempted_at", "next_attempt_at"),
            *("response_status", "response_excerpt", "error", "created_at", "payload"),
        )

    def get_payload(self, delivery: Delivery) -> dict[str, Any]:
        payload: dict[str, Any] = json.loads(delivery.body)
        return payload
