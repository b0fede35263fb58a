"""Health, as a load balancer asks for it: on any host, without a tenant, in time, with reasons."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from conftest import World
from qualisys.celery import app
from qualisys.observability import health

HOSTS = ["10.1.2.3:8000", "acme.localhost", "localhost", "nobody.example", "not a host!"]


@pytest.fixture
def clone_root(settings: Any, tmp_path: Path) -> Path:
    settings.CLONE_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def mute_port() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def ask(path: str = "/readyz", host: str = "10.1.2.3:8000") -> tuple[int, dict[str, Any]]:
    answer = Client(HTTP_HOST=host, raise_request_exception=False).get(path)
    assert answer["Cache-Control"] == "no-store"
    return answer.status_code, answer.json()


@pytest.mark.parametrize("host", HOSTS)
def test_any_host_name_is_answered(world: World, clone_root: Path, host: str) -> None:
    """A load balancer asks by address, so no host, tenant or https is needed."""
    assert ask("/healthz", host) == (200, {"status": "alive"})
    assert ask("/healthz/", host) == (200, {"status": "alive"})
    status, body = ask("/readyz", host)
    assert (status, body["status"]) == (200, "ready")
    assert list(body["checks"]) == ["database", "redis", "queue", "clone_directory"]
    assert all(check == {"ready": True} for check in body["checks"].values())


def test_plain_http_is_answered_where_all_else_is_sent_to_https(settings: Any, world: World, clone_root: Path) -> None:
    """A probe speaks plain HTTP to the process itself."""
    settings.SECURE_SSL_REDIRECT = True
    assert ask("/healthz")[0] == ask("/readyz")[0] == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_only_reading_is_offered(world: World, clone_root: Path, path: str) -> None:
    """Nothing can be sent to these addresses."""
    assert Client(HTTP_HOST="10.1.2.3").post(path).status_code == 405
    assert Client(HTTP_HOST="10.1.2.3").head(path).status_code == 200


def test_health_asks_nobody(settings: Any, clone_root: Path) -> None:
    """A process that lives says so without its database (no fixture opens one here) and without Redis."""
    settings.REDIS_URL = "redis://127.0.0.1:1"
    assert ask("/healthz") == (200, {"status": "alive"})


def test_a_missing_redis_is_named(settings: Any, world: World, clone_root: Path) -> None:
    """Redis that refuses is the one reason; no host or port is told."""
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    status, body = ask()
    assert (status, body["status"]) == (503, "not_ready")
    assert body["checks"]["redis"] == {"ready": False, "reason": "Redis does not answer."}
    assert body["checks"]["database"] == {"ready": True}


def test_a_queue_that_takes_nothing_is_named(world: World, clone_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tasks may go elsewhere than to Redis's cache: their own way is tried."""
    nowhere = app.connection_for_write("redis://127.0.0.1:1/0")
    monkeypatch.setattr(app, "connection_for_write", lambda: nowhere)
    status, body = ask()
    assert status == 503
    assert body["checks"]["queue"] == {"ready": False, "reason": "The queue takes no tasks."}
    assert body["checks"]["redis"] == {"ready": True}


@pytest.mark.parametrize("how", ["missing", "a file", "a link"])
def test_a_clone_directory_that_is_none_is_named(settings: Any, world: World, tmp_path: Path, how: str) -> None:
    """A volume that is not mounted, or is not what it was, is no place for clones."""
    settings.CLONE_ROOT = place = tmp_path / "clones"
    if how == "a file":
        place.touch()
    elif how == "a link":
        place.symlink_to(tmp_path)
    status, body = ask()
    assert status == 503
    assert body["checks"]["clone_directory"]["reason"] == "The directory of the clones is missing."
    assert str(tmp_path) not in str(body)


def test_the_look_leaves_nothing_in_the_clone_directory(world: World, clone_root: Path) -> None:
    """What was written to see whether it can be is gone."""
    assert ask()[0] == 200
    assert list(clone_root.iterdir()) == []


def test_what_hangs_is_away(settings: Any, world: World, clone_root: Path, mute_port: int) -> None:
    """Redis that accepts and says nothing does not hold the answer up."""
    settings.REDIS_URL = f"redis://127.0.0.1:{mute_port}/0"
    status, body = ask()
    assert status == 503
    assert body["checks"]["redis"]["ready"] is False


def test_a_look_that_never_ends_holds_one_thread_however_often_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks meanwhile shares the look that is under way, and is told that it is late."""
    begun = []

    def look() -> None:
        begun.append(True)
        time.sleep(0.5)

    monkeypatch.setattr(health, "SECONDS", 0.05)
    monkeypatch.setattr(health, "CHECKS", (health.Check("slow", look),))
    assert [health.readiness()["slow"] for _ in range(3)] == ["It did not answer within 0 seconds."] * 3
    assert len(begun) == 1
