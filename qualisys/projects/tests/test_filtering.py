"""Lists are searched and ordered as people expect of REST framework, and a wrong wish is not passed over."""

from typing import Any

import pytest
from django.utils import timezone

from conftest import ApiAs, World
from qualisys.projects.models import Project
from qualisys.projects.roles import Role

PROJECTS = "/api/v1/projects"


@pytest.fixture
def named(world: World, api_as: ApiAs) -> Any:
    """Make three projects; ask for the names of those that a query finds, in order."""
    for name, description in (("Shop", "Sells apples"), ("Till", "Of the shop"), ("Blog", "100% words")):
        made = Project.objects.create(name=name, description=description, created_by=world.acme_owner)
        Project.objects.filter(pk=made.pk).update(created_at=timezone.now())
    client = api_as(world.acme_owner)

    def ask(query: str) -> list[str]:
        answer = client.get(f"{PROJECTS}?{query}")
        assert answer.status_code == 200, answer.content
        return [project["name"] for project in answer.json()["results"]]

    return ask


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Blog", "Shop", "Till"]),
        ("search=shop", ["Shop", "Till"]),
        ("search=SHOP+sells", ["Shop"]),
        ("search=100%25", ["Blog"]),
        ("search=%25", ["Blog"]),
        ("search=_", []),
        ("search=", ["Blog", "Shop", "Till"]),
        ("ordering=-name", ["Till", "Shop", "Blog"]),
        ("ordering=created_at", ["Shop", "Till", "Blog"]),
        ("ordering=-created_at,name", ["Blog", "Till", "Shop"]),
        ("ordering=", ["Blog", "Shop", "Till"]),
        ("search=shop&ordering=-name&limit=1", ["Till"]),
    ],
)
def test_projects(named: Any, query: str, found: list[str]) -> None:
    """Every word must be found, in name or description, whatever the case; the order is the one asked for."""
    assert named(query) == found


@pytest.mark.parametrize("ordering", ["created_by", "-password", "name,created_by__password", "role_in_force", "name;"])
def test_an_unknown_order_is_refused(world: World, api_as: ApiAs, ordering: str) -> None:
    """The one who asks learns what there is to order by, and nothing else can be sorted out by it."""
    answer = api_as(world.acme_owner).get(PROJECTS, {"ordering": ordering})
    assert answer.status_code == 400
    assert answer.json()["details"]["fields"]["ordering"] == [
        "Use one or more of: name, created_at, updated_at; with - before it, downwards."
    ]


def test_what_the_database_cannot_hold_is_refused(world: World, api_as: ApiAs) -> None:
    """A zero byte is the sender's mistake."""
    answer = api_as(world.acme_owner).get(PROJECTS, {"search": "\0"})
    assert (answer.status_code, answer.json()["error"]) == (400, "VALIDATION_ERROR")


@pytest.mark.parametrize("path", [PROJECTS, f"{PROJECTS}/{{project}}/members"])
def test_a_search_of_a_thousand_words_is_refused(world: World, project: Project, api_as: ApiAs, path: str) -> None:
    """Each word would be two more conditions for the database."""
    client, path = api_as(world.acme_owner), path.format(project=project.pk)
    assert client.get(path, {"search": "a " * 100}).status_code == 200
    answer = client.get(path, {"search": "a " * 1000})
    assert answer.status_code == 400
    assert answer.json()["details"]["fields"] == {"search": ["Search for at most 200 characters."]}


def test_pages_of_what_is_equal_do_not_overlap(world: World, api_as: ApiAs) -> None:
    """Among rows of one name the id decides, so that each comes on one page alone."""
    Project.objects.bulk_create(Project(name="Same", created_by=world.acme_owner) for _ in range(9))
    client = api_as(world.acme_owner)
    pages = [client.get(PROJECTS, {"ordering": "name", "limit": 3, "offset": offset}).json() for offset in (0, 3, 6)]
    assert len({project["id"] for page in pages for project in page["results"]}) == 9


def test_members(world: World, project: Project, api_as: ApiAs) -> None:
    """People are found by address and name, and ordered by what they are."""
    client = api_as(world.acme_owner)
    path = f"{PROJECTS}/{project.pk}/members"
    found = client.get(path, {"search": "qa-manual"}).json()["results"]
    assert [member["email"] for member in found] == [world.by_role[Role.QA_MANUAL].email]
    roles = [member["role"] for member in client.get(path, {"ordering": "-role"}).json()["results"]]
    assert roles == sorted(roles, reverse=True)
