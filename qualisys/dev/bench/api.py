"""GET of a connection under load, against a view without a database on the same server in the same run."""

import http.client
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from signal import SIGTERM

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import tenant_context
from rest_framework_simplejwt.tokens import RefreshToken

from qualisys.accounts.models import User
from qualisys.dev.bench.figures import BenchmarkError, Figure, at_least, at_most, ratios, spread
from qualisys.dev.bench.load import Answered, Load
from qualisys.dev.bench.progress import tell
from qualisys.dev.bench.rounds import take_turns
from qualisys.dev.bench.rows import make_connection, make_owner, make_tenant
from qualisys.dev.bench.urls import WITHOUT_DATABASE
from qualisys.dev.processes import start_process, stop
from qualisys.dev.stack import free_port, web_command
from qualisys.tenancy.authentication import TENANT_CLAIM
from qualisys.tenancy.models import Tenant

_WORKERS = 2
_THREADS = {"granian": (1, 2, 4, 8), "gunicorn": (2, 4, 8)}
_CONNECTIONS = 16
_ROUNDS = 5
_ROUND_SECONDS = 1.5
_START_SECONDS = 30
_STOP_SECONDS = 15
_HOST = "bench.localhost"
_RATIO_AIM = at_least(0.25)
_STATEMENTS_AIM = at_most(2)


def _gunicorn_command(port: int, *, workers: int, threads: int) -> list[str]:
    return [
        *(sys.executable, "-m", "gunicorn", "qualisys.wsgi:application", "--worker-class", "gthread"),
        *("--bind", f"127.0.0.1:{port}", "--workers", str(workers), "--threads", str(threads)),
    ]


_COMMANDS: dict[str, Callable[..., list[str]]] = {"granian": web_command, "gunicorn": _gunicorn_command}


@dataclass(frozen=True)
class _Address:
    """What is asked, by its path and headers."""

    path: str
    headers: dict[str, str]


@dataclass(frozen=True)
class _Contender:
    """A web server with two workers of so many threads, and what it did in each round."""

    name: str
    get: list[Answered]
    without_database: list[Answered]

    @property
    def per_second(self) -> float:
        return statistics.median(_rates(self.get))

    @property
    def to_floor(self) -> list[float]:
        return ratios(_rates(self.get), _rates(self.without_database))


def _rates(rounds: Sequence[Answered]) -> list[float]:
    return [answered.per_second for answered in rounds]


def measure(place: Path) -> list[Figure]:
    """Return the figures of each server, and those of the quickest against the aims."""
    owner = make_owner()
    tenant = make_tenant("bench", owner)
    with tenant_context(tenant):
        project_id = make_connection(owner, status="cloned").project_id
    get = _Address(f"/api/v1/projects/{project_id}/github", {"Host": _HOST, **_authorisation(owner, tenant)})
    floor = _Address(f"/{WITHOUT_DATABASE}", {"Host": _HOST})
    statements = _statements(get)
    contenders = [
        _contender(server, threads, place, get, floor) for server, counts in _THREADS.items() for threads in counts
    ]
    best = max(contenders, key=lambda contender: contender.per_second)
    return [
        Figure("GET / view without a database", statistics.median(best.to_floor), aim=_RATIO_AIM, note=best.name),
        Figure("SQL statements of GET", len(statements), aim=_STATEMENTS_AIM, note="beside SET search_path"),
        *(figure for contender in contenders for figure in _figures(contender)),
    ]


def _authorisation(owner: User, tenant: Tenant) -> dict[str, str]:
    refresh = RefreshToken.for_user(owner)
    refresh[TENANT_CLAIM] = str(tenant.pk)
    return {"Authorization": f"Bearer {refresh.access_token}"}


def _statements(get: _Address) -> list[str]:
    """Return the statements that one GET sends, those that only choose the schema left out."""
    client = Client(headers=get.headers)
    client.get(get.path)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(get.path)
    if answer.status_code != http.client.OK:
        raise BenchmarkError(f"GET {get.path} answered {answer.status_code}: {answer.content.decode()}")
    texts = [query["sql"] for query in captured.captured_queries]
    return [text for text in texts if not text.startswith("SET search_path")]


def _contender(server: str, threads: int, place: Path, get: _Address, floor: _Address) -> _Contender:
    name = f"{server}, {_WORKERS} × {threads} threads"
    tell(f"  {name}")
    answers: dict[str, list[Answered]] = {"get": [], "floor": []}

    def asked(what: str, address: _Address, port: int) -> float:
        answers[what].append(_drive(port, address))
        return answers[what][-1].per_second

    with _served(server, threads, place / "web.log") as port:
        ways = {"get": partial(asked, "get", get, port), "floor": partial(asked, "floor", floor, port)}
        take_turns(ways, _ROUNDS + 1)
    # The first round is a warm-up.
    return _Contender(name, answers["get"][1:], answers["floor"][1:])


@contextmanager
def _served(server: str, threads: int, log: Path) -> Iterator[int]:
    """Yield the port of a server that answers."""
    port = free_port()
    command = _COMMANDS[server](port, workers=_WORKERS, threads=threads)
    process = start_process(command, log=log, environment=os.environ)
    try:
        _wait_until_it_answers(process, port, log)
        yield port
    finally:
        stop(process, SIGTERM, _STOP_SECONDS)


def _wait_until_it_answers(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not _answers(port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise BenchmarkError(f"A web server did not start:\n{log.read_text()}")
        time.sleep(0.05)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", f"/{WITHOUT_DATABASE}", headers={"Host": _HOST})
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()


def _drive(port: int, address: _Address) -> Answered:
    """Put load on the server from another process."""
    load = Load(port, address.path, address.headers, _CONNECTIONS, _ROUND_SECONDS)
    run = subprocess.run(
        [sys.executable, "-m", "qualisys.dev.bench.load"],
        input=json.dumps(asdict(load)),
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        raise BenchmarkError(f"GET {address.path}: {run.stderr}")
    return Answered(**json.loads(run.stdout))


def _figures(contender: _Contender) -> list[Figure]:
    floor = statistics.median(_rates(contender.without_database))
    share = max(answered.generator_share for answered in contender.without_database)
    p95 = statistics.median(answered.p95_seconds for answered in contender.get)
    note = f"without a database {floor:,.0f} req/s ({100 * share:.0f} % of a core for the generator)"
    return [
        Figure(f"{contender.name}: GET", contender.per_second, "req/s", note=note),
        Figure(f"{contender.name}: p95", 1000 * p95, "ms", note=f"ratio {spread(contender.to_floor)}"),
    ]
