"""Webhooks and their messages, on each tenant's admin: to look at. The secret is never shown."""

import json
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from qualisys.admin_site import ReadOnlyAdmin, tenant_admin
from qualisys.webhooks.models import Delivery, DeliveryStatus, Webhook

COLOURS = {DeliveryStatus.PENDING: "info", DeliveryStatus.DELIVERED: "success", DeliveryStatus.FAILED: "danger"}


@admin.register(Webhook, site=tenant_admin)
class WebhookAdmin(ReadOnlyAdmin):
    """Who is told of what, and whether the messages arrive."""

    list_display = ("url", "project", "state", "created_by", "created_at")
    list_select_related = ("project", "created_by")
    search_fields = ("url", "project__name")
    fieldsets = (
        (None, {"fields": ("url", "project", "wanted", "state_in_words", "disabled_reason", "failing_since")}),
        ("Messages", {"fields": ("messages",)}),
        ("Origin", {"fields": ("created_by", "created_at")}),
    )
    readonly_fields = ("wanted", "state_in_words", "messages")

    @display(description="State", label={"on": "success", "failing": "warning", "off": "danger"})
    def state(self, webhook: Webhook) -> tuple[str, str]:
        if webhook.disabled_at:
            return "off", "Switched off"
        return ("failing", "Failing") if webhook.failing_since else ("on", "On")

    @display(description="State")
    def state_in_words(self, webhook: Webhook) -> str:
        words: str = self.state(webhook)[1]
        return words

    @display(description="Told of")
    def wanted(self, webhook: Webhook) -> str:
        return ", ".join(webhook.events)

    @display(description="All of them")
    def messages(self, webhook: Webhook) -> SafeString:
        address = reverse("admin:webhooks_delivery_changelist")
        return format_html(
            '<a href="{}?webhook__id__exact={}" class="text-primary-600 underline">What was sent, and what became of '
            "it</a>",
            address,
            webhook.pk,
        )


@admin.register(Delivery, site=tenant_admin)
class DeliveryAdmin(ReadOnlyAdmin):
    """Messages, each with what became of it."""

    list_display = ("event", "webhook", "shown_status", "attempts", "response_status", "error", "created_at")
    list_filter = ("status", "event")
    list_filter_submit = False
    list_select_related = ("webhook",)
    list_per_page = 50
    search_fields = ("webhook__url",)
    fieldsets = (
        (None, {"fields": ("webhook", "event", "status", "attempts", "attempted_at", "next_attempt_at")}),
        ("Last answer", {"fields": ("response_status", "error", "shown_excerpt")}),
        ("Message", {"fields": ("shown_body",)}),
    )
    readonly_fields = ("shown_excerpt", "shown_body")

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Let the page of a webhook link to its messages."""
        return lookup == "webhook__id__exact" or super().lookup_allowed(lookup, value, request)

    @display(description="Status", ordering="status", label=COLOURS)
    def shown_status(self, delivery: Delivery) -> tuple[str, str]:
        return delivery.status, delivery.get_status_display()

    @display(description="Its first bytes")
    def shown_excerpt(self, delivery: Delivery) -> SafeString | str:
        return _as_it_is(delivery.response_excerpt) if delivery.response_excerpt else "-"

    @display(description="")
    def shown_body(self, delivery: Delivery) -> SafeString:
        return _as_it_is(json.dumps(json.loads(delivery.body), indent=2, ensure_ascii=False))


def _as_it_is(text: str) -> SafeString:
    """Show text that somebody else wrote, however long its words are."""
    return format_html('<pre style="white-space: pre-wrap; overflow-wrap: anywhere">{}</pre>', text)
