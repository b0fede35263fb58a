"""The loopback GitHub misbehaves exactly as it is told to."""

import http.client
import threading
import time
from pathlib import Path

import pytest
import requests

from qualisys.dev import faults
from qualisys.dev.loopback_github import LoopbackGitHub
from qualisys.dev.tests.loopback_client import REPOSITORY, Ask, Git, bare_request, wait_until


def test_hang_delays_the_answer(github: LoopbackGitHub, ask: Ask) -> None:
    """Nothing comes for a while, and then the usual answer."""
    github.inject("/api/v3", faults.hang(seconds=0.3))
    with pytest.raises(requests.ReadTimeout):
        ask(REPOSITORY, timeout=0.1)
    assert ask(REPOSITORY).status_code == 200


def test_status_is_answered(github: LoopbackGitHub, ask: Ask) -> None:
    """Any status comes with a message in GitHub's form and the headers asked for."""
    github.inject("/api/v3", faults.status(429, "Slow down", {"retry-after": "60"}))
    answer = ask(REPOSITORY)
    assert (answer.status_code, answer.json()["message"]) == (429, "Slow down")
    assert answer.headers["retry-after"] == "60"


def test_garbage_is_no_json(github: LoopbackGitHub, ask: Ask) -> None:
    """A body that claims to be JSON cannot be read."""
    github.inject("/api/v3", faults.garbage_body)
    answer = ask(REPOSITORY)
    assert answer.headers["Content-Type"].startswith("application/json")
    with pytest.raises(requests.JSONDecodeError):
        answer.json()


def test_endless_body_goes_on(github: LoopbackGitHub, ask: Ask) -> None:
    """The body goes on for as long as somebody reads, and ends when nobody does."""
    github.inject("/api/v3", faults.endless_body)
    before = threading.active_count()
    with ask(REPOSITORY, stream=True) as answer:
        received = sum(len(block) for block, _ in zip(answer.iter_content(65536), range(100), strict=False))
    assert received > 5_000_000
    wait_until(lambda: threading.active_count() <= before)


def test_connection_is_reset(github: LoopbackGitHub) -> None:
    """The client sees a reset, not an orderly end."""
    github.inject("/", faults.reset_connection)
    with pytest.raises(ConnectionResetError) as caught:
        bare_request(github, "/", {})
    assert not isinstance(caught.value, http.client.RemoteDisconnected)


def test_redirect_leads_elsewhere(github: LoopbackGitHub, ask: Ask) -> None:
    """A redirect names the same path and query at another origin."""
    github.inject("/api/v3", faults.redirect("http://127.0.0.2:9", 307))
    answer = ask(f"{REPOSITORY}?page=1")
    assert answer.status_code == 307
    assert answer.headers["Location"] == "http://127.0.0.2:9/api/v3/repos/Acme/Shop?page=1"


def test_trickle_is_slow_and_complete(github: LoopbackGitHub, ask: Ask) -> None:
    """The usual answer comes byte by byte: no read times out, and yet the whole takes long."""
    github.inject("/api/v3", faults.trickle(0.0005))
    began = time.monotonic()
    answer = ask(REPOSITORY, timeout=0.2)
    assert time.monotonic() - began > 0.4
    assert answer.json()["full_name"] == "Acme/Shop"


def test_pack_is_cut_in_the_middle(github: LoopbackGitHub, clone: Git, tmp_path: Path) -> None:
    """git fails where the connection ends inside a pack."""
    github.inject("/Acme/Shop.git/git-upload-pack", faults.cut_after(100_000))
    cut = clone("Acme/Shop.git", "-c", "protocol.version=0")
    assert cut.returncode == 128
    assert "early EOF" in cut.stderr
    assert not (tmp_path / "clone").exists()


def test_fault_of_the_longest_prefix_counts(github: LoopbackGitHub, ask: Ask) -> None:
    """A fault may be narrower than another, and healing ends them all."""
    github.inject("/api/v3", faults.status(500))
    github.inject("/api/v3/repos/Acme/Shop/git/ref/heads/main", faults.status(503))
    assert [ask(path).status_code for path in (REPOSITORY, f"{REPOSITORY}/git/ref/heads/main")] == [500, 503]
    github.reset()
    assert [ask(path).status_code for path in (REPOSITORY, f"{REPOSITORY}/git/ref/heads/main")] == [200, 200]


def test_fault_may_end_by_itself(github: LoopbackGitHub, ask: Ask) -> None:
    """A fault for the first calls only gives way to the usual answer."""
    github.inject("/api/v3", faults.only_first(2, faults.status(502)))
    assert [ask(REPOSITORY).status_code for _ in range(4)] == [502, 502, 200, 200]
