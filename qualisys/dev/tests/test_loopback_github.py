"""The loopback GitHub as a server: its connections, its notes, its ending, its own process."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import requests

from qualisys.dev import faults
from qualisys.dev.loopback_github import TOKEN_VARIABLE, LoopbackGitHub
from qualisys.dev.tests.loopback_client import REPOSITORY, TOKEN, Ask, port_of, wait_until


def test_connection_is_kept(github: LoopbackGitHub) -> None:
    """Several questions, refused ones with a body too, travel over one connection."""
    connection = http.client.HTTPConnection(github.clone_url.removeprefix("http://"), timeout=5)
    connection.connect()
    first = connection.sock
    for method, body in (("GET", None), ("POST", b"ignored"), ("GET", None)):
        connection.request(method, "/api/v3/repos/Acme/Shop", body=body)
        assert connection.getresponse().read()
        assert connection.sock is first
    connection.close()


@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: many\r\n\r\n",
        b"Content-Length: 99999999999\r\n\r\n",
        b"Content-Length: 9\r\n\r\nabc",
        b"Transfer-Encoding: chunked\r\n\r\n-1\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n3\r\nabcdef\r\n",
    ],
)
def test_malformed_body_is_refused(github: LoopbackGitHub, framing: bytes) -> None:
    """A body whose length is no number, too large or wrong is 400."""
    with socket.create_connection(("127.0.0.1", port_of(github))) as client:
        client.settimeout(5)
        client.sendall(b"POST /Acme/Shop.git/git-upload-pack HTTP/1.1\r\n" + framing)
        client.shutdown(socket.SHUT_WR)
        with client.makefile("rb") as answer:
            assert answer.readline() == b"HTTP/1.1 400 Bad Request\r\n"


def test_requests_are_noted_and_hide_the_token(github: LoopbackGitHub, ask: Ask) -> None:
    """A test can see what was asked with which headers, and a printed request holds no token."""
    assert github.requests == []
    ask(f"{REPOSITORY}?sha=main")
    [request] = github.requests
    assert (request.method, request.path) == ("GET", "/api/v3/repos/Acme/Shop")
    assert request.query == {"sha": "main"}
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert TOKEN not in repr(request)


def test_leaving_the_context_ends_everything() -> None:
    """After the context no thread runs and nobody listens, though a connection was open and one hung."""
    before = threading.active_count()
    with LoopbackGitHub() as github:
        github.inject("/hang", faults.hang())
        port = port_of(github)
        idle = socket.create_connection(("127.0.0.1", port))
        hanging = socket.create_connection(("127.0.0.1", port))
        hanging.sendall(b"GET /hang HTTP/1.1\r\n\r\n")
        wait_until(lambda: bool(github.requests))
    assert threading.active_count() == before
    assert (idle.recv(1), hanging.recv(1)) == (b"", b"")
    for client in (idle, hanging):
        client.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


@pytest.mark.parametrize("name", ["shop", "acme/..", "acme/shop/x", "-acme/shop", "acme/sh op"])
def test_impossible_name_is_refused(github: LoopbackGitHub, checkout: Path, name: str) -> None:
    """A repository needs a name that GitHub would give."""
    with pytest.raises(ValueError, match="owner/name"):
        github.add_repository(name, checkout)


def test_directory_without_git_is_refused(github: LoopbackGitHub, tmp_path: Path) -> None:
    """A directory that git does not know is refused when it is added."""
    with pytest.raises(ValueError, match="neither a git directory nor a checkout"):
        github.add_repository("acme/shop", tmp_path)


# its own process


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_runs_as_its_own_process(checkout: Path, session: requests.Session, ending: signal.Signals) -> None:
    """It says in one line where it listens, serves what it was given, and ends in order."""
    process = subprocess.Popen(
        [sys.executable, "-m", "qualisys.dev.loopback_github", "--repository", f"Acme/Shop={checkout}"],
        env=os.environ | {TOKEN_VARIABLE: TOKEN},
        cwd=Path(__file__).parents[3],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        addresses = json.loads(process.stdout.readline())
        headers = {"Authorization": f"Bearer {TOKEN}"}
        answer = session.get(f"{addresses['api_url']}{REPOSITORY}", headers=headers, timeout=5)
        assert answer.json()["clone_url"] == f"{addresses['clone_url']}/Acme/Shop.git"
        process.send_signal(ending)
        assert process.communicate(timeout=5) == ("", "")
        assert process.returncode == 0
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize(
    ("arguments", "token", "code", "message"),
    [
        ([], "", 2, TOKEN_VARIABLE),
        (["--repository", "Acme/Shop"], TOKEN, 2, "OWNER/NAME=PATH"),
        (
            ["--repository", "Acme/Shop=/absent"],
            TOKEN,
            1,
            "/absent is neither a git directory nor a checkout",
        ),
    ],
)
def test_own_process_says_what_it_cannot_serve(arguments: list[str], token: str, code: int, message: str) -> None:
    """Without a token or a repository that exists, it ends with one line that says so."""
    finished = subprocess.run(
        [sys.executable, "-m", "qualisys.dev.loopback_github", *arguments],
        env=os.environ | {TOKEN_VARIABLE: token},
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
        timeout=10,
    )
    assert finished.returncode == code
    assert message in finished.stderr.splitlines()[-1]
