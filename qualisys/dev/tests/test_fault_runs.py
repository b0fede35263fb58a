"""Adding up what the fault tests saw over several runs."""

import os
from pathlib import Path

import pytest

from qualisys.dev import fault_runs

TESTS = """
import pytest

@pytest.fixture(autouse=True)
def closing(record_property):
    yield
    record_property("end state", {state!r})
    record_property("orphans", {orphans})
    record_property("leaks", 0)

@pytest.mark.faults
@pytest.mark.parametrize("number", range(2))
def test_ends_well(number):
    assert {passes}

def test_of_something_else():
    raise AssertionError
"""


def run(capsys: pytest.CaptureFixture[str], place: Path, runs: int, **told: object) -> tuple[int, list[str]]:
    """Run these tests so often, and return the status and the lines that were printed."""
    file = place / "test_of_faults.py"
    file.write_text(TESTS.format(**{"state": "analyzed", "orphans": 0, "passes": True, **told}))
    chosen = (
        "-c",
        os.devnull,
        "-p",
        "qualisys.dev.fault_tally",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:django",
        str(file),
    )
    status = fault_runs.main([f"--runs={runs}", "--", *chosen])
    return status, capsys.readouterr().out.splitlines()


def test_the_runs_are_added_up(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A line for each run and one for all, of the fault tests alone."""
    status, lines = run(capsys, tmp_path, 2)
    assert status == 0
    assert [line.split(",")[0] for line in lines[:2]] == ["run 1", "run 2"]
    assert lines[2] == "2 of 2 runs clean; faults: 4 injected; end states: 4 analyzed; orphans 0; leaks 0"


@pytest.mark.parametrize("told", [{"passes": False}, {"orphans": 1}], ids=str)
def test_a_run_that_is_not_clean_fails(capsys: pytest.CaptureFixture[str], tmp_path: Path, told: dict) -> None:
    """A failure or an orphan is counted, and is the status of the whole."""
    status, lines = run(capsys, tmp_path, 1, **told)
    assert status == 1
    assert lines[-1].startswith("0 of 1 runs clean; faults: 2 injected")


def test_a_run_without_a_fault_is_not_clean(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Where nothing was injected nothing was shown."""
    file = tmp_path / "test_nothing.py"
    file.write_text("")
    status = fault_runs.main(["--runs=1", "--", "-c", os.devnull, "-p", "qualisys.dev.fault_tally", str(file)])
    assert status == 1
    assert capsys.readouterr().out.splitlines()[-1].startswith("0 of 1 runs clean; faults: 0 injected")
