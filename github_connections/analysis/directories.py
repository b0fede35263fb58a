"""Opening what lies below a directory, without ever following a link on the way."""

from __future__ import annotations

import os
import stat
from pathlib import Path

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# A named pipe would otherwise keep its reader waiting for a writer.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


def path_of(descriptor: int) -> Path:
    """Return the path of an open directory, in this process and in those that are given its descriptor.

    It is that very directory, whatever is put in its place meanwhile.
    """
    return Path(f"/proc/self/fd/{descriptor}")


class Directories:
    """The directories below a root, opened part by part: a link put there later cannot lead out of it.

    The one asked for last stays open, so that going through a tree in its order costs one step a directory.
    """

    _root = -1

    def __init__(self, root: Path) -> None:
        self._root = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._path = ""
        self._descriptor = self._root

    def __del__(self) -> None:
        if self._root >= 0:
            self._forget()
            os.close(self._root)

    @property
    def root(self) -> Path:
        """The root itself."""
        return path_of(self._root)

    def entries(self, directory: str) -> list[tuple[str, os.stat_result]]:
        """Return the names in a directory with what they are, sorted; OSError where it cannot be listed."""
        with os.scandir(self._open(directory)) as listing:
            return sorted(
                ((entry.name, entry.stat(follow_symlinks=False)) for entry in listing), key=lambda entry: entry[0]
            )

    def open_file(self, path: str) -> int | None:
        """Return a descriptor of a file, to be closed by the caller; None where it cannot be opened."""
        directory, _, name = path.rpartition("/")
        try:
            return os.open(name, _FILE, dir_fd=self._open(directory))
        except (OSError, ValueError):
            return None

    def read(self, path: str, maximum: int) -> bytes | None:
        """Return a file's bytes; None where it is no plain file below the root, too large, or cannot be read.

        No link on the way to it is followed, not even one that was put there after the files were listed.
        """
        descriptor = self.open_file(path)
        if descriptor is None:
            return None
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or status.st_size > maximum:
                return None
            return os.read(descriptor, status.st_size)
        finally:
            os.close(descriptor)

    def _open(self, directory: str) -> int:
        if directory == self._path:
            return self._descriptor
        start, rest = self._root, directory
        if self._path and directory.startswith(f"{self._path}/"):
            start, rest = self._descriptor, directory[len(self._path) + 1 :]
        opened = _opened(start, rest) if rest else self._root
        self._forget()
        self._path, self._descriptor = directory, opened
        return opened

    def _forget(self) -> None:
        if self._descriptor != self._root:
            os.close(self._descriptor)
        self._path, self._descriptor = "", self._root


def _opened(start: int, path: str) -> int:
    descriptor = start
    for part in path.split("/"):
        if part in ("", ".", ".."):
            raise FileNotFoundError(path)
        try:
            inner = os.open(part, _DIRECTORY, dir_fd=descriptor)
        finally:
            if descriptor != start:
                os.close(descriptor)
        descriptor = inner
    return descriptor
