"""Running git as a process that is held: in its own session, with an environment made from nothing."""

import contextlib
import os
import resource
import signal
import subprocess
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from git import Git

ASKPASS = Path(__file__).with_name("askpass.sh")
USER_NAME = "x-access-token"
# What a machine says of its network and certificates; everything else of the worker's stays with it.
INHERITED = (
    "PATH",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "GIT_SSL_CAINFO",
    "HTTPS_PROXY",
    "https_proxy",
    "NO_PROXY",
    "no_proxy",
)
SECONDS_TO_END = 2.0
# A shell that outlives us: when our end of its input closes without a word, we were killed.
_GUARD = 'read -r word || kill -s KILL -- "-$0"'


def configuration(*, checkout_workers: int) -> dict[str, str]:
    """Return the git settings under which a stranger's repository can do nothing."""
    return {
        "credential.helper": "",
        "credential.username": USER_NAME,
        "http.followRedirects": "false",
        "core.hooksPath": os.devnull,
        "core.symlinks": "false",
        "core.fsmonitor": "false",
        # Larger ones go through git's memory piece by piece.
        "core.bigFileThreshold": "64m",
        "core.protectHFS": "true",
        "core.protectNTFS": "true",
        "transfer.fsckObjects": "true",
        "transfer.bundleURI": "false",
        "submodule.recurse": "false",
        "gc.auto": "0",
        "maintenance.auto": "false",
        "checkout.workers": str(checkout_workers),
        "advice.detachedHead": "false",
    }


def environment(clone_url: str, *, stall_seconds: int, checkout_workers: int) -> dict[str, str]:
    """Return git's whole environment for fetching from this address. It holds no secret."""
    settings = configuration(checkout_workers=checkout_workers)
    numbered = {
        f"GIT_CONFIG_{part}_{number}": text
        for number, setting in enumerate(settings.items())
        for part, text in zip(("KEY", "VALUE"), setting, strict=True)
    }
    return {
        **{name: os.environ[name] for name in INHERITED if name in os.environ},
        **numbered,
        "GIT_CONFIG_COUNT": str(len(settings)),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TEMPLATE_DIR": "",
        # Branches as files, in which a reader of the clone finds its commit.
        "GIT_DEFAULT_REF_FORMAT": "files",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": urlsplit(clone_url).scheme,
        "GIT_LFS_SKIP_SMUDGE": "1",
        "GIT_HTTP_LOW_SPEED_LIMIT": "1000",
        "GIT_HTTP_LOW_SPEED_TIME": str(stall_seconds),
        "HOME": os.devnull,
        "LC_ALL": "C",
    }


@contextlib.contextmanager
def askpass(clone_url: str, token: str) -> Iterator[tuple[dict[str, str], int]]:
    """Yield the environment and the file descriptor by which git gets the token, once.

    The token lies in a pipe's buffer: not in an argument, an environment or a file.
    """
    parts = urlsplit(clone_url)
    readable, writable = os.pipe()
    try:
        with os.fdopen(writable, "w") as pipe:
            pipe.write(f"{token}\n")
        yield (
            {
                "GIT_ASKPASS": str(ASKPASS),
                "QUALISYS_ASKPASS_FD": str(readable),
                "QUALISYS_ASKPASS_PROMPT": f"Password for '{parts.scheme}://{USER_NAME}@{parts.netloc}': ",
            },
            readable,
        )
    finally:
        os.close(readable)


class GitProcess:
    """One run of git that can be ended with everything it started.

    Ends too when this process is killed: a guard outside of its session sees to that.
    """

    def __init__(
        self, environment: dict[str, str], *, inherit: Sequence[int], max_file_bytes: int, max_memory_bytes: int
    ) -> None:
        self._environment = environment
        self._inherit = inherit
        self._max_file_bytes = max_file_bytes
        self._max_memory_bytes = max_memory_bytes
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._guard: subprocess.Popen[str] | None = None
        self._ended = False

    def start(self, command: Sequence[str], directory: str) -> subprocess.Popen[str]:
        """Start git; ProcessLookupError where `end` was called before."""
        with self._lock:
            if self._ended:
                raise ProcessLookupError("git was ended before it began")
            self._process = subprocess.Popen(
                command,
                cwd=directory,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                start_new_session=True,
                pass_fds=self._inherit,
                # Python ignores SIGXFSZ, and so shall git: it then says "File too large", and does not just die.
                restore_signals=False,
            )
            self._limit(self._process.pid)
            self._guard = subprocess.Popen(
                ["/bin/sh", "-c", _GUARD, str(self._process.pid)],
                stdin=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
            return self._process

    def end(self) -> None:
        """End git and its children: asked first, killed after two seconds. Calling it again does nothing."""
        with self._lock:
            self._ended = True
            if self._process:
                self._end_group(self._process)
            if self._guard:
                self._guard.communicate("done\n")
                self._guard = None

    def _end_group(self, process: subprocess.Popen[str]) -> None:
        with contextlib.suppress(ProcessLookupError):  # the whole group has ended by itself
            os.killpg(process.pid, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(SECONDS_TO_END)
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def _limit(self, pid: int) -> None:
        """Stop in the kernel one over-large pack, and a small one whose tree has billions of files, of which
        git makes a list in its memory first. Where that is missing, sampling the directory remains.
        """
        if hasattr(resource, "prlimit"):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (self._max_file_bytes, self._max_file_bytes))
            resource.prlimit(pid, resource.RLIMIT_DATA, (self._max_memory_bytes, self._max_memory_bytes))


class HeldGit(Git):
    """GitPython's way to git, with the process started by a GitProcess."""

    def __init__(self, held: GitProcess, working_directory: str) -> None:
        super().__init__(working_directory)
        self._held = held

    def execute(self, command: Sequence[str], *arguments: Any, **options: Any) -> Any:
        """Start the command; GitPython's own would pass the worker's whole environment on to it."""
        if not options.get("as_process"):  # `git version`, which GitPython asks for to know its options
            return super().execute(command, *arguments, **options)
        process = self._held.start(command, str(self.working_dir))
        return self.AutoInterrupt(process, command)
