"""GET of a connection under load, against a view without a database on the same server in the same run."""

import http.client
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
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
from qualisys.dev.bench.rounds import Way, take_turns
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
_LOG_SHOWN = 4_000  # letters
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
    """A running web server with two workers of so many threads, and what it did in each round."""

    name: str
    port: int
    log: Path
    get: list[Answered] = field(default_factory=list)
    without_database: list[Answered] = field(default_factory=list)

    @property
    def to_floor(self) -> list[float]:
        return ratios(_rates(self.get), _rates(self.without_database))

    def ways(self, get: _Address, floor: _Address) -> dict[str, Way]:
        return {
            f"{self.name}, GET": partial(self._ask, get, self.get),
            f"{self.name}, without": partial(self._ask, floor, self.without_database),
        }

    def forget(self) -> None:
        self.get.clear()
        self.without_database.clear()

    def _ask(self, address: _Address, answers: list[Answered]) -> float:
        answers.append(_drive(self.port, address, self.log))
        return answers[-1].per_second


def measure(place: Path) -> list[Figure]:
    """Return the figures of each server, and those of the quickest against the aims."""
    owner = make_owner()
    tenant = make_tenant("bench", owner)
    with tenant_context(tenant):
        project_id = make_connection(owner, status="cloned").project_id
    get = _Address(f"/api/v1/projects/{project_id}/github", {"Host": _HOST, **_authorisation(owner, tenant)})
    statements = _statements(get)
    contenders = _contest(place, get, _Address(f"/{WITHOUT_DATABASE}", {"Host": _HOST}))
    best = max(contenders, key=lambda contender: statistics.median(_rates(contender.get)))
    note = f"{best.name}; {spread(best.to_floor)}"
    return [
        Figure("GET / view without a database", statistics.median(best.to_floor), aim=_RATIO_AIM, note=note),
        Figure("SQL statements of GET", len(statements), aim=_STATEMENTS_AIM, note="beside SET search_path"),
        *(figure for contender in contenders for figure in _figures(contender)),
    ]


def _contest(place: Path, get: _Address, floor: _Address) -> list[_Contender]:
    """Run all servers side by side and put load on one after the other, again and again."""
    with ExitStack() as running:
        contenders = [
            running.enter_context(_served(server, threads, place))
            for server, counts in _THREADS.items()
            for threads in counts
        ]
        ways = {name: way for contender in contenders for name, way in contender.ways(get, floor).items()}
        tell(f"  {len(contenders)} servers, {_ROUNDS} rounds")
        take_turns(ways, 1)
        for contender in contenders:
            contender.forget()
        take_turns(ways, _ROUNDS)
    return contenders


def _rates(rounds: Sequence[Answered]) -> list[float]:
    return [answered.per_second for answered in rounds]


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


@contextmanager
def _served(server: str, threads: int, place: Path) -> Iterator[_Contender]:
    """Yield a server that answers."""
    contender = _Contender(f"{server}, {_WORKERS} × {threads} threads", free_port(), place / f"{server}-{threads}.log")
    command = _COMMANDS[server](contender.port, workers=_WORKERS, threads=threads)
    process = start_process(command, log=contender.log, environment=os.environ)
    try:
        _wait_until_it_answers(process, contender)
        yield contender
    finally:
        stop(process, SIGTERM, _STOP_SECONDS)


def _wait_until_it_answers(process: subprocess.Popen[bytes], contender: _Contender) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not _answers(contender.port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise BenchmarkError(f"{contender.name} did not start:\n{contender.log.read_text()[-_LOG_SHOWN:]}")
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


def _drive(port: int, address: _Address, log: Path) -> Answered:
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
        raise BenchmarkError(f"GET {address.path}: {run.stderr}\nThe server said:\n{log.read_text()[-_LOG_SHOWN:]}")
    return Answered(**json.loads(run.stdout))


def _figures(contender: _Contender) -> list[Figure]:
    floor = statistics.median(_rates(contender.without_database))
    share = max(answered.generator_share for answered in contender.without_database)
    p95 = statistics.median(answered.p95_seconds for answered in contender.get)
    note = f"without a database {floor:,.0f} req/s ({100 * share:.0f} % of a core for the generator)"
    return [
        Figure(f"{contender.name}: GET", statistics.median(_rates(contender.get)), "req/s", note=note),
        Figure(f"{contender.name}: p95", 1000 * p95, "ms", note=f"ratio {spread(contender.to_floor)}"),
    ]
