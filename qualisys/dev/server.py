"""`script/server`: the whole stack in the foreground until Ctrl-C."""

import argparse
import signal
import threading
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console

from qualisys.dev.api_client import ApiClient
from qualisys.dev.seeding import (
    OPERATOR,
    OWN_REPOSITORY,
    OWNER,
    PROJECT_NAME,
    TENANT_HOST,
    seed,
    serve_loopback_github,
)
from qualisys.dev.stack import STATE, Stack


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8000, help="port of the web server (8000); the next is for events")
    parser.add_argument("--github", action="store_true", help="use the real github.com instead of the loopback one")
    parser.add_argument(
        "--repository",
        type=_named_path,
        action="append",
        default=[],
        metavar="OWNER/NAME=PATH",
        help="a local repository that the loopback GitHub serves too; may be given several times",
    )


def run(options: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM, then stop everything and return 0."""
    console = Console(highlight=False, soft_wrap=True)
    with ExitStack() as cleanup:
        console.print("Starting PostgreSQL and Redis, migrating …")
        stack = cleanup.enter_context(Stack())
        seed(stack)
        if not options.github:
            serve_loopback_github(stack, cleanup, dict(options.repository))
        stack.start_workers()
        stack.start_web(options.port)
        stack.start_events(options.port + 1)
        stack.share_environment()
        console.print(_welcome(stack, options.port, loopback=not options.github), markup=False)
        _wait_for_signal()
        console.print("Stopping …")
    return 0


def _named_path(value: str) -> tuple[str, Path]:
    full_name, separator, path = value.partition("=")
    if not separator or not path:
        raise argparse.ArgumentTypeError("write it as OWNER/NAME=PATH")
    return full_name, Path(path).resolve()


def _wait_for_signal() -> None:
    told = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told.set())
    told.wait()


def _welcome(stack: Stack, port: int, *, loopback: bool) -> str:
    api = ApiClient(port, TENANT_HOST)
    api.log_in(OWNER, stack.secrets.owner_password)
    project_id = api.project_named(PROJECT_NAME)["id"]
    base = f"http://{TENANT_HOST}:{port}"
    repo_url = f"https://github.com/{OWN_REPOSITORY}" if loopback else "https://github.com/OWNER/NAME"
    pat = stack.secrets.loopback_token if loopback else "YOUR-TOKEN"
    credentials = f'{{"email": "{OWNER}", "password": "{stack.secrets.owner_password}"}}'
    return f"""
Acme's admin     {base}/admin/                 {OWNER}   {stack.secrets.owner_password}
Operators' admin http://localhost:{port}/admin/   {OPERATOR}   {stack.secrets.operator_password}
API              {base}/api/v1/docs   every call, to read and to try (and docs/api.md)
Events           http://{TENANT_HOST}:{port + 1}/api/v1/projects/{{project_id}}/github/events
Logs             {STATE}/web.log, events.log, worker.log, beat.log

Connect a repository to the project {PROJECT_NAME}{", from the loopback GitHub that stands in for github.com" if loopback else ""}:

  TOKEN=$(curl -s {base}/api/v1/auth/token -H 'Content-Type: application/json' -d '{credentials}' | sed 's/.*"access":"\\([^"]*\\)".*/\\1/')
  curl {base}/api/v1/projects/{project_id}/github -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{{"repo_url": "{repo_url}", "pat": "{pat}"}}'
  curl {base}/api/v1/projects/{project_id}/github -H "Authorization: Bearer $TOKEN"

Ctrl-C stops everything; the data stay in {STATE}.
"""  # noqa: E501  # lines to be copied whole
