"""A small GitHub on 127.0.0.1 for demos and tests: its REST calls and real git, behind access tokens."""

import argparse
import json
import os
import signal
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from qualisys.dev.loopback_messages import Request
from qualisys.dev.loopback_registry import LoopbackRegistry
from qualisys.dev.loopback_rest import API_PREFIX
from qualisys.dev.loopback_server import Behaviour, LoopbackServer

TOKEN_VARIABLE = "LOOPBACK_GITHUB_TOKEN"  # noqa: S105  # the name of a variable, not a token
_SECONDS_BETWEEN_LOOKS_AT_STOP = 0.02


class LoopbackGitHub(LoopbackRegistry):
    """A registry of repositories and tokens that is served; a context manager."""

    def __init__(self, *, port: int = 0, host: str = "127.0.0.1") -> None:
        super().__init__()
        self._server = LoopbackServer(host, port, self)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_SECONDS_BETWEEN_LOOKS_AT_STOP,), daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def api_url(self) -> str:
        """The base of the REST interface, as GitHub Enterprise Server has it."""
        return f"{self._server.origin}{API_PREFIX}"

    @property
    def clone_url(self) -> str:
        """The origin below which repositories are cloned as /owner/name.git."""
        return self._server.origin

    @property
    def requests(self) -> list[Request]:
        """What was asked, oldest first; the latest ten thousand."""
        return list(self._server.asked)

    def inject(self, path_prefix: str, behaviour: Behaviour) -> None:
        """Misbehave at paths that begin so; the longest prefix counts. See qualisys.dev.faults."""
        self._server.faults[path_prefix] = behaviour

    def reset(self) -> None:
        """Answer as usual again everywhere, and forget what was asked."""
        self._server.faults.clear()
        self._server.asked.clear()


def main(arguments: list[str] | None = None) -> int:
    """Serve repositories until SIGTERM or SIGINT, after one line of JSON that says where."""
    parser = _parser()
    options = parser.parse_args(arguments)
    token = os.environ.get(TOKEN_VARIABLE)
    if not token:
        parser.error(f"Set {TOKEN_VARIABLE} to the access token that is to be accepted.")
    try:
        github = _prepared(options, token)
    except (OSError, ValueError) as error:
        parser.exit(1, f"{parser.prog}: {error}\n")
    _serve_until_told_to_stop(github)
    return 0


def _prepared(options: argparse.Namespace, token: str) -> LoopbackGitHub:
    github = LoopbackGitHub(port=options.port)
    github.add_token(token)
    for full_name, path in options.repository:
        github.add_repository(full_name, path)
    return github


def _serve_until_told_to_stop(github: LoopbackGitHub) -> None:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with github:
        print(json.dumps({"api_url": github.api_url, "clone_url": github.clone_url}), flush=True)
        stop.wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m qualisys.dev.loopback_github",
        description=f"{__doc__} The token to accept is read from {TOKEN_VARIABLE}.",
    )
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 (the default) takes any")
    parser.add_argument(
        "--repository",
        type=_named_repository,
        action="append",
        default=[],
        metavar="OWNER/NAME=PATH",
        help="a bare repository, .git directory or checkout to serve; may be given several times",
    )
    return parser


def _named_repository(value: str) -> tuple[str, Path]:
    full_name, separator, path = value.partition("=")
    if not separator or not path:
        raise argparse.ArgumentTypeError("write it as OWNER/NAME=PATH")
    return full_name, Path(path)


if __name__ == "__main__":
    sys.exit(main())
