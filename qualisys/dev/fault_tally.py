"""A pytest plugin: what the fault tests saw, in one line at the end of the run, or in a file for who adds runs up."""

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import pytest

END_STATE, ORPHANS, LEAKS = "end state", "orphans", "leaks"


@dataclass
class Tally:
    """What came of the faults that were injected."""

    states: Counter[str] = field(default_factory=Counter)
    orphans: int = 0
    leaks: int = 0

    def count(self, name: str, value: object) -> None:
        """Add what a test recorded about itself."""
        if name == END_STATE:
            self.states[str(value)] += 1
        self.orphans += int(str(value)) if name == ORPHANS else 0
        self.leaks += int(str(value)) if name == LEAKS else 0

    def __add__(self, other: Self) -> "Tally":
        return Tally(self.states + other.states, self.orphans + other.orphans, self.leaks + other.leaks)

    def __str__(self) -> str:
        ends = ", ".join(f"{count} {state}" for state, count in self.states.most_common())
        injected = f"{self.states.total()} injected; end states: {ends or 'none'}"
        return f"faults: {injected}; orphans {self.orphans}; leaks {self.leaks}"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer to write the tally down."""
    parser.addoption("--fault-tally", metavar="FILE", help="write what the fault tests saw to this file, as JSON")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Count what the tests recorded about themselves, in whichever process they ran."""
    tally = Tally()
    for report in terminalreporter.getreports("") + terminalreporter.getreports("passed"):
        for name, value in report.user_properties if report.when == "teardown" else ():
            tally.count(name, value)
    if tally.states:
        terminalreporter.write_line(str(tally))
    if file := config.getoption("--fault-tally"):
        Path(file).write_text(json.dumps(vars(tally)))


def read_tally(file: Path) -> Tally:
    """Return what a run wrote down; FileNotFoundError where it did not come to its end."""
    said = json.loads(file.read_text())
    return Tally(Counter(said["states"]), said["orphans"], said["leaks"])
