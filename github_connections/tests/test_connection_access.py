"""Who may make which of the calls about a project's connection: by role, by project, by tenant, by token."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django_tenants.utils import tenant_context
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken

from conftest import ApiAs, World, token_for
from github_connections.models import GithubConnection
from github_connections.states import Status
from github_connections.tests.connection_api import ConnectionApi, assert_refused, path_of
from github_connections.tests.connection_rows import make_connection
from github_connections.tests.fake_github import FakeGitHub
from qualisys.accounts.models import User
from qualisys.projects.models import Project, ProjectMember
from qualisys.projects.roles import AUTOMATION, Role
from qualisys.tenancy.authentication import TENANT_CLAIM
from qualisys.tenancy.models import TenantMember

ALLOWED = [role for role in Role if role in AUTOMATION]
METHODS = ["post", "get", "patch", "refresh", "history", "delete"]
SUCCESS = {"post": 201, "get": 200, "patch": 200, "refresh": 202, "history": 200, "delete": 204}


def ask(method: str, client: APIClient, project_id: object) -> Any:
    """Make one of the calls."""
    fields = {"branch": "next"} if method == "patch" else {}
    return getattr(ConnectionApi(client, path_of(project_id)), method)(**fields)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("role", ALLOWED)
def test_roles_that_may(
    role: Role, method: str, world: World, project: Project, api_as: ApiAs, fake_github: FakeGitHub, clone_root: Path
) -> None:
    """Owner, admin and QA automation may make each of the calls."""
    fake_github.agrees()
    if method != "post":
        make_connection(project, Status.FAILED)
    answer = ask(method, api_as(world.by_role[role]), project.pk)
    assert answer.status_code == SUCCESS[method]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("role", sorted(set(Role) - AUTOMATION))
def test_roles_that_may_not(
    role: Role, method: str, world: World, project: Project, api_as: ApiAs, fake_github: FakeGitHub
) -> None:
    """A member with another role is told which roles may, and nothing happens."""
    made = make_connection(project)
    answer = ask(method, api_as(world.by_role[role]), project.pk)
    assert_refused(answer, 403, "INSUFFICIENT_ROLE", role=role, required_roles=["owner", "admin", "qa-automation"])
    assert all(allowed in answer.json()["message"] for allowed in ALLOWED)
    assert GithubConnection.objects.get() == made
    assert fake_github.asked == []


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("person", ["acme_owner", "acme_admin"])
def test_tenants_owner_and_admin_may_everywhere(
    person: str, method: str, world: World, api_as: ApiAs, fake_github: FakeGitHub, clone_root: Path
) -> None:
    """A tenant's owner and admin have their role in a project that they were not added to."""
    fake_github.agrees()
    project = Project.objects.create(name="Theirs", created_by=world.teammate)
    if method != "post":
        make_connection(project, Status.FAILED)
    answer = ask(method, api_as(getattr(world, person)), project.pk)
    assert answer.status_code == SUCCESS[method]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "project_id", ["5ba1ed00-0000-4000-8000-000000000000", "7", "None", "..", "a b", "%00", "0" * 32, "\u00e9"]
)
def test_project_that_does_not_exist(
    project_id: str, method: str, world: World, api_as: ApiAs, fake_github: FakeGitHub
) -> None:
    """An unknown or malformed id is a project that is not there, even for the tenant's owner."""
    assert_refused(ask(method, api_as(world.acme_owner), project_id), 404, "PROJECT_NOT_FOUND")
    assert fake_github.asked == []


@pytest.mark.parametrize("method", METHODS)
def test_member_of_the_tenant_alone_does_not_see_the_project(
    method: str, world: World, project: Project, api_as: ApiAs, fake_github: FakeGitHub
) -> None:
    """Who was not added to the project is told the same as for a project that is not there."""
    made = make_connection(project)
    assert_refused(ask(method, api_as(world.teammate), project.pk), 404, "PROJECT_NOT_FOUND")
    assert GithubConnection.objects.get() == made
    assert fake_github.asked == []


@pytest.mark.parametrize("method", METHODS)
def test_another_tenants_project_is_not_there(
    method: str, world: World, project: Project, api_as: ApiAs, fake_github: FakeGitHub
) -> None:
    """On her own host another tenant's owner does not reach the project, its id notwithstanding."""
    made = make_connection(project)
    client = api_as(world.globex_owner, host="globex.localhost", tenant=world.globex)
    assert_refused(ask(method, client, project.pk), 404, "PROJECT_NOT_FOUND")
    with tenant_context(world.acme):
        assert GithubConnection.objects.get() == made
    assert fake_github.asked == []


def test_same_id_in_two_tenants_is_two_projects(world: World, project: Project, api_as: ApiAs) -> None:
    """The host decides whose project is meant; the other tenant's connection is not touched."""
    made = make_connection(project)
    with tenant_context(world.globex):
        Project.objects.create(pk=project.pk, name="Theirs", created_by=world.globex_owner)
    client = api_as(world.globex_owner, host="globex.localhost", tenant=world.globex)
    for method in ("get", "delete"):
        assert_refused(ask(method, client, project.pk), 404, "CONNECTION_NOT_FOUND")
    with tenant_context(world.acme):
        assert GithubConnection.objects.get() == made


def of_another_tenant(world: World) -> str:
    return token_for(world.by_role[Role.OWNER], world.globex)


def of_no_tenant(world: World) -> str:
    return str(AccessToken.for_user(world.by_role[Role.OWNER]))


def expired(world: World) -> str:
    token = AccessToken(token_for(world.by_role[Role.OWNER], world.acme))
    token.set_exp(lifetime=timedelta(seconds=-1))
    return str(token)


def forged(world: World) -> str:
    return token_for(world.by_role[Role.OWNER], world.acme)[:-4] + "AAAA"


def refresh(world: World) -> str:
    token = RefreshToken.for_user(world.by_role[Role.OWNER])
    token[TENANT_CLAIM] = str(world.acme.pk)
    return str(token)


def none_at_all(_world: World) -> str:
    return "no.token.atall"


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("token", [of_another_tenant, of_no_tenant, expired, forged, refresh, none_at_all])
def test_token_that_is_not_good_here(
    token: Callable[[World], str], method: str, world: World, project: Project, fake_github: FakeGitHub
) -> None:
    """A JWT of another tenant, an expired, forged or refresh token, or no token at all, is 401."""
    made = make_connection(project)
    client = APIClient(HTTP_HOST="acme.localhost")
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token(world)}")
    assert_refused(ask(method, client, project.pk), 401, "NOT_AUTHENTICATED")
    assert GithubConnection.objects.get() == made
    assert fake_github.asked == []


@pytest.mark.parametrize("method", METHODS)
def test_nobody_is_asked_to_log_in(method: str, project: Project, api_as: ApiAs) -> None:
    """Without a JWT the answer is 401, and says by its header what is wanted."""
    answer = ask(method, api_as(None), project.pk)
    assert_refused(answer, 401, "NOT_AUTHENTICATED")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def leave_project(world: World) -> None:
    ProjectMember.objects.filter(user=world.by_role[Role.QA_AUTOMATION]).delete()


def leave_tenant(world: World) -> None:
    TenantMember.objects.filter(user=world.by_role[Role.QA_AUTOMATION]).delete()


def be_deactivated(world: World) -> None:
    User.objects.filter(pk=world.by_role[Role.QA_AUTOMATION].pk).update(is_active=False)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("go", [leave_project, leave_tenant, be_deactivated])
def test_token_of_one_who_has_gone(
    go: Callable[[World], None],
    method: str,
    world: World,
    project: Project,
    api: ConnectionApi,
    fake_github: FakeGitHub,
) -> None:
    """A JWT that is still good does not outlive the membership or the person it was issued for."""
    make_connection(project)
    go(world)
    assert_refused(getattr(api, method)(), 404, "PROJECT_NOT_FOUND")
    assert fake_github.asked == []


@pytest.mark.parametrize("method", ["put", "options"])
def test_other_methods_are_not_offered(method: str, api: ConnectionApi) -> None:
    """The connection is made, looked at, changed and removed; it is not put in the place of another."""
    assert_refused(getattr(api.client, method)(api.path), 405, "METHOD_NOT_ALLOWED")


def test_a_trailing_slash_does_not_matter(api: ConnectionApi, project: Project) -> None:
    """The address is the same with a slash at its end."""
    make_connection(project)
    assert api.client.get(f"{api.path}/").json() == api.get().json()
