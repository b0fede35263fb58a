"""The whole service on servers of its own, for tests that take parts of it away: all seen from outside."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from signal import SIGTERM
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg.rows import dict_row

from qualisys.dev.api_client import ApiClient
from qualisys.dev.death_orders import DEATH_ORDER
from qualisys.dev.development_secrets import new_secrets
from qualisys.dev.embedded_postgres import EmbeddedPostgres
from qualisys.dev.embedded_redis import EmbeddedRedis
from qualisys.dev.live_service import Worker, running_web
from qualisys.dev.loopback_github import LoopbackGitHub
from qualisys.dev.processes import start_process, stop
from qualisys.dev.stack import PROJECT, beat_command

TENANTS = ("acme", "globex")
_STOP_SECONDS = 10


class FaultStack:
    """PostgreSQL, Redis, a GitHub, web, worker and a hasty beat; two tenants, each with its owner."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.clone_root = place / "clones"
        self.death_order = place / "death-order"
        self._secrets = new_secrets()
        self._cleanup = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as cleanup:
            self._start(cleanup)
            self._cleanup = cleanup.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._cleanup.close()

    def _start(self, cleanup: ExitStack) -> None:
        self.clone_root.mkdir()
        self.postgres = cleanup.enter_context(EmbeddedPostgres(self.place / "postgres", durable=True, keep=False))
        self.redis = cleanup.enter_context(EmbeddedRedis(self.place / "redis", durable=False, keep=False))
        self.github = cleanup.enter_context(LoopbackGitHub())
        self.environment = {**os.environ, **self._settings()}
        self.manage("migrate_schemas")
        for tenant in TENANTS:
            self._provision(tenant)
        self.port = cleanup.enter_context(running_web(self.environment, self.log("web")))
        self.worker = self._worker("qualisys.dev.dying_worker", {})
        cleanup.callback(lambda: self.worker.stop())
        self.worker.start()
        self._start_beat(cleanup)

    def _settings(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.redis.url,
            "SECRET_KEY": self._secrets.secret_key,
            "GITHUB_TOKEN_ENCRYPTION_KEY": self._secrets.encryption_key,
            "HTTPS_ONLY": "false",
            "GITHUB_API_URL": self.github.api_url,
            "GITHUB_CLONE_URL": self.github.clone_url,
            "CLONE_ROOT": str(self.clone_root),
            DEATH_ORDER: str(self.death_order),
        }

    def _provision(self, tenant: str) -> None:
        self.manage(
            *("provision_tenant", tenant, "--name", tenant.title()),
            *("--host", f"{tenant}.localhost", "--owner", f"owner@{tenant}.example"),
            OWNER_PASSWORD=self._secrets.owner_password,
        )

    def _start_beat(self, cleanup: ExitStack) -> None:
        command = beat_command(self.place / "beat-schedule", app="qualisys.dev.hasty_beat")
        beat = start_process(command, log=self.log("beat"), environment=self.environment)
        cleanup.callback(stop, beat, SIGTERM, _STOP_SECONDS)

    def _worker(self, app: str, variables: Mapping[str, str]) -> Worker:
        return Worker({**self.environment, **variables}, self.log("worker"), app=app)

    @contextmanager
    def other_worker(self, app: str = "qualisys", **variables: str) -> Iterator[Worker]:
        """Have another worker, with these settings, in the place of the usual one."""
        self.worker.kill()
        usual, self.worker = self.worker, self._worker(app, variables)
        try:
            self.worker.start()
            yield self.worker
        finally:
            self.worker.kill()
            self.worker = usual
            usual.start()

    def log(self, name: str) -> Path:
        """Return where this process writes its log."""
        return self.place / f"{name}.log"

    def manage(self, *arguments: str, **variables: str) -> str:
        """Run a command of manage.py and return what it prints; CalledProcessError where it fails."""
        return self.run("manage.py", *arguments, **variables)

    def run(self, *arguments: str, **variables: str) -> str:
        """Run Python with these arguments in the project and return what it prints."""
        finished = subprocess.run(
            [sys.executable, *arguments],
            cwd=PROJECT,
            env={**self.environment, **variables},
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return finished.stdout

    def client(self, tenant: str) -> ApiClient:
        """Return a client of the API, logged in as the tenant's owner."""
        client = ApiClient(self.port, f"{tenant}.localhost")
        client.log_in(f"owner@{tenant}.example", self._secrets.owner_password)
        return client

    def rows(self, tenant: str, statement: str, *values: Any) -> list[dict[str, Any]]:
        """Return what a statement finds in the tenant's schema and in what all share."""
        with psycopg.connect(self.postgres.url, autocommit=True, row_factory=dict_row) as database:
            database.execute(f"SET search_path = {tenant}, public")
            cursor = database.execute(statement.encode(), values)
            return cursor.fetchall() if cursor.description else []
