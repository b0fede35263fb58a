"""Who belongs to a project, over the API."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from rest_framework.response import Response
from rest_framework.test import APIClient

from conftest import ApiAs, World, make_project
from qualisys.accounts.models import User
from qualisys.projects.models import Project, ProjectMember
from qualisys.projects.roles import Role
from qualisys.tenancy.models import TenantMember

UNKNOWN_ID = "9b6f7a52-6d5c-4f0e-9d3a-0c2f5b1e7a11"


def url(project: Project, user_id: object = None) -> str:
    members = f"/api/v1/projects/{project.pk}/members"
    return members if user_id is None else f"{members}/{user_id}"


def add(client: APIClient, project: Project, email: str, role: str = "viewer") -> Response:
    return client.post(url(project), {"email": email, "role": role}, format="json")


def change(client: APIClient, project: Project, user_id: object, role: str) -> Response:
    return client.patch(url(project, user_id), {"role": role}, format="json")


def role_of(project: Project, user: Any) -> str | None:
    return ProjectMember.objects.filter(project=project, user=user).values_list("role", flat=True).first()


def test_the_list_shows_every_member(world: World, project: Project, api_as: ApiAs) -> None:
    """The members come with address, name, role and the day since when, and those of other projects do not."""
    ProjectMember.objects.create(project=make_project(world, "Bank"), user=world.teammate, role=Role.VIEWER)

    answer = api_as(world.by_role[Role.VIEWER]).get(url(project))

    assert answer.json()["count"] == len(Role)
    rows = answer.json()["results"]
    assert {row["role"]: (row["user_id"], row["email"]) for row in rows} == {
        role.value: (str(user.pk), user.email) for role, user in world.by_role.items()
    }
    assert all(set(row) == {"user_id", "email", "name", "role", "created_at"} for row in rows)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("spell", [str, str.upper])
def test_a_member_is_added_by_address(
    world: World, project: Project, api_as: ApiAs, role: Role, spell: Callable[[str], str]
) -> None:
    """A member of the tenant gets any role, found by the address in whatever case, and can enter at once."""
    newcomer = api_as(world.teammate)
    assert newcomer.get(url(project)).status_code == 404

    answer = add(api_as(world.acme_owner), project, spell(world.teammate.email), role.value)

    assert answer.status_code == 201
    assert answer.json()["user_id"] == str(world.teammate.pk)
    assert answer.json()["email"] == world.teammate.email
    assert role_of(project, world.teammate) == role
    assert newcomer.get(url(project)).status_code == 200


def test_nobody_is_added_twice(world: World, project: Project, api_as: ApiAs) -> None:
    """A second time is a conflict, and the role stays what it was."""
    viewer = world.by_role[Role.VIEWER]
    answer = add(api_as(world.acme_owner), project, viewer.email, "admin")
    assert (answer.status_code, answer.json()["error"]) == (409, "MEMBER_EXISTS")
    assert role_of(project, viewer) == Role.VIEWER


def test_only_people_of_the_tenant_are_added(world: World, project: Project, api_as: ApiAs) -> None:
    """Nobody learns whether an address is known to the platform: a stranger's and an unknown one answer alike."""
    client = api_as(world.acme_owner)
    emails = [world.globex_owner.email, world.outsider.email, "nobody@example.com", "no address"]
    answers = [add(client, project, email) for email in emails]

    assert {answer.status_code for answer in answers} == {400}
    assert {answer.json()["error"] for answer in answers} == {"USER_NOT_IN_TENANT"}
    assert len({answer.content for answer in answers}) == 1
    assert project.members.count() == len(Role)


def test_a_role_is_changed(world: World, project: Project, api_as: ApiAs) -> None:
    """PATCH gives another role, which holds at the next request."""
    developer = world.by_role[Role.DEVELOPER]
    rename = {"name": "Renamed"}
    path = f"/api/v1/projects/{project.pk}"
    assert api_as(developer).patch(path, rename, format="json").status_code == 403

    answer = change(api_as(world.acme_owner), project, developer.pk, "admin")

    assert (answer.status_code, answer.json()["role"]) == (200, "admin")
    assert answer.json()["user_id"] == str(developer.pk)
    assert api_as(developer).patch(path, rename, format="json").status_code == 200


def test_a_member_is_taken_out(world: World, project: Project, api_as: ApiAs) -> None:
    """After DELETE the person's token opens the project no more, and she stays in the tenant."""
    developer = world.by_role[Role.DEVELOPER]
    client = api_as(developer)
    assert client.get(url(project)).status_code == 200

    assert api_as(world.acme_owner).delete(url(project, developer.pk)).status_code == 204

    assert client.get(url(project)).json()["error"] == "PROJECT_NOT_FOUND"
    assert client.get("/api/v1/projects").json()["count"] == 0
    assert TenantMember.objects.filter(user=developer).exists()


def of_the_tenant_alone(world: World) -> object:
    return world.teammate.pk


def of_another_project(world: World) -> object:
    make_project(world, "Bank").members.create(user=world.teammate, role=Role.VIEWER)
    return world.teammate.pk


def of_another_tenant(world: World) -> object:
    return world.globex_owner.pk


@pytest.mark.parametrize("id_of", [of_the_tenant_alone, of_another_project, of_another_tenant])
@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_one_who_is_no_member_is_404(
    world: World, project: Project, api_as: ApiAs, id_of: Callable[[World], object], method: str
) -> None:
    """Whoever does not belong to this project is a member that does not exist, and loses no role elsewhere."""
    path = url(project, id_of(world))
    elsewhere = set(ProjectMember.objects.exclude(project=project).values_list("user_id", "role"))

    answer = api_as(world.acme_owner).generic(method, path, '{"role": "admin"}', "application/json")

    assert (answer.status_code, answer.json()["error"]) == (404, "MEMBER_NOT_FOUND")
    assert set(ProjectMember.objects.exclude(project=project).values_list("user_id", "role")) == elsewhere


@pytest.mark.parametrize("user_id", [UNKNOWN_ID, "nope", "%00", "%ED%A0%80", "0", "x" * 999])
@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_an_unknown_or_malformed_id_is_404(
    world: World, project: Project, api_as: ApiAs, user_id: str, method: str
) -> None:
    """Whatever stands where a person's id belongs is a member that does not exist, and no error of ours."""
    answer = api_as(world.acme_owner).generic(method, url(project, user_id), '{"role": "admin"}', "application/json")
    assert (answer.status_code, answer.json()["error"]) == (404, "MEMBER_NOT_FOUND")


def add_owner(client: APIClient, project: Project, world: World) -> Response:
    return add(client, project, world.teammate.email, "owner")


def make_owner(client: APIClient, project: Project, world: World) -> Response:
    return change(client, project, world.by_role[Role.DEVELOPER].pk, "owner")


def make_oneself_owner(client: APIClient, project: Project, world: World) -> Response:
    return change(client, project, world.by_role[Role.ADMIN].pk, "owner")


def demote_owner(client: APIClient, project: Project, world: World) -> Response:
    return change(client, project, world.by_role[Role.OWNER].pk, "viewer")


def remove_owner(client: APIClient, project: Project, world: World) -> Response:
    return client.delete(url(project, world.by_role[Role.OWNER].pk))


TOUCHING_OWNERS = [add_owner, make_owner, make_oneself_owner, demote_owner, remove_owner]
touching_owners = pytest.mark.parametrize("act", TOUCHING_OWNERS, ids=lambda act: act.__name__)


@touching_owners
def test_an_owner_touches_owners(world: World, project: Project, api_as: ApiAs, act: Any) -> None:
    """An owner makes, demotes and removes owners, and so does the tenant's."""
    project.members.create(user=world.acme_owner, role=Role.OWNER)
    assert act(api_as(world.acme_owner), project, world).status_code < 300


@touching_owners
@pytest.mark.parametrize("of_tenant", [False, True])
def test_an_admin_does_not(world: World, project: Project, api_as: ApiAs, act: Any, of_tenant: bool) -> None:
    """An admin, of the project or of the tenant, makes, demotes and removes no owner, and learns who does."""
    before = list(project.members.values_list("user_id", "role").order_by("id"))
    admin = world.acme_admin if of_tenant else world.by_role[Role.ADMIN]

    answer = act(api_as(admin), project, world)

    assert answer.status_code == 403
    assert answer.json()["error"] == "INSUFFICIENT_ROLE"
    assert answer.json()["details"] == {"role": "admin", "required_roles": ["owner"]}
    assert list(project.members.values_list("user_id", "role").order_by("id")) == before


def test_an_admin_manages_everybody_else(world: World, project: Project, api_as: ApiAs) -> None:
    """What is kept from an admin is owners alone: other admins are his to make and to remove."""
    client = api_as(world.by_role[Role.ADMIN])
    developer = world.by_role[Role.DEVELOPER]
    assert add(client, project, world.teammate.email, "admin").status_code == 201
    assert change(client, project, developer.pk, "admin").status_code == 200
    assert client.delete(url(project, developer.pk)).status_code == 204


@pytest.mark.parametrize("act", [demote_owner, remove_owner], ids=lambda act: act.__name__)
def test_the_last_owner_stays(world: World, project: Project, api_as: ApiAs, act: Any) -> None:
    """A project keeps an owner, whoever asks, until there is another who can act as one."""
    owner = world.by_role[Role.OWNER]
    project.members.create(user=world.teammate, role=Role.OWNER)
    User.objects.filter(pk=world.teammate.pk).update(is_active=False)
    for client in (api_as(owner), api_as(world.acme_owner)):
        answer = act(client, project, world)
        assert (answer.status_code, answer.json()["error"]) == (409, "LAST_OWNER")
        assert role_of(project, owner) == Role.OWNER

    User.objects.filter(pk=world.teammate.pk).update(is_active=True)
    assert act(api_as(owner), project, world).status_code < 300
    assert role_of(project, owner) != Role.OWNER


def test_the_last_owner_may_stay_owner(world: World, project: Project, api_as: ApiAs) -> None:
    """Giving the last owner the role that she has is no conflict."""
    assert change(api_as(world.acme_owner), project, world.by_role[Role.OWNER].pk, "owner").status_code == 200


def test_of_two_owners_who_remove_each_other_one_stays(committed: World, api_as: ApiAs) -> None:
    """Two requests at the same moment do not leave a project without an owner."""
    project = make_project(committed)
    owners = (committed.by_role[Role.OWNER], committed.teammate)
    project.members.create(user=committed.teammate, role=Role.OWNER)
    start = threading.Barrier(2)

    def remove(user: User) -> int:
        try:
            start.wait(10)
            return api_as(committed.acme_owner).delete(url(project, user.pk)).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(remove, owners)) == [204, 409]
    assert project.members.filter(role=Role.OWNER).count() == 1


def test_who_was_deactivated_is_not_added(world: World, project: Project, api_as: ApiAs) -> None:
    """A person who cannot log in any more is answered for as one who does not belong to the tenant."""
    User.objects.filter(pk=world.teammate.pk).update(is_active=False)
    answer = add(api_as(world.acme_owner), project, world.teammate.email)
    assert (answer.status_code, answer.json()["error"]) == (400, "USER_NOT_IN_TENANT")
    assert role_of(project, world.teammate) is None
