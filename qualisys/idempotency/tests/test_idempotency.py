"""A request with an Idempotency-Key is carried out once, and answered the same however often it is sent."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import tenant_context

from conftest import ApiAs, World
from qualisys.idempotency.claims import ABANDONED, KEPT
from qualisys.idempotency.models import KeyedRequest
from qualisys.projects.models import Project
from qualisys.projects.roles import Role

PROJECTS = "/api/v1/projects"
KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324"


def create(client: Any, key: str = KEY, path: str = PROJECTS, **fields: Any) -> Any:
    return client.post(path, {"name": "New", **fields}, format="json", headers={"Idempotency-Key": key})


def test_the_same_request_is_answered_the_same(world: World, api_as: ApiAs) -> None:
    """One project is made; the second answer is the first, to the byte, and says that it is."""
    client = api_as(world.acme_owner)
    first, second = create(client), create(client)

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content
    assert second.headers["Location"] == first.headers["Location"]
    assert ("Idempotent-Replayed" in first.headers, second.headers["Idempotent-Replayed"]) == (False, "true")
    assert Project.objects.count() == 1
    assert client.get(first.headers["Location"]).json()["name"] == "New"


def test_without_a_key_each_request_is_its_own(world: World, api_as: ApiAs) -> None:
    """Nobody has to care about keys."""
    client = api_as(world.acme_owner)
    for _ in range(2):
        assert client.post(PROJECTS, {"name": "New"}, format="json").status_code == 201
    assert Project.objects.count() == 2
    assert not KeyedRequest.objects.exists()


def test_the_key_decides_and_not_how_it_is_written(world: World, api_as: ApiAs) -> None:
    """Another key is another request; quotes, as structured headers have them, and spaces in JSON are none."""
    client = api_as(world.acme_owner)
    first = create(client)
    assert create(client, f'"{KEY}"').content == first.content
    spaced = client.post(
        f"{PROJECTS}/", b'{ "name" :"New" }', content_type="application/json", headers={"Idempotency-Key": KEY}
    )
    assert spaced.content == first.content
    assert create(client, "another").json()["id"] != first.json()["id"]
    assert Project.objects.count() == 2


def test_another_request_with_the_same_key_is_422(world: World, api_as: ApiAs) -> None:
    """Other fields, or another address, are refused, and nothing is done."""
    client = api_as(world.acme_owner)
    project = create(client).json()["id"]
    members = f"{PROJECTS}/{project}/members"
    for answer in (create(client, name="Other"), create(client, path=members)):
        assert (answer.status_code, answer.json()["error"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert Project.objects.get().name == "New"


def test_a_key_belongs_to_its_person_and_tenant(world: World, api_as: ApiAs) -> None:
    """The same key of somebody else, or on another host, is another key."""
    assert create(api_as(world.acme_owner)).status_code == 201
    assert "Idempotent-Replayed" not in create(api_as(world.acme_admin)).headers
    elsewhere = create(api_as(world.globex_owner, host="globex.localhost", tenant=world.globex))
    assert (elsewhere.status_code, "Idempotent-Replayed" in elsewhere.headers) == (201, False)


def test_who_may_not_any_more_is_refused(world: World, project: Project, api_as: ApiAs) -> None:
    """The answer to an earlier request is not told to whoever lost the right to ask."""
    person = world.by_role[Role.ADMIN]
    path = f"{PROJECTS}/{project.pk}/members"
    body = {"email": world.teammate.email, "role": "viewer"}
    headers = {"Idempotency-Key": KEY}
    assert api_as(person).post(path, body, format="json", headers=headers).status_code == 201
    project.members.filter(user=person).update(role=Role.VIEWER)
    assert api_as(person).post(path, body, format="json", headers=headers).status_code == 403


@pytest.mark.parametrize("key", ["", " ", "a b", "\u00e9", "x" * 256, '""', "a\tb"])
def test_what_cannot_be_a_key_is_400(world: World, api_as: ApiAs, key: str) -> None:
    """The one who sends it is told what a key looks like, and nothing is done."""
    answer = create(api_as(world.acme_owner), key)
    assert (answer.status_code, list(answer.json()["details"]["fields"])) == (400, ["Idempotency-Key"])
    assert not Project.objects.exists()


def test_an_error_is_not_kept(world: World, api_as: ApiAs) -> None:
    """What failed did nothing, and may be tried again with the same key once the reason is gone."""
    member = api_as(world.teammate)
    assert create(member).status_code == 403
    assert create(api_as(world.acme_owner), name="").status_code == 400
    assert not KeyedRequest.objects.exists()
    assert create(api_as(world.acme_owner)).status_code == 201


def test_while_the_first_is_under_way_the_second_waits(world: World, api_as: ApiAs) -> None:
    """It is refused with a code that says so; a first whose process died is given up after two minutes."""
    client = api_as(world.acme_owner)
    create(client)
    KeyedRequest.objects.update(status=None, body="")
    answer = create(client)
    assert (answer.status_code, answer.json()["error"]) == (409, "REQUEST_IN_PROGRESS")

    KeyedRequest.objects.update(claimed_at=timezone.now() - ABANDONED)
    assert create(client).status_code == 201
    assert Project.objects.count() == 2
    assert create(client).headers["Idempotent-Replayed"] == "true"


def test_a_key_is_forgotten_after_a_day(world: World, api_as: ApiAs) -> None:
    """Afterwards it is a new one, and its row is gone."""
    client = api_as(world.acme_owner)
    create(client)
    KeyedRequest.objects.update(claimed_at=timezone.now() - KEPT)
    assert "Idempotent-Replayed" not in create(client, name="Other").headers
    assert KeyedRequest.objects.count() == 1


def test_what_a_key_costs(world: World, api_as: ApiAs) -> None:
    """Four statements more: old keys and this one looked for, this one claimed, the answer kept; two again."""
    client = api_as(world.acme_owner)

    def statements(ask: Any) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert ask().status_code == 201
        return sum(query["sql"].startswith(("SELECT", "INSERT", "UPDATE", "DELETE")) for query in captured)

    client.get("/api/v1/nothing")  # has the tenant's host cached
    plain = statements(lambda: client.post(PROJECTS, {"name": "New"}, format="json"))
    assert statements(lambda: create(client)) == plain + 4
    assert statements(lambda: create(client)) == 2


def test_requests_at_the_same_moment(committed: World, api_as: ApiAs) -> None:
    """Of many that are sent together one is carried out; the others get its answer, or are told to wait."""

    def send(_number: int) -> Any:
        try:
            return create(api_as(committed.acme_owner))
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as senders:
        answers = list(senders.map(send, range(16)))
    with tenant_context(committed.acme):
        assert Project.objects.count() == 1
        KeyedRequest.objects.all().delete()
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
    assert {answer.json()["error"] for answer in answers if answer.status_code == 409} <= {"REQUEST_IN_PROGRESS"}
