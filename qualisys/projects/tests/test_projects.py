"""Projects over the API."""

from typing import Any
from unittest.mock import Mock

import pytest
from django.utils.dateparse import parse_datetime

from conftest import ApiAs, World, make_project
from qualisys.accounts.models import User
from qualisys.projects import services
from qualisys.projects.access import ProjectNotFound
from qualisys.projects.models import Project, ProjectMember
from qualisys.projects.roles import Role
from qualisys.projects.services import project_leaving

URL = "/api/v1/projects"
UNKNOWN_ID = "9b6f7a52-6d5c-4f0e-9d3a-0c2f5b1e7a11"
FIELDS = {"id", "name", "description", "role", "created_at", "updated_at"}


def names(answer: Any) -> list[str]:
    return [row["name"] for row in answer.json()["results"]]


@pytest.mark.parametrize("name", ["acme_owner", "acme_admin"])
def test_a_tenants_owner_and_admin_make_projects(world: World, api_as: ApiAs, name: str) -> None:
    """A new project is answered with 201, and the one who made it is its owner."""
    person: User = getattr(world, name)
    answer = api_as(person).post(URL, {"name": "  Shop ", "description": "The shop."}, format="json")

    assert answer.status_code == 201
    assert set(answer.json()) == FIELDS
    made = Project.objects.get(pk=answer.json()["id"])
    assert (made.name, made.description, made.created_by) == ("Shop", "The shop.", person)
    assert parse_datetime(answer.json()["created_at"]) == made.created_at
    assert list(made.members.values_list("user_id", "role")) == [(person.pk, Role.OWNER)]


@pytest.mark.parametrize("name", ["teammate", *Role])
def test_a_mere_member_of_the_tenant_makes_none(world: World, project: Project, api_as: ApiAs, name: str) -> None:
    """A member of the tenant makes no projects, whatever her role in another one, and learns who does."""
    person = world.teammate if name == "teammate" else world.by_role[Role(name)]
    answer = api_as(person).post(URL, {"name": "Mine"}, format="json")

    assert answer.status_code == 403
    assert answer.json()["error"] == "INSUFFICIENT_ROLE"
    assert answer.json()["details"] == {"role": "member", "required_roles": ["owner", "admin"]}
    assert not Project.objects.filter(name="Mine").exists()


@pytest.mark.parametrize("name", ["outsider", "globex_owner", "operator"])
def test_one_who_is_no_member_gets_no_list_and_makes_none(world: World, api_as: ApiAs, name: str) -> None:
    """Whoever does not belong to the tenant is told so, even with a token of it."""
    client = api_as(getattr(world, name))
    for answer in (client.get(URL), client.post(URL, {"name": "Mine"}, format="json")):
        assert (answer.status_code, answer.json()["error"]) == (403, "NOT_A_MEMBER")
    assert not Project.objects.exists()


def test_the_list_shows_what_one_may_see(world: World, api_as: ApiAs) -> None:
    """A tenant's owner and admin see every project, a member those she has a role in, in the order of names."""
    for name in ("Shop", "Bank", "Atlas"):
        make_project(world, name)
    developer = world.by_role[Role.DEVELOPER]
    ProjectMember.objects.filter(user=developer, project__name="Bank").delete()

    assert names(api_as(world.acme_owner).get(URL)) == ["Atlas", "Bank", "Shop"]
    assert names(api_as(world.acme_admin).get(URL)) == ["Atlas", "Bank", "Shop"]
    assert names(api_as(developer).get(URL)) == ["Atlas", "Shop"]
    assert names(api_as(world.teammate).get(URL)) == []
    assert names(api_as(world.globex_owner, host="globex.localhost", tenant=world.globex).get(URL)) == []


def test_a_project_is_shown_whole(world: World, project: Project, api_as: ApiAs) -> None:
    """One project shows the same as its row of the list, and nothing of those who may not be seen in it."""
    client = api_as(world.acme_owner)
    answer = client.get(f"{URL}/{project.pk}")
    assert set(answer.json()) == FIELDS
    assert client.get(URL).json()["results"] == [answer.json()]


def test_a_change_touches_what_it_names(world: World, project: Project, api_as: ApiAs) -> None:
    """PATCH changes the fields it brings, leaves the others, and takes none that are not a person's to change."""
    Project.objects.filter(pk=project.pk).update(description="Before")
    sent = {"name": "After", "id": UNKNOWN_ID, "created_at": "2001-01-01T00:00:00Z", "role": "viewer"}

    answer = api_as(world.acme_owner).patch(f"{URL}/{project.pk}", sent, format="json")

    assert answer.status_code == 200
    assert answer.json() == api_as(world.acme_owner).get(f"{URL}/{project.pk}").json()
    assert {name: answer.json()[name] for name in ("id", "name", "description", "role")} == {
        "id": str(project.pk),
        "name": "After",
        "description": "Before",
        "role": "owner",
    }
    assert parse_datetime(answer.json()["created_at"]) == project.created_at
    assert parse_datetime(answer.json()["updated_at"]) > project.updated_at


def test_an_empty_change_changes_nothing(world: World, project: Project, api_as: ApiAs) -> None:
    """PATCH without a field is answered with the project as it is."""
    answer = api_as(world.acme_owner).patch(f"{URL}/{project.pk}", {}, format="json")
    assert (answer.status_code, answer.json()["name"]) == (200, project.name)


def test_a_deleted_project_is_gone_with_its_members(world: World, project: Project, api_as: ApiAs) -> None:
    """After DELETE nothing of the project is left, the other projects stay, and it cannot be deleted twice."""
    other = make_project(world, "Bank")
    client = api_as(world.acme_owner)

    assert client.delete(f"{URL}/{project.pk}").status_code == 204

    assert client.get(f"{URL}/{project.pk}").json()["error"] == "PROJECT_NOT_FOUND"
    assert client.delete(f"{URL}/{project.pk}").status_code == 404
    assert set(ProjectMember.objects.values_list("project_id", flat=True)) == {other.pk}


def test_features_take_their_leave_of_a_deleted_project(world: World, project: Project, api_as: ApiAs) -> None:
    """Whoever keeps something for a project hears of its end while the project is still there."""
    heard = Mock(side_effect=lambda **signal: Project.objects.get(pk=signal["project"].pk))
    project_leaving.connect(heard)
    try:
        api_as(world.acme_owner).delete(f"{URL}/{project.pk}")
    finally:
        project_leaving.disconnect(heard)
    assert heard.call_args.kwargs["actor_id"] == str(world.acme_owner.pk)


@pytest.mark.parametrize(
    "project_id",
    [UNKNOWN_ID, "0", "nope", "%00", "%ED%A0%80", "..", "'--", "x" * 5000, f"{UNKNOWN_ID}%0A", "None"],
    ids=lambda project_id: project_id[:60],
)
@pytest.mark.parametrize("path", ["{}", "{}/members", "{}/github"])
def test_an_unknown_or_malformed_id_is_404(world: World, api_as: ApiAs, project_id: str, path: str) -> None:
    """Whatever stands where a project's id belongs is a project that does not exist, and no error of ours."""
    answer = api_as(world.acme_owner).get(f"{URL}/{path.format(project_id)}")
    assert answer.status_code == 404
    assert answer.json()["error"] == "PROJECT_NOT_FOUND"


@pytest.mark.parametrize("spell", [str.upper, lambda text: text.replace("-", "")])
def test_an_id_may_be_written_in_another_form(world: World, project: Project, api_as: ApiAs, spell: Any) -> None:
    """A UUID in capitals or without hyphens is the same UUID."""
    assert api_as(world.acme_owner).get(f"{URL}/{spell(str(project.pk))}").json()["id"] == str(project.pk)


def test_a_project_deleted_meanwhile_does_not_come_back(world: World, project: Project) -> None:
    """A change, a deletion or a new member that comes after the deletion finds no project, and makes none."""
    late = Project.objects.seen_by(world.acme_owner.pk).get(pk=project.pk)
    services.delete_project(project, actor_id=world.acme_owner.pk)
    with pytest.raises(ProjectNotFound):
        services.change_project(late, name="Renamed")
    with pytest.raises(ProjectNotFound):
        services.delete_project(late, actor_id=world.acme_owner.pk)
    assert not Project.objects.exists()


def test_a_member_of_a_project_deleted_meanwhile(committed: World) -> None:
    """A person is not added to a project that is gone, which the database notices at the commit."""
    project = make_project(committed)
    late = Project.objects.seen_by(committed.acme_owner.pk).get(pk=project.pk)
    services.delete_project(project, actor_id=committed.acme_owner.pk)
    with pytest.raises(ProjectNotFound):
        services.add_member(late, email=committed.teammate.email, role=Role.VIEWER)
