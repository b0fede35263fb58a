"""A message's life: written with what it tells of, sent, tried again, written down, forgotten."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.db import transaction
from django.utils import timezone
from django_tenants.utils import tenant_context
from standardwebhooks import Webhook as Checker
from standardwebhooks import WebhookVerificationError

from conftest import World
from qualisys.projects.models import Project
from qualisys.tenancy.deadlines import Sweep, set_deadline
from qualisys.tenancy.models import Deadline
from qualisys.webhooks import delivering, services, tasks
from qualisys.webhooks.delivering import deliver, deliver_due
from qualisys.webhooks.events import EventType
from qualisys.webhooks.models import Delivery, DeliveryStatus, Webhook
from qualisys.webhooks.outbox import DELIVERY, tell, write
from qualisys.webhooks.tests.conftest import MakeWebhook, Receiver
from qualisys.webhooks.upkeep import LOG

NOTHING_LISTENS = "http://127.0.0.1:9/"
LONG_AGO = timezone.now() - timedelta(days=400)


@pytest.fixture(autouse=True)
def published(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would be published at the commit, in place of Redis."""
    published: list[str] = []
    monkeypatch.setattr("qualisys.webhooks.outbox.publish_on_commit", lambda _task, key: published.append(key))
    return published


@pytest.fixture
def webhook(make_webhook: MakeWebhook, receiver: Receiver) -> Webhook:
    return make_webhook(receiver.url())[0]


def a_message(webhook: Webhook, event: EventType = EventType.CONNECTION_CLONED) -> Delivery:
    return write(webhook, event, {"branch": "main"})


def again(row: Any) -> Any:
    """Return the row as it is now."""
    return type(row).objects.get(pk=row.pk)


def due_in(row: Any) -> timedelta | None:
    deadline = Deadline.objects.filter(pk=row.pk).first()
    return None if deadline is None else deadline.due_at - timezone.now()


def let_time_pass(delivery: Delivery) -> None:
    """Make the message one whose turn has come, and have the sweep take it up."""
    set_deadline(delivery.pk, DELIVERY, timezone.now())
    assert deliver_due() == Sweep(handled=1)


def send_again(delivery: Delivery) -> Delivery:
    let_time_pass(delivery)
    deliver(delivery.pk)
    return again(delivery)


def test_a_message_can_be_checked_by_the_fields_own_library(make_webhook: MakeWebhook, receiver: Receiver) -> None:
    """A receiver with the secret and a library of Standard Webhooks knows the message for ours and unchanged."""
    webhook, secret = make_webhook(receiver.url())
    delivery = a_message(webhook)
    deliver(delivery.pk)

    (received,) = receiver.received
    message = Checker(secret).verify(received.body, received.headers)
    assert message == {"type": "connection.cloned", "timestamp": message["timestamp"], "data": {"branch": "main"}}
    assert received.headers["webhook-id"] == str(delivery.pk)
    assert received.headers["content-type"] == "application/json"
    with pytest.raises(WebhookVerificationError):
        Checker(secret).verify(received.body.replace(b"main", b"evil"), received.headers)
    with pytest.raises(WebhookVerificationError):
        Checker(services.new_secret()).verify(received.body, received.headers)


def test_what_arrived_is_written_down(webhook: Webhook) -> None:
    """A delivered message is at its end: no deadline is left, and no attempt follows."""
    delivery = a_message(webhook)
    deliver(delivery.pk)
    now = again(delivery)
    assert (now.status, now.attempts, now.response_status, now.error) == ("delivered", 1, 204, "")
    assert (now.next_attempt_at, due_in(delivery)) == (None, None)


def test_a_ping_at_a_time(webhook: Webhook, world: World, published: list[str]) -> None:
    """Whoever asks for another while one is under way gets that one: nobody can fill the line of all tenants."""

    def ping() -> Delivery:
        return services.ping(webhook.project_id, str(webhook.pk), actor_id=world.acme_owner.pk)

    first = ping()
    assert ping() == first
    assert published == [str(first.pk)]
    deliver(first.pk)
    assert ping() != first


def test_a_message_that_workers_die_of_is_given_up(webhook: Webhook, settings: Any) -> None:
    """A worker that ends in the middle of each attempt does not go on for ever."""
    delivery = a_message(webhook)
    attempts = len(settings.WEBHOOK_RETRY_SECONDS) + 1
    for _ in range(attempts):
        assert delivering._take(delivery.pk)
        let_time_pass(delivery)
    now = again(delivery)
    assert (now.status, now.attempts, due_in(delivery)) == ("failed", attempts, None)
    assert now.error == "The worker stopped in the middle of the last attempt. The message may have arrived."


def test_a_message_that_is_delivered_twice_is_sent_once(webhook: Webhook, receiver: Receiver) -> None:
    """Celery may bring a task twice, late, or for a message that is gone: nothing more is sent."""
    delivery = a_message(webhook)
    tasks.deliver(str(delivery.pk))
    tasks.deliver(str(delivery.pk))
    tasks.deliver(str(uuid.uuid4()))
    assert len(receiver.received) == 1


def test_two_workers_do_not_send_the_same_message_at_once(webhook: Webhook, receiver: Receiver) -> None:
    """While one worker is at it another one, or the sweep, leaves the message alone."""
    delivery = a_message(webhook)
    taken = delivering._take(delivery.pk)
    deliver(delivery.pk)
    assert (receiver.received, deliver_due()) == ([], Sweep())
    assert again(taken).attempts == 1


def test_a_worker_that_died_loses_its_message_to_the_next(webhook: Webhook, receiver: Receiver) -> None:
    """What was taken and never heard of is sent by another worker, once the first must be dead."""
    delivery = a_message(webhook)
    late = delivering._take(delivery.pk)
    assert due_in(delivery) > timedelta(seconds=90)
    now = send_again(delivery)
    assert (now.status, now.attempts, len(receiver.received)) == ("delivered", 2, 1)
    # And the one that was not dead after all changes nothing.
    delivering._write_down(late, delivering.SWITCHED_OFF)
    assert again(delivery).status == "delivered"


def test_a_lost_message_is_published_again(webhook: Webhook, published: list[str]) -> None:
    """A message that went with the broker's memory is published by the sweep, as often as it takes."""
    delivery = a_message(webhook)
    assert timedelta(seconds=60) < due_in(delivery) <= timedelta(seconds=90)
    let_time_pass(delivery)
    let_time_pass(delivery)
    assert published == [str(delivery.pk)] * 3
    assert due_in(delivery) > timedelta(seconds=60)


@pytest.mark.parametrize("attempts", [1, 2, 3])
def test_each_attempt_waits_longer_in_the_table_of_deadlines(
    webhook: Webhook, receiver: Receiver, settings: Any, attempts: int
) -> None:
    """A failed attempt is tried again after the time that the settings say, give or take a fifth."""
    settings.WEBHOOK_RETRY_SECONDS = [100, 1_000, 10_000]
    receiver.answers(503, b"down for maintenance")
    delivery = a_message(webhook)
    deliver(delivery.pk)
    for _ in range(attempts - 1):
        send_again(delivery)
    now = again(delivery)
    expected = 10 * 10**attempts
    assert 0.8 * expected - 5 <= due_in(delivery).total_seconds() <= 1.2 * expected
    assert now.next_attempt_at == Deadline.objects.get(pk=delivery.pk).due_at
    assert (now.status, now.attempts, now.response_status) == ("pending", attempts, 503)
    assert (now.error, now.response_excerpt) == ("The receiver answered 503.", "down for maintenance")


def test_attempts_come_to_an_end(webhook: Webhook, receiver: Receiver, settings: Any) -> None:
    """After the last attempt the message is given up, and the webhook is known to fail."""
    settings.WEBHOOK_RETRY_SECONDS = [1, 1]
    receiver.answers(500)
    delivery = a_message(webhook)
    deliver(delivery.pk)
    assert send_again(delivery).status == "pending"
    now = send_again(delivery)
    assert (now.status, now.attempts, due_in(delivery)) == ("failed", 3, None)
    assert again(webhook).failing_since
    assert len({received.headers["webhook-id"] for received in receiver.received}) == 1
    assert len({received.body for received in receiver.received}) == 1


def test_a_message_that_arrives_at_last_forgets_the_failures(webhook: Webhook, receiver: Receiver) -> None:
    """One success, and the webhook counts as working again."""
    receiver.answers(500)
    delivery = a_message(webhook)
    deliver(delivery.pk)
    receiver.answers(204)
    now = send_again(delivery)
    assert (now.status, now.error, now.response_excerpt) == ("delivered", "", "")
    assert again(webhook).failing_since is None


def test_a_webhook_that_fails_for_days_is_switched_off(webhook: Webhook, receiver: Receiver, settings: Any) -> None:
    """What waits for it then is given up without being sent, and later events are not written for it."""
    receiver.answers(500)
    waiting = a_message(webhook)
    Webhook.objects.update(failing_since=timezone.now() - settings.WEBHOOK_DISABLE_AFTER)
    delivery = a_message(webhook)
    deliver(delivery.pk)

    now = again(webhook)
    assert now.disabled_at
    assert now.disabled_reason == "No message has arrived for 5 days."
    assert again(delivery).status == "failed"
    deliver(waiting.pk)
    assert (again(waiting).status, again(waiting).error) == ("failed", delivering.SWITCHED_OFF.error)
    assert (len(receiver.received), due_in(waiting)) == (1, None)
    tell(now.project_id, EventType.CONNECTION_CLONED, dict)
    assert Delivery.objects.count() == 2


def test_a_receiver_that_is_gone_is_switched_off_at_once(webhook: Webhook, receiver: Receiver) -> None:
    """410 says that nothing more is wanted."""
    receiver.answers(410)
    delivery = a_message(webhook)
    deliver(delivery.pk)
    assert again(webhook).disabled_reason == "The receiver answered 410: it wants no more messages."
    assert again(delivery).status == "failed"


def test_a_ping_is_tried_once_and_switches_on_again(webhook: Webhook, receiver: Receiver, world: World) -> None:
    """A person who repaired the receiver needs no new webhook, and one who did not learns it at once."""
    Webhook.objects.update(disabled_at=timezone.now(), disabled_reason="It failed.", failing_since=timezone.now())
    key = str(webhook.pk)
    receiver.answers(500)
    failed = services.ping(webhook.project_id, key, actor_id=world.acme_owner.pk)
    deliver(failed.pk)
    assert (again(failed).status, due_in(failed)) == ("failed", None)
    assert again(webhook).disabled_at

    receiver.answers(204)
    arrived = services.ping(webhook.project_id, key, actor_id=world.acme_owner.pk)
    deliver(arrived.pk)
    now = again(webhook)
    assert (now.disabled_at, now.disabled_reason, now.failing_since) == (None, "", None)
    assert json.loads(receiver.received[-1].body)["data"]["asked_for_by"] == str(world.acme_owner.pk)


def test_a_secret_that_cannot_be_read_says_what_to_do(webhook: Webhook, receiver: Receiver, settings: Any) -> None:
    """Without its key nothing is sent, least of all unsigned."""
    settings.GITHUB_TOKEN_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    delivery = a_message(webhook)
    deliver(delivery.pk)
    assert (again(delivery).status, again(delivery).error) == ("pending", delivering.UNREADABLE.error)
    assert receiver.received == []


def test_nothing_is_told_of_what_did_not_happen(webhook: Webhook, project: Project) -> None:
    """The message is part of the transaction: one that is rolled back leaves neither row nor deadline."""
    with transaction.atomic():
        tell(project.pk, EventType.CONNECTION_FAILED, dict)
        assert Delivery.objects.count() == 1
        transaction.set_rollback(True)
    assert not Delivery.objects.exists()
    assert not Deadline.objects.filter(kind=DELIVERY).exists()


def test_only_who_wants_an_event_is_told(make_webhook: MakeWebhook, project: Project) -> None:
    """By project and by event; where nobody wants it, nothing is even looked up."""
    wants, _ = make_webhook(NOTHING_LISTENS, ["connection.failed", "connection.cloned"])
    make_webhook(NOTHING_LISTENS, ["connection.analyzed"])
    other = Project.objects.create(name="Other", created_by=project.created_by)
    services.create_webhook(other.pk, actor_id=project.created_by_id, url=NOTHING_LISTENS, events=["connection.failed"])

    def facts() -> dict[str, Any]:
        return {"branch": "main"}

    def never() -> dict[str, Any]:
        raise AssertionError

    tell(project.pk, EventType.CONNECTION_FAILED, facts)
    tell(project.pk, EventType.TOKEN_EXPIRING, never)
    assert [delivery.webhook_id for delivery in Delivery.objects.all()] == [wants.pk]


def test_the_sweep_serves_every_tenant(world: World, webhook: Webhook, receiver: Receiver) -> None:
    """A message of another tenant is taken up in that tenant, and one that is gone stops no other."""
    with tenant_context(world.globex):
        theirs = Project.objects.create(name="Theirs", created_by=world.globex_owner)
        services.create_webhook(
            theirs.pk, actor_id=world.globex_owner.pk, url=receiver.url(), events=["connection.cloned"]
        )
        tell(theirs.pk, EventType.CONNECTION_CLONED, dict)
        delivery = Delivery.objects.get()
        set_deadline(delivery.pk, DELIVERY, LONG_AGO)
    set_deadline(uuid.uuid4(), DELIVERY, LONG_AGO)
    tasks.deliver_due()
    with tenant_context(world.globex):
        assert due_in(delivery) > timedelta(0)
        deliver(delivery.pk)
        assert again(delivery).status == "delivered"
    assert Deadline.objects.filter(kind=DELIVERY).count() == 0


def test_a_deleted_webhook_leaves_nothing_behind(webhook: Webhook, receiver: Receiver, project: Project) -> None:
    """Its messages are not sent any more, and no deadline remembers them."""
    delivery = a_message(webhook)
    taken = delivering._take(a_message(webhook).pk)
    services.delete_webhook(project.pk, str(webhook.pk))
    deliver(delivery.pk)
    delivering._write_down(taken, delivering.SWITCHED_OFF)
    assert receiver.received == []
    assert not Deadline.objects.exists()


def test_a_deleted_project_takes_its_webhooks_along(webhook: Webhook, project: Project) -> None:
    """Deadlines that are left are cleared by the sweeps when their time comes."""
    delivery = a_message(webhook)
    project.delete()
    assert not Delivery.objects.exists()
    Deadline.objects.update(due_at=LONG_AGO)
    assert deliver_due() == Sweep(handled=1)
    tasks.forget_old_deliveries()
    assert not Deadline.objects.filter(pk__in=[delivery.pk, webhook.pk]).exists()


def test_old_messages_are_forgotten(webhook: Webhook, settings: Any) -> None:
    """What has ended goes after its time, once a day; what is pending stays, and so does what is young."""
    old, pending, young = (a_message(webhook) for _ in range(3))
    Delivery.objects.exclude(pk=pending.pk).update(status=DeliveryStatus.DELIVERED)
    Delivery.objects.exclude(pk=young.pk).update(created_at=timezone.now() - settings.WEBHOOK_LOG_LIFETIME)
    tasks.forget_old_deliveries()
    assert Delivery.objects.filter(pk=old.pk).exists()  # its day has not passed
    set_deadline(webhook.pk, LOG, LONG_AGO)
    tasks.forget_old_deliveries()
    assert {*Delivery.objects.values_list("pk", flat=True)} == {pending.pk, young.pk}
    assert timedelta(hours=23) < due_in(webhook) <= timedelta(days=1)
