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
        (f"?limit={'9' * 5000}", range(200)),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "",
)
def test_limit_and_offset_choose_the_rows(client: APIClient, query: str, expected: range) -> None:
    """Any number is answered: with the rows asked for, as far as there are so many and somebody gets so many."""
    answer = client.get(URL + query)
    assert answer.status_code == 200
    assert names(answer) == [f"{number:03}" for number in expected]


@pytest.mark.parametrize("value", ["", "-1", "all", "1.5", "%00", "²", "1 2", "9" * 5000 + "x"])
@pytest.mark.parametrize(("name", "least"), [("limit", 1), ("offset", 0)])
def test_what_is_no_number_is_refused(client: APIClient, name: str, least: int, value: str) -> None:
    """Who asks for a page that there cannot be is told what would be one."""
    answer = client.get(f"{URL}?{name}={value}")
    assert (answer.status_code, answer.json()["error"]) == (400, "VALIDATION_ERROR")
    assert answer.json()["details"] == {"fields": {name: [f"Use a whole number from {least} on."]}}


def test_a_page_of_nothing_is_refused(client: APIClient) -> None:
    """A limit of 0 would never come to an end."""
    assert client.get(f"{URL}?limit=0").json()["details"]["fields"] == {"limit": ["Use a whole number from 1 on."]}
