"""The benchmarks' command line, arithmetic and report. How fast anything is, is nothing that a test asserts."""

import json
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path

import pytest

from qualisys.dev.bench import __main__ as bench
from qualisys.dev.bench.figures import Figure, at_least, at_most, number, percentile, ratios, spread
from qualisys.dev.bench.load import Load, LoadError, drive
from qualisys.dev.bench.results import Result, as_document, as_tables
from qualisys.dev.bench.rounds import take_turns
from qualisys.dev.bench.source_repository import make_source_repository

MISSED = Figure("1,000 files: task / plain git", 0.95, aim=at_most(0.9), note="0.80 to 1.10 in 9 rounds")
MET = Figure("GET", 1234.5, "req/s", at_least(500))
PLAIN = Figure("p95", 12.34, "ms")


def result(name: str, *figures: Figure) -> Result:
    return Result(name, "2026-11-22 14:00 UTC", 0.25, 61.2, {"cores": "2", "git": "2.39.5"}, figures)


class Answer(BaseHTTPRequestHandler):
    """Answers 200 with five bytes, and 404 at /absent."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(404 if self.path == "/absent" else 200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *_arguments: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    def handle_error(self, *_request: object) -> None:
        """Nothing to report: a generator leaves while its last requests are under way."""


@pytest.fixture
def port() -> Iterator[int]:
    """The port of a server of `Answer`."""
    with Server(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_unknown_benchmark_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    """A benchmark that does not exist ends with status 2 and the names of those that do."""
    with pytest.raises(SystemExit) as ended:
        bench.main(["everything"])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert all(name in said for name in bench.BENCHMARKS)


@pytest.mark.parametrize("name", bench.BENCHMARKS)
def test_every_benchmark_that_is_named_exists(name: str) -> None:
    """Each name on the command line is a module that measures."""
    assert callable(import_module(f"qualisys.dev.bench.{name}").measure)


def test_missed_aim_is_told_and_is_no_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Machines are noisy: an aim that is missed stands in the report, and the status stays 0."""
    monkeypatch.setattr(bench, "_measured", lambda name: result(name, MISSED))
    assert bench.main(["clone"]) == 0
    assert "MISSED" in capsys.readouterr().out


def test_all_benchmarks_run_without_a_name(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a name all of them are measured, and with --json one document is all that is printed."""
    monkeypatch.setattr(bench, "_measured", lambda name: result(name, MET))
    assert bench.main(["--json"]) == 0
    assert [each["benchmark"] for each in json.loads(capsys.readouterr().out)] == list(bench.BENCHMARKS)


def test_failed_benchmark_takes_no_other_with_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where one could not be measured the others are reported, and the status says that something failed."""
    monkeypatch.setattr(bench, "_measured", lambda name: None if name == "api" else result(name, MET))
    assert bench.main([]) == 1
    printed = capsys.readouterr().out
    assert "### sweep" in printed
    assert "### api" not in printed


@pytest.mark.parametrize(
    ("figure", "met"),
    [
        (Figure("", 0.9, aim=at_most(0.9)), True),
        (Figure("", 0.91, aim=at_most(0.9)), False),
        (Figure("", 0.25, aim=at_least(0.25)), True),
        (Figure("", 0.24, aim=at_least(0.25)), False),
        (Figure("", 7.0), None),
    ],
)
def test_aim_is_met_at_its_bound(figure: Figure, met: bool | None) -> None:
    """An aim holds on its own side, its value included; a figure without one is neither met nor missed."""
    assert figure.met is met


def test_ratios_are_of_the_same_round() -> None:
    """What slows both of a round down leaves their ratio as it is."""
    assert ratios([1.0, 4.0], [2.0, 8.0]) == [0.5, 0.5]


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.95, 95), (0.951, 96), (1.0, 100)])
def test_percentile(share: float, value: int) -> None:
    """The 95th percentile of the numbers from 1 to 100 is 95, in whatever order they come."""
    assert percentile(list(range(100, 0, -1)), share) == value
    assert percentile([7.0], share) == 7.0


def test_numbers_have_the_digits_that_mean_something() -> None:
    """Small ratios keep two decimals, large numbers none, and a spread names its rounds."""
    assert [number(value) for value in (0.456, 12.34, 1234.5, 2.0, 0.0)] == ["0.46", "12.3", "1,234", "2", "0"]
    assert spread([0.5, 1.25, 0.75]) == "0.50 to 1.25 in 3 rounds"


def test_every_round_begins_with_another() -> None:
    """Each way is measured once a round, and none is always the first."""
    order: list[str] = []

    def way(name: str) -> float:
        order.append(name)
        return float(len(order))

    measured = take_turns({name: partial(way, name) for name in "abc"}, 2)
    assert order == [*"abc", *"bca"]
    assert measured == {"a": [1, 6], "b": [2, 4], "c": [3, 5]}


def test_report_reads_as_a_table() -> None:
    """A person sees figure, unit, aim, and whether it is met, in columns."""
    assert as_tables([result("clone", MISSED, MET, PLAIN)]).splitlines() == [
        "### clone",
        "",
        "2026-11-22 14:00 UTC, 61 s, load before 0.2; cores 2, git 2.39.5",
        "",
        "| what                          | figure      | aim                |        |                          |",
        "|-------------------------------|-------------|--------------------|--------|--------------------------|",
        "| 1,000 files: task / plain git | 0.95        | at most 0.90       | MISSED | 0.80 to 1.10 in 9 rounds |",
        "| GET                           | 1,234 req/s | at least 500 req/s | met    |                          |",
        "| p95                           | 12.3 ms     |                    |        |                          |",
    ]


def test_document_is_what_was_measured() -> None:
    """The JSON document says everything that the report does, and whether each aim is met."""
    results = [result("clone", MISSED, PLAIN), result("api", MET)]
    said = json.loads(as_document(results))
    assert [Result.from_json(each) for each in said] == results
    assert [figure["met"] for each in said for figure in each["figures"]] == [False, None, True]


def test_load_generator_counts_whole_answers(port: int) -> None:
    """It reports what was answered in the time, and a 95th percentile that is not below the median."""
    answered = drive(Load(port, "/", {"Host": "localhost"}, connections=3, seconds=0.2))
    assert answered.per_second > 0
    assert 0 < answered.median_seconds <= answered.p95_seconds


def test_load_generator_refuses_errors(port: int) -> None:
    """A server that answers with errors is not measured as a fast one."""
    with pytest.raises(LoadError, match="404"):
        drive(Load(port, "/absent", {"Host": "localhost"}, connections=1, seconds=0.2))


def test_source_repository_is_the_same_every_time(tmp_path: Path) -> None:
    """The branch holds that many files, in a history that a depth of one cuts short."""
    tips = []
    for name in ("first", "second"):
        make_source_repository(tmp_path / name, files=120)
        tips.append(git(tmp_path / name, "rev-list", "main"))
    assert tips[0] == tips[1]
    assert len(tips[0]) == 2
    assert len(git(tmp_path / "first", "ls-tree", "-r", "--name-only", "main")) == 121


def git(directory: Path, *arguments: str) -> list[str]:
    run = subprocess.run(["git", *arguments], cwd=directory, capture_output=True, text=True, check=True)
    return run.stdout.splitlines()
