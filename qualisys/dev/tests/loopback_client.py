"""What the tests of the loopback GitHub use to ask it."""

import base64
import http.client
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import requests

from qualisys.dev.loopback_github import LoopbackGitHub

TOKEN = "ghp_loopbackTokenForTests"
BASIC = ("anyone", TOKEN)
REPOSITORY = "/repos/Acme/Shop"
AUTHORIZATION = f"Basic {base64.b64encode(':'.join(BASIC).encode()).decode()}"

Git = Callable[..., subprocess.CompletedProcess[str]]
Ask = Callable[..., requests.Response]


def run_git(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run git with nothing of this machine's configuration."""
    settings = {
        "PATH": os.environ["PATH"],
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
    }
    for role in ("AUTHOR", "COMMITTER"):
        settings |= {f"GIT_{role}_NAME": "Ada", f"GIT_{role}_EMAIL": "ada@example.com"}
        settings[f"GIT_{role}_DATE"] = "2026-03-01T10:00:00+0200"
    return subprocess.run(
        ["git", *map(str, arguments)],
        env=settings | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def head_of(checkout: Path, revision: str = "main") -> str:
    return run_git("-C", checkout, "rev-parse", "--verify", "--quiet", revision).stdout.strip()


def bare_request(github: LoopbackGitHub, path: str, headers: dict[str, str]) -> http.client.HTTPResponse:
    """Ask exactly this path with exactly these headers."""
    connection = http.client.HTTPConnection(github.clone_url.removeprefix("http://"), timeout=5)
    try:
        connection.request("GET", path, headers=headers)
        return connection.getresponse()
    finally:
        connection.close()


def port_of(github: LoopbackGitHub) -> int:
    return int(github.clone_url.rpartition(":")[2])


def is_running(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for what another thread or process is about to do, for five seconds at most."""
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline, "The condition was not met within five seconds."
        time.sleep(0.01)
