"""Asking the API about the connection of a project, and what every refusal has in common."""

from dataclasses import dataclass
from typing import Any

import pytest
from rest_framework.test import APIClient

from conftest import ApiAs, World
from github_connections.models import GithubConnection
from github_connections.tests.fake_github import PAT, URL
from qualisys.projects.models import Project
from qualisys.projects.roles import Role
from qualisys.redaction import forms


def path_of(project_id: object) -> str:
    """Return the address of a project's connection."""
    return f"/api/v1/projects/{project_id}/github"


@dataclass
class ConnectionApi:
    """The calls, by one person about one project."""

    client: APIClient
    path: str

    def post(self, repo_url: object = URL, pat: object = PAT, **fields: Any) -> Any:
        return self.client.post(self.path, {"repo_url": repo_url, "pat": pat, **fields}, format="json")

    def get(self) -> Any:
        return self.client.get(self.path)

    def patch(self, **fields: Any) -> Any:
        return self.client.patch(self.path, fields, format="json")

    def refresh(self) -> Any:
        return self.client.post(f"{self.path}/refresh")

    def history(self, **parameters: Any) -> Any:
        return self.client.get(f"{self.path}/history", parameters)

    def delete(self) -> Any:
        return self.client.delete(self.path)


@pytest.fixture
def api(world: World, project: Project, api_as: ApiAs) -> ConnectionApi:
    """The project's connection, as a QA automation engineer asks for it."""
    return ConnectionApi(api_as(world.by_role[Role.QA_AUTOMATION]), path_of(project.pk))


def assert_refused(answer: Any, status: int, error: str, **details: Any) -> None:
    """The answer has the form of every error, these details, and no trace of the token."""
    body = answer.json()
    assert (answer.status_code, body["error"]) == (status, error), answer.content
    assert set(body) == {"error", "message", "details"}
    assert {name: body["details"].get(name) for name in details} == details
    assert_is_a_sentence(body["message"])
    assert_token_free(answer.content.decode())


def assert_is_a_sentence(message: str) -> None:
    """The message begins and ends like something said to a person."""
    assert message[0].isupper()
    assert message.rstrip("/").endswith((".", "owner/name"))
    assert " " in message


def assert_token_free(text: str) -> None:
    """The token is not there, in none of the ways in which tokens are written down."""
    assert [form for form in forms(PAT) if form in text] == []


def assert_no_row() -> None:
    """Nothing was stored."""
    assert not GithubConnection.objects.exists()
