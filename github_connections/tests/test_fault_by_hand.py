"""What hands and clocks do: a week goes by, a directory or a row is removed behind the service's back."""

import json
import shutil

import pytest

from github_connections.tests.fault_shop import Shop
from qualisys.dev.fault_stack import FaultStack

pytestmark = pytest.mark.faults

# See qualisys/dev/later.py, which no test may import: it moves the clock of whoever does.
EIGHT_DAYS = {"CLOCK_AHEAD_SECONDS": str(8 * 24 * 3600)}
THREE_MINUTES = {"CLOCK_AHEAD_SECONDS": "180"}


def findings(printed: str) -> set[tuple[str, str]]:
    """The kinds of what was found, each with the last part of what it is about."""
    return {(found["kind"], found["subject"].rpartition("/")[2]) for found in json.loads(printed)["findings"]}


def test_a_week_later_ends_expired(stack: FaultStack, acme_shop: Shop) -> None:
    """A worker whose clock is eight days on removes the clone and says expired; one of today does not."""
    acme_shop.connect()
    directory = acme_shop.directory()
    acme_shop.wait_for("analyzed")
    with stack.other_worker("qualisys.dev.later", **EIGHT_DAYS):
        row = acme_shop.wait_for("expired")
    assert (row["clone_path"], directory.exists()) == ("", False)


def test_a_directory_removed_by_hand_ends_failed(stack: FaultStack, acme_shop: Shop) -> None:
    """Reconciling finds a row whose directory is gone, only says so when dry, and then moves it to failed."""
    acme_shop.connect()
    row = acme_shop.wait_for("analyzed")
    shutil.rmtree(acme_shop.directory())
    found = {("row_without_directory", str(row["id"]))}
    assert findings(stack.manage("reconcile_repositories", "--dry-run", "--json")) == found
    assert acme_shop.row()["status"] == "analyzed"
    assert findings(stack.manage("reconcile_repositories", "--json")) == found
    row = acme_shop.row()
    assert (row["status"], row["error_code"], row["clone_path"]) == ("failed", "CLONE_MISSING", "")
    assert findings(stack.manage("reconcile_repositories", "--json")) == set()


def test_a_row_removed_by_hand_ends_without_a_directory(stack: FaultStack, acme_shop: Shop) -> None:
    """Reconciling removes a directory that has lost its row, once it has been there for a while, and its deadline.

    The while is three minutes by the clock of the command.
    """
    acme_shop.connect()
    row = acme_shop.wait_for("analyzed")
    directory = acme_shop.directory()
    stack.rows("acme", "DELETE FROM github_connections WHERE id = %s", row["id"])
    assert findings(stack.manage("reconcile_repositories", "--json")) == {("deadline_without_row", str(row["id"]))}
    assert directory.is_dir()
    later = stack.run("-m", "qualisys.dev.later", "reconcile_repositories", "--json", **THREE_MINUTES)
    assert findings(later) == {("directory_without_row", str(row["id"]))}
    assert not directory.exists()
