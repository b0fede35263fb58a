"""Webhooks over HTTP: made, looked at, tried out, deleted, by those who may."""

import json
from typing import Any

import pytest
from rest_framework.response import Response
from rest_framework.test import APIClient

from conftest import ApiAs, World
from qualisys.projects.models import Project
from qualisys.projects.roles import AUTOMATION, MANAGERS, Role
from qualisys.tests.malformed import BLANK, MALFORMED_TEXT, with_field
from qualisys.webhooks.events import CHOSEN_FROM, EventType
from qualisys.webhooks.models import Delivery, Webhook
from qualisys.webhooks.outbox import write

URL = "https://ci.acme.example/hooks/qualisys"


@pytest.fixture
def path(project: Project) -> str:
    return f"/api/v1/projects/{project.pk}/webhooks"


@pytest.fixture
def admin(world: World, api_as: ApiAs) -> APIClient:
    return api_as(world.by_role[Role.ADMIN])


def create(client: APIClient, path: str, **fields: Any) -> Response:
    return client.post(path, {"url": URL, **fields}, format="json")


def created(client: APIClient, path: str, **fields: Any) -> dict[str, Any]:
    answer = create(client, path, **fields)
    assert answer.status_code == 201, answer.content
    made: dict[str, Any] = answer.json()
    return made


def test_the_secret_is_shown_once(admin: APIClient, path: str) -> None:
    """The answer that makes a webhook has its secret; no other has, and the database has it encrypted."""
    made = created(admin, path, events=["connection.failed", "connection.failed"])
    secret = made.pop("secret")
    assert secret.startswith("whsec_")
    assert made["events"] == ["connection.failed"]
    assert admin.get(path).json()["results"] == [made]
    assert admin.get(f"{path}/{made['id']}").json() == made
    kept = Webhook.objects.get()
    assert secret.removeprefix("whsec_") not in json.dumps([kept.encrypted_secret, kept.url, str(kept)])
    assert kept.reveal_secret() == secret


def test_each_webhook_has_a_secret_of_its_own(admin: APIClient, path: str) -> None:
    """Who receives one project's messages cannot make another's."""
    assert created(admin, path)["secret"] != created(admin, path)["secret"]


def test_without_a_choice_a_webhook_is_told_everything(admin: APIClient, path: str) -> None:
    """All events there are, as a list that says so."""
    assert created(admin, path)["events"] == [event.value for event in CHOSEN_FROM]


@pytest.mark.parametrize("value", [*MALFORMED_TEXT.values(), *BLANK.values(), "x" * 501])
def test_a_malformed_url_is_refused(admin: APIClient, path: str, value: Any) -> None:
    """The field is named, and nothing is made."""
    answer = admin.generic("POST", path, json.dumps(with_field({"url": URL}, "url", value)), "application/json")
    assert (answer.status_code, list(answer.json()["details"]["fields"])) == (400, ["url"])
    assert not Webhook.objects.exists()


@pytest.mark.parametrize(
    "url",
    [
        "http://ci.acme.example/",
        "ftp://ci.acme.example/",
        "//ci.acme.example/",
        "ci.acme.example",
        "https://",
        "https://ci/",
        "https://ann:secret@ci.acme.example/",
        "https://ci.acme.example/#part",
        "https://ci.acme.example:22/",
        "https://ci.acme.example:80/",
        "https://ci.acme.example:99999/",
        "https://localhost/",
        "https://localhost:8443/",
        "https://acme.localhost/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f.0.0.1/",
        "https://10.1.2.3:8443/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[fe80::1]/",
    ],
)
def test_an_address_to_which_nothing_would_be_sent_is_refused(admin: APIClient, path: str, url: str) -> None:
    """Clear text, services of machines, and what is plainly not on the public internet are told so at once."""
    answer = create(admin, path, url=url)
    assert (answer.status_code, answer.json()["error"]) == (400, "VALIDATION_ERROR"), answer.content
    (sentence,) = answer.json()["details"]["fields"]["url"]
    assert sentence.endswith(".") or "host/path" in sentence
    assert "secret" not in sentence
    assert not Webhook.objects.exists()


@pytest.mark.parametrize(
    "url", [URL, "https://ci.acme.example:8443", "https://1.1.1.1/x?y=z", "https://bücher.example/"]
)
def test_an_address_on_the_public_internet_is_taken(admin: APIClient, path: str, url: str) -> None:
    """As it was given, parameters included."""
    assert created(admin, path, url=url)["url"] == url


def test_in_development_a_receiver_may_be_on_this_machine(admin: APIClient, path: str, settings: Any) -> None:
    """By the setting alone, and no other private address."""
    settings.WEBHOOK_ALLOW_LOOPBACK = True
    assert created(admin, path, url="http://127.0.0.1:8080/")["url"] == "http://127.0.0.1:8080/"
    assert created(admin, path, url="http://localhost:8080/")["url"] == "http://localhost:8080/"
    assert create(admin, path, url="http://10.0.0.1:8080/").status_code == 400


@pytest.mark.parametrize(
    "events", [[], ["connection.exploded"], "connection.failed", [None], [["a"]], [{}], {}, [7], ["webhook.ping"], None]
)
def test_events_that_do_not_exist_are_refused(admin: APIClient, path: str, events: Any) -> None:
    """With the ones that do."""
    answer = create(admin, path, events=events)
    assert (answer.status_code, list(answer.json()["details"]["fields"])) == (400, ["events"]), answer.content
    if events == ["connection.exploded"]:
        assert "connection.failed" in str(answer.json()["details"])


def test_a_project_has_so_many_webhooks_at_most(admin: APIClient, path: str, settings: Any) -> None:
    """One more is refused, until one is deleted."""
    settings.WEBHOOKS_PER_PROJECT = 2
    first = created(admin, path)
    created(admin, path)
    answer = create(admin, path)
    assert (answer.status_code, answer.json()["error"]) == (409, "TOO_MANY_WEBHOOKS")
    assert answer.json()["details"] == {"limit": 2}
    assert admin.delete(f"{path}/{first['id']}").status_code == 204
    created(admin, path)


def test_a_webhook_that_was_deleted_is_gone(admin: APIClient, path: str) -> None:
    """Every call about it says so."""
    one = f"{path}/{created(admin, path)['id']}"
    assert admin.delete(one).status_code == 204
    for answer in (admin.get(one), admin.delete(one), admin.post(f"{one}/ping"), admin.get(f"{one}/deliveries")):
        assert (answer.status_code, answer.json()["error"]) == (404, "WEBHOOK_NOT_FOUND")


@pytest.mark.parametrize("key", ["not-an-id", "00000000-0000-0000-0000-000000000000"])
def test_what_never_was_is_not_found(admin: APIClient, path: str, key: str) -> None:
    """Whether it looks like an id or not."""
    answer = admin.get(f"{path}/{key}")
    assert (answer.status_code, answer.json()["error"]) == (404, "WEBHOOK_NOT_FOUND")


def test_a_webhook_of_another_project_is_not_there(
    admin: APIClient, path: str, world: World, api_as: ApiAs, project: Project
) -> None:
    """An id opens nothing in another project, not even to one who may do everything there."""
    key = created(admin, path)["id"]
    other = Project.objects.create(name="Other", created_by=world.acme_owner)
    answer = api_as(world.acme_owner).delete(f"/api/v1/projects/{other.pk}/webhooks/{key}")
    assert (answer.status_code, answer.json()["error"]) == (404, "WEBHOOK_NOT_FOUND")
    assert Webhook.objects.exists()


def test_a_ping_is_written_and_shown(admin: APIClient, path: str, world: World) -> None:
    """The answer is the message, which the list of messages has too."""
    one = f"{path}/{created(admin, path)['id']}"
    answer = admin.post(f"{one}/ping")
    assert answer.status_code == 202
    message = answer.json()
    assert (message["event"], message["status"], message["attempts"]) == ("webhook.ping", "pending", 0)
    assert message["payload"]["data"]["asked_for_by"] == str(world.by_role[Role.ADMIN].pk)
    assert admin.get(f"{one}/deliveries").json()["results"] == [message]


def test_messages_come_by_the_page_the_newest_first(admin: APIClient, path: str) -> None:
    """Each with what became of it, and with what was sent."""
    key = created(admin, path)["id"]
    webhook = Webhook.objects.get()
    for number in range(3):
        write(webhook, EventType.CONNECTION_CLONED, {"number": number})
    Delivery.objects.update(error="The receiver answered 503.", response_status=503, response_excerpt="down")
    page = admin.get(f"{path}/{key}/deliveries?limit=2").json()
    assert page["count"] == 3
    assert [row["payload"]["data"]["number"] for row in page["results"]] == [2, 1]
    assert page["results"][0]["response_status"] == 503


CALLS = {
    "list": ("GET", "", AUTOMATION, 200),
    "create": ("POST", "", MANAGERS, 201),
    "look": ("GET", "/{key}", AUTOMATION, 200),
    "ping": ("POST", "/{key}/ping", MANAGERS, 202),
    "deliveries": ("GET", "/{key}/deliveries", AUTOMATION, 200),
    "delete": ("DELETE", "/{key}", MANAGERS, 204),
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(("method", "end", "allowed", "success"), CALLS.values(), ids=CALLS)
def test_who_may(
    method: str,
    end: str,
    allowed: frozenset[Role],
    success: int,
    role: Role,
    admin: APIClient,
    path: str,
    world: World,
    api_as: ApiAs,
) -> None:
    """Those who see the connection see its webhooks; owners and admins decide who is told."""
    address = f"{path}{end.format(key=created(admin, path)['id'])}"
    answer = api_as(world.by_role[role]).generic(method, address, json.dumps({"url": URL}), "application/json")
    if role in allowed:
        assert answer.status_code == success, answer.content
    else:
        assert (answer.status_code, answer.json()["error"]) == (403, "INSUFFICIENT_ROLE")
        assert [Webhook.objects.count(), Delivery.objects.count()] == [1, 0]


@pytest.mark.parametrize(("method", "end", "_allowed", "_success"), CALLS.values(), ids=CALLS)
def test_a_stranger_finds_no_project(
    method: str, end: str, _allowed: Any, _success: int, admin: APIClient, path: str, world: World, api_as: ApiAs
) -> None:
    """Neither a teammate without a role nor another tenant's owner, on either host."""
    address = f"{path}{end.format(key=created(admin, path)['id'])}"
    strangers = [
        api_as(world.teammate),
        api_as(world.globex_owner),
        api_as(world.globex_owner, host="globex.localhost", tenant=world.globex),
    ]
    for client in strangers:
        answer = client.generic(method, address, json.dumps({"url": URL}), "application/json")
        assert (answer.status_code, answer.json()["error"]) == (404, "PROJECT_NOT_FOUND")
