"""Every file of a checkout: what language it is in, and whether it is worth reading."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct, field

from github_connections.analysis.directories import Directories
from github_connections.analysis.languages import PARSED, language_of, reported
from github_connections.analysis.limits import Limits
from github_connections.analysis.placement import (
    is_environment,
    is_route_by_place,
    is_test_directory,
    is_test_file,
    reason_not_to_read,
    reason_to_pass,
)
from github_connections.analysis.report import Language, Skipped

# The system opens no longer one in one go, and git makes none.
MAXIMUM_PATH_LENGTH = 4_096


class Source(Struct, frozen=True):
    """A file to parse: its path with `/` between the parts, its language, its size in bytes."""

    path: str
    language: str
    size: int


class Inventory:
    """What lies in a checkout. Every list is sorted by path."""

    def __init__(self, root: Path) -> None:
        self.sources: list[Source] = []
        self.tests: list[Source] = []
        # Everything else that is a plain file, with its size: manifests, configuration, templates.
        self.others: dict[str, int] = {}
        # The same among the tests, where pages and schemas are examples, and a manifest says what tests are run with.
        self.others_of_tests: dict[str, int] = {}
        self.skipped: list[Skipped] = []
        self.counted: dict[str, list[int]] = {}  # language → [files, bytes]
        self.files_seen = 0
        self.truncated = False
        self.directories = Directories(root)

    @property
    def paths(self) -> list[str]:
        """Every path that may be asked for, without the tests'."""
        return sorted([*(source.path for source in self.sources), *self.others])

    def languages(self) -> list[Language]:
        """Return the languages by their bytes, the largest first."""
        total = sum(size for _, size in self.counted.values()) or 1
        rows = [
            Language(name=name, files=files, bytes=size, share=round(size / total, 4))
            for name, (files, size) in self.counted.items()
        ]
        return sorted(rows, key=lambda row: (-row.bytes, row.name))

    def read(self, path: str, maximum: int) -> bytes | None:
        """Return a file's bytes; None where it is no plain file below the root, too large, or cannot be read."""
        return self.directories.read(path, maximum)


def take(root: Path, limits: Limits) -> Inventory:
    """Walk a checkout; links are never followed, and no file is opened."""
    inventory = Inventory(root)
    taker = _Taker(inventory, limits)
    for path, size, is_test in _files(inventory):
        inventory.files_seen += 1
        if inventory.files_seen > limits.files:
            inventory.truncated = True
            inventory.skipped.append(
                Skipped(file=path, reason=f"more than {limits.files} files; no more was looked at")
            )
            break
        taker.take(path, size, is_test)
    inventory.sources.sort(key=lambda source: source.path)
    inventory.tests.sort(key=lambda source: source.path)
    inventory.others = dict(sorted(inventory.others.items()))
    inventory.others_of_tests = dict(sorted(inventory.others_of_tests.items()))
    inventory.skipped.sort(key=lambda skipped: skipped.file)
    return inventory


class _Taker(Struct):
    """Puts each file where it belongs."""

    inventory: Inventory
    limits: Limits
    taken: int = field(default=0)  # bytes

    def take(self, path: str, size: int, is_test: bool) -> None:
        """Put one file where it belongs."""
        language = language_of(path)
        if language not in PARSED:
            self._count(language, size)
            among = self.inventory.others_of_tests if is_test else self.inventory.others
            among[path] = size
            return
        reason = reason_not_to_read(path) or self._too_large(size, is_test)
        if reason:
            self.inventory.skipped.append(Skipped(file=path, reason=reason))
            return
        self._count(language, size)
        source = Source(path, language, size)
        if is_test:
            self.inventory.tests.append(source)
        else:
            self.taken += size
            self.inventory.sources.append(source)

    def _too_large(self, size: int, is_test: bool) -> str:
        if size > self.limits.bytes_per_file:
            return f"larger than {self.limits.bytes_per_file} bytes"
        if is_test or self.taken + size <= self.limits.bytes:
            return ""
        self.inventory.truncated = True
        return f"more than {self.limits.bytes} bytes of source"

    def _count(self, language: str, size: int) -> None:
        if language:
            counted = self.inventory.counted.setdefault(reported(language), [0, 0])
            counted[0] += 1
            counted[1] += size


def _files(inventory: Inventory) -> Iterator[tuple[str, int, bool]]:
    """Yield (path, bytes, whether of tests) of every plain file, without recursion: trees may be very deep."""
    waiting: list[tuple[str, bool]] = [("", False)]
    while waiting:
        directory, among_tests = waiting.pop()
        entries = _entries(inventory, directory)
        names = {name for name, _ in entries}
        if directory and is_environment(names):
            _skip(inventory, f"{directory}/", "a virtual environment")
            continue
        inside: list[tuple[str, bool]] = []
        for name, status in entries:
            path = f"{directory}/{name}" if directory else name
            is_directory = stat.S_ISDIR(status.st_mode)
            reason = _reason_to_skip(path, status) or (reason_to_pass(path, names) if is_directory else "")
            if reason:
                _skip(inventory, f"{path}/" if is_directory else path, reason)
            elif is_directory:
                inside.append((path, among_tests or is_test_directory(path)))
            else:
                is_test = (among_tests and not is_route_by_place(path)) or is_test_file(path)
                yield path, status.st_size, is_test
        waiting += reversed(inside)


def _entries(inventory: Inventory, directory: str) -> list[tuple[str, os.stat_result]]:
    try:
        return inventory.directories.entries(directory)
    except OSError as error:
        _skip(inventory, f"{directory}/", f"cannot be listed: {os.strerror(error.errno or 0)}")
        return []


def _skip(inventory: Inventory, path: str, reason: str) -> None:
    inventory.skipped.append(Skipped(file=shown(path), reason=reason))


def _reason_to_skip(path: str, status: os.stat_result) -> str:
    if stat.S_ISLNK(status.st_mode):
        return "a link"
    if not stat.S_ISREG(status.st_mode) and not stat.S_ISDIR(status.st_mode):
        return "neither a file nor a directory"
    if len(path) > MAXIMUM_PATH_LENGTH:
        return f"a path longer than {MAXIMUM_PATH_LENGTH} characters"
    return "" if path.isprintable() else "a name that cannot be printed"


def shown(path: str) -> str:
    """Return a path as it can be printed: no control characters, nothing that is not UTF-8, a bounded length."""
    return "".join(
        character if character.isprintable() else _escaped(character) for character in path[:MAXIMUM_PATH_LENGTH]
    )


def _escaped(character: str) -> str:
    errors = "surrogateescape" if "\udc80" <= character <= "\udcff" else "surrogatepass"
    return "".join(f"\\x{byte:02x}" for byte in character.encode("utf-8", errors))
