"""What must hold when a clone is delivered twice, taken away, slowed down or cut."""

from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from conftest import World
from github_connections.history import Event, history_of_project
from github_connections.models import GithubConnection
from github_connections.tests.conftest import (
    clone_directories,
    connect,
    deliver,
    disconnect,
    wait_for_status,
    wait_until,
)
from qualisys.celery import app
from qualisys.dev import faults
from qualisys.dev.live_service import Worker
from qualisys.dev.loopback_github import LoopbackGitHub
from qualisys.projects.models import Project
from qualisys.tenancy.models import Deadline

GIT_PATH = "/acme/shop.git"


def git_processes() -> list[str]:
    """Return the command lines of the git processes that clone acme/shop, from anywhere on this machine."""
    lines = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = process.read_bytes().decode(errors="replace").split("\0")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if any(word.endswith(GIT_PATH) for word in words):
            lines.append(" ".join(words))
    return lines


def times_cloned(project: Project) -> int:
    entries = history_of_project(project.pk)
    return sum(entry.additional_data["event"] == Event.CLONED for entry in entries)


def messages_done(worker: Worker, connection: GithubConnection) -> int:
    """Return how many of the connection's messages the worker has finished with."""
    return worker.log.read_text().count(f"connection {connection.pk} is not pending")


def test_a_task_delivered_twice_clones_once(
    worker: Worker, committed: World, shop: Project, github: LoopbackGitHub
) -> None:
    """Of several messages for one connection one clones, during the clone and after it."""
    github.inject(GIT_PATH, faults.only_first(1, faults.hang(1)))
    connection = connect(committed, shop)
    deliver(connection.pk)
    wait_for_status(shop, "analyzed", "failed")
    deliver(connection.pk)
    wait_until(lambda: messages_done(worker, connection) == 2)
    assert wait_for_status(shop, "analyzed").attempts == 0
    assert times_cloned(shop) == 1


def test_a_task_delivered_after_disconnect_changes_nothing(worker: Worker, committed: World, shop: Project) -> None:
    """A late message finds no row and leaves no directory."""
    connection = connect(committed, shop)
    wait_for_status(shop, "analyzed")
    disconnect(committed, shop)
    deliver(connection.pk)
    wait_until(lambda: messages_done(worker, connection) == 1)
    assert not GithubConnection.objects.exists()
    assert clone_directories() == []


def test_a_task_with_another_tenants_schema_finds_nothing(worker: Worker, committed: World, shop: Project) -> None:
    """A connection's id is of no use in another tenant's schema."""
    connection = connect(committed, shop)
    before = wait_for_status(shop, "analyzed").updated_at
    deliver(connection.pk, schema="globex")
    wait_until(lambda: messages_done(worker, connection) == 1)
    assert GithubConnection.objects.get(pk=connection.pk).updated_at == before


def test_disconnect_stops_a_running_clone(
    worker: Worker, committed: World, shop: Project, github: LoopbackGitHub
) -> None:
    """DELETE during a clone removes the row at once, and git and its directory within seconds."""
    github.inject(GIT_PATH, faults.hang(60))
    connect(committed, shop)
    wait_for_status(shop, "cloning")
    wait_until(git_processes)

    disconnect(committed, shop)

    assert not GithubConnection.objects.exists()
    wait_until(lambda: not git_processes(), seconds=5)
    wait_until(lambda: not clone_directories(), seconds=5)
    assert not Deadline.objects.exists()


def test_progress_is_shown_while_cloning(
    worker: Worker, committed: World, shop: Project, github: LoopbackGitHub
) -> None:
    """A slow clone says which stage it is in, and its heartbeat goes on."""
    github.inject(GIT_PATH, faults.only_first(1, faults.hang(3)))
    connect(committed, shop)
    first = wait_for_status(shop, "cloning")
    assert first.progress_stage == "connecting"
    wait_until(lambda: GithubConnection.objects.filter(heartbeat_at__gt=first.heartbeat_at).exists())
    assert wait_for_status(shop, "analyzed").progress_stage == ""


def test_a_transient_failure_is_tried_again(
    worker: Worker, committed: World, shop: Project, github: LoopbackGitHub
) -> None:
    """A server error goes back to pending with the reason, and the sweep's next attempt succeeds."""
    github.inject(GIT_PATH, faults.only_first(1, faults.status(502)))
    connect(committed, shop)
    waiting = wait_until(lambda: GithubConnection.objects.filter(status="pending", attempts=1).first())
    assert waiting.error_code == "NETWORK"
    assert clone_directories() == []
    app.send_task("github_connections.tasks.recover_connections")
    connection = wait_for_status(shop, "analyzed", "failed")
    assert (connection.status, connection.error_code) == ("analyzed", "")


def test_expiry_by_the_periodic_task(worker: Worker, committed: World, shop: Project) -> None:
    """Seven days on, beat's task removes the directory and then says expired."""
    connection = connect(committed, shop)
    wait_for_status(shop, "analyzed")
    past = timezone.now() - timedelta(seconds=1)
    GithubConnection.objects.filter(pk=connection.pk).update(expires_at=past)
    Deadline.objects.filter(pk=connection.pk).update(due_at=past)
    app.send_task("github_connections.tasks.expire_repositories")
    assert wait_for_status(shop, "expired").clone_path == ""
    assert clone_directories() == []


def test_a_killed_worker_takes_git_with_it_and_another_finishes_the_job(
    worker: Worker, committed: World, shop: Project, github: LoopbackGitHub
) -> None:
    """SIGKILL of a worker and its children in the middle of a clone leaves no git; the sweep frees the row."""
    github.inject(GIT_PATH, faults.hang(60))
    connection = connect(committed, shop)
    wait_for_status(shop, "cloning")
    wait_until(git_processes)

    worker.kill()
    wait_until(lambda: not git_processes(), seconds=5)
    github.reset()
    worker.start()

    # Its silence, without the wait of a minute.
    Deadline.objects.filter(pk=connection.pk).update(due_at=timezone.now())
    app.send_task("github_connections.tasks.recover_connections")
    wait_until(lambda: GithubConnection.objects.filter(pk=connection.pk).exclude(status="cloning").exists())
    assert GithubConnection.objects.get(pk=connection.pk).error_code == "WORKER_LOST"
    app.send_task("github_connections.tasks.recover_connections")
    wait_for_status(shop, "analyzed")
    assert len([path for path in clone_directories() if path.parent.name == "repos"]) == 1
