"""POST /projects/{id}/github."""

import pytest
import responses

from conftest import ApiAs, World
from github_connections.models import GithubConnection
from qualisys.projects.models import Project
from qualisys.projects.roles import Role


@pytest.fixture
def github_says_yes():
    with responses.RequestsMock() as wire:
        wire.get("https://api.github.com/repos/o/r", json={"id": 7, "full_name": "o/r", "default_branch": "main", "size": 1, "disabled": False})
        wire.get("https://api.github.com/repos/o/r/commits", json=[{"sha": "0" * 40}])
        yield wire


def test_connect_answers_201(world: World, project: Project, api_as: ApiAs, github_says_yes) -> None:
    """A member who may connects a repository and is answered at once."""
    answer = api_as(world.by_role[Role.QA_AUTOMATION]).post(
        f"/api/v1/projects/{project.pk}/github", {"repo_url": "https://github.com/o/r", "pat": "ghp_x"}, format="json"
    )
    assert answer.status_code == 201, answer.content
    assert answer.json()["status"] == "pending"
    assert GithubConnection.objects.count() == 1
