"""What the database itself holds to: defaults, indexes, constraints, and rows that stay in their tenant."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django_tenants.utils import tenant_context

from conftest import World, make_project
from github_connections.models import GithubConnection
from github_connections.states import LIVE, Status
from github_connections.tests.connection_rows import make_connection
from qualisys.encryption import encrypt
from qualisys.projects.models import Project

SETTLED = sorted(set(Status) - LIVE)


def definitions(query: str, table: str) -> dict[str, str]:
    """Return name and definition of what the catalogue says of a table of the present schema."""
    with connection.cursor() as cursor:
        cursor.execute(query, [table])
        return dict(cursor.fetchall())


def indexes_of(table: str) -> dict[str, str]:
    return definitions(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema AND tablename = %s", table
    )


def columns_of(table: str) -> dict[str, str]:
    return definitions(
        "SELECT column_name, udt_name FROM information_schema.columns"
        " WHERE table_schema = current_schema AND table_name = %s",
        table,
    )


@pytest.mark.parametrize("tenant", ["acme", "globex"])
def test_index_on_the_project_has_its_name(tenant: str, world: World) -> None:
    """Each tenant's table has the index on the project under the name that was agreed, in full length."""
    with tenant_context(getattr(world, tenant)):
        indexes = indexes_of("github_connections")
    assert indexes["idx_github_connections_project_id"].endswith("USING btree (project_id)")


def test_table_has_the_agreed_columns(world: World) -> None:
    """The columns and their kinds are those that were agreed, JSON as jsonb."""
    agreed = {
        "id": "uuid",
        "project_id": "uuid",
        "repo_url": "varchar",
        "encrypted_token": "text",
        "clone_path": "text",
        "status": "varchar",
        "routes_count": "int4",
        "components_count": "int4",
        "endpoints_count": "int4",
        "analysis_summary": "jsonb",
        "error_message": "text",
        "expires_at": "timestamptz",
        "created_by_id": "uuid",
        "created_at": "timestamptz",
        "updated_at": "timestamptz",
    }
    assert agreed.items() <= columns_of("github_connections").items()


def test_status_is_pending_by_default(project: Project) -> None:
    """A row that says nothing of its status waits to be cloned."""
    row = GithubConnection(
        project=project, repo_url="x", github_id=1, branch="main", created_by_id=project.created_by_id
    )
    row.save()
    row.refresh_from_db()
    assert row.status == "pending"
    assert (row.routes_count, row.components_count, row.endpoints_count, row.analysis_summary) == (0, 0, 0, {})


def violates(name: str) -> Any:
    """Expect the database to refuse what follows, by this constraint."""
    return pytest.raises(IntegrityError, match=name)


@pytest.mark.parametrize("second", sorted(LIVE))
@pytest.mark.parametrize("first", sorted(LIVE))
def test_one_live_connection_per_project(first: str, second: str, project: Project) -> None:
    """The database refuses a second live connection of a project, whatever the statuses of the two."""
    make_connection(project, first)
    with violates("github_connections_one_live_per_project"), transaction.atomic():
        make_connection(project, second)


@pytest.mark.parametrize("ended", SETTLED)
def test_ended_connections_do_not_count(ended: str, project: Project, world: World) -> None:
    """Beside ended connections, and beside another project's, there is room for one live one."""
    for _ in range(2):
        make_connection(project, ended)
    make_connection(project)
    make_connection(make_project(world, "Other"))
    assert GithubConnection.objects.live().count() == 2


def test_ended_connection_cannot_come_alive_beside_a_live_one(project: Project) -> None:
    """The constraint holds for a change of the status as well."""
    ended = make_connection(project, Status.FAILED)
    make_connection(project)
    with violates("github_connections_one_live_per_project"), transaction.atomic():
        GithubConnection.objects.filter(pk=ended.pk).move(Status.PENDING)


@pytest.mark.parametrize("status", ["", "Pending", "done", "cloned "])
def test_unknown_status_is_refused(status: str, project: Project) -> None:
    """The database knows the six statuses and no other."""
    with violates("github_connections_status_check"), transaction.atomic():
        make_connection(project, status)


def test_rows_of_one_tenant_are_not_in_another(project: Project, world: World) -> None:
    """Each tenant has a table of its own."""
    make_connection(project)
    assert GithubConnection.objects.count() == 1
    with tenant_context(world.globex):
        assert GithubConnection.objects.count() == 0


def test_person_who_connected_cannot_be_deleted(project: Project, world: World) -> None:
    """A user whom a row names stays, so that it is known who connected."""
    make_connection(project, created_by_id=world.teammate.pk)
    with pytest.raises(ProtectedError):
        world.teammate.delete()


def test_move_changes_the_time_of_the_last_change(project: Project) -> None:
    """A change of the status is a change of the row, though it is made by one statement."""
    made = make_connection(project)
    long_ago = made.updated_at - timedelta(days=1)
    GithubConnection.objects.filter(pk=made.pk).update(updated_at=long_ago)
    GithubConnection.objects.filter(pk=made.pk).move(Status.CLONING)
    made.refresh_from_db()
    assert made.updated_at > long_ago


def test_attempt_is_in_force_until_another_or_the_end(project: Project) -> None:
    """A worker finds its connection while its own attempt is cloning it, and not otherwise."""
    mine = make_connection(project, Status.CLONING)
    attempt = GithubConnection.objects.of_attempt(mine)
    assert attempt.exists()
    GithubConnection.objects.filter(pk=mine.pk).update(attempt_id=uuid.uuid4())
    assert not attempt.exists()
    mine.refresh_from_db()
    assert GithubConnection.objects.of_attempt(mine).move(Status.CLONED) == 1
    assert not GithubConnection.objects.of_attempt(mine).exists()


@pytest.mark.parametrize("url", ["https://github.com/o/r", "https://ghe.example.com/o/r", "http://127.0.0.1:8001/o/r"])
def test_full_name_is_owner_and_name(url: str) -> None:
    """A connection is called by what its address names, on whatever host."""
    row = GithubConnection(repo_url=url)
    assert (row.full_name, str(row)) == ("o/r", "o/r")


def test_token_is_not_in_what_a_row_shows_of_itself() -> None:
    """Neither the text nor the representation of a row has the token or its cipher text in it."""
    encrypted = encrypt("ghp_secret")
    row = GithubConnection(repo_url="https://github.com/o/r", encrypted_token=encrypted)
    assert not [part for part in ("ghp_secret", encrypted) if part in f"{row} {row!r}"]
