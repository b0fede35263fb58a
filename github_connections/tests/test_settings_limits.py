"""The limits that a deployment sets, and the one place where each of them holds."""

import shutil
from collections import namedtuple
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured

from conftest import World
from github_connections import cloning, services, tasks
from github_connections.errors import CloneFailure
from github_connections.remote import git_clone
from github_connections.remote.git_clone import CloneLimits, check_limits
from github_connections.remote.repository_url import RepositoryName
from github_connections.remote.tree_size import TreeSize
from github_connections.tests.fake_github import PAT, FakeGitHub

LIMITS = CloneLimits(
    seconds=900,
    stall_seconds=60,
    max_bytes=1024**2,
    max_files=10,
    max_memory_bytes=1024**3,
    minimum_free_bytes=500,
    checkout_workers=2,
)
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def free_bytes(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Say how much is free on the disk."""

    def set_to(free: int) -> None:
        monkeypatch.setattr(shutil, "disk_usage", lambda _directory: Usage(10**9, 0, free))

    return set_to


def test_defaults_are_those_that_were_agreed() -> None:
    """Without a word from the deployment GitHub has ten seconds and a clone lives for seven days."""
    assert configured.GITHUB_TIMEOUT == 10
    assert timedelta(days=7) == configured.CLONE_LIFETIME
    assert configured.GITHUB_URL == configured.GITHUB_CLONE_URL == "https://github.com"
    assert configured.GITHUB_API_URL == "https://api.github.com"


def test_beat_expires_every_ten_minutes() -> None:
    """The sweep that removes clones is on the schedule, and its task exists."""
    entry = configured.CELERY_BEAT_SCHEDULE["expire-repositories"]
    assert (entry["task"], entry["schedule"]) == (tasks.expire_repositories.name, timedelta(minutes=10))


def test_silent_workers_are_looked_for_often() -> None:
    """The sweep that frees what is stuck runs several times in the silence that it allows."""
    entry = configured.CELERY_BEAT_SCHEDULE["recover-connections"]
    assert entry["task"] == tasks.recover_connections.name
    assert entry["schedule"] <= cloning.HEARTBEAT_INTERVAL * 3


def test_clones_have_a_queue_of_their_own() -> None:
    """A long clone stands in the way of no sweep."""
    assert configured.CELERY_TASK_ROUTES[tasks.clone_repository.name] == {"queue": "clone"}
    assert configured.CELERY_TASK_DEFAULT_QUEUE != "clone"


def test_worker_is_ended_only_after_the_clone_should_have_ended_itself() -> None:
    """The hard limit of the task leaves the clone's own limit time to clean up."""
    assert tasks.clone_repository.time_limit > configured.CLONE_TIMEOUT + 60


def test_clone_has_the_limits_of_the_settings(world: World, settings: Any) -> None:
    """Each limit of a clone is the setting of its name."""
    settings.CLONE_TIMEOUT, settings.CLONE_STALL_TIMEOUT = 1, 2
    settings.CLONE_MAX_BYTES, settings.CLONE_MAX_FILES = 3, 4
    settings.CLONE_MINIMUM_FREE_BYTES, settings.CLONE_CHECKOUT_WORKERS = 5, 6
    settings.CLONE_MAX_MEMORY_BYTES = 7
    assert cloning.clone_limits() == CloneLimits(
        seconds=1,
        stall_seconds=2,
        max_bytes=3,
        max_files=4,
        max_memory_bytes=7,
        minimum_free_bytes=5,
        checkout_workers=6,
    )


def test_github_is_given_the_time_of_the_settings(settings: Any, fake_github: FakeGitHub) -> None:
    """No wait for GitHub, neither for a connection nor for an answer, is longer than GITHUB_TIMEOUT."""
    settings.GITHUB_TIMEOUT = 1.5
    fake_github.agrees()
    services.validate_pat(RepositoryName("o", "r"), PAT)
    assert [call.request.req_kwargs["timeout"] for call in fake_github.wire.calls] == [(1.5, 1.5)] * 2


def test_what_reaches_a_limit_is_good(free_bytes: Any, tmp_path: Path) -> None:
    """As many bytes and files as may be, and as little room as must be, are within the limits."""
    free_bytes(500)
    check_limits(TreeSize(1024**2, 10), tmp_path, LIMITS)


@pytest.mark.parametrize(
    ("size", "free", "code", "transient"),
    [
        (TreeSize(1024**2 + 1, 1), 500, "REPOSITORY_TOO_LARGE", False),
        (TreeSize(1, 11), 500, "REPOSITORY_TOO_LARGE", False),
        (TreeSize(1, 1), 499, "DISK_FULL", True),
    ],
)
def test_what_goes_beyond_a_limit_is_not(
    size: TreeSize, free: int, code: str, transient: bool, free_bytes: Any, tmp_path: Path
) -> None:
    """One byte or file more ends the clone; only a full disk may pass by itself."""
    free_bytes(free)
    with pytest.raises(CloneFailure) as failed:
        check_limits(size, tmp_path, LIMITS)
    assert (failed.value.code, failed.value.transient) == (code, transient)
    assert failed.value.message.endswith(".")


def test_message_names_the_limit(free_bytes: Any, tmp_path: Path) -> None:
    """A person is told how much there may be."""
    free_bytes(10**9)
    with pytest.raises(CloneFailure, match="more than the 1 MiB"):
        check_limits(TreeSize(2 * 1024**2, 1), tmp_path, LIMITS)
    with pytest.raises(CloneFailure, match="more than the 10 files"):
        check_limits(TreeSize(1, 11), tmp_path, LIMITS)


def test_clone_is_measured_while_it_runs() -> None:
    """A limit is noticed within seconds and not at the end alone."""
    assert git_clone.SECONDS_BETWEEN_MEASUREMENTS <= 2
    assert git_clone.SECONDS_BETWEEN_CHECKS <= 0.5
