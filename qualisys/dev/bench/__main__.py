"""Measures how fast the service is, and says which aims are met.

Every benchmark has servers, data and directories of its own, which are gone afterwards.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn

from qualisys.dev.bench.analysis import CORPUS_VARIABLE
from qualisys.dev.bench.progress import tell
from qualisys.dev.bench.results import Result, as_document, as_tables
from qualisys.dev.processes import stop
from qualisys.dev.stack import PROJECT

BENCHMARKS = {
    "clone": "a clone against plain git",
    "api": "the API's GET against a view without a database",
    "tenants": "new tenants, and migrating many",
    "sweep": "the periodic jobs among few and many tenants",
    "reconcile": "comparing rows and directories among few and many tenants",
    "analysis": "the analysis of a checkout against a plain read and ctags",
}
# What a person has set for her own service must not change what is measured.
_KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", CORPUS_VARIABLE)
_STOP_SECONDS = 60


def main(arguments: list[str] | None = None) -> int:
    """Run one benchmark, or all; 0 also where an aim is missed, which the report says."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    os.environ[CORPUS_VARIABLE] = str(Path(options.corpus).absolute()) if options.corpus else ""
    try:
        chosen = [options.benchmark] if options.benchmark else list(BENCHMARKS)
        results = [_measured(name) for name in chosen]
    except KeyboardInterrupt:
        return 130
    done = [result for result in results if result is not None]
    print(as_document(done) if options.json else as_tables(done))
    return 0 if len(done) == len(results) else 1


def _interrupt(*_signal: Any) -> NoReturn:
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="script/bench",
        description=__doc__,
        epilog="; ".join(f"{name}: {what}" for name, what in BENCHMARKS.items()),
    )
    parser.add_argument("benchmark", nargs="?", choices=BENCHMARKS, help="the one to run; all of them without it")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else on stdout")
    parser.add_argument("--corpus", help="analysis: a directory to measure with, in the place of the one that is made")
    return parser


def _measured(name: str) -> Result | None:
    """Return what a process of its own measured; None where it failed and has said why."""
    tell(f"{name}: {BENCHMARKS[name]} …")
    process = subprocess.Popen(
        [sys.executable, "-m", "qualisys.dev.bench.measure", name],
        cwd=PROJECT,
        env={name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
        | {"DJANGO_SETTINGS_MODULE": "qualisys.dev.bench.settings"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        # Ctrl-C reaches this process alone, which then asks that one to end in order.
        start_new_session=True,
    )
    try:
        printed, _ = process.communicate()
    finally:
        stop(process, signal.SIGTERM, _STOP_SECONDS)
    if process.returncode:
        tell(f"{name}: failed with status {process.returncode}")
        return None
    return Result.from_json(json.loads(printed))


if __name__ == "__main__":
    sys.exit(main())
