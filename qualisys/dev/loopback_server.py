"""The HTTP server of the loopback GitHub: notes each request, then answers it or misbehaves as told."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR, socket
from socketserver import TCPServer
from typing import TypeAlias
from urllib.parse import parse_qsl, urlsplit

from qualisys.dev.git_http_backend import git_http_backend
from qualisys.dev.loopback_git import GitCall, git_call
from qualisys.dev.loopback_messages import Answer, Request, text_answer
from qualisys.dev.loopback_registry import LoopbackRegistry
from qualisys.dev.loopback_rest import API_PREFIX, rest_answer
from qualisys.dev.request_body import RequestBodyError, read_request_body

logger = logging.getLogger(__name__)

_REQUESTS_KEPT = 10_000


class LoopbackRequestHandler(BaseHTTPRequestHandler):
    """One connection; `asked` and `body` are the request that is being answered."""

    protocol_version = "HTTP/1.1"
    server_version = "LoopbackGitHub"
    sys_version = ""
    disable_nagle_algorithm = True
    server: "LoopbackServer"
    asked: Request
    body: bytes

    def handle(self) -> None:
        """Serve the connection until it ends; a client that goes away is nothing to report."""
        try:
            super().handle()
        except ConnectionError as error:
            logger.debug("The connection ended early: %s", error)

    def do_GET(self) -> None:
        """Answer a GET request."""
        self._receive()

    def do_POST(self) -> None:
        """Answer a POST request."""
        self._receive()

    def answer(self) -> None:
        """Answer as GitHub does."""
        if self.asked.path.startswith(f"{API_PREFIX}/"):
            self.send(rest_answer(self.server.registry, self.asked, self.server.origin))
            return
        call = git_call(self.server.registry, self.asked)
        if isinstance(call, GitCall):
            self._pass_on_to_git(call)
        else:
            self.send(call)

    def send(self, answer: Answer) -> None:
        """Send a complete answer."""
        framing = {"Content-Type": answer.content_type, "Content-Length": str(len(answer.body))}
        self._send_head(answer.status, {**answer.headers, **framing})
        self.wfile.write(answer.body)

    def begin_chunks(self, status: int, headers: Mapping[str, str]) -> None:
        """Begin an answer of unknown length, to be ended with an empty chunk."""
        self._send_head(status, {**headers, "Transfer-Encoding": "chunked"})

    def send_chunk(self, block: bytes) -> None:
        """Send one part of an answer of unknown length."""
        self.wfile.write(b"%x\r\n%b\r\n" % (len(block), block))

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  # named by http.server
        """Keep the console quiet; tests and people look at the requests that were noted."""
        logger.debug(format, *arguments)

    def _receive(self) -> None:
        try:
            self.body = read_request_body(self.headers, self.rfile)
        except RequestBodyError as error:
            self.close_connection = True
            self.send(text_answer(HTTPStatus.BAD_REQUEST, str(error)))
            return
        self.asked = self._request()
        self.server.asked.append(self.asked)
        self.server.behaviour_at(self.asked.path)(self)

    def _request(self) -> Request:
        address = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Request(self.command, address.path, dict(parse_qsl(address.query)), headers)

    def _send_head(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _pass_on_to_git(self, call: GitCall) -> None:
        directory = call.repository.git_directory
        with git_http_backend(directory, call.endpoint, self.asked, self.body) as answer:
            self.begin_chunks(answer.status, answer.headers)
            for block in answer.blocks:
                self.send_chunk(block)
        self.send_chunk(b"")


Behaviour: TypeAlias = Callable[[LoopbackRequestHandler], None]


class LoopbackServer(ThreadingHTTPServer):
    """Serves a registry; `asked` are the latest requests, `faults` the behaviours by path prefix."""

    # Threads are waited for when the server closes, so that none outlives a test.
    daemon_threads = False
    request_queue_size = 128

    def __init__(self, host: str, port: int, registry: LoopbackRegistry) -> None:
        self.registry = registry
        self.asked: deque[Request] = deque(maxlen=_REQUESTS_KEPT)
        self.faults: dict[str, Behaviour] = {}
        self.closing = threading.Event()
        self._connections: set[socket] = set()
        super().__init__((host, port), LoopbackRequestHandler)

    @property
    def origin(self) -> str:
        """The address of this server, without a slash at its end."""
        return f"http://{self.server_name}:{self.server_port}"

    def behaviour_at(self, path: str) -> Behaviour:
        """What was injected at the longest matching prefix of a path, else GitHub's own answer."""
        matching = [prefix for prefix in list(self.faults) if path.startswith(prefix)]
        return self.faults[max(matching, key=len)] if matching else LoopbackRequestHandler.answer

    def server_bind(self) -> None:
        """Bind without asking the resolver for the host's name, which may take seconds."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.socket.getsockname()[:2]

    def get_request(self) -> tuple[socket, object]:
        """Accept a connection and remember it, to be cut when the server closes."""
        connection, address = super().get_request()
        self._connections.add(connection)
        return connection, address

    def shutdown_request(self, request: socket | tuple[bytes, socket]) -> None:
        """Close a connection that has ended."""
        self._connections.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        """Cut every connection and wait for the threads that served them."""
        self.closing.set()
        for connection in list(self._connections):
            with suppress(OSError):
                connection.shutdown(SHUT_RDWR)
        super().server_close()
