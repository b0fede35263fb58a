"""POST /auth/token."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.response import Response

from conftest import PASSWORD, ApiAs, World
from qualisys.accounts.models import User
from qualisys.tenancy.models import TenantMember, TenantRole
from qualisys.tests.malformed import BLANK, MALFORMED_TEXT, with_field

URL = "/api/v1/auth/token"
pytestmark = pytest.mark.usefixtures("quick_passwords")


def log_in(api_as: ApiAs, email: Any, password: Any = PASSWORD, host: str = "acme.localhost") -> Response:
    return api_as(None, host=host).post(URL, {"email": email, "password": password}, format="json")


@pytest.mark.parametrize("spell", [str, str.upper, str.title, "  {}  ".format])
def test_a_member_gets_tokens_however_the_address_is_written(world: World, api_as: ApiAs, spell: Any) -> None:
    """A member gets a pair of tokens, whatever the case of the address, and the access token opens the API."""
    answer = log_in(api_as, spell(world.teammate.email))

    assert answer.status_code == 200, answer.content
    assert set(answer.json()) == {"access", "refresh"}
    client = api_as(None)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {answer.json()['access']}")
    assert client.get("/api/v1/projects").status_code == 200


def test_logging_in_is_written_down(world: World, api_as: ApiAs) -> None:
    """An operator sees in the admin when a person was last here."""
    person = User.objects.filter(pk=world.teammate.pk)
    assert person.get().last_login is None
    log_in(api_as, world.teammate.email)
    assert person.get().last_login is not None


def test_one_person_may_belong_to_two_tenants(world: World, api_as: ApiAs) -> None:
    """Each tenant's host issues a token of its own, and neither is good on the other's."""
    TenantMember.objects.create(tenant=world.globex, user=world.teammate, role=TenantRole.MEMBER)
    hosts = ["acme.localhost", "globex.localhost"]
    tokens = {host: log_in(api_as, world.teammate.email, host=host).json()["access"] for host in hosts}

    for issued, token in tokens.items():
        for asked in hosts:
            client = api_as(None, host=asked)
            client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
            assert client.get("/api/v1/projects").status_code == (200 if asked == issued else 401)


def deactivated_member(world: World) -> str:
    User.objects.filter(pk=world.teammate.pk).update(is_active=False)
    return world.teammate.email


REFUSED: dict[str, tuple[Callable[[World], str], str]] = {
    "wrong password": (lambda world: world.teammate.email, f"{PASSWORD}!"),
    "password with a space before it": (lambda world: world.teammate.email, f" {PASSWORD}"),
    "unknown address": (lambda _world: "nobody@acme.example", PASSWORD),
    "deactivated member": (deactivated_member, PASSWORD),
    "member of no tenant": (lambda world: world.outsider.email, PASSWORD),
    "owner of another tenant": (lambda world: world.globex_owner.email, PASSWORD),
    "operator who is no member": (lambda world: world.operator.email, PASSWORD),
}


@pytest.mark.parametrize(("email_of", "password"), REFUSED.values(), ids=REFUSED)
def test_everybody_else_is_refused_in_the_same_words(
    world: World, api_as: ApiAs, email_of: Callable[[World], str], password: str
) -> None:
    """Nobody learns from the answer whether an address is known, active, or a member somewhere."""
    answer = log_in(api_as, email_of(world), password)

    assert answer.status_code == 401
    assert answer.json() == {
        "error": "INVALID_CREDENTIALS",
        "message": "No member of this tenant has this e-mail address and password.",
        "details": {},
    }


MALFORMED = [
    pytest.param(field, value, id=f"{field}-{name}")
    for field, limit in (("email", 254), ("password", 128))
    for name, value in {**MALFORMED_TEXT, **BLANK, "over-long": "x" * (limit + 1)}.items()
    # A password may hold spaces.
    if (field, name) != ("password", "spaces")
]


@pytest.mark.parametrize(("field", "value"), MALFORMED)
def test_a_malformed_field_is_named(world: World, api_as: ApiAs, field: str, value: Any) -> None:
    """What is no text, or too much of it, is answered with the field's name before anybody is looked up."""
    body = with_field({"email": "a@example.com", "password": PASSWORD}, field, value)
    answer = api_as(None).post(URL, json.dumps(body), content_type="application/json")

    assert answer.status_code == 400
    assert answer.json()["error"] == "VALIDATION_ERROR"
    assert list(answer.json()["details"]["fields"]) == [field]
