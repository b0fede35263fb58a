"""The place for the clones is full, gone, closed or not what it seems: one tenant's or everybody's."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from github_connections.tests.fault_shop import Shop
from qualisys.dev.fault_stack import FaultStack

pytestmark = pytest.mark.faults

MORE_THAN_ANY_DISK = str(10**18)


def ends_failed(shop: Shop, code: str) -> str:
    """Connect, see it fail with this code and a sentence, and the API go on; return the sentence."""
    shop.connect()
    row = shop.wait_for("failed", "analyzed")
    assert (row["status"], row["error_code"], row["clone_path"]) == ("failed", code, "")
    assert row["error_message"].endswith(".")
    assert shop.client.ask("GET", f"{shop.path}/github").json()["error_message"] == row["error_message"]
    return row["error_message"]


def test_a_full_disk_ends_failed(stack: FaultStack, acme_shop: Shop, globex_shop: Shop) -> None:
    """With too little room left a clone fails and says so; what others have stays, and clones go on afterwards."""
    globex_shop.connect()
    globex_shop.wait_for("analyzed")
    with stack.other_worker(CLONE_MAX_ATTEMPTS="1", CLONE_MINIMUM_FREE_BYTES=MORE_THAN_ANY_DISK):
        assert "room" in ends_failed(acme_shop, "DISK_FULL")
    assert globex_shop.directory().is_dir()


@contextmanager
def in_the_place_of(directory: Path, put: Callable[[Path], object]) -> Iterator[None]:
    """Move a directory away, put something else there, and have it as it was after the block."""
    away = directory.with_name(f"{directory.name}.away")
    directory.rename(away)
    put(directory)
    try:
        yield
    finally:
        if directory.is_symlink() or directory.is_file():
            directory.unlink()
        away.rename(directory)


@pytest.fixture(scope="module")
def worker_that_tries_once(stack: FaultStack) -> Iterator[None]:
    """A worker whose first failure is final."""
    with stack.other_worker(CLONE_MAX_ATTEMPTS="1"):
        yield


BROKEN = {
    "missing": lambda _place: None,
    "a file": lambda place: place.write_text(""),
    "a link": lambda place: place.symlink_to(place.with_name("elsewhere")),
    "a link to where it was": lambda place: place.symlink_to(place.with_name(f"{place.name}.away")),
}


@pytest.mark.usefixtures("worker_that_tries_once")
@pytest.mark.parametrize("put", BROKEN.values(), ids=BROKEN)
def test_a_broken_clone_root_ends_failed(stack: FaultStack, acme_shop: Shop, put: Callable[[Path], object]) -> None:
    """A root of clones that is not there, or is something else, fails the clone with a message; GET goes on."""
    with in_the_place_of(stack.clone_root, put):
        assert "operator" in ends_failed(acme_shop, "STORAGE")


@pytest.mark.usefixtures("worker_that_tries_once")
def test_one_tenants_broken_directory_ends_failed_for_it_alone(
    stack: FaultStack, acme_shop: Shop, globex_shop: Shop, tmp_path: Path
) -> None:
    """Where a link stands in the place of one tenant's directory, it fails there and nothing is written elsewhere."""
    acme_shop.connect()
    acme_directory = acme_shop.directory_of_tenant()
    acme_shop.wait_for("analyzed")
    assert acme_shop.client.ask("DELETE", f"{acme_shop.path}/github").status_code == 204
    with in_the_place_of(acme_directory, lambda place: place.symlink_to(tmp_path)):
        assert "operator" in ends_failed(acme_shop, "STORAGE")
        globex_shop.connect()
        globex_shop.wait_for("analyzed")
    assert list(tmp_path.iterdir()) == []


def test_a_read_only_clone_root_ends_failed(stack: FaultStack, acme_shop: Shop) -> None:
    """A root that takes no new directory fails the clone with a message.

    /proc takes none, from root neither, whatever the machine lets a test mount.
    """
    if not Path("/proc/self").exists():
        pytest.skip("this machine has no /proc, the one directory that takes no new ones from root")
    with stack.other_worker(CLONE_MAX_ATTEMPTS="1", CLONE_ROOT="/proc"):
        assert "operator" in ends_failed(acme_shop, "STORAGE")
