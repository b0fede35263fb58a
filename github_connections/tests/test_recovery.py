"""What got stuck frees itself: messages that were lost, workers that fell silent, claims that were taken away."""

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from django_tenants.utils import tenant_context

from conftest import World, make_project
from github_connections import cloning, refreshing, tasks, workspace
from github_connections.deadlines import EXPIRY, RECOVERY, SILENCE
from github_connections.errors import CloneFailure
from github_connections.models import GithubConnection
from github_connections.recovery import recover_due
from github_connections.states import Status
from github_connections.tests.connection_rows import (
    LONG_AGO,
    deadline_of,
    everything_below,
    make_cloned,
    make_cloning,
    make_connection,
)
from github_connections.tests.fake_github import FakeGitHub
from github_connections.tests.redis_commands import Commands, clone_messages
from qualisys.projects.models import Project
from qualisys.tenancy.deadlines import Sweep, set_deadline
from qualisys.tenancy.models import Deadline

NETWORK = CloneFailure("NETWORK", "Broken.", transient=True)


def overdue(connection: GithubConnection) -> GithubConnection:
    """Make the connection one that should have been heard of by now."""
    set_deadline(connection.pk, RECOVERY, timezone.now() + LONG_AGO)
    return connection


def row(connection: GithubConnection) -> GithubConnection:
    """Return the connection as it is now."""
    return GithubConnection.objects.get(pk=connection.pk)


def due_in(connection: GithubConnection) -> timedelta:
    """Return how long until the connection is looked at again."""
    return deadline_of(connection.pk).due_at - timezone.now()


def leave_half_a_clone(connection: GithubConnection, world: World) -> Path:
    """Put into the attempt's private place what a dead worker would leave."""
    place = workspace._incoming_path(world.acme.pk, connection.pk, connection.attempt_id)
    (place / ".git").mkdir(parents=True)
    return place


def test_pending_connection_is_published_again(
    project: Project, redis_commands: Commands, django_capture_on_commit_callbacks: Any
) -> None:
    """A connection that no worker claimed in time is sent to the workers once more, and watched further."""
    made = overdue(make_connection(project))
    with django_capture_on_commit_callbacks(execute=True):
        assert recover_due() == Sweep(handled=1)
    (message,) = clone_messages(redis_commands())
    assert (message["body"][0], message["headers"]["_schema_name"]) == ([str(made.pk)], "acme")
    assert row(made).status == Status.PENDING
    assert due_in(made) > timedelta(seconds=30)
    assert recover_due() == Sweep()


def test_task_of_the_beat_recovers(project: Project) -> None:
    """The task that beat sends is this sweep."""
    made = overdue(make_cloning(project))
    tasks.recover_connections()
    assert row(made).status == Status.PENDING


def test_clone_that_fell_silent_is_tried_again(project: Project, world: World, clone_root: Path) -> None:
    """A claim without a sign of life is taken back, its directory discarded, and a new attempt made soon."""
    made = overdue(make_cloning(project, progress_stage="receiving", progress_percent=3))
    leave_half_a_clone(made, world)
    assert recover_due() == Sweep(handled=1)
    now = row(made)
    assert (now.status, now.error_code, now.attempts) == (Status.PENDING, "WORKER_LOST", 1)
    assert (now.progress_stage, now.progress_percent) == ("", None)
    assert everything_below(clone_root) == []
    assert deadline_of(made.pk).kind == RECOVERY
    assert timedelta(0) < due_in(made) < timedelta(minutes=2)


def test_silent_clone_keeps_the_older_one(project: Project, world: World, clone_root: Path) -> None:
    """What was published before serves on, whatever becomes of the fresh attempt."""
    made = overdue(make_cloned(project, Status.CLONING))
    leave_half_a_clone(made, world)
    recover_due()
    assert everything_below(clone_root) == [f"repos/{made.pk}"]


@pytest.mark.parametrize(("attempts", "status"), [(1, "pending"), (3, "pending"), (4, "failed"), (5, "failed")])
def test_attempts_come_to_an_end(attempts: int, status: str, project: Project, settings: Any) -> None:
    """The last attempt of CLONE_MAX_ATTEMPTS ends as failed, with a reason, and is not looked at again."""
    settings.CLONE_MAX_ATTEMPTS = 4
    made = overdue(make_cloning(project, attempts=attempts))
    recover_due()
    now = row(made)
    assert (now.status, now.error_code) == (status, "WORKER_LOST")
    assert now.error_message.endswith(".")
    assert (deadline_of(made.pk) is None) == (status == "failed")


def test_lost_workers_of_all_attempts_end_as_failed(project: Project, settings: Any) -> None:
    """Claim and silence, over and over: after CLONE_MAX_ATTEMPTS it is over."""
    settings.CLONE_MAX_ATTEMPTS = 3
    made = make_connection(project)
    claims = []
    for _ in range(5):
        claims.append(cloning.claim(made.pk) is not None)
        overdue(made)
        recover_due()
    assert claims == [True, True, True, False, False]
    assert row(made).status == Status.FAILED


def test_clone_that_was_heard_of_is_left_alone(project: Project) -> None:
    """A worker that gives signs of life keeps its claim."""
    cloning.claim(make_connection(project).pk)
    assert recover_due() == Sweep()
    made = GithubConnection.objects.get()
    assert made.status == Status.CLONING
    assert timedelta(0) < due_in(made) <= SILENCE


def test_directory_that_cannot_be_discarded_stops_no_other(world: World, clone_root: Path) -> None:
    """Remains that cannot be removed keep neither their own connection nor another from the next attempt."""
    first, second, third = (overdue(make_cloning(make_project(world, f"Project {number}"))) for number in range(3))
    place = leave_half_a_clone(second, world)
    place.rename(clone_root / "away")
    place.symlink_to(clone_root / "away")
    assert recover_due() == Sweep(handled=3)
    assert [row(each).status for each in (first, second, third)] == [Status.PENDING] * 3
    assert (clone_root / "away/.git").exists()


def test_deadline_of_a_clone_at_rest_is_its_expiry(project: Project, clone_root: Path) -> None:
    """Where a clone is complete after all, what is left to wait for is its end."""
    made = overdue(make_cloned(project, Status.ANALYZED, expires_in=timedelta(days=3)))
    recover_due()
    assert row(made).status == Status.ANALYZED
    deadline = deadline_of(made.pk)
    assert (deadline.kind, deadline.due_at) == (EXPIRY, made.expires_at)


@pytest.mark.parametrize("status", [Status.FAILED, Status.EXPIRED])
def test_nothing_is_expected_of_an_ended_connection(status: str, project: Project) -> None:
    """There is nothing to recover in a connection that has ended."""
    made = overdue(make_connection(project, status))
    recover_due()
    assert (row(made).status, deadline_of(made.pk)) == (status, None)


def test_nothing_is_expected_of_a_connection_that_is_gone(project: Project) -> None:
    """A deadline that was left behind is cleared."""
    set_deadline(uuid.uuid4(), RECOVERY, timezone.now() + LONG_AGO)
    assert recover_due() == Sweep(handled=1)
    assert not Deadline.objects.exists()


def test_every_tenant_is_looked_after(
    world: World, project: Project, redis_commands: Commands, django_capture_on_commit_callbacks: Any
) -> None:
    """One sweep recovers all tenants' connections, and each message names its tenant."""
    with tenant_context(world.globex):
        theirs = overdue(make_connection(Project.objects.create(name="Theirs", created_by=world.globex_owner)))
    mine = overdue(make_connection(project))
    with django_capture_on_commit_callbacks(execute=True):
        assert recover_due() == Sweep(handled=2)
    sent = {message["headers"]["_schema_name"]: message["body"][0] for message in clone_messages(redis_commands())}
    assert sent == {"acme": [str(mine.pk)], "globex": [str(theirs.pk)]}


def test_pending_connection_is_claimed_once(project: Project) -> None:
    """A message that is delivered twice finds the connection claimed, and a claim counts one attempt."""
    made = make_connection(project)
    claimed = cloning.claim(made.pk)
    assert (claimed.status, claimed.attempts, claimed.progress_stage) == (Status.CLONING, 1, "connecting")
    assert claimed.attempt_id != made.attempt_id
    assert cloning.claim(made.pk) is None
    assert row(made).attempt_id == claimed.attempt_id


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.PENDING}))
def test_late_message_changes_nothing(status: str, project: Project, clone_root: Path) -> None:
    """A message for a connection that is not pending, or is gone, is put aside."""
    made = make_connection(project, status)
    before = GithubConnection.objects.values().get()
    tasks.clone_repository(str(made.pk))
    assert GithubConnection.objects.values().get() == before
    tasks.clone_repository(str(uuid.uuid4()))
    assert everything_below(clone_root) == []


@pytest.mark.parametrize("failure", [NETWORK, CloneFailure("GIT_FAILED", "Broken.")])
def test_late_worker_changes_nothing(failure: CloneFailure, project: Project) -> None:
    """A worker whose claim was taken away cannot end the attempt of its successor."""
    late = cloning.claim(make_connection(project).pk)
    overdue(late)
    recover_due()
    successor = cloning.claim(late.pk)
    cloning.end_attempt(late, failure)
    now = row(successor)
    assert (now.status, now.attempt_id, now.error_code) == (Status.CLONING, successor.attempt_id, "WORKER_LOST")


@pytest.mark.parametrize("attempts", [1, 2, 3])
def test_each_retry_waits_twice_as_long(attempts: int, project: Project, settings: Any) -> None:
    """After a passing failure the next attempt waits for CLONE_RETRY_DELAY, doubled each time, give or take half."""
    settings.CLONE_RETRY_DELAY = 100
    made = make_cloning(project, attempts=attempts)
    cloning.end_attempt(made, NETWORK)
    expected = 100 * 2 ** (attempts - 1)
    assert row(made).status == Status.PENDING
    assert 0.5 * expected - 5 <= due_in(made).total_seconds() <= 1.5 * expected


@pytest.mark.parametrize("failure", [NETWORK, CloneFailure("GIT_FAILED", "Broken.")])
def test_older_clone_serves_out_its_time_after_a_failure(
    failure: CloneFailure, project: Project, clone_root: Path, settings: Any
) -> None:
    """Where a fresh clone fails for good, the one before it is still removed at its own time."""
    settings.CLONE_MAX_ATTEMPTS = 1
    made = make_cloned(project, Status.CLONING, expires_in=timedelta(days=2), attempts=1)
    cloning.end_attempt(made, failure)
    assert row(made).status == Status.FAILED
    assert everything_below(clone_root) == [f"repos/{made.pk}"]
    deadline = deadline_of(made.pk)
    assert (deadline.kind, deadline.due_at) == (EXPIRY, made.expires_at)


def test_clone_that_waits_for_a_fresh_one_serves_no_longer_than_its_time(
    project: Project, world: World, fake_github: FakeGitHub
) -> None:
    """With no worker at hand, the source of a connection that was refreshed goes on its day all the same."""
    made = overdue(make_cloned(project))
    fake_github.agrees()
    refreshing.refresh(row(made), actor_id=world.acme_owner.pk)
    overdue(made)
    recover_due()
    assert (row(made).status, row(made).clone_path) == (Status.PENDING, "")
    assert not workspace.checkout_path(world.acme.pk, made.pk).exists()
