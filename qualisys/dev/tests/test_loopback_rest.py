"""The REST calls of the loopback GitHub answer as GitHub does."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from qualisys.dev.loopback_github import LoopbackGitHub
from qualisys.dev.tests.loopback_client import REPOSITORY, TOKEN, Ask, bare_request, head_of

# REST: who may ask


@pytest.mark.parametrize("token", [None, "ghp_unknown"])
def test_missing_or_unknown_token_is_refused(ask: Ask, token: str | None) -> None:
    """Without a known token the answer is 401 in the form GitHub gives its errors."""
    answer = ask(REPOSITORY, token=token)
    assert answer.status_code == 401
    assert answer.json() == {
        "message": "Bad credentials",
        "documentation_url": "https://docs.github.com/rest",
        "status": "401",
    }


def test_expired_token_is_refused(github: LoopbackGitHub, ask: Ask) -> None:
    """A token is unknown from the moment it expires."""
    github.add_token("ghp_old", expires_at=datetime.now(UTC) - timedelta(seconds=1))
    assert ask(REPOSITORY, token="ghp_old").status_code == 401


def test_revoked_token_is_refused(github: LoopbackGitHub, ask: Ask) -> None:
    """A token that worked is unknown after it was revoked."""
    assert ask(REPOSITORY).status_code == 200
    github.revoke_token(TOKEN)
    assert ask(REPOSITORY).status_code == 401


@pytest.mark.parametrize("scheme", ["token", "bearer", "Bearer"])
def test_token_may_come_in_each_scheme(ask: Ask, scheme: str) -> None:
    """GitHub takes `token` and `Bearer`, in any case."""
    assert ask(REPOSITORY, headers={"Authorization": f"{scheme} {TOKEN}"}).status_code == 200


def test_missing_user_agent_is_refused(github: LoopbackGitHub) -> None:
    """A call without User-Agent is 403 though its token is good."""
    answer = bare_request(github, f"/api/v3{REPOSITORY}", {"Authorization": f"Bearer {TOKEN}"})
    assert answer.status == 403


# REST: the repository


def test_repository_is_described_under_its_own_spelling(github: LoopbackGitHub, ask: Ask) -> None:
    """Upper and lower case do not matter in the question; the answer has the repository's own spelling."""
    answer = ask("/repos/aCME/sHOP")
    assert answer.status_code == 200
    assert answer.json() == {
        "id": 100_001,
        "name": "Shop",
        "full_name": "Acme/Shop",
        "owner": {"login": "Acme", "type": "Organization"},
        "private": True,
        "visibility": "private",
        "archived": False,
        "disabled": False,
        "default_branch": "main",
        "size": 0,
        "url": f"{github.api_url}/repos/Acme/Shop",
        "html_url": f"{github.clone_url}/Acme/Shop",
        "clone_url": f"{github.clone_url}/Acme/Shop.git",
        "permissions": {"admin": False, "maintain": False, "push": False, "triage": False, "pull": True},
    }


def test_settings_of_a_repository_are_shown(github: LoopbackGitHub, ask: Ask, checkout: Path) -> None:
    """Settings given when a repository is added, and changes made later, appear in the answer."""
    repository = github.add_repository(
        "acme/old", checkout, archived=True, size_kilobytes=42, default_branch="feature/login"
    )
    repository.disabled = True
    shown = ask("/repos/acme/old").json()
    assert [shown[name] for name in ("archived", "disabled", "size", "default_branch")] == [
        True,
        True,
        42,
        "feature/login",
    ]


def test_write_permission_is_shown(github: LoopbackGitHub, ask: Ask) -> None:
    """A token that may write reads too, and the answer says that it may push."""
    github.add_token("ghp_writer", permissions={"metadata", "contents:write"})
    assert ask(REPOSITORY, token="ghp_writer").json()["permissions"]["push"] is True
    assert ask(f"{REPOSITORY}/git/ref/heads/main", token="ghp_writer").status_code == 200


@pytest.mark.parametrize(
    "path", ["/repos/Acme/Absent", f"{REPOSITORY}/", "/repos/Acme", "/repositories/7", "/user", "/"]
)
def test_absent_address_is_not_found(ask: Ask, path: str) -> None:
    """What does not exist is 404, a trailing slash included."""
    answer = ask(path)
    assert (answer.status_code, answer.json()["message"]) == (404, "Not Found")


def test_repository_outside_the_token_is_not_found(github: LoopbackGitHub, ask: Ask, checkout: Path) -> None:
    """A token for one repository gets 404 for every other private one."""
    github.add_repository("acme/other", checkout)
    github.add_token("ghp_narrow", repositories=["acme/other"])
    assert ask("/repos/acme/other", token="ghp_narrow").status_code == 200
    assert ask(REPOSITORY, token="ghp_narrow").status_code == 404
    assert ask("/repositories/100001", token="ghp_narrow").status_code == 404


def test_missing_metadata_permission_is_named(github: LoopbackGitHub, ask: Ask) -> None:
    """A token without Metadata gets 403 and the name of the permission."""
    github.add_token("ghp_blind", permissions={"contents"})
    answer = ask(REPOSITORY, token="ghp_blind")
    assert answer.status_code == 403
    assert answer.json()["message"] == "Resource not accessible by personal access token"
    assert answer.headers["X-Accepted-GitHub-Permissions"] == "metadata=read"


def test_public_repository_needs_no_permission(github: LoopbackGitHub, ask: Ask, checkout: Path) -> None:
    """Any valid token reads a public repository."""
    github.add_repository("acme/open", checkout, private=False)
    github.add_token("ghp_nothing", repositories=[], permissions=[])
    assert ask("/repos/acme/open", token="ghp_nothing").json()["private"] is False
    assert ask("/repos/acme/open/git/ref/heads/main", token="ghp_nothing").status_code == 200


def test_classic_token_shows_its_scopes_and_needs_repo(github: LoopbackGitHub, ask: Ask) -> None:
    """A classic token answers x-oauth-scopes, and without `repo` private repositories are 404."""
    github.add_token("ghp_classic", scopes="repo, workflow")
    github.add_token("ghp_public", scopes="public_repo")
    seen, hidden = ask(REPOSITORY, token="ghp_classic"), ask(REPOSITORY, token="ghp_public")
    assert (seen.status_code, seen.headers["x-oauth-scopes"]) == (200, "repo, workflow")
    assert (hidden.status_code, hidden.headers["x-oauth-scopes"]) == (404, "public_repo")
    assert "x-oauth-scopes" not in ask(REPOSITORY).headers


def test_expiry_of_the_token_is_on_every_answer(github: LoopbackGitHub, ask: Ask) -> None:
    """The expiry is given in UTC, with errors as well; a token without expiry has no such header."""
    summer = datetime.fromisoformat("2127-10-12T11:00:00+02:00")
    github.add_token("ghp_expiring", expires_at=summer)
    for path in (REPOSITORY, "/repos/Acme/Absent"):
        headers = ask(path, token="ghp_expiring").headers
        assert headers["github-authentication-token-expiration"] == "2127-10-12 09:00:00 UTC"
    assert "github-authentication-token-expiration" not in ask(REPOSITORY).headers


def test_rate_limit_is_on_an_answer(ask: Ask) -> None:
    """Limit, remaining calls and the second at which they are renewed are given."""
    headers = ask(REPOSITORY).headers
    assert int(headers["x-ratelimit-remaining"]) < int(headers["x-ratelimit-limit"])
    assert int(headers["x-ratelimit-reset"]) > time.time()


def test_renamed_repository_leads_to_its_id(github: LoopbackGitHub, ask: Ask) -> None:
    """The old name is 301 to an address that stays; token and id are those from before."""
    github.add_token("ghp_narrow", repositories=["acme/shop"])
    github.add_rename("Acme/Shop", "Acme/Store")
    moved = ask(REPOSITORY, token="ghp_narrow")
    assert (moved.status_code, moved.headers["Location"]) == (301, f"{github.api_url}/repositories/100001")
    followed = ask(REPOSITORY, token="ghp_narrow", allow_redirects=True).json()
    assert (followed["id"], followed["full_name"]) == (100_001, "Acme/Store")
    branch = ask(f"{REPOSITORY}/git/ref/heads/feature/login", allow_redirects=True)
    assert branch.url == f"{github.api_url}/repositories/100001/git/ref/heads/feature/login"
    assert branch.status_code == 200


def test_name_given_again_is_another_repository(github: LoopbackGitHub, ask: Ask, checkout: Path) -> None:
    """A repository that was made anew under the same name has another id."""
    before = ask(REPOSITORY).json()["id"]
    github.add_repository("Acme/Shop", checkout)
    assert ask(REPOSITORY).json()["id"] != before


# REST: a branch


@pytest.mark.parametrize("branch", ["main", "feature/login"])
def test_tip_of_a_branch_is_given(ask: Ask, checkout: Path, branch: str) -> None:
    """The commit comes from the real repository."""
    answer = ask(f"{REPOSITORY}/git/ref/heads/{branch}")
    assert answer.status_code == 200
    assert answer.json() == {
        "ref": f"refs/heads/{branch}",
        "object": {"type": "commit", "sha": head_of(checkout, branch)},
    }


def test_a_branch_needs_the_contents_permission(github: LoopbackGitHub, ask: Ask) -> None:
    """A token without Contents sees the repository and gets 403 for its branches."""
    github.add_token("ghp_metadata", permissions={"metadata"})
    assert ask(REPOSITORY, token="ghp_metadata").status_code == 200
    answer = ask(f"{REPOSITORY}/git/ref/heads/main", token="ghp_metadata")
    assert answer.status_code == 403
    assert answer.headers["X-Accepted-GitHub-Permissions"] == "contents=read"


def test_empty_repository_is_a_conflict(github: LoopbackGitHub, ask: Ask, empty: Path) -> None:
    """A repository without commits exists, and its branches are 409."""
    github.add_repository("acme/empty", empty)
    assert ask("/repos/acme/empty").json()["default_branch"] == "main"
    answer = ask("/repos/acme/empty/git/ref/heads/main")
    assert (answer.status_code, answer.json()["message"]) == (409, "Git Repository is empty.")


@pytest.mark.parametrize(
    "ref", ["heads/absent", "heads/main~1", "heads/main^", "heads/--all", "heads/a%00b", "main", "tags/main"]
)
def test_unknown_branch_is_not_found(ask: Ask, ref: str) -> None:
    """Only the exact name of a branch counts, never an expression or an option of git."""
    assert ask(f"{REPOSITORY}/git/ref/{ref}").status_code == 404


def test_commit_is_no_branch(ask: Ask, checkout: Path) -> None:
    """The name of a commit is not taken for that of a branch."""
    assert ask(f"{REPOSITORY}/git/ref/heads/{head_of(checkout)}").status_code == 404
