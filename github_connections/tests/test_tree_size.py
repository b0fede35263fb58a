"""Measuring a directory that a stranger fills, while it is being filled."""

import os
import threading
from pathlib import Path

import pytest

from github_connections.remote.tree_size import TreeSize, measure

NO_LIMIT = 10**9


def fill(directory: Path, sizes: list[int]) -> Path:
    """Make the directory with files of these sizes."""
    directory.mkdir(parents=True, exist_ok=True)
    for number, size in enumerate(sizes):
        (directory / f"file {number}").write_bytes(b"x" * size)
    return directory


def test_files_are_counted_with_their_bytes(tmp_path: Path) -> None:
    """Bytes and files of the whole tree, hidden ones included; a directory is counted as a file without bytes."""
    fill(tmp_path, [10, 0])
    fill(tmp_path / "a/b/.git", [100])
    (tmp_path / "empty").mkdir()
    assert measure(tmp_path, stop_after_files=NO_LIMIT) == TreeSize(bytes=110, files=7)


@pytest.mark.parametrize("name", ["", "not there"])
def test_nothing_measures_nothing(name: str, tmp_path: Path) -> None:
    """An empty directory, or one that is not there yet, has no size."""
    assert measure(tmp_path / name, stop_after_files=NO_LIMIT) == TreeSize(0, 0)


def test_links_are_counted_and_not_followed(tmp_path: Path) -> None:
    """A link adds its own few bytes; neither a large file nor a circle of directories is entered through it."""
    outside = fill(tmp_path / "outside", [100_000])
    tree = fill(tmp_path / "tree", [10])
    (tree / "directory").symlink_to(outside)
    (tree / "file").symlink_to(outside / "file 0")
    (tree / "circle").symlink_to(tree)
    (tree / "nowhere").symlink_to(tmp_path / "missing")
    size = measure(tree, stop_after_files=NO_LIMIT)
    assert size.files == 5
    assert size.bytes < 1_000


def test_counting_ends_beyond_the_limit(tmp_path: Path) -> None:
    """More files than asked for are not all counted, and yet it is seen that they are more."""
    for number in range(10):
        fill(tmp_path / str(number), [1] * 10)
    assert measure(tmp_path, stop_after_files=110).files == 110
    assert 20 < measure(tmp_path, stop_after_files=20).files <= 30


class Entries(list):
    """Entries of a directory as `os.scandir` gives them: to be closed after use."""

    def __enter__(self) -> "Entries":
        return self

    def __exit__(self, *_error: object) -> None:
        self.clear()


@pytest.mark.parametrize("vanish", ["file", "directory"])
def test_what_vanishes_meanwhile_is_left_out(vanish: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """git renames and removes while it works: that is no error of the measurement."""
    fill(tmp_path / "directory", [5])
    fill(tmp_path, [7])
    look = os.scandir

    def look_and_lose(path: str) -> object:
        entries = list(look(path))
        if vanish == "file" and path == str(tmp_path):
            (tmp_path / "file 0").unlink()
        if vanish == "directory" and path == str(tmp_path / "directory"):
            raise FileNotFoundError(path)
        return Entries(entries)

    monkeypatch.setattr(os, "scandir", look_and_lose)
    expected = TreeSize(5, 2) if vanish == "file" else TreeSize(7, 2)
    assert measure(tmp_path, stop_after_files=NO_LIMIT) == expected


def test_tree_that_changes_all_the_time_is_measured(tmp_path: Path) -> None:
    """While another thread makes and removes files, no measurement fails."""
    ended = threading.Event()

    def churn() -> None:
        while not ended.is_set():
            (tmp_path / "come").write_text("x")
            (tmp_path / "come").rename(tmp_path / "gone")
            (tmp_path / "gone").unlink()

    worker = threading.Thread(target=churn)
    worker.start()
    try:
        counted = {measure(tmp_path, stop_after_files=NO_LIMIT).files for _ in range(500)}
    finally:
        ended.set()
        worker.join()
    assert counted <= {0, 1, 2}
