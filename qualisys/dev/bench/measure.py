"""`python -m qualisys.dev.bench.measure NAME`: one benchmark in a process of its own; JSON on standard output."""

import json
import os
import signal
import sys
import time
from datetime import UTC, datetime
from importlib import import_module
from typing import Any, NoReturn

import django
from django.core.management import call_command
from django.db import connection

from qualisys.dev.bench.figures import BenchmarkError
from qualisys.dev.bench.machine import describe_machine
from qualisys.dev.bench.progress import tell
from qualisys.dev.bench.results import Result
from qualisys.dev.bench.throw_away_service import throw_away_service


def main() -> int:
    """Measure, and print the result; the status of an interrupted or failed one is not 0."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        result = _measure(sys.argv[1])
    except BenchmarkError as error:
        tell(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    print(json.dumps(result.as_json()))
    return 0


def _interrupt(*_signal: Any) -> NoReturn:
    # What stops the servers must not be interrupted in its turn.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def _measure(benchmark: str) -> Result:
    load, began_at, began = os.getloadavg()[0], datetime.now(UTC), time.monotonic()
    with throw_away_service() as place:
        django.setup()
        call_command("migrate_schemas", verbosity=0)
        try:
            # Its models can be imported only now.
            figures = import_module(f"qualisys.dev.bench.{benchmark}").measure(place)
            machine = describe_machine(place)
        finally:
            connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's own
    return Result(
        benchmark=benchmark,
        began_at=f"{began_at:%Y-%m-%d %H:%M} UTC",
        load_before=load,
        seconds=time.monotonic() - began,
        machine=machine,
        figures=tuple(figures),
    )


if __name__ == "__main__":
    sys.exit(main())
