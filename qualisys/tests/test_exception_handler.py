"""An error becomes an answer in one place, with one shape."""

import logging
from typing import Any

import pytest
from django.core.cache import caches
from django.db import InterfaceError, OperationalError
from rest_framework.exceptions import Throttled

from conftest import ApiAs, World
from qualisys import errors
from qualisys.exception_handler import handle
from qualisys.projects.models import ProjectQuerySet
from qualisys.tenancy.models import Domain

SECRET = "the password is hunter2"


def raising(error: Exception) -> Any:
    def raise_it(*_arguments: Any, **_options: Any) -> None:
        raise error

    return raise_it


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (errors.Invalid, 400),
        (errors.Unauthorised, 401),
        (errors.Forbidden, 403),
        (errors.NotFound, 404),
        (errors.Conflict, 409),
        (errors.PreconditionFailed, 412),
        (errors.TooLarge, 413),
        (errors.Unsatisfiable, 416),
        (errors.Unprocessable, 422),
        (errors.Unavailable, 503),
    ],
)
def test_every_kind_of_error_has_its_status(kind: type[errors.DomainError], status: int) -> None:
    """A kind's own code and sentence are the answer, and a special case of it may bring its own."""
    plain = handle(kind(), {})
    assert plain is not None
    assert plain.status_code == status
    assert plain.data == {"error": kind.code, "message": kind.message, "details": {}}

    class SpecialCase(kind):  # type: ignore[misc,valid-type]  # a test of any kind
        code = "SPECIAL"

    special = handle(SpecialCase("Do this.", details={"why": "that"}), {})
    assert special is not None
    assert special.status_code == status
    assert special.data == {"error": "SPECIAL", "message": "Do this.", "details": {"why": "that"}}


def test_no_kind_of_error_is_without_a_status() -> None:
    """A new kind of error that nobody gave a status would be a 500."""
    for kind in errors.DomainError.__subclasses__():
        assert handle(kind(), {}) is not None


def test_too_many_requests_say_when_to_come_back() -> None:
    """One who asks too often learns how many seconds to wait."""
    answer = handle(Throttled(wait=12), {})
    assert answer is not None
    assert (answer.status_code, answer.data["error"]) == (429, "TOO_MANY_REQUESTS")
    assert answer.data["details"] == {"retry_after": 12}


def test_an_unforeseen_error_is_500_without_its_text(
    world: World, api_as: ApiAs, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What nobody foresaw is written down for us, and its text is kept from the one who asked."""
    monkeypatch.setattr(ProjectQuerySet, "seen_by", raising(RuntimeError(SECRET)))
    client = api_as(world.acme_owner)
    client.raise_request_exception = False

    with caplog.at_level(logging.ERROR):
        answer = client.get("/api/v1/projects")

    assert answer.status_code == 500
    assert answer.json()["error"] == "INTERNAL_ERROR"
    assert set(answer.json()) == {"error", "message", "details"}
    assert SECRET not in answer.content.decode()
    assert SECRET in caplog.text


@pytest.mark.parametrize("kind", [OperationalError, InterfaceError])
def test_a_database_that_is_away_is_503(
    world: World, api_as: ApiAs, monkeypatch: pytest.MonkeyPatch, kind: type[Exception]
) -> None:
    """A database that does not answer is our trouble and passes: try again, says the answer."""
    monkeypatch.setattr(ProjectQuerySet, "seen_by", raising(kind(SECRET)))

    answer = api_as(world.acme_owner).get("/api/v1/projects")

    assert answer.status_code == 503
    assert answer.json()["error"] == "SERVICE_UNAVAILABLE"
    assert SECRET not in answer.content.decode()


def test_a_database_that_is_away_before_the_tenant_is_known_is_503(
    world: World, api_as: ApiAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look-up of the tenant needs the database too, and says the same when it is away."""
    caches["tenants"].clear()
    monkeypatch.setattr(Domain.objects, "select_related", raising(OperationalError(SECRET)))
    client = api_as(world.acme_owner)
    client.raise_request_exception = False

    answer = client.get("/api/v1/projects")

    assert answer.status_code == 503
    assert answer.json()["error"] == "SERVICE_UNAVAILABLE"
    assert SECRET not in answer.content.decode()
