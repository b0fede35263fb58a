"""Requests that race for the one connection of a project, on database connections of their own."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection as database
from django_tenants.utils import tenant_context

from conftest import ApiAs, World
from github_connections import services, workspace
from github_connections.history import Event, history_of_project
from github_connections.models import GithubConnection
from github_connections.states import Status
from github_connections.tests.conftest import wait_until
from github_connections.tests.connection_api import ConnectionApi, assert_refused, path_of
from github_connections.tests.connection_rows import make_connection
from github_connections.tests.fake_github import PAT, URL, FakeGitHub
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
        github.inject("/api/v3/repos/acme/shop/git/ref", answer_together)
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


def test_a_project_that_is_deleted_meanwhile(
    committed: World, shop: Project, github: LoopbackGitHub, api_as: ApiAs, published: list[Any]
) -> None:
    """Who connects a project that goes while GitHub is asked is told that it is gone, and nothing is cloned."""
    github.add_token(PAT)

    def delete_first(handler: LoopbackRequestHandler) -> None:
        assert api_as(committed.acme_owner).delete(f"/api/v1/projects/{shop.pk}").status_code == 204
        database.close()
        handler.answer()

    github.inject("/api/v3/repos/acme/shop/git/ref", delete_first)
    api = ConnectionApi(api_as(committed.acme_owner), path_of(shop.pk))

    assert_refused(api.post(repo_url="https://github.com/acme/shop"), 404, "PROJECT_NOT_FOUND")
    assert not GithubConnection.objects.exists()
    assert published == []


def test_disconnect_that_waits_for_a_superseding_connect(
    committed: World, shop: Project, published: list[Any], monkeypatch: pytest.MonkeyPatch, fake_github: FakeGitHub
) -> None:
    """A person who disconnects while the failed connection is being replaced disconnects the one in its place."""
    fake_github.agrees()
    make_connection(shop, Status.FAILED)
    remove, waiting = workspace.remove, threading.Event()

    def disconnect() -> None:
        try:
            with tenant_context(committed.acme):
                services.disconnect(shop.pk, actor_id=committed.acme_owner.pk)
        finally:
            database.close()

    with ThreadPoolExecutor(1) as person:

        def remove_while_somebody_waits(*ids: Any) -> bool:
            if not waiting.is_set():
                waiting.set()
                results.append(person.submit(disconnect))
                wait_until(somebody_waits_for_a_row)
            return remove(*ids)

        results: list[Future[None]] = []
        monkeypatch.setattr(workspace, "remove", remove_while_somebody_waits)
        services.connect(shop.pk, actor_id=committed.acme_owner.pk, repo_url=URL, pat=PAT)
        results[0].result(timeout=10)
    assert not GithubConnection.objects.exists()


def somebody_waits_for_a_row() -> bool:
    """Whether PostgreSQL lets another connection wait for a lock."""
    with database.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])
