"""Grape: what an API has of those that it is derived from."""

from pathlib import Path

import pytest

from github_connections.analysis import Limits, in_process, pipeline
from github_connections.analysis.tests.trees import ParsersHere

DERIVED = Path(__file__).parent / "fixtures" / "grape" / "derived"


@pytest.fixture(scope="module")
def rows():
    """The rows of the fixture, by method and path."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "Parsers", ParsersHere)
        report = in_process.analyze_here(DERIVED, Limits(processes=1))
    return {f"{row.method} {row.path}": row for row in report.routes}


def test_parameters_of_the_helpers_of_a_base_are_used(rows):
    assert [(one.name, one.place) for one in rows["GET /api/v2/cranes"].params] == [("page", "query")]


def test_what_a_base_asks_before_holds_for_what_is_derived_from_it_alone(rows):
    assert rows["GET /api/v2/cranes"].auth.state == "required"
    assert rows["GET /api/tides"].auth.state == "unknown"


def test_a_variable_in_parentheses_may_be_missing(rows):
    required = {one.name: one.required for one in rows["GET /api/v2/cranes/{id}/loads/{day?}"].params}
    assert required == {"id": True, "day": False}
