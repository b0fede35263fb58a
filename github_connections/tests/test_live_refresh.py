"""Refreshing on real parts: the API, a Celery worker in its own process, git over HTTP."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from conftest import ApiAs, World
from github_connections import services, workspace
from github_connections.history import Event, history_of_project
from github_connections.models import GithubConnection
from github_connections.tests.conftest import (
    PAT,
    clone_directories,
    connect,
    git,
    make_repository,
    wait_for_status,
    wait_until,
)
from github_connections.tests.connection_api import ConnectionApi, path_of
from qualisys.celery import app
from qualisys.dev.live_service import Worker
from qualisys.dev.loopback_github import LoopbackGitHub
from qualisys.dev.loopback_server import LoopbackRequestHandler
from qualisys.projects.models import Project
from qualisys.tenancy.models import Deadline

GIT_PATH = "/acme/shop.git"
OLD, NEW = "A shop.\n", "A larger shop.\n"
NEW_PAT = "github_pat_" + "LiveTestToken0123456789abcdefghijklm"


class Gate:
    """Holds git's first question back until it is opened."""

    def __init__(self) -> None:
        self.reached, self.opened = threading.Event(), threading.Event()

    def __call__(self, handler: LoopbackRequestHandler) -> None:
        self.reached.set()
        self.opened.wait(60)
        handler.answer()


@pytest.fixture
def gate(github: LoopbackGitHub) -> Iterator[Gate]:
    """git on the wire waits at a gate from the moment that it is put up."""
    gate = Gate()
    yield gate
    gate.opened.set()


@pytest.fixture
def source(tmp_path: Path, github: LoopbackGitHub) -> Path:
    """The repository behind acme/shop."""
    return tmp_path / "shop"


@pytest.fixture
def connected(worker: Worker, committed: World, shop: Project, source: Path) -> GithubConnection:
    """A connection of the shop's that is analysed."""
    connect(committed, shop)
    return wait_for_status(shop, "analyzed")


@pytest.fixture
def live(connected: GithubConnection, committed: World, shop: Project, api_as: ApiAs) -> ConnectionApi:
    """The API, for a connection that is analysed, as Acme's owner asks for it."""
    return ConnectionApi(api_as(committed.acme_owner), path_of(shop.pk))


def commit(source: Path, text: str = NEW) -> str:
    """Add a commit to the repository's present branch and return it."""
    (source / "README.md").write_text(text)
    git(source, "commit", "--quiet", "--all", "--message", "Next")
    return git(source, "rev-parse", "HEAD")


def readme_of(world: World, connection: GithubConnection) -> str:
    """Read a file of the clone where its readers find it."""
    return (workspace.checkout_path(world.acme.pk, connection.pk) / "README.md").read_text()


def questions_of_git(github: LoopbackGitHub) -> int:
    return sum(request.path.startswith(GIT_PATH) for request in github.requests)


def cloned_commit(project: Project, commit_sha: str) -> GithubConnection:
    """Return the connection once this commit of it is analysed."""
    return wait_until(
        lambda: GithubConnection.objects.filter(project=project, status="analyzed", commit_sha=commit_sha).first()
    )


def test_old_clone_serves_until_the_new_one_is_published(
    live: ConnectionApi,
    connected: GithubConnection,
    committed: World,
    shop: Project,
    github: LoopbackGitHub,
    source: Path,
    gate: Gate,
) -> None:
    """While git is at work the clone before is read as ever; then the new one is there, and nothing is left over."""
    newest = commit(source)
    github.inject(GIT_PATH, gate)

    assert live.refresh().json()["status"] == "pending"
    assert gate.reached.wait(30)

    during = live.get().json()
    assert (during["status"], during["commit_sha"]) == ("cloning", connected.commit_sha)
    assert readme_of(committed, connected) == OLD
    assert live.client.get(f"{live.path}/analysis").json()["commit_sha"] == connected.commit_sha
    assert live.refresh().json()["error"] == "CONNECTION_BUSY"
    gate.opened.set()

    cloned_commit(shop, newest)
    assert readme_of(committed, connected) == NEW
    assert live.client.get(f"{live.path}/analysis").json()["commit_sha"] == newest
    lying = {path.parent.name: path.name for path in clone_directories()}
    assert lying["repos"] == str(connected.pk)
    assert "incoming" not in lying


def test_branch_that_did_not_move_costs_no_clone(
    live: ConnectionApi, connected: GithubConnection, committed: World, github: LoopbackGitHub
) -> None:
    """git is not run, and the clone stays for another seven days."""
    GithubConnection.objects.update(expires_at=timezone.now() + timedelta(hours=1))
    before = questions_of_git(github)
    shown = live.refresh().json()
    assert (shown["status"], shown["commit_sha"]) == ("analyzed", connected.commit_sha)
    assert GithubConnection.objects.get().expires_at > timezone.now() + timedelta(days=6)
    assert questions_of_git(github) == before
    assert readme_of(committed, connected) == OLD


def test_failed_refresh_leaves_the_clone_before(
    live: ConnectionApi,
    connected: GithubConnection,
    committed: World,
    shop: Project,
    github: LoopbackGitHub,
    source: Path,
) -> None:
    """Where git is refused after the proof, the connection says why, and the source stays; a new token mends it."""
    newest = commit(source)

    def revoke_first(handler: LoopbackRequestHandler) -> None:
        if github.valid_token(PAT):
            github.revoke_token(PAT)
        handler.answer()

    github.inject(GIT_PATH, revoke_first)
    live.refresh()
    failed = wait_for_status(shop, "failed")
    assert (failed.error_code, failed.clone_path) == ("INVALID_TOKEN", connected.clone_path)
    assert readme_of(committed, connected) == OLD
    github.reset()

    assert live.refresh().json()["details"]["reason"] == "bad_credentials"
    github.add_token(NEW_PAT)
    assert live.patch(pat=NEW_PAT).json()["status"] == "failed"
    assert live.refresh().json()["status"] == "pending"
    cloned_commit(shop, newest)
    assert readme_of(committed, connected) == NEW
    github.revoke_token(NEW_PAT)


def test_renamed_repository_is_fetched_under_its_new_name(
    live: ConnectionApi, shop: Project, github: LoopbackGitHub, source: Path
) -> None:
    """GitHub's redirect is followed to the new name, and git is given that name alone."""
    newest = commit(source)
    github.add_rename("acme/shop", "acme/store")
    shown = live.refresh().json()
    assert shown["repo_url"].endswith("/acme/store")
    assert [warning["code"] for warning in shown["warnings"]] == ["REPOSITORY_RENAMED"]
    before = questions_of_git(github)
    cloned_commit(shop, newest)
    assert questions_of_git(github) == before


def test_recreated_repository_is_not_fetched(
    live: ConnectionApi, connected: GithubConnection, committed: World, github: LoopbackGitHub, tmp_path: Path
) -> None:
    """Another repository under the old name is refused, and the source of the first stays."""
    stranger = make_repository(tmp_path / "stranger", {"README.md": "A stranger's shop.\n"})
    github.add_repository("acme/shop", stranger)
    assert live.refresh().json()["error"] == "REPOSITORY_RECREATED"
    assert GithubConnection.objects.get().status == "analyzed"
    assert readme_of(committed, connected) == OLD


def test_another_branch_takes_the_place_of_the_first(
    live: ConnectionApi, connected: GithubConnection, committed: World, shop: Project, source: Path
) -> None:
    """A branch is chosen, cloned with the stored token, and read in the same place."""
    git(source, "checkout", "--quiet", "-b", "release/1.0")
    newest = commit(source, "A shop of release 1.0.\n")
    assert live.patch(branch="release/1.0").json()["branch"] == "release/1.0"
    cloned_commit(shop, newest)
    assert readme_of(committed, connected) == "A shop of release 1.0.\n"
    events = [entry.additional_data["event"] for entry in history_of_project(shop.pk)]
    assert events.count(Event.BRANCH_CHANGED) == 1


def test_expired_connection_comes_back(
    live: ConnectionApi, connected: GithubConnection, committed: World, shop: Project
) -> None:
    """After its clone was removed the same connection has its source again, of the same commit."""
    services.expire_now(connected.pk, actor_id=committed.acme_owner.pk)
    assert clone_directories() == []
    assert live.refresh().json()["status"] == "pending"
    cloned_commit(shop, connected.commit_sha)
    assert readme_of(committed, connected) == OLD


def test_worker_that_is_killed_leaves_the_clone_before(
    live: ConnectionApi,
    worker: Worker,
    connected: GithubConnection,
    committed: World,
    shop: Project,
    github: LoopbackGitHub,
    source: Path,
    gate: Gate,
) -> None:
    """SIGKILL in the middle of a refresh: the older clone is read on, and the sweep has the new one made."""
    newest = commit(source)
    github.inject(GIT_PATH, gate)
    live.refresh()
    assert gate.reached.wait(30)

    worker.kill()
    assert readme_of(committed, connected) == OLD
    github.reset()
    gate.opened.set()
    worker.start()

    look_now(connected)
    wait_until(lambda: GithubConnection.objects.filter(error_code="WORKER_LOST").exists())
    assert readme_of(committed, connected) == OLD
    look_now(connected)
    cloned_commit(shop, newest)
    assert readme_of(committed, connected) == NEW


def look_now(connection: GithubConnection) -> Any:
    """Have the sweep look at the connection without the wait for a silent worker."""
    Deadline.objects.filter(pk=connection.pk).update(due_at=timezone.now())
    return app.send_task("github_connections.tasks.recover_connections")
