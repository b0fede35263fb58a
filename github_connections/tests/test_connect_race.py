"""Requests that race for the one connection of a project, on database connections of their own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection as database

from conftest import ApiAs, World
from github_connections.history import Event, history_of_project
from github_connections.models import GithubConnection
from github_connections.states import Status
from github_connections.tests.connection_api import ConnectionApi, assert_refused, path_of
from github_connections.tests.connection_rows import make_connection
from github_connections.tests.fake_github import PAT
from qualisys.celery import app
from qualisys.dev.loopback_github import LoopbackGitHub
from qualisys.dev.loopback_server import LoopbackRequestHandler
from qualisys.projects.models import Project

RACERS = 4


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What would have been sent to the workers, who are to keep out of this."""
    sent: list[Any] = []
    monkeypatch.setattr(app, "send_task", lambda _name, arguments, **_options: sent.append(arguments))
    return sent


@pytest.fixture
def race(committed: World, shop: Project, github: LoopbackGitHub, api_as: ApiAs) -> Callable[[], list[Any]]:
    """Post at the same moment from several threads: all are answered by GitHub before the first may go on."""
    github.add_token(PAT)
    start = threading.Barrier(RACERS)

    def answer_together(handler: LoopbackRequestHandler) -> None:
        start.wait(10)
        handler.answer()

    def post(_racer: int) -> Any:
        try:
            api = ConnectionApi(api_as(committed.acme_owner), path_of(shop.pk))
            return api.post(repo_url="https://github.com/acme/shop")
        finally:
            database.close()

    def run() -> list[Any]:
        github.inject("/api/v3/repos/acme/shop/commits", answer_together)
        with ThreadPoolExecutor(RACERS) as racers:
            return list(racers.map(post, range(RACERS)))

    return run


def assert_one_won(answers: list[Any], published: list[Any]) -> None:
    """Exactly one was told 201 and has the row and the message; the others were told 409."""
    won = [answer for answer in answers if answer.status_code == 201]
    lost = [answer for answer in answers if answer.status_code != 201]
    for answer in lost:
        assert_refused(answer, 409, "CONNECTION_EXISTS")
    assert len(won) == 1
    assert [str(row.pk) for row in GithubConnection.objects.all()] == [won[0].json()["id"]]
    assert published == [(won[0].json()["id"],)]


def test_one_of_the_racing_requests_connects(race: Callable[[], list[Any]], published: list[Any]) -> None:
    """Of requests that race, one connects and the others are told that a connection exists."""
    assert_one_won(race(), published)


@pytest.mark.parametrize("status", [Status.FAILED, Status.EXPIRED])
def test_one_of_the_racing_requests_supersedes(
    status: str, race: Callable[[], list[Any]], published: list[Any], shop: Project
) -> None:
    """An ended connection is superseded once, by the request that wins."""
    ended = make_connection(shop, status)
    assert_one_won(race(), published)
    events = [entry.additional_data["event"] for entry in history_of_project(shop.pk)]
    assert sorted(events) == sorted([Event.SUPERSEDED, Event.CONNECTED])
    assert not GithubConnection.objects.filter(pk=ended.pk).exists()
