"""POST /auth/token."""

from typing import Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from rest_framework.response import Response

from conftest import PASSWORD, ApiAs, World
from qualisys.accounts.models import User
from qualisys.tenancy.models import TenantMember, TenantRole
from qualisys.tests.malformed import BLANK, MALFORMED_TEXT, with_field

URL = "/api/v1/auth/token"


@pytest.fixture(autouse=True)
def _quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PBKDF2PasswordHasher, "iterations", 1)


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
    assert world.teammate.last_login is None
    log_in(api_as, world.teammate.email)
    assert User.objects.get(pk=world.teammate.pk).last_login is not None


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


def _refused(world: World) -> dict[str, tuple[str, str]]:
    return {
        "wrong password": (world.teammate.email, f"{PASSWORD}!"),
        "password with a space before it": (world.teammate.email, f" {PASSWORD}"),
        "unknown address": ("nobody@acme.example", PASSWORD),
        "deactivated member": (world.teammate.email, PASSWORD),
        "member of no tenant": (world.outsider.email, PASSWORD),
        "owner of another tenant": (world.globex_owner.email, PASSWORD),
        "operator who is no member": (world.operator.email, PASSWORD),
    }


@pytest.mark.parametrize("case", list(_refused(World(*[User()] * 8))))  # type: ignore[arg-type]  # for the names alone
def test_everybody_else_is_refused_in_the_same_words(world: World, api_as: ApiAs, case: str) -> None:
    """Nobody learns from the answer whether an address is known, active, or a member somewhere."""
    if case == "deactivated member":
        User.objects.filter(pk=world.teammate.pk).update(is_active=False)

    answer = log_in(api_as, *_refused(world)[case])

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
def test_a_malformed_field_is_named(world: World, api_as: ApiAs, field: str, value: Any) -> None:  # noqa: ARG001
    """What is no text, or too much of it, is answered with the field's name before anybody is looked up."""
    body = with_field({"email": "a@example.com", "password": PASSWORD}, field, value)
    answer = api_as(None).post(URL, body, format="json")

    assert answer.status_code == 400
    assert answer.json()["error"] == "VALIDATION_ERROR"
    assert list(answer.json()["details"]["fields"]) == [field]
