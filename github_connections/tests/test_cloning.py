"""What becomes of a claim: published, given back or ended, whatever git, the disk or an analyser does.

git itself is not run here; the live tests do that.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from github_connections import cloning, workspace
from github_connections.deadlines import RECOVERY
from github_connections.errors import ClaimLost, CloneFailure
from github_connections.models import GithubConnection
from github_connections.remote.git_clone import Cloned, Progress
from github_connections.remote.tree_size import TreeSize
from github_connections.states import Status
from github_connections.tests.connection_api import assert_token_free
from github_connections.tests.connection_rows import deadline_of, everything_below, make_cloned, make_connection
from github_connections.tests.fake_github import PAT
from qualisys.projects.models import Project

SHA = "c" * 40
CloneCall = Callable[..., Cloned]
ReplaceGit = Callable[[CloneCall], None]


@pytest.fixture
def replace_git(monkeypatch: pytest.MonkeyPatch, clone_root: Path) -> ReplaceGit:
    """Put a function in the place of git."""
    return lambda clone: monkeypatch.setattr(cloning, "clone", clone)


def good_clone(_url: str, target: Path, **_options: Any) -> Cloned:
    """Make a checkout as git would."""
    target.mkdir()
    (target / "new").touch()
    return Cloned(commit_sha=SHA, size=TreeSize(bytes=4096, files=1))


def half_a_clone(error: BaseException) -> CloneCall:
    """Begin a checkout and fail with this error."""

    def clone(_url: str, target: Path, **_options: Any) -> Cloned:
        target.mkdir()
        (target / "half").touch()
        raise error

    return clone


def row() -> GithubConnection:
    """Return the only connection as it is now."""
    return GithubConnection.objects.get()


def test_clone_is_published_and_lives_for_its_time(
    project: Project, replace_git: ReplaceGit, clone_root: Path, settings: Any
) -> None:
    """After a good clone the row says what was cloned and until when, and the directory lies there whole."""
    settings.CLONE_LIFETIME = timedelta(days=3)
    replace_git(good_clone)
    made = make_connection(project, attempts=2, error_code="NETWORK", error_message="Broken.")
    cloning.clone_connection(made.pk)
    now = row()
    assert (now.status, now.commit_sha, now.size_bytes) == (Status.CLONED, SHA, 4096)
    assert (now.attempts, now.error_code, now.error_message, now.progress_stage) == (0, "", "", "")
    assert abs(now.expires_at - timezone.now() - timedelta(days=3)) < timedelta(minutes=1)
    assert everything_below(clone_root) == [f"repos/{made.pk}"]
    assert Path(now.clone_path, "new").exists()
    assert deadline_of(made.pk).kind == RECOVERY  # the analysis is expected next


def test_git_is_told_where_what_and_with_which_token(
    project: Project, replace_git: ReplaceGit, clone_root: Path, settings: Any
) -> None:
    """git gets the address without the token, the branch, the token apart, and a private directory."""
    settings.GITHUB_CLONE_URL = "https://ghe.example.com"
    told: dict[str, Any] = {}

    def clone(url: str, target: Path, **options: Any) -> Cloned:
        told.update(options, url=url, target=target)
        return good_clone(url, target)

    replace_git(clone)
    made = make_connection(project, branch="release/1.0")
    cloning.clone_connection(made.pk)
    assert told["url"] == "https://ghe.example.com/o/r.git"
    assert (told["branch"], told["token"]) == ("release/1.0", PAT)
    assert told["limits"] == cloning.clone_limits()
    assert told["target"].parent.name == workspace.INCOMING


def test_fresh_clone_takes_the_place_of_the_older(project: Project, replace_git: ReplaceGit, clone_root: Path) -> None:
    """A second clone replaces the first."""
    made = make_cloned(project, Status.PENDING)
    replace_git(good_clone)
    cloning.clone_connection(made.pk)
    assert [path.name for path in Path(row().clone_path).iterdir()] == ["new"]
    assert everything_below(clone_root) == [f"repos/{made.pk}"]


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (CloneFailure("NETWORK", "Broken.", transient=True), Status.PENDING, "NETWORK"),
        (CloneFailure("REPOSITORY_TOO_LARGE", "Too much."), Status.FAILED, "REPOSITORY_TOO_LARGE"),
        (OSError(28, "No space left on device"), Status.PENDING, "STORAGE"),
        (PermissionError(13, "Permission denied"), Status.PENDING, "STORAGE"),
    ],
)
def test_failure_is_told_and_leaves_no_directory(
    error: Exception, status: str, code: str, project: Project, replace_git: ReplaceGit, clone_root: Path
) -> None:
    """A clone that fails is tried again or ended, with a code and a sentence, and nothing of it stays on disk."""
    replace_git(half_a_clone(error))
    cloning.clone_connection(make_connection(project).pk)
    now = row()
    assert (now.status, now.error_code, now.clone_path) == (status, code, "")
    assert now.error_message.endswith(".")
    assert everything_below(clone_root) == []


def test_unforeseen_error_is_not_kept_from_anybody(project: Project, replace_git: ReplaceGit, clone_root: Path) -> None:
    """What nobody foresaw ends the connection as failed without its own words, and reaches the log as it is."""
    replace_git(half_a_clone(RuntimeError(f"something with {PAT} in it")))
    with pytest.raises(RuntimeError):
        cloning.clone_connection(make_connection(project).pk)
    now = row()
    assert (now.status, now.error_code) == (Status.FAILED, "INTERNAL_ERROR")
    assert_token_free(now.error_message)
    assert everything_below(clone_root) == []


def test_token_that_can_no_longer_be_read(project: Project, replace_git: ReplaceGit) -> None:
    """Where the key of a stored token is gone, git is not run and a person is told to connect again."""
    replace_git(good_clone)
    cloning.clone_connection(make_connection(project, encrypted_token="00000000:gone").pk)
    assert (row().status, row().error_code) == (Status.FAILED, "TOKEN_UNREADABLE")
    assert "Send a new one, then refresh" in row().error_message


@pytest.mark.parametrize("lose", ["disconnected", "taken over"])
def test_claim_that_was_lost_publishes_nothing(
    lose: str, project: Project, replace_git: ReplaceGit, clone_root: Path
) -> None:
    """A clone that ends after its connection was removed or given to another is thrown away."""

    def clone(url: str, target: Path, **options: Any) -> Cloned:
        if lose == "disconnected":
            GithubConnection.objects.all().delete()
        else:
            GithubConnection.objects.update(attempt_id=project.pk)
        return good_clone(url, target)

    replace_git(clone)
    cloning.clone_connection(make_connection(project).pk)
    assert everything_below(clone_root) == []
    assert [found.status for found in GithubConnection.objects.all()] == [Status.CLONING][lose == "disconnected" :]


def test_progress_is_written_at_most_once_a_second(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the many lines that git prints, one a second reaches the database."""
    clock = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    watch = cloning._Heartbeat(cloning.claim(make_connection(project).pk))
    seen = []
    for percent in range(13):
        watch(Progress("receiving", percent))
        seen.append(row().progress_percent)
        clock[0] += 0.25
    monkeypatch.undo()
    assert row().progress_stage == "receiving"
    assert seen == [*[None] * 4, *[4] * 4, *[8] * 4, 12]


def test_worker_learns_that_its_claim_is_lost(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """The statement that writes the progress tells a worker to stop once its claim is not in force."""
    clock = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    watch = cloning._Heartbeat(cloning.claim(make_connection(project).pk))
    GithubConnection.objects.all().delete()
    clock[0] += 2
    with pytest.raises(ClaimLost):
        watch(Progress("receiving", 1))


def test_signs_of_life_put_off_the_recovery(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a worker is heard of, the moment at which it is taken for dead moves on."""
    clock = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    made = cloning.claim(make_connection(project).pk)
    watch = cloning._Heartbeat(made)
    before = deadline_of(made.pk).due_at
    clock[0] += cloning.HEARTBEAT_INTERVAL.total_seconds()
    watch(Progress("receiving", 1))
    assert deadline_of(made.pk).due_at > before
    assert row().heartbeat_at > made.heartbeat_at
