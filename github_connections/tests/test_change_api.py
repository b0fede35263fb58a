"""PATCH /projects/{id}/github: another token in the place of the stored one, another branch, or both."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from conftest import World
from github_connections import refreshing
from github_connections.errors import ConnectionBusy
from github_connections.history import history_of_project
from github_connections.models import GithubConnection
from github_connections.states import AT_REST, Status
from github_connections.tests.connection_api import ConnectionApi, assert_refused, assert_token_free
from github_connections.tests.connection_rows import deadline_of, everything_below, make_cloned, make_connection
from github_connections.tests.fake_github import API_URL, NEWEST, PAT, FakeGitHub
from github_connections.tests.redis_commands import Commands, clone_messages
from qualisys.projects.models import Project
from qualisys.projects.roles import Role
from qualisys.redaction import forms

# Of the form that GitHub's have, and good for nothing.
NEW_PAT = "github_pat_" + "AnotherTestToken0123456789abcdefghijkl"
UNDER_WAY = sorted(set(Status) - AT_REST)


def row() -> GithubConnection:
    """Return the only connection as it is now."""
    return GithubConnection.objects.get()


def asked_with(github: FakeGitHub) -> set[str]:
    """Return the tokens that GitHub was shown."""
    return {call.request.headers["Authorization"].removeprefix("Bearer ") for call in github.wire.calls}


def events_of(project: Project) -> list[str]:
    """Return what happened to the project's connections, oldest first."""
    return [entry.additional_data["event"] for entry in history_of_project(project.pk)][::-1]


@pytest.mark.parametrize("status", list(Status))
def test_token_is_replaced_once_it_is_proved(
    status: str, api: ConnectionApi, project: Project, fake_github: FakeGitHub, clone_root: Path
) -> None:
    """Whatever is under way, the new token is put before GitHub and takes the old one's place; nothing else changes."""
    make_cloned(project, status, expires_in=timedelta(days=2), commit_sha=NEWEST)
    before = row()
    fake_github.agrees(headers={"github-authentication-token-expiration": "2099-01-02 03:04:05 UTC"})
    answer = api.patch(pat=NEW_PAT)
    assert answer.status_code == 200, answer.content
    assert answer.json() == api.get().json()
    assert asked_with(fake_github) == {NEW_PAT}
    now = row()
    assert now.reveal_token() == NEW_PAT
    assert now.token_expires_at.isoformat() == "2099-01-02T03:04:05+00:00"
    for kept in ("status", "branch", "attempt_id", "clone_path", "commit_sha", "expires_at"):
        assert getattr(now, kept) == getattr(before, kept), kept
    assert_token_free(answer.content.decode())
    assert [form for form in forms(NEW_PAT) if form in answer.content.decode()] == []


def test_token_that_is_not_proved_replaces_nothing(
    api: ConnectionApi, project: Project, fake_github: FakeGitHub
) -> None:
    """A token that GitHub refuses is refused here, and the stored one stays."""
    made = make_connection(project, Status.CLONED)
    fake_github.refuses(401, "Bad credentials")
    assert_refused(api.patch(pat=NEW_PAT), 400, "INVALID_TOKEN", reason="bad_credentials")
    assert (row().reveal_token(), row().updated_at) == (PAT, made.updated_at)
    assert events_of(project) == []


def test_token_of_another_branch_replaces_nothing(
    api: ConnectionApi, project: Project, fake_github: FakeGitHub
) -> None:
    """Where the new branch is not there, neither the branch nor the token that came with it is taken."""
    make_connection(project, Status.CLONED)
    fake_github.refuses_branches(404)
    assert_refused(api.patch(pat=NEW_PAT, branch="nxet"), 400, "BRANCH_NOT_FOUND", branch="nxet")
    assert (row().reveal_token(), row().branch) == (PAT, "main")


@pytest.mark.parametrize("status", sorted(AT_REST))
def test_another_branch_is_cloned_with_the_stored_token(
    status: str,
    api: ConnectionApi,
    project: Project,
    fake_github: FakeGitHub,
    clone_root: Path,
    django_capture_on_commit_callbacks: Any,
    redis_commands: Commands,
) -> None:
    """The branch is proved and cloned afresh, though it be the same commit; the present clone serves meanwhile."""
    made = make_cloned(project, status, commit_sha=NEWEST, attempts=3, error_code="NETWORK", error_message="Broken.")
    fake_github.agrees()
    with django_capture_on_commit_callbacks(execute=True):
        answer = api.patch(branch="release/1.0")
    assert answer.status_code == 200, answer.content
    assert (answer.json()["status"], answer.json()["branch"]) == ("pending", "release/1.0")
    assert fake_github.asked[1] == f"{API_URL}/repos/o/r/git/ref/heads/release/1.0"
    assert asked_with(fake_github) == {PAT}
    now = row()
    assert (now.reveal_token(), now.attempts, now.error_code) == (PAT, 0, "")
    assert everything_below(clone_root) == [f"repos/{made.pk}"]
    assert [message["body"][0] for message in clone_messages(redis_commands())] == [[str(made.pk)]]


def test_both_at_once(api: ConnectionApi, project: Project, fake_github: FakeGitHub) -> None:
    """The new token is proved on the new branch, and the branch is cloned with it."""
    make_connection(project, Status.FAILED)
    fake_github.agrees()
    assert api.patch(pat=NEW_PAT, branch="next").json()["status"] == "pending"
    assert asked_with(fake_github) == {NEW_PAT}
    assert (row().reveal_token(), row().branch) == (NEW_PAT, "next")
    assert events_of(project) == ["token_rotated", "branch_changed"]


def test_the_branch_that_it_has_already_is_not_cloned(
    api: ConnectionApi, project: Project, fake_github: FakeGitHub, clone_root: Path
) -> None:
    """Naming the present branch changes nothing, and says so by the unchanged status."""
    made = make_cloned(project, Status.ANALYZED)
    fake_github.agrees()
    assert api.patch(branch="main").json()["status"] == "analyzed"
    assert deadline_of(made.pk).due_at == made.expires_at
    assert events_of(project) == []


@pytest.mark.parametrize("status", UNDER_WAY)
def test_branch_is_not_changed_while_a_clone_is_under_way(
    status: str, api: ConnectionApi, project: Project, fake_github: FakeGitHub
) -> None:
    """The clone that runs is of the present branch: a person waits for its end, and GitHub is not asked."""
    make_connection(project, status)
    assert_refused(api.patch(branch="next", pat=NEW_PAT), 409, "CONNECTION_BUSY")
    assert fake_github.asked == []
    assert (row().branch, row().reveal_token()) == ("main", PAT)


def test_branch_of_a_clone_that_began_meanwhile(project: Project, fake_github: FakeGitHub) -> None:
    """Where a clone began while GitHub was asked, neither branch nor token nor history is written."""
    made = make_connection(project, Status.FAILED)
    fake_github.agrees()
    GithubConnection.objects.move(Status.PENDING)
    with pytest.raises(ConnectionBusy):
        refreshing.change(made, actor_id=project.created_by_id, pat=NEW_PAT, branch="next")
    assert (row().branch, row().reveal_token()) == ("main", PAT)
    assert events_of(project) == []


def test_unreadable_token_is_replaced(api: ConnectionApi, project: Project, fake_github: FakeGitHub) -> None:
    """Where the key of the stored token is gone, a new token is the way out; a branch alone is not."""
    make_connection(project, Status.FAILED, encrypted_token="00000000:gone")
    fake_github.agrees()
    assert_refused(api.patch(branch="next"), 409, "TOKEN_UNREADABLE")
    assert api.patch(pat=NEW_PAT).status_code == 200
    assert row().reveal_token() == NEW_PAT


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({}, {"pat", "branch"}),
        ({"repo_url": "https://github.com/o/other"}, {"pat", "branch"}),
        ({"pat": ""}, {"pat"}),
        ({"pat": None}, {"pat"}),
        ({"pat": 7}, {"pat"}),
        ({"pat": "has spaces in it"}, {"pat"}),
        ({"pat": "x" * 256}, {"pat"}),
        ({"branch": "--upload-pack=x"}, {"branch"}),
        ({"branch": ""}, {"branch"}),
        ({"branch": "a..b", "pat": "é"}, {"pat", "branch"}),
    ],
)
def test_what_cannot_be_is_refused_unasked(
    fields: dict[str, Any], named: set[str], api: ConnectionApi, project: Project, fake_github: FakeGitHub
) -> None:
    """A change of nothing, and what is no token or branch, is answered with the fields; GitHub is not asked."""
    make_connection(project, Status.CLONED)
    answer = api.patch(**fields)
    assert_refused(answer, 400, "VALIDATION_ERROR")
    assert set(answer.json()["details"]["fields"]) == named
    assert fake_github.asked == []


def test_changes_are_written_down(api: ConnectionApi, world: World, project: Project, fake_github: FakeGitHub) -> None:
    """Who replaced the token, when the new one ends, who chose which branch; and never the token."""
    make_connection(project, Status.CLONED)
    fake_github.agrees(headers={"github-authentication-token-expiration": "2099-01-02 03:04:05 UTC"})
    api.patch(pat=NEW_PAT, branch="next")
    branch, token = history_of_project(project.pk)
    assert {branch.actor, token.actor} == {world.by_role[Role.QA_AUTOMATION]}
    assert token.additional_data["token_expires_at"] == "2099-01-02T03:04:05+00:00"
    assert (branch.additional_data["before"], branch.additional_data["after"]) == ("main", "next")
    told = repr([vars(entry) for entry in (branch, token)])
    assert [form for form in (*forms(PAT), *forms(NEW_PAT)) if form in told] == []
