"""GET and DELETE /projects/{id}/github."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from conftest import World, make_project
from github_connections import workspace
from github_connections.history import Event, history_of_project
from github_connections.models import GithubConnection
from github_connections.states import Status
from github_connections.tests.connection_api import ConnectionApi, assert_refused, assert_token_free
from github_connections.tests.connection_rows import (
    deadline_of,
    everything_below,
    make_cloned,
    make_cloning,
    make_connection,
)
from github_connections.tests.fake_github import FakeGitHub
from qualisys.projects.models import Project
from qualisys.projects.roles import Role

NO_CONNECTION = (404, "CONNECTION_NOT_FOUND")


def values_in(document: Any) -> Iterator[str]:
    """Yield every key and every value of a JSON document as text."""
    if isinstance(document, dict):
        for key, value in document.items():
            yield key
            yield from values_in(value)
    elif isinstance(document, list):
        for value in document:
            yield from values_in(value)
    else:
        yield str(document)


def test_get_200(api: ConnectionApi, project: Project, clone_root: Path) -> None:
    """A cloned connection is shown with what is known of it."""
    made = make_cloned(
        project,
        Status.ANALYZED,
        expires_in=timedelta(days=7),
        commit_sha="c" * 40,
        size_bytes=4096,
        routes_count=3,
        components_count=2,
        endpoints_count=1,
        analysis_summary={"framework": "django"},
        token_expires_at=datetime(2027, 10, 12, 9, tzinfo=UTC),
    )
    answer = api.get()
    assert answer.status_code == 200
    shown = answer.json()
    assert (shown["id"], shown["project_id"]) == (str(made.pk), str(project.pk))
    assert (shown["status"], shown["progress"], shown["error_code"]) == ("analyzed", None, "")
    assert (shown["commit_sha"], shown["size_bytes"]) == ("c" * 40, 4096)
    assert (shown["routes_count"], shown["components_count"], shown["endpoints_count"]) == (3, 2, 1)
    assert shown["analysis_summary"] == {"framework": "django"}
    assert shown["token_expires_at"] == "2027-10-12T09:00:00Z"
    assert datetime.fromisoformat(shown["expires_at"]) == made.expires_at


def test_get_shows_nothing_that_is_secret(api: ConnectionApi, project: Project, clone_root: Path) -> None:
    """Neither the token, nor its cipher text, nor the directory, nor the attempt is anywhere in the answer."""
    made = make_cloned(project, attempt_id=uuid4())
    shown = list(values_in(api.get().json()))
    assert_token_free(" ".join(shown))
    for secret in (made.encrypted_token, made.encrypted_token.partition(":")[2], str(clone_root), str(made.attempt_id)):
        assert not [value for value in shown if secret in value]
    assert not {"pat", "token", "encrypted_token", "clone_path", "attempt_id", "github_id"} & set(shown)


def test_get_shows_progress_while_cloning(api: ConnectionApi, project: Project) -> None:
    """While git works, its stage and per cent are shown."""
    make_cloning(project, progress_stage="receiving", progress_percent=41, received_bytes=1024)
    assert api.get().json()["progress"] == {"stage": "receiving", "percent": 41, "received_bytes": 1024}


def test_get_shows_why_a_clone_failed(api: ConnectionApi, project: Project) -> None:
    """A failed connection is still shown, with a code and a sentence."""
    make_connection(project, Status.FAILED, error_code="NETWORK", error_message="The connection failed.")
    shown = api.get().json()
    assert (shown["status"], shown["error_code"], shown["error_message"]) == (
        *("failed", "NETWORK"),
        "The connection failed.",
    )


def test_get_costs_two_statements(api: ConnectionApi, project: Project) -> None:
    """Role and connection are asked for with one statement each; the choice of the schema comes on top."""
    make_connection(project)
    api.get()  # the host's tenant is known from now on
    with CaptureQueriesContext(database) as asked:
        assert api.get().status_code == 200
    statements = [query["sql"] for query in asked if not query["sql"].startswith("SET search_path")]
    assert len(statements) == 2, statements


@pytest.mark.parametrize("method", ["get", "refresh", "delete"])
def test_project_without_a_connection(method: str, api: ConnectionApi) -> None:
    """Where nothing is connected there is nothing to show, to fetch again or to disconnect."""
    assert_refused(getattr(api, method)(), *NO_CONNECTION)


def test_nothing_to_change_without_a_connection(api: ConnectionApi) -> None:
    """Nor is there a branch to choose."""
    assert_refused(api.patch(branch="next"), *NO_CONNECTION)


@pytest.mark.parametrize("status", list(Status))
def test_delete_204(status: str, api: ConnectionApi, project: Project, clone_root: Path) -> None:
    """Whatever its status, a connection is removed with its directory and its deadline, and is gone."""
    made = make_cloned(project, status)
    answer = api.delete()
    assert (answer.status_code, answer.content) == (204, b"")
    assert everything_below(clone_root) == []
    assert deadline_of(made.pk) is None
    assert not GithubConnection.objects.exists()
    assert_refused(api.get(), *NO_CONNECTION)
    assert_refused(api.delete(), *NO_CONNECTION)


def test_delete_leaves_other_projects_alone(
    api: ConnectionApi, project: Project, world: World, clone_root: Path
) -> None:
    """Another project's connection and clone stay as they are."""
    make_cloned(project)
    other = make_cloned(make_project(world, "Other"))
    api.delete()
    assert list(GithubConnection.objects.all()) == [other]
    assert everything_below(clone_root) == [f"repos/{other.pk}"]
    assert deadline_of(other.pk) is not None


def test_delete_makes_room_for_another(
    api: ConnectionApi, project: Project, fake_github: FakeGitHub, clone_root: Path
) -> None:
    """After a disconnect the project can be connected again."""
    make_cloned(project)
    fake_github.agrees()
    assert (api.delete().status_code, api.post().status_code) == (204, 201)


def test_delete_is_written_down(api: ConnectionApi, world: World, project: Project, clone_root: Path) -> None:
    """Who disconnected, and what was removed, stays in the history."""
    make_cloned(project, size_bytes=4096)
    api.delete()
    entry = history_of_project(project.pk).get()
    assert entry.actor == world.by_role[Role.QA_AUTOMATION]
    assert entry.additional_data["event"] == Event.DISCONNECTED
    assert entry.additional_data["removed"] == {"token": True, "directory": True, "bytes": 4096}


def test_receipt_of_what_was_never_cloned(api: ConnectionApi, project: Project, clone_root: Path) -> None:
    """Where there was no clone, the receipt names none, and no bytes of an earlier one."""
    make_connection(project, Status.EXPIRED, size_bytes=4096)
    api.delete()
    receipt = history_of_project(project.pk).get().additional_data["removed"]
    assert receipt == {"token": True, "directory": False, "bytes": 0}


def test_directory_that_cannot_be_removed_keeps_the_row(
    api: ConnectionApi, project: Project, clone_root: Path, world: World
) -> None:
    """A disconnect that would leave the clone behind is answered with 503, and the connection stays."""
    made = make_cloned(project)
    obstacle = clone_root / str(world.acme.pk) / workspace.INCOMING
    obstacle.write_text("A file where a directory should be.")
    assert_refused(api.delete(), 503, "CLONE_NOT_REMOVED")
    assert GithubConnection.objects.get() == made
    assert deadline_of(made.pk) is not None
    assert (workspace.checkout_path(world.acme.pk, made.pk) / "shop/views.py").exists()
    obstacle.unlink()
    assert api.delete().status_code == 204
    assert everything_below(clone_root) == []
