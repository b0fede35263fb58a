"""The task's whole clone against plain git, and against git as the task itself runs it."""

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from signal import SIGTERM
from unittest.mock import patch

from django.conf import settings
from django.test import override_settings
from django_tenants.utils import tenant_context

from github_connections import workspace
from github_connections.cloning import clone_connection, clone_limits
from github_connections.models import GithubConnection
from github_connections.remote.git_process import GitProcess, askpass, environment
from github_connections.states import Status
from qualisys.dev.bench.figures import BenchmarkError, Figure, at_most, milliseconds, ratios, spread
from qualisys.dev.bench.progress import tell
from qualisys.dev.bench.rounds import Way, take_turns
from qualisys.dev.bench.rows import LOOPBACK_TOKEN, make_connection, make_owner, make_tenant
from qualisys.dev.bench.source_repository import make_source_repository
from qualisys.dev.loopback_github import TOKEN_VARIABLE
from qualisys.dev.processes import start_process, stop
from qualisys.tenancy.context import current_tenant

# Rounds by number of files: what takes long is disturbed less by what else the machine does.
_ROUNDS = {1_000: 21, 5_000: 11, 20_000: 7}
_START_SECONDS = 30
_STOP_SECONDS = 10
_RATIO_AIM = at_most(0.9)
_ADDED_AIM = at_most(100)  # milliseconds


def measure(place: Path) -> list[Figure]:
    """Return the figures of each size; every clone goes to the file system of `place`."""
    for files in _ROUNDS:
        make_source_repository(place / f"{files}.git", files=files)
    owner = make_owner()
    tenant = make_tenant("bench", owner)
    figures: list[Figure] = []
    with _loopback_github(place) as origin, override_settings(GITHUB_CLONE_URL=origin), tenant_context(tenant):
        for files, rounds in _ROUNDS.items():
            tell(f"  {files:,} files, three ways, {rounds} rounds")
            connection = make_connection(owner, f"bench/{files}")
            figures += _Contest(connection, place / "plain").figures(files, rounds)
    return figures


@contextmanager
def _loopback_github(place: Path) -> Iterator[str]:
    """Yield the origin of a server, in a process of its own, that serves the repositories."""
    served = [part for files in _ROUNDS for part in ("--repository", f"bench/{files}={place}/{files}.git")]
    log = place / "loopback-github.log"
    process = start_process(
        [sys.executable, "-m", "qualisys.dev.loopback_github", *served],
        log=log,
        environment={**os.environ, TOKEN_VARIABLE: LOOPBACK_TOKEN},
    )
    try:
        yield _origin(process, log)
    finally:
        stop(process, SIGTERM, _STOP_SECONDS)


def _origin(process: subprocess.Popen[bytes], log: Path) -> str:
    """Return the address that the server says once it serves."""
    deadline = time.monotonic() + _START_SECONDS
    while not (said := log.read_text()).endswith("\n"):
        if process.poll() is not None or time.monotonic() > deadline:
            raise BenchmarkError(f"The loopback GitHub did not start: {said}")
        time.sleep(0.05)
    origin: str = json.loads(said)["clone_url"]
    return origin


class _Contest:
    """One repository, cloned in three ways; each way returns its seconds and leaves nothing behind."""

    def __init__(self, connection: GithubConnection, target: Path) -> None:
        self._connection = connection
        self._target = target
        self._url = f"{settings.GITHUB_CLONE_URL}/{connection.full_name}.git"

    def figures(self, files: int, rounds: int) -> list[Figure]:
        # What a first run alone has to do is done here: reading modules, the server's disk.
        command = self._own_command()
        ways: dict[str, Way] = {
            "task": self._task,
            "plain": self._plain,
            "own git": partial(self._own_git, command),
        }
        take_turns(ways, 1)
        seconds = take_turns(ways, rounds)
        return [_to_plain(files, seconds["task"], seconds["plain"]), _added(files, seconds["task"], seconds["own git"])]

    def _own_command(self) -> list[str]:
        """Return the command line by which the task runs git, as seen in one run of it."""
        with patch.object(GitProcess, "start", autospec=True, side_effect=GitProcess.start) as start:
            self._task()
        return list(start.call_args.args[1])

    def _task(self) -> float:
        """The whole work of the Celery task, from the claim to `cloned`."""
        connections = GithubConnection.objects.filter(pk=self._connection.pk)
        connections.update(status=Status.PENDING, clone_path="")
        os.sync()
        began = time.perf_counter()
        clone_connection(self._connection.pk)
        seconds = time.perf_counter() - began
        row = connections.get()
        if row.status != Status.CLONED:
            raise BenchmarkError(f"The task ended as {row.status}: {row.error_message}")
        workspace.remove(current_tenant().pk, row.pk)
        return seconds

    def _plain(self) -> float:
        """`git clone --depth=1` with git's own settings, the token in the address."""
        variables = {
            "PATH": os.environ["PATH"],
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_TERMINAL_PROMPT": "0",
        }
        url = self._url.replace("://", f"://x-access-token:{LOOPBACK_TOKEN}@")
        return self._timed(["git", "clone", "--depth=1", url, str(self._target)], variables)

    def _own_git(self, command: list[str]) -> float:
        """The task's own command line and environment, without the task around them."""
        limits = clone_limits()
        variables = environment(self._url, stall_seconds=limits.stall_seconds, checkout_workers=limits.checkout_workers)
        with askpass(self._url, LOOPBACK_TOKEN) as (askpass_variables, pipe):
            return self._timed([*command[:-1], str(self._target)], variables | askpass_variables, pipe)

    def _timed(self, command: list[str], variables: dict[str, str], *inherited: int) -> float:
        os.sync()
        began = time.perf_counter()
        subprocess.run(command, env=variables, pass_fds=inherited, capture_output=True, check=True)
        seconds = time.perf_counter() - began
        shutil.rmtree(self._target)
        return seconds


def _to_plain(files: int, task: list[float], plain: list[float]) -> Figure:
    shares = ratios(task, plain)
    note = f"{spread(shares)}; task {milliseconds(task)}, plain {milliseconds(plain)}"
    return Figure(f"{files:,} files: task / plain git", statistics.median(shares), aim=_RATIO_AIM, note=note)


def _added(files: int, task: list[float], own_git: list[float]) -> Figure:
    added = [1000 * (whole - git) for whole, git in zip(task, own_git, strict=True)]
    note = f"{spread(added)}; its own git {milliseconds(own_git)}"
    return Figure(f"{files:,} files: task − its own git", statistics.median(added), "ms", _ADDED_AIM, note)
