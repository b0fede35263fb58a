"""What each call of the API asks of the database: a statement more is a decision, and changes a number here."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import responses
from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.response import Response
from rest_framework_simplejwt.tokens import RefreshToken

from conftest import PASSWORD, ApiAs, World
from github_connections.deadlines import EXPIRY
from github_connections.history import Event, record
from github_connections.tests.analysed_rows import make_analysed
from github_connections.tests.connection_rows import clone_root as clone_root
from github_connections.tests.connection_rows import lay_clone
from qualisys.api_tokens.services import make_token
from qualisys.projects.models import Project
from qualisys.projects.roles import Role
from qualisys.tenancy.authentication import TENANT_CLAIM
from qualisys.tenancy.deadlines import set_deadline
from qualisys.tests.endpoints import endpoints
from qualisys.webhooks.events import EventType
from qualisys.webhooks.outbox import write
from qualisys.webhooks.services import create_webhook

# Neither asks for anything: the search path comes before every statement, and a savepoint stands where a
# transaction begins and ends outside of a test.
NOT_COUNTED = ("SET search_path", "SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")


@dataclass(frozen=True)
class Call:
    """One call of the API and the number of statements that it takes."""

    endpoint: str
    statements: int
    body: Callable[[World], dict[str, Any]] | None = None
    connected: bool = False
    query: str = ""

    def __str__(self) -> str:
        return f"{self.endpoint}{self.query and '?'}{self.query}"


def refresh_body(world: World) -> dict[str, Any]:
    token = RefreshToken.for_user(world.teammate)
    token[TENANT_CLAIM] = str(world.acme.pk)
    return {"refresh": str(token)}


def connect_body(_world: World) -> dict[str, Any]:
    return {"repo_url": "https://github.com/o/r", "pat": "ghp_" + "0" * 36}


CALLS = [
    # The person, the membership, the time of the log-in.
    Call("POST token", 3, lambda world: {"email": world.teammate.email, "password": PASSWORD}),
    # The membership.
    Call("POST token-refresh", 1, refresh_body),
    # The role in the tenant, the number of projects, one page of them.
    Call("GET projects", 3),
    # The role in the tenant, the project, its owner, the project as the owner sees it.
    Call("POST projects", 4, lambda _world: {"name": "New"}),
    # The project together with the person's roles.
    Call("GET project", 1),
    # The same, and the change.
    Call("PATCH project", 2, lambda _world: {"name": "Renamed"}),
    # The project with the roles, the project held, the connection that would go with it, what else refers to it
    # (members, webhooks and their messages, connections, crawls), its webhooks held, and members, messages, webhooks
    # and the project deleted.
    Call("DELETE project", 14),
    # The role in the tenant, the number of tokens, one page of them.
    Call("GET api-tokens", 3),
    # The role in the tenant, the number of tokens, the new one.
    Call("POST api-tokens", 3, lambda _world: {"name": "CI"}),
    # The role in the tenant, the token, the same deleted.
    Call("DELETE api-token", 3),
    # The project with the roles, the number of members, one page of them.
    Call("GET members", 3),
    # The project with the roles, the person, the member, the member's name.
    Call("POST members", 4, lambda world: {"email": world.teammate.email, "role": "viewer"}),
    # The project with the roles, the member, the change.
    Call("PATCH member", 3, lambda _world: {"role": "developer"}),
    # The same, deleted.
    Call("DELETE member", 3),
    # The project with the roles, the number of webhooks, one page of them.
    Call("GET webhooks", 3),
    # The project with the roles, the project held, the number of webhooks, the new one, its deadline.
    Call("POST webhooks", 5, lambda _world: {"url": "https://ci.acme.example/hooks"}),
    # The project with the roles, the webhook.
    Call("GET webhook", 2),
    # The same held, the messages to be sent, the deadlines found and deleted, the messages found
    # and deleted, and the webhook.
    Call("DELETE webhook", 8),
    # The project with the roles, the webhook held, one that is under way, the message, its deadline.
    Call("POST webhook-ping", 5),
    # The project with the roles, the webhook, the number of messages, one page of them.
    Call("GET webhook-deliveries", 4),
    # The project with the roles, the connection: the two that are allowed beside the search path.
    Call("GET github-connection", 2, connected=True),
    # The same, for the beginning of a stream.
    Call("GET github-events", 2, connected=True),
    # The project with the roles, a live connection, an ended one, the new one, its history (kind and row),
    # its deadline.
    Call("POST github-connection", 7, connect_body),
    # The project with the roles, the connection, the same held, what the proof showed, pending, read again, its
    # deadline, that for a notice, its history (kind and row).
    Call("POST github-refresh", 10, connected=True),
    # The project with the roles, the connection, the same held, what the proof showed, the token, the history (kind and
    # row), the deadline for a notice.
    Call("PATCH github-connection", 8, lambda _world: {"pat": "ghp_" + "1" * 36}, connected=True),
    # The project with the roles, the number of entries, one page of them together with the people.
    Call("GET github-history", 3, connected=True),
    # The project with the roles, the connection, its deadline found and deleted, its history (kind and row),
    # what its analysis found deleted and looked for, the connection deleted.
    Call("DELETE github-connection", 9, connected=True),
    # The project with the roles, the connection, the number of rows, one page of them.
    Call("GET github-analysis", 4, connected=True),
    Call("GET github-analysis", 4, connected=True, query="kind=components&q=a&limit=1"),
    # The project with the roles, the connection, all rows of all kinds.
    Call("GET github-analysis", 3, connected=True, query="format=digest"),
    Call("GET github-analysis", 3, connected=True, query="format=openapi"),
    # The project with the roles, the connection; what else there is to know lies on disk.
    Call("GET github-tree", 2, connected=True),
    Call("GET github-file", 2, connected=True),
]


@pytest.fixture(autouse=True)
def _github() -> Iterator[None]:
    facts = {"id": 7, "full_name": "o/r", "default_branch": "main", "size": 1, "disabled": False}
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        wire.get(f"{settings.GITHUB_API_URL}/repos/o/r", json=facts)
        wire.get(f"{settings.GITHUB_API_URL}/repos/o/r/git/ref/heads/main", json={})
        yield


@pytest.fixture(autouse=True)
def _password_hash_in_force(world: World, quick_passwords: None) -> None:
    """Passwords as the hasher wants them: an outdated one is hashed anew at the log-in, which is a statement more."""
    world.teammate.set_password(PASSWORD)
    world.teammate.save(update_fields=["password"])


def connect(project: Project, world: World) -> None:
    made = make_analysed(project, clone_path="on disk")
    record(made, Event.CONNECTED, actor_id=world.acme_owner.pk)
    (lay_clone(made.pk) / "README.md").touch()
    set_deadline(made.pk, EXPIRY, timezone.now())


def statements_of(call: Callable[[], Response]) -> tuple[Response, list[str]]:
    """Return the answer and what was asked of the database for it."""
    with CaptureQueriesContext(connection) as captured:
        answer = call()
    statements = [query["sql"] for query in captured.captured_queries]
    return answer, [statement for statement in statements if not statement.startswith(NOT_COUNTED)]


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_a_call_takes_so_many_statements(
    world: World, project: Project, api_as: ApiAs, clone_root: Path, call: Call
) -> None:
    """With the tenant's host in the cache, a call asks the database what the table above says and no more."""
    if call.connected:
        connect(project, world)
    endpoint = next(each for each in endpoints() if str(each) == call.endpoint)
    webhook, _ = create_webhook(project.pk, actor_id=world.acme_owner.pk, url="https://a.example", events=[])
    write(webhook, EventType.CONNECTION_CLONED, {})
    token, _ = make_token(world.acme_owner.pk, name="CI")
    named = {
        "user_id": world.by_role[Role.VIEWER].pk,
        "webhook_id": webhook.pk,
        "path": "README.md",
        "token_id": token.pk,
    }
    path = endpoint.path(project_id=project.pk, **named)
    client = api_as(world.acme_owner)
    client.get("/api/v1/nothing")  # has the tenant's host cached
    body = json.dumps(call.body(world)) if call.body else ""

    answer, statements = statements_of(
        lambda: client.generic(endpoint.method, path, body, "application/json", QUERY_STRING=call.query)
    )

    assert answer.status_code < 300, answer.content
    assert len(statements) == call.statements, "\n".join(statements)


def test_every_endpoint_has_its_number() -> None:
    """An endpoint that is added gets a number too."""
    assert {call.endpoint for call in CALLS} == {str(endpoint) for endpoint in endpoints()}


def test_a_host_that_is_not_cached_takes_one_statement_more(world: World, project: Project, api_as: ApiAs) -> None:
    """Finding the tenant costs one statement, and none for the cache's next half minute."""
    client = api_as(world.acme_owner)
    caches["tenants"].clear()
    path = f"/api/v1/projects/{project.pk}"
    assert [len(statements_of(lambda: client.get(path))[1]) for _ in range(3)] == [2, 1, 1]


@pytest.mark.parametrize("path", ["/api/v1/projects", "/api/v1/projects/{id}/members"])
def test_a_longer_list_takes_no_more_statements(world: World, project: Project, api_as: ApiAs, path: str) -> None:
    """The statements do not grow with the rows."""
    client = api_as(world.acme_owner)
    path = path.format(id=project.pk)
    client.get(path)
    before, few = statements_of(lambda: client.get(path))
    Project.objects.bulk_create(Project(name=str(number), created_by=world.acme_owner) for number in range(20))
    project.members.create(user=world.teammate, role=Role.VIEWER)
    after, many = statements_of(lambda: client.get(path))

    assert after.json()["count"] > before.json()["count"]
    assert len(many) == len(few)
