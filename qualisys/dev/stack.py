"""The whole service on one machine: servers, web, worker and beat, started together and stopped together."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from signal import SIGTERM
from types import TracebackType
from typing import Self

from qualisys.dev.development_secrets import DevelopmentSecrets, development_secrets
from qualisys.dev.embedded_postgres import EmbeddedPostgres
from qualisys.dev.embedded_redis import EmbeddedRedis
from qualisys.dev.processes import start_process, stop

PROJECT = Path(__file__).resolve().parent.parent.parent
STATE = PROJECT / "var"
SERVER_ENVIRONMENT = STATE / "server.env"
START_SECONDS = 60
STOP_SECONDS = 15


_SHARED = (
    *("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "GITHUB_TOKEN_ENCRYPTION_KEY", "HTTPS_ONLY"),
    *("GITHUB_API_URL", "GITHUB_CLONE_URL"),
)


class StackError(Exception):
    """Something of the stack did not start; the message says what, and where its log is."""


class Stack:
    """PostgreSQL and Redis, embedded unless DATABASE_URL and REDIS_URL name others, and what runs on them."""

    def __init__(self) -> None:
        STATE.mkdir(mode=0o700, exist_ok=True)
        (PROJECT / "tmp" / "tenants").mkdir(parents=True, exist_ok=True)
        self.secrets: DevelopmentSecrets = development_secrets(STATE)
        self.environment: dict[str, str] = {}
        self._cleanup = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as cleanup:
            self.environment = {**os.environ, **self._settings(cleanup)}
            self._cleanup = cleanup.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._cleanup.close()

    def _settings(self, cleanup: ExitStack) -> dict[str, str]:
        def embedded(server: EmbeddedPostgres | EmbeddedRedis) -> str:
            return cleanup.enter_context(server).url

        return {
            "DATABASE_URL": os.environ.get("DATABASE_URL")
            or embedded(EmbeddedPostgres(STATE / "postgres", durable=True)),
            "REDIS_URL": os.environ.get("REDIS_URL") or embedded(EmbeddedRedis(STATE / "redis", durable=True)),
            "SECRET_KEY": self.secrets.secret_key,
            "GITHUB_TOKEN_ENCRYPTION_KEY": self.secrets.encryption_key,
            "HTTPS_ONLY": "false",
            "LOG_FORMAT": "lines",
            # Web and workers count together, and this machine may read it at /metrics.
            "PROMETHEUS_MULTIPROC_DIR": str(_emptied(STATE / "metrics")),
            "METRICS_NETWORKS": "127.0.0.0/8",
            "WEBHOOK_ALLOW_LOOPBACK": "true",
            # One person, who may ask as often as she likes.
            "API_REQUESTS_PER_HOUR_PER_USER": "100000",
            "API_REQUESTS_PER_HOUR_PER_TENANT": "100000",
            "TOKEN_ATTEMPTS_PER_HOUR_PER_USER": "1000",
            "TOKEN_ATTEMPTS_PER_HOUR_PER_TENANT": "1000",
        }

    def manage(self, *arguments: str, **variables: str) -> None:
        """Run a command of manage.py and return when it has succeeded; StackError with its output otherwise."""
        run = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=PROJECT,
            env={**self.environment, **variables},
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode:
            raise StackError(f"manage.py {' '.join(arguments)} failed:\n{run.stdout}{run.stderr}")

    def start_web(self, port: int) -> None:
        """Serve on 127.0.0.1 and return when it answers."""
        if _answers(port):
            raise StackError(f"Something listens on port {port} already. Name another: script/server --port N")
        self._run("web", web_command(port))
        wait_for_port(port, self._log("web"))

    def start_events(self, port: int) -> None:
        """Hold streams of events on 127.0.0.1 and return when it answers."""
        if _answers(port):
            raise StackError(f"Something listens on port {port} already. Name another: script/server --port N")
        self._run("events", events_command(port))
        wait_for_port(port, self._log("events"))

    def start_workers(self) -> None:
        """Start a Celery worker for all queues, and beat."""
        self._run("worker", worker_command())
        self._run("beat", beat_command(STATE / "celerybeat-schedule"))

    def share_environment(self) -> None:
        """Let manage.py find these servers while they run."""
        lines = [f"{name}={self.environment[name]}" for name in _SHARED if name in self.environment]
        SERVER_ENVIRONMENT.touch(mode=0o600)
        SERVER_ENVIRONMENT.write_text("\n".join(lines) + "\n")
        self._cleanup.callback(SERVER_ENVIRONMENT.unlink, missing_ok=True)

    def _run(self, name: str, command: Sequence[str]) -> None:
        process = start_process(command, log=self._log(name), environment=self.environment)
        self._cleanup.callback(stop, process, SIGTERM, STOP_SECONDS)

    def _log(self, name: str) -> Path:
        return STATE / f"{name}.log"


def _emptied(directory: Path) -> Path:
    """Return the directory, without what processes that are gone have left in it."""
    shutil.rmtree(directory, ignore_errors=True)
    return directory


def worker_command(concurrency: int = 4, *, app: str = "qualisys") -> list[str]:
    """Return the command of a worker that takes from every queue."""
    queues = ["--queues", "clone,maintenance,webhook", "--concurrency", str(concurrency)]
    return [*_celery(app), "worker", "--loglevel", "INFO", "--without-gossip", "--without-mingle", *queues]


def beat_command(schedule: Path, *, app: str = "qualisys") -> list[str]:
    """Return the command of Celery's clock, which keeps in that file when it last did what."""
    return [*_celery(app), "beat", "--loglevel", "INFO", "--schedule", str(schedule)]


def _celery(app: str) -> list[str]:
    return [sys.executable, "-m", "celery", "--app", app, "--workdir", str(PROJECT)]


def web_command(port: int, *, workers: int = 1, threads: int = 8) -> list[str]:
    """Return the command of the web server on 127.0.0.1."""
    return [
        *(sys.executable, "-m", "granian", "qualisys.wsgi:application", "--interface", "wsgi"),
        *("--working-dir", str(PROJECT), "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", str(workers), "--blocking-threads", str(threads), "--no-access-log"),
    ]


def events_command(port: int) -> list[str]:
    """Return the command of the server of events on 127.0.0.1."""
    return [
        *(sys.executable, "-m", "granian", "github_connections.asgi:application", "--interface", "asgi"),
        *("--working-dir", str(PROJECT), "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", "1", "--no-access-log"),
    ]


def free_port() -> int:
    """Return a port on 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as candidate:
        candidate.bind(("127.0.0.1", 0))
        port: int = candidate.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=0.5):
            return True
    except OSError:
        return False


def wait_for_port(port: int, log: Path) -> None:
    """Return when something answers on this port of 127.0.0.1; StackError after a minute."""
    deadline = time.monotonic() + START_SECONDS
    while not _answers(port):
        if time.monotonic() > deadline:
            raise StackError(f"The web server did not answer within {START_SECONDS} seconds; see {log}.")
        time.sleep(0.05)
