"""Clone directories: where they are, and how they come and go whole.

    CLONE_ROOT/{tenant}/repos/{connection}/      a complete clone; a reader never sees another
    CLONE_ROOT/{tenant}/incoming/{name}/         being made or being removed; nobody reads it
    CLONE_ROOT/{tenant}/analysis/{connection}/   what the analysis of that clone found, for the next one

Both lie on one file system, so a clone comes and goes by a rename.
"""

import contextlib
import errno
import logging
import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

logger = logging.getLogger(__name__)

REPOSITORIES = "repos"
INCOMING = "incoming"
ANALYSES = "analysis"


class WorkspaceUnsafe(OSError):
    """A link stands in the place of a directory of ours: somebody else's hand is in it, so nothing is done."""


def checkout_path(tenant_id: uuid.UUID, connection_id: uuid.UUID) -> Path:
    """Return where the complete clone of a connection lies, or would lie."""
    return _directory(tenant_id, REPOSITORIES) / str(connection_id)


def analysis_path(tenant_id: uuid.UUID, connection_id: uuid.UUID) -> Path:
    """Return where an analysis of the connection left what it found, if one did."""
    path = _directory(tenant_id, ANALYSES) / str(connection_id)
    _refuse_links(path)
    return path


def keep_analysis(incoming: Path, tenant_id: uuid.UUID, connection_id: uuid.UUID) -> None:
    """Put what an analysis found in the place of what an earlier one did; the caller holds the row."""
    target = analysis_path(tenant_id, connection_id)
    if incoming.is_dir():
        _make(target.parent)
        _delete(target)
        incoming.rename(target)


def forget_analysis(tenant_id: uuid.UUID, connection_id: uuid.UUID) -> bool:
    """Remove what the analysis of a clone kept; return whether there was something."""
    path = analysis_path(tenant_id, connection_id)
    kept = path.exists()
    _delete(path)
    return kept


@contextlib.contextmanager
def incoming_directory(tenant_id: uuid.UUID, connection_id: uuid.UUID, attempt_id: uuid.UUID) -> Iterator[Path]:
    """Yield a path, not made yet, for one attempt to clone; what is there afterwards is removed."""
    path = _incoming_path(tenant_id, connection_id, attempt_id)
    _make(path.parent)
    try:
        yield path
    finally:
        _delete(path)


def discard_incoming(tenant_id: uuid.UUID, connection_id: uuid.UUID, attempt_id: uuid.UUID) -> None:
    """Remove what a dead worker left of its attempt."""
    path = _incoming_path(tenant_id, connection_id, attempt_id)
    _refuse_links(path)
    _delete(path)


def publish(incoming: Path, tenant_id: uuid.UUID, connection_id: uuid.UUID) -> Path:
    """Move a complete clone to where it is read, in place of an older one, and return its path.

    The older one is read until then, and goes on being read where this fails.
    """
    target = checkout_path(tenant_id, connection_id)
    _make(target.parent)
    older = _set_aside(tenant_id, connection_id)
    try:
        incoming.rename(target)
    except OSError:
        if older is not None:
            older.rename(target)
        raise
    try:
        _delete_set_aside(tenant_id, connection_id)
    except OSError:
        # The new clone is none the worse for it; reconciliation finds what is left.
        logger.exception("the clone before the present one of %s could not be removed", connection_id)
    return target


def remove(tenant_id: uuid.UUID, connection_id: uuid.UUID) -> bool:
    """Remove the clone of a connection and what its analysis kept; return whether there was a clone.

    Removes as well what an earlier removal had to leave behind. OSError where something cannot be removed.
    """
    forget_analysis(tenant_id, connection_id)
    _set_aside(tenant_id, connection_id)
    return _delete_set_aside(tenant_id, connection_id)


def _set_aside(tenant_id: uuid.UUID, connection_id: uuid.UUID) -> Path | None:
    """Take a clone away from its readers at once, by a name of its own, and return where it is; None without one."""
    path = checkout_path(tenant_id, connection_id)
    incoming = _directory(tenant_id, INCOMING)
    _refuse_links(path)
    _make(incoming)
    try:
        return path.rename(incoming / f"{connection_id}.{uuid.uuid4()}.leaving")
    except FileNotFoundError:
        return None


def _delete_set_aside(tenant_id: uuid.UUID, connection_id: uuid.UUID) -> bool:
    """Remove at leisure what was taken away from its readers; return whether there was something."""
    leaving = list(_directory(tenant_id, INCOMING).glob(f"{connection_id}.*.leaving"))
    for directory in leaving:
        _delete(directory)
    return bool(leaving)


def tenant_directories() -> set[uuid.UUID]:
    """Return the tenants for which something lies below CLONE_ROOT; what has no tenant's name is not ours."""
    return set(_named_by_id(Path(settings.CLONE_ROOT)))


def complete_clones(tenant_id: uuid.UUID) -> dict[uuid.UUID, Path]:
    """Return where each complete clone of the tenant lies, by its connection."""
    return _named_by_id(_directory(tenant_id, REPOSITORIES))


def kept_analyses(tenant_id: uuid.UUID) -> dict[uuid.UUID, Path]:
    """Return where the analysis of each clone of the tenant left what it found, by its connection."""
    return _named_by_id(_directory(tenant_id, ANALYSES))


def incoming_directories(tenant_id: uuid.UUID) -> list[Path]:
    """Return everything of the tenant that is being made or removed, or was left behind in the middle of it."""
    incoming = _directory(tenant_id, INCOMING)
    _refuse_links(incoming)
    return sorted(incoming.iterdir()) if incoming.exists() else []


def discard(tenant_id: uuid.UUID, left_behind: Path) -> None:
    """Remove one of the tenant's incoming directories."""
    if left_behind.parent != _directory(tenant_id, INCOMING):
        raise WorkspaceUnsafe(f"{left_behind} is no incoming directory of the tenant {tenant_id}")
    _refuse_links(left_behind)
    _delete(left_behind)


def _named_by_id(directory: Path) -> dict[uuid.UUID, Path]:
    """Return the directories in this one that are named by an id; links and everything else are left out."""
    _refuse_links(directory)
    named = {}
    for path in directory.iterdir() if directory.exists() else ():
        with contextlib.suppress(ValueError):
            if path.is_dir() and not path.is_symlink():
                named[uuid.UUID(path.name)] = path
    return named


def _incoming_path(tenant_id: uuid.UUID, connection_id: uuid.UUID, attempt_id: uuid.UUID) -> Path:
    return _directory(tenant_id, INCOMING) / f"{connection_id}.{attempt_id}"


def _directory(tenant_id: uuid.UUID, part: str) -> Path:
    return Path(settings.CLONE_ROOT) / str(tenant_id) / part


def _make(directory: Path) -> None:
    """Make the directory for this service alone; CLONE_ROOT itself is made by whoever mounts its disk."""
    _refuse_links(directory)
    if not Path(settings.CLONE_ROOT).is_dir():
        raise WorkspaceUnsafe(f"CLONE_ROOT, {settings.CLONE_ROOT}, is not there: is its volume mounted?")
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)


def _refuse_links(path: Path) -> None:
    """WorkspaceUnsafe where a link stands in the place of the path, or of a directory of ours above it."""
    root = Path(settings.CLONE_ROOT)
    for ours in (path, *path.parents):
        if ours.is_symlink():
            raise WorkspaceUnsafe(f"{ours} is a link")
        if ours == root:
            return


def _delete(path: Path) -> None:
    if not os.path.lexists(path):
        return
    try:
        # It follows no links below the path, and refuses a path that is one.
        shutil.rmtree(path)
    except (RecursionError, OSError) as error:
        if isinstance(error, OSError) and error.errno != errno.EMFILE:
            raise
        _delete_deep(path)


def _delete_deep(path: Path) -> None:
    """Remove a tree of more levels than rmtree, with a call and a file descriptor for each, can go down."""
    removal = subprocess.run(["rm", "-r", "-f", "--", str(path)], capture_output=True, check=False)
    if removal.returncode:
        raise OSError(errno.EIO, "rm could not remove the tree", str(path))
