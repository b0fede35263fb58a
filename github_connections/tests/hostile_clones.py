"""Cloning a hostile repository inside a fence: what it does outside of its own directory is seen."""

import contextlib
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from github_connections.errors import CloneFailure
from github_connections.remote.git_clone import Cloned, CloneLimits, Progress, clone
from github_connections.tests.conftest import PAT
from github_connections.tests.hostile_repositories import MEBIBYTE, HostileRepository
from qualisys.dev.loopback_github import LoopbackGitHub

NAME = "acme/hostile"
LIMITS = {
    "seconds": 30,
    "stall_seconds": 10,
    "max_bytes": 100 * MEBIBYTE,
    "max_files": 60_000,
    "max_memory_bytes": 1024 * MEBIBYTE,
    "minimum_free_bytes": 0,
    "checkout_workers": 2,
}


@dataclass
class Outcome:
    """What came of a clone: what was cloned or why not, where it lies, and what was said of it meanwhile."""

    target: Path
    cloned: Cloned | None = None
    failure: CloneFailure | None = None
    progress: list[Progress] = field(default_factory=list)

    @property
    def code(self) -> str | None:
        """The failure's code; None after a good clone."""
        return self.failure.code if self.failure else None

    def read(self, name: str) -> bytes:
        return (self.target / name).read_bytes()


CloneIt = Callable[..., Outcome]


@pytest.fixture
def trap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that any hook, filter or helper would make, which the worker's own environment points git at."""
    marker = tmp_path / "something was run"
    hooks = tmp_path / "home/template/hooks"
    hooks.mkdir(parents=True)
    for name in ("post-checkout", "reference-transaction", "pre-auto-gc", "post-index-change"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch '{marker}'\n")
        (hooks / name).chmod(0o755)
    run = f"\"touch '{marker}'\""
    (tmp_path / "home/.gitconfig").write_text(
        f"[core]\n hooksPath = {hooks}\n fsmonitor = {run}\n symlinks = true\n[init]\n templateDir = {hooks.parent}\n"
        f'[filter "evil"]\n smudge = {run}\n clean = {run}\n process = {run}\n required = true\n'
        f'[filter "lfs"]\n smudge = {run}\n process = {run}\n required = true\n'
        f"[credential]\n helper = !{run}\n[submodule]\n recurse = true\n[protocol]\n allow = always\n"
    )
    (hooks.parent / "config").write_text(f"[core]\n hooksPath = {hooks}\n")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GIT_TEMPLATE_DIR", str(hooks.parent))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "home/.gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", f"'core.hookspath={hooks}'")
    monkeypatch.setenv("GIT_SSH_COMMAND", f"touch '{marker}'")
    monkeypatch.setenv("GIT_PROXY_COMMAND", f"touch '{marker}'")
    return marker


@pytest.fixture
def hostile(tmp_path: Path) -> HostileRepository:
    """A bare repository, still empty."""
    return HostileRepository(tmp_path / "hostile.git")


@pytest.fixture
def clone_it(github: LoopbackGitHub, tmp_path: Path, trap: Path) -> Iterator[CloneIt]:
    """Clone a hostile repository; whatever comes of it, nothing happened outside of its directory."""
    around = tmp_path / "around"
    around.mkdir()
    (around / "marker").write_text("untouched")
    (tmp_path / "secret").write_text("untouched")

    def run(repository: HostileRepository, *, branch: str = "main", **limits: Any) -> Outcome:
        github.add_repository(NAME, repository.directory)
        outcome = Outcome(around / "target")
        remove(outcome.target)
        before = everything_around(tmp_path, outcome.target)
        with contextlib.suppress(CloneFailure):
            _clone(github, outcome, branch, CloneLimits(**{**LIMITS, **limits}))
        assert everything_around(tmp_path, outcome.target) == before
        assert not trap.exists()
        assert processes_naming(str(outcome.target)) == []
        assert_harmless(outcome)
        return outcome

    yield run
    remove(around)


def _clone(github: LoopbackGitHub, outcome: Outcome, branch: str, limits: CloneLimits) -> None:
    try:
        outcome.cloned = clone(
            f"{github.clone_url}/{NAME}.git",
            outcome.target,
            branch=branch,
            token=PAT,
            limits=limits,
            watch=outcome.progress.append,
        )
    except CloneFailure as failure:
        outcome.failure = failure
        raise


def assert_harmless(outcome: Outcome) -> None:
    """What is shown of the clone can be shown, and what lies there leads nowhere."""
    if outcome.failure:
        message = outcome.failure.message
        assert message.isprintable()
        assert len(message) < 400
        assert PAT not in message
        assert "untouched" not in message
    assert all(each.percent is None or 0 <= each.percent <= 100 for each in outcome.progress)
    if outcome.cloned:
        # `find`, as Python's own walks go down one call for each level.
        links = ["find", str(outcome.target), "-type", "l"]
        assert subprocess.run(links, capture_output=True, check=True).stdout == b""
        assert not (outcome.target / ".git/hooks").exists()


def everything_around(root: Path, target: Path) -> dict[str, tuple[float, int]]:
    """Return when each file and directory that is not below the target last changed, and its size."""
    found = {}
    for directory, names, files in os.walk(root):
        names[:] = [name for name in names if Path(directory, name) != target]
        for path in (Path(directory, name) for name in (*names, *files)):
            if path != target.parent:
                status = path.lstat()
                found[str(path)] = (status.st_mtime, status.st_size)
    found["around"] = (0, len([path for path in target.parent.iterdir() if path != target]))
    return found


def processes_naming(text: str) -> list[str]:
    """Return the command lines of the processes that have this text in theirs."""
    listed = subprocess.run(["ps", "-A", "-ww", "-o", "args="], capture_output=True, check=True).stdout
    return [line for line in listed.decode(errors="replace").splitlines() if text in line]


def remove(directory: Path) -> None:
    """Remove a tree, however deep."""
    subprocess.run(["rm", "-r", "-f", "--", str(directory)], check=True)
