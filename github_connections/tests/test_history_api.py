"""GET /projects/{id}/github/history: who did what when, also with a connection that is gone."""

from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection as database
from django.utils import timezone

from conftest import ApiAs, World, make_project
from github_connections.history import Event, history_of_project, record
from github_connections.models import GithubConnection
from github_connections.states import Status
from github_connections.tests.connection_api import ConnectionApi, assert_refused, assert_token_free
from github_connections.tests.connection_rows import make_cloned, make_connection
from github_connections.tests.fake_github import FakeGitHub
from qualisys.projects.models import Project
from qualisys.projects.roles import Role


def come_to_rest() -> None:
    """End what is under way, so that something else may be asked for."""
    GithubConnection.objects.update(status=Status.FAILED)


def test_life_of_a_connection_is_told_when_it_is_over(
    api: ConnectionApi, world: World, project: Project, fake_github: FakeGitHub, clone_root: Path
) -> None:
    """Connected, refreshed, changed and disconnected: all of it, by whom, with the receipt, and no token."""
    person = world.by_role[Role.QA_AUTOMATION]
    fake_github.agrees()
    connection_id = api.post().json()["id"]
    come_to_rest()
    api.refresh()
    come_to_rest()
    api.patch(branch="next", pat="ghp_" + "AnotherToken0123456789abcdefghijklmno")
    api.delete()
    answer = api.history()
    assert answer.status_code == 200
    page = answer.json()
    assert (page["count"], page["next"], page["previous"]) == (5, None, None)
    told = page["results"]
    assert [entry["event"] for entry in reversed(told)] == [
        *("connected", "refreshed", "token_rotated", "branch_changed", "disconnected"),
    ]
    actor = {"id": str(person.pk), "email": person.email, "name": person.name}
    for entry in told:
        assert entry["actor"] == actor
        assert (entry["connection_id"], entry["repository"]) == (connection_id, "o/r")
        assert timezone.now() > datetime.fromisoformat(entry["at"])
    assert told[0]["details"] == {"removed": {"token": True, "directory": False, "bytes": 0}}
    assert told[1]["details"] == {"before": "main", "after": "next"}
    assert_token_free(answer.content.decode())
    assert "AnotherToken" not in answer.content.decode()


def test_what_the_service_did_has_no_actor(api: ConnectionApi, project: Project) -> None:
    """What nobody asked for is put down to nobody, with its reason."""
    record(make_connection(project), Event.FAILED, attempt=2, code="DISK_FULL", message="No room.")
    (entry,) = api.history().json()["results"]
    assert entry["actor"] is None
    assert entry["details"] == {"attempt": 2, "code": "DISK_FULL", "message": "No room."}


@pytest.mark.parametrize(
    ("asked", "found"),
    [({"limit": 2}, [4, 3]), ({"limit": 2, "offset": 2}, [2, 1]), ({"offset": 4}, [0]), ({}, [4, 3, 2, 1, 0])],
)
def test_pages_of_history(asked: dict[str, int], found: list[int], api: ConnectionApi, project: Project) -> None:
    """The newest comes first, as many as are wanted."""
    made = make_connection(project)
    for attempt in range(5):
        record(made, Event.CLONING, attempt=attempt)
    page = api.history(**asked).json()
    assert page["count"] == 5
    assert [entry["details"]["attempt"] for entry in page["results"]] == found


def test_one_event_alone(api: ConnectionApi, project: Project) -> None:
    """Who looks for one thing gets that, by the page as well."""
    made = make_connection(project)
    for event in (Event.CONNECTED, Event.TOKEN_ROTATED, Event.CLONED, Event.TOKEN_ROTATED):
        record(made, event)
    page = api.history(event="token_rotated", limit=1).json()
    assert (page["count"], [entry["event"] for entry in page["results"]]) == (2, ["token_rotated"])
    assert "event=token_rotated" in page["next"]
    assert api.history(event="expired").json()["results"] == []


def test_event_that_there_is_not(api: ConnectionApi) -> None:
    """A misspelt event is not an empty list."""
    assert_refused(api.history(event="rotated"), 400, "VALIDATION_ERROR")


def test_history_of_another_project_is_not_told(api: ConnectionApi, world: World, project: Project) -> None:
    """Each project has its own; one that was never connected has none."""
    record(make_connection(make_project(world, "Other")), Event.CONNECTED)
    assert api.history().json()["results"] == []


@pytest.mark.parametrize("parameters", [{"limit": "-1"}, {"offset": "x"}])
def test_a_page_that_cannot_be_is_refused(parameters: dict[str, str], api: ConnectionApi, project: Project) -> None:
    """As in the other lists."""
    record(make_connection(project), Event.CONNECTED)
    assert api.history(**parameters).json()["details"]["fields"].keys() == parameters.keys()


def test_role_that_may_not_look_at_the_connection_may_not_read_its_past(
    world: World, project: Project, api_as: ApiAs
) -> None:
    """The history is for those who may look at the connection."""
    record(make_connection(project), Event.CONNECTED)
    client = api_as(world.by_role[Role.VIEWER])
    answer = client.get(f"/api/v1/projects/{project.pk}/github/history")
    assert_refused(answer, 403, "INSUFFICIENT_ROLE")


def test_a_page_is_read_by_the_index(project: Project) -> None:
    """Whatever else a tenant's log holds, a page of one project's history is found without reading it all."""
    with database.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = history_of_project(project.pk)[:50].explain()
    assert "auditlog_logentry_project_history" in plan
    assert "Sort" not in plan


def test_receipt_names_what_lay_on_disk(api: ConnectionApi, project: Project, clone_root: Path) -> None:
    """The bytes of the clone that was removed are in the receipt."""
    make_cloned(project, Status.ANALYZED, size_bytes=512278)
    api.delete()
    (entry,) = api.history().json()["results"]
    assert entry["details"]["removed"] == {"token": True, "directory": True, "bytes": 512278}
