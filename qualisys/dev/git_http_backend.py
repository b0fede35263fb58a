"""Runs `git http-backend`, git's own server for smart HTTP, as a CGI program."""

import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.client import parse_headers
from io import BufferedReader
from pathlib import Path
from typing import IO, cast

from qualisys.dev.loopback_messages import Request
from qualisys.dev.served_repository import git_environment

_BLOCK_BYTES = 64 * 1024
_PASSED_HEADERS = {
    "content-type": "CONTENT_TYPE",
    "content-encoding": "HTTP_CONTENT_ENCODING",
    "git-protocol": "GIT_PROTOCOL",
}


class GitHttpBackendError(Exception):
    """git http-backend ended with an error; the message is what it said."""


@dataclass(frozen=True)
class BackendAnswer:
    """What git answers; `blocks` raises GitHttpBackendError where git failed on the way."""

    status: int
    headers: Mapping[str, str]
    blocks: Iterator[bytes]


@contextmanager
def git_http_backend(git_directory: Path, endpoint: str, request: Request, body: bytes) -> Iterator[BackendAnswer]:
    """Ask git http-backend; leaving the context ends it with every process that it started."""
    # Files, not pipes: git writes before it has read everything, and nobody would be reading then.
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as errors:
        given.write(body)
        given.seek(0)
        environment = _cgi_environment(git_directory, endpoint, request, len(body))
        with _process(environment, given, errors) as process:
            output = cast(BufferedReader, process.stdout)
            headers = dict(parse_headers(output).items())
            status = headers.pop("Status", str(HTTPStatus.OK.value)).split()[0]
            yield BackendAnswer(int(status), headers, _blocks(process, output, errors))


@contextmanager
def _process(environment: Mapping[str, str], given: IO[bytes], errors: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(
        ["git", "http-backend"],
        env=environment,
        stdin=given,
        stdout=subprocess.PIPE,
        stderr=errors,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            # A client that left early must not leave git counting objects for it.
            if process.poll() is None:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)


def _blocks(process: subprocess.Popen[bytes], output: BufferedReader, errors: IO[bytes]) -> Iterator[bytes]:
    while block := output.read1(_BLOCK_BYTES):
        yield block
    if process.wait() != 0:
        errors.seek(0)
        said = errors.read(_BLOCK_BYTES).decode(errors="replace").strip()
        raise GitHttpBackendError(f"git http-backend ended with {process.returncode}: {said}")


def _cgi_environment(git_directory: Path, endpoint: str, request: Request, body_bytes: int) -> dict[str, str]:
    environment = git_environment() | {
        "GIT_PROJECT_ROOT": str(git_directory.parent),
        "GIT_HTTP_EXPORT_ALL": "1",
        "REQUEST_METHOD": request.method,
        "PATH_INFO": f"/{git_directory.name}/{endpoint}",
        "QUERY_STRING": "service=git-upload-pack" if endpoint == "info/refs" else "",
        "CONTENT_LENGTH": str(body_bytes),
        "REMOTE_ADDR": "127.0.0.1",
    }
    for header, variable in _PASSED_HEADERS.items():
        value = request.headers.get(header, "")
        # An environment cannot hold a NUL character, and no honest header holds one.
        if value.isprintable() and value:
            environment[variable] = value
    return environment
