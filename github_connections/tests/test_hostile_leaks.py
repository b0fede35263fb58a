"""The look for the token after each clone finds it wherever it lies, and costs little."""

import base64
import os
import time
from pathlib import Path
from urllib.parse import quote

import pytest

from github_connections.errors import ClaimLost, CloneFailure
from github_connections.remote import leak_check
from github_connections.remote.leak_check import refuse_leaked_token
from github_connections.tests.conftest import PAT
from github_connections.tests.hostile_clones import CloneIt
from github_connections.tests.hostile_clones import clone_it as clone_it
from github_connections.tests.hostile_clones import hostile as hostile
from github_connections.tests.hostile_clones import trap as trap
from github_connections.tests.hostile_repositories import MEBIBYTE, HostileRepository

TOKEN = "ghp_/+=&%" + "Token0123456789abcdefghijklm"
WRITTEN = {
    "plain": TOKEN,
    "quoted": quote(TOKEN, safe=""),
    "base64": base64.b64encode(TOKEN.encode()).decode(),
    "header": base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode(),
}


def is_found(directory: Path) -> bool:
    """Whether the look for the token fails the clone."""
    try:
        refuse_leaked_token(directory, TOKEN, watch=lambda: None)
    except CloneFailure as failure:
        return failure.code == "TOKEN_LEAKED"
    return False


@pytest.mark.parametrize("form", WRITTEN)
@pytest.mark.parametrize("name", ["shop/settings.py", ".git/config", ".git/FETCH_HEAD", "\udcff\n-rf"])
def test_every_form_is_found_in_every_file(form: str, name: str, tmp_path: Path) -> None:
    """Plain, URL-quoted or in base64; in the tree, in git's own files, under any name."""
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"url = {WRITTEN[form]}\n")
    assert is_found(tmp_path)


@pytest.mark.parametrize("before", [0, 1, leak_check.BLOCK_BYTES - 20, leak_check.BLOCK_BYTES, 3 * MEBIBYTE])
def test_token_is_found_between_bytes_and_across_blocks(before: int, tmp_path: Path) -> None:
    """A binary file, a file of one long line, and a token that two blocks share."""
    (tmp_path / "binary").write_bytes(b"\0" * before + TOKEN.encode() + b"\xff\0")
    assert is_found(tmp_path)


def test_files_without_the_token_are_let_through(tmp_path: Path) -> None:
    """Half a token, another token, an empty file and an empty directory are no leak."""
    (tmp_path / "half").write_text(TOKEN[:-1])
    (tmp_path / "other").write_text("ghp_" + "0" * 36)
    (tmp_path / "empty").touch()
    (tmp_path / "directory").mkdir()
    assert not is_found(tmp_path)


def test_links_are_not_followed(tmp_path: Path) -> None:
    """What lies behind a link is not of the clone; a pipe would never end."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/file").write_text(TOKEN)
    clone = tmp_path / "clone"
    clone.mkdir()
    (clone / "file").symlink_to(tmp_path / "outside/file")
    (clone / "directory").symlink_to(tmp_path / "outside")
    (clone / "circle").symlink_to(clone)
    os.mkfifo(clone / "pipe")
    assert not is_found(clone)


def test_twenty_thousand_files_cost_a_fraction_of_their_clone(tmp_path: Path) -> None:
    """20,000 files of 3 KB (measured: 0.2 s) are read in far less than the seconds that cloning them takes."""
    original = tmp_path / "original"
    original.write_bytes(b"x" * 3_000)
    for number in range(20_000):
        directory = tmp_path / str(number % 200)
        directory.mkdir(exist_ok=True)
        os.link(original, directory / str(number))
    began = time.process_time()
    assert not is_found(tmp_path)
    assert time.process_time() - began < 2


def test_committed_token_fails_the_clone(hostile: HostileRepository, clone_it: CloneIt) -> None:
    """Who committed the token that the clone is made with is told so, and the clone is thrown away."""
    hostile.commit_files({b"deploy.sh": b"\0curl -u x:%s" % PAT.encode()})
    outcome = clone_it(hostile)
    # That the message does not show the token is looked at after every clone (hostile_clones.py).
    assert (outcome.code, outcome.failure.transient) == ("TOKEN_LEAKED", False)


def test_whoever_waits_is_heard_of_while_the_files_are_read(tmp_path: Path) -> None:
    """A search that takes long is interrupted by what it was given to watch, such as a claim that was lost."""
    for number in range(3):
        (tmp_path / str(number)).write_text("nothing")
    seen: list[int] = []

    def watch() -> None:
        seen.append(len(seen))
        if len(seen) == 2:
            raise ClaimLost

    with pytest.raises(ClaimLost):
        refuse_leaked_token(tmp_path, TOKEN, watch)
    assert seen == [0, 1]
