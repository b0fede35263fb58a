"""GitHub hangs, dawdles, breaks off or talks without end: the question is over in its time all the same."""

import socket
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from http import HTTPStatus
from threading import Event
from threading import enumerate as enumerate_threads
from typing import Any

import pytest

from github_connections.errors import InvalidToken, Reason
from github_connections.remote.github_api import GitHubApi
from github_connections.remote.repository_url import RepositoryName
from github_connections.tests.connection_api import ConnectionApi, assert_no_row, assert_refused
from github_connections.tests.fake_github import PAT
from qualisys.dev import faults
from qualisys.dev.loopback_github import LoopbackGitHub
from qualisys.dev.loopback_server import Behaviour, LoopbackRequestHandler

TIMEOUT = 0.3
# What two busy cores may add; every fault lasts far longer.
MARGIN = 1.5
SHOP = RepositoryName("acme", "shop")


def reason_after(api_url: str, timeout: float = TIMEOUT) -> tuple[Reason, float]:
    """Return why the token was refused, and after how many seconds."""
    began = time.monotonic()
    with pytest.raises(InvalidToken) as refused:
        GitHubApi(api_url, PAT, clone_url="https://github.com", timeout=timeout).check_access(SHOP)
    return refused.value.reason, time.monotonic() - began


def hang_inside_the_body(handler: LoopbackRequestHandler) -> None:
    """Promise a long body, send its beginning and no more."""
    handler.begin_chunks(HTTPStatus.OK, {"Content-Type": "application/json"})
    handler.send_chunk(b'{"id": ')
    handler.server.closing.wait()


def trickle_inside_the_body(handler: LoopbackRequestHandler) -> None:
    """Send a body without end, a little of it at a time: no single read takes long."""
    handler.begin_chunks(HTTPStatus.OK, {"Content-Type": "application/json"})
    while not handler.server.closing.wait(0.02):
        handler.send_chunk(b" ")


def endless_compressed_body(handler: LoopbackRequestHandler) -> None:
    """Send what grows without end where it is unpacked."""
    packer = zlib.compressobj(wbits=31)
    handler.begin_chunks(HTTPStatus.OK, {"Content-Type": "application/json", "Content-Encoding": "gzip"})
    while not handler.server.closing.is_set():
        handler.send_chunk(packer.compress(b" " * 2**20) + packer.flush(zlib.Z_SYNC_FLUSH))


@pytest.mark.parametrize(
    "fault",
    [faults.hang(), faults.trickle(0.02), hang_inside_the_body, trickle_inside_the_body],
    ids=["before the first byte", "a byte at a time", "inside the body", "a body a byte at a time"],
)
@pytest.mark.parametrize("path", ["/api/v3/repos/acme/shop", "/api/v3/repos/acme/shop/git/ref"])
def test_slow_answer_counts_as_none(path: str, fault: Behaviour, github: LoopbackGitHub) -> None:
    """Whatever part of whichever answer takes too long, the whole is over in its time."""
    github.add_token(PAT)
    github.inject(path, fault)
    reason, seconds = reason_after(github.api_url)
    assert reason == Reason.UNREACHABLE
    assert TIMEOUT <= seconds < TIMEOUT + MARGIN


def test_both_questions_share_the_time(github: LoopbackGitHub) -> None:
    """A first answer just in time leaves the second question no more than the rest."""
    github.add_token(PAT)
    github.inject("/api/v3/repos/acme/shop", faults.hang(seconds=0.6))
    reason, seconds = reason_after(github.api_url, timeout=1)
    assert reason == Reason.UNREACHABLE
    assert 1 <= seconds < 1 + MARGIN


@pytest.fixture
def full_port() -> Iterator[int]:
    """A port whose queue of connections is full, so that one more is not answered at all."""
    with ExitStack() as stack:
        server = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(server.getsockname())
        yield server.getsockname()[1]


def test_connection_that_is_not_answered(full_port: int) -> None:
    """A host that takes no connection is given up in time."""
    reason, seconds = reason_after(f"http://127.0.0.1:{full_port}/api/v3")
    assert reason == Reason.UNREACHABLE
    assert TIMEOUT <= seconds < TIMEOUT + MARGIN


def test_name_that_takes_long_to_look_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The look-up of the host's name, which no time-out of a socket covers, counts too."""
    looked_up = Event()

    def look_up(*_host: Any, **_options: Any) -> Any:
        looked_up.wait(10)
        raise socket.gaierror("Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    reason, seconds = reason_after("https://github.example")
    looked_up.set()
    assert reason == Reason.UNREACHABLE
    assert TIMEOUT <= seconds < TIMEOUT + MARGIN


def test_name_that_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that the name service does not know cannot be reached."""

    def look_up(*_host: Any, **_options: Any) -> Any:
        raise socket.gaierror("Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    assert reason_after("https://github.example")[0] == Reason.UNREACHABLE


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (faults.endless_body, Reason.GITHUB_ERROR),
        (endless_compressed_body, Reason.GITHUB_ERROR),
        (faults.garbage_body, Reason.GITHUB_ERROR),
        (faults.reset_connection, Reason.UNREACHABLE),
        (faults.cut_after(10), Reason.UNREACHABLE),
        (faults.cut_after(400), Reason.UNREACHABLE),
    ],
    ids=["endless", "endless when unpacked", "garbage", "reset", "cut in the head", "cut in the body"],
)
def test_broken_answer_ends_at_once(fault: Behaviour, reason: Reason, github: LoopbackGitHub) -> None:
    """An answer that breaks off, grows beyond bounds or cannot be read is not waited for."""
    github.add_token(PAT)
    github.inject("/api/v3", fault)
    told, seconds = reason_after(github.api_url, timeout=10)
    assert told == reason
    assert seconds < 5


def test_nobody_listens() -> None:
    """A port on which nobody listens is a GitHub that cannot be reached."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert reason_after(f"http://127.0.0.1:{port}")[0] == Reason.UNREACHABLE


def test_no_tls_is_spoken(github: LoopbackGitHub) -> None:
    """Without an encrypted connection GitHub is not reached, and the token is not sent."""
    assert reason_after(github.api_url.replace("http:", "https:"), timeout=5)[0] == Reason.UNREACHABLE


@pytest.mark.parametrize(
    ("fault", "timeout", "reason"),
    [
        (faults.hang(), TIMEOUT, "unreachable"),
        (faults.reset_connection, 10, "unreachable"),
        (faults.endless_body, 10, "github_error"),
        (faults.garbage_body, 10, "github_error"),
        (faults.redirect("http://127.0.0.1:9"), 10, "github_error"),
        (faults.status(503), 10, "github_error"),
    ],
    ids=["hang", "reset", "endless", "garbage", "redirect elsewhere", "503"],
)
def test_githubs_trouble_is_told_through_the_api(
    fault: Behaviour, timeout: float, reason: str, api: ConnectionApi, github: LoopbackGitHub, settings: Any
) -> None:
    """A person is told that GitHub is in trouble and her token may be good, within GITHUB_TIMEOUT."""
    settings.GITHUB_TIMEOUT = timeout
    github.add_token(PAT)
    github.inject("/api/v3", fault)
    began = time.monotonic()
    answer = api.post(repo_url="https://github.com/acme/shop")
    assert time.monotonic() - began < timeout + MARGIN
    assert_refused(answer, 400, "INVALID_TOKEN", reason=reason)
    assert "token may be good" in answer.json()["message"]
    assert_no_row()


def test_more_questions_than_threads_end_in_time(github: LoopbackGitHub) -> None:
    """A hanging GitHub holds a bounded number of threads; a question that finds none free ends in its time too."""
    github.inject("/api/v3", faults.hang())
    with ThreadPoolExecutor(40) as people:
        told = list(people.map(reason_after, [github.api_url] * 40))
    assert {reason for reason, _ in told} == {Reason.UNREACHABLE}
    assert max(seconds for _, seconds in told) < TIMEOUT + MARGIN
    assert len([each for each in enumerate_threads() if each.name.startswith("github_")]) <= 32
