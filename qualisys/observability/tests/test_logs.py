"""A line of the log says for whom, in which request and in which task it was written, and holds no secret."""

import io
import json
import logging
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from celery import shared_task
from django.conf import settings
from django.test import Client
from django.utils.module_loading import import_string
from django_guid import clear_guid, set_guid

from conftest import ApiAs, World
from qualisys.observability.logs import ContextFilter
from qualisys.redaction import REDACTED, RedactingFilter

TOKEN = "ghp_" + "LogsTestToken0123456789abcdefghijklm"
ID = "0c5ae4a1-6f1b-4c38-9d5e-3f0d7e8a9b10"
Lines = Callable[[], list[Any]]


@pytest.fixture
def lines(request: pytest.FixtureRequest) -> Iterator[Lines]:
    """What is logged, as the settings would write it: as JSON unless the test asks for lines."""
    chosen = getattr(request, "param", "json")
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(import_string(settings.LOGGING["formatters"][chosen]["()"])())
    handler.addFilter(ContextFilter())
    handler.addFilter(RedactingFilter())
    logging.root.addHandler(handler)
    read = json.loads if chosen == "json" else str
    yield lambda: [read(line) for line in written.getvalue().splitlines()]
    logging.root.removeHandler(handler)
    clear_guid()


def of(lines: Lines, logger: str) -> list[dict[str, Any]]:
    return [line for line in lines() if line["logger"] == logger]


def test_a_request_carries_its_id_in_and_out(world: World, api_as: ApiAs, lines: Lines) -> None:
    """The caller's id is the one in the answer and in every line, beside the tenant; the query is in none."""
    answer = api_as(world.acme_owner).get("/api/v1/projects?secret=hidden", headers={"X-Request-ID": ID})
    assert answer["X-Request-ID"] == ID
    (line,) = of(lines, "qualisys.requests")
    assert line.pop("seconds") >= 0
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "INFO",
        "logger": "qualisys.requests",
        "message": "GET /api/v1/projects answered 200",
        "tenant": "acme",
        "request_id": ID,
        "method": "GET",
        "path": "/api/v1/projects",
        "status": 200,
    }


@pytest.mark.parametrize("given", ["", "not an id", TOKEN, f"{ID}\r\nX-Evil: 1", "a" * 10_000])
def test_an_id_that_is_none_is_replaced(world: World, lines: Lines, given: str) -> None:
    """Whatever a stranger sends as an id neither comes back nor stands in the log."""
    answer = Client(HTTP_HOST="acme.localhost", HTTP_X_REQUEST_ID=given).get("/api/v1/projects")
    assert uuid.UUID(answer["X-Request-ID"])
    assert {line["request_id"] for line in of(lines, "qualisys.requests")} == {answer["X-Request-ID"]}
    assert not given or all(given not in str(line) for line in lines())


def test_an_error_that_nobody_foresaw_says_where_it_was(
    world: World, api_as: ApiAs, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The traceback stands in the same object as the request's id, on one line, and holds no token."""
    client = api_as(world.acme_owner)
    client.raise_request_exception = False
    monkeypatch.setattr("qualisys.tenancy.authentication.TenantJWTAuthentication.authenticate", _break)
    answer = client.get("/api/v1/projects", headers={"X-Request-ID": ID})
    assert answer.status_code == 500
    (line,) = of(lines, "django.request")
    assert line["request_id"] == ID
    assert line["status_code"] == 500
    assert f"RuntimeError: https://{REDACTED}@github.com {REDACTED}" in line["exception"]
    assert "request" not in line


def _break(*_arguments: Any) -> None:
    raise RuntimeError(f"https://hidden@github.com {TOKEN}")


def test_no_field_holds_a_secret(lines: Lines) -> None:
    """What is logged beside the message is redacted as well, however deep it lies and whatever it is."""

    class Held:
        def __str__(self) -> str:
            return f"held {TOKEN}"

    extra = {"deep": {"list": [f"https://me:{TOKEN}@github.com", 1, None]}, "object": Held(), "number": 7}
    logging.getLogger("qualisys.tests").warning({"said": TOKEN}, extra=extra)
    logging.getLogger("qualisys.tests").warning("cannot clone %s", TOKEN, stack_info=True)
    first, second = of(lines, "qualisys.tests")
    assert TOKEN not in str(first) + str(second)
    assert first["deep"] == {"list": [f"https://{REDACTED}@github.com", 1, None]}
    assert (first["object"], first["number"]) == (f"held {REDACTED}", 7)
    assert second["message"] == f"cannot clone {REDACTED}"


@pytest.mark.parametrize("lines", ["lines"], indirect=True)
def test_in_development_a_person_reads_a_line(world: World, lines: Lines) -> None:
    """Time, level and logger, the tenant with the id's beginning, and the message; no JSON."""
    set_guid(ID)
    logging.getLogger("qualisys.tests").info("cloned")
    (line,) = [line for line in lines() if "qualisys.tests" in line]
    assert line.endswith("INFO qualisys.tests [acme 0c5ae4a1]: cloned")


@shared_task
def _say() -> None:
    logging.getLogger("qualisys.tests").info("at work")


def test_a_task_is_named_in_its_lines(world: World, lines: Lines) -> None:
    """What a task logs carries its name and its id, and the tenant that it works for."""
    result = _say.apply()
    (line,) = of(lines, "qualisys.tests")
    assert line["task"].endswith("._say")
    assert (line["task_id"], line["tenant"]) == (result.id, "acme")
