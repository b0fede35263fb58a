"""Webhooks and their messages on the tenant's admin."""

from typing import Any

import pytest
from django.utils import timezone

from conftest import World
from qualisys.projects.models import Project
from qualisys.webhooks.events import EventType
from qualisys.webhooks.models import Delivery, Webhook
from qualisys.webhooks.outbox import write
from qualisys.webhooks.services import create_webhook

WEBHOOKS = "/admin/webhooks/webhook/"
MESSAGES = "/admin/webhooks/delivery/"


@pytest.fixture
def webhook(world: World, project: Project) -> Webhook:
    events = ["connection.failed"]
    return create_webhook(project.pk, actor_id=world.acme_owner.pk, url="https://ci.acme.example", events=events)[0]


def page(client: Any, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    text: str = answer.content.decode()
    return text


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "On"),
        ({"failing_since": timezone.now()}, "Failing"),
        ({"disabled_at": timezone.now(), "disabled_reason": "It is gone."}, "Switched off"),
    ],
)
def test_an_operator_sees_whether_messages_arrive(
    acme_admin_site: Any, webhook: Webhook, changes: dict[str, Any], state: str
) -> None:
    """The list and the page of a webhook say where it leads and how it stands, and never the secret."""
    Webhook.objects.update(**changes)
    for address in (WEBHOOKS, f"{WEBHOOKS}{webhook.pk}/change/"):
        shown = page(acme_admin_site, address)
        assert "https://ci.acme.example" in shown
        assert state in shown
        assert "(&#x27;" not in shown
        assert webhook.encrypted_secret not in shown
        assert webhook.reveal_secret() not in shown
    assert changes.get("disabled_reason", "") in shown


def test_the_page_of_a_webhook_leads_to_its_messages(acme_admin_site: Any, webhook: Webhook, world: World) -> None:
    """And to no other's; each shows what was sent, as text."""
    other, _ = create_webhook(webhook.project_id, actor_id=world.acme_owner.pk, url="https://b.example", events=[])
    write(other, EventType.PING, {})
    sent = write(webhook, EventType.CONNECTION_FAILED, {"error_message": "<script>alert(1)</script>"})
    Delivery.objects.filter(pk=sent.pk).update(error="The receiver answered 503.", response_status=503)

    address = f"{MESSAGES}?webhook__id__exact={webhook.pk}"
    assert address in page(acme_admin_site, f"{WEBHOOKS}{webhook.pk}/change/")
    shown = page(acme_admin_site, address)
    assert "The receiver answered 503." in shown
    assert "https://b.example" not in shown
    shown = page(acme_admin_site, f"{MESSAGES}{sent.pk}/change/")
    assert "&lt;script&gt;alert(1)" in shown
    assert "<script>alert(1)" not in shown


@pytest.mark.parametrize("path", [WEBHOOKS, MESSAGES])
def test_nothing_can_be_changed_there(acme_admin_site: Any, webhook: Webhook, path: str) -> None:
    """Webhooks are made and deleted through the API, which shows the secret once."""
    assert acme_admin_site.get(f"{path}add/").status_code == 403
    message = write(webhook, EventType.PING, {})
    key = webhook.pk if path == WEBHOOKS else message.pk
    assert acme_admin_site.post(f"{path}{key}/delete/", {"post": "yes"}).status_code == 403
    assert acme_admin_site.post(f"{path}{key}/change/", {"url": "https://c.example"}).status_code == 403
