"""Repositories whose files and names mean harm: each is cloned harmlessly, or refused by a code of its own."""

import subprocess
from pathlib import Path

import pytest

from github_connections.remote.git_clone import _ProgressReader
from github_connections.tests.hostile_clones import CloneIt
from github_connections.tests.hostile_clones import clone_it as clone_it
from github_connections.tests.hostile_clones import hostile as hostile
from github_connections.tests.hostile_clones import trap as trap
from github_connections.tests.hostile_repositories import EXECUTABLE, FILE, LINK, SUBMODULE, TREE, HostileRepository

LFS_POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 12345\n"
DEMANDS_A_PASSWORD = "fatal: unable to access '': The requested URL returned error: 403"


def test_trap_catches_a_git_that_is_not_held(hostile: HostileRepository, trap: Path, tmp_path: Path) -> None:
    """With the environment of the tests as it is, a plain clone runs what the other tests prove is not run."""
    hostile.commit_files({b"f": b"x"})
    subprocess.run(
        ["git", "clone", "--quiet", str(hostile.directory), str(tmp_path / "plain")], capture_output=True, check=False
    )
    assert trap.exists()


def test_links_out_of_the_tree_are_plain_files(hostile: HostileRepository, clone_it: CloneIt) -> None:
    """A link, absolute, relative, in a chain or to git's own directory, holds its target as text and leads nowhere."""
    links = {
        b"absolute": b"/etc/passwd",
        b"relative": b"../../secret",
        b"chain": b"absolute",
        b"circle": b"circle",
        b"parent": b"..",
        b"config": b".git/config",
    }
    hostile.commit_files(links, mode=LINK)
    outcome = clone_it(hostile)
    assert {name: outcome.read(name.decode()) for name in links} == links


def test_directory_behind_a_link_of_the_same_name_is_refused_or_inside(
    hostile: HostileRepository, clone_it: CloneIt
) -> None:
    """A tree with a link and a directory of one name cannot have git write through the link."""
    inner = hostile.tree((FILE, b"marker", hostile.blob(b"overwritten")))
    hostile.commit(hostile.tree((LINK, b"a", hostile.blob(b"..")), (TREE, b"a", inner)))
    assert clone_it(hostile).code == "REPOSITORY_UNSAFE"


@pytest.mark.parametrize(
    "name",
    [
        b".git",
        b".GIT",
        b"git~1",
        b".git.",
        b".git ...",
        b".git::$INDEX_ALLOCATION",
        b".g\xe2\x80\x8cit",
        b"\xef\xbb\xbf.git",
        b".git\\hooks",
        b"..",
        b".",
        b"a/b",
        b"../marker",
        b"/tmp/marker",
    ],
)
def test_paths_into_gits_own_directory_or_out_of_the_tree_are_refused(
    name: bytes, hostile: HostileRepository, clone_it: CloneIt
) -> None:
    """However some file system reads the name, what would be `.git` or lie outside ends as unsafe, for good."""
    hook = hostile.tree((EXECUTABLE, b"post-checkout", hostile.blob(b"#!/bin/sh\nexit 1\n")))
    hostile.commit(hostile.tree((TREE, name, hostile.tree((TREE, b"hooks", hook)))))
    outcome = clone_it(hostile)
    assert (outcome.code, outcome.failure.transient) == ("REPOSITORY_UNSAFE", False)


def test_server_that_has_lost_objects_says_so(hostile: HostileRepository, clone_it: CloneIt) -> None:
    """A repository that its own server cannot read is broken for good."""
    hostile.commit(hostile.tree((TREE, b"", hostile.tree())))
    assert clone_it(hostile).code == "REPOSITORY_UNSAFE"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        (b"file:///etc", None),
        (b"../../secret", None),
        (b"ext::sh -c touch% x", None),
        (b"--upload-pack=touch x", "REPOSITORY_UNSAFE"),
        (b"-utouch", "REPOSITORY_UNSAFE"),
    ],
)
def test_submodules_stay_empty(url: bytes, code: str | None, hostile: HostileRepository, clone_it: CloneIt) -> None:
    """A submodule is not fetched, whatever its address; one like an option is refused with all the rest."""
    other = hostile.commit_files({b"f": b"x"}, branch="other")
    modules = hostile.blob(b'[submodule "s"]\n\tpath = s\n\turl = %s\n\tupdate = checkout\n' % url)
    hostile.commit(hostile.tree((FILE, b".gitmodules", modules), (SUBMODULE, b"s", other)))
    outcome = clone_it(hostile)
    assert outcome.code == code
    if code is None:
        assert list((outcome.target / "s").iterdir()) == []


def test_gitmodules_as_a_link_is_refused(hostile: HostileRepository, clone_it: CloneIt) -> None:
    """What git reads as its own settings cannot be a link out of the tree."""
    hostile.commit_files({b".gitmodules": b"/etc/passwd"}, mode=LINK)
    assert clone_it(hostile).code == "REPOSITORY_UNSAFE"


def test_filters_of_the_tree_are_not_run(hostile: HostileRepository, clone_it: CloneIt) -> None:
    """Attributes name a filter that the worker's own settings know, and LFS: neither is run, and a pointer stays."""
    attributes = b"*.evil filter=evil diff=evil merge=evil ident\n*.bin filter=lfs diff=lfs merge=lfs -text\n"
    hostile.commit_files({b".gitattributes": attributes, b"a.evil": b"as it is", b"b.bin": LFS_POINTER})
    outcome = clone_it(hostile)
    assert (outcome.read("a.evil"), outcome.read("b.bin")) == (b"as it is", LFS_POINTER)


def test_hooks_in_the_tree_are_files_like_others(hostile: HostileRepository, clone_it: CloneIt) -> None:
    """A directory of hooks, and the worker's own template and settings, make git run nothing (see the trap)."""
    hook = hostile.blob(b"#!/bin/sh\ntouch ../run\n")
    hooks = hostile.tree((EXECUTABLE, b"post-checkout", hook), (EXECUTABLE, b"post-merge", hook))
    config = hostile.blob(b"[core]\n\thooksPath = hooks\n")
    hostile.commit(hostile.tree((TREE, b"hooks", hooks), (FILE, b"config", config)))
    outcome = clone_it(hostile)
    assert outcome.code is None
    assert "hookspath" not in outcome.read(".git/config").decode().lower()


def test_line_ends_and_control_characters_stay_as_they_are(hostile: HostileRepository, clone_it: CloneIt) -> None:
    """Contents come byte for byte: CRLF, escape sequences, NUL; also where names hold such characters."""
    files = {
        b"crlf": b"a\r\nb\nc\r",
        b"escape\x1b]0;title\x07\x1b[31m": b"\x1b[2J\x1b]52;c;YQ==\x07",
        b"line\nfeed\r": b"\0\x01\x7f",
        b"tab\t\"quote'": b"",
        b" lead and trail ": b"",
        b"\xe2\x80\xaeright to left": b"",
    }
    hostile.commit_files(files)
    outcome = clone_it(hostile)
    assert {name: (outcome.target / name.decode()).read_bytes() for name in files} == files


def test_names_that_are_no_utf8_or_differ_only_in_case_all_arrive(
    hostile: HostileRepository, clone_it: CloneIt
) -> None:
    """Every file is there under its own name, byte for byte."""
    names = [b"\xff\xfe", b"caf\xe9", b"Read", b"READ", b"read", b"x" * 255, b"-rf", b"--help", b"*", b"C:x", b"CON"]
    hostile.commit_files({name: name for name in names})
    outcome = clone_it(hostile)
    found = {path.name.encode(errors="surrogateescape") for path in outcome.target.iterdir()}
    assert found == {*names, b".git"}


def test_longer_names_than_the_file_system_keeps_are_refused(hostile: HostileRepository, clone_it: CloneIt) -> None:
    """A name of 256 bytes ends as unsafe, for good."""
    hostile.commit_files({b"x" * 256: b""})
    outcome = clone_it(hostile)
    assert (outcome.code, outcome.failure.transient) == ("REPOSITORY_UNSAFE", False)


@pytest.mark.parametrize(
    "said",
    [
        DEMANDS_A_PASSWORD,
        "fatal: early EOF",
        "error: x: No space",
        "Updating files: 999999999% (1 of 1)",
        "Updating files: " + "9" * 100 + "%",
        "Receiving objects: 100% (" + "9" * 60 + ")",
        "remote: Counting objects: 5000000% (3)",
        "fatal: Remote branch x not found in upstream origin",
        "\x1b[31m",
    ],
)
def test_names_do_not_speak_for_git(said: str, hostile: HostileRepository, clone_it: CloneIt) -> None:
    """A name with a line feed puts a line of its own into git's complaint: it changes neither code nor progress."""
    spoken = said.replace("/", "").encode()
    hostile.commit_files({b"\n".join([b"x" * 200, spoken, b"y" * 60]): b""})
    outcome = clone_it(hostile)
    assert (outcome.code, outcome.failure.transient) == ("REPOSITORY_UNSAFE", False)


@pytest.mark.parametrize(
    "line",
    [
        "Updating files: 999999999% (1/1)",
        f"Updating files: {'9' * 6_000}%",
        "Updating files: 999% (1/1)",
        "Receiving objects: 100% (5000000/3)",
        f"Receiving objects: 100% ({'9' * 400}/1)",
        "remote: Counting objects: 100% (1/0)",
    ],
)
def test_progress_is_a_per_cent_whatever_is_printed(line: str) -> None:
    """No line, of a file's name or of a server, makes a progress that its column does not hold, or ends the reading."""
    reader = _ProgressReader()
    reader.new_message_handler()(line)
    assert reader.progress.percent in {None, *range(101)}


def test_only_the_last_of_what_git_prints_is_kept() -> None:
    """A million lines of any length leave a few kilobytes in the worker, with the last line among them."""
    reader = _ProgressReader()
    read = reader.new_message_handler()
    for number in range(10_000):
        read(f"error: {'x' * 5_000}{number}")
    read("fatal: the last")
    assert len(reader.printed()) < 60_000
    assert reader.printed().endswith("fatal: the last")
    assert reader.other_lines == reader.error_lines == []


def test_thousands_of_complaints_are_not_kept(hostile: HostileRepository, clone_it: CloneIt) -> None:
    """git complains of each file at the length of its name; the failure is known and the worker's memory small."""
    hostile.import_files((b"%s%d" % (b"x" * 3000, number), b"") for number in range(3_000))
    assert clone_it(hostile).code == "REPOSITORY_UNSAFE"
