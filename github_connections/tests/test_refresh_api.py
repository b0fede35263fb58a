"""POST /projects/{id}/github/refresh: a fresh clone where the branch has moved on, a later expiry where it has not."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from django_tenants.utils import tenant_context

from conftest import World, make_project
from github_connections import refreshing, workspace
from github_connections.deadlines import EXPIRY, RECOVERY
from github_connections.errors import ConnectionBusy, ConnectionChanged, ConnectionNotFound
from github_connections.history import Event, history_of_project
from github_connections.models import GithubConnection
from github_connections.states import AT_REST, ON_DISK, Status
from github_connections.tests.connection_api import ConnectionApi, assert_refused, assert_token_free
from github_connections.tests.connection_rows import deadline_of, everything_below, make_cloned, make_connection
from github_connections.tests.fake_github import API_URL, NEWEST, PAT, REPOSITORY, FakeGitHub
from github_connections.tests.redis_commands import Commands, clone_messages
from qualisys.projects.models import Project
from qualisys.projects.roles import Role
from qualisys.tenancy.deadlines import set_deadline

OLDER = "1" * 40
LATER = timedelta(days=2)
UNDER_WAY = sorted(set(Status) - AT_REST)


def row() -> GithubConnection:
    """Return the only connection as it is now."""
    return GithubConnection.objects.get()


def last_of(project: Project) -> Any:
    """Return what happened last to the project's connections."""
    return history_of_project(project.pk).first()


@pytest.mark.parametrize("status", sorted(AT_REST))
def test_branch_that_moved_on_is_cloned(
    status: str,
    api: ConnectionApi,
    project: Project,
    fake_github: FakeGitHub,
    clone_root: Path,
    django_capture_on_commit_callbacks: Any,
    redis_commands: Commands,
) -> None:
    """A fresh clone starts over with no error and no attempts, and the present clone serves meanwhile."""
    failure = {"error_code": "NETWORK", "error_message": "Broken."}
    made = make_cloned(project, status, commit_sha=OLDER, attempts=3, **failure)
    fake_github.agrees()
    with django_capture_on_commit_callbacks(execute=True):
        answer = api.refresh()
    assert answer.status_code == 202, answer.content
    assert answer.json() == api.get().json()
    assert (answer.json()["status"], answer.json()["error_code"]) == ("pending", "")
    assert answer.headers["Location"] == f"http://acme.localhost{api.path}"
    now = row()
    assert (now.status, now.attempts, now.error_code, now.error_message) == (Status.PENDING, 0, "", "")
    assert everything_below(clone_root) == [f"repos/{made.pk}"]
    assert deadline_of(made.pk).kind == RECOVERY
    assert [message["body"][0] for message in clone_messages(redis_commands())] == [[str(made.pk)]]
    assert_token_free(answer.content.decode())


@pytest.mark.parametrize("status", sorted(ON_DISK))
def test_branch_that_did_not_move_is_kept_for_longer(
    status: str,
    api: ConnectionApi,
    project: Project,
    fake_github: FakeGitHub,
    clone_root: Path,
    django_capture_on_commit_callbacks: Any,
) -> None:
    """Where the commit is the one that lies there, its expiry moves on and nothing is cloned."""
    made = make_cloned(project, status, expires_in=LATER, commit_sha=NEWEST)
    fake_github.agrees()
    with django_capture_on_commit_callbacks() as callbacks:
        answer = api.refresh()
    assert (answer.status_code, answer.json()["status"]) == (202, status)
    assert callbacks == []
    expires_at = datetime.fromisoformat(answer.json()["expires_at"])
    assert made.expires_at < expires_at == row().expires_at
    assert timedelta(0) <= timezone.now() + timedelta(days=7) - expires_at < timedelta(minutes=1)
    assert everything_below(clone_root) == [f"repos/{made.pk}"]


def test_expiry_is_expected_at_its_new_time(
    api: ConnectionApi, project: Project, fake_github: FakeGitHub, clone_root: Path
) -> None:
    """The sweep looks at an analysed clone when its new time is over."""
    made = make_cloned(project, Status.ANALYZED, commit_sha=NEWEST)
    fake_github.agrees()
    api.refresh()
    deadline = deadline_of(made.pk)
    assert (deadline.kind, deadline.due_at) == (EXPIRY, row().expires_at)


def test_analysis_that_is_waited_for_is_not_forgotten(
    api: ConnectionApi, project: Project, fake_github: FakeGitHub, clone_root: Path
) -> None:
    """A clone whose analysis is under way is looked at for that, and for its expiry afterwards."""
    made = make_cloned(project, Status.CLONED, commit_sha=NEWEST)
    due_at = timezone.now() + timedelta(seconds=30)
    set_deadline(made.pk, RECOVERY, due_at)
    fake_github.agrees()
    api.refresh()
    assert (deadline_of(made.pk).kind, deadline_of(made.pk).due_at) == (RECOVERY, due_at)


@pytest.mark.parametrize("status", sorted(AT_REST - ON_DISK))
def test_ended_connection_is_cloned_though_nothing_changed(
    status: str, api: ConnectionApi, project: Project, fake_github: FakeGitHub, clone_root: Path
) -> None:
    """After a failure or its expiry the source is wanted again, whatever commit it is."""
    make_connection(project, status, commit_sha=NEWEST)
    fake_github.agrees()
    assert api.refresh().json()["status"] == "pending"


def test_clone_that_somebody_removed_is_cloned_again(
    api: ConnectionApi, project: Project, fake_github: FakeGitHub, clone_root: Path, world: World
) -> None:
    """A row that says more than the disk has is not believed."""
    made = make_cloned(project, commit_sha=NEWEST)
    shutil.rmtree(workspace.checkout_path(world.acme.pk, made.pk))
    fake_github.agrees()
    assert api.refresh().json()["status"] == "pending"


def test_github_that_does_not_tell_the_commit_is_no_reason_to_keep_an_old_one(
    api: ConnectionApi, project: Project, fake_github: FakeGitHub, clone_root: Path
) -> None:
    """Where it is not known whether the branch moved on, it is cloned."""
    make_cloned(project, commit_sha="")
    fake_github.agrees(commit="")
    assert api.refresh().json()["status"] == "pending"


def test_the_branch_of_the_connection_is_asked_for(
    api: ConnectionApi, project: Project, fake_github: FakeGitHub
) -> None:
    """The default branch may be another one."""
    make_connection(project, Status.EXPIRED, branch="release/1.0")
    fake_github.agrees()
    api.refresh()
    assert fake_github.asked == [f"{API_URL}/repos/o/r", f"{API_URL}/repos/o/r/git/ref/heads/release/1.0"]
    assert {call.request.headers["Authorization"] for call in fake_github.wire.calls} == {f"Bearer {PAT}"}


@pytest.mark.parametrize("status", UNDER_WAY)
def test_clone_under_way_is_not_begun_again(
    status: str, api: ConnectionApi, project: Project, fake_github: FakeGitHub
) -> None:
    """While a clone waits or runs, another cannot be asked for, and GitHub is not asked either."""
    make_connection(project, status)
    assert_refused(api.refresh(), 409, "CONNECTION_BUSY")
    assert fake_github.asked == []
    assert not history_of_project(project.pk).exists()


@pytest.mark.parametrize(
    ("refuse", "error", "details"),
    [
        (lambda github: github.refuses(401), "INVALID_TOKEN", {"reason": "bad_credentials"}),
        (lambda github: github.refuses(404), "INVALID_TOKEN", {"reason": "not_found_or_no_access"}),
        (lambda github: github.refuses(503), "INVALID_TOKEN", {"reason": "github_error"}),
        (lambda github: github.refuses_branches(403), "INVALID_TOKEN", {"reason": "forbidden"}),
        (lambda github: github.refuses_branches(404), "BRANCH_NOT_FOUND", {"branch": "main"}),
        (lambda github: github.refuses_branches(409), "REPOSITORY_EMPTY", {}),
        (lambda github: github.shows_repository(disabled=True), "REPOSITORY_DISABLED", {}),
        (lambda _github: None, "INVALID_TOKEN", {"reason": "unreachable"}),
    ],
)
def test_what_github_refuses_leaves_everything_as_it_was(
    refuse: Any,
    error: str,
    details: dict[str, str],
    api: ConnectionApi,
    project: Project,
    fake_github: FakeGitHub,
    clone_root: Path,
) -> None:
    """The token is proved again, with the refusals of a connect, and the present clone serves on."""
    made = make_cloned(project, Status.ANALYZED, expires_in=LATER)
    refuse(fake_github)
    assert_refused(api.refresh(), 400, error, **details)
    assert (row().status, row().expires_at, row().updated_at) == (Status.ANALYZED, made.expires_at, made.updated_at)
    assert everything_below(clone_root) == [f"repos/{made.pk}"]
    assert not history_of_project(project.pk).exists()


def test_renamed_repository_is_followed(api: ConnectionApi, project: Project, fake_github: FakeGitHub) -> None:
    """The new name is what is shown and fetched from now on, and a warning says so."""
    make_connection(project, Status.EXPIRED)
    wire = fake_github.wire
    wire.get(fake_github.repository_url, status=301, headers={"Location": f"{API_URL}/repositories/7"})
    wire.get(f"{API_URL}/repositories/7", json={**REPOSITORY, "full_name": "New/Name"})
    FakeGitHub(wire, full_name="New/Name").shows_branches()
    shown = api.refresh().json()
    assert (shown["repo_url"], shown["status"]) == ("https://github.com/New/Name", "pending")
    (warning,) = shown["warnings"]
    assert (warning["code"], warning["details"]) == ("REPOSITORY_RENAMED", {"before": "o/r", "after": "New/Name"})


def test_case_of_a_name_is_no_other_name(api: ConnectionApi, project: Project, fake_github: FakeGitHub) -> None:
    """GitHub does not mind upper and lower case, so nobody is warned of it."""
    make_connection(project, Status.EXPIRED)
    fake_github.agrees(full_name="O/R")
    FakeGitHub(fake_github.wire, full_name="O/R").shows_branches()
    shown = api.refresh().json()
    assert (shown["repo_url"], shown["warnings"]) == ("https://github.com/O/R", [])


def test_recreated_repository_is_refused(
    api: ConnectionApi, project: Project, fake_github: FakeGitHub, clone_root: Path
) -> None:
    """Another repository under the same name is not taken for the connected one, and the warning stays."""
    made = make_cloned(project, Status.ANALYZED, expires_in=LATER)
    fake_github.agrees(id=8)
    assert_refused(api.refresh(), 409, "REPOSITORY_RECREATED", repository="o/r")
    noticed = row().recreated_at
    assert_refused(api.patch(branch="next"), 409, "REPOSITORY_RECREATED", repository="o/r")
    assert row().recreated_at == noticed
    assert (row().status, row().github_id, row().branch) == (Status.ANALYZED, 7, "main")
    assert [warning["code"] for warning in api.get().json()["warnings"]] == ["REPOSITORY_RECREATED"]
    assert everything_below(clone_root) == [f"repos/{made.pk}"]


def test_the_right_repository_back_under_its_name_is_no_stranger(
    api: ConnectionApi, project: Project, fake_github: FakeGitHub
) -> None:
    """Once the proof finds the connected repository again, the warning goes."""
    make_connection(project, Status.EXPIRED, recreated_at=timezone.now())
    fake_github.agrees()
    assert api.refresh().json()["warnings"] == []


def test_what_the_token_is_now_is_kept(api: ConnectionApi, project: Project, fake_github: FakeGitHub) -> None:
    """Its end, and that the repository can be read by everybody by now, are known from the newest proof."""
    make_connection(project, Status.EXPIRED, is_private=True)
    fake_github.agrees(private=False, headers={"github-authentication-token-expiration": "2099-01-02 03:04:05 UTC"})
    shown = api.refresh().json()
    assert shown["token_expires_at"] == "2099-01-02T03:04:05Z"
    assert [warning["code"] for warning in shown["warnings"]] == ["REPOSITORY_BECAME_PUBLIC"]


@pytest.mark.parametrize(
    ("before", "after", "warned"),
    [(True, True, False), (True, False, True), (False, False, False), (None, False, False)],
)
def test_only_a_repository_that_was_private_becomes_public(
    before: bool | None, after: bool, warned: bool, project: Project, fake_github: FakeGitHub
) -> None:
    """One that was public from the start surprises nobody; one that is private again neither."""
    made = make_connection(project, Status.EXPIRED, is_private=before)
    fake_github.agrees(private=after)
    refreshing.refresh(made, actor_id=project.created_by_id)
    assert (row().is_private, row().became_public_at is not None) == (after, warned)


def test_a_repository_made_private_again_is_no_warning(project: Project, fake_github: FakeGitHub) -> None:
    """What is over need not be known."""
    made = make_connection(project, Status.EXPIRED, is_private=False, became_public_at=timezone.now())
    fake_github.agrees(private=True)
    refreshing.refresh(made, actor_id=project.created_by_id)
    assert row().became_public_at is None


def test_stored_token_that_nobody_can_read(api: ConnectionApi, project: Project, fake_github: FakeGitHub) -> None:
    """Where the key was taken away, a person is told to send a new token, and GitHub is not asked."""
    make_connection(project, Status.EXPIRED, encrypted_token="00000000:gone")
    assert_refused(api.refresh(), 409, "TOKEN_UNREADABLE")
    assert fake_github.asked == []


@pytest.mark.parametrize(("commit", "unchanged"), [(NEWEST, True), (OLDER, False)])
def test_refresh_is_written_down(
    commit: str,
    unchanged: bool,
    api: ConnectionApi,
    world: World,
    project: Project,
    fake_github: FakeGitHub,
    clone_root: Path,
) -> None:
    """Who asked, for which commit, and whether there was anything to fetch."""
    make_cloned(project, commit_sha=commit)
    fake_github.agrees()
    api.refresh()
    entry = last_of(project)
    assert entry.actor == world.by_role[Role.QA_AUTOMATION]
    details = {"event": "refreshed", "project_id": str(project.pk), "commit": NEWEST, "unchanged": unchanged}
    assert entry.additional_data == details


@pytest.mark.parametrize("change", [{"branch": "next"}, {"encrypted_token": "00000000:another"}])
def test_what_was_changed_meanwhile_is_not_taken_for_proved(
    change: dict[str, str], project: Project, fake_github: FakeGitHub
) -> None:
    """Where another branch or token came while GitHub was asked, that one was not proved."""
    made = make_connection(project, Status.EXPIRED)
    asked = GithubConnection.objects.get(pk=made.pk)
    fake_github.agrees()
    GithubConnection.objects.update(**change)
    with pytest.raises(ConnectionChanged):
        refreshing.refresh(asked, actor_id=project.created_by_id)
    assert row().status == Status.EXPIRED
    assert not history_of_project(project.pk).exists()


def test_connection_that_went_meanwhile(project: Project, fake_github: FakeGitHub, world: World) -> None:
    """Nothing comes back of a connection that was disconnected while GitHub was asked, nor in another tenant."""
    made = make_connection(project, Status.EXPIRED)
    fake_github.agrees()
    with tenant_context(world.globex), pytest.raises(ConnectionNotFound):
        refreshing.refresh(made, actor_id=world.globex_owner.pk)
    GithubConnection.objects.all().delete()
    with pytest.raises(ConnectionNotFound):
        refreshing.refresh(made, actor_id=project.created_by_id)
    assert not GithubConnection.objects.exists()


def test_clone_that_began_meanwhile_is_left_alone(project: Project, fake_github: FakeGitHub) -> None:
    """Of two that ask at the same time, the second is told that a clone is under way."""
    made = make_connection(project, Status.EXPIRED)
    first, second = (GithubConnection.objects.get(pk=made.pk) for _ in range(2))
    fake_github.agrees()
    refreshing.refresh(first, actor_id=project.created_by_id)
    with pytest.raises(ConnectionBusy):
        refreshing.refresh(second, actor_id=project.created_by_id)
    assert [entry.additional_data["event"] for entry in history_of_project(project.pk)] == [Event.REFRESHED]


def test_refreshing_leaves_other_projects_alone(
    api: ConnectionApi, world: World, project: Project, fake_github: FakeGitHub, clone_root: Path
) -> None:
    """Another project's connection to the same repository stays as it is."""
    make_cloned(project)
    other = make_cloned(make_project(world, "Other"))
    fake_github.agrees()
    api.refresh()
    again = GithubConnection.objects.get(pk=other.pk)
    assert (again.status, again.updated_at) == (other.status, other.updated_at)
