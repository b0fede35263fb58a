"""What was found out before: trees by the content of their file, and the whole report while nothing has changed.

A cache belongs to one repository of one tenant: a shared one would tell that somebody else holds the same file. It is
two files, each written whole and renamed; one that cannot be read, or that another version wrote, is none. One that
cannot be written is none either: the next analysis takes longer, and this one has its report.
"""

from __future__ import annotations

import hashlib
import logging
import os
import stat
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from github_connections.analysis.processes import Answer

logger = logging.getLogger(__name__)

REPORT = "report.msgpack"
TREES = "trees.msgpack"
MAXIMUM_BYTES = 200 * 1024 * 1024
# Before all else stands the checksum of the rest: trees are decoded late, when it would be late to find out.
_SUM_BYTES = hashlib.sha256().digest_size


class KnownReport(Struct, frozen=True):
    """The report as JSON, of the checkout with this digest."""

    version: str
    digest: str
    report: bytes


class KnownTrees(Struct, frozen=True):
    """What parsing answered, by language and content."""

    version: str
    answers: dict[str, Answer]


Known = TypeVar("Known", KnownReport, KnownTrees)


@cache
def analyzer_version() -> str:
    """Return a digest of the analyser's own source: another analyser does not believe this one's results."""
    digest = hashlib.sha256()
    for directory, inside, names in os.walk(Path(__file__).parent):
        inside[:] = sorted(set(inside) - {"tests", "__pycache__"})
        for name in sorted(names):
            digest.update(Path(directory, name).read_bytes())
    return digest.hexdigest()[:16]


def key_of(language: str, content: bytes) -> str:
    """Return the name of a file's answer."""
    return f"{language}:{hashlib.sha256(content).hexdigest()}"


def known_report(directory: Path | None, digest: str) -> bytes | None:
    """Return the report of an earlier analysis of the very same checkout."""
    known = _load(directory, REPORT, KnownReport)
    return known.report if known is not None and known.digest == digest else None


def known_answers(directory: Path | None) -> dict[str, Answer]:
    """Return what parsing answered in an earlier analysis."""
    known = _load(directory, TREES, KnownTrees)
    return known.answers if known is not None else {}


def keep_report(directory: Path | None, digest: str, report: bytes) -> None:
    """Leave the report for the next analysis."""
    _save(directory, REPORT, KnownReport(analyzer_version(), digest, report))


def keep_answers(directory: Path | None, answers: dict[str, Answer]) -> None:
    """Leave what parsing answered for the next analysis."""
    _save(directory, TREES, KnownTrees(analyzer_version(), answers))


def keep_both_of(earlier: Path | None, directory: Path | None) -> None:
    """Leave an earlier analysis' results, which still hold, where this one's belong."""
    for name in (REPORT, TREES) if directory != earlier else ():
        content = _read(earlier, name)
        if content is not None and directory is not None:
            _write(directory, name, content)


def _load(directory: Path | None, name: str, kind: type[Known]) -> Known | None:
    content = _read(directory, name)
    if content is None:
        return None
    packed = memoryview(content)[_SUM_BYTES:]
    if hashlib.sha256(packed).digest() != content[:_SUM_BYTES]:
        return None
    try:
        known = msgspec.msgpack.decode(packed, type=kind)
    except (msgspec.DecodeError, RecursionError):
        return None
    return known if known.version == analyzer_version() else None


def _read(directory: Path | None, name: str) -> bytes | None:
    if directory is None:
        return None
    try:
        descriptor = os.open(directory / name, os.O_RDONLY | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            is_one_of_ours = stat.S_ISREG(status.st_mode) and status.st_size <= MAXIMUM_BYTES + _SUM_BYTES
            return file.read() if is_one_of_ours else None
    except OSError:
        return None


def _save(directory: Path | None, name: str, found: KnownReport | KnownTrees) -> None:
    packed = msgspec.msgpack.encode(found)
    if directory is not None and len(packed) <= MAXIMUM_BYTES:
        _write(directory, name, hashlib.sha256(packed).digest() + packed)


def _write(directory: Path, name: str, content: bytes) -> None:
    temporary = directory / f"{name}.{os.urandom(8).hex()}"
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        temporary.rename(directory / name)
    except OSError as error:
        logger.warning("What an analysis found cannot be kept for the next one: %s", error)
        with suppress(OSError):  # it may not even have been made
            temporary.unlink()
