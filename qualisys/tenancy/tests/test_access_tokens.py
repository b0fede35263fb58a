"""What an access token opens, and what it does not, at every address of the API."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import jwt
import pytest
from rest_framework.response import Response
from rest_framework.test import APIClient
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken

from conftest import ApiAs, World, token_for
from qualisys.accounts.models import User
from qualisys.projects.models import Project
from qualisys.projects.roles import Role
from qualisys.tenancy.authentication import TENANT_CLAIM
from qualisys.tenancy.models import TenantMember
from qualisys.tests.endpoints import ELSEWHERE, Endpoint, endpoints, protected_endpoints

every_endpoint = pytest.mark.parametrize("endpoint", protected_endpoints(), ids=str)


def ask(client: APIClient, endpoint: Endpoint, world: World, project: Project) -> Response:
    """Ask for something that is there, with a body that is good where one is read before the role is."""
    named = {"user_id": world.by_role[Role.VIEWER].pk, "webhook_id": uuid.uuid4()} | ELSEWHERE
    path = endpoint.path(project_id=project.pk, **named)
    return client.generic(endpoint.method, path, b'{"name": "Shop"}', content_type="application/json")


def test_the_walk_sees_the_whole_api() -> None:
    """The endpoints tried below are those that the design names; a pattern that is not walked would be missed."""
    assert {str(endpoint) for endpoint in endpoints()} >= {
        "POST token",
        "POST token-refresh",
        "GET projects",
        "POST projects",
        "GET project",
        "PATCH project",
        "DELETE project",
        "GET members",
        "POST members",
        "PATCH member",
        "DELETE member",
        "GET github-connection",
        "POST github-connection",
        "DELETE github-connection",
    }


@every_endpoint
def test_without_a_token_nothing_opens(world: World, project: Project, api_as: ApiAs, endpoint: Endpoint) -> None:
    """Nobody gets anything without a token, and is told how to bring one."""
    answer = ask(api_as(None), endpoint, world, project)

    assert answer.status_code == 401
    assert answer.json()["error"] == "NOT_AUTHENTICATED"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@every_endpoint
def test_a_token_of_another_tenant_opens_nothing(
    world: World, project: Project, api_as: ApiAs, endpoint: Endpoint
) -> None:
    """Even an owner of this tenant gets nothing with a token that another tenant's host issued."""
    TenantMember.objects.create(tenant=world.globex, user=world.acme_owner)
    for user in (world.globex_owner, world.acme_owner):
        answer = ask(api_as(user, tenant=world.globex), endpoint, world, project)

        assert answer.status_code == 401
        assert answer.json()["error"] == "NOT_AUTHENTICATED"
        assert "another tenant" in answer.json()["message"]
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def deactivated(world: World) -> None:
    User.objects.filter(pk=world.acme_owner.pk).update(is_active=False)


def left(world: World) -> None:
    TenantMember.objects.filter(tenant=world.acme, user=world.acme_owner).delete()


@every_endpoint
@pytest.mark.parametrize("gone", [deactivated, left])
def test_one_who_is_gone_loses_everything_at_once(
    world: World, project: Project, api_as: ApiAs, endpoint: Endpoint, gone: Callable[[World], None]
) -> None:
    """A token outlives its owner's membership by minutes, but opens nothing any more, not even with a project role."""
    project.members.create(user=world.acme_owner, role=Role.OWNER)
    client = api_as(world.acme_owner)
    assert client.get(f"/api/v1/projects/{project.pk}").status_code == 200
    gone(world)

    answer = ask(client, endpoint, world, project)

    of_a_project = "project_id" in endpoint.parameters
    refusal = (404, "PROJECT_NOT_FOUND") if of_a_project else (403, "NOT_A_MEMBER")
    assert (answer.status_code, answer.json()["error"]) == refusal


def _access(world: World) -> AccessToken:
    return AccessToken(token_for(world.acme_owner, world.acme))


def expired(world: World) -> str:
    token = _access(world)
    token.set_exp(lifetime=-timedelta(seconds=1))
    return f"Bearer {token}"


def of_no_tenant(world: World) -> str:
    return f"Bearer {RefreshToken.for_user(world.acme_owner).access_token}"


def a_refresh_token(world: World) -> str:
    token = RefreshToken.for_user(world.acme_owner)
    token[TENANT_CLAIM] = str(world.acme.pk)
    return f"Bearer {token}"


def of_another_issuer(world: World) -> str:
    claims = {**_access(world).payload, "iss": "somebody else"}
    return f"Bearer {jwt.encode(claims, api_settings.SIGNING_KEY, algorithm='HS256')}"


def signed_with_another_key(world: World) -> str:
    return f"Bearer {jwt.encode(_access(world).payload, 'k' * 32, algorithm='HS256')}"


def not_signed(world: World) -> str:
    return f"Bearer {jwt.encode(_access(world).payload, None, algorithm='none')}"


def garbage(_world: World) -> str:
    return "Bearer garbage"


def three_parts_of_garbage(_world: World) -> str:
    return "Bearer a.b.c"


def no_token_in_the_header(_world: World) -> str:
    return "Bearer"


def of_another_scheme(world: World) -> str:
    return f"Basic {_access(world)}"


REFUSED: list[Callable[[World], str]] = [
    expired,
    of_no_tenant,
    a_refresh_token,
    of_another_issuer,
    signed_with_another_key,
    not_signed,
    garbage,
    three_parts_of_garbage,
    no_token_in_the_header,
    of_another_scheme,
]


@pytest.mark.parametrize("header_of", REFUSED, ids=lambda header_of: header_of.__name__)
def test_a_bad_token_is_401(world: World, api_as: ApiAs, header_of: Callable[[World], str]) -> None:
    """A token that is old, foreign, forged or no token at all is answered with 401 and the scheme."""
    client = api_as(None)
    client.credentials(HTTP_AUTHORIZATION=header_of(world))

    answer = client.get("/api/v1/projects")

    assert answer.status_code == 401
    assert answer.json()["error"] == "NOT_AUTHENTICATED"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_the_same_header_made_well_opens(world: World, api_as: ApiAs) -> None:
    """The token that the bad ones above are made from is a good one."""
    client = api_as(None)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {_access(world)}")
    assert client.get("/api/v1/projects").status_code == 200
