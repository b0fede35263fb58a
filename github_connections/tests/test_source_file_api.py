"""GET …/github/files/PATH: a file whole, in part, or not again; and nothing that a browser would run."""

import os
from typing import Any
from urllib.parse import quote

import pytest

from github_connections.tests.cloned_source import Source
from github_connections.tests.connection_api import assert_refused


def test_a_text(source: Source) -> None:
    """A text comes as it is, with its commit and its name."""
    answer = source.file("shop/api/orders.py")
    assert answer.status_code == 200
    assert answer.content.decode() == "# Bestellungen für Äpfel\n"
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'inline; filename="orders.py"'
    assert answer.headers["Commit-Sha"] == source.commit
    assert answer.headers["Accept-Ranges"] == "bytes"


def test_other_bytes_are_to_be_saved(source: Source) -> None:
    """What is no text is downloaded."""
    answer = source.file("logo.png")
    assert answer.content.startswith(b"\x89PNG")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="logo.png"'


@pytest.mark.parametrize("name", ["a.txt\n", "\n", "a\nb", "a\r\nX-Evil: 1", "\r", 'a"b', "caf\u00e9", "a;b"])
def test_a_name_of_any_letters_is_written_into_one_header(source: Source, name: str) -> None:
    """Git takes names with line breaks; they neither end the header nor the request."""
    (source.place / name).write_text("x")
    answer = source.file(quote(name))
    assert (answer.status_code, answer.content) == (200, b"x")
    assert answer.headers["Content-Disposition"].startswith("inline; filename")
    assert "X-Evil" not in answer.headers


@pytest.mark.parametrize("name", ["web/index.html", "x.svg", "x.js", "x.xml", "x.pdf"])
@pytest.mark.parametrize("content", [b"<script>alert(1)</script>", b"<script>\xff</script>", b"\0<script>"])
def test_no_file_is_a_page(source: Source, name: str, content: bytes) -> None:
    """Whatever a file is called and contains, a browser is told not to make a page of it."""
    (source.place / name).write_bytes(content)
    answer = source.file(name, Accept="text/html,application/xhtml+xml,image/svg+xml")
    assert answer.content == content
    assert answer.headers["Content-Type"] in {"text/plain; charset=utf-8", "application/octet-stream"}
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", True),
        (b"caf\xc3\xa9", True),
        (b"caf\xe9", False),
        (b"caf\xc3", False),
        (b"a" * 7_999 + "é".encode() + b"b", True),
        (b"a" * 8_000 + b"\0", True),
        (b"a" * 7_999 + b"\0", False),
        ("Äpfel".encode("utf-16"), False),
    ],
)
def test_text_is_told_from_other_bytes_by_its_beginning(source: Source, content: bytes, text: bool) -> None:
    """UTF-8 without a zero byte in its first 8,000 bytes, also where these end within a letter."""
    (source.place / "file").write_bytes(content)
    answer = source.file("file")
    assert answer.content == content
    assert (answer.headers["Content-Type"] == "text/plain; charset=utf-8") == text


@pytest.mark.parametrize(
    ("asked", "status", "content", "content_range"),
    [
        ("bytes=0-3", 206, b"0123", "bytes 0-3/10"),
        ("bytes=4-", 206, b"456789", "bytes 4-9/10"),
        ("bytes=-2", 206, b"89", "bytes 8-9/10"),
        ("bytes=8-100", 206, b"89", "bytes 8-9/10"),
        ("bytes=0-0", 206, b"0", "bytes 0-0/10"),
        ("Bytes=0-3", 206, b"0123", "bytes 0-3/10"),
        ("bytes=0-1,4-5", 200, b"0123456789", None),
        ("bytes=3-1", 200, b"0123456789", None),
        ("bytes=a-b", 200, b"0123456789", None),
        ("lines=0-3", 200, b"0123456789", None),
        ("nonsense", 200, b"0123456789", None),
        ("", 200, b"0123456789", None),
    ],
)
def test_a_part(source: Source, asked: str, status: int, content: bytes, content_range: str | None) -> None:
    """One range of bytes is answered with that part; what is none, or several, with the whole."""
    (source.place / "digits").write_bytes(b"0123456789")
    answer = source.file("digits", Range=asked)
    assert (answer.status_code, answer.content) == (status, content)
    assert answer.headers.get("Content-Range") == content_range


@pytest.mark.parametrize(
    ("content", "asked"), [(b"0123456789", "bytes=10-"), (b"0123", "bytes=7-9"), (b"", "bytes=0-")]
)
def test_a_part_that_is_not_there_is_416(source: Source, content: bytes, asked: str) -> None:
    """The answer says how long the file is."""
    (source.place / "file").write_bytes(content)
    answer = source.file("file", Range=asked)
    assert_refused(answer, 416, "RANGE_NOT_SATISFIABLE", size_bytes=len(content))
    assert answer.headers["Content-Range"] == f"bytes */{len(content)}"


def test_a_part_of_the_file_that_was_begun(source: Source) -> None:
    """With If-Range the part comes only while the file is the same; otherwise the whole of the new one."""
    etag = source.file("README.md").headers["ETag"]
    assert source.file("README.md", Range="bytes=0-0", If_Range=etag).status_code == 206
    assert source.file("README.md", Range="bytes=0-0", If_Range='"another"').status_code == 200


def test_a_file_that_is_known_is_not_sent_again(source: Source) -> None:
    """With the ETag of the last answer there is no body, until the file is another."""
    etag = source.file("README.md").headers["ETag"]
    again = source.file("README.md", If_None_Match=etag)
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    # What a fresh clone does, with other contents of the same length.
    (source.place / "new").write_bytes(b"B shop.\n")
    (source.place / "new").replace(source.place / "README.md")
    fresh = source.file("README.md", If_None_Match=etag)
    assert (fresh.status_code, fresh.content) == (200, b"B shop.\n")


def test_a_file_larger_than_an_answer_is_read_in_parts(source: Source, settings: Any) -> None:
    """The whole is refused with the sizes; any part that an answer can carry is given."""
    settings.SOURCE_MAX_BYTES = 1_000
    content = os.urandom(2_500)
    (source.place / "large").write_bytes(content)
    (source.place / "fits").write_bytes(content[:1_000])

    for asked in ("", "bytes=0-1000", "bytes=500-"):
        assert_refused(source.file("large", Range=asked), 413, "FILE_TOO_LARGE", size_bytes=2_500, max_bytes=1_000)
    parts = [source.file("large", Range=f"bytes={start}-{start + 999}") for start in (0, 1_000, 2_000)]
    assert [part.status_code for part in parts] == [206, 206, 206]
    assert b"".join(part.content for part in parts) == content
    assert source.file("fits").content == content[:1_000]


@pytest.mark.parametrize(
    ("path", "details"),
    [
        ("absent", {}),
        ("shop", {"type": "directory"}),
        ("link", {"type": "link"}),
        ("linked/passwd", {}),
        (".git/config", {}),
        (".GIT/config", {}),
        ("shop/%2e%2e/README.md", {}),
        ("%2e%2e/%2e%2e/%2e%2e/etc/passwd", {}),
        ("/etc/passwd", {}),
        ("%2Fetc%2Fpasswd", {}),
        ("README.md%00", {}),
        ("README.md%0A", {}),
        ("%ff", {}),
    ],
)
def test_what_is_no_file_is_not_found(source: Source, path: str, details: dict[str, str]) -> None:
    """Nothing outside of the clone, of git's own, or behind a link is read."""
    (source.place / "link").symlink_to("/etc/passwd")
    (source.place / "linked").symlink_to("/etc")
    answer = source.file(path)
    assert_refused(answer, 404, "PATH_NOT_FOUND")
    assert answer.json()["details"] == details


@pytest.mark.parametrize("name", ["a b#c?.txt", "ä/ö.txt", 'quo"te', "percent%41", "-option", "a\nb", "back\\slash"])
def test_names_of_every_kind(source: Source, name: str) -> None:
    """A name that a URL cannot hold as it is comes quoted, its slashes quoted or not."""
    (source.place / name).parent.mkdir(exist_ok=True)
    (source.place / name).write_text(name)
    for written in (quote(name), quote(name, safe="")):
        answer = source.file(written)
        assert (answer.status_code, answer.content.decode()) == (200, name)


def test_head_tells_the_size(source: Source) -> None:
    """How much there is to read is learned without reading it."""
    address = source.file("README.md").request["PATH_INFO"]
    answer = source.client.head(address)
    assert (answer.status_code, answer.headers["Content-Length"], answer.content) == (200, "8", b"")
