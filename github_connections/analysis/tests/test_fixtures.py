"""Every repository under fixtures/ yields exactly the rows its `expected.txt` names, with file and line."""

from pathlib import Path

import pytest

from github_connections.analysis import Limits, Report, in_process, pipeline
from github_connections.analysis.tests.trees import ParsersHere

FIXTURES = Path(__file__).parent / "fixtures"
CASES = sorted(path for path in FIXTURES.glob("*/*") if path.is_dir())


@pytest.fixture(autouse=True)
def parse_right_here(monkeypatch):
    """A hundred small repositories need no processes of their own."""
    monkeypatch.setattr(pipeline, "Parsers", ParsersHere)


def lines_of(report: Report) -> list[str]:
    """Return the report in the form of `expected.txt`."""
    routes = [f"route {row.method} {row.path} {row.file}:{row.line}" for row in report.routes]
    return sorted([*routes, *(f"component {row.name} {row.file}:{row.line}" for row in report.components)])


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_a_repository_yields_exactly_its_rows(case):
    """No row is missing, none is there that should not be, and nothing broke on the way."""
    expected = case / "expected.txt"
    assert expected.exists(), f"{case.parent.name}/{case.name} has no expected.txt"
    report = in_process.analyze_here(case, Limits(processes=1))
    wanted, found = set(expected.read_text().splitlines()) - {""}, set(lines_of(report))
    broken = [f"broken      {item.file or item.reason}" for item in report.limits.skipped if "failed" in item.reason]
    missing = [f"missing     {line}" for line in sorted(wanted - found)]
    unexpected = [f"unexpected  {line}" for line in sorted(found - wanted)]
    problems = "\n".join([*broken, *missing, *unexpected])
    assert not problems, f"{case.parent.name}/{case.name}:\n{problems}"


def test_there_are_repositories():
    """The fixtures are where this test looks for them."""
    assert CASES
