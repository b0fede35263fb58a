"""A repository is connected once, however often the request with one Idempotency-Key is sent."""

import json
from pathlib import Path
from typing import Any

from github_connections.models import GithubConnection
from github_connections.tests.connection_api import ConnectionApi, assert_refused, assert_token_free
from github_connections.tests.fake_github import PAT, URL, FakeGitHub
from qualisys.idempotency.models import KeyedRequest

KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324"


def connect(api: ConnectionApi, pat: str = PAT) -> Any:
    body = {"repo_url": URL, "pat": pat}
    return api.client.post(api.path, body, format="json", headers={"Idempotency-Key": KEY})


def test_a_repeated_request_is_answered_the_same(api: ConnectionApi, fake_github: FakeGitHub, clone_root: Path) -> None:
    """The second answer is the first in place of CONNECTION_EXISTS, without a question to GitHub; no token is kept."""
    fake_github.agrees()
    first = connect(api)
    assert first.status_code == 201, first.content
    asked = len(fake_github.asked)
    second = connect(api)

    assert (second.status_code, second.content) == (201, first.content)
    assert first.headers["Location"] == second.headers["Location"] == f"http://acme.localhost{api.path}"
    assert len(fake_github.asked) == asked
    assert GithubConnection.objects.count() == 1
    assert_token_free(json.dumps(list(KeyedRequest.objects.values()), default=str))


def test_another_token_is_another_request(api: ConnectionApi, fake_github: FakeGitHub, clone_root: Path) -> None:
    """A key that came with one token is refused with another."""
    fake_github.agrees()
    connect(api)
    assert_refused(connect(api, PAT[:-1] + "x"), 422, "IDEMPOTENCY_KEY_REUSED")


def test_a_token_that_was_refused_may_be_tried_again(
    api: ConnectionApi, fake_github: FakeGitHub, clone_root: Path
) -> None:
    """A failure is not kept: the same request succeeds once GitHub agrees."""
    fake_github.refuses(404)
    assert_refused(connect(api), 400, "INVALID_TOKEN")
    fake_github.agrees()
    assert connect(api).status_code == 201
