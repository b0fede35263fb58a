"""Webhooks for real: a worker of its own, Redis, and a receiver that is not always kind."""

import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from django.utils import timezone
from standardwebhooks import Webhook as Checker

from conftest import World
from github_connections.tests.conftest import connect, disconnect, wait_for_status, wait_until
from qualisys.dev.live_service import Worker
from qualisys.projects.models import Project
from qualisys.tenancy.deadlines import set_deadline
from qualisys.webhooks.delivering import deliver_due
from qualisys.webhooks.events import CHOSEN_FROM
from qualisys.webhooks.models import Delivery
from qualisys.webhooks.outbox import DELIVERY
from qualisys.webhooks.services import create_webhook, ping
from qualisys.webhooks.tests.conftest import Receiver, serve


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    yield from serve()


@pytest.fixture
def secret(receiver: Receiver, committed: World, shop: Project) -> str:
    """The secret of a webhook that is told everything."""
    events = [event.value for event in CHOSEN_FROM]
    _, made = create_webhook(shop.pk, actor_id=committed.acme_owner.pk, url=receiver.url(), events=events)
    return made


def ended() -> list[Delivery] | None:
    """Return all messages once none is pending."""
    rows = list(Delivery.objects.order_by("created_at"))
    return rows if rows and all(row.status != "pending" for row in rows) else None


def test_a_clone_is_told_to_the_receiver(
    worker: Worker, committed: World, shop: Project, receiver: Receiver, secret: str
) -> None:
    """From connecting to analysed, each message arrives signed, and says how things stood."""
    connect(committed, shop)
    wait_for_status(shop, "analyzed")
    wait_until(lambda: len(receiver.received) == 2 and ended())
    messages = [Checker(secret).verify(got.body, got.headers) for got in receiver.received]
    assert sorted((message["type"], message["data"]["status"]) for message in messages) == [
        ("connection.analyzed", "analyzed"),
        ("connection.cloned", "cloned"),
    ]
    disconnect(committed, shop)


def test_a_receiver_that_trickles_is_given_up(
    worker: Worker, committed: World, shop: Project, receiver: Receiver, secret: str
) -> None:
    """A byte now and then keeps a connection alive and the worker not: the attempt has an end of its own."""

    def trickle(handler: BaseHTTPRequestHandler) -> None:
        handler.connection.sendall(b"HTTP/1.1 200 OK\r\nX-Endless: ")
        with suppress(OSError):  # until the other side goes
            for _ in range(600):
                handler.connection.sendall(b"x")
                time.sleep(0.1)

    receiver.behaviour = trickle
    webhook = shop.webhooks.get()
    ping(shop.pk, str(webhook.pk), actor_id=committed.acme_owner.pk)
    (row,) = wait_until(ended)
    assert (row.status, row.error) == ("failed", "The receiver did not answer within 2 seconds.")


def test_a_killed_worker_and_a_lost_message_cost_nothing_but_time(
    worker: Worker, committed: World, shop: Project, receiver: Receiver, secret: str, settings: Any
) -> None:
    """What a worker held when it was killed is sent by the next, once the sweep has published it again."""
    waiting = []

    def hold(handler: BaseHTTPRequestHandler) -> None:
        waiting.append(True)
        handler.rfile.read(1)

    receiver.behaviour = hold
    webhook = shop.webhooks.get()
    sent = ping(shop.pk, str(webhook.pk), actor_id=committed.acme_owner.pk)
    wait_until(lambda: waiting)
    worker.kill()
    receiver.answers(204)
    worker.start()
    set_deadline(sent.pk, DELIVERY, timezone.now())
    assert deliver_due().handled == 1
    (row,) = wait_until(ended)
    assert (row.status, row.attempts) == ("delivered", 2)
    assert len({got.headers["webhook-id"] for got in receiver.received}) == 1
