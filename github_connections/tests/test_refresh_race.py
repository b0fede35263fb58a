"""People who refresh and change one connection at the same moment, on database connections of their own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection as database

from conftest import ApiAs, World
from github_connections.models import GithubConnection
from github_connections.states import Status
from github_connections.tests.connection_api import ConnectionApi, assert_refused, path_of
from github_connections.tests.connection_rows import make_connection
from github_connections.tests.fake_github import PAT
from github_connections.tests.test_connect_race import published as published
from qualisys.dev.loopback_github import LoopbackGitHub
from qualisys.dev.loopback_server import LoopbackRequestHandler
from qualisys.projects.models import Project

RACERS = 3
REF_PATH = "/api/v3/repos/acme/shop/git/ref"
Race = Callable[[Callable[[ConnectionApi, int], Any]], list[Any]]


@pytest.fixture
def failed(committed: World, shop: Project, github: LoopbackGitHub) -> GithubConnection:
    """A connection to the loopback GitHub's acme/shop that is at rest."""
    github.add_token(PAT)
    served = github.repository_named("acme/shop")
    return make_connection(shop, Status.FAILED, repo_url="https://github.com/acme/shop", github_id=served.repository_id)


@pytest.fixture
def race(failed: GithubConnection, committed: World, github: LoopbackGitHub, api_as: ApiAs) -> Race:
    """Ask at the same moment from several threads: GitHub answers all before the first may go on."""
    start = threading.Barrier(RACERS)

    def answer_together(handler: LoopbackRequestHandler) -> None:
        start.wait(10)
        handler.answer()

    def run(act: Callable[[ConnectionApi, int], Any]) -> list[Any]:
        def ask(racer: int) -> Any:
            try:
                return act(ConnectionApi(api_as(committed.acme_owner), path_of(failed.project_id)), racer)
            finally:
                database.close()

        github.inject(REF_PATH, answer_together)
        with ThreadPoolExecutor(RACERS) as racers:
            return list(racers.map(ask, range(RACERS)))

    return run


def split(answers: list[Any]) -> tuple[list[Any], list[Any]]:
    """Return the answers of those who had their way, and of the others."""
    won = [answer for answer in answers if answer.status_code < 300]
    return won, [answer for answer in answers if answer not in won]


def test_one_of_several_refreshes_begins_a_clone(race: Race, failed: GithubConnection, published: list[Any]) -> None:
    """The others are told that a clone is under way; one message is sent."""
    won, lost = split(race(lambda api, _racer: api.refresh()))
    assert [answer.status_code for answer in won] == [202]
    for answer in lost:
        assert_refused(answer, 409, "CONNECTION_BUSY")
    assert published == [(str(failed.pk),)]


def test_one_of_several_tokens_is_taken(
    race: Race, failed: GithubConnection, github: LoopbackGitHub, published: list[Any]
) -> None:
    """The others are told that it changed meanwhile, and the stored token is the one whose sender was told yes."""
    tokens = [f"ghp_{racer}" + "RacingTestToken0123456789abcdefghijk" for racer in range(RACERS)]
    for token in tokens:
        github.add_token(token)
    answers = race(lambda api, racer: api.patch(pat=tokens[racer]))
    won, lost = split(answers)
    assert len(won) == 1
    for answer in lost:
        assert_refused(answer, 409, "CONNECTION_CHANGED")
    assert GithubConnection.objects.get().reveal_token() == tokens[answers.index(won[0])]
    assert published == []
    for token in tokens:
        github.revoke_token(token)


def test_refresh_of_what_is_disconnected_meanwhile(
    failed: GithubConnection, committed: World, github: LoopbackGitHub, api_as: ApiAs, published: list[Any]
) -> None:
    """Nothing of it comes back, and the one who asked is told that it is gone."""
    api = ConnectionApi(api_as(committed.acme_owner), path_of(failed.project_id))
    asked, gone = threading.Event(), threading.Event()

    def answer_late(handler: LoopbackRequestHandler) -> None:
        asked.set()
        gone.wait(8)
        handler.answer()

    def refresh() -> Any:
        try:
            return api.refresh()
        finally:
            database.close()

    github.inject(REF_PATH, answer_late)
    with ThreadPoolExecutor(1) as person:
        answer = person.submit(refresh)
        assert asked.wait(8)
        assert ConnectionApi(api_as(committed.acme_admin), api.path).delete().status_code == 204
        gone.set()
        assert_refused(answer.result(), 404, "CONNECTION_NOT_FOUND")
    assert not GithubConnection.objects.exists()
    assert published == []
