"""Proving that a token reads a repository, and telling GitHub's refusals apart: each row of its documentation."""

import time
from typing import Any

import pytest
import requests

from github_connections import services
from github_connections.errors import InvalidRepositoryUrl, InvalidToken, Reason
from github_connections.models import GithubConnection
from github_connections.remote.repository_url import RepositoryName
from github_connections.tests.connection_api import ConnectionApi, assert_no_row, assert_refused
from github_connections.tests.fake_github import PAT, URL, FakeGitHub
from qualisys.projects.models import Project

REPOSITORY = RepositoryName("o", "r")


def refused_reason() -> Reason:
    """Return why the token is refused."""
    with pytest.raises(InvalidToken) as refused:
        services.validate_pat(REPOSITORY, PAT)
    return refused.value.reason


def test_validate_pat_success(fake_github: FakeGitHub) -> None:
    """A token that reads the repository is good, and what GitHub says of the repository is returned."""
    fake_github.agrees()
    facts = services.validate_pat(REPOSITORY, PAT)
    assert (facts.id, facts.name, facts.default_branch) == (7, REPOSITORY, "main")


def test_validate_pat_invalid_token_401(fake_github: FakeGitHub) -> None:
    """A token that GitHub does not know is refused as such."""
    fake_github.refuses(401, "Bad credentials")
    assert refused_reason() == Reason.BAD_CREDENTIALS


def test_validate_pat_invalid_token_403(fake_github: FakeGitHub) -> None:
    """A token that GitHub forbids the repository to is refused as such."""
    fake_github.refuses(403, "Forbidden")
    assert refused_reason() == Reason.FORBIDDEN


def test_validate_pat_invalid_token_404(fake_github: FakeGitHub) -> None:
    """A token that GitHub does not show the repository to is refused, with every cause it may have."""
    fake_github.refuses(404, "Not Found")
    with pytest.raises(InvalidToken) as refused:
        services.validate_pat(REPOSITORY, PAT)
    assert refused.value.reason == Reason.NOT_FOUND_OR_NO_ACCESS
    for cause in ("does not exist", "was not given this repository", "'repo' scope", "single sign-on"):
        assert cause in refused.value.message


@pytest.mark.parametrize(
    "error",
    [
        requests.ConnectionError("Name or service not known"),
        requests.ConnectTimeout("timed out"),
        requests.ReadTimeout("timed out"),
        requests.exceptions.SSLError("certificate verify failed"),
        requests.exceptions.ChunkedEncodingError("Connection broken"),
        requests.exceptions.ProxyError("no proxy"),
        ConnectionResetError("reset by peer"),
        TimeoutError("timed out"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_validate_pat_network_error(error: Exception, fake_github: FakeGitHub) -> None:
    """Where GitHub cannot be reached, that is said, and nothing against the token."""
    fake_github.wire.get(fake_github.repository_url, body=error)
    assert refused_reason() == Reason.UNREACHABLE


@pytest.mark.parametrize("typed", ["", "not a url", "https://github.com/o", "https://github.com/../user", f"{URL}/x"])
def test_validate_pat_malformed_url(typed: str, project: Project, fake_github: FakeGitHub) -> None:
    """No token is tried on an address that names no repository."""
    with pytest.raises(InvalidRepositoryUrl):
        services.connect(project.pk, actor_id=project.created_by_id, repo_url=typed, pat=PAT)
    assert fake_github.asked == []
    assert_no_row()


SSO = "https://github.com/orgs/acme/sso?authorization_request=A1B2"
LOCKED = "Maximum number of login attempts exceeded. Please try again later."
INACCESSIBLE = "Resource not accessible by personal access token"
# What GitHub answers (status, message, headers), and what is told of it (reason and details).
ROWS: dict[str, tuple[int, str, dict[str, str], str, dict[str, Any]]] = {
    "token unknown": (401, "Bad credentials", {}, "bad_credentials", {}),
    "log-ins locked": (403, LOCKED, {}, "too_many_login_attempts", {"retry_after": None}),
    "log-ins locked for a time": (
        *(403, LOCKED, {"retry-after": "300"}),
        *("too_many_login_attempts", {"retry_after": 300}),
    ),
    "limit says when": (403, "Slow down", {"retry-after": "30"}, "rate_limited", {"retry_after": 30}),
    "429 says when": (429, "Slow down", {"retry-after": "30"}, "rate_limited", {"retry_after": 30}),
    "429 says nothing": (429, "", {}, "rate_limited", {"retry_after": None}),
    "secondary limit": (
        *(403, "You have exceeded a secondary rate limit.", {"x-ratelimit-remaining": "4000"}),
        *("rate_limited", {"retry_after": None}),
    ),
    "limit until an hour ago": (
        *(403, "", {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1"}),
        *("rate_limited", {"retry_after": 1}),
    ),
    "limit with times that are none": (
        *(403, "", {"retry-after": "9" * 5_000, "x-ratelimit-reset": "soon"}),
        *("rate_limited", {"retry_after": None}),
    ),
    "single sign-on": (403, "SAML", {"X-GitHub-SSO": f"required; url={SSO}"}, "sso_required", {"sso_url": SSO}),
    "permission named": (
        *(403, INACCESSIBLE, {"X-Accepted-GitHub-Permissions": "metadata=read,contents=read"}),
        *("missing_permission", {"permission": "metadata=read,contents=read"}),
    ),
    "permission not named": (403, INACCESSIBLE, {}, "missing_permission", {"permission": "metadata=read"}),
    "account suspended": (403, "Sorry. Your account was suspended.", {}, "account_blocked", {}),
    "repository blocked": (403, "Repository access blocked", {}, "repository_blocked", {}),
    "blocked by law": (451, "Repository access blocked", {}, "repository_blocked", {}),
    "forbidden": (403, "", {"x-ratelimit-remaining": "4999"}, "forbidden", {}),
    "not shown": (404, "Not Found", {}, "not_found_or_no_access", {}),
    "broken": (500, "", {}, "github_error", {}),
    "bad gateway": (502, "<html>", {}, "github_error", {}),
    "maintenance": (503, "", {"retry-after": "60"}, "github_error", {}),
    "not ready": (202, "", {}, "github_error", {}),
    "unheard of": (418, "", {}, "github_error", {}),
}


@pytest.mark.parametrize("row", ROWS)
def test_connect_invalid_pat_400(row: str, api: ConnectionApi, fake_github: FakeGitHub) -> None:
    """Each of GitHub's refusals is told by its reason and what helps, without the token, and stores nothing."""
    status, said, headers, reason, details = ROWS[row]
    # GitHub does not say the token again; if it did, we should not either.
    fake_github.refuses(status, f"{said} {PAT}", headers)
    assert_refused(api.post(), 400, "INVALID_TOKEN", reason=reason, **details)
    assert_no_row()


def test_used_up_limit_tells_the_seconds_until_its_reset(api: ConnectionApi, fake_github: FakeGitHub) -> None:
    """GitHub names the moment of the reset; a person is told how long to wait."""
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(time.time()) + 90)}
    fake_github.refuses(403, "API rate limit exceeded", headers)
    answer = api.post()
    assert_refused(answer, 400, "INVALID_TOKEN", reason="rate_limited")
    assert 60 < answer.json()["details"]["retry_after"] <= 90


CONTENTS = {"reason": "missing_permission", "permission": "contents=read"}


@pytest.mark.parametrize(
    ("status", "said", "headers", "error", "details"),
    [
        (403, INACCESSIBLE, {"X-Accepted-GitHub-Permissions": "contents=read"}, "INVALID_TOKEN", CONTENTS),
        (403, INACCESSIBLE, {}, "INVALID_TOKEN", CONTENTS),
        (401, "", {}, "INVALID_TOKEN", {"reason": "bad_credentials"}),
        (403, "", {"X-GitHub-SSO": f"required; url={SSO}"}, "INVALID_TOKEN", {"sso_url": SSO}),
        (429, "", {"retry-after": "5"}, "INVALID_TOKEN", {"retry_after": 5}),
        (500, "", {}, "INVALID_TOKEN", {"reason": "github_error"}),
        (409, "Git Repository is empty.", {}, "REPOSITORY_EMPTY", {}),
        (404, "Not Found", {}, "BRANCH_NOT_FOUND", {"branch": "main"}),
        (422, "No commit found", {}, "BRANCH_NOT_FOUND", {"branch": "main"}),
    ],
)
def test_token_that_sees_and_cannot_read(
    status: int,
    said: str,
    headers: dict[str, str],
    error: str,
    details: dict[str, Any],
    api: ConnectionApi,
    fake_github: FakeGitHub,
) -> None:
    """A repository is connected only once its contents were read: what stands against that is told."""
    fake_github.refuses_branches(status, f"{said} {PAT}", headers)
    assert_refused(api.post(), 400, error, **details)
    assert_no_row()


def test_disabled_repository_is_refused(api: ConnectionApi, fake_github: FakeGitHub) -> None:
    """A repository that GitHub has disabled is not connected."""
    fake_github.agrees(disabled=True)
    assert_refused(api.post(), 400, "REPOSITORY_DISABLED")
    assert_no_row()


@pytest.mark.parametrize(("kilobytes", "status"), [(0, 201), (2048, 201), (2049, 400)])
def test_repository_above_the_size_limit_is_refused(
    kilobytes: int, status: int, api: ConnectionApi, fake_github: FakeGitHub, settings: Any
) -> None:
    """A repository that GitHub counts as larger than REPOSITORY_MAX_BYTES is not connected, and both sizes are told."""
    settings.REPOSITORY_MAX_BYTES = 2 * 1024**2
    fake_github.agrees(size=kilobytes)
    answer = api.post()
    assert answer.status_code == status
    if status == 400:
        sizes = {"size_bytes": 2049 * 1024, "max_bytes": 2 * 1024**2}
        assert_refused(answer, 400, "REPOSITORY_TOO_LARGE", **sizes)
    assert GithubConnection.objects.count() == (status == 201)
