"""An operator at work in a real browser, on the real web server with a real worker behind it."""

import os
import shutil
import uuid
from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.utils import timezone
from django_tenants.utils import tenant_context
from playwright.sync_api import Page, expect, sync_playwright

from conftest import PASSWORD, World
from github_connections.analysis.tests.reports import shop_report
from github_connections.history import Event, record
from github_connections.models import GithubConnection
from github_connections.tests.analysed_rows import make_analysed
from github_connections.tests.conftest import clone_directories, connect, wait_for_status, wait_until
from github_connections.tests.connection_rows import make_connection
from qualisys.dev import faults
from qualisys.dev.live_service import Worker
from qualisys.dev.loopback_github import LoopbackGitHub
from qualisys.projects.models import Project
from qualisys.webhooks.events import EventType
from qualisys.webhooks.models import Delivery, Webhook
from qualisys.webhooks.outbox import write
from qualisys.webhooks.services import create_webhook

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: install the package chromium"),
]


@pytest.fixture
def page(web_port: int, committed: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    """A browser's page at Acme's admin, logged in as its owner; an error on any page fails the test."""
    # Playwright keeps an event loop in this thread: there Django would refuse the test's own queries,
    # and gives them a database connection of their own.
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    troubles: list[str] = []
    with sync_playwright() as playwright, tenant_context(committed.acme):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        opened = browser.new_page(base_url=f"http://acme.localhost:{web_port}")
        opened.on("response", lambda answer: answer.status >= 400 and troubles.append(f"{answer.status} {answer.url}"))
        opened.on("pageerror", lambda error: troubles.append(str(error)))
        opened.goto("/admin/")
        opened.get_by_label("e-mail address").fill(committed.acme_owner.email)
        opened.get_by_label("Password").fill(PASSWORD)
        opened.get_by_role("button", name="Log in").click()
        yield opened
        browser.close()
        connection.close()
    assert troubles == []


def choose(page: Page, action: str) -> None:
    """Select the only connection of the list and run an action on it."""
    page.goto("/admin/github_connections/githubconnection/")
    page.locator("#result_list tbody input.action-select").first.check()
    page.locator("select[name=action]").select_option(label=action)
    page.get_by_role("button", name="Run").click()


def test_an_operators_day(worker: Worker, page: Page, committed: World, shop: Project) -> None:
    """Log in, find a connection, read it, refresh it, expire it, disconnect it."""
    connect(committed, shop)
    first = wait_for_status(shop, "analyzed").commit_sha

    page.goto("/admin/")
    page.get_by_role("link", name="GitHub connections").first.click()
    page.get_by_role("link", name="acme/shop").click()
    expect(page.get_by_text(first)).to_be_visible()
    expect(page.get_by_role("cell", name="Cloned", exact=True)).to_be_visible()

    choose(page, "Refresh")
    expect(page.get_by_text("1 connection refreshed")).to_be_visible()
    expect(page.locator("#result_list").get_by_text("Analysed")).to_be_visible()

    choose(page, "Expire now")
    page.get_by_role("button", name="Expire now").click()
    expect(page.get_by_text("1 connection expired.")).to_be_visible()
    assert clone_directories() == []

    choose(page, "Disconnect")
    page.get_by_role("button", name="Disconnect").click()
    expect(page.get_by_text("1 connection disconnected.")).to_be_visible()
    assert not GithubConnection.objects.exists()


def test_a_failed_connection_says_why(
    worker: Worker, page: Page, committed: World, shop: Project, github: LoopbackGitHub
) -> None:
    """The page of a failed clone carries the reason in a sentence; the filter finds it, in a small window too."""
    github.inject("/acme/shop.git", faults.redirect("http://127.0.0.1:1"))
    connect(committed, shop)
    wait_until(lambda: GithubConnection.objects.filter(status="failed").exists())

    page.set_viewport_size({"width": 420, "height": 800})
    page.goto("/admin/github_connections/githubconnection/?status__exact=failed")
    page.get_by_role("link", name="acme/shop").click()
    expect(page.get_by_text("has moved to another address").first).to_be_visible()


def test_the_start_page_leads_to_what_needs_attention(page: Page, shop: Project) -> None:
    """From the number of failures to their list and on to one; from the list of what needs attention to the same."""
    make_connection(shop, "failed", error_code="BRANCH_NOT_FOUND", error_message="The branch was deleted.")
    page.goto("/admin/")
    expect(page.locator("canvas.chart")).to_be_visible()
    page.get_by_role("link", name="Failed 1").click()
    page.get_by_role("link", name="o/r").click()
    expect(page.get_by_text("The branch was deleted.").first).to_be_visible()

    page.goto("/admin/")
    page.get_by_role("row", name="The branch was deleted.").get_by_role("link").click()
    expect(page.get_by_text("BRANCH_NOT_FOUND")).to_be_visible()

    page.goto("/admin/github_connections/githubconnection/")
    page.locator("a", has_text="Filters").first.click()
    page.get_by_role("link", name="Stuck").click()
    expect(page.get_by_text("0 GitHub connections")).to_be_visible()


WINDOWS = [(390, 844), (1440, 900)]
OF_A_TENANT = (
    "/admin/",
    "/admin/github_connections/githubconnection/",
    "/admin/github_connections/githubconnection/?status__exact=failed",
    "/admin/github_connections/githubconnection/{failed}/change/",
    "/admin/github_connections/githubconnection/{analysed}/change/",
    "/admin/github_connections/analysisrow/?connection__id__exact={analysed}",
    "/admin/projects/project/",
    "/admin/projects/project/{project}/change/",
    "/admin/webhooks/webhook/",
    "/admin/webhooks/webhook/{webhook}/change/",
    "/admin/webhooks/delivery/?webhook__id__exact={webhook}",
    "/admin/webhooks/delivery/{message}/change/",
    "/admin/crawl/crawlsession/",
)
OF_THE_PLATFORM = (
    "/admin/",
    "/admin/tenancy/tenant/",
    "/admin/tenancy/tenant/add/",
    "/admin/tenancy/tenant/{tenant}/change/",
    "/admin/tenancy/domain/",
    "/admin/accounts/user/",
    "/admin/accounts/user/{user}/change/",
)


def test_every_page_fits_a_phone_and_a_desk(page: Page, web_port: int, committed: World, shop: Project) -> None:
    """No page of either site is wider than the window, however long a name or a message is."""
    long = "a-name-that-somebody-thought-would-never-be-read-on-a-phone"
    failed = make_connection(shop, "failed", repo_url=f"https://github.com/o/{long}", error_message="Deleted. " * 40)
    with transaction.atomic():
        record(failed, Event.FAILED, code="GIT_FAILED", message=f"fatal: {long * 3}")
    analysed = make_analysed(Project.objects.create(name=long, created_by=committed.acme_owner), shop_report())
    webhook, message = _failing_webhook(shop, f"https://{long}.example/{long}")
    named = {"failed": failed.pk, "analysed": analysed.pk, "project": shop.pk, "webhook": webhook, "message": message}
    _walk(page, [path.format(**named) for path in OF_A_TENANT])

    operators = page.context.browser.new_page(base_url=f"http://localhost:{web_port}")
    operators.goto("/admin/")
    operators.get_by_label("e-mail address").fill(committed.operator.email)
    operators.get_by_label("Password").fill(PASSWORD)
    operators.get_by_role("button", name="Log in").click()
    named = {"tenant": committed.acme.pk, "user": committed.acme_owner.pk}
    _walk(operators, [path.format(**named) for path in OF_THE_PLATFORM])
    # Who has no log-in sees the first page of all.
    _walk(page.context.browser.new_page(base_url=f"http://localhost:{web_port}"), ["/admin/"])


def _failing_webhook(project: Project, url: str) -> tuple[uuid.UUID, uuid.UUID]:
    """Make a webhook that fails, with a message that says how; return their ids."""
    webhook, _secret = create_webhook(project.pk, actor_id=project.created_by_id, url=url, events=["connection.failed"])
    message = write(webhook, EventType.CONNECTION_FAILED, {"error_message": "Deleted. " * 40})
    Delivery.objects.filter(pk=message.pk).update(
        attempts=3,
        response_status=503,
        error="The receiver answered 503.",
        response_excerpt="down-for-maintenance" * 20,
    )
    Webhook.objects.filter(pk=webhook.pk).update(failing_since=timezone.now())
    return webhook.pk, message.pk


def _walk(page: Page, paths: list[str]) -> None:
    for width, height in WINDOWS:
        page.set_viewport_size({"width": width, "height": height})
        for path in paths:
            answer = page.goto(path)
            assert answer is not None
            assert answer.status == 200, path
            beyond = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert page.evaluate(beyond) <= 0, f"{path} at {width}"
