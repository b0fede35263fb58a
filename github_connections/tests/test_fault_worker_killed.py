"""A worker that is killed in the middle of a clone, at each step of it, alone and with everything beside it."""

import os
from pathlib import Path
from signal import SIGCONT

import pytest

from github_connections.tests.conftest import make_repository
from github_connections.tests.fault_shop import Shop, git_processes, wait_until
from qualisys.dev import faults
from qualisys.dev.death_orders import Step, Victim, order_death, victim_of
from qualisys.dev.fault_stack import FaultStack

pytestmark = pytest.mark.faults

TWO_MINUTES = 120
SECONDS_BETWEEN_SWEEPS = 15
LONGEST_RETRY_DELAY = 15 * 1.5
AFTER_THE_CLONE = (Step.COMMITTED, Step.ANALYSIS_CLAIMED, Step.ANALYSIS_ENDED, Step.ANALYSIS_STORED)


@pytest.mark.parametrize("victim", [Victim.CHILD, Victim.GROUP])
@pytest.mark.parametrize("step", Step)
def test_a_killed_worker_ends_analyzed(stack: FaultStack, acme_shop: Shop, step: Step, victim: Victim) -> None:
    """After SIGKILL at any step the connection ends analysed by itself within two minutes, by one publishing.

    The waits are shortened by moving the deadline in the database, after it was seen to be near enough.
    """
    if step == Step.GIT_RUNNING:
        stack.github.inject(acme_shop.git_path, faults.hang(60))
    order_death(stack.death_order, step, victim)
    acme_shop.connect()
    wait_until(lambda: not stack.death_order.exists())
    if victim == Victim.GROUP:
        stack.worker.kill()
    wait_until(lambda: not git_processes(stack), seconds=5)
    stack.github.reset()
    if victim == Victim.GROUP:
        stack.worker.start()

    if step in AFTER_THE_CLONE:
        # The message to analyse it may have gone with the worker that had taken it and not begun.
        assert acme_shop.seconds_until_looked_at() + SECONDS_BETWEEN_SWEEPS < TWO_MINUTES
        acme_shop.look_now()
    else:
        assert acme_shop.row()["status"] == "cloning"
        silence = acme_shop.seconds_until_looked_at()
        acme_shop.look_now()
        acme_shop.wait_for("pending", error_code="WORKER_LOST")
        assert acme_shop.seconds_until_looked_at() < LONGEST_RETRY_DELAY
        assert silence + LONGEST_RETRY_DELAY + 2 * SECONDS_BETWEEN_SWEEPS < TWO_MINUTES
        acme_shop.look_now()
    row = acme_shop.wait_for("analyzed")
    assert (row["error_code"], row["attempts"]) == ("", 0)
    assert acme_shop.directory().is_dir()


@pytest.mark.parametrize(
    ("step", "reads"),
    [
        (Step.CLAIMED, "A shop.\n"),
        (Step.GIT_RUNNING, "A shop.\n"),
        (Step.STATUS_WRITTEN, "A shop.\n"),
        (Step.RENAMED, "A larger shop.\n"),
    ],
)
def test_a_worker_killed_in_a_refresh_leaves_a_whole_clone(
    stack: FaultStack, acme_shop: Shop, tmp_path: Path, step: Step, reads: str
) -> None:
    """After SIGKILL at any step of a refresh a complete clone is read, and the fresh one is there in the end.

    The waits are shortened by moving the deadline in the database.
    """
    acme_shop.connect()
    before = acme_shop.wait_for("analyzed")
    acme_shop.push(make_repository(tmp_path / "larger", {"README.md": "A larger shop.\n"}))
    if step == Step.GIT_RUNNING:
        stack.github.inject(acme_shop.git_path, faults.hang(60))
    order_death(stack.death_order, step, Victim.CHILD)

    acme_shop.refresh()
    wait_until(lambda: not stack.death_order.exists())
    wait_until(lambda: not git_processes(stack), seconds=5)
    stack.github.reset()

    row = acme_shop.row()
    assert (row["status"], row["clone_path"], row["commit_sha"]) == (
        *("cloning", before["clone_path"]),
        before["commit_sha"],
    )
    readme = acme_shop.directory() / "README.md"
    assert readme.read_text() == reads
    acme_shop.look_now()
    acme_shop.wait_for("pending", error_code="WORKER_LOST")
    assert readme.read_text() == reads
    acme_shop.look_now()
    row = acme_shop.wait_for("analyzed")
    assert (row["error_code"], row["attempts"]) == ("", 0)
    assert row["commit_sha"] != before["commit_sha"]
    assert readme.read_text() == "A larger shop.\n"


@pytest.mark.parametrize("step", [Step.CLAIMED, Step.GIT_ENDED])
def test_a_frozen_worker_that_wakes_up_late_publishes_nothing(stack: FaultStack, acme_shop: Shop, step: Step) -> None:
    """A worker that was taken for dead and goes on after another has cloned changes nothing: it ends cloned once.

    The waits are shortened by moving the deadline in the database.
    """
    order_death(stack.death_order, step, Victim.FROZEN)
    acme_shop.connect()
    wait_until(lambda: not stack.death_order.exists())
    frozen = victim_of(stack.death_order)
    try:
        acme_shop.look_now()
        acme_shop.wait_for("pending", error_code="WORKER_LOST")
        acme_shop.look_now()
        row = acme_shop.wait_for("analyzed")
    finally:
        os.kill(frozen, SIGCONT)
    given_up = f"connection {row['id']} was taken away during its clone"
    wait_until(lambda: given_up in stack.log("worker").read_text())
    assert acme_shop.row() == row
    assert acme_shop.directory().is_dir()
