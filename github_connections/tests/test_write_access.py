"""Whether a token can write: what GitHub's answer says of it, and what git's own door says."""

from typing import Any

import pytest
import requests

from github_connections.remote.github_api import GitHubApi
from github_connections.remote.repository_url import RepositoryName
from github_connections.tests.fake_github import API_URL, PAT, FakeGitHub
from qualisys.dev.loopback_github import LoopbackGitHub

OWNER_MAY = {"permissions": {"admin": True, "push": True, "pull": True}}
CLONE_URL = "https://github.com"


def can_write(**options: Any) -> bool | None:
    """Return what is known of the token after a proof."""
    asked = {"api_url": API_URL, "clone_url": CLONE_URL, **options}
    api = GitHubApi(asked["api_url"], PAT, clone_url=asked["clone_url"], timeout=5)
    return api.check_access(RepositoryName("o", "r")).token_can_write


@pytest.mark.parametrize(
    ("described", "known"),
    [
        ({}, None),
        ({"permissions": None}, None),
        ({"permissions": {}}, None),
        ({"permissions": {"push": "yes"}}, None),
        ({"permissions": {"push": False, "pull": True}}, False),
    ],
)
def test_owner_who_may_not_write(described: dict[str, Any], known: bool | None, fake_github: FakeGitHub) -> None:
    """No token can do more than its owner; where nothing is said of that, nothing is known. git is not asked."""
    fake_github.agrees(**described)
    assert can_write() is known
    assert len(fake_github.asked) == 2


@pytest.mark.parametrize(
    ("scopes", "private", "known"),
    [
        ("repo", True, True),
        ("gist, repo, user", True, True),
        ("public_repo", False, True),
        ("public_repo", True, False),
        ("repo:status, read:org", False, False),
        ("", False, False),
    ],
)
def test_classic_token_can_what_its_scopes_say(
    scopes: str, private: bool, known: bool, fake_github: FakeGitHub
) -> None:
    """A classic token says by itself what it may, so git is not asked."""
    fake_github.agrees(**OWNER_MAY, private=private, headers={"x-oauth-scopes": scopes})
    assert can_write() is known
    assert len(fake_github.asked) == 2


@pytest.mark.parametrize(
    ("status", "known"), [(200, True), (401, False), (403, False), (404, True), (503, True), (302, True)]
)
def test_fine_grained_token_is_asked_for_at_gits_door(status: int, known: bool, fake_github: FakeGitHub) -> None:
    """What the owner may, the token may unless git refuses it; an answer that says nothing changes nothing."""
    fake_github.agrees(**OWNER_MAY)
    fake_github.wire.get(fake_github.push_url, status=status, headers={"Location": "https://evil.example/"})
    assert can_write() is known
    question = fake_github.wire.calls[2].request
    assert question.url == f"{fake_github.push_url}?service=git-receive-pack"
    assert question.headers["Authorization"] == requests.auth._basic_auth_str("x-access-token", PAT)
    assert len(fake_github.asked) == 3


def test_git_that_does_not_answer_stops_nobody(fake_github: FakeGitHub) -> None:
    """The proof stands without it, and the token is taken for what its owner is."""
    fake_github.agrees(**OWNER_MAY)
    fake_github.wire.get(fake_github.push_url, body=requests.ConnectTimeout("timed out"))
    assert can_write() is True


@pytest.mark.parametrize(
    ("permissions", "known"), [({"metadata", "contents:write"}, True), ({"metadata", "contents"}, False)]
)
def test_as_a_server_answers(github: LoopbackGitHub, permissions: set[str], known: bool) -> None:
    """On the wire, a token with Contents: write is told from one with Contents: read."""
    github.add_token(PAT, permissions=permissions)
    github.add_repository("o/r", github.repository_named("acme/shop").git_directory)
    assert can_write(api_url=github.api_url, clone_url=github.clone_url) is known
    github.revoke_token(PAT)
