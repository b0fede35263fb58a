"""One depth-1 clone of a stranger's repository: watched, limited, and ended whole."""

import errno
import re
import shutil
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import git
from git import GitCommandError, RemoteProgress

from github_connections.errors import BytesExceeded, CloneFailure
from github_connections.remote.git_failures import clone_failure
from github_connections.remote.git_process import GitProcess, HeldGit, askpass, environment
from github_connections.remote.leak_check import refuse_leaked_token
from github_connections.remote.tree_size import TreeSize, measure
from qualisys.redaction import redact

SECONDS_BETWEEN_CHECKS = 0.1
# Measuring takes at most about a tenth of the time, and a large tree is looked at once a second all the same.
SECONDS_BETWEEN_MEASUREMENTS = 1.0
PAUSE_PER_SECOND_OF_MEASURING = 10
# A repository can have git complain of each of its files, at the length of their names.
KEPT_LINES = 100
KEPT_CHARACTERS = 500
_UNITS = {"bytes": 1, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}


@dataclass(frozen=True)
class CloneLimits:
    """What one clone may take: seconds, bytes and files on disk, git's memory, and what must stay free beside it."""

    seconds: float
    stall_seconds: int
    max_bytes: int
    max_files: int
    max_memory_bytes: int
    minimum_free_bytes: int
    checkout_workers: int


@dataclass(frozen=True)
class Progress:
    """What git last said it was doing: its own name of the stage, per cent of it, and bytes that came so far."""

    stage: str = "connecting"
    percent: int | None = None
    received_bytes: int | None = None


@dataclass(frozen=True)
class Cloned:
    """What came of a clone."""

    commit_sha: str
    size: TreeSize


class _ProgressReader(RemoteProgress):
    """Keeps git's last progress, and the last of what else git printed. Anybody may have written it."""

    # The last part of the name that git gives a stage; "Updating files" is the newer "Checking out files".
    STAGES = {
        RemoteProgress.COUNTING: "counting",
        RemoteProgress.COMPRESSING: "compressing",
        RemoteProgress.RECEIVING: "receiving",
        RemoteProgress.RESOLVING: "resolving",
        RemoteProgress.CHECKING_OUT: "checking_out",
    }
    _RECEIVED = re.compile(r"(\d{1,9}(?:\.\d{1,3})?) (bytes|KiB|MiB|GiB)\b")
    _UPDATING = re.compile(r"Updating files:\s+(\d{1,3})%")

    def __init__(self) -> None:
        super().__init__()
        self.progress = Progress()
        self._lines: deque[str] = deque(maxlen=KEPT_LINES)

    def new_message_handler(self) -> Callable[[str], None]:
        read = super().new_message_handler()

        def read_and_keep_the_last(line: str) -> None:
            read(line[:KEPT_CHARACTERS])
            self._lines.extend([*self.other_lines, *self.error_lines])
            self.other_lines.clear()
            self.error_lines.clear()

        return read_and_keep_the_last

    def update(
        self, op_code: int, cur_count: str | float, max_count: str | float | None = None, message: str = ""
    ) -> None:
        stage = self.STAGES.get(op_code & self.OP_MASK)
        if stage:
            part = float(cur_count) / float(max_count) if max_count else None
            percent = None if part is None else int(100 * min(part, 1))
            self.progress = Progress(stage, percent, self._received(message))

    def _received(self, message: str) -> int | None:
        """Return how many bytes came, as git says beside what it receives; what it said last where it does not."""
        said = self._RECEIVED.match(message)
        return int(float(said[1]) * _UNITS[said[2]]) if said else self.progress.received_bytes

    def line_dropped(self, line: str) -> None:
        updating = self._UPDATING.search(line)
        if updating:
            self.progress = replace(self.progress, stage="checking_out", percent=min(int(updating[1]), 100))

    def printed(self) -> str:
        return "\n".join(self._lines)


def clone(
    url: str,
    target: Path,
    *,
    branch: str,
    token: str,
    limits: CloneLimits,
    watch: Callable[[Progress], None],
) -> Cloned:
    """Clone one branch of the repository into the target, which must not exist, and measure it.

    `watch` is called about ten times a second in the caller's thread; what it raises ends git and
    is raised again. CloneFailure for whatever goes wrong with git or a limit, without the token in it.
    """
    reader = _ProgressReader()
    variables = environment(url, stall_seconds=limits.stall_seconds, checkout_workers=limits.checkout_workers)
    with askpass(url, token) as (askpass_variables, pipe):
        held = GitProcess(
            variables | askpass_variables,
            inherit=(pipe,),
            max_file_bytes=limits.max_bytes,
            max_memory_bytes=limits.max_memory_bytes,
        )
        running = _GitThread(partial(_clone_from, url, target, branch, held, reader))
        try:
            running.start()
            _supervise(running, target, limits, lambda: watch(reader.progress))
        finally:
            held.end()
            running.join()
    if isinstance(running.error, GitCommandError):
        _refuse_reached_limit(target, limits)
        # Without its cause: a traceback would show what GitPython saw before anything was redacted.
        raise clone_failure(redact(reader.printed(), token), status=running.error.status) from None
    if running.error:
        raise running.error
    cloned = _inspect(target, limits, variables)
    refuse_leaked_token(target, token, lambda: watch(reader.progress))
    return cloned


def _clone_from(url: str, target: Path, branch: str, held: GitProcess, reader: _ProgressReader) -> None:
    class Repository(git.Repo):
        # A `partial` binds like a method from Python 3.14 on; the type is GitPython's, which only calls it.
        GitCommandWrapperType = staticmethod(partial(HeldGit, held))  # type: ignore[assignment]

    Repository.clone_from(
        url,
        str(target),
        progress=reader,  # type: ignore[arg-type]  # a RemoteProgress is taken as well as a function
        depth=1,
        single_branch=True,
        no_tags=True,
        branch=branch,
    ).close()


class _GitThread(threading.Thread):
    """Runs GitPython's blocking call and keeps what it raised."""

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__(name="git-clone", daemon=True)
        self._work = work
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            self._work()
        except Exception as error:  # noqa: BLE001  # kept for the thread that waits, which raises it
            self.error = error


def _supervise(running: threading.Thread, target: Path, limits: CloneLimits, watch: Callable[[], None]) -> None:
    """Return when git has ended; raise when a limit is reached."""
    started = next_measurement = time.monotonic()
    running.join(SECONDS_BETWEEN_CHECKS)
    while running.is_alive():
        watch()
        now = time.monotonic()
        if now - started > limits.seconds:
            raise CloneFailure("CLONE_TIMEOUT", f"The clone took longer than {limits.seconds:.0f} seconds.")
        if now >= next_measurement:
            check_limits(_measure(target, limits), target, limits)
            took = time.monotonic() - now
            next_measurement = now + took + min(SECONDS_BETWEEN_MEASUREMENTS, PAUSE_PER_SECOND_OF_MEASURING * took)
        running.join(SECONDS_BETWEEN_CHECKS)


def check_limits(size: TreeSize, directory: Path, limits: CloneLimits) -> None:
    """CloneFailure where the tree is over a limit, or the disk under its own."""
    if size.bytes > limits.max_bytes:
        raise BytesExceeded(
            f"The repository takes more than the {limits.max_bytes / 1024**2:.0f} MiB that may be cloned."
        )
    if size.files > limits.max_files:
        raise CloneFailure(
            "REPOSITORY_TOO_LARGE",
            f"The repository has more than the {limits.max_files} files and directories that may be cloned.",
        )
    if shutil.disk_usage(directory.parent).free < limits.minimum_free_bytes:
        raise CloneFailure(
            "DISK_FULL",
            "There is too little room left on the service's disk. It is tried again; an operator has to make room.",
            transient=True,
        )


def _refuse_reached_limit(target: Path, limits: CloneLimits) -> None:
    """CloneFailure where a limit was reached, which explains whatever git complains of."""
    check_limits(_measure(target, limits), target, limits)


def _measure(target: Path, limits: CloneLimits) -> TreeSize:
    try:
        return measure(target, stop_after_files=limits.max_files)
    except OSError as error:
        # git writes by relative paths, which may be longer than what anybody can open by its whole path.
        if error.errno == errno.ENAMETOOLONG:
            raise CloneFailure(
                "REPOSITORY_UNSAFE", "The repository has paths that are too long to be opened."
            ) from None
        raise


def _inspect(target: Path, limits: CloneLimits, variables: dict[str, str]) -> Cloned:
    size = _measure(target, limits)
    check_limits(size, target, limits)
    head = subprocess.run(
        ["git", "rev-parse", "--verify", "--quiet", "HEAD"],
        cwd=target,
        env=variables,
        capture_output=True,
        text=True,
        timeout=limits.stall_seconds,
        check=False,
    )
    if head.returncode:
        raise CloneFailure("REPOSITORY_EMPTY", "The branch has no commit. Push one, then refresh.")
    return Cloned(commit_sha=head.stdout.strip(), size=size)
