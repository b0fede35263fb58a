"""Every address as everybody: docs/security.md says who may ask for what, and nobody else may."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import responses
from django.conf import settings as configuration
from django.test import Client
from django_tenants.utils import tenant_context
from rest_framework.response import Response

from conftest import ApiAs, World, undone
from github_connections.models import GithubConnection
from github_connections.tests.analysed_rows import make_analysed
from github_connections.tests.connection_rows import clone_root as clone_root
from qualisys.observability.middleware import ANSWERS
from qualisys.projects.models import Project, ProjectMember
from qualisys.projects.roles import MAY, Action, Role
from qualisys.tenancy.models import TenantRole
from qualisys.tests.addresses import PUBLIC, TENANTS, Call, admin_addresses, calls, filled
from qualisys.tests.description import example_body
from qualisys.tests.markdown_tables import table
from qualisys.tests.people import ANONYMOUS, OPERATOR, PEOPLE, WITH_A_FOREIGN_TOKEN, Person

WHO = {call: who for call, [who] in table("docs/security.md", "Call").items()}
MANAGERS = {TenantRole.OWNER, TenantRole.ADMIN}
LET_IN = "let in"
REFUSALS = {"NOT_AUTHENTICATED", "FORBIDDEN", "INSUFFICIENT_ROLE", "NOT_A_MEMBER", "PROJECT_NOT_FOUND"}
LOG_IN = "/admin/login/"


def test_every_address_has_its_line() -> None:
    """A call that is added gets a line in the table, and one that is gone leaves none there."""
    operators = {f"GET {path}" for path in ANSWERS}
    admins = {"/admin/… of a tenant", "/admin/… of the platform"}
    assert set(WHO) == {str(call) for call in calls()} | operators | admins


def expected(person: Person, who: str) -> str:
    """Return how this person is answered where `who` may ask: let in, or the code of the refusal."""
    if who == "anybody":
        return LET_IN
    if person in (ANONYMOUS, WITH_A_FOREIGN_TOKEN):
        return "NOT_AUTHENTICATED"
    if who in Action.values:
        return _in_the_project(person, Action(who))
    enough = {"whoever belongs to the tenant": set(TenantRole), "the tenant's owner and admin": MANAGERS}[who]
    if person.tenant_role is None:
        return "NOT_A_MEMBER"
    return LET_IN if person.tenant_role in enough else "INSUFFICIENT_ROLE"


def _in_the_project(person: Person, action: Action) -> str:
    if person.role is None:
        return "PROJECT_NOT_FOUND"
    return LET_IN if person.role in MAY[action] else "INSUFFICIENT_ROLE"


def outcome_of(answer: Response) -> str:
    assert answer.status_code < 500, answer.content
    is_json = answer.headers.get("Content-Type", "").startswith("application/json")
    code = json.loads(answer.content).get("error", "") if is_json else ""
    return code if code in REFUSALS else LET_IN


def everything() -> list[Any]:
    """Return what a refused call must not have changed."""
    rows = [Project.objects.values_list("pk", "name", "description"), ProjectMember.objects.values_list("user", "role")]
    return [set(each) for each in (*rows, GithubConnection.objects.values_list("pk", "status", "encrypted_token"))]


@pytest.fixture(autouse=True)
def _github() -> Iterator[None]:
    """A GitHub that knows nothing: whoever gets as far as to ask it was let in."""
    with responses.RequestsMock(assert_all_requests_are_fired=False):
        yield


@pytest.mark.usefixtures("clone_root", "quick_passwords")
@pytest.mark.parametrize("call", calls(), ids=str)
def test_those_may_ask_who_stand_in_the_table(world: World, project: Project, api_as: ApiAs, call: Call) -> None:
    """Each person is let in or refused as the call's line says; a browser's session opens nothing in the API."""
    make_analysed(project)
    path = filled(call.path, {"project_id": project.pk, "user_id": world.by_role[Role.VIEWER].pk})
    body = json.dumps(example_body(call.method, call.path))
    before = everything()
    outcomes = {}
    for person in PEOPLE:
        client = api_as(None)
        client.force_login(world.operator)
        with undone(world.acme):
            answer = client.generic(call.method, path, body, "application/json", headers=person.headers(world))
            outcomes[person.name] = outcome_of(answer)
            with tenant_context(world.acme):
                assert outcomes[person.name] == LET_IN or everything() == before, person
    assert outcomes == {person.name: expected(person, WHO[str(call)]) for person in PEOPLE}


ADMINS = {
    "acme.localhost": (TENANTS, WHO["/admin/… of a tenant"]),
    configuration.PUBLIC_HOST: (PUBLIC, WHO["/admin/… of the platform"]),
}
ENTRANCE: dict[str, Callable[[Person], bool]] = {
    "the tenant's owner and admin, operators": lambda person: person is OPERATOR or person.tenant_role in MANAGERS,
    "operators": lambda person: person is OPERATOR,
}
AT_ACME = [person for person in PEOPLE if person.host == "acme.localhost" and person is not WITH_A_FOREIGN_TOKEN]


def is_let_in(client: Client, method: str, path: str) -> bool:
    """Follow the redirects: whoever is refused is sent to the log-in."""
    answer = getattr(client, method)(path)
    while answer.status_code in (301, 302) and not answer.url.startswith(LOG_IN):
        answer = client.get(answer.url)
    assert answer.status_code < 500, path
    return not getattr(answer, "url", "").startswith(LOG_IN)


@pytest.mark.parametrize("host", ADMINS)
@pytest.mark.parametrize("person", AT_ACME, ids=str)
def test_those_enter_an_admin_who_stand_in_the_table(
    world: World, project: Project, client: Client, person: Person, host: str
) -> None:
    """Every page of the admin opens for those and sends everybody else to the log-in, whatever the method."""
    urlconf, who = ADMINS[host]
    client.defaults["HTTP_HOST"] = host
    user = person.user(world)
    if user is not None:
        client.force_login(user)
    may = ENTRANCE[who](person)
    paths = [filled(path, {"object_id": project.pk}) for path in admin_addresses(urlconf) if path != LOG_IN]
    # The last one, as it ends the session.
    paths.sort(key=lambda path: path.endswith("/logout/"))
    for method in ("get",) if may else ("get", "post"):
        assert {path for path in paths if is_let_in(client, method, path) != may} == set()
