"""Projects and members in a tenant's admin: a project keeps an owner there too."""

from typing import Any

import pytest
from django.test import Client

from conftest import World
from qualisys.accounts.models import User
from qualisys.projects.models import Project
from qualisys.projects.roles import Role

PREFIX = "members"
ADD = "/admin/projects/project/add/"


def form_of(project: Project | None, *new: dict[str, str], **changed: dict[str, str]) -> dict[str, Any]:
    """Return what the page posts: the members there are, with these fields changed by role, and new ones."""
    members = list(project.members.order_by("created_at", "id")) if project else []
    rows = [
        {"id": member.pk, "user": str(member.user_id), "role": member.role, **changed.get(member.role, {})}
        for member in members
    ]
    fields: dict[str, Any] = {
        "name": "Shop",
        "description": "",
        f"{PREFIX}-TOTAL_FORMS": len(rows) + len(new),
        f"{PREFIX}-INITIAL_FORMS": len(rows),
    }
    for number, row in enumerate([*rows, *new]):
        fields |= {f"{PREFIX}-{number}-{name}": value for name, value in row.items()}
    return fields


def page_of(project: Project) -> str:
    return f"/admin/projects/project/{project.pk}/change/"


def owners(project: Project) -> set[str]:
    return set(project.members.filter(role=Role.OWNER).values_list("user__email", flat=True))


@pytest.mark.parametrize("change", [{"DELETE": "on"}, {"role": "viewer"}], ids=["removed", "demoted"])
def test_the_last_owner_stays(world: World, project: Project, acme_admin_site: Client, change: dict[str, str]) -> None:
    """Neither removed nor given another role, and the page says what to do; another owner makes it possible."""
    before = owners(project)
    answer = acme_admin_site.post(page_of(project), form_of(project, owner=change))
    assert answer.status_code == 200
    assert b"Make somebody one, then save again." in answer.content
    assert owners(project) == before

    another = {"user": str(world.teammate.pk), "role": "owner"}
    assert acme_admin_site.post(page_of(project), form_of(project, another, owner=change)).status_code == 302
    assert owners(project) == {world.teammate.email}


def test_an_owner_who_cannot_log_in_is_none(world: World, project: Project, acme_admin_site: Client) -> None:
    """A deactivated person is no owner to leave a project to."""
    User.objects.filter(pk=world.teammate.pk).update(is_active=False)
    project.members.create(user=world.teammate, role=Role.OWNER)
    form = form_of(project)
    number = next(n for n in range(form[f"{PREFIX}-TOTAL_FORMS"]) if form[f"{PREFIX}-{n}-role"] == "owner")
    answer = acme_admin_site.post(page_of(project), {**form, f"{PREFIX}-{number}-role": "viewer"})
    assert answer.status_code == 200
    assert len(owners(project)) == 2


def test_a_new_project_has_an_owner(world: World, acme_admin_site: Client) -> None:
    """Without one it is not made."""
    assert acme_admin_site.post(ADD, form_of(None)).status_code == 200
    assert not Project.objects.exists()
    owner = {"user": str(world.teammate.pk), "role": "owner"}
    assert acme_admin_site.post(ADD, form_of(None, owner)).status_code == 302
    made = Project.objects.get()
    assert (made.created_by, owners(made)) == (world.acme_owner, {world.teammate.email})
