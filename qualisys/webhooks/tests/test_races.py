"""Webhooks that go while messages to them are written and sent, on database connections of their own."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection as database
from django.db import transaction
from django_tenants.utils import tenant_context

from conftest import World, make_project
from qualisys.projects.models import Project
from qualisys.projects.services import delete_project
from qualisys.tenancy.deadlines import set_deadline
from qualisys.tenancy.models import Deadline
from qualisys.webhooks import services
from qualisys.webhooks.events import EventType
from qualisys.webhooks.models import Delivery, Webhook
from qualisys.webhooks.outbox import DELIVERY, tell, write

PATIENCE_SECONDS = 30
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"

Elsewhere = Callable[[Callable[[], Any]], Future[Any]]


@pytest.fixture
def shop(committed: World, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project that every connection sees; nothing is sent."""
    monkeypatch.setattr("qualisys.webhooks.outbox.publish_on_commit", lambda *_arguments: None)
    return make_project(committed)


@pytest.fixture
def webhook(committed: World, shop: Project) -> Webhook:
    wanted = {"url": "https://example.com/", "events": [EventType.CONNECTION_CLONED.value]}
    return services.create_webhook(shop.pk, actor_id=committed.acme_owner.pk, **wanted)[0]


@pytest.fixture
def elsewhere(committed: World) -> Iterator[Elsewhere]:
    """Begin something on another connection, and return once it is done or waits for a lock."""

    def run(act: Callable[[], Any]) -> None:
        try:
            with tenant_context(committed.acme):
                act()
        finally:
            database.close()

    def begin(act: Callable[[], Any]) -> Future[Any]:
        begun = thread.submit(run, act)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (begun.done() or somebody_waits()):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        return begun

    with ThreadPoolExecutor(1) as thread:
        yield begin


def somebody_waits() -> bool:
    with database.cursor() as cursor:
        cursor.execute(WAITING)
        return bool(cursor.fetchone()[0])


def test_a_webhook_that_goes_undoes_nothing_of_what_it_was_told(
    shop: Project, webhook: Webhook, elsewhere: Elsewhere
) -> None:
    """The transaction that tells of a clone is committed, and the webhook is gone with its messages."""
    with transaction.atomic():
        Project.objects.filter(pk=shop.pk).update(name="Cloned")
        tell(shop.pk, EventType.CONNECTION_CLONED, dict)
        deleting = elsewhere(lambda: services.delete_webhook(shop.pk, str(webhook.pk)))
    deleting.result(PATIENCE_SECONDS)
    assert Project.objects.get().name == "Cloned"
    assert not Webhook.objects.exists()
    assert not Delivery.objects.exists()
    assert not Deadline.objects.exists()


@pytest.mark.parametrize("what", ["webhook", "project"])
def test_what_goes_waits_for_a_worker_that_holds_a_message(
    committed: World, shop: Project, webhook: Webhook, elsewhere: Elsewhere, what: str
) -> None:
    """A worker that has taken a message and one who deletes it do not hold what the other needs next."""
    with transaction.atomic():
        delivery = write(webhook, EventType.CONNECTION_CLONED, {})

    def delete() -> None:
        if what == "webhook":
            services.delete_webhook(shop.pk, str(webhook.pk))
        else:
            delete_project(shop, actor_id=committed.acme_owner.pk)

    with transaction.atomic():
        # What a worker does: the message, then its deadline; and, once it is sent, its webhook before the message.
        Webhook.objects.select_for_update().get(pk=webhook.pk)
        deleting = elsewhere(delete)
        Delivery.objects.select_for_update().get(pk=delivery.pk)
        set_deadline(delivery.pk, DELIVERY, delivery.created_at)
    deleting.result(PATIENCE_SECONDS)
    assert not Webhook.objects.exists()


def test_a_webhook_that_goes_waits_for_a_worker_that_has_just_taken_a_message(
    shop: Project, webhook: Webhook, elsewhere: Elsewhere
) -> None:
    """The message is held first and its deadline last, by both."""
    with transaction.atomic():
        delivery = write(webhook, EventType.CONNECTION_CLONED, {})
    with transaction.atomic():
        Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
        deleting = elsewhere(lambda: services.delete_webhook(shop.pk, str(webhook.pk)))
        set_deadline(delivery.pk, DELIVERY, delivery.created_at)
    deleting.result(PATIENCE_SECONDS)
    assert not Webhook.objects.exists()
