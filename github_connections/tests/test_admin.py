"""The admin of connections: what it shows, whom it lets in, what its actions do."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from conftest import World, make_project
from github_connections import findings, workspace
from github_connections.analysis.tests.reports import a_report, a_route, shop_report
from github_connections.history import Event, record
from github_connections.models import AnalysisRow, GithubConnection
from github_connections.states import Status
from github_connections.tests.analysed_rows import make_analysed
from github_connections.tests.connection_rows import make_connection
from github_connections.tests.fake_github import FakeGitHub
from qualisys.encryption import encrypt
from qualisys.projects.models import Project
from qualisys.projects.roles import Role

LIST = "/admin/github_connections/githubconnection/"
ROWS = "/admin/github_connections/analysisrow/"


@pytest.fixture
def connection(world: World, project: Project, settings: Any, tmp_path: Any) -> GithubConnection:
    """A cloned connection with its directory."""
    settings.CLONE_ROOT = tmp_path / "clones"
    settings.CLONE_ROOT.mkdir()
    made = GithubConnection.objects.create(
        project=project,
        repo_url="https://github.com/acme/shop",
        github_id=1,
        branch="main",
        encrypted_token=encrypt("ghp_secret"),
        status=Status.CLONED,
        commit_sha="abcdef0123" * 4,
        size_bytes=2048,
        expires_at=timezone.now() + timedelta(days=3, minutes=1),
        created_by=world.acme_owner,
    )
    lies_at = workspace.checkout_path(world.acme.pk, made.pk)
    lies_at.mkdir(parents=True)
    GithubConnection.objects.filter(pk=made.pk).update(clone_path=str(lies_at))
    record(made, Event.CONNECTED, actor_id=world.acme_owner.pk)
    return made


def act(client: Client, connection: GithubConnection, action: str, **more: str) -> str:
    """Run an action of the list for this connection and return the page that follows."""
    answer = client.post(LIST, {"action": action, "_selected_action": str(connection.pk), **more}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_list_shows_what_an_operator_looks_for(acme_admin_site: Client, connection: GithubConnection) -> None:
    """Repository, project, status, size, commit, who, and when it expires stand in one line."""
    page = acme_admin_site.get(LIST).content.decode()
    for shown in ("acme/shop", "Shop", "Cloned", "2.0", "abcdef0123", "owner@acme.example", "3\xa0days"):
        assert shown in page


def test_detail_shows_the_history_and_cannot_be_changed(acme_admin_site: Client, connection: GithubConnection) -> None:
    """The page of a connection tells what happened, and has nothing to save."""
    path = f"{LIST}{connection.pk}/change/"
    page = acme_admin_site.get(path).content.decode()
    assert "Connected" in page
    assert 'name="_save"' not in page
    assert acme_admin_site.post(path, {"branch": "other"}).status_code == 403
    assert acme_admin_site.get(f"{LIST}add/").status_code == 403
    assert acme_admin_site.get(f"{LIST}{connection.pk}/delete/").status_code == 403


def test_the_token_is_on_no_page(acme_admin_site: Client, connection: GithubConnection) -> None:
    """Neither the token nor its cipher text is shown, in no form."""
    for path in (LIST, f"{LIST}{connection.pk}/change/"):
        page = acme_admin_site.get(path).content.decode()
        assert "acme/shop" in page
        assert "ghp_secret" not in page
        assert connection.encrypted_token not in page
        assert connection.encrypted_token.split(":")[1][:20] not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status__exact=cloned", True),
        ("status__exact=failed", False),
        ("expiry=day", False),
        ("expiry=later", True),
        ("expiry=past", False),
        ("expiry=none", False),
        ("q=shop", True),
        ("q=SHO", True),
        ("q=elsewhere", False),
    ],
)
def test_filters_and_search(acme_admin_site: Client, connection: GithubConnection, query: str, found: bool) -> None:
    """Filters by status and expiry, and the search by repository and project, find what they say."""
    assert ("acme/shop" in acme_admin_site.get(f"{LIST}?{query}").content.decode()) is found


@pytest.fixture
def github(connection: GithubConnection, fake_github: FakeGitHub) -> FakeGitHub:
    """GitHub, which knows the connection's repository and a newer commit of it."""
    github = FakeGitHub(fake_github.wire, full_name="acme/shop")
    github.agrees(id=connection.github_id)
    return github


def test_refresh(acme_admin_site: Client, connection: GithubConnection, github: FakeGitHub) -> None:
    """The action sends a connection at rest to the workers; one under way says why not."""
    assert "1 connection refreshed" in act(acme_admin_site, connection, "refresh")
    connection.refresh_from_db()
    assert connection.status == Status.PENDING
    assert "waiting or running" in act(acme_admin_site, connection, "refresh")


def test_refresh_from_the_connections_own_page(
    acme_admin_site: Client, connection: GithubConnection, github: FakeGitHub
) -> None:
    """The button is there while nothing is under way, is pressed and not followed, and leads back to the page."""
    detail = f"{LIST}{connection.pk}/change/"
    assert "Refresh</button>" in acme_admin_site.get(detail).content.decode()
    assert acme_admin_site.get(f"{LIST}{connection.pk}/refresh/").status_code == 405
    page = acme_admin_site.post(f"{LIST}{connection.pk}/refresh/", follow=True)
    assert page.redirect_chain == [(detail, 302)]
    assert "1 connection refreshed" in page.content.decode()
    assert "Refresh</button>" not in page.content.decode()
    late = acme_admin_site.post(f"{LIST}{connection.pk}/refresh/", follow=True)
    assert "waiting or running" in late.content.decode()
    assert acme_admin_site.post(f"{LIST}{uuid.uuid4()}/refresh/").status_code == 404


def test_github_that_does_not_answer_is_asked_once(
    acme_admin_site: Client, connection: GithubConnection, world: World, fake_github: FakeGitHub
) -> None:
    """Where several are to be refreshed, the operator does not wait for each of them in turn."""
    other = make_connection(make_project(world, "Other"), Status.CLONED, repo_url="https://github.com/acme/other")
    chosen = {"action": "refresh", "_selected_action": [str(connection.pk), str(other.pk)]}
    page = acme_admin_site.post(LIST, chosen, follow=True).content.decode()
    assert page.count("GitHub could not be reached in time") == 1
    assert len(fake_github.asked) == 1


@pytest.mark.parametrize("who", ["teammate", "globex_owner", "qa-automation"])
def test_who_may_not_refresh(world: World, client: Client, connection: GithubConnection, who: str) -> None:
    """The address behind the button asks who is at work, and for the form's own token, as every page does."""
    client.defaults["HTTP_HOST"] = "acme.localhost"
    client.force_login(_person(world, who))
    assert client.post(f"{LIST}{connection.pk}/refresh/").status_code == 302
    careful = Client(enforce_csrf_checks=True, HTTP_HOST="acme.localhost")
    careful.force_login(world.acme_owner)
    assert careful.post(f"{LIST}{connection.pk}/refresh/").status_code == 403
    connection.refresh_from_db()
    assert connection.status == Status.CLONED


def test_warnings_are_shown(acme_admin_site: Client, connection: GithubConnection) -> None:
    """What there is to know of a connection stands on its page, as the API says it."""
    GithubConnection.objects.update(token_can_write=True, renamed_from="acme/old")
    page = acme_admin_site.get(f"{LIST}{connection.pk}/change/").content.decode()
    for shown in ("Contents: read-only is enough", "TOKEN_CAN_WRITE", "acme/old", "REPOSITORY_RENAMED"):
        assert shown in page


def test_receipt_is_shown(acme_admin_site: Client, connection: GithubConnection, world: World) -> None:
    """What an earlier connection of the project took with it, and a change of the branch, are told in a line."""
    removed = {"token": True, "directory": True, "bytes": 2048}
    record(connection, Event.SUPERSEDED, removed=removed)
    record(connection, Event.BRANCH_CHANGED, actor_id=world.acme_owner.pk, before="main", after="next")
    page = acme_admin_site.get(f"{LIST}{connection.pk}/change/").content.decode()
    assert "removed: token, clone of 2.0\xa0KB" in page
    assert "main → next" in page


def test_analysis_is_shown_with_its_rows(acme_admin_site: Client, connection: GithubConnection, world: World) -> None:
    """Framework and counts stand on the connection's page, and the list it links to has this connection's rows
    alone."""
    other = Project.objects.create(name="Other", created_by=world.acme_owner)
    make_analysed(other, a_report([a_route("GET", "/elsewhere")]))
    detail = f"{LIST}{connection.pk}/change/"
    assert ROWS not in acme_admin_site.get(detail).content.decode()
    report = shop_report()
    findings.replace_rows(connection, report)
    summary = findings.summary_of(report)
    GithubConnection.objects.filter(pk=connection.pk).update(analysis_summary=summary, endpoints_count=3)
    page = acme_admin_site.get(detail).content.decode()
    address = f"{ROWS}?connection__id__exact={connection.pk}"
    assert "fastapi" in page
    assert address in page
    rows = " ".join(acme_admin_site.get(address).content.decode().split())  # as a browser shows it
    for shown in ("/api/v1/orders/{order_id}", "OrderCard", "app/orders.py:20", "7 rows of an analysis"):
        assert shown in rows
    assert "/elsewhere" not in rows
    assert "OrderCard" not in acme_admin_site.get(f"{address}&q=order_id").content.decode()
    row = AnalysisRow.objects.get(path="/api/v1/orders/{order_id}")
    assert "&quot;order_id&quot;" in acme_admin_site.get(f"{ROWS}{row.pk}/change/").content.decode()
    assert acme_admin_site.post(f"{ROWS}{row.pk}/change/", {"path": "/"}).status_code == 403
    assert ROWS not in acme_admin_site.get("/admin/").content.decode()


def test_analysis_under_way_is_shown(acme_admin_site: Client, connection: GithubConnection) -> None:
    """A clone that is being analysed says so, and how far it is."""
    GithubConnection.objects.update(progress_stage="analyzing", progress_percent=40)
    assert "Analysing 40 %" in acme_admin_site.get(f"{LIST}{connection.pk}/change/").content.decode()


def test_expire_now_asks_first(world: World, acme_admin_site: Client, connection: GithubConnection) -> None:
    """The clone goes only after the operator has confirmed it."""
    lies_at = workspace.checkout_path(world.acme.pk, connection.pk)
    assert "Expire now" in act(acme_admin_site, connection, "expire_now")
    connection.refresh_from_db()
    assert connection.status == Status.CLONED
    assert lies_at.exists()
    assert "1 connection expired" in act(acme_admin_site, connection, "expire_now", confirmed="yes")
    connection.refresh_from_db()
    assert connection.status == Status.EXPIRED
    assert not lies_at.exists()


def test_disconnect_asks_first(world: World, acme_admin_site: Client, connection: GithubConnection) -> None:
    """Row and directory go only after the operator has confirmed it."""
    lies_at = workspace.checkout_path(world.acme.pk, connection.pk)
    assert "its token and its clone are removed" in act(acme_admin_site, connection, "disconnect")
    assert lies_at.exists()
    assert "1 connection disconnected" in act(acme_admin_site, connection, "disconnect", confirmed="yes")
    assert not GithubConnection.objects.exists()
    assert not lies_at.exists()


def _person(world: World, who: str) -> Any:
    return world.by_role[Role(who)] if who in Role.values else getattr(world, who)


@pytest.mark.parametrize(
    ("who", "enters"),
    [("acme_owner", True), ("acme_admin", True), ("operator", True)]
    + [(who, False) for who in ("teammate", "outsider", "globex_owner", *Role.values)],
)
def test_who_enters_a_tenants_admin(
    world: World, client: Client, connection: GithubConnection, who: str, enters: bool
) -> None:
    """A tenant's admin is for its owners and admins and for the platform's operators."""
    client.defaults["HTTP_HOST"] = "acme.localhost"
    client.force_login(_person(world, who))
    for path in ("/admin/", LIST, f"{LIST}{connection.pk}/change/"):
        assert client.get(path).status_code == (200 if enters else 302)


@pytest.mark.parametrize(("who", "enters"), [("operator", True), ("acme_owner", False), ("outsider", False)])
def test_who_enters_the_platforms_admin(world: World, client: Client, who: str, enters: bool) -> None:
    """The public host's admin is for operators alone, and knows nothing of connections."""
    client.defaults["HTTP_HOST"] = "localhost"
    client.force_login(_person(world, who))
    for path in ("/admin/", "/admin/tenancy/tenant/", "/admin/tenancy/domain/", "/admin/accounts/user/"):
        assert client.get(path).status_code == (200 if enters else 302)
    assert client.get(LIST).status_code == (404 if enters else 302)


def test_a_connection_of_another_tenant_is_not_there(
    world: World, client: Client, connection: GithubConnection
) -> None:
    """The same address on another tenant's host leads nowhere."""
    client.defaults["HTTP_HOST"] = "globex.localhost"
    client.force_login(world.globex_owner)
    assert "acme/shop" not in client.get(LIST).content.decode()
    assert client.get(f"{LIST}{connection.pk}/change/").status_code == 302
