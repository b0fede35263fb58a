"""Asking again: every GET of the API has an ETag, and what the caller has already is not sent again."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conftest import ApiAs, World
from github_connections.models import GithubConnection
from github_connections.tests.analysed_rows import make_analysed
from github_connections.tests.connection_rows import clone_root as clone_root
from github_connections.tests.connection_rows import lay_clone
from qualisys.projects.models import Project
from qualisys.projects.roles import Role
from qualisys.tests.endpoints import Endpoint, protected_endpoints
from qualisys.webhooks.services import create_webhook

# A stream is not kept, and has no ETag.
GETS = [endpoint for endpoint in protected_endpoints() if endpoint.method == "GET" and endpoint.name != "github-events"]


@pytest.fixture
def connected(project: Project, clone_root: Any) -> GithubConnection:
    """Everything that can be looked at is there."""
    made = make_analysed(project, clone_path="on disk")
    (lay_clone(made.pk) / "README.md").touch()
    return made


@pytest.mark.parametrize("endpoint", GETS, ids=str)
def test_what_is_known_is_not_sent_again(
    world: World, project: Project, connected: GithubConnection, api_as: ApiAs, endpoint: Endpoint
) -> None:
    """With the ETag of the last answer there is no body, and the database is asked no more than before."""
    webhook, _ = create_webhook(project.pk, actor_id=world.acme_owner.pk, url="https://a.example", events=[])
    path = endpoint.path(project_id=project.pk, webhook_id=webhook.pk, path="README.md")
    client = api_as(world.acme_owner)
    with CaptureQueriesContext(connection) as first:
        answer = client.get(path)
    assert answer.status_code == 200, answer.content
    assert answer.headers["Cache-Control"] == "private, no-cache"

    with CaptureQueriesContext(connection) as second:
        again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})

    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", answer.headers["ETag"])
    assert len(second) <= len(first)
    assert client.get(path, headers={"If-None-Match": '"another"'}).content == answer.content


def test_a_change_is_sent(world: World, project: Project, connected: GithubConnection, api_as: ApiAs) -> None:
    """The next answer after a change comes whole, with an ETag of its own."""
    client = api_as(world.acme_owner)
    path = f"/api/v1/projects/{project.pk}/github"
    etag = client.get(path).headers["ETag"]
    GithubConnection.objects.filter(pk=connected.pk).update(
        progress_percent=50, progress_stage="receiving", status="cloning"
    )

    answer = client.get(path, headers={"If-None-Match": etag})

    assert (answer.status_code, answer.json()["progress"]["percent"]) == (200, 50)
    assert answer.headers["ETag"] != etag


def test_an_etag_opens_nothing(world: World, project: Project, connected: GithubConnection, api_as: ApiAs) -> None:
    """Who may not look is refused, whatever ETag she sends."""
    path = f"/api/v1/projects/{project.pk}/github"
    etag = api_as(world.acme_owner).get(path).headers["ETag"]
    answers = [
        api_as(person).get(path, headers={"If-None-Match": etag})
        for person in (None, world.teammate, world.by_role[Role.VIEWER])
    ]
    assert [answer.status_code for answer in answers] == [401, 404, 403]
    assert not any("ETag" in answer.headers for answer in answers)


@pytest.mark.parametrize("address", ["", "/tree", "/files/README.md"])
def test_another_state_than_the_one_wanted_is_412(
    world: World, project: Project, connected: GithubConnection, api_as: ApiAs, address: str
) -> None:
    """Who wants an answer only if it is a certain one is told that it is not, as any error is told."""
    path = f"/api/v1/projects/{project.pk}/github{address}"
    client = api_as(world.acme_owner)
    answer = client.get(path, headers={"If-Match": '"another"'})
    assert (answer.status_code, answer.json()["error"]) == (412, "PRECONDITION_FAILED")
    assert client.get(path, headers={"If-Match": client.get(path).headers["ETag"]}).status_code == 200


def test_pages_are_left_alone(world: World, acme_admin_site: Any) -> None:
    """The admin's pages have rules of their own."""
    assert "ETag" not in acme_admin_site.get("/admin/").headers
