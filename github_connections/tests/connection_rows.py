"""Connections and clones as they are found in the middle of their life."""

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from github_connections import workspace
from github_connections.deadlines import EXPIRY
from github_connections.models import GithubConnection
from github_connections.states import Status
from github_connections.tests.fake_github import PAT, URL
from qualisys.encryption import encrypt
from qualisys.projects.models import Project
from qualisys.tenancy.context import current_tenant
from qualisys.tenancy.deadlines import set_deadline
from qualisys.tenancy.models import Deadline

LONG_AGO = timedelta(days=-1)


@pytest.fixture
def clone_root(settings: Any, tmp_path: Path) -> Path:
    """A directory of this test's own for clones, still empty."""
    settings.CLONE_ROOT = tmp_path / "clones"
    settings.CLONE_ROOT.mkdir()
    return settings.CLONE_ROOT


def make_connection(project: Project, status: str = Status.PENDING, **fields: Any) -> GithubConnection:
    """Make a connection in this status, without a clone and without a deadline."""
    values = {
        "repo_url": URL,
        "github_id": 7,
        "branch": "main",
        "encrypted_token": encrypt(PAT),
        "created_by_id": project.created_by_id,
    }
    return GithubConnection.objects.create(project=project, status=status, **{**values, **fields})


def make_cloned(
    project: Project, status: str = Status.CLONED, *, expires_in: timedelta = LONG_AGO, **fields: Any
) -> GithubConnection:
    """Make a connection with a clone on disk that is due to be removed at its time."""
    connection = make_connection(project, status, expires_at=timezone.now() + expires_in, **fields)
    directory = lay_clone(connection.pk)
    GithubConnection.objects.filter(pk=connection.pk).update(clone_path=str(directory))
    set_deadline(connection.pk, EXPIRY, connection.expires_at)
    connection.refresh_from_db()
    return connection


def make_cloning(project: Project, *, attempts: int = 1, **fields: Any) -> GithubConnection:
    """Make a connection that a worker has claimed."""
    return make_connection(project, Status.CLONING, attempt_id=uuid.uuid4(), attempts=attempts, **fields)


def lay_clone(connection_id: uuid.UUID) -> Path:
    """Put a small checkout where the connection's clone lies."""
    directory = workspace.checkout_path(current_tenant().pk, connection_id)
    (directory / "shop").mkdir(parents=True)
    (directory / "shop/views.py").write_text("def index(): ...\n")
    return directory


def deadline_of(connection_id: uuid.UUID) -> Deadline | None:
    """Return when the connection is looked at again, if it is."""
    return Deadline.objects.filter(pk=connection_id).first()


def everything_below(root: Path) -> list[str]:
    """Return what lies in the directories of clones, complete or not, as `part/name`."""
    return sorted(str(path.relative_to(path.parent.parent)) for path in root.glob("*/*/*"))
