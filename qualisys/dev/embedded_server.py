"""What the embedded PostgreSQL and the embedded Redis share: how they come, stay and go."""

import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from qualisys.dev.embedded_errors import EmbeddedServerError
from qualisys.dev.private_directories import claim, empty, exclusive_use, remove_recorded, socket_directory
from qualisys.dev.processes import start_process, stop, stop_leftover

START_SECONDS = 60
_STOP_SECONDS = 20
_POLL_SECONDS = 0.01
_LOG_LINES_IN_ERROR = 20


class EmbeddedServer(ABC):
    """A server on a socket that nobody else can open, which ends with the process that started it.

    Use it as a context manager. Inside, `stop` and `start` restart it in place on the same `url`. Its data
    stay on leaving, unless `keep` is false: then it starts empty and leaves nothing behind. The data
    directory must be for this server alone.
    """

    title: ClassVar[str]
    stop_signal: ClassVar[int]
    environment: ClassVar[Mapping[str, str] | None] = None
    url: str

    def __init__(self, data_directory: Path, *, durable: bool, keep: bool = True) -> None:
        self.data_directory = data_directory.resolve()
        self.durable = durable
        self.keep = keep
        self.log = self.data_directory / "server.log"
        self._user, self._home = self._place()
        self._process: subprocess.Popen[bytes] | None = None
        self._cleanup = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as cleanup:
            self._open(cleanup)
            self._cleanup = cleanup.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._cleanup.close()

    @property
    def pid(self) -> int:
        """The number of the server's main process."""
        if self._process is None:
            raise EmbeddedServerError(f"The embedded {self.title} does not run.")
        return self._process.pid

    def start(self) -> None:
        """Start the stopped server and return when it answers."""
        if self._process is not None and self._process.poll() is None:
            raise EmbeddedServerError(f"The embedded {self.title} runs already.")
        self._stop_leftover()
        self._prepare()
        self._process = self._run(self._command())
        try:
            self._wait_until_ready(self._process)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the server; one that has ended already is no error."""
        if self._process is not None:
            stop(self._process, self.stop_signal, _STOP_SECONDS)
            self._process = None

    @property
    @abstractmethod
    def _pid_file(self) -> Path: ...

    @property
    @abstractmethod
    def _own_arguments(self) -> str:
        """Arguments that only the server of this data directory is started with."""

    @abstractmethod
    def _prepare(self) -> None:
        """Make what must be there before the server starts."""

    @abstractmethod
    def _command(self) -> list[str]: ...

    @abstractmethod
    def _url(self) -> str: ...

    @abstractmethod
    def _is_ready(self, process: subprocess.Popen[bytes]) -> bool: ...

    def _place(self) -> tuple[int | None, Path]:
        """The user to run the server as, None for our own, and the directory of its files."""
        return None, self.data_directory

    def _open(self, cleanup: ExitStack) -> None:
        claim(self.data_directory, None)
        cleanup.enter_context(exclusive_use(self.data_directory))
        claim(self._home, self._user)
        record = self.data_directory / "sockets"
        remove_recorded(record, self._user)
        if not self.keep:
            self._begin_empty()
            cleanup.callback(self._remove_directories)
        elif not self.log.exists():
            self._forget_removed_data()
        self.log.touch()
        self._socket_directory = cleanup.enter_context(socket_directory(self._user, record))
        self.url = self._url()
        cleanup.callback(self.stop)
        self.start()

    def _begin_empty(self) -> None:
        self._refuse_foreign_files()
        self._stop_leftover()
        self._empty_directories()

    def _forget_removed_data(self) -> None:
        """A new data directory means new data, also where the files of an old one outlived it elsewhere."""
        if self._home != self.data_directory:
            self._stop_leftover()
            empty(self._home)

    def _refuse_foreign_files(self) -> None:
        if any(self.data_directory.iterdir()) and not self.log.exists():
            raise EmbeddedServerError(
                f"{self.data_directory} would be emptied, but holds files that are not of an embedded server."
                " Name an empty directory, or one that does not exist."
            )

    def _empty_directories(self) -> None:
        for directory in {self._home, self.data_directory}:
            empty(directory)

    def _remove_directories(self) -> None:
        self._empty_directories()
        for directory in {self._home, self.data_directory}:
            directory.rmdir()

    def _run(self, command: list[str]) -> subprocess.Popen[bytes]:
        return start_process(
            command,
            log=self.log,
            environment=self.environment,
            user=self._user,
            death_signal=self.stop_signal,
        )

    def _stop_leftover(self) -> None:
        lines = self._pid_lines()
        if lines and lines[0].strip().isdecimal():
            stop_leftover(int(lines[0]), self._own_arguments, self.stop_signal, _STOP_SECONDS)
        # PostgreSQL would not start if another program had that number by now.
        self._pid_file.unlink(missing_ok=True)

    def _pid_lines(self) -> list[str]:
        try:
            return self._pid_file.read_text().splitlines()
        except FileNotFoundError:
            return []  # no server has run, or the one that ends has just removed it

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._is_ready(process):
            if process.poll() is not None:
                raise self._failure(f"ended with status {process.returncode} instead of starting")
            if time.monotonic() > deadline:
                raise self._failure(f"did not answer within {START_SECONDS} seconds")
            time.sleep(_POLL_SECONDS)

    def _failure(self, what: str) -> EmbeddedServerError:
        tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-_LOG_LINES_IN_ERROR:])
        return EmbeddedServerError(f"The embedded {self.title} {what}. The last lines of {self.log}:\n{tail}")
