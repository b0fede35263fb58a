"""A project of the stack that faults are injected into, and what must hold of it whatever happened."""

import itertools
import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest

from github_connections.deadlines import RECOVERY
from qualisys.dev.api_client import ApiClient
from qualisys.dev.fault_stack import TENANTS, FaultStack
from qualisys.dev.fault_tally import END_STATE, LEAKS, ORPHANS
from qualisys.redaction import forms

Answer = TypeVar("Answer")

# Of the form that GitHub's have, and good for nothing.
PAT = "ghp_" + "FaultTestToken0123456789abcdefghijkl"
PATIENCE_SECONDS = 30
_NUMBERS = itertools.count(1)


class Shop:
    """One project with a repository of its own, as its tenant's owner and an operator of the database see it."""

    def __init__(self, stack: FaultStack, tenant: str, client: ApiClient, repository: Path) -> None:
        self.stack, self.tenant, self.client = stack, tenant, client
        self.full_name = f"acme/shop-{next(_NUMBERS)}"
        stack.github.add_repository(self.full_name, repository)
        self.repo_url = f"https://github.com/{self.full_name}"
        self.git_path, self.api_path = f"/{self.full_name}.git", f"/api/v3/repos/{self.full_name}"
        self.path = f"/projects/{client.call('POST', '/projects', {'name': self.full_name})['id']}"

    def connect(self) -> dict[str, Any]:
        """Connect and return the answer's body."""
        return self.client.call("POST", f"{self.path}/github", {"repo_url": self.repo_url, "pat": PAT})

    def refresh(self) -> dict[str, Any]:
        """Have the source fetched again and return the answer's body."""
        return self.client.call("POST", f"{self.path}/github/refresh")

    def push(self, repository: Path) -> None:
        """Have the repository's content be that of this one; for GitHub it stays the same repository."""
        served = self.stack.github.repository_named(self.full_name)
        served.git_directory = repository / ".git"

    def row(self) -> dict[str, Any]:
        """The connection's row; empty where there is none."""
        project = self.path.rpartition("/")[2]
        found = self.stack.rows(self.tenant, "SELECT * FROM github_connections WHERE project_id = %s", project)
        return found[0] if found else {}

    def wait_for(self, *statuses: str, **values: Any) -> dict[str, Any]:
        """Return the row once it is in one of these statuses and has these values."""

        def reached() -> dict[str, Any] | None:
            row = self.row()
            there = row.get("status") in statuses and values.items() <= row.items()
            return row if there else None

        return wait_until(reached, lambda: f"{self.row()}\n{self.stack.log('worker').read_text()[-3000:]}")

    def events(self, connection_id: object) -> list[str]:
        """What happened to a connection, oldest first."""
        history = "SELECT additional_data->>'event' AS event FROM auditlog_logentry WHERE object_pk = %s ORDER BY id"
        return [entry["event"] for entry in self.stack.rows(self.tenant, history, str(connection_id))]

    def seconds_until_looked_at(self) -> float:
        """Seconds until the next sweep after now may take up the connection; 0 where nothing is under way."""
        waiting = "SELECT due_at FROM deadlines WHERE object_id = %s AND kind = %s"
        due = self.stack.rows(self.tenant, waiting, self.row()["id"], RECOVERY)
        return (due[0]["due_at"] - datetime.now(UTC)) / timedelta(seconds=1) if due else 0.0

    def look_now(self) -> None:
        """Shorten the wait for the sweep: the deadline of what is under way is moved, and nothing else."""
        move = "UPDATE deadlines SET due_at = now() WHERE object_id = %s AND kind = %s"
        self.stack.rows(self.tenant, move, self.row()["id"], RECOVERY)

    def directory(self) -> Path:
        """Where the complete clone lies, or would lie."""
        return self.directory_of_tenant() / "repos" / str(self.row()["id"])

    def directory_of_tenant(self) -> Path:
        """Where everything of the tenant lies."""
        found = self.stack.rows(self.tenant, "SELECT id FROM tenants WHERE schema_name = %s", self.tenant)
        return self.stack.clone_root / str(found[0]["id"])


def wait_until(
    ask: Callable[[], Answer], explain: Callable[[], str] = str, seconds: float = PATIENCE_SECONDS
) -> Answer:
    """Return the first true answer; fail after so many seconds."""
    deadline = time.monotonic() + seconds
    while not (answer := ask()):
        if time.monotonic() > deadline:
            pytest.fail(f"still {answer!r} after {seconds} seconds; {explain()}")
        time.sleep(0.05)
    return answer


def git_processes(stack: FaultStack) -> list[str]:
    """The processes of git that clone from the stack's GitHub or work below its clones."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().decode(errors="replace").replace("\0", " ")
            place = (process / "cwd").readlink()
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        program = os.path.basename(command.partition(" ")[0])  # noqa: PTH119  # a command line is no path
        if program.startswith("git") and (stack.github.clone_url in command or place.is_relative_to(stack.clone_root)):
            found.append(command)
    return found


def assert_nothing_left(shop: Shop) -> None:
    """No git, nothing half-made, each directory has its row and each row that claims one its directory."""
    stack = shop.stack
    wait_until(lambda: not git_processes(stack), lambda: str(git_processes(stack)), seconds=5)
    wait_until(lambda: not list(stack.clone_root.glob("*/incoming/*")), seconds=5)
    with_clone = "SELECT clone_path FROM github_connections WHERE clone_path <> ''"
    said = {row["clone_path"] for tenant in TENANTS for row in stack.rows(tenant, with_clone)}
    assert {str(path) for path in stack.clone_root.glob("*/repos/*")} == said
    row = shop.row()
    if row:
        happened = shop.events(row["id"])
        # Each clone that was asked for came to be once, where the connection has one at all.
        asked_for = happened.count("connected") + happened.count("refreshed")
        assert happened.count("cloned") == (asked_for if row["commit_sha"] else 0)


def leaks(stack: FaultStack) -> list[Path]:
    """The logs and files of clones in which the token stands, in any of the ways tokens are written down."""
    secrets = [form.encode() for form in forms(PAT)]
    files = [*stack.place.glob("*.log"), *(path for path in stack.clone_root.rglob("*") if path.is_file())]
    return [path for path in files if any(secret in path.read_bytes() for secret in secrets)]


def closing(shop: Shop, record: Callable[[str, object], None]) -> Iterator[Shop]:
    """Yield the shop to a test; then look for what must not be left, and remove the connection through the API."""
    stack = shop.stack
    yield shop
    stack.github.reset()
    state = shop.row().get("status", "no row")
    assert_nothing_left(shop)
    found = leaks(stack)
    assert found == []
    assert shop.client.ask("DELETE", shop.path).status_code == 204
    orphans = [path for path in stack.clone_root.glob("*/*/*") if str(shop.row().get("id")) in path.name]
    assert orphans == []
    record(END_STATE, state)
    record(ORPHANS, len(orphans))
    record(LEAKS, len(found))
