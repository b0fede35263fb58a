"""The analysis of a checkout against a plain read of its files and ctags; one process against two; the second time."""

import os
import resource
import shutil
import statistics
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from github_connections.analysis import Limits, Report, analyze
from qualisys.dev.bench.analysis_corpus import copy_installed_packages, make_projects
from qualisys.dev.bench.figures import BenchmarkError, Figure, at_least, at_most, number, ratios, spread
from qualisys.dev.bench.progress import tell
from qualisys.dev.bench.rounds import take_turns

# A directory of the person's own, in the place of the one that is made.
CORPUS_VARIABLE = "BENCH_ANALYSIS_CORPUS"
_ROUNDS = 3
_PACKAGE_FILES = 2_000
_PROJECT_FILES = 2_000
_LARGE_PROJECT_FILES = 6_500
_SECONDS_BETWEEN_LOOKS = 0.1


def measure(place: Path) -> list[Figure]:
    """Return the figures of the corpus, and of a large project in Java and TypeScript."""
    given = os.environ.get(CORPUS_VARIABLE)
    if given:
        if not Path(given).is_dir():
            raise BenchmarkError(f"there is no directory {given}")
        return _figures(Path(given), place / "kept")
    mixed, large = place / "mixed", place / "large"
    tell("  making the files")
    copy_installed_packages(mixed, _PACKAGE_FILES)
    make_projects(mixed, _PROJECT_FILES)
    make_projects(large, _LARGE_PROJECT_FILES)
    return [*_figures(mixed, place / "kept"), _large(large)]


def _figures(corpus: Path, kept: Path) -> list[Figure]:
    files = _measured(corpus, 1).files
    tell(f"  {files:,} files")
    runs: dict[str, list[_Run]] = {"one": [], "two": []}
    others: dict[str, Callable[[], float]] = {"read": lambda: _cpu_seconds_of(lambda: _read(corpus))}
    if shutil.which("ctags"):
        others["ctags"] = lambda: _cpu_seconds_of(lambda: _ctags(corpus))
    ways = {
        "one": lambda: _noted(runs["one"], _measured(corpus, 1)),
        "two": lambda: _noted(runs["two"], _measured(corpus, 2)),
        **others,
    }
    seconds = take_turns(ways, _ROUNDS)
    return [
        *_speed(files, runs["two"]),
        *_processes(seconds["one"], seconds["two"]),
        *(_against(name, seconds[name], runs["two"]) for name in others),
        _second_time(corpus, kept),
    ]


def _speed(files: int, runs: "list[_Run]") -> list[Figure]:
    speeds = [files / run.cpu_seconds for run in runs]
    memory = [run.memory_mebibytes for run in runs]
    note = f"{spread(speeds)}; {number(runs[0].megabytes)} MB in {files:,} files"
    return [
        Figure("files a CPU second", statistics.median(speeds), aim=at_least(600), note=note),
        Figure("resident, all processes of an analysis", max(memory), "MiB", at_most(300), "the most in any round"),
    ]


def _processes(one: list[float], two: list[float]) -> list[Figure]:
    times = ratios(one, two)
    note = f"{spread(times)}; {number(statistics.median(one))} s and {number(statistics.median(two))} s"
    return [Figure("one process / two processes", statistics.median(times), aim=at_least(1.6), note=note)]


def _against(name: str, seconds: list[float], runs: "list[_Run]") -> Figure:
    times = ratios([run.cpu_seconds for run in runs], seconds)
    what = {"read": "a plain read", "ctags": "ctags -R"}[name]
    note = f"{spread(times)}; {what} {number(statistics.median(seconds))} s"
    return Figure(f"CPU seconds: analysis / {what}", statistics.median(times), note=note)


def _second_time(corpus: Path, kept: Path) -> Figure:
    first = [_measured(corpus, 2, keep=kept).seconds for _ in range(_ROUNDS)]
    second = [_measured(corpus, 2, known=kept, keep=kept).seconds for _ in range(_ROUNDS)]
    times = ratios(second, first)
    note = f"{spread(times)}; {number(statistics.median(second))} s after {number(statistics.median(first))} s"
    return Figure(
        "an unchanged checkout: second / first analysis", statistics.median(times), aim=at_most(0.1), note=note
    )


def _large(corpus: Path) -> Figure:
    tell(f"  {_LARGE_PROJECT_FILES:,} files of Java and TypeScript")
    runs = [_measured(corpus, 2) for _ in range(_ROUNDS)]
    seconds = [run.seconds for run in runs]
    note = f"{spread(seconds)}; {number(runs[0].megabytes)} MB; {number(runs[0].routes)} routes"
    name = f"{_LARGE_PROJECT_FILES:,} files of Java and TypeScript, two processes"
    return Figure(name, statistics.median(seconds), "s", at_most(12), note)


@dataclass(frozen=True)
class _Run:
    """One analysis: what it took, and how much it read."""

    seconds: float
    cpu_seconds: float
    memory_mebibytes: float
    files: int
    megabytes: float
    routes: int


def _measured(corpus: Path, processes: int, known: Path | None = None, keep: Path | None = None) -> _Run:
    began = time.monotonic()
    reports: list[Report] = []
    with _Memory() as memory:
        cpu_seconds = _cpu_seconds_of(
            lambda: reports.append(analyze(corpus, Limits(processes=processes), known=known, keep=keep))
        )
    reached = reports[0].limits
    routes = len(reports[0].routes)
    seconds = time.monotonic() - began
    return _Run(seconds, cpu_seconds, memory.most / 1024, reached.files_read, reached.bytes / 1e6, routes)


def _noted(runs: list[_Run], run: _Run) -> float:
    runs.append(run)
    return run.seconds


def _cpu_seconds_of(work: Callable[[], object]) -> float:
    """Return the processor's seconds, of this process and of those it waited for."""
    before = _cpu_seconds()
    work()
    return _cpu_seconds() - before


def _cpu_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def _read(corpus: Path) -> None:
    for path in corpus.rglob("*"):
        if path.is_file() and not path.is_symlink():
            path.read_bytes()


def _ctags(corpus: Path) -> None:
    subprocess.run(["ctags", "-R", "-f", os.devnull, str(corpus)], check=True, stderr=subprocess.DEVNULL)


class _Memory:
    """Looks again and again at how much the processes below this one hold, what they share counted once."""

    def __init__(self) -> None:
        self.most = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(_SECONDS_BETWEEN_LOOKS):
            analyses = [process for process in _children(os.getpid()) if b"analysis_process" in _command(process)]
            processes = [*analyses, *(child for process in analyses for child in _children(process))]
            self.most = max(self.most, sum(map(_kibibytes, processes)))


def _children(process: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        found += map(int, _text(task).split())
    return found


def _command(process: int) -> bytes:
    return _text(Path(f"/proc/{process}/cmdline"))


def _kibibytes(process: int) -> int:
    lines = _text(Path(f"/proc/{process}/smaps_rollup")).splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith(b"Pss:")), 0)


def _text(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it has ended meanwhile
        return b""
