"""What was found out before: trees by the content of their file, and the whole report while nothing has changed.

A cache belongs to one repository of one tenant: a shared one would tell that somebody else holds the same file. It is
one file, written whole and renamed; one that cannot be read, or that another version wrote, is no cache.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct

from github_connections.analysis.parser_process import Answer

NAME = "analysis.msgpack"
MAXIMUM_BYTES = 200 * 1024 * 1024


class Stored(Struct, frozen=True):
    """What the file holds: the version of the analyser, the digest of the checkout, its report, answers by content."""

    version: str
    digest: str
    report: bytes
    answers: dict[str, Answer]


@cache
def analyzer_version() -> str:
    """Return a digest of the analyser's own source: another analyser does not believe this one's results."""
    digest = hashlib.sha256()
    package = Path(__file__).parent
    for path in sorted(package.rglob("*.py")):
        if "tests" not in path.relative_to(package).parts:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def key_of(language: str, content: bytes) -> str:
    """Return the name of a file's answer."""
    return f"{language}:{hashlib.sha256(content).hexdigest()}"


def load(directory: Path | None) -> Stored | None:
    """Return what an earlier analysis left; None where there is nothing to believe."""
    if directory is None:
        return None
    try:
        content = (directory / NAME).read_bytes()
        stored = msgspec.msgpack.decode(content, type=Stored)
    except (OSError, msgspec.DecodeError, RecursionError):
        return None
    return stored if stored.version == analyzer_version() else None


def stored(digest: str, report: bytes, answers: dict[str, Answer]) -> Stored:
    """Put together what this analyser found."""
    return Stored(analyzer_version(), digest, report, answers)


def save(directory: Path | None, found: Stored) -> None:
    """Leave the results for the next analysis; larger ones than a cache may be are left out."""
    if directory is None:
        return
    content = msgspec.msgpack.encode(found)
    if len(content) > MAXIMUM_BYTES:
        return
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = directory / f"{NAME}.{secrets.token_hex(8)}"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    temporary.rename(directory / NAME)
