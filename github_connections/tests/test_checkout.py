"""A clone is read by descriptors: nothing outside of it is reached, and one question is answered by one clone."""

import contextlib
import os
import shutil
import socket
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from github_connections import workspace
from github_connections.checkout import Checkout, CloneGone, EntryType, NothingThere, ask
from github_connections.tests.cloned_source import clone_of

TENANT, CONNECTION, ATTEMPT = uuid.UUID(int=1), uuid.UUID(int=2), uuid.UUID(int=3)


@pytest.fixture
def place(clone_root: Path, tmp_path: Path) -> Path:
    """Where a clone lies, with everything in and around it that a reader must not reach."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret").write_text("secret")
    place = workspace.checkout_path(TENANT, CONNECTION)
    clone_of(tmp_path / "repository", place)
    (place / "link").symlink_to(tmp_path / "outside/secret")
    (place / "relative").symlink_to("shop/views.py")
    (place / "directory-link").symlink_to(tmp_path / "outside")
    (place / "shop/up").symlink_to("..")
    (place / ".GIT").mkdir()
    (place / ".GIT/config").write_text("[user]")
    os.mkfifo(place / "pipe")
    return place


def read(path: str) -> bytes:
    def look(checkout: Checkout) -> bytes:
        with checkout.file(path) as file:
            return file.read(0, file.size_bytes)

    return ask(TENANT, CONNECTION, look)


def listed(path: str = "", depth: int = 1) -> dict[str, str]:
    return {entry.path: entry.type for entry in ask(TENANT, CONNECTION, lambda clone: list(clone.entries(path, depth)))}


def test_files_are_read(place: Path) -> None:
    """A regular file is read from the top and from below."""
    assert read("README.md") == b"A shop.\n"
    assert read("shop/views.py") == b"def index(): ...\n"


def test_what_lies_in_the_clone_is_listed_as_what_it_is(place: Path) -> None:
    """Links and pipes are shown as such, git's own directory in no way of writing it, and names in order."""
    assert listed(depth=9) == {
        "README.md": "file",
        "directory-link": "link",
        "link": "link",
        "logo.png": "file",
        "pipe": "other",
        "relative": "link",
        "shop": "directory",
        "shop/api": "directory",
        "shop/api/orders.py": "file",
        "shop/up": "link",
        "shop/views.py": "file",
        "web": "directory",
        "web/index.html": "file",
    }
    assert list(listed(depth=9)) == sorted(listed(depth=9))
    assert list(listed("shop")) == ["shop/api", "shop/up", "shop/views.py"]
    assert list(listed("shop", depth=2)) == ["shop/api", "shop/api/orders.py", "shop/up", "shop/views.py"]


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("link", EntryType.LINK),
        ("relative", EntryType.LINK),
        ("directory-link", EntryType.LINK),
        ("pipe", EntryType.OTHER),
        ("shop", EntryType.DIRECTORY),
        ("", EntryType.DIRECTORY),
        ("directory-link/secret", None),
        ("shop/up/README.md", None),
        ("README.md/x", None),
        ("absent", None),
        ("absent/absent", None),
        (".git", None),
        (".git/config", None),
        (".GIT/config", None),
        ("shop/../README.md", None),
        ("../../../../outside/secret", None),
        ("..", None),
        (".", None),
        ("./README.md", None),
        ("/etc/passwd", None),
        ("shop//views.py", None),
        ("README.md/", None),
        ("README.md\0", None),
        ("x" * 256, None),
        ("/".join(["d"] * 5_000), None),
    ],
)
def test_what_is_no_file_of_the_clone_is_not_read(place: Path, path: str, found: EntryType | None) -> None:
    """Links, other things, git's own files, ways up and out, and what does not exist: there is nothing to read."""
    with pytest.raises(NothingThere) as refused:
        read(path)
    assert refused.value.found == found


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("README.md", EntryType.FILE),
        ("directory-link", EntryType.LINK),
        ("shop/up", EntryType.LINK),
        ("pipe", None),
        ("shop/up/shop", None),
        (".git", None),
        (".Git/refs", None),
        ("..", None),
        ("/", None),
        ("shop/", None),
        ("absent", None),
    ],
)
def test_what_is_no_directory_of_the_clone_is_not_listed(place: Path, path: str, found: EntryType | None) -> None:
    """The same for listing."""
    with pytest.raises(NothingThere) as refused:
        listed(path)
    assert refused.value.found == (EntryType.OTHER if path == "pipe" else found)


def test_a_socket_is_nothing_to_read(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening one fails in a way of its own."""
    monkeypatch.chdir(place)  # the name of a socket must be short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        with pytest.raises(NothingThere) as refused:
            read("socket")
    assert refused.value.found == EntryType.OTHER


def test_a_name_that_is_not_utf8_is_shown(place: Path) -> None:
    """Whatever bytes a name has, the listing can be written as JSON."""
    (place / os.fsdecode(b"caf\xe9.txt")).write_text("x")
    (place / "a\nb").write_text("x")
    assert {"caf\ufffd.txt", "a\nb"} <= {*listed()}
    assert read("a\nb") == b"x"


def test_the_commit_is_that_of_the_directory(place: Path, tmp_path: Path) -> None:
    """Git's own files say it, and where they are gone nothing is made up."""

    def commit() -> str:
        return ask(TENANT, CONNECTION, Checkout.commit)

    expected = (tmp_path / "repository/.git/refs/heads/main").read_text().strip()
    assert commit() == expected
    (place / ".git/HEAD").write_text(f"{expected}\n")
    assert commit() == expected
    (place / ".git/HEAD").write_text("ref: ../../../../../outside/secret\n")
    assert commit() == ""
    (place / ".git/HEAD").unlink()
    assert commit() == ""


@pytest.mark.parametrize("level", ["", "repos", f"repos/{CONNECTION}"])
def test_a_link_in_the_place_of_a_directory_of_ours_is_no_clone(place: Path, level: str) -> None:
    """Nothing is read behind a link at any level above the clone either."""
    ours = place.parent.parent / level
    moved = ours.with_name("moved")
    ours.rename(moved)
    ours.symlink_to(moved)
    with pytest.raises(CloneGone):
        read("README.md")


def test_a_clone_that_is_gone_has_no_answer(place: Path) -> None:
    """Where no clone lies the reader is told so, and not that a file is missing."""
    shutil.rmtree(place)
    with pytest.raises(CloneGone):
        read("README.md")


@pytest.mark.parametrize("path", ["README.md", "absent"])
def test_a_clone_that_is_replaced_meanwhile_has_no_answer(place: Path, tmp_path: Path, path: str) -> None:
    """What is found or not found while another clone takes the place is of neither, and not told."""

    def look(checkout: Checkout) -> bytes:
        with workspace.incoming_directory(TENANT, CONNECTION, ATTEMPT) as incoming:
            (tmp_path / "newer").mkdir()
            clone_of(tmp_path / "newer", incoming, {"README.md": b"New.\n"})
            workspace.publish(incoming, TENANT, CONNECTION)
        with checkout.file(path) as file:
            return file.read(0, 100)

    with pytest.raises(CloneGone):
        ask(TENANT, CONNECTION, look)
    assert read("README.md") == b"New.\n"


def test_readers_beside_a_publisher_see_whole_clones(place: Path) -> None:
    """Whatever moment a reader comes at, the files it is told of are those of one clone, and all of them."""
    names = [f"{number:02}" for number in range(20)]
    told: list[set[bytes]] = []

    def look(checkout: Checkout) -> set[bytes]:
        contents = set()
        for entry in checkout.entries("", depth=1):
            with checkout.file(entry.path) as file:
                contents.add(file.read(0, 100))
        assert len(checkout.entries("", depth=1)) == len(names)
        return contents

    def publish(generation: int) -> None:
        with workspace.incoming_directory(TENANT, CONNECTION, ATTEMPT) as incoming:
            incoming.mkdir()
            for name in names:
                (incoming / name).write_text(str(generation))
            workspace.publish(incoming, TENANT, CONNECTION)

    publish(0)
    with ThreadPoolExecutor() as threads:
        publishing = threads.submit(lambda: [publish(generation) for generation in range(1, 100)])
        while not publishing.done():
            with contextlib.suppress(CloneGone):
                told.append(ask(TENANT, CONNECTION, look))
        publishing.result()
    assert len(told) > 1
    assert {len(contents) for contents in told} == {1}


def test_descriptors_are_closed(place: Path) -> None:
    """No question leaves a file open, whatever its end."""
    before = len(list(Path("/proc/self/fd").iterdir()))
    for path in ("README.md", "link", "absent", "pipe", "shop/api/orders.py", "README.md/x"):
        with contextlib.suppress(NothingThere):
            read(path)
    listed(depth=9)
    shutil.rmtree(place)
    with pytest.raises(CloneGone):
        listed()
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_the_parts_of_a_listing_are_those_of_the_whole(place: Path) -> None:
    """However it is cut, nothing of it is shown twice or left out, and it is as long as it was counted."""

    def look(checkout: Checkout) -> None:
        entries = checkout.entries("", depth=9)
        whole = list(entries)
        assert len(entries) == len(whole) == 13
        for size in (1, 3, 50):
            parts = [entries[start : start + size] for start in range(0, len(whole), size)]
            assert [entry for part in parts for entry in part] == whole
        assert entries[13:20] == []

    ask(TENANT, CONNECTION, look)


def test_a_deep_path_takes_no_more_descriptors_than_a_short_one(place: Path) -> None:
    """A repository may go down further than a process may open files, which all its requests share."""
    deep = "/".join(["d"] * 100)
    (place / deep).mkdir(parents=True)
    (place / deep / "file").write_text("x")

    def open_while_reading(path: str) -> int:
        def look(checkout: Checkout) -> int:
            with checkout.file(path):
                return len(list(Path("/proc/self/fd").iterdir()))

        return ask(TENANT, CONNECTION, look)

    assert open_while_reading(f"{deep}/file") == open_while_reading("shop/views.py")
    assert listed(deep) == {f"{deep}/file": "file"}


def test_a_disk_at_fault_is_told_apart(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is there and cannot be opened is not one that is not there."""

    def refuse(*_arguments: Any, **_keywords: Any) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(PermissionError):
        read("README.md")
