"""Directories that belong to one embedded server alone."""

import fcntl
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from qualisys.dev.embedded_errors import EmbeddedServerError


@contextmanager
def exclusive_use(directory: Path) -> Iterator[None]:
    """Hold a directory for this process; the system lets go of it even when the process is killed."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        _lock(descriptor, directory)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def socket_directory(owner: int | None, record: Path) -> Iterator[Path]:
    """A new directory with a short path that only its owner (and root) can enter, removed afterwards.

    `record` becomes a link to it, for `remove_recorded`.
    """
    # TMPDIR may be closed to the server's user, or longer than the 107 characters of a socket's path.
    directory = Path(mkdtemp(prefix="qualisys-", dir="/tmp"))
    record.symlink_to(directory)
    try:
        if owner is not None:
            os.chown(directory, owner, -1)
        yield directory
    finally:
        shutil.rmtree(directory)
        record.unlink()


def claim(directory: Path, owner: int | None) -> None:
    """Make a directory, for another user if one is given, and refuse one that somebody else made before."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if owner is None:
        return
    status = directory.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid not in (os.geteuid(), owner):
        raise EmbeddedServerError(f"{directory} belongs to somebody else. Remove it and start again.")
    os.chown(directory, owner, -1, follow_symlinks=False)
    directory.chmod(0o700)


def empty(directory: Path) -> None:
    """Remove what lies in a directory, never what its links lead to."""
    for entry in directory.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def remove_recorded(record: Path, owner: int | None) -> None:
    """Remove the socket directory that a killed process recorded and left behind, if there is one."""
    if not record.is_symlink():
        return
    directory = record.readlink()
    # A cleaner of old files may have removed it, and somebody else may have the name by now.
    if directory.is_dir() and directory.lstat().st_uid in (os.geteuid(), owner):
        shutil.rmtree(directory)
    record.unlink()


def _lock(descriptor: int, directory: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise EmbeddedServerError(
            f"Another process runs an embedded server in {directory}. Stop it, or name another directory."
        ) from error
