"""POST /auth/token/refresh."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from rest_framework.response import Response
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import RefreshToken

from conftest import ApiAs, World
from qualisys.accounts.models import User
from qualisys.tenancy.authentication import TENANT_CLAIM
from qualisys.tenancy.models import Tenant, TenantMember

URL = "/api/v1/auth/token/refresh"


def refresh_token(user: User, tenant: Tenant) -> RefreshToken:
    token = RefreshToken.for_user(user)
    token[TENANT_CLAIM] = str(tenant.pk)
    return token


@pytest.fixture(autouse=True)
def _quick_passwords(quick_passwords: None) -> None:
    """A changed password is hashed too."""


def refresh(api_as: ApiAs, token: object) -> Response:
    return api_as(None).post(URL, {"refresh": str(token)}, format="json")


def test_a_member_gets_a_new_access_token(world: World, api_as: ApiAs) -> None:
    """A refresh token of this tenant brings an access token that opens the API as the same person."""
    answer = refresh(api_as, refresh_token(world.acme_owner, world.acme))

    assert answer.status_code == 200
    assert set(answer.json()) == {"access"}
    client = api_as(None)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {answer.json()['access']}")
    assert client.post("/api/v1/projects", {"name": "Made by an owner"}, format="json").status_code == 201


def expired(world: World) -> object:
    token = refresh_token(world.teammate, world.acme)
    token.set_exp(lifetime=-timedelta(seconds=1))
    return token


def after_leaving(world: World) -> object:
    TenantMember.objects.filter(tenant=world.acme, user=world.teammate).delete()
    return refresh_token(world.teammate, world.acme)


def after_deactivation(world: World) -> object:
    User.objects.filter(pk=world.teammate.pk).update(is_active=False)
    return refresh_token(world.teammate, world.acme)


def of_no_tenant(world: World) -> object:
    return RefreshToken.for_user(world.teammate)


def of_another_tenant(world: World) -> object:
    return refresh_token(world.globex_owner, world.globex)


def of_another_tenant_for_a_member_here(world: World) -> object:
    return refresh_token(world.teammate, world.globex)


def an_access_token(world: World) -> object:
    return refresh_token(world.teammate, world.acme).access_token


def with_a_changed_letter(world: World) -> object:
    head, body, signature = str(refresh_token(world.teammate, world.acme)).split(".")
    return f"{head}.{body}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"


def after_another_password(world: World) -> object:
    token = refresh_token(world.teammate, world.acme)
    world.teammate.set_password("another battery staple")
    world.teammate.save(update_fields=["password"])
    world.teammate.refresh_from_db()
    return token


def of_no_password(world: World) -> object:
    token = refresh_token(world.teammate, world.acme)
    del token[api_settings.REVOKE_TOKEN_CLAIM]
    return token


def garbage(_world: World) -> object:
    return "garbage"


REFUSED: list[Callable[[World], object]] = [
    expired,
    after_leaving,
    after_deactivation,
    of_no_tenant,
    of_another_tenant,
    of_another_tenant_for_a_member_here,
    an_access_token,
    with_a_changed_letter,
    after_another_password,
    of_no_password,
    garbage,
]


@pytest.mark.parametrize("token_of", REFUSED, ids=lambda token_of: token_of.__name__)
def test_any_other_token_is_refused(world: World, api_as: ApiAs, token_of: Callable[[World], object]) -> None:
    """A refresh token is good on its tenant's host alone, and only while its owner belongs there."""
    answer = refresh(api_as, token_of(world))

    assert answer.status_code == 401, answer.content
    assert answer.json()["error"] == "INVALID_REFRESH_TOKEN"


@pytest.mark.parametrize("body", [{}, {"refresh": None}, {"refresh": 7}, {"refresh": ""}, {"refresh": "x" * 4097}])
def test_a_malformed_body_is_named(world: World, api_as: ApiAs, body: dict[str, object]) -> None:
    """Where there is no token in the body, the field is named."""
    answer = api_as(None).post(URL, body, format="json")

    assert answer.status_code == 400
    assert list(answer.json()["details"]["fields"]) == ["refresh"]
