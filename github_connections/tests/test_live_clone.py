"""The main job on real parts: the API, a Celery worker in its own process, git over HTTP."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection as database
from django.utils import timezone

from conftest import ApiAs, World
from github_connections import workspace
from github_connections.tests.conftest import (
    PAT,
    URL,
    clone_directories,
    connect,
    disconnect,
    git,
    make_repository,
    wait_for_status,
)
from qualisys.dev import faults
from qualisys.dev.live_service import Worker
from qualisys.dev.loopback_github import LoopbackGitHub
from qualisys.projects.models import Project


def test_clone_success(worker: Worker, committed: World, shop: Project, api_as: ApiAs) -> None:
    """A repository posted to the API is cloned in the background and stays for seven days."""
    api = api_as(committed.acme_owner)
    path = f"/api/v1/projects/{shop.pk}/github"
    assert api.post(path, {"repo_url": f"{URL}.git", "pat": PAT}, format="json").json()["status"] == "pending"

    connection = wait_for_status(shop, "analyzed")

    lies_at = workspace.checkout_path(committed.acme.pk, connection.pk)
    assert lies_at == Path(settings.CLONE_ROOT) / str(committed.acme.pk) / "repos" / str(connection.pk)
    assert connection.clone_path == str(lies_at)
    assert (lies_at / "shop/views.py").read_text() == "def index(): ...\n"
    assert git(lies_at, "rev-list", "--count", "HEAD") == "1"
    assert connection.commit_sha == git(lies_at, "rev-parse", "HEAD")
    assert connection.size_bytes > 0
    assert abs(connection.expires_at - timezone.now() - timedelta(days=7)) < timedelta(minutes=1)
    shown = api.get(path).json()
    assert (shown["status"], shown["branch"], shown["progress"]) == ("analyzed", "main", None)
    disconnect(committed, shop)
    assert clone_directories() == []


def test_clone_takes_one_commit_of_the_branch_that_was_asked_for(
    worker: Worker, committed: World, shop: Project, github: LoopbackGitHub, tmp_path: Path
) -> None:
    """A depth-1 clone of a chosen branch brings neither its history, nor other branches, nor tags."""
    source = make_repository(tmp_path / "branched")
    git(source, "checkout", "--quiet", "-b", "release/1.0")
    git(source, "commit", "--quiet", "--allow-empty", "--message", "Second")
    git(source, "tag", "v1")
    github.add_repository("acme/branched", source, default_branch="main")
    connect(committed, shop, repo_url="https://github.com/acme/branched", branch="release/1.0")

    connection = wait_for_status(shop, "analyzed")

    lies_at = workspace.checkout_path(committed.acme.pk, connection.pk)
    assert connection.commit_sha == git(source, "rev-parse", "release/1.0")
    refs = git(lies_at, "for-each-ref", "--format=%(refname)", "refs/tags", "refs/remotes").split()
    assert refs == ["refs/remotes/origin/HEAD", "refs/remotes/origin/release/1.0"]
    assert (lies_at / ".git/shallow").read_text().strip() == connection.commit_sha
    disconnect(committed, shop)


@pytest.mark.parametrize(
    ("break_it", "code"),
    [
        (lambda github: github.revoke_token(PAT), "INVALID_TOKEN"),
        (lambda github: github.add_token(PAT, permissions={"metadata"}), "MISSING_PERMISSION"),
        (lambda github: github.add_token(PAT, repositories=[]), "REPOSITORY_NOT_FOUND"),
        (lambda github: github.inject("/acme/shop.git", faults.redirect("http://127.0.0.1:1")), "REPOSITORY_MOVED"),
    ],
)
def test_clone_failure(
    committed: World, shop: Project, github: LoopbackGitHub, worker: Worker, break_it, code: str
) -> None:
    """A clone that GitHub refuses for good ends failed at once, says why, and leaves nothing."""
    with database.execute_wrapper(_before_commit_of_connect(lambda: break_it(github))):
        connect(committed, shop)

    connection = wait_for_status(shop, "failed", "analyzed")

    assert (connection.status, connection.error_code) == ("failed", code)
    assert connection.error_message.endswith(".")
    assert connection.attempts == 1
    assert PAT not in connection.error_message
    assert clone_directories() == []


def _before_commit_of_connect(act):
    """Act between GitHub's yes and the worker's clone: when the row is written."""

    def wrapper(execute, sql, params, many, context):
        if sql.startswith('INSERT INTO "github_connections"'):
            act()
        return execute(sql, params, many, context)

    return wrapper
