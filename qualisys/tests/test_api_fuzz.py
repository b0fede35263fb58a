"""The API against its own description: whatever is sent, by whomever, is answered as /api/v1/schema says."""

import json
import re
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any

import pytest
import requests
import responses
import schemathesis
from django.conf import settings as configuration
from django.db import connection as database
from django.test.client import ClientHandler
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from conftest import ApiAs, World, undone
from github_connections.models import Stage
from github_connections.states import Status
from github_connections.tests.analysed_rows import make_analysed
from github_connections.tests.connection_rows import clone_root as clone_root
from github_connections.tests.connection_rows import make_cloned, make_cloning, make_connection
from qualisys.projects.models import Project
from qualisys.projects.roles import Role
from qualisys.tests.description import DESCRIPTION, example_body
from qualisys.tests.people import PEOPLE
from qualisys.webhooks.services import create_webhook

# Requests of each kind of person to each operation; the same ones on every run.
EXAMPLES = 10
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
# What a project may be found with.
WHOLE = {"commit_sha": "0" * 40, "size_bytes": 2048, "token_expires_at": timezone.now()}
STATES: dict[str, Callable[[Project], object]] = {
    "no connection": lambda _project: None,
    "pending": make_connection,
    "cloning": lambda project: make_cloning(project, progress_stage=Stage.RECEIVING, progress_percent=7),
    "cloned": lambda project: make_cloned(project, **WHOLE),
    "analysed": lambda project: make_analysed(project, **WHOLE),
    "failed": lambda project: make_connection(
        project, Status.FAILED, error_code="CLONE_TIMEOUT", error_message="Late."
    ),
    "expired": lambda project: make_connection(project, Status.EXPIRED, **WHOLE),
}
REPOSITORY = {"id": 7, "full_name": "o/r", "default_branch": "main", "size": 1, "disabled": False}
# What GitHub may say; the last is a connection that breaks.
GITHUB: dict[str, dict[str, Any]] = {
    "agrees": {"json": REPOSITORY},
    "agrees to less": {"json": {**REPOSITORY, "size": 2**40}},
    "is disabled": {"json": {**REPOSITORY, "disabled": True}},
    "talks nonsense": {"body": "<html>"},
    "redirects elsewhere": {"status": 302, "headers": {"Location": "https://elsewhere.example/"}},
    **{
        str(status): {"status": status, "json": {"message": "No."}}
        for status in (401, 403, 404, 409, 422, 429, 451, 502)
    },
    "breaks off": {"body": requests.ConnectionError("reset")},
}


def _answer(environ: dict[str, Any], start_response: Callable[..., object]) -> list[bytes]:
    """The service as a WSGI application that keeps the test's connection to the database."""
    answer = HANDLER(environ)
    start_response(f"{answer.status_code} {answer.reason_phrase}", list(answer.items()))
    return [answer.getvalue()]


HANDLER = ClientHandler(enforce_csrf_checks=False)
SCHEMA = schemathesis.openapi.from_dict(DESCRIPTION)
SCHEMA.app = _answer
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations()]


@pytest.fixture(autouse=True)
def _nobody_is_counted(settings: Any) -> None:
    """Limits of requests have tests of their own."""
    for name in dir(configuration):
        if re.search("_PER_HOUR", name):
            setattr(settings, name, 10**9)


@pytest.fixture
def mood() -> Iterator[dict[str, Any]]:
    """How GitHub answers from now on: a key of GITHUB under `is`."""
    now = {"is": "agrees"}

    def answer(_request: requests.PreparedRequest) -> Any:
        said = GITHUB[now["is"]]
        if isinstance(said.get("body"), Exception):
            raise said["body"]
        body = said.get("body") or json.dumps(said.get("json"))
        return said.get("status", HTTPStatus.OK), said.get("headers", {}), body

    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        wire.add_callback(responses.GET, re.compile(f"{re.escape(configuration.GITHUB_API_URL)}/.*"), answer)
        yield now


def cases_of(operation: APIOperation) -> st.SearchStrategy[Case]:
    """Calls with what the description allows, and with what it does not."""
    return st.one_of(*(operation.as_strategy(mode) for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)))


@pytest.mark.usefixtures("quick_passwords", "clone_root")
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_every_answer_is_described(
    world: World, project: Project, mood: dict[str, Any], operation: APIOperation
) -> None:
    """No fault, and no status, content type, header or body that the description does not have, for anybody.

    Most calls are about a project that exists, and each field of their body is the described example's as often as not.
    """
    members = [str(world.by_role[role].pk) for role in (Role.VIEWER, Role.OWNER)]
    webhook, _ = create_webhook(project.pk, actor_id=world.acme_owner.pk, url="https://a.example", events=[])
    example = example_body(operation.method, operation.path)
    headers = [person.headers(world) for person in PEOPLE]

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=cases_of(operation),
        state=st.sampled_from(sorted(STATES)),
        said=st.sampled_from(sorted(GITHUB)),
        data=st.data(),
    )
    def ask(case: Case, state: str, said: str, data: st.DataObject) -> None:
        mood["is"] = said
        if data.draw(st.integers(0, 3)):
            exists = {"project_id": str(project.pk), "user_id": data.draw(st.sampled_from(members))}
            exists |= {"webhook_id": str(webhook.pk), "path": "README.md"}
            case.path_parameters |= {name: exists.get(name, value) for name, value in case.path_parameters.items()}
        if isinstance(case.body, dict):
            case.body |= {name: value for name, value in example.items() if data.draw(st.booleans())}
        for those in headers:
            with undone(world.acme):
                STATES[state](project)
                answer = case.call(headers=those)
                database.check_constraints()
            case.validate_response(answer, checks=CHECKS)

    ask()


def test_the_description_that_is_served_is_the_one_that_is_tried(world: World, api_as: ApiAs) -> None:
    """Whoever reads /api/v1/schema reads what the test above goes by."""
    served = api_as(None).get("/api/v1/schema")
    assert (served.status_code, served.json()) == (200, DESCRIPTION)
