"""Reading a complete clone by way of descriptors: no link is followed, nothing outside is reached, `.git` is not there.

Each step of a path is opened from the directory before it, so that nobody can put a link in its place in between. The
clone's own directory stays open for as long as a reader looks at it, and a question whose clone was taken away
meanwhile has no answer: what one question is told is of one clone, and of all of it.
"""

import contextlib
import errno
import itertools
import os
import stat
import uuid
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from django.conf import settings

from github_connections import workspace

Answer = TypeVar("Answer")

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Without waiting: a pipe that somebody laid there by hand would hold the reader for ever.
_FILE = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
# Not what was asked for: absent, no directory, a link, a socket, a name that no file can have.
_SOMETHING_ELSE = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EMLINK, errno.ENXIO, errno.ENAMETOOLONG}
_GIT = ".git"


class EntryType(StrEnum):
    """What lies at a path."""

    FILE = "file"
    DIRECTORY = "directory"
    LINK = "link"
    OTHER = "other"


class CloneGone(Exception):
    """No clone lies there, or another one since the question was put."""


class NothingThere(Exception):
    """The clone has not what was asked for; `found` is what it has at that path, if anything."""

    def __init__(self, found: EntryType | None = None) -> None:
        self.found = found
        super().__init__(f"found {found}")


@dataclass(frozen=True, slots=True)
class Entry:
    """What lies at a path, which is that from the top of the clone."""

    path: str
    type: EntryType
    size_bytes: int | None


class SourceFile:
    """A regular file, open."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise NothingThere(_type_of(status.st_mode))
        self.size_bytes = status.st_size
        # Nobody writes into a complete clone, so that other contents have another identity.
        self.identity = (status.st_ino, status.st_ctime_ns, status.st_size)

    def read(self, start: int, stop: int) -> bytes:
        """Return the bytes from start to before stop; fewer where the file ends before."""
        parts = []
        while start < stop and (part := os.pread(self._descriptor, stop - start, start)):
            parts.append(part)
            start += len(part)
        return b"".join(parts)


class Checkout:
    """A clone's directory, open."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        status = os.fstat(descriptor)
        # Differs between any two clones, also of the same commit.
        self.identity = (status.st_ino, status.st_ctime_ns)

    def lies_at(self, place: Path) -> bool:
        """Return whether this is what is found there."""
        with contextlib.suppress(OSError):
            return os.path.samestat(os.fstat(self._descriptor), place.lstat())
        return False

    def commit(self) -> str:
        """Return the commit that lies in this directory; the row may speak of the next clone already.

        Empty where git's own files do not say.
        """
        try:
            head = self._text_of_git("HEAD")
            name = head.removeprefix("ref: ")
            return head if name == head else self._text_of_git(name)
        except NothingThere:
            return ""

    def entries(self, path: str, depth: int) -> "Entries":
        """Return what lies below a directory, so many levels deep: each directory, then what is in it."""
        return Entries(lambda: self._opened(_parts(path), _DIRECTORY), f"{path}/" if path else "", depth)

    @contextlib.contextmanager
    def file(self, path: str) -> Iterator[SourceFile]:
        """Open a regular file. NothingThere where the path is none."""
        with self._opened(_parts(path), _FILE) as descriptor:
            yield SourceFile(descriptor)

    def _text_of_git(self, name: str) -> str:
        with self._opened([_GIT, *_parts(name)], _FILE) as descriptor:
            return SourceFile(descriptor).read(0, 1_000).decode().strip()

    @contextlib.contextmanager
    def _opened(self, parts: Sequence[str], flags: int) -> Iterator[int]:
        with _down(self._descriptor, parts[:-1]) as directory, contextlib.ExitStack() as stack:
            yield stack.enter_context(_open(parts[-1], flags, directory)) if parts else directory


class Entries:
    """What lies below a directory, to be counted, and shown in parts, while its question is answered.

    Nothing but its name is read of what is not shown, since there may be hundreds of thousands. NothingThere where
    the path is no directory.
    """

    def __init__(self, open_top: Callable[[], AbstractContextManager[int]], above: str, depth: int) -> None:
        self._open_top = open_top
        self._above = above
        self._depth = depth

    def __len__(self) -> int:
        with self._open_top() as top:
            return sum(1 for _ in _walk(top, self._above, self._depth))

    def __getitem__(self, part: slice) -> list[Entry]:
        with self._open_top() as top:
            walked = _walk(top, self._above, self._depth)
            with contextlib.closing(walked):
                return [_entry(above, found) for above, found in itertools.islice(walked, part.start, part.stop)]

    def __iter__(self) -> Iterator[Entry]:
        return iter(self[:])


def ask(tenant_id: uuid.UUID, connection_id: uuid.UUID, question: Callable[[Checkout], Answer]) -> Answer:
    """Return the answer to a question about a connection's clone.

    CloneGone where there is none, or another one by the time of the answer. OSError where the disk is at fault.
    """
    root = Path(settings.CLONE_ROOT)
    place = workspace.checkout_path(tenant_id, connection_id)
    with contextlib.ExitStack() as stack:
        try:
            top = stack.enter_context(_open(str(root), _DIRECTORY))
            checkout = Checkout(stack.enter_context(_down(top, place.relative_to(root).parts)))
        except NothingThere as error:
            raise CloneGone from error
        try:
            return question(checkout)
        finally:
            if not checkout.lies_at(place):
                raise CloneGone


@contextlib.contextmanager
def _down(directory: int, names: Sequence[str]) -> Iterator[int]:
    """Open the directory at the end of these names."""
    with contextlib.ExitStack() as above:
        for name in names:
            below = contextlib.ExitStack()
            try:
                directory = below.enter_context(_open(name, _DIRECTORY, directory))
            except NothingThere as error:
                # What stands in the way is not what was asked for.
                raise NothingThere from error
            # A path may have more levels than a process may have files open.
            above.close()
            above.push(below)
        yield directory


@contextlib.contextmanager
def _open(name: str, flags: int, directory: int | None = None) -> Iterator[int]:
    try:
        descriptor = os.open(name, flags, dir_fd=directory)
    except OSError as error:
        if error.errno not in _SOMETHING_ELSE:
            raise
        raise NothingThere(_type_at(name, directory)) from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _parts(path: str) -> list[str]:
    """Return the names of a path, which leads down alone, and never to git's own directory."""
    names = path.split("/") if path else []
    if any(name in {"", ".", ".."} or "\0" in name or _is_gits(name) for name in names):
        raise NothingThere
    return names


def _walk(directory: int, above: str, depth: int) -> Generator[tuple[str, "os.DirEntry[str]"], None, None]:
    """Yield what lies below the directory, each with what stands before its name; to be looked at before the next."""
    try:
        with os.scandir(directory) as found:
            listed = sorted((each for each in found if not _is_gits(each.name)), key=lambda each: each.name)
    except FileNotFoundError as error:
        # It is being removed.
        raise NothingThere from error
    for each in listed:
        yield above, each
        if depth > 1 and each.is_dir(follow_symlinks=False):
            with _open(each.name, _DIRECTORY, directory) as below:
                yield from _walk(below, f"{above}{_printable(each.name)}/", depth - 1)


def _entry(above: str, found: "os.DirEntry[str]") -> Entry:
    try:
        status = found.stat(follow_symlinks=False)
    except FileNotFoundError as error:
        # It is being removed.
        raise NothingThere from error
    kind = _type_of(status.st_mode)
    return Entry(f"{above}{_printable(found.name)}", kind, status.st_size if kind is EntryType.FILE else None)


def _is_gits(name: str) -> bool:
    """Whether some file system takes the name for git's own directory; git writes no file that looks more like it."""
    return name.lower() == _GIT


def _printable(name: str) -> str:
    """Return the name as JSON can carry it: where it is not UTF-8, with a sign in the place of each wrong byte."""
    return os.fsencode(name).decode(errors="replace")


def _type_at(name: str, directory: int | None) -> EntryType | None:
    with contextlib.suppress(OSError):
        return _type_of(os.stat(name, dir_fd=directory, follow_symlinks=False).st_mode)
    return None


def _type_of(mode: int) -> EntryType:
    known = ((stat.S_ISREG, EntryType.FILE), (stat.S_ISDIR, EntryType.DIRECTORY), (stat.S_ISLNK, EntryType.LINK))
    return next((kind for is_it, kind in known if is_it(mode)), EntryType.OTHER)
