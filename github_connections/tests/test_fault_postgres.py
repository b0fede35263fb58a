"""PostgreSQL goes away and comes back under a web server and a worker that are not restarted."""

import time

import pytest

from github_connections.tests.fault_shop import Shop, wait_until
from qualisys.dev import faults
from qualisys.dev.fault_stack import FaultStack

pytestmark = pytest.mark.faults

# The pool waits for a connection for five seconds (settings.DATABASES).
SECONDS_TO_ANSWER = 7
# However long it was away.
SECONDS_TO_RECOVER = 4


def ask(shop: Shop, method: str) -> tuple[int, str | None]:
    """The status and the code of the answer to a question about the connection."""
    body = {"repo_url": shop.repo_url, "pat": "ghp_0"} if method == "POST" else None
    answer = shop.client.ask(method, f"{shop.path}/github", body)
    assert answer.headers["content-type"].startswith("application/json")
    return answer.status_code, answer.json().get("error")


def test_postgres_restarted_under_web_and_worker_ends_analyzed(stack: FaultStack, acme_shop: Shop) -> None:
    """503 as JSON while the database is away; afterwards the same web and worker connect and clone."""
    worker_starts = stack.log("worker").read_text().count(" ready.")
    assert ask(acme_shop, "GET") == (404, "CONNECTION_NOT_FOUND")
    stack.postgres.stop()
    try:
        for method in ("GET", "POST"):
            began = time.monotonic()
            assert ask(acme_shop, method) == (503, "SERVICE_UNAVAILABLE")
            assert time.monotonic() - began < SECONDS_TO_ANSWER
        status, reasons = acme_shop.client.readiness()
        assert (status, list(reasons)) == (503, ["database"])
    finally:
        stack.postgres.start()
    wait_until(lambda: acme_shop.client.readiness() == (200, {}), seconds=SECONDS_TO_RECOVER)
    wait_until(lambda: ask(acme_shop, "GET") == (404, "CONNECTION_NOT_FOUND"), seconds=SECONDS_TO_RECOVER)
    acme_shop.connect()
    acme_shop.wait_for("analyzed")
    assert stack.log("worker").read_text().count(" ready.") == worker_starts


def test_postgres_restarted_under_a_running_clone_ends_analyzed(stack: FaultStack, acme_shop: Shop) -> None:
    """A clone that loses its database ends git and its directory, and is cloned by a later attempt.

    The waits for the sweep are shortened by moving the deadline in the database.
    """
    stack.github.inject(acme_shop.git_path, faults.hang(60))
    acme_shop.connect()
    acme_shop.wait_for("cloning")
    stack.postgres.stop()
    time.sleep(2)  # the clone says once a second how far it is
    stack.github.reset()
    stack.postgres.start()
    acme_shop.look_now()
    acme_shop.wait_for("pending")
    acme_shop.look_now()
    assert acme_shop.wait_for("analyzed")["error_code"] == ""
