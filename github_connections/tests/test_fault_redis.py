"""Redis goes away, comes back, and forgets: no connection is lost for it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from signal import SIGCONT, SIGSTOP

import pytest

from github_connections.tests.fault_shop import Shop, wait_until
from qualisys.dev import faults
from qualisys.dev.fault_stack import FaultStack

pytestmark = pytest.mark.faults

SECONDS_TO_ANSWER = 2
TAKEN = "Task github_connections.tasks.clone_repository"


@contextmanager
def redis_away(stack: FaultStack) -> Iterator[None]:
    """Take Redis away for the length of the block; it comes back empty."""
    stack.redis.stop()
    try:
        yield
    finally:
        stack.redis.start()


def test_redis_gone_while_a_person_connects_ends_analyzed(stack: FaultStack, acme_shop: Shop) -> None:
    """201 within two seconds and pending without Redis; cloned by itself when it is back, web and worker unhelped.

    The wait for the sweep is shortened by moving the deadline in the database.
    """
    with redis_away(stack):
        began = time.monotonic()
        assert acme_shop.connect()["status"] == "pending"
        assert time.monotonic() - began < SECONDS_TO_ANSWER
        assert acme_shop.client.ask("GET", f"{acme_shop.path}/github").json()["status"] == "pending"
        status, reasons = acme_shop.client.readiness()
        assert (status, list(reasons)) == (503, ["redis", "queue"])
    assert acme_shop.client.readiness() == (200, {})
    acme_shop.look_now()
    assert acme_shop.wait_for("analyzed")["error_code"] == ""


def test_redis_emptied_with_tasks_in_it_ends_analyzed(stack: FaultStack, acme_shop: Shop) -> None:
    """A message that went with Redis's memory is published again.

    The wait for the sweep is shortened by moving the deadline in the database.
    """
    stack.worker.stop()
    acme_shop.connect()
    with redis_away(stack):
        pass
    stack.worker.start()
    assert acme_shop.row()["status"] == "pending"
    acme_shop.look_now()
    assert acme_shop.wait_for("analyzed")["error_code"] == ""


def test_redis_restarted_under_a_running_clone_ends_analyzed(stack: FaultStack, acme_shop: Shop) -> None:
    """A clone that runs while Redis goes and comes is finished, and published once."""
    stack.github.inject(acme_shop.git_path, faults.only_first(1, faults.hang(3)))
    acme_shop.connect()
    acme_shop.wait_for("cloning")
    with redis_away(stack):
        pass
    assert acme_shop.wait_for("analyzed")["error_code"] == ""


def test_redis_gone_under_a_busy_worker_ends_analyzed(stack: FaultStack, acme_shop: Shop) -> None:
    """A worker that has taken a message and not begun it outlives Redis, and clones when it is back.

    The wait for the sweep is shortened by moving the deadline in the database.
    """
    worker_starts = stack.log("worker").read_text().count(" ready.")
    stack.worker.signal_children(SIGSTOP)
    taken = stack.log("worker").read_text().count(TAKEN)
    acme_shop.connect()
    wait_until(lambda: stack.log("worker").read_text().count(TAKEN) > taken)
    with redis_away(stack):
        time.sleep(1)  # so that the worker meets its absence
    stack.worker.signal_children(SIGCONT)
    acme_shop.look_now()
    assert acme_shop.wait_for("analyzed")["error_code"] == ""
    assert stack.log("worker").read_text().count(" ready.") == worker_starts
