"""How often a person, a tenant, a token and a password may come in an hour."""

import time
from typing import Any

import pytest
import redis
from django.conf import settings as configured

from conftest import PASSWORD, ApiAs, World
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


@pytest.mark.parametrize(("method", "path"), [("patch", ""), ("post", "/refresh")])
def test_stored_tokens_are_put_before_github_so_often(
    world: World, project: Project, api_as: ApiAs, settings: Any, method: str, path: str
) -> None:
    """Whoever changes or refreshes a connection has its token proved again, which is counted as well."""
    settings.TOKEN_ATTEMPTS_PER_HOUR_PER_USER = 1
    owner, path = api_as(world.acme_owner), f"/api/v1/projects/{project.pk}/github{path}"
    attempts = [getattr(owner, method)(path, {"branch": "next"}, format="json").status_code for _ in range(2)]
    assert attempts == [404, 429]


def test_passwords_are_tried_so_often(world: World, api_as: ApiAs, settings: Any) -> None:
    """One address is guessed at so many times an hour, in whatever case it is written."""
    settings.LOG_IN_ATTEMPTS_PER_HOUR = 2
    nobody = api_as(None)

    def attempt(email: str) -> int:
        return nobody.post("/api/v1/auth/token", {"email": email, "password": "wrong"}, format="json").status_code

    assert [attempt(email) for email in ("a@acme.example", "A@acme.example", "a@ACME.example")] == [401, 401, 429]
    assert attempt("b@acme.example") == 401


def test_who_is_not_logged_in_uses_up_nobodys_requests(world: World, api_as: ApiAs, settings: Any) -> None:
    """However often a stranger knocks, the tenant's people are served."""
    settings.API_REQUESTS_PER_HOUR_PER_TENANT = 1
    for _ in range(3):
        assert api_as(None).post("/api/v1/auth/token/refresh", {"refresh": "x"}, format="json").status_code == 401
    assert statuses(api_as(world.acme_owner), 1) == [200]


def test_a_refused_request_counts_for_nobody_else(world: World, api_as: ApiAs, settings: Any) -> None:
    """One person beyond her own limit does not use up that of her tenant."""
    settings.API_REQUESTS_PER_HOUR_PER_USER, settings.API_REQUESTS_PER_HOUR_PER_TENANT = 1, 2
    assert statuses(api_as(world.acme_admin), 5) == [200, 429, 429, 429, 429]
    assert statuses(api_as(world.acme_owner), 1) == [200]


@pytest.mark.parametrize("host", ["acme.localhost", "localhost"])
def test_the_admins_log_in_is_counted_too(world: World, client: Any, settings: Any, host: str) -> None:
    """The right password does not help once too many wrong ones were tried."""
    settings.LOG_IN_ATTEMPTS_PER_HOUR = 2
    page = {"path": "/admin/login/", "HTTP_HOST": host}
    for _ in range(2):
        client.post(**page, data={"username": world.operator.email, "password": "wrong"})
    answer = client.post(**page, data={"username": world.operator.email, "password": PASSWORD})
    assert "Too many passwords" in answer.content.decode()
    settings.LOG_IN_ATTEMPTS_PER_HOUR = 10
    assert client.post(**page, data={"username": world.operator.email, "password": PASSWORD}).status_code == 302


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
