"""Publishing a task: after the commit, in the right tenant, and never at the expense of the one who asks."""

import json
import logging
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import connection, transaction
from django_tenants.utils import tenant_context
from tenant_schemas_celery.app import CeleryApp

from conftest import World
from qualisys import celery
from qualisys.celery import publish_on_commit

TASK = "qualisys.tests.a_task"
# A queue that no worker takes from.
QUEUE = "qualisys.tests"


def published() -> list[dict[str, Any]]:
    """Return the messages that wait in the run's own Redis, the oldest first."""
    messages = caches["default"]._cache.get_client().lrange(QUEUE, 0, -1)
    return [json.loads(message) for message in reversed(messages)]


@pytest.fixture
def use_broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Have tasks published at this broker, with everything else as the settings say, to a queue of our own."""
    app = CeleryApp("tests", set_as_current=False)
    app.config_from_object("django.conf:settings", namespace="CELERY")
    app.conf.task_default_queue = QUEUE
    monkeypatch.setattr(celery, "app", app)

    def at(url: str) -> None:
        app.conf.broker_url = url

    yield at
    app.close()


@pytest.fixture
def _queue(use_broker: Callable[[str], None]) -> Iterator[None]:
    use_broker(settings.CELERY_BROKER_URL)
    yield
    caches["default"]._cache.get_client().delete(QUEUE)


@pytest.fixture
def commit(django_capture_on_commit_callbacks: Any) -> Any:
    """A transaction that, as far as its callbacks can tell, is committed at the end."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.mark.usefixtures("_queue")
def test_a_task_carries_the_schema_of_the_moment_of_the_call(world: World, commit: Any) -> None:
    """Which schema is chosen at the commit does not matter: each task goes to the tenant that asked for it."""
    with commit():
        publish_on_commit(TASK, "for Acme")
        with tenant_context(world.globex):
            publish_on_commit(TASK, "for Globex")
        connection.set_schema_to_public()

    assert [message["headers"]["_schema_name"] for message in published()] == ["acme", "globex"]
    assert [message["headers"]["argsrepr"] for message in published()] == ["('for Acme',)", "('for Globex',)"]
    assert {message["headers"]["task"] for message in published()} == {TASK}


@pytest.mark.usefixtures("_queue")
def test_nothing_is_published_before_the_commit(world: World, commit: Any) -> None:
    """A worker never looks for a row that is not there yet."""
    with commit():
        publish_on_commit(TASK)
        assert published() == []
    assert len(published()) == 1


@pytest.mark.usefixtures("_queue")
def test_nothing_is_published_when_the_transaction_is_rolled_back(world: World, commit: Any) -> None:
    """What did not happen is not worked on."""
    with commit(), transaction.atomic():
        publish_on_commit(TASK)
        transaction.set_rollback(True)
    assert published() == []


@pytest.fixture
def refusing_port() -> Iterator[int]:
    """A port at which nothing listens, and which nobody else gets while the test runs."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that takes connections and never says a word, as a frozen Redis does."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize("port", ["refusing_port", "silent_port"])
def test_a_broker_that_is_away_does_not_fail_or_hold_the_request(
    world: World,
    commit: Any,
    use_broker: Callable[[str], None],
    caplog: pytest.LogCaptureFixture,
    request: pytest.FixtureRequest,
    port: str,
) -> None:
    """With the broker away the caller goes on within two seconds; the sweep publishes later, says the log."""
    use_broker(f"redis://127.0.0.1:{request.getfixturevalue(port)}")
    begun = time.monotonic()

    with caplog.at_level(logging.WARNING, logger="qualisys.celery"), commit():
        publish_on_commit(TASK, "an id")

    assert time.monotonic() - begun < 2
    assert f"{TASK}('an id',) waits for the sweep" in caplog.text
