"""What GitHub is asked, whom the token is shown to, and what becomes of an answer that is no answer."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from github_connections.errors import BranchNotFound, InvalidToken, Reason, RepositoryDisabled, RepositoryEmpty
from github_connections.remote.github_api import GitHubApi, RepositoryFacts
from github_connections.remote.repository_url import RepositoryName
from github_connections.tests.conftest import git
from github_connections.tests.fake_github import API_URL, NEWEST, PAT, REPOSITORY, FakeGitHub
from qualisys.dev import faults
from qualisys.dev.loopback_github import LoopbackGitHub

CLONE_URL = "https://github.com"
EXPIRY = "github-authentication-token-expiration"


def check(branch: str | None = None, api_url: str = API_URL, name: str = "o/r") -> RepositoryFacts:
    """Ask whether the token reads the repository."""
    return GitHubApi(api_url, PAT, clone_url=CLONE_URL, timeout=5).check_access(
        RepositoryName(*name.split("/")), branch
    )


def reason_of(ask: Callable[[], object]) -> Reason:
    """Return why the token was refused."""
    with pytest.raises(InvalidToken) as refused:
        ask()
    return refused.value.reason


def test_two_questions_prove_access(fake_github: FakeGitHub) -> None:
    """The repository is asked for, then its default branch: seeing is not reading."""
    fake_github.agrees(default_branch="trunk")
    assert check() == RepositoryFacts(
        id=7,
        name=RepositoryName("o", "r"),
        default_branch="trunk",
        size_bytes=12 * 1024,
        is_private=True,
        commit_sha=NEWEST,
        token_expires_at=None,
        token_can_write=None,
    )
    assert fake_github.asked == [f"{API_URL}/repos/o/r", f"{API_URL}/repos/o/r/git/ref/heads/trunk"]


def test_questions_are_asked_as_github_wants_them(fake_github: FakeGitHub) -> None:
    """Each question names the token, the version of the interface and the one who asks."""
    fake_github.agrees()
    check()
    for call in fake_github.wire.calls:
        sent = call.request.headers
        assert sent["Authorization"] == f"Bearer {PAT}"
        assert sent["Accept"] == "application/vnd.github+json"
        assert sent["X-GitHub-Api-Version"] == "2022-11-28"
        assert sent["User-Agent"] == "qualisys-github-connections"


def test_netrc_of_the_machine_does_not_replace_the_token(
    fake_github: FakeGitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Credentials that somebody left on the machine are not sent in the token's place."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine api.github.com login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    assert requests.utils.get_netrc_auth(API_URL) == ("somebody", "else")
    fake_github.agrees()
    check()
    assert {call.request.headers["Authorization"] for call in fake_github.wire.calls} == {f"Bearer {PAT}"}


@pytest.mark.parametrize(
    ("header", "expires_at"),
    [
        ({EXPIRY: "2027-10-12 09:00:00 UTC"}, datetime(2027, 10, 12, 9, tzinfo=UTC)),
        ({EXPIRY: "2027-10-12 09:00:00 +0900"}, datetime(2027, 10, 12, 0, tzinfo=UTC)),
        ({EXPIRY: "2027-10-12 09:00:00 -0330"}, datetime(2027, 10, 12, 12, 30, tzinfo=UTC)),
        ({}, None),
        ({EXPIRY: "in a year"}, None),
        ({EXPIRY: ""}, None),
    ],
)
def test_expiry_of_the_token_is_read(
    header: dict[str, str], expires_at: datetime | None, fake_github: FakeGitHub
) -> None:
    """Both forms in which GitHub writes it are read; a token with no end, or a third form, stops nobody."""
    fake_github.agrees(headers=header)
    # As text, as two times that are equal may be written with different offsets.
    assert str(check().token_expires_at) == str(expires_at)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("origin", [API_URL, ""])
def test_renamed_repository_is_followed(status: int, origin: str, fake_github: FakeGitHub) -> None:
    """A redirect within GitHub leads to the repository's present name and the number that stays."""
    wire = fake_github.wire
    wire.get(fake_github.repository_url, status=status, headers={"Location": f"{origin}/repositories/7"})
    wire.get(f"{API_URL}/repositories/7", json={**REPOSITORY, "full_name": "New/Name"})
    wire.get(f"{API_URL}/repos/New/Name/git/ref/heads/main", json={})
    facts = check()
    assert (facts.name.full_name, facts.id) == ("New/Name", 7)
    assert {call.request.headers["Authorization"] for call in wire.calls} == {f"Bearer {PAT}"}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_to_another_host_is_not_followed(status: int, github: LoopbackGitHub) -> None:
    """Another server is not even asked, so the token cannot reach it."""
    with LoopbackGitHub() as other:
        github.inject("/api/v3", faults.redirect(other.clone_url, status))
        assert reason_of(lambda: check(api_url=github.api_url, name="acme/shop")) == Reason.GITHUB_ERROR
        assert other.requests == []


@pytest.mark.parametrize(
    "location",
    [
        "https://evil.example/repositories/7",
        "//evil.example/repositories/7",
        "http://api.github.com/repositories/7",
        "https://api.github.com:8443/repositories/7",
        "https://api.github.com.evil.example/repositories/7",
        "https://api.github.com@evil.example/repositories/7",
        "https://somebody@api.github.com/repositories/7",
        "file:///etc/passwd",
        "https://[",
    ],
)
def test_redirect_to_another_origin_is_not_followed(location: str, fake_github: FakeGitHub) -> None:
    """Scheme, host and port must be GitHub's own, to the letter."""
    fake_github.wire.get(fake_github.repository_url, status=302, headers={"Location": location})
    assert reason_of(check) == Reason.GITHUB_ERROR
    assert fake_github.asked == [fake_github.repository_url]


def test_redirects_in_a_circle_end(fake_github: FakeGitHub) -> None:
    """After three redirects GitHub is not followed any more."""
    fake_github.wire.get(fake_github.repository_url, status=302, headers={"Location": fake_github.repository_url})
    assert reason_of(check) == Reason.GITHUB_ERROR
    assert len(fake_github.asked) == 4


def test_redirect_that_names_no_place_is_no_answer(fake_github: FakeGitHub) -> None:
    """A redirect without an address leads nowhere."""
    fake_github.refuses(301)
    assert reason_of(check) == Reason.GITHUB_ERROR


def test_disabled_repository(fake_github: FakeGitHub) -> None:
    """A repository that GitHub has disabled can be seen and not cloned."""
    fake_github.shows_repository(disabled=True)
    with pytest.raises(RepositoryDisabled):
        check()


def test_archived_repository_is_read(fake_github: FakeGitHub) -> None:
    """An archived repository clones like any other."""
    fake_github.agrees(archived=True)
    assert check().id == 7


def test_empty_repository(fake_github: FakeGitHub) -> None:
    """GitHub answers the question for a branch with 409 where there is no commit at all."""
    fake_github.refuses_branches(409, "Git Repository is empty.")
    with pytest.raises(RepositoryEmpty):
        check()


@pytest.mark.parametrize("status", [404, 422])
def test_branch_that_is_not_there(status: int, fake_github: FakeGitHub) -> None:
    """A branch that was asked for by name and does not exist is named in the error."""
    fake_github.refuses_branches(status)
    with pytest.raises(BranchNotFound) as refused:
        check(branch="gone")
    assert refused.value.details == {"branch": "gone"}
    assert "'gone'" in refused.value.message


@pytest.mark.parametrize("name", ["{commit}", "v1", "refs/heads/main", "heads/main"])
def test_what_names_a_commit_in_another_way_is_no_branch(name: str, github: LoopbackGitHub, tmp_path: Path) -> None:
    """A commit, a tag or a longer name of a branch is refused at once, and not by git in the background."""
    source = tmp_path / "shop"
    git(source, "tag", "v1")
    branch = name.format(commit=git(source, "rev-parse", "HEAD"))
    github.add_token(PAT)
    with pytest.raises(BranchNotFound) as refused:
        check(branch, github.api_url, "acme/shop")
    assert refused.value.details == {"branch": branch}


def without(*names: str) -> bytes:
    """Return GitHub's description of the repository without these fields."""
    return json.dumps({name: value for name, value in REPOSITORY.items() if name not in names}).encode()


def changed(**fields: Any) -> bytes:
    """Return GitHub's description of the repository with these fields changed."""
    return json.dumps({**REPOSITORY, **fields}).encode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b'{"id": 7',
        b"\xff\xfe",
        b"null",
        b"[]",
        b"[{}]",
        b'"o/r"',
        b"7",
        b"[" * 100_000,
        b'{"id":' * 100_000,
        b"9" * 5_000,
        *map(without, ("id", "full_name", "default_branch", "size", "disabled")),
        changed(id="seven"),
        changed(id=None),
        changed(id=float("inf")),
        changed(id=2**63),
        changed(id=[7]),
        changed(full_name="../user"),
        changed(full_name=None),
        changed(full_name="o/r/x"),
        changed(default_branch=None),
        changed(default_branch="b" * 256),
        changed(default_branch="a\x00b"),
        changed(default_branch=""),
        changed(size="large"),
        changed(size=float("inf")),
        changed(size={}),
        changed(disabled="no"),
    ],
    ids=lambda body: body[:24],
)
def test_answer_that_makes_no_sense_is_githubs_trouble(body: bytes, fake_github: FakeGitHub) -> None:
    """A body that is not the description of a repository says nothing against the token, and breaks nothing."""
    fake_github.wire.get(fake_github.repository_url, body=body)
    fake_github.shows_branches()
    assert reason_of(check) == Reason.GITHUB_ERROR
