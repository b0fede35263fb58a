"""The admin's start page: what is so, what came of the last days, what needs a person; of a tenant and of all."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import tenant_context

from conftest import World
from github_connections import dashboard, figures
from github_connections.deadlines import RECOVERY
from github_connections.history import Event, record
from github_connections.models import GithubConnection
from github_connections.states import Status
from github_connections.tests.connection_rows import make_connection
from qualisys.projects.models import Project
from qualisys.tenancy.deadlines import set_deadline
from qualisys.tenancy.models import Domain

START = "/admin/"
LIST = "/admin/github_connections/githubconnection/"


def text_of(client: Client, path: str = START) -> str:
    """The page as a browser shows it, with its links."""
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def number_on(page: str, title: str) -> int:
    """The number on the card of that title."""
    return int(re.search(rf"{title}</div> <div[^>]*>(\d+)</div>", page)[1])


def another(project: Project, name: str = "Another") -> Project:
    return Project.objects.create(name=name, created_by_id=project.created_by_id)


@pytest.fixture
def operators_site(world: World, client: Client) -> Iterator[Client]:
    """A browser-like client on the public host, logged in as the operator, who sees figures that are not kept."""
    client.defaults["HTTP_HOST"] = "localhost"
    client.force_login(world.operator)
    figures.forget_platform_figures()
    yield client
    figures.forget_platform_figures()


def test_an_empty_tenant_has_nothing_to_do(acme_admin_site: Client) -> None:
    """Without a connection there are zeros, and a sentence that says that all is well."""
    page = text_of(acme_admin_site)
    assert [number_on(page, title) for title in [*Status.labels, "Stuck"]] == [0] * (len(Status) + 1)
    assert "Nothing: no clone failed" in page
    assert "0 succeeded and 0 failed" in page


def test_numbers_lead_to_their_lists(acme_admin_site: Client, project: Project) -> None:
    """Each number leads to a list that has as many rows."""
    failed = make_connection(project, Status.FAILED, token_expires_at=timezone.now() + timedelta(days=2))
    waits = make_connection(another(project))
    set_deadline(waits.pk, RECOVERY, timezone.now() - timedelta(minutes=6))
    page = text_of(acme_admin_site)
    for title, query, shown in (
        ("Failed", "status__exact=failed", failed),
        ("Pending", "status__exact=pending", waits),
        ("Token ends within a week", "attention=token", failed),
        ("Stuck", "attention=stuck", waits),
    ):
        assert number_on(page, title) == 1
        assert f'href="{LIST}?{query}"' in page
        rows = text_of(acme_admin_site, f"{LIST}?{query}")
        assert f"{LIST}{shown.pk}/change/" in rows
        assert "1 GitHub connection" in rows


def test_what_needs_attention_says_why(acme_admin_site: Client, world: World, project: Project) -> None:
    """A failure has its message, a token its end, what is stuck its time; another tenant's is on its own page."""
    make_connection(project, Status.FAILED, error_message="The branch was deleted.")
    now = timezone.now()
    make_connection(another(project), Status.ANALYZED, token_expires_at=now + timedelta(days=2, minutes=5))
    make_connection(another(project), Status.ANALYZED, token_expires_at=now - timedelta(days=1, minutes=5))
    make_connection(another(project), Status.EXPIRED, token_expires_at=now - timedelta(days=1))  # of no use any more
    stuck = make_connection(another(project))
    set_deadline(stuck.pk, RECOVERY, now - timedelta(minutes=7))
    with tenant_context(world.globex):
        theirs = Project.objects.create(name="Theirs", created_by=world.globex_owner)
        make_connection(theirs, Status.FAILED, error_message="Theirs alone.")
    page = text_of(acme_admin_site)
    for said in (
        "The branch was deleted.",
        "The token ends in 2\xa0days",
        "The token ended 1\xa0day",
        "Nobody has looked after it for 7\xa0minutes.",
    ):
        assert page.count(said.replace("\xa0", " ")) == 1
    assert "Theirs alone." not in page


def test_a_long_list_says_how_long_it_is(
    acme_admin_site: Client, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What does not fit is not left out in silence."""
    monkeypatch.setattr(dashboard, "ROWS", 2)
    for number in range(3):
        make_connection(another(project, f"Project {number}"), Status.FAILED)
    assert "These are the first 2 of 3" in text_of(acme_admin_site)


def test_clones_of_the_last_days_are_drawn_and_told(acme_admin_site: Client, project: Project) -> None:
    """The chart has a bar for each of fourteen days, and the sentence above it says what it comes to."""
    connected = make_connection(project)
    for event in (Event.CLONED, Event.CLONED, Event.FAILED):
        record(connected, event)
    page = text_of(acme_admin_site)
    assert "In the last 14 days (UTC) 2 succeeded and 1 failed." in page
    assert "[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]" in page


def test_the_disk_of_a_tenant_is_held_against_its_share(
    acme_admin_site: Client, project: Project, settings: Any
) -> None:
    """What the clones take stands beside what they may."""
    settings.TENANT_MAX_CLONE_BYTES = 4096
    made = make_connection(project, Status.CLONED, size_bytes=1024)
    GithubConnection.objects.filter(pk=made.pk).update(clone_path="there")
    page = text_of(acme_admin_site)
    assert "of 4.0 KB that may be taken" in page
    assert ">25 %<" in page


def test_operators_see_all_tenants(operators_site: Client, world: World, project: Project, settings: Any) -> None:
    """Sums over all tenants, and each tenant with what it needs, the neediest first, with the way to its admin."""
    settings.CLONE_ROOT = Path(settings.CLONE_ROOT)
    settings.CLONE_ROOT.mkdir(parents=True, exist_ok=True)
    make_connection(project, Status.ANALYZED)
    with tenant_context(world.globex):
        theirs = Project.objects.create(name="Theirs", created_by=world.globex_owner)
        failed = make_connection(theirs, Status.FAILED, token_expires_at=timezone.now())
        record(failed, Event.FAILED)
    page = text_of(operators_site)
    assert (number_on(page, "Analysed"), number_on(page, "Failed")) == (1, 1)
    assert "0 succeeded and 1 failed" in page
    assert "on the disk" in page
    assert page.index(">Globex</a>") < page.index(">Acme</a>")
    assert 'href="http://globex.localhost/admin/github_connections/githubconnection/"' in page
    assert "1 failed" in page
    assert "1 token ends" in page


def test_a_tenant_without_a_host_is_shown(operators_site: Client, world: World) -> None:
    """There is no way to its admin, so its name leads nowhere."""
    Domain.objects.filter(tenant=world.globex).delete()
    assert '<span class="font-medium">Globex</span>' in text_of(operators_site)


def test_the_operators_page_says_that_the_volume_is_away(operators_site: Client, settings: Any, tmp_path: Path) -> None:
    """A directory of the clones that is not there breaks nothing, and is said."""
    settings.CLONE_ROOT = tmp_path / "nowhere"
    assert "is the volume mounted?" in text_of(operators_site)


def test_the_operators_page_costs_the_same_whatever_is_in_the_tenants(
    operators_site: Client, world: World, project: Project
) -> None:
    """More connections take no more statements, and another look within seconds takes none for the figures."""

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            text_of(operators_site)
        return sum(not query["sql"].startswith("SET search_path") for query in captured)

    first, kept = statements(), statements()
    for number in range(5):
        with tenant_context(world.acme):
            make_connection(another(project, f"Project {number}"), Status.FAILED)
    figures.forget_platform_figures()
    assert statements() == first
    assert first - kept == 5  # tenants, connections, what is stuck, schemas, clones by day
