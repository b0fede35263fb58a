"""Malformed fields of projects and members are named, and nothing is made of them."""

import json
from typing import Any

import pytest
from rest_framework.response import Response
from rest_framework.test import APIClient

from conftest import ApiAs, World
from qualisys.projects.models import Project, ProjectMember
from qualisys.projects.roles import Role
from qualisys.tests.malformed import BLANK, MALFORMED_TEXT, MISSING, with_field

PROJECT = {"name": "Bank", "description": "The bank."}
MEMBER = {"email": "teammate@acme.example", "role": "viewer"}
WRONG_ROLES = {"unknown": "boss", "another case": "Viewer", "label": "QA (manual)", "number": 0, "false": False}
CASES = [
    *(("name", *case) for case in {**MALFORMED_TEXT, **BLANK, "over-long": "x" * 101}.items()),
    *(("description", *case) for case in {**MALFORMED_TEXT, "over-long": "x" * 2001}.items() if case[0] != "missing"),
    *(("email", *case) for case in {**MALFORMED_TEXT, **BLANK, "over-long": "x" * 255}.items()),
    *(("role", *case) for case in {**MALFORMED_TEXT, **BLANK, **WRONG_ROLES}.items()),
]
TO_CREATE = [pytest.param(field, value, id=f"{field}-{name}") for field, name, value in CASES]
# A change may leave a field out, and has no address in it.
TO_CHANGE = [
    pytest.param(field, value, id=f"{field}-{name}")
    for field, name, value in CASES
    if field != "email" and (field == "role" or value is not MISSING)
]


def send(client: APIClient, method: str, path: str, body: dict[str, Any]) -> Response:
    client.raise_request_exception = False
    return client.generic(method, f"/api/v1/projects{path}", json.dumps(body), "application/json")


def assert_field_is_named(answer: Response, field: str) -> None:
    assert answer.status_code == 400, answer.content
    assert answer.json()["error"] == "VALIDATION_ERROR"
    assert list(answer.json()["details"]["fields"]) == [field]
    assert all(answer.json()["details"]["fields"][field])
    assert field in answer.json()["message"]


@pytest.mark.parametrize(("field", "value"), TO_CREATE)
def test_nothing_is_made_of_a_malformed_field(
    world: World, project: Project, api_as: ApiAs, field: str, value: Any
) -> None:
    """POST names the field that is wrong and makes neither project nor member."""
    path, body = ("", PROJECT) if field in PROJECT else (f"/{project.pk}/members", MEMBER)

    answer = send(api_as(world.acme_owner), "POST", path, with_field(body, field, value))

    assert_field_is_named(answer, field)
    assert Project.objects.count() == 1
    assert ProjectMember.objects.count() == len(Role)


@pytest.mark.parametrize(("field", "value"), TO_CHANGE)
def test_nothing_is_changed_by_a_malformed_field(
    world: World, project: Project, api_as: ApiAs, field: str, value: Any
) -> None:
    """PATCH names the field that is wrong and leaves the others, right ones among them, as they were."""
    viewer = world.by_role[Role.VIEWER]
    path, body = (f"/{project.pk}", PROJECT) if field in PROJECT else (f"/{project.pk}/members/{viewer.pk}", {})

    answer = send(api_as(world.acme_owner), "PATCH", path, with_field({**body, field: None}, field, value))

    assert_field_is_named(answer, field)
    project.refresh_from_db()
    assert (project.name, project.description) == ("Shop", "")
    assert project.members.get(user=viewer).role == Role.VIEWER


def test_all_wrong_fields_are_named_at_once(world: World, project: Project, api_as: ApiAs) -> None:
    """A person mends a request in one go."""
    answer = send(api_as(world.acme_owner), "POST", f"/{project.pk}/members", {})
    assert set(answer.json()["details"]["fields"]) == {"email", "role"}
    assert answer.json()["message"] == "Correct these fields and try again: email, role."


def test_a_wrong_role_is_answered_with_the_right_ones(world: World, project: Project, api_as: ApiAs) -> None:
    """One who does not know the roles by heart gets their list."""
    answer = send(api_as(world.acme_owner), "POST", f"/{project.pk}/members", {**MEMBER, "role": "boss"})
    assert answer.json()["details"]["fields"]["role"] == [f"Use one of: {', '.join(Role.values)}."]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "x" * 100),
        ("name", "Ünïcödé 店 🛒"),
        ("name", "'; DROP TABLE projects; --"),
        ("description", ""),
        ("description", "x" * 2000),
        ("description", "two\nlines"),
    ],
)
def test_whatever_is_text_is_kept_as_it_is(world: World, api_as: ApiAs, field: str, value: str) -> None:
    """The longest text, any letters and an empty description are taken, and come back the same."""
    answer = send(api_as(world.acme_owner), "POST", "", {**PROJECT, field: value})
    assert answer.status_code == 201, answer.content
    shown = api_as(world.acme_owner).get(f"/api/v1/projects/{answer.json()['id']}")
    assert shown.json()[field] == value
