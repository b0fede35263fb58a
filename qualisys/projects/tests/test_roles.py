"""Who may do what in a project, tried with every role at every address."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from rest_framework.response import Response
from rest_framework.test import APIClient

from conftest import ApiAs, World
from qualisys.accounts.models import User
from qualisys.projects.models import Project
from qualisys.projects.roles import MAY, Action, Role, roles_that_may

# The agreement, written down a second time: a changed table must be changed on purpose.
AGREED = {
    "project.view": "owner admin pm-csm qa-manual qa-automation developer viewer",
    "project.change": "owner admin",
    "project.delete": "owner",
    "members.view": "owner admin pm-csm qa-manual qa-automation developer viewer",
    "members.manage": "owner admin",
    "github.connect": "owner admin qa-automation",
    "github.view": "owner admin qa-automation",
    "github.disconnect": "owner admin qa-automation",
    "source.read": "owner admin qa-automation",
    "webhooks.view": "owner admin qa-automation",
    "webhooks.manage": "owner admin",
}


@dataclass(frozen=True)
class Call:
    """One thing that somebody tries to do."""

    action: Action
    method: str
    path: str
    body: dict[str, str] | None
    success: int

    def by(self, client: APIClient, project: Project, world: World) -> Response:
        path = self.path.format(project=project.pk, member=world.by_role[Role.VIEWER].pk)
        return client.generic(self.method, f"/api/v1/projects/{path}", json.dumps(self.body), "application/json")


CALLS = [
    Call(Action.VIEW_PROJECT, "GET", "{project}", None, 200),
    Call(Action.CHANGE_PROJECT, "PATCH", "{project}", {"name": "Changed"}, 200),
    Call(Action.DELETE_PROJECT, "DELETE", "{project}", None, 204),
    Call(Action.VIEW_MEMBERS, "GET", "{project}/members", None, 200),
    Call(Action.MANAGE_MEMBERS, "POST", "{project}/members", {"email": "teammate@acme.example", "role": "viewer"}, 201),
    Call(Action.MANAGE_MEMBERS, "PATCH", "{project}/members/{member}", {"role": "developer"}, 200),
    Call(Action.MANAGE_MEMBERS, "DELETE", "{project}/members/{member}", None, 204),
]
every_call = pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call.method} {call.path}")


def test_the_table_is_what_was_agreed() -> None:
    """The table in the code is the agreement, role by role, in the order in which roles are listed."""
    assert {action.value: " ".join(roles_that_may(action)) for action in Action} == AGREED


def test_every_action_in_projects_is_tried() -> None:
    """The calls below try every action on projects and members; those of the features are tried with them."""
    elsewhere = ("github.", "source.", "webhooks.")
    assert {call.action for call in CALLS} == {action for action in Action if not action.value.startswith(elsewhere)}


def state(project: Project) -> tuple[Any, ...]:
    """Return all that the calls could change."""
    rows = Project.objects.filter(pk=project.pk).values_list("name", flat=True)
    return (*rows, *project.members.order_by("id").values_list("user_id", "role"))


def assert_answer_fits_role(answer: Response, call: Call, role: Role, *, unchanged: bool) -> None:
    if role in MAY[call.action]:
        assert answer.status_code == call.success, answer.content
        return
    required = roles_that_may(call.action)
    assert answer.status_code == 403, answer.content
    assert answer.json()["error"] == "INSUFFICIENT_ROLE"
    assert answer.json()["details"] == {"role": role.value, "required_roles": required}
    assert all(name in answer.json()["message"] for name in [role.value, *required])
    assert unchanged


@every_call
@pytest.mark.parametrize("role", Role)
def test_a_member_may_what_the_role_may(world: World, project: Project, api_as: ApiAs, call: Call, role: Role) -> None:
    """Each role does what the table says; where it does not reach, the answer names the roles that do."""
    before = state(project)
    answer = call.by(api_as(world.by_role[role]), project, world)
    assert_answer_fits_role(answer, call, role, unchanged=state(project) == before)


@every_call
@pytest.mark.parametrize(("name", "role"), [("acme_owner", Role.OWNER), ("acme_admin", Role.ADMIN)])
@pytest.mark.parametrize("project_role", [None, Role.VIEWER])
def test_a_tenants_owner_and_admin_have_their_role_in_every_project(
    world: World, project: Project, api_as: ApiAs, call: Call, name: str, role: Role, project_role: Role | None
) -> None:
    """The tenant's role holds in a project that its bearer does not belong to, and before a smaller role in it."""
    person = getattr(world, name)
    if project_role:
        project.members.create(user=person, role=project_role)
    before = state(project)

    answer = call.by(api_as(person), project, world)

    assert_answer_fits_role(answer, call, role, unchanged=state(project) == before)


STRANGERS: dict[str, Callable[[World], User]] = {
    "teammate without a role": lambda world: world.teammate,
    "outsider": lambda world: world.outsider,
    "owner of another tenant": lambda world: world.globex_owner,
    "operator who is no member": lambda world: world.operator,
}


@every_call
@pytest.mark.parametrize("person_of", STRANGERS.values(), ids=STRANGERS)
def test_for_a_stranger_there_is_no_project(
    world: World, project: Project, api_as: ApiAs, call: Call, person_of: Callable[[World], User]
) -> None:
    """One who does not belong to the project cannot tell it from one that does not exist."""
    client = api_as(person_of(world))
    before = state(project)

    answer = call.by(client, project, world)
    of_nothing = call.by(client, Project(), world)

    assert answer.status_code == 404
    assert answer.json()["error"] == "PROJECT_NOT_FOUND"
    assert answer.json() == of_nothing.json()
    assert state(project) == before


@every_call
def test_on_another_tenants_host_there_is_no_project(world: World, project: Project, api_as: ApiAs, call: Call) -> None:
    """A project's id opens nothing on another tenant's host, not even to that tenant's owner."""
    client = api_as(world.globex_owner, host="globex.localhost", tenant=world.globex)
    answer = call.by(client, project, world)
    assert (answer.status_code, answer.json()["error"]) == (404, "PROJECT_NOT_FOUND")


@pytest.mark.parametrize("role", Role)
def test_the_role_in_force_is_shown(world: World, project: Project, api_as: ApiAs, role: Role) -> None:
    """A person sees with each project what she is in it."""
    client = api_as(world.by_role[role])
    assert client.get(f"/api/v1/projects/{project.pk}").json()["role"] == role.value
    assert [row["role"] for row in client.get("/api/v1/projects").json()["results"]] == [role.value]
