"""API tokens: made once, shown once, good for one person on one host, until they end."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import tenant_context
from rest_framework.test import APIClient

from conftest import ApiAs, World
from qualisys.accounts.models import User
from qualisys.api_tokens.models import ApiToken
from qualisys.api_tokens.services import MOST_TOKENS, make_token
from qualisys.projects.models import Project
from qualisys.projects.roles import Role
from qualisys.redaction import redact
from qualisys.tenancy.models import TenantMember

TOKENS = "/api/v1/tokens"


def machine(secret: str, host: str = "acme.localhost", scheme: str = "Bearer") -> APIClient:
    """Return a client that asks with this token."""
    client = APIClient(HTTP_HOST=host)
    client.credentials(HTTP_AUTHORIZATION=f"{scheme} {secret}")
    return client


def make(client: APIClient, **fields: Any) -> Any:
    return client.post(TOKENS, {"name": "CI", **fields}, format="json")


@pytest.fixture
def person(world: World) -> User:
    return world.by_role[Role.QA_AUTOMATION]


@pytest.fixture
def secret(person: User, project: Project) -> str:
    """A token of a QA automation engineer of the project."""
    return make_token(person.pk, name="CI")[1]


def test_a_token_is_shown_once(api_as: ApiAs, person: User) -> None:
    """The answer that makes it holds its text; no other one does, and neither does the database."""
    client = api_as(person)
    until = (timezone.now() + timedelta(days=90)).isoformat()
    answer = make(client, name="Nightly", expires_at=until)

    assert answer.status_code == 201, answer.content
    made = answer.json()
    text = made.pop("token")
    assert (made["name"], made["last_used_at"]) == ("Nightly", None)
    assert text.startswith(made["prefix"])
    assert len(text) == 44
    assert answer.headers["Cache-Control"] == "no-store"

    listed = client.get(TOKENS)
    assert listed.json()["results"] == [made]
    assert text[len(made["prefix"]) :] not in listed.content.decode()
    row = ApiToken.objects.values().get()
    assert not [value for value in row.values() if isinstance(value, str) and text[len(made["prefix"]) :] in value]


def test_a_machine_may_what_its_person_may(secret: str, project: Project, world: World) -> None:
    """The token opens the project with the person's role, and nothing that the role does not reach."""
    client = machine(secret)
    assert client.get(f"/api/v1/projects/{project.pk}").json()["role"] == "qa-automation"
    assert client.get(f"/api/v1/projects/{project.pk}/github").status_code == 404
    assert client.patch(f"/api/v1/projects/{project.pk}", {"name": "X"}, format="json").status_code == 403
    assert machine(secret, scheme="bearer").get("/api/v1/projects").status_code == 200


def revoked(token: ApiToken) -> None:
    token.delete()


def expired(token: ApiToken) -> None:
    ApiToken.objects.filter(pk=token.pk).update(expires_at=timezone.now())


def of_one_deactivated(token: ApiToken) -> None:
    User.objects.filter(pk=token.user_id).update(is_active=False)


def of_one_who_left(token: ApiToken) -> None:
    TenantMember.objects.filter(user_id=token.user_id).delete()


@pytest.mark.parametrize("end", [revoked, expired, of_one_deactivated, of_one_who_left])
def test_a_token_that_ended_opens_nothing(secret: str, end: Any) -> None:
    """From one moment to the next it is 401, everywhere, and the reason is not told to whoever holds it."""
    client = machine(secret)
    assert client.get("/api/v1/projects").status_code == 200
    end(ApiToken.objects.get())
    for address in ("/api/v1/projects", TOKENS):
        answer = client.get(address)
        assert (answer.status_code, answer.json()["error"]) == (401, "NOT_AUTHENTICATED")
        assert "API token is not good here" in answer.json()["message"]
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_is_good_on_its_tenants_host_alone(secret: str, world: World, person: User) -> None:
    """Also where the person belongs to both tenants."""
    TenantMember.objects.create(tenant=world.globex, user=person, role="owner")
    assert machine(secret, host="globex.localhost").get("/api/v1/projects").status_code == 401
    with tenant_context(world.globex):
        _, theirs = make_token(person.pk, name="CI")
    assert machine(theirs, host="globex.localhost").get("/api/v1/projects").status_code == 200
    assert machine(theirs).get("/api/v1/projects").status_code == 401


@pytest.mark.parametrize("wrong", ["qat_", "qat_" + "0" * 40, "qat_é", "QAT_", "qat_ x"])
def test_what_looks_like_a_token_is_none(secret: str, wrong: str) -> None:
    """A guess, a part, or another case of letters opens nothing."""
    assert machine(wrong).get("/api/v1/projects").status_code == 401
    assert machine(secret.upper()).get("/api/v1/projects").status_code == 401
    assert machine(secret[:-1]).get("/api/v1/projects").status_code == 401
    assert machine(secret, scheme="Basic").get("/api/v1/projects").status_code == 401


def test_a_token_makes_no_token(secret: str) -> None:
    """Who stole one cannot outlive it."""
    answer = make(machine(secret))
    assert (answer.status_code, answer.json()["error"]) == (403, "LOG_IN_REQUIRED")
    assert ApiToken.objects.count() == 1


def test_revoking(api_as: ApiAs, person: User, world: World, secret: str) -> None:
    """One's own tokens are revoked, also by themselves; somebody else's are not there."""
    mine = ApiToken.objects.get()
    assert api_as(world.acme_owner).delete(f"{TOKENS}/{mine.pk}").status_code == 404
    assert api_as(world.acme_owner).get(TOKENS).json()["count"] == 0
    assert machine(secret).delete(f"{TOKENS}/{mine.pk}").status_code == 204
    assert machine(secret).get(TOKENS).status_code == 401
    for gone in (mine.pk, "nonsense"):
        answer = api_as(person).delete(f"{TOKENS}/{gone}")
        assert (answer.status_code, answer.json()["error"]) == (404, "API_TOKEN_NOT_FOUND")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": 7}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "soon"}, "expires_at"),
        ({"expires_at": "9999-12-31T23:59:59-23:00"}, "expires_at"),
    ],
)
def test_what_makes_no_sense_is_refused(api_as: ApiAs, person: User, fields: dict[str, Any], field: str) -> None:
    """The one who asks is told which field is wrong, and no token is made."""
    answer = make(api_as(person), **fields)
    assert (answer.status_code, list(answer.json()["details"]["fields"])) == (400, [field])
    assert not ApiToken.objects.exists()


def test_there_is_an_end_to_tokens(api_as: ApiAs, person: User) -> None:
    """Beyond a number that nobody needs, one has to go first."""
    for number in range(MOST_TOKENS):
        make_token(person.pk, name=str(number))
    answer = make(api_as(person))
    assert (answer.status_code, answer.json()["error"]) == (409, "TOO_MANY_API_TOKENS")
    assert answer.json()["details"] == {"limit": MOST_TOKENS}


def test_the_last_use_is_known_to_the_minute(secret: str, project: Project) -> None:
    """A use is written down, and the next one within the minute costs no statement for it."""
    client = machine(secret)
    path = f"/api/v1/projects/{project.pk}"
    client.get(path)
    first = ApiToken.objects.get().last_used_at
    assert first is not None
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    # The token together with its person and the membership; the project with the roles.
    assert len([query for query in captured if query["sql"].startswith("SELECT")]) == 2
    assert not [query for query in captured if query["sql"].startswith("UPDATE")]
    assert ApiToken.objects.get().last_used_at == first

    ApiToken.objects.update(last_used_at=first - timedelta(minutes=2))
    client.get(path)
    assert ApiToken.objects.get().last_used_at >= first


def test_a_machine_is_counted_as_its_person(world: World, api_as: ApiAs, settings: Any) -> None:
    """A token is no way around the limits."""
    person = User.objects.create_user("of-this-test@acme.example")  # nobody else's requests are counted with hers
    TenantMember.objects.create(tenant=world.acme, user=person)
    _, secret = make_token(person.pk, name="CI")
    settings.API_REQUESTS_PER_HOUR_PER_USER = 3
    statuses = [client.get("/api/v1/projects").status_code for client in (machine(secret), api_as(person)) * 2]
    assert statuses == [200, 200, 200, 429]


def test_a_token_is_redacted(secret: str) -> None:
    """A log line or a message does not keep it."""
    assert secret not in redact(f"refused {secret} for ann")
    assert secret not in redact(f'{{"Authorization": "Bearer {secret}"}}')


def test_the_admin_lists_and_revokes(acme_admin_site: Any, secret: str) -> None:
    """The tenant's owner sees whose tokens there are, never their text, and ends one."""
    base = "/admin/api_tokens/apitoken/"
    token = ApiToken.objects.get()
    page = acme_admin_site.get(base).content.decode()
    assert token.prefix in page
    assert token.user.email in page
    detail = acme_admin_site.get(f"{base}{token.pk}/change/").content.decode()
    assert token.digest not in page + detail
    assert secret not in page + detail
    assert acme_admin_site.get(f"{base}add/").status_code == 403

    acme_admin_site.post(f"{base}{token.pk}/delete/", {"post": "yes"})
    assert not ApiToken.objects.exists()
    assert machine(secret).get("/api/v1/projects").status_code == 401
