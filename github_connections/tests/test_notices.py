"""What webhooks are told of a connection: what happened to it, and beforehand what is about to."""

import json
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from conftest import World
from github_connections import analyzing, cloning, notices, reconciliation, refreshing, services, tasks
from github_connections.errors import CloneFailure
from github_connections.expiry import expire_due
from github_connections.models import GithubConnection
from github_connections.notices import NOTICE, expect_notice
from github_connections.states import Status
from github_connections.tests.connection_rows import LONG_AGO, make_cloned, make_cloning, make_connection
from github_connections.tests.fake_github import PAT, URL, FakeGitHub
from qualisys.projects.models import Project
from qualisys.tenancy.deadlines import Sweep, set_deadline
from qualisys.tenancy.models import Deadline
from qualisys.webhooks.events import CHOSEN_FROM
from qualisys.webhooks.models import Delivery
from qualisys.webhooks.services import create_webhook

DAY = timedelta(days=1)
BROKEN = CloneFailure("GIT_FAILED", "Broken.")


@pytest.fixture(autouse=True)
def _webhook(world: World, project: Project) -> None:
    """A webhook of the project that is told everything."""
    events = [event.value for event in CHOSEN_FROM]
    create_webhook(project.pk, actor_id=world.acme_owner.pk, url="https://ci.acme.example", events=events)


def told() -> list[dict[str, Any]]:
    """Return what was written for the webhook, the oldest first."""
    return [json.loads(body) for body in Delivery.objects.order_by("created_at").values_list("body", flat=True)]


def events() -> list[str]:
    return [message["type"] for message in told()]


def notice_at(connection: GithubConnection) -> Any:
    """Return when the connection is looked at for the next notice."""
    deadline = Deadline.objects.filter(pk=connection.notice_id, kind=NOTICE).first()
    return deadline and deadline.due_at


def look(connection: GithubConnection) -> None:
    """Have the sweep look at the connection now."""
    set_deadline(connection.notice_id, NOTICE, timezone.now())
    assert notices.give_due_notices() == Sweep(handled=1)


def change(connection: GithubConnection, **values: Any) -> GithubConnection:
    GithubConnection.objects.filter(pk=connection.pk).update(**values)
    connection.refresh_from_db()
    return connection


def test_a_failed_clone_is_told_with_what_failed(project: Project) -> None:
    """The message says what the API says, as it is after the move, and nothing that is secret."""
    made = make_cloning(project)
    cloning.end_attempt(made, BROKEN)
    (message,) = told()
    assert message["type"] == "connection.failed"
    data = message["data"]
    assert (data["connection_id"], data["project_id"], data["repo_url"]) == (str(made.pk), str(project.pk), URL)
    assert (data["status"], data["error_code"], data["error_message"]) == ("failed", "GIT_FAILED", "Broken.")
    assert not {"encrypted_token", "clone_path", "analysis_summary"} & data.keys()
    assert PAT not in json.dumps(message)


def test_a_failure_that_is_tried_again_is_not_told(project: Project) -> None:
    """Only what has come to its end is news."""
    cloning.end_attempt(make_cloning(project), CloneFailure("NETWORK", "Broken.", transient=True))
    assert events() == []


def test_each_end_is_told(project: Project, clone_root: Path) -> None:
    """A failed analysis, a clone that is removed, and one that was lost."""
    analyzing.fail(make_cloned(project, expires_in=DAY), BROKEN)
    GithubConnection.objects.all().delete()
    make_cloned(project)
    expire_due()
    GithubConnection.objects.all().delete()
    lost = make_connection(project, Status.ANALYZED, clone_path="somewhere", expires_at=timezone.now() + DAY)
    reconciliation.reconcile()
    assert events() == ["connection.failed", "connection.expired", "connection.failed"]
    assert told()[1]["data"]["status"] == "expired"
    assert told()[2]["data"]["connection_id"] == str(lost.pk)


def test_a_late_worker_tells_nothing(project: Project) -> None:
    """Whose claim was lost changes nothing, and says nothing."""
    late = make_cloning(project)
    change(late, attempt_id=uuid.uuid4())
    late.attempt_id = uuid.uuid4()
    cloning.end_attempt(late, BROKEN)
    assert events() == []


def test_a_clone_is_announced_a_day_before_it_goes(project: Project, clone_root: Path) -> None:
    """The deadline is a day before the end; what is told then is told once."""
    made = make_cloned(project, expires_in=5 * DAY)
    expect_notice(made)
    assert notice_at(made) == made.expires_at - DAY
    look(made)
    assert events() == []  # too early, and looked at again at the same moment
    assert notice_at(made) == made.expires_at - DAY

    change(made, expires_at=timezone.now() + DAY, noticed_until=timezone.now() - DAY)
    look(made)
    look(made)
    assert events() == ["connection.expiring"]
    assert told()[0]["data"]["days_left"] == 1
    assert notice_at(made) is None


def test_a_clone_that_was_refreshed_is_announced_anew(project: Project, clone_root: Path) -> None:
    """An end that moved has its own moment, also where nobody said that it moved."""
    made = make_cloned(project, expires_in=DAY)
    change(made, noticed_until=timezone.now() - DAY)
    look(made)
    change(made, expires_at=timezone.now() + 7 * DAY)
    look(made)
    assert notice_at(made) == made.expires_at - DAY
    change(made, expires_at=timezone.now() + DAY, noticed_until=timezone.now() - DAY)
    look(made)
    assert events() == ["connection.expiring"] * 2


def test_a_clone_that_is_gone_is_not_announced(project: Project) -> None:
    """Nothing is about to be removed where nothing is."""
    made = make_connection(project, Status.EXPIRED, expires_at=timezone.now() + DAY / 2)
    change(made, created_at=timezone.now() - 7 * DAY)
    look(made)
    assert events() == []


@pytest.mark.parametrize(("left", "days"), [(14, 14), (7, 7), (1, 1), (0.5, 1), (6.2, 7)])
def test_a_token_that_ends_is_told(left: float, days: int, project: Project) -> None:
    """Two weeks, a week and a day before; who looks late tells the latest alone, with the days that are left."""
    made = make_connection(project, Status.ANALYZED, token_expires_at=timezone.now() + left * DAY)
    change(made, created_at=timezone.now() - 30 * DAY)
    look(made)
    assert events() == ["token.expiring"]
    assert told()[0]["data"]["days_left"] == days
    look(made)
    assert len(told()) == 1
    upcoming = [left - before for before in (14, 7, 1) if left - before > 0.001]
    expected = timezone.now() + min(upcoming) * DAY if upcoming else None
    assert (notice_at(made) is None) == (expected is None)
    if expected:
        assert abs(notice_at(made) - expected) < timedelta(minutes=1)


@pytest.mark.parametrize("status", [Status.FAILED, Status.EXPIRED])
def test_a_token_that_nobody_uses_is_not_told(status: str, project: Project) -> None:
    """A connection that has ended needs no token until it is connected again."""
    made = make_connection(project, status, token_expires_at=timezone.now() + DAY / 2)
    change(made, created_at=timezone.now() - 30 * DAY)
    look(made)
    assert events() == []


def test_a_token_that_has_ended_is_no_warning(project: Project) -> None:
    """What is past is not about to happen."""
    made = make_connection(project, Status.ANALYZED, token_expires_at=timezone.now() - DAY)
    change(made, created_at=timezone.now() - 30 * DAY)
    look(made)
    assert (events(), notice_at(made)) == ([], None)


def test_connecting_expects_the_end_of_the_token(
    world: World, project: Project, fake_github: FakeGitHub, clone_root: Path
) -> None:
    """GitHub says when a token ends; disconnecting forgets it."""
    ends = (timezone.now() + 30 * DAY).replace(microsecond=0)
    fake_github.agrees(headers={"github-authentication-token-expiration": ends.strftime("%Y-%m-%d %H:%M:%S UTC")})
    made = services.connect(project.pk, actor_id=world.acme_owner.pk, repo_url=URL, pat=PAT)
    assert notice_at(made) == ends - 14 * DAY
    services.disconnect(project.pk, actor_id=world.acme_owner.pk)
    assert not Deadline.objects.filter(pk__in=[made.pk, made.notice_id]).exists()


def test_another_token_has_another_end(
    world: World, project: Project, fake_github: FakeGitHub, clone_root: Path
) -> None:
    """A token that is replaced brings its own moments; one without an end takes them away."""
    made = make_cloned(project, Status.ANALYZED, expires_in=-DAY, clone_path="")
    GithubConnection.objects.filter(pk=made.pk).update(clone_path="")
    made.refresh_from_db()
    ends = (timezone.now() + 10 * DAY).replace(microsecond=0)
    fake_github.agrees(headers={"github-authentication-token-expiration": ends.strftime("%Y-%m-%d %H:%M:%S UTC")})
    changed = refreshing.change(made, actor_id=world.acme_owner.pk, pat=PAT)
    assert notice_at(made) == ends - 7 * DAY
    fake_github.wire.reset()
    fake_github.agrees()
    refreshing.change(changed, actor_id=world.acme_owner.pk, pat=PAT)
    assert notice_at(made) is None


def test_a_notice_of_what_is_gone_is_cleared(project: Project) -> None:
    """The task that beat sends is the sweep, and it forgets what is no more."""
    gone = uuid.uuid4()
    set_deadline(gone, NOTICE, timezone.now() + LONG_AGO)
    tasks.give_notices()
    assert not Deadline.objects.filter(pk=gone).exists()


def test_reconciliation_leaves_other_deadlines_alone(project: Project, clone_root: Path) -> None:
    """It compares connections with their own two kinds; notices and webhooks look after themselves."""
    made = make_cloned(project, expires_in=5 * DAY)
    expect_notice(made)
    cloning.end_attempt(make_cloning(Project.objects.create(name="B", created_by_id=project.created_by_id)), BROKEN)
    before = Deadline.objects.count()
    assert reconciliation.reconcile().findings == []
    assert Deadline.objects.count() == before
