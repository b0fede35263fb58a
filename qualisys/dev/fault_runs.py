"""`script/faults`: the fault tests several times in a row, and what came of all of them together."""

import argparse
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from qualisys.dev.fault_tally import Tally, read_tally
from qualisys.dev.stack import PROJECT


@dataclass(frozen=True)
class Run:
    """One run of the fault tests."""

    passed: bool
    seconds: float
    tally: Tally

    @property
    def is_clean(self) -> bool:
        """No test failed, faults were injected at all, and nothing was left or leaked."""
        return self.passed and bool(self.tally.states) and not self.tally.orphans and not self.tally.leaks


def main(arguments: list[str] | None = None) -> int:
    """Run them, print what came of each run and of all, and return 0 where every run was clean."""
    parser = argparse.ArgumentParser(prog="script/faults", description=__doc__)
    parser.add_argument("--runs", type=int, default=10, help="how often (10)")
    parser.add_argument("pytest", nargs="*", help="after --: arguments for pytest, to choose among the tests")
    options = parser.parse_args(arguments)
    runs = []
    for number in range(1, options.runs + 1):
        runs.append(_run(options.pytest))
        print(f"run {number}, {runs[-1].seconds:.0f} s: {_verdict(runs[-1])}; {runs[-1].tally}", flush=True)
    clean = sum(run.is_clean for run in runs)
    print(f"{clean} of {len(runs)} runs clean; {sum((run.tally for run in runs), Tally())}")
    return 0 if clean == len(runs) else 1


def _verdict(run: Run) -> str:
    return "no failure" if run.passed else "FAILED"


def _run(chosen: list[str]) -> Run:
    """Run once; what failed is printed as pytest says it."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "tally.json"
        command = [sys.executable, "-m", "pytest", "-q", "-m", "faults", f"--fault-tally={file}", *chosen]
        finished = subprocess.run(command, cwd=PROJECT, check=False, stdout=subprocess.PIPE, text=True)
        tally = read_tally(file) if file.exists() else Tally()
    if finished.returncode:
        print(finished.stdout, flush=True)
    return Run(finished.returncode == 0, time.monotonic() - began, tally)


if __name__ == "__main__":
    sys.exit(main())
