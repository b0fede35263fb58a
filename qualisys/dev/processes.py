"""Child processes that end when the process that started them ends."""

import ctypes
import os
import pwd
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from signal import SIGKILL, SIGTERM

_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1
_POLL_SECONDS = 0.01


def start_process(
    command: Sequence[str],
    *,
    log: Path,
    environment: Mapping[str, str] | None = None,
    user: int | None = None,
    death_signal: int = SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a command in a session of its own, with its output appended to a log, perhaps as another user.

    On Linux the child gets `death_signal` when the thread that called this ends, however it ends: call it
    from a thread that lives as long as the child should. Elsewhere a killed owner leaves the child running.
    """
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            # Another user may not be allowed to stand in our working directory.
            cwd=None if user is None else "/",
            user=user,
            group=None if user is None else pwd.getpwuid(user).pw_gid,
            extra_groups=None if user is None else [],
            start_new_session=True,
            # Runs after the change of user, which would clear the death signal.
            preexec_fn=_end_with_owner(os.getpid(), death_signal) if sys.platform == "linux" else None,
        )


def stop(process: subprocess.Popen[bytes], signal: int, timeout: float) -> None:
    """Ask a started process to end and, after `timeout` seconds, kill it and its process group."""
    process.send_signal(signal)
    try:
        process.wait(timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, SIGKILL)
        process.wait()


def stop_leftover(pid: int, argument: str, signal: int, timeout: float) -> None:
    """End a process that a killed owner left behind, if that number still is a command with this argument."""
    if not _runs_with(pid, argument):
        return
    _send(pid, signal)
    deadline = time.monotonic() + timeout
    while _runs_with(pid, argument):
        if time.monotonic() > deadline:
            _send(pid, SIGKILL)
        time.sleep(_POLL_SECONDS)


def kill_orphans(programs: Collection[str], directory: Path) -> None:
    """Kill the processes of these programs that work in a directory or name it, and wait for their end.

    Only Linux tells where a process works; elsewhere this does nothing.
    """
    while orphans := [pid for pid in _all_processes() if _is_orphan(pid, programs, directory)]:
        for pid in orphans:
            _send(pid, SIGKILL)
        time.sleep(_POLL_SECONDS)


def _end_with_owner(owner: int, death_signal: int) -> Callable[[], None]:
    def request_signal() -> None:
        if _LIBC.prctl(_PR_SET_PDEATHSIG, ctypes.c_ulong(death_signal)) != 0:
            raise OSError(ctypes.get_errno(), "The death signal of the owner could not be requested.")
        if os.getppid() != owner:
            # It ended before the request, so the signal would never come.
            raise ProcessLookupError("The owner of this process has ended.")

    return request_signal


def _send(pid: int, signal: int) -> None:
    with suppress(ProcessLookupError):  # it has ended by itself in the meantime
        os.kill(pid, signal)


def _all_processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").glob("[0-9]*")]


def _is_orphan(pid: int, programs: Collection[str], directory: Path) -> bool:
    try:
        program = Path(f"/proc/{pid}/exe").readlink()
        working_directory = Path(f"/proc/{pid}/cwd").readlink()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return False  # it has ended, or is another user's
    if program.name not in programs:
        return False
    # With what stands before it, so that /tmp/x is not found in /var/tmp/x.
    named = any(f"{before}{directory}/" in _command_line(pid) for before in (" ", "="))
    return named or working_directory.is_relative_to(directory)


def _runs_with(pid: int, argument: str) -> bool:
    return argument in _command_line(pid)


def _command_line(pid: int) -> str:
    """The command line of a process, empty when it has ended."""
    if sys.platform == "linux":
        try:
            return os.fsdecode(Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" "))
        except (FileNotFoundError, ProcessLookupError):
            return ""
    listing = subprocess.run(["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return listing.stdout
