"""What a person asks for, and what reaches the workers of it: ids, after the commit, in the right tenant."""

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection as database
from django.db import transaction
from django.utils import timezone
from django_tenants.utils import tenant_context

from conftest import World, make_project
from github_connections import services, workspace
from github_connections.deadlines import RECOVERY
from github_connections.errors import CloneNotRemoved, ConnectionBusy, ConnectionNotFound
from github_connections.history import Event, history_of_project
from github_connections.models import GithubConnection
from github_connections.states import ON_DISK, Status
from github_connections.tests.connection_api import assert_token_free
from github_connections.tests.connection_rows import (
    deadline_of,
    everything_below,
    make_cloned,
    make_connection,
)
from github_connections.tests.fake_github import PAT, URL, FakeGitHub
from github_connections.tests.redis_commands import Commands, clone_messages
from qualisys.projects.models import Project
from qualisys.projects.services import delete_project

NOT_ON_DISK = sorted(set(Status) - ON_DISK)


def connect(project: Project) -> GithubConnection:
    """Connect the project as the one who made it."""
    return services.connect(project.pk, actor_id=project.created_by_id, repo_url=URL, pat=PAT)


def events_of(project: Project) -> list[str]:
    """Return what happened to the project's connections, the newest first."""
    return [entry.additional_data["event"] for entry in history_of_project(project.pk)]


def test_workers_are_told_the_id_and_the_tenant_and_nothing_else(
    project: Project,
    fake_github: FakeGitHub,
    redis_commands: Commands,
    django_capture_on_commit_callbacks: Any,
) -> None:
    """One message goes to the queue of clones: it names the connection and the schema, and no token goes to Redis."""
    fake_github.agrees()
    with django_capture_on_commit_callbacks(execute=True):
        made = connect(project)
    commands = redis_commands()
    (message,) = clone_messages(commands)
    assert message["headers"]["task"] == "github_connections.tasks.clone_repository"
    assert message["headers"]["_schema_name"] == "acme"
    arguments, keywords, _ = message["body"]
    assert (arguments, keywords) == ([str(made.pk)], {})
    assert_token_free("\n".join(commands))
    assert made.encrypted_token not in "\n".join(commands)


def test_nothing_is_sent_before_the_commit(
    project: Project, fake_github: FakeGitHub, redis_commands: Commands, django_capture_on_commit_callbacks: Any
) -> None:
    """A worker does not hear of a row that it could not yet see."""
    fake_github.agrees()
    with django_capture_on_commit_callbacks() as callbacks:
        connect(project)
    assert len(callbacks) == 1
    assert clone_messages(redis_commands()) == []


def test_nothing_is_sent_where_nothing_is_committed(
    project: Project, fake_github: FakeGitHub, django_capture_on_commit_callbacks: Any
) -> None:
    """A connection that is rolled back is not cloned."""
    fake_github.agrees()
    with django_capture_on_commit_callbacks() as callbacks, transaction.atomic():
        connect(project)
        transaction.set_rollback(True)
    assert callbacks == []


def test_message_names_the_tenant_that_asked(
    project: Project,
    world: World,
    fake_github: FakeGitHub,
    redis_commands: Commands,
    django_capture_on_commit_callbacks: Any,
) -> None:
    """Whatever schema is chosen at the moment of the commit, the message names the one of the row."""
    fake_github.agrees()
    with django_capture_on_commit_callbacks(execute=True):
        connect(project)
        database.set_tenant(world.globex)
    (message,) = clone_messages(redis_commands())
    assert message["headers"]["_schema_name"] == "acme"


def test_connection_that_nobody_claims_is_looked_at_again(project: Project, fake_github: FakeGitHub) -> None:
    """With the row there is a deadline, in case the message is lost."""
    fake_github.agrees()
    deadline = deadline_of(connect(project).pk)
    assert deadline.kind == RECOVERY
    assert timedelta(0) < deadline.due_at - timezone.now() < timedelta(minutes=5)


@pytest.mark.parametrize("status", [Status.FAILED, Status.EXPIRED])
def test_superseded_connection_leaves_its_history_and_nothing_else(
    status: str, project: Project, fake_github: FakeGitHub, clone_root: Path
) -> None:
    """Row, deadline and an older clone of an ended connection go; what happened to it stays known."""
    ended = make_cloned(project, status)
    fake_github.agrees()
    made = connect(project)
    assert list(GithubConnection.objects.all()) == [made]
    assert deadline_of(ended.pk) is None
    assert everything_below(clone_root) == []
    assert events_of(project) == [Event.CONNECTED, Event.SUPERSEDED]


def test_connection_that_cannot_be_cleared_away_is_not_superseded(
    project: Project, fake_github: FakeGitHub, clone_root: Path, world: World
) -> None:
    """Where an older clone cannot be removed, the ended connection stays and no new one is made."""
    ended = make_cloned(project, Status.FAILED)
    (clone_root / str(world.acme.pk) / workspace.INCOMING).write_text("A file where a directory should be.")
    fake_github.agrees()
    with pytest.raises(CloneNotRemoved):
        connect(project)
    assert list(GithubConnection.objects.all()) == [ended]
    assert events_of(project) == []


@pytest.mark.parametrize("status", sorted(ON_DISK))
def test_clone_is_expired_before_its_time(status: str, project: Project, clone_root: Path) -> None:
    """The clone goes at once, and it is known who wanted that."""
    made = make_cloned(project, status, expires_in=timedelta(days=3))
    services.expire_now(made.pk, actor_id=project.created_by_id)
    made.refresh_from_db()
    assert (made.status, made.clone_path) == (Status.EXPIRED, "")
    assert everything_below(clone_root) == []
    assert history_of_project(project.pk).get().actor == project.created_by


@pytest.mark.parametrize("status", NOT_ON_DISK)
def test_connection_without_a_clone_at_rest_is_not_expired(status: str, project: Project) -> None:
    """There must be a clone, and none under way, to be expired."""
    made = make_connection(project, status)
    with pytest.raises(ConnectionBusy):
        services.expire_now(made.pk, actor_id=project.created_by_id)
    made.refresh_from_db()
    assert made.status == status


def test_clone_that_cannot_be_removed_does_not_expire(project: Project, clone_root: Path, world: World) -> None:
    """The status says expired only after the directory is gone."""
    made = make_cloned(project)
    (clone_root / str(world.acme.pk) / workspace.INCOMING).write_text("A file where a directory should be.")
    with pytest.raises(CloneNotRemoved):
        services.expire_now(made.pk, actor_id=project.created_by_id)
    made.refresh_from_db()
    assert (made.status, made.clone_path != "") == (Status.CLONED, True)


def test_unknown_connection(world: World) -> None:
    """A connection that is gone, or of nobody, cannot be acted on."""
    with pytest.raises(ConnectionNotFound):
        services.expire_now(uuid.uuid4(), actor_id=world.acme_owner.pk)


def test_connection_of_another_tenant_is_unknown(project: Project, world: World, clone_root: Path) -> None:
    """From another tenant the id leads to nothing, and the connection stays as it is."""
    made = make_cloned(project)
    with tenant_context(world.globex), pytest.raises(ConnectionNotFound):
        services.expire_now(made.pk, actor_id=world.globex_owner.pk)
    made.refresh_from_db()
    assert made.status == Status.CLONED
    assert everything_below(clone_root) == [f"repos/{made.pk}"]


def test_project_of_another_tenant_has_no_connection(project: Project, world: World) -> None:
    """Nor does the id of the project."""
    make_connection(project)
    with tenant_context(world.globex):
        with pytest.raises(ConnectionNotFound):
            services.connection_of(project.pk)
        with pytest.raises(ConnectionNotFound):
            services.disconnect(project.pk, actor_id=world.globex_owner.pk)
    assert GithubConnection.objects.exists()


@pytest.mark.parametrize("status", list(Status))
def test_deleted_project_leaves_no_clone(status: str, project: Project, clone_root: Path) -> None:
    """With its project a connection is disconnected: row, directory and deadline go."""
    made = make_cloned(project, status)
    delete_project(project, actor_id=project.created_by_id)
    assert not GithubConnection.objects.exists()
    assert everything_below(clone_root) == []
    assert deadline_of(made.pk) is None


def test_project_with_an_immovable_clone_stays(project: Project, clone_root: Path, world: World) -> None:
    """A project whose clone cannot be removed is not deleted, so that nothing is forgotten on the disk."""
    make_cloned(project)
    (clone_root / str(world.acme.pk) / workspace.INCOMING).write_text("A file where a directory should be.")
    with pytest.raises(CloneNotRemoved):
        delete_project(project, actor_id=project.created_by_id)
    assert Project.objects.filter(pk=project.pk).exists()
    assert GithubConnection.objects.exists()


def test_project_without_a_connection_is_deleted(world: World) -> None:
    """There need not be a connection for a project to go."""
    project = make_project(world, "Bare")
    delete_project(project, actor_id=world.acme_owner.pk)
    assert not Project.objects.filter(name="Bare").exists()
