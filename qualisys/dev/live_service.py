"""The web server and a Celery worker as processes of their own, for tests that must not pretend."""

import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from signal import SIGKILL, SIGTERM

from qualisys.dev.processes import start_process, stop
from qualisys.dev.stack import events_command, free_port, wait_for_port, web_command, worker_command

_START_SECONDS = 30
_STOP_SECONDS = 10


class Worker:
    """A Celery worker that can be killed and started again."""

    def __init__(self, environment: Mapping[str, str], log: Path, *, app: str = "qualisys") -> None:
        self._environment = {**os.environ, **environment}
        self._command = worker_command(app=app)
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the worker and return when it takes messages."""
        ready_before = self._times_ready()
        self._process = start_process(self._command, log=self.log, environment=self._environment)
        deadline = time.monotonic() + _START_SECONDS
        while self._times_ready() == ready_before:
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"The worker did not start:\n{self.log.read_text()[-4000:]}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop the worker; one that was killed is no error."""
        if self._process is not None:
            stop(self._process, SIGTERM, _STOP_SECONDS)
            self._process = None

    def kill(self) -> None:
        """End the worker and its children as a machine that fails would: at once, without a word."""
        if self._process is not None:
            os.killpg(self._process.pid, SIGKILL)
            self._process.wait()
            self._process = None

    def signal_children(self, signal: int) -> None:
        """Send a signal to the processes that do the tasks, and not to the one that takes the messages (Linux)."""
        if self._process is not None:
            pid = self._process.pid
            for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
                os.kill(int(child), signal)

    def _times_ready(self) -> int:
        return self.log.read_text().count(" ready.") if self.log.exists() else 0


@contextmanager
def running_web(environment: Mapping[str, str], log: Path) -> Iterator[int]:
    """Serve on 127.0.0.1 and yield the port."""
    port = free_port()
    process = start_process(web_command(port), log=log, environment={**os.environ, **environment})
    try:
        wait_for_port(port, log)
        yield port
    finally:
        stop(process, SIGTERM, _STOP_SECONDS)


@contextmanager
def running_events(environment: Mapping[str, str], log: Path) -> Iterator[tuple[int, int]]:
    """Hold streams of events on 127.0.0.1 and yield the port and the process."""
    port = free_port()
    process = start_process(events_command(port), log=log, environment={**os.environ, **environment})
    try:
        wait_for_port(port, log)
        yield port, process.pid
    finally:
        stop(process, SIGTERM, _STOP_SECONDS)
