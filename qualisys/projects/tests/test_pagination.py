"""Long lists come in parts."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from conftest import ApiAs, World
from qualisys.projects.models import Project

URL = "/api/v1/projects"


@pytest.fixture
def client(world: World, api_as: ApiAs) -> APIClient:
    """Acme's owner, with 201 projects whose names are numbers."""
    Project.objects.bulk_create(Project(name=f"{number:03}", created_by=world.acme_owner) for number in range(201))
    return api_as(world.acme_owner)


def names(answer: Any) -> list[str]:
    return [row["name"] for row in answer.json()["results"]]


def test_the_pages_together_are_the_list(client: APIClient) -> None:
    """Following `next` shows every row once, in order, and ends; `previous` leads back."""
    seen, url = [], f"{URL}?limit=80"
    while url:
        answer = client.get(url)
        assert answer.json()["count"] == 201
        seen += names(answer)
        url = answer.json()["next"]

    assert seen == [f"{number:03}" for number in range(201)]
    assert names(client.get(answer.json()["previous"]))[0] == "080"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", range(50)),
        ("?limit=2", range(2)),
        ("?limit=2&offset=3", range(3, 5)),
        ("?offset=199", range(199, 201)),
        ("?limit=200", range(200)),
        # More than anybody gets at once.
        ("?limit=201", range(200)),
        (f"?limit={10**30}", range(200)),
        # Beyond the end.
        ("?offset=201", range(0)),
        (f"?offset={10**30}", range(0)),
        # No numbers.
        ("?limit=0", range(50)),
        ("?limit=-1", range(50)),
        ("?limit=all&offset=none", range(50)),
        ("?limit=%00&offset=%00", range(50)),
        (f"?limit={'9' * 5000}", range(50)),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "",
)
def test_limit_and_offset_choose_the_rows(client: APIClient, query: str, expected: range) -> None:
    """Any limit and offset is answered: with the rows asked for, or with the defaults where it makes no sense."""
    answer = client.get(URL + query)
    assert answer.status_code == 200
    assert names(answer) == [f"{number:03}" for number in expected]
