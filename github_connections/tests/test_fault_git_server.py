"""git's server hangs, trickles, breaks off or sends something else than a pack."""

import time
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest

from github_connections.tests.conftest import make_repository
from github_connections.tests.fault_shop import Shop, git_processes
from qualisys.dev import faults
from qualisys.dev.fault_stack import FaultStack
from qualisys.dev.loopback_messages import Answer
from qualisys.dev.loopback_server import Behaviour, LoopbackRequestHandler

pytestmark = pytest.mark.faults

CLONE_TIMEOUT = 5
STALL_TIMEOUT = 1
# Bytes. In the headers plain HTTP, unlike https, hides from git that the answer was cut.
IN_THE_BODY = 400
SECONDS_TO_END = CLONE_TIMEOUT + 3


@pytest.fixture(scope="module", autouse=True)
def impatient_worker(stack: FaultStack) -> Iterator[None]:
    """A worker with short limits that tries everything twice, without a wait in between."""
    limits = {"CLONE_TIMEOUT": CLONE_TIMEOUT, "CLONE_STALL_TIMEOUT": STALL_TIMEOUT, "CLONE_MAX_ATTEMPTS": 2}
    with stack.other_worker(CLONE_RETRY_DELAY="0", **{name: str(limit) for name, limit in limits.items()}):
        yield


def wrong_pack(handler: LoopbackRequestHandler) -> None:
    """Answer with a pack of the right form whose sum is wrong."""
    pack = b"PACK" + (2).to_bytes(4) + (0).to_bytes(4) + b"\0" * 20
    said = b"packfile\n"
    lines = [b"%04x" % (len(said) + 4) + said, b"%04x" % (len(pack) + 5) + b"\1" + pack, b"0000"]
    handler.send(Answer(200, b"".join(lines), "application/x-git-upload-pack-result"))


def no_pack(handler: LoopbackRequestHandler) -> None:
    """Answer with something that git does not understand."""
    handler.send(Answer(200, b"<html>Good morning.</html>", "application/x-git-upload-pack-result"))


def when_the_pack_is_asked_for(fault: Behaviour) -> Behaviour:
    """Tell of branches as usual, and misbehave when it comes to the objects."""
    return lambda handler: fault(handler) if b"command=fetch" in handler.body else handler.answer()


def when_logged_in(fault: Behaviour) -> Behaviour:
    """Ask for the token as usual, and misbehave once it was given."""
    return lambda handler: fault(handler) if "authorization" in handler.asked.headers else handler.answer()


PASSING = {
    "hangs": faults.hang(60),
    "hangs before the pack": when_the_pack_is_asked_for(faults.hang(60)),
    "trickles": faults.trickle(1),
    "breaks off": when_logged_in(faults.cut_after(IN_THE_BODY)),
    "resets before the pack": when_the_pack_is_asked_for(faults.reset_connection),
    "breaks off in the pack": when_the_pack_is_asked_for(faults.cut_after(IN_THE_BODY)),
    "wrong pack": when_the_pack_is_asked_for(wrong_pack),
    "no pack": when_the_pack_is_asked_for(no_pack),
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_a_broken_git_server_ends_failed(stack: FaultStack, acme_shop: Shop, fault: Behaviour) -> None:
    """Whatever the server does the clone ends in time; tried again, and failed in the end as NETWORK."""
    stack.github.inject(acme_shop.git_path, fault)
    acme_shop.connect()
    row = ended(acme_shop)
    assert (row["error_code"], row["attempts"]) == ("NETWORK", 2)
    assert acme_shop.events(row["id"]) == ["connected", "cloning", "retrying", "cloning", "failed"]


def test_a_server_that_breaks_off_once_ends_analyzed(stack: FaultStack, acme_shop: Shop) -> None:
    """A fault that passes costs an attempt and nothing else."""
    cut = faults.only_first(1, faults.cut_after(IN_THE_BODY))
    stack.github.inject(acme_shop.git_path, when_logged_in(cut))
    acme_shop.connect()
    row = acme_shop.wait_for("analyzed")
    assert acme_shop.events(row["id"]) == ["connected", "cloning", "retrying", "cloning", "cloned", "analyzed"]


def test_a_slow_server_ends_failed_at_the_limit(stack: FaultStack, acme_shop: Shop, tmp_path: Path) -> None:
    """A server that sends too much to be called stalled and too little to come to an end meets CLONE_TIMEOUT."""
    noise = make_repository(tmp_path / "noise", {"noise": token_hex(100_000)})
    stack.github.add_repository(acme_shop.full_name, noise)
    stack.github.inject(acme_shop.git_path, when_the_pack_is_asked_for(faults.trickle(0.0002)))
    acme_shop.connect()
    assert ended(acme_shop)["error_code"] == "CLONE_TIMEOUT"


def ended(shop: Shop) -> dict[str, Any]:
    """The row of the connection once it has failed, in time for each of its attempts, and git with it."""
    began = time.monotonic()
    row = shop.wait_for("failed", "analyzed")
    assert row["status"] == "failed", row
    assert time.monotonic() - began < SECONDS_TO_END * row["attempts"]
    assert row["error_message"].endswith(".")
    assert git_processes(shop.stack) == []
    return row
