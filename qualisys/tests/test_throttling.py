"""How often a person, a tenant, a token and a password may come in an hour."""

import time
from typing import Any

import pytest
import redis
from django.conf import settings as configured

from conftest import ApiAs, World
from qualisys import throttling
from qualisys.projects.models import Project


@pytest.fixture(autouse=True)
def _counted_from_zero() -> None:
    with redis.Redis.from_url(configured.REDIS_URL) as client:
        for key in client.scan_iter("throttle:*"):
            client.delete(key)


def statuses(client: Any, times: int, path: str = "/api/v1/projects") -> list[int]:
    return [client.get(path).status_code for _ in range(times)]


def test_a_person_has_so_many_requests_an_hour(world: World, api_as: ApiAs, settings: Any) -> None:
    """Beyond the limit the answer is 429 with the time to wait; another person is not concerned."""
    settings.API_REQUESTS_PER_HOUR_PER_USER = 3
    owner = api_as(world.acme_owner)
    assert statuses(owner, 4) == [200, 200, 200, 429]
    refused = owner.get("/api/v1/projects")
    assert refused.json()["error"] == "TOO_MANY_REQUESTS"
    assert refused.json()["details"]["retry_after"] == int(refused.headers["Retry-After"])
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    assert statuses(api_as(world.acme_admin), 1) == [200]


def test_a_tenant_has_so_many_requests_an_hour(world: World, api_as: ApiAs, settings: Any) -> None:
    """The people of a tenant are counted together, and those of another tenant are not among them."""
    settings.API_REQUESTS_PER_HOUR_PER_TENANT = 2
    assert statuses(api_as(world.acme_owner), 1) + statuses(api_as(world.acme_admin), 2) == [200, 200, 429]
    assert statuses(api_as(world.globex_owner, "globex.localhost", world.globex), 1) == [200]


def test_the_next_hour_counts_anew(world: World, api_as: ApiAs, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person who was refused is served again when the hour is over."""
    settings.API_REQUESTS_PER_HOUR_PER_USER = 1
    owner = api_as(world.acme_owner)
    assert statuses(owner, 2) == [200, 429]
    later = time.time() + 3600
    monkeypatch.setattr(throttling.time, "time", lambda: later)
    assert throttling._count([f"api:{world.acme.pk}:{world.acme_owner.pk}"]) == [1]


@pytest.mark.parametrize("setting", ["TOKEN_ATTEMPTS_PER_HOUR_PER_USER", "TOKEN_ATTEMPTS_PER_HOUR_PER_TENANT"])
def test_tokens_are_put_before_github_so_often(
    world: World, project: Project, api_as: ApiAs, settings: Any, setting: str
) -> None:
    """The attempts to connect are limited by themselves; looking at the connection is not."""
    setattr(settings, setting, 1)
    owner, path = api_as(world.acme_owner), f"/api/v1/projects/{project.pk}/github"
    attempts = [owner.post(path, {"repo_url": "nowhere", "pat": "x"}, format="json").status_code for _ in range(2)]
    assert attempts == [400, 429]
    assert statuses(owner, 1, path) == [404]


def test_passwords_are_tried_so_often(world: World, api_as: ApiAs, settings: Any) -> None:
    """One address is guessed at so many times an hour, in whatever case it is written."""
    settings.LOG_IN_ATTEMPTS_PER_HOUR = 2
    nobody = api_as(None)

    def attempt(email: str) -> int:
        return nobody.post("/api/v1/auth/token", {"email": email, "password": "wrong"}, format="json").status_code

    assert [attempt(email) for email in ("a@acme.example", "A@acme.example", "a@ACME.example")] == [401, 401, 429]
    assert attempt("b@acme.example") == 401


def test_without_redis_nothing_is_refused_and_nobody_waits(
    world: World, api_as: ApiAs, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """A Redis that is away costs the counting, not the service."""
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    settings.API_REQUESTS_PER_HOUR_PER_USER = 0
    before = time.monotonic()
    assert statuses(api_as(world.acme_owner), 3) == [200, 200, 200]
    assert time.monotonic() - before < 2
    assert "not counted" in caplog.text
