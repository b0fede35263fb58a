"""A receiver of webhooks on this machine, and a webhook that leads to it."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from conftest import World
from qualisys.projects.models import Project
from qualisys.webhooks import services
from qualisys.webhooks.events import CHOSEN_FROM
from qualisys.webhooks.models import Webhook


@dataclass
class Received:
    """One request as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """A server that notes what it is sent and answers what it was told to, 204 otherwise."""

    port: int
    received: list[Received] = field(default_factory=list)
    # Writes the answer in place of the handler; set by a test.
    behaviour: Callable[[BaseHTTPRequestHandler], None] | None = None
    # Of one that speaks TLS: the names it was asked for, and whose word its certificate is.
    asked: list[str | None] = field(default_factory=list)
    authority: Path | None = None

    def url(self, host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}/hooks"

    def answers(self, status: int, body: bytes = b"", **headers: str) -> None:
        """Answer so from now on."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                handler.send_header(name.replace("_", "-"), value)
            handler.end_headers()
            handler.wfile.write(body)

        self.behaviour = answer


def serve(wrap: Callable[[Any], Any] = lambda socket: socket) -> Iterator[Receiver]:
    """Serve on a free port, behind whatever `wrap` makes of the socket."""
    receiver = Receiver(0)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.received.append(Received(self.path, headers, body))
            if receiver.behaviour is None:
                receiver.answers(204)
            receiver.behaviour(self)

        do_GET = do_POST  # noqa: N815  # what a client that follows a redirect would send

        def log_message(self, *_arguments: object) -> None:
            """Keep the console quiet."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_request: object) -> None:
            """A client that goes away in the middle is what some tests are about."""

    with Server(("127.0.0.1", 0), Handler) as server:
        server.socket = wrap(server.socket)
        receiver.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=[0.05])
        thread.start()
        yield receiver
        server.shutdown()
        thread.join()


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    """A receiver on this machine, which is allowed as it is in development."""
    settings.WEBHOOK_ALLOW_LOOPBACK = True
    yield from serve()


MakeWebhook = Callable[..., tuple[Webhook, str]]


@pytest.fixture
def make_webhook(world: World, project: Project) -> MakeWebhook:
    """Make a webhook of the project and return it with its secret."""

    def make(url: str, events: list[str] | None = None) -> tuple[Webhook, str]:
        wanted = events or [event.value for event in CHOSEN_FROM]
        return services.create_webhook(project.pk, actor_id=world.acme_owner.pk, url=url, events=wanted)

    return make
