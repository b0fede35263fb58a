"""Repositories that are too much: bytes, files, directories, memory, time; each limit holds, and nothing sticks."""

import os
import resource
import time
from pathlib import Path

import pytest

from github_connections import workspace
from github_connections.remote import git_clone
from github_connections.tests.hostile_clones import CloneIt
from github_connections.tests.hostile_clones import clone_it as clone_it
from github_connections.tests.hostile_clones import hostile as hostile
from github_connections.tests.hostile_clones import trap as trap
from github_connections.tests.hostile_repositories import FILE, MEBIBYTE, TREE, HostileRepository, nested


def bytes_below(directory: Path) -> int:
    """Return what is left of a clone that was ended."""
    return sum(path.stat().st_size for path in directory.rglob("*") if path.is_file()) if directory.exists() else 0


def entries_below(directory: Path) -> int:
    return sum(len(names) + len(files) for _, names, files in os.walk(directory))


def test_fifty_thousand_files_are_cloned_within_the_limit_and_refused_beyond(
    hostile: HostileRepository, clone_it: CloneIt
) -> None:
    """Many files are no harm by themselves; where fewer are allowed, the clone ends as too large, for good."""
    hostile.import_files((b"%d/%d" % (number % 100, number), b"x") for number in range(50_000))
    assert clone_it(hostile).cloned.size.files > 50_000
    outcome = clone_it(hostile, max_files=1_000)
    assert (outcome.code, outcome.failure.transient) == ("REPOSITORY_TOO_LARGE", False)
    assert "1000 files" in outcome.failure.message


@pytest.mark.parametrize("content", ["random", "zeros"])
def test_file_over_the_limit_is_stopped_by_the_kernel(
    content: str, hostile: HostileRepository, clone_it: CloneIt
) -> None:
    """A blob over the limit stops as a pack, or as a file where the pack is small: too large, for good."""
    size = 30 * MEBIBYTE
    hostile.commit_files({b"large": os.urandom(size) if content == "random" else bytes(size)})
    outcome = clone_it(hostile, max_bytes=10 * MEBIBYTE)
    assert (outcome.code, outcome.failure.transient) == ("REPOSITORY_TOO_LARGE", False)
    assert bytes_below(outcome.target) <= 11 * MEBIBYTE


def test_file_of_300_mebibytes(hostile: HostileRepository, clone_it: CloneIt) -> None:
    """It is cloned where it may be, through little of git's memory."""
    hostile.commit_files({b"large": bytes(300 * MEBIBYTE)})
    outcome = clone_it(hostile, max_bytes=400 * MEBIBYTE, max_memory_bytes=200 * MEBIBYTE)
    assert outcome.cloned.size.bytes > 300 * MEBIBYTE


def test_small_pack_of_many_bytes_is_ended_soon_after_its_limit(hostile: HostileRepository, clone_it: CloneIt) -> None:
    """Two hundred files, each below the limit, are 1.8 GB: what was written when it ends is a fraction of that."""
    content = bytes(9 * MEBIBYTE)
    hostile.import_files((b"%d" % number, content) for number in range(200))
    outcome = clone_it(hostile, max_bytes=10 * MEBIBYTE)
    assert outcome.code == "REPOSITORY_TOO_LARGE"
    assert bytes_below(outcome.target) < 700 * MEBIBYTE


def test_tree_of_billions_of_files_does_not_fill_the_memory(hostile: HostileRepository, clone_it: CloneIt) -> None:
    """A pack of eleven small objects is a tree of a billion files: git's memory ends before the machine's does."""
    hostile.commit(nested(hostile, (FILE, b"f", hostile.blob(b"x")), depth=9, width=10))
    outcome = clone_it(hostile, max_memory_bytes=200 * MEBIBYTE)
    assert (outcome.code, outcome.failure.transient) == ("REPOSITORY_TOO_LARGE", False)
    assert "memory" in outcome.failure.message
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 2 * 1024 * 1024


def test_tree_of_billions_of_empty_directories_ends_in_time(hostile: HostileRepository, clone_it: CloneIt) -> None:
    """git walks such a tree and writes nothing; the clone's time ends it, with its processes."""
    tree = hostile.tree()
    for _ in range(9):
        tree = hostile.tree(*((TREE, b"%d" % number, tree) for number in range(10)))
    hostile.commit(tree)
    began = time.monotonic()
    outcome = clone_it(hostile, seconds=1)
    assert (outcome.code, outcome.failure.transient) == ("CLONE_TIMEOUT", False)
    assert time.monotonic() - began < 6


def test_directories_count_like_files(hostile: HostileRepository, clone_it: CloneIt) -> None:
    """A hundred files, each below three hundred directories of its own, are not a hundred but 30,000."""
    inner = nested(hostile, (FILE, b"f", hostile.blob(b"x")), depth=300)
    hostile.commit(hostile.tree(*((TREE, b"%d" % number, inner) for number in range(100))))
    outcome = clone_it(hostile, max_files=1_000)
    assert outcome.code == "REPOSITORY_TOO_LARGE"
    assert entries_below(outcome.target) < 25_000


@pytest.mark.parametrize(("depth", "code"), [(1_100, None), (2_040, "REPOSITORY_UNSAFE"), (2_100, "REPOSITORY_UNSAFE")])
def test_deep_tree_is_removed_again(
    depth: int, code: str | None, hostile: HostileRepository, clone_it: CloneIt
) -> None:
    """Deeper than Python's stack, or than a path can be: cloned or refused for good, and the directory can go."""
    hostile.import_files([(b"/".join([b"d"] * depth) + b"/f", b"x")])
    outcome = clone_it(hostile)
    assert outcome.code == code
    assert outcome.cloned or not outcome.failure.transient
    workspace._delete(outcome.target)
    assert not outcome.target.exists()


def test_disk_that_fills_up_is_the_cause_of_what_git_complains_of(
    hostile: HostileRepository, clone_it: CloneIt
) -> None:
    """While too little room is left, a checkout that fails is tried again: the repository may be a good one."""
    hostile.commit_files({b"x" * 256: b""})
    outcome = clone_it(hostile, minimum_free_bytes=2**60)
    assert (outcome.code, outcome.failure.transient) == ("DISK_FULL", True)


def test_measuring_takes_little_of_the_time(
    hostile: HostileRepository, clone_it: CloneIt, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The slower the tree is measured, the more rarely it is."""
    measured = []
    real = git_clone.measure

    def slow(*arguments: object, **options: object) -> object:
        measured.append(time.monotonic())
        time.sleep(0.05)
        return real(*arguments, **options)

    monkeypatch.setattr(git_clone, "measure", slow)
    tree = hostile.tree()
    for _ in range(9):
        tree = hostile.tree(*((TREE, b"%d" % number, tree) for number in range(10)))
    hostile.commit(tree)
    assert clone_it(hostile, seconds=1.5).code == "CLONE_TIMEOUT"
    assert 2 <= len(measured) <= 4
