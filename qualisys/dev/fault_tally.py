"""A pytest plugin: what the fault tests saw, in one line at the end of the run."""

from collections import Counter

import pytest

END_STATE, ORPHANS, LEAKS = "end state", "orphans", "leaks"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Count what the tests recorded about themselves, in whichever process they ran."""
    reports = terminalreporter.getreports("") + terminalreporter.getreports("passed")
    recorded = [pair for report in reports if report.when == "teardown" for pair in report.user_properties]
    states = Counter(str(value) for name, value in recorded if name == END_STATE)
    if states:
        ends = ", ".join(f"{count} {state}" for state, count in states.most_common())
        sums = [f"{name} {sum(int(value) for found, value in recorded if found == name)}" for name in (ORPHANS, LEAKS)]
        terminalreporter.write_line(f"faults: {states.total()} injected; end states: {ends}; {'; '.join(sums)}")
