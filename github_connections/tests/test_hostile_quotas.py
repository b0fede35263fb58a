"""What one tenant may take: clones running at once, and bytes of all its clones together."""

import threading
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection as database
from django.utils import timezone
from django_tenants.utils import tenant_context

from conftest import World, make_project
from github_connections import cloning, quotas
from github_connections.deadlines import RECOVERY
from github_connections.errors import BytesExceeded, CloneFailure
from github_connections.models import GithubConnection
from github_connections.remote.git_clone import Cloned
from github_connections.remote.tree_size import TreeSize
from github_connections.states import Status
from github_connections.tests.connection_rows import clone_root as clone_root
from github_connections.tests.connection_rows import (
    deadline_of,
    everything_below,
    make_cloned,
    make_cloning,
    make_connection,
)
from qualisys.projects.models import Project

SHA = "c" * 40


@pytest.fixture
def pretend_clone(monkeypatch: pytest.MonkeyPatch, clone_root: Path) -> Callable[[int], None]:
    """Let git bring so many bytes, or more than the clone may take; a worker that is there does not analyse them."""
    monkeypatch.setattr(cloning, "publish_analysis", lambda _connection_id: None)

    def of_size(size: int) -> None:
        def clone(_url: str, target: Path, *, limits: Any, **_options: Any) -> Cloned:
            target.mkdir()
            if size > limits.max_bytes:
                raise BytesExceeded("Too many bytes.")
            return Cloned(SHA, TreeSize(size, 1))

        monkeypatch.setattr(cloning, "clone", clone)

    return of_size


def projects(world: World, number: int) -> list[Project]:
    return [make_project(world, f"Project {each}") for each in range(number)]


def end_of(connection: GithubConnection) -> tuple[str, str]:
    """Clone it, and return its status and error code."""
    cloning.clone_connection(connection.pk)
    connection.refresh_from_db()
    return connection.status, connection.error_code


def test_clone_beyond_the_number_waits_for_its_turn(world: World, settings: Any) -> None:
    """With as many running as may be, the next stays pending, loses no attempt and is looked at again soon."""
    settings.TENANT_MAX_RUNNING_CLONES = 2
    first, second, third = projects(world, 3)
    running = make_cloning(first)
    make_cloning(second)
    waiting = make_connection(third)
    assert cloning.claim(waiting.pk) is None
    waiting.refresh_from_db()
    assert (waiting.status, waiting.attempts) == (Status.PENDING, 0)
    deadline = deadline_of(waiting.pk)
    assert deadline.kind == RECOVERY
    assert (deadline.due_at - timezone.now()).total_seconds() <= 15
    GithubConnection.objects.filter(pk=running.pk).move(Status.FAILED)
    assert cloning.claim(waiting.pk).status == Status.CLONING


def test_late_message_for_a_running_clone_does_not_set_its_deadline(world: World, settings: Any) -> None:
    """A second delivery while the tenant has no turn left changes nothing of the clone that runs."""
    settings.TENANT_MAX_RUNNING_CLONES = 1
    running = make_cloning(projects(world, 1)[0])
    assert cloning.claim(running.pk) is None
    assert deadline_of(running.pk) is None


def test_other_tenants_have_their_own_turns(world: World, settings: Any) -> None:
    """Clones of one tenant keep nobody of another one waiting."""
    settings.TENANT_MAX_RUNNING_CLONES = 1
    make_cloning(projects(world, 1)[0])
    assert not quotas.may_start_a_clone()
    with tenant_context(world.globex):
        assert quotas.may_start_a_clone()


def in_threads(world: World, *works: Callable[[], object]) -> list[object]:
    """Do the works at once, each on its own connection to the database, and return what came of them."""
    results: list[object] = [None] * len(works)
    together = threading.Barrier(len(works))

    def do(number: int) -> None:
        try:
            with tenant_context(world.acme):
                together.wait(10)
                results[number] = works[number]()
        finally:
            database.close()

    threads = [threading.Thread(target=do, args=(number,)) for number in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def test_of_clones_claimed_at_once_no_more_start_than_may(committed: World, settings: Any) -> None:
    """Four workers at the same moment: two claims, two that wait."""
    settings.TENANT_MAX_RUNNING_CLONES = 2
    waiting = [make_connection(project).pk for project in projects(committed, 4)]
    claims = in_threads(committed, *(lambda pk=pk: cloning.claim(pk) for pk in waiting))
    assert len([claim for claim in claims if claim]) == 2
    assert GithubConnection.objects.filter(status=Status.CLONING).count() == 2
    assert GithubConnection.objects.filter(status=Status.PENDING).count() == 2


def test_two_clones_that_fit_only_apart_are_not_both_published(
    committed: World, settings: Any, pretend_clone: Callable[[int], None], clone_root: Path
) -> None:
    """Both began with room enough; together they take too much, so one of them ends with the tenant's quota."""
    settings.TENANT_MAX_CLONE_BYTES, settings.TENANT_MAX_RUNNING_CLONES = 100, 2
    pretend_clone(60)
    both = [make_connection(project) for project in projects(committed, 2)]
    ends = in_threads(committed, *(lambda each=each: end_of(each) for each in both))
    assert sorted(ends) == [("cloned", ""), ("failed", "TENANT_QUOTA")]
    published = GithubConnection.objects.get(status=Status.CLONED)
    assert everything_below(clone_root) == [f"repos/{published.pk}"]


def test_quota_that_is_used_up_is_said_before_anything_is_fetched(
    world: World, settings: Any, pretend_clone: Callable[[int], None]
) -> None:
    """Nothing is left: the clone fails with the tenant's quota, for good, in a sentence that says what to do."""
    settings.TENANT_MAX_CLONE_BYTES = 100
    pretend_clone(1)
    first, second = projects(world, 2)
    make_cloned(first, size_bytes=100)
    waiting = make_connection(second)
    assert end_of(waiting) == ("failed", "TENANT_QUOTA")
    assert "100" in waiting.error_message
    assert "Disconnect" in waiting.error_message


@pytest.mark.parametrize(
    ("taken", "clone_bytes", "end"),
    [
        (50, 49, ("cloned", "")),
        (50, 51, ("failed", "TENANT_QUOTA")),
        (0, 81, ("failed", "REPOSITORY_TOO_LARGE")),
        (10, 85, ("failed", "REPOSITORY_TOO_LARGE")),
    ],
)
def test_cause_is_the_limit_that_was_the_smaller(
    taken: int,
    clone_bytes: int,
    end: tuple[str, str],
    world: World,
    settings: Any,
    pretend_clone: Callable[[int], None],
) -> None:
    """Where the tenant has less left than one clone may take, the quota is named, else the repository's size."""
    settings.TENANT_MAX_CLONE_BYTES, settings.CLONE_MAX_BYTES = 100, 80
    pretend_clone(clone_bytes)
    first, second = projects(world, 2)
    make_cloned(first, size_bytes=taken)
    assert end_of(make_connection(second)) == end


def test_too_many_files_are_not_the_quotas_fault(
    world: World, settings: Any, monkeypatch: pytest.MonkeyPatch, clone_root: Path
) -> None:
    """A limit other than bytes keeps its name although the tenant has little left."""
    settings.TENANT_MAX_CLONE_BYTES = 100

    def clone(*_arguments: object, **_options: object) -> Cloned:
        raise CloneFailure("REPOSITORY_TOO_LARGE", "Too many files.")

    monkeypatch.setattr(cloning, "clone", clone)
    assert end_of(make_connection(projects(world, 1)[0])) == ("failed", "REPOSITORY_TOO_LARGE")


def test_fresh_clone_takes_the_room_of_the_one_it_replaces(
    world: World, settings: Any, pretend_clone: Callable[[int], None]
) -> None:
    """A tenant whose only clone takes nearly everything may clone the same repository again."""
    settings.TENANT_MAX_CLONE_BYTES = 100
    pretend_clone(95)
    connection = make_cloned(projects(world, 1)[0], size_bytes=90)
    GithubConnection.objects.filter(pk=connection.pk).move(Status.PENDING)
    assert end_of(connection) == ("cloned", "")
    assert connection.size_bytes == 95


def test_what_is_not_on_disk_takes_nothing(world: World, settings: Any) -> None:
    """An expired or failed connection of a large repository leaves all its room to others; so do other tenants."""
    settings.TENANT_MAX_CLONE_BYTES = 100
    make_connection(projects(world, 1)[0], Status.EXPIRED, size_bytes=100)
    assert quotas.bytes_left() == 100
    assert quotas.bytes_left(uuid.uuid4()) == 100
