"""`python -m qualisys.dev.bench.measure NAME`: one benchmark in a process of its own; JSON on standard output."""

import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

import django
from django.core.management import call_command
from django.db import connection

from qualisys.dev.bench.figures import BenchmarkError, Figure
from qualisys.dev.bench.machine import describe_machine
from qualisys.dev.bench.progress import tell
from qualisys.dev.bench.results import Result
from qualisys.dev.bench.throw_away_service import throw_away_service

_SIGNALS = (signal.SIGTERM, signal.SIGALRM)
_SECONDS_BETWEEN_INTERRUPTS = 5


def main() -> int:
    """Measure, and print the result; the status of an interrupted or failed one is not 0."""
    for number in _SIGNALS:
        signal.signal(number, _interrupt)
    try:
        result = _result(sys.argv[1])
    except BenchmarkError as error:
        tell(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    print(json.dumps(result.as_json()))
    return 0


def _interrupt(*_signal: Any) -> NoReturn:
    # Python drops what is raised while it finalises an object: it is raised again until it was heard.
    signal.alarm(_SECONDS_BETWEEN_INTERRUPTS)
    raise KeyboardInterrupt


def _hear_no_interrupt() -> None:
    """Let what cleans up come to its end."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    signal.alarm(0)


def _result(benchmark: str) -> Result:
    load, began_at, began = os.getloadavg()[0], datetime.now(UTC), time.monotonic()
    with throw_away_service() as place:
        try:
            figures = _figures(benchmark, place)
            machine = describe_machine(place)
        finally:
            _hear_no_interrupt()
            connection.close()
            connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's own
    return Result(
        benchmark=benchmark,
        began_at=f"{began_at:%Y-%m-%d %H:%M} UTC",
        load_before=load,
        seconds=time.monotonic() - began,
        machine=machine,
        figures=tuple(figures),
    )


def _figures(benchmark: str, place: Path) -> Sequence[Figure]:
    django.setup()
    call_command("migrate_schemas", verbosity=0)
    # What it imports are models, which can be imported only now.
    figures: Sequence[Figure] = import_module(f"qualisys.dev.bench.{benchmark}").measure(place)
    return figures


if __name__ == "__main__":
    sys.exit(main())
