"""GitHub hangs while many wait for it."""

import math
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.conf import settings
from requests import Response

from github_connections.tests.fault_shop import PAT, Shop, wait_until
from qualisys.dev import faults
from qualisys.dev.fault_stack import FaultStack
from qualisys.dev.stack import PROJECT

pytestmark = pytest.mark.faults

WAITING = 10
HANGS_FOR_SECONDS = 2  # and there are two questions to a connection


@contextmanager
def waiting_for_github(stack: FaultStack, shop: Shop) -> Iterator[list[Response]]:
    """Have ten requests wait for a GitHub that hangs; after the block the list holds their answers."""
    stack.github.inject(shop.api_path, faults.hang(HANGS_FOR_SECONDS))
    body = {"repo_url": shop.repo_url, "pat": PAT}
    answers: list[Response] = []
    with ThreadPoolExecutor(WAITING) as people:
        asked = [people.submit(shop.client.ask, "POST", f"{shop.path}/github", body) for _ in range(WAITING)]
        wait_until(lambda: any(request.path == shop.api_path for request in stack.github.requests))
        yield answers
        answers += [one.result() for one in asked]


def test_a_hanging_github_leaves_get_answering(stack: FaultStack, acme_shop: Shop) -> None:
    """With ten requests put to a GitHub that hangs, GET answers at once; one connects, the others are told why not."""
    with waiting_for_github(stack, acme_shop) as answers:
        took = [_seconds_to_get(acme_shop) for _ in range(5)]
    assert max(took) < 1
    codes = [answer.json().get("error") for answer in answers]
    assert codes.count("GITHUB_BUSY") == WAITING - settings.GITHUB_MAX_QUESTIONS
    assert codes.count("CONNECTION_EXISTS") == settings.GITHUB_MAX_QUESTIONS - 1
    refused = next(answer for answer in answers if answer.json().get("error") == "GITHUB_BUSY")
    assert (refused.status_code, refused.json()["details"]) == (503, {"retry_after": settings.GITHUB_TIMEOUT})
    assert refused.headers["Retry-After"] == str(math.ceil(settings.GITHUB_TIMEOUT))
    stack.github.reset()
    assert acme_shop.wait_for("analyzed")["error_code"] == ""


def test_others_are_asked_again_once_github_answers(stack: FaultStack, acme_shop: Shop) -> None:
    """The places that waited for a hanging GitHub are free again afterwards: the next connection is cloned."""
    stack.github.inject(acme_shop.api_path, faults.reset_connection)
    body = {"repo_url": acme_shop.repo_url, "pat": PAT}
    for _ in range(settings.GITHUB_MAX_QUESTIONS + 1):
        assert acme_shop.client.ask("POST", f"{acme_shop.path}/github", body).json()["error"] == "INVALID_TOKEN"
    stack.github.reset()
    acme_shop.connect()
    assert acme_shop.wait_for("analyzed")["error_code"] == ""


def test_the_bound_is_half_of_the_web_servers_threads() -> None:
    """The image's web server has twice as many threads as may wait for GitHub."""
    threads = re.search(r'"--blocking-threads", "(\d+)"', (PROJECT / "Dockerfile").read_text())
    assert int(threads[1]) >= settings.GITHUB_MAX_QUESTIONS * 2


def _seconds_to_get(shop: Shop) -> float:
    began = time.monotonic()
    assert shop.client.ask("GET", f"{shop.path}/github").json()["error"] == "CONNECTION_NOT_FOUND"
    return time.monotonic() - began
